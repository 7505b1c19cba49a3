"""Rows of a list, made whole by the full reads that are kept of their offers."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import orjson
from msgspec.structs import replace

from reconciler.model.offers import Desired, Key, Live
from reconciler.model.spec import KindSpec
from reconciler.model.values import Value
from reconciler.runtime.connection.session import Session
from reconciler.runtime.ledger.cache import Detail

#: Half of what is kept of an offer, and most of its parts are said by many: each different one is decoded once.
_PARAMETERS = "content.parameters"


class _Body(msgspec.Struct):
    """What a full read keeps: fields, each as it was written, and facts."""

    fields: dict[str, msgspec.Raw]
    facts: dict[str, Any]


_BODY, _PARTS = msgspec.json.Decoder(_Body), msgspec.json.Decoder(dict[str, msgspec.Raw])


class Wholes:
    """Completes the rows of one look. What is kept holds ids: references get their names of today.

    What many say is in memory once: of parameters, and of what is as it is `declared`. So nothing is ever written
    within a value.
    """

    def __init__(self, opened: Session, kind: KindSpec, declared: Iterable[Desired] = ()) -> None:
        self._names = opened.names
        self._declared = {each.key: each.fields for each in declared}
        self._parts: dict[bytes, Value] = {}
        self._referring = {
            path: known.refers for path, known in kind.fields.items() if known.refers and "list" not in known.views
        }

    def whole(self, row: Live, kept: Detail) -> Live:
        """Return a row with what is kept of its offer; what the row says itself goes before that."""
        body = _BODY.decode(kept.body)
        fields = {
            path: self._parameters(bytes(raw)) if path == _PARAMETERS else orjson.loads(bytes(raw))
            for path, raw in body.fields.items()
        }
        return self.completed(row, {**fields, **row.fields}, {**body.facts, **row.facts})

    def completed(self, row: Live, fields: dict[str, Value], facts: Mapping[str, Value]) -> Live:
        """Return a row with these fields, which are the caller's to give away, and these facts."""
        for path, refers in self._referring.items():
            if value := fields.get(path):
                names = self._names.of(refers)
                listed = isinstance(value, list)
                fields[path] = [names.get(v[1:], v) for v in value] if listed else names.get(value[1:], value)
        self._share(row.key, fields)
        return replace(row, fields=fields, facts=facts, detailed=True)

    def _parameters(self, text: bytes) -> Value:
        if not text.startswith(b"{"):
            return orjson.loads(text)
        return {name: self._part(bytes(part)) for name, part in _PARTS.decode(text).items()}

    def _part(self, text: bytes) -> Value:
        known = self._parts.get(text)
        if known is None:
            known = self._parts[text] = orjson.loads(text)
        return known

    def _share(self, key: Key | None, fields: dict[str, Value]) -> None:
        mine = self._declared.get(key) if key else None
        for path, value in mine.items() if mine else ():
            if fields.get(path) == value:
                fields[path] = value
