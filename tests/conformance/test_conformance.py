"""Each case on each marketplace that can be practised; the table that says so is the one in docs/conformance.md."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest
from toy.installed import toy  # noqa: F401 - a fixture

from reconciler.simulator.names import practised

from .stalls import stall_of
from .table import CASES, STALLS, fill, lines, shipped

fill()
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
    """`python -c "from conformance.table import *; fill(); print(*lines(shipped()), sep='\\n')"` in tests/ prints it."""
    assert "\n".join(lines(shipped())) in DOCS.read_text("utf-8")
