"""JSON in pieces: what has 100,000 members stands in memory neither as one tree nor as one text.

A member of an object that is an iterator is an array, whose elements are made one at a time.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from reconciler.model.foreign import shown_in_json
from reconciler.model.values import jsonable

#: Characters that are written at once, about: each write costs as much as some hundred of them.
_TOGETHER = 100_000
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=jsonable).encode


class InPieces(Struct, frozen=True):
    """An object within an array, some of whose members are iterators."""

    body: Mapping[str, Any]


def in_pieces(body: Mapping[str, Any]) -> Iterator[str]:
    """Write an object as one line of JSON, Unicode kept but for what misleads; its pieces joined are the text."""
    held: list[str] = []
    size = 0
    for each in _object(body):
        held.append(shown_in_json(each))  # no piece ends within a text, so nothing misleads across two of them
        size += len(each)
        if size > _TOGETHER:
            yield "".join(held)
            held, size = [], 0
    yield "".join((*held, "\n"))


def _object(body: Mapping[str, Any]) -> Iterator[str]:
    before = "{"
    for name, value in body.items():
        if isinstance(value, Iterator):
            yield f"{before}{_encode(name)}:"
            yield from _array(value)
        else:
            yield f"{before}{_encode(name)}:{_encode(value)}"
        before = ","
    yield "}" if before == "," else "{}"


def _array(elements: Iterable[Any]) -> Iterator[str]:
    before = "["
    for each in elements:
        if isinstance(each, InPieces):
            yield before
            yield from _object(each.body)
        else:
            yield f"{before}{_encode(each)}"
        before = ","
    yield "]" if before == "," else "[]"
