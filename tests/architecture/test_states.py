"""The states of runs and operations are words of one module."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from reconciler.model.states import MOVES, REOPENING, OperationState, RunPhase, came_from

from .sources import PACKAGE, files, name, strings, tree

WORDS = {*map(str, OperationState), *map(str, RunPhase)}
#: As SQL writes it, in the middle of a statement.
IN_SQL = re.compile(f"'({'|'.join(sorted(WORDS))})'")
HOME = PACKAGE / "model" / "states.py"


def names_of_fields(file: Path) -> set[int]:
    """The keys of what is written as JSON are names, not states."""
    return {id(key) for node in ast.walk(tree(file)) if isinstance(node, ast.Dict) for key in node.keys}


@pytest.mark.parametrize("file", files("model", "engine", "runtime"), ids=name)
def test_a_state_is_written_out_in_its_own_module_only(file: Path) -> None:
    """Neither alone nor within SQL does one of these words stand anywhere else."""
    if file == HOME:
        return
    names = names_of_fields(file)
    said = [each for each in strings(file) if id(each) not in names]
    assert not [
        f"{name(file)}:{each.lineno}" for each in said if each.value in WORDS or IN_SQL.search(str(each.value))
    ]


def test_the_table_has_every_state_and_the_guards_are_its_columns() -> None:
    """What came from where is read off the table; only reopening leaves the end."""
    assert set(MOVES) == set(OperationState)
    for moves in (MOVES, REOPENING):
        pairs = {(a, b) for a, ends in moves.items() for b in ends}
        assert pairs == {(a, b) for b in OperationState for a in came_from(b, moves)}
    assert not MOVES[OperationState.DONE]
