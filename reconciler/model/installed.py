"""What installed packages bring: marketplaces, connectors, places to practise."""

import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any


def points(group: str) -> tuple[EntryPoint, ...]:
    """Return the entry points of a group."""
    return tuple(_all(tuple(sys.path)).select(group=group))


@cache
def _all(_path: tuple[str, ...]) -> Any:  # its class is another one from Python 3.12 on
    """Return all entry points of a path. Asked once: they are read from as many files as there are packages."""
    return entry_points()
