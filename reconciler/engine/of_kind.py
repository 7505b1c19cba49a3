"""What is asked of a kind for each resource, and is the same for all of them: found once."""

from collections.abc import Callable
from typing import TypeVar

from reconciler.model.spec import KindSpec

T = TypeVar("T")


def of_kind(find: Callable[[KindSpec], T]) -> Callable[[KindSpec], T]:
    """Find something of a kind once: specs are frozen. They hold mappings, so identity stands for equality."""
    found: dict[int, tuple[KindSpec, T]] = {}

    def told(kind: KindSpec) -> T:
        known = found.get(id(kind))
        if known is None or known[0] is not kind:
            known = found[id(kind)] = kind, find(kind)
        return known[1]

    return told
