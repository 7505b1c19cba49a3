"""The example projects validate, and converge on the practice marketplace that a fresh clone gets."""

import shutil
from pathlib import Path

import pytest

from reconciler.demo.offers import check_digit
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.commands.validate import validate
from reconciler.runtime.options import ApplyOptions, PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.resolve import resolve_project
from reconciler.runtime.project.workspace import Workspace
from reconciler.simulator.allegro.simulator import AllegroSimulator

FOLDER = Path(__file__).parents[2] / "examples" / "offers"
EXAMPLES = sorted(folder for folder in FOLDER.iterdir() if (folder / "reconcile.yaml").exists())
#: The one with 500 offers is applied by tests of its own, once.
SMALL = [each for each in EXAMPLES if each.name != "06-stock-from-sources"]
each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda folder: folder.name)


def test_all() -> None:
    """There are nine, and the README tells of each."""
    told = (FOLDER / "README.md").read_text("utf-8")
    assert len(EXAMPLES) == 9
    assert all(f"({folder.name})" in told for folder in EXAMPLES)


@each_example
def test_valid(example: Path) -> None:
    """Nothing is wrong; a price that is switched off is worth a warning."""
    found = validate(Workspace(example)).diagnostics
    assert {each.code for each in found} <= {"P201"}
    assert (example / "README.md").read_text("utf-8").startswith("# ")


@each_example
def test_schema_lines(example: Path) -> None:
    """The first line of a document leads an editor to a schema that exists."""
    for file in example.rglob("*.yaml"):
        first = file.read_text("utf-8").splitlines()[0]
        if first.startswith("# yaml-language-server: $schema="):
            assert (file.parent / first.partition("=")[2]).resolve().exists(), file


@each_example
def test_codes(example: Path) -> None:
    """Every GTIN has the right check digit."""
    wanted = resolve_project(Workspace(example)).wanted
    for each in (one for part in wanted for one in part.desired):
        product = each.fields.get("content.product") or {}
        if "gtin" in product:
            assert check_digit(product["gtin"][:-1]) == product["gtin"][-1]


@pytest.mark.parametrize("example", SMALL, ids=lambda folder: folder.name)
def test_converges(example: Path, tmp_path: Path) -> None:
    """A fresh clone plans, and the plan comes true at once, bundles of new offers too."""
    directory = Path(shutil.copytree(example, tmp_path / "project"))
    workspace = Workspace(directory)
    plan = make_plan(workspace, PlanOptions(), Silent())
    assert not [each for each in plan.diagnostics if each.severity == "error"]
    apply_plan(workspace, plan, ApplyOptions(), Silent())
    _wait(directory)
    after = make_plan(workspace, PlanOptions(), Silent())
    assert [change for part in after.accounts for change in part.changes] == []


def _wait(directory: Path) -> None:
    """Let a few seconds pass on the marketplace: offers are listed a moment after they were accepted."""
    market = AllegroSimulator(directory / ".reconcile" / "simulator-allegro.db")
    market.clock.advance(5.0)
    market.close()
