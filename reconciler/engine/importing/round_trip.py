"""Whether what was written reads back as what is live: the promise that a plan after a pull is empty.

Each document is checked as the loader will check it: by its schema, through its long form, against the limits
of the spec, and by the equality of each field. A field that fails is left out, with the reason.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from reconciler.documents.characters import unwritable
from reconciler.documents.kinds import TEMPLATE
from reconciler.documents.schema import schema_for, verdict
from reconciler.documents.shorthand import long_form
from reconciler.engine.canonical import canonical
from reconciler.engine.equality import seen_as
from reconciler.engine.limits import check_limits
from reconciler.model.diagnostics import Severity, has_errors
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.spec import FieldSpec, KindSpec, MarketplaceSpec, Type
from reconciler.model.texts import looks
from reconciler.model.values import Value

_MODES = dict.fromkeys(Module, (Mode.AUTO, ""))
_NOTHING: Mapping[str, str] = {}
#: What a value that a long form or a canonical form cannot take makes of itself.
_MALFORMED = (ValueError, ArithmeticError, KeyError, TypeError, AttributeError)
Fields = dict[str, Value]


class Check(Struct, frozen=True):
    """Checks the documents of one kind."""

    kind: KindSpec
    spec: MarketplaceSpec

    def checked(self, name: str, fields: Fields, live: Live) -> tuple[Fields, dict[str, str]]:
        """Return the fields that read back as what is live, and for each of the others why it does not."""
        if self._holds(name, fields, live):
            return fields, {}
        kept: Fields = {}
        left: dict[str, str] = {}
        always = {path: fields[path] for path in self._required() if path in fields}
        for path, value in fields.items():
            for candidate in self._candidates(name, path, value, live):
                if self._holds(name, always | {path: candidate}, live):
                    kept[path] = candidate
                    break
            else:
                left[path] = self._reason(name, path, value, live)
        return kept, left

    def holds(self, fields: Fields, live: Live) -> bool:
        """Tell whether a document can say these fields and means by them what is live."""
        return self._holds("a", fields, live)

    def _required(self) -> tuple[str, ...]:
        """Return the fields without which no document of the kind is valid."""
        if self.kind.name == OFFER:
            return ()
        return tuple(path for path, field in self.kind.fields.items() if field.required)

    def can_name(self, name: str, meant: Mapping[str, str] = _NOTHING) -> bool:
        """Tell whether a document can have this name, and say this besides."""
        grammar = self.kind.name if _is_valid_alone(self.kind.name) else TEMPLATE
        if not all(looks(each) and not unwritable(each) for each in (name, *meant.values())):
            return False
        return verdict(grammar)({"kind": grammar, "name": name, **meant})

    def _holds(self, name: str, fields: Fields, live: Live) -> bool:
        if unwritable(fields):
            return False
        body = {"kind": self.kind.name, "name": name, **assembled(self.kind.name, fields)}
        if not verdict(self.kind.name)(body):
            return False
        desired = self.read(name, fields)
        if desired is None or has_errors(check_limits((desired,), self.spec)):
            return False
        return all(self._same(path, desired.fields[path], live.fields.get(path)) for path in fields)

    def _same(self, path: str, wanted: Value, there: Value) -> bool:
        field = self.kind.field(path)
        return field is not None and bool(wanted == there or seen_as(field.equality, wanted, there) == wanted)

    def read(self, name: str, fields: Fields) -> Desired | None:
        """Read fields as documents are read; None when they make no sense."""
        try:
            long = long_form(self.kind.name, assembled(self.kind.name, fields))
            values = {path: canonical(self._field(path), _at(long, path, self.kind.name)) for path in fields}
        except _MALFORMED:
            return None
        return Desired(key=Key("", self.kind.name, name), fields=values, modes=_MODES)

    def _field(self, path: str) -> FieldSpec:
        field = self.kind.field(path)
        if field is None:
            raise KeyError(path)
        return field

    def _candidates(self, name: str, path: str, value: Value, live: Live) -> Iterable[Value]:
        """Try a value as it is, then without the members that a document does not have or does not keep."""
        yield value
        grammar = _grammar(self.kind.name, path)
        if grammar is not None and isinstance(value, dict | list):
            yield _pruned(value, grammar)
        field = self.kind.field(path)
        if field is not None and field.type is Type.PARAMETERS:
            kept = {key: each for key, each in value.items() if self._holds(name, {path: {key: each}}, live)}
            if kept:
                yield kept

    def _reason(self, name: str, path: str, value: Value, live: Live) -> str:
        if odd := unwritable(value):
            return f"holds {odd}, which no document can hold"
        desired = self.read(name, {path: value})
        found = check_limits((desired,), self.spec) if desired else ()
        broken = [each for each in found if each.severity is Severity.ERROR]
        if broken:
            return broken[0].summary.partition(f" of {name} ")[2] or broken[0].summary
        if desired and self._same(path, desired.fields[path], live.fields.get(path)):
            return "has a value that a document cannot have"
        return "has a value that would not be read back as the same"


def assembled(kind: str, fields: Fields) -> dict[str, Any]:
    """Put fields by path into the body of a document: for offers, into their sections."""
    if kind != OFFER:
        return dict(fields)
    body: dict[str, Any] = {}
    for path, value in fields.items():
        section, _, key = path.partition(".")
        if section == Module.BUNDLE:
            body[section] = value
        else:
            body.setdefault(section, {})[key] = value
    return body


def _at(body: Mapping[str, Any], path: str, kind: str) -> Any:
    if kind != OFFER:
        return body[path]
    section, _, key = path.partition(".")
    return body[section] if section == Module.BUNDLE else body[section][key]


def _is_valid_alone(kind: str) -> bool:
    return verdict(kind)({"kind": kind, "name": "a"})


def _grammar(kind: str, path: str) -> Mapping[str, Any] | None:
    section, _, key = path.partition(".")
    if kind == OFFER:
        kind, path = (TEMPLATE, key) if section == Module.SETTINGS else ("", "")
    found: Mapping[str, Any] | None = schema_for(kind)["properties"].get(path) if kind else None
    return found


def _pruned(value: Value, grammar: Mapping[str, Any]) -> Value:
    """Leave out the members that the grammar does not know, at every depth."""
    if isinstance(value, list):
        inner = grammar.get("items")
        return [_pruned(each, inner) for each in value] if isinstance(inner, Mapping) else value
    known = grammar.get("properties")
    if not isinstance(value, dict) or known is None or grammar.get("additionalProperties") is not False:
        return value
    return {key: _pruned(each, known[key]) for key, each in value.items() if key in known}
