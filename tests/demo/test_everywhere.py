"""`demo --marketplaces`: the same mugs everywhere, listed by plan and apply; what goes wrong is put right by both."""

import re
import shutil
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.demo import MARKETPLACES
from reconciler.demo.everywhere.documents import files
from reconciler.runtime.commands.validate import validate
from reconciler.runtime.project.workspace import Workspace

EXAMPLE = Path(__file__).parents[2] / "examples" / "offers" / "09-mugs-everywhere"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with ten mugs on all marketplaces."""
    place = tmp_path_factory.mktemp("everywhere") / "mugs"
    assert run(["demo", str(place), "--offers", "10", "--marketplaces", ",".join(MARKETPLACES)]) == 0
    return place


def _copied(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = Path(shutil.copytree(made, tmp_path / "mugs"))
    monkeypatch.chdir(place)
    return place


def test_its_documents_are_valid(made: Path) -> None:
    found = validate(Workspace(made))
    assert [each.summary for each in found.diagnostics] == []
    assert len(found.keys) >= 11 * len(MARKETPLACES)


def test_what_happened_is_in_the_plan(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The typo is refused where it is, and nowhere else; each marketplace tells its sale and its edited price."""
    _copied(made, tmp_path, monkeypatch)
    assert run(["plan"]) == 3
    said = capsys.readouterr().out
    assert "price-shift" in said
    assert said.count("mug-rain-600") >= len(MARKETPLACES)
    assert said.count("drift: changed on the marketplace") == len(MARKETPLACES)
    assert len(re.findall(r"2 pieces of 1 offer", said)) == len(MARKETPLACES)
    table = [line.split() for line in said.splitlines() if line.split()[:1] and line.split()[0] in MARKETPLACES]
    assert [row[4] for row in table] == ["3", *["0"] * (len(MARKETPLACES) - 1)]


def test_it_is_put_right_and_converges(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--fix`, plan, apply, plan: empty. The table counts what was applied as it counts what was planned."""
    _copied(made, tmp_path, monkeypatch)
    assert run(["demo", "--fix", "."]) == 0
    assert run(["plan", "--out", "plan.json"]) == 0
    capsys.readouterr()
    assert run(["apply", "plan.json"]) == 0
    table = [line.split() for line in capsys.readouterr().out.splitlines()]
    rows = {row[0]: row[2:4] for row in table if row and row[0] in MARKETPLACES and len(row) >= 6}
    assert set(rows) == set(MARKETPLACES)
    assert all(planned == applied != "0" for planned, applied in rows.values()), rows
    assert run(["plan", "--detailed-exitcode"]) == 0
    assert "No changes." in capsys.readouterr().out


def test_a_marketplace_without_a_demo_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", str(tmp_path / "x"), "--marketplaces", "allegro,bazaar"]) == 1
    assert "there is no demo on `bazaar`" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_the_example_is_what_the_demo_writes() -> None:
    """Fifty mugs on all marketplaces, byte for byte; beside them stand a README and a .gitignore."""
    written = dict(files(50, MARKETPLACES, "../../../"))
    there = {str(file.relative_to(EXAMPLE)): file.read_bytes() for file in EXAMPLE.rglob("*") if file.is_file()}
    assert set(there) - set(written) <= {"README.md", ".gitignore"}
    assert {path: there.get(path) for path in written} == written
