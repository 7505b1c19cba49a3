"""A finding about the settings of a source, before anything is asked: where, what is wrong, what to do."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.connectors.base import Objection
from reconciler.documents.near import did_you_mean, listed


def unknown_keys(
    said: Mapping[str, Any], known: Iterable[str], where: tuple[str, ...] = ()
) -> Iterator[Objection]:
    """Yield each key that means nothing there."""
    known = tuple(known)
    for key in said:
        if key not in known:
            yield (
                (*where, key),
                "means nothing here",
                did_you_mean(key, known, otherwise=f"Known: {listed(known)}."),
            )
