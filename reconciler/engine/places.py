"""Where the parts of a declared value were written."""

from collections.abc import Iterator, Mapping

from reconciler.model.marks import Mark
from reconciler.model.offers import Desired
from reconciler.model.values import Value


def places(desired: Desired, path: str, value: Value, around: Mark | None) -> dict[str, Mark]:
    """Return where the parts of a value were written, as far as that is not where the value itself begins."""
    if not isinstance(value, Mapping | list):
        return {}
    nowhere = (around, desired.origin("name").mark)
    found = {part: desired.origin(f"{path}.{part}").mark for part in _parts(value)}
    return {part: mark for part, mark in found.items() if mark is not None and mark not in nowhere}


def _parts(value: Value, above: str = "") -> Iterator[str]:
    rows = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, part in rows:
        yield f"{above}{name}"
        yield from _parts(part, f"{above}{name}.")
