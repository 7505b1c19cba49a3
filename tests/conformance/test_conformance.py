"""Each case on each marketplace that can be practised; the table that says so is the one in docs/conformance.md."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest
from toy.installed import toy  # noqa: F401 - a fixture

from reconciler.documents.specs import load_spec
from reconciler.simulator.names import practised

from . import converging, reading, writing  # noqa: F401 - they fill the table
from .stalls import stall_of
from .table import CASES, STALLS, lines

DOCS = Path(__file__).parents[2] / "docs" / "conformance.md"
PAIRS = [
    (marketplace, name) for marketplace in STALLS for name in CASES if name not in stall_of(marketplace).lacks
]


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize(("marketplace", "name"), PAIRS)
def test_it_holds(marketplace: str, name: str, tmp_path: Path) -> None:
    CASES[name].run(stall_of(marketplace), tmp_path / "stall")


@pytest.mark.usefixtures("toy")
def test_every_marketplace_that_can_be_practised_is_in_the_table() -> None:
    installed = {point.name for point in entry_points(group="reconciler.providers")}
    assert set(STALLS) == installed & set(practised())


def test_what_is_left_out_is_a_case_and_has_a_reason() -> None:
    for marketplace in STALLS:
        for name, why in stall_of(marketplace).lacks.items():
            assert name in CASES
            assert len(why.split()) > 3, why


def test_the_table_of_the_documentation_is_this_one() -> None:
    titles = {name: load_spec(name).title for name in STALLS if name != "toy"}
    assert "\n".join(lines(titles)) in DOCS.read_text("utf-8")
