"""Tables of cases that are products of two: what of them each run plays, and what `make test EVERY=1` does.

A run plays a share, in which each value of either side meets several of the other. It is the same in every run, so
that what is red is red again.
"""

import os
from collections.abc import Iterable

import pytest

#: Whether tables are played in full.
EVERY = bool(os.environ.get("EVERY"))


def share(first: Iterable[str], second: Iterable[str], one_in: int = 4) -> list[object]:
    """Return the pairs of a table that are played: every fourth, or so, along its diagonals."""
    return [
        pytest.param(mine, other, id=f"{mine}-{other}")
        for row, mine in enumerate(first)
        for column, other in enumerate(second)
        if EVERY or (row + column) % one_in == 0
    ]
