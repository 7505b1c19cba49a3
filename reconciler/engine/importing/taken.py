"""A live value as a document would say it that says another one: in the document's own words, where they do."""

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.engine.importing.round_trip import Check
from reconciler.engine.importing.values import parameters_of, written
from reconciler.model.offers import OFFER, Live
from reconciler.model.spec import MarketplaceSpec, Type
from reconciler.model.values import Value


def taken(path: str, said: Any, live: Live, spec: MarketplaceSpec) -> tuple[Value, bool]:
    """Return what to write for a live value where a document says `said`; False: no way to write it was found.

    First as little as possible is changed: only keys that the document has, by the names that it uses. Each
    candidate is read as documents are read, and must come out as what is live.
    """
    kind = spec.kinds[live.kind]
    check = Check(kind, spec)
    required = {} if kind.name == OFFER else _required(live, spec)
    for value in _candidates(path, said, live, spec):
        if check.holds({**required, path: value}, live):
            return value, True
    return None, False


def _required(live: Live, spec: MarketplaceSpec) -> dict[str, Value]:
    kind = spec.kinds[live.kind]
    found = {
        path: written(field, live.fields.get(path), spec) for path, field in kind.fields.items() if field.required
    }
    return {path: value for path, value in found.items() if value is not None}


def _candidates(path: str, said: Any, live: Live, spec: MarketplaceSpec) -> Iterator[Value]:
    kind = spec.kinds[live.kind]
    field = kind.field(path)
    if field is None:
        return
    there = live.fields.get(path)
    if field.type is Type.PARAMETERS and isinstance(said, Mapping):
        yield parameters_of(said, there or {})
        return
    whole = written(field, there, spec)
    if isinstance(said, Mapping) and isinstance(whole, Mapping):
        yield _overlaid(said, whole)
    yield whole
    yield there


def _overlaid(said: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said, with the new values of the same keys, at every depth."""
    out = dict(said)
    for key, value in new.items():
        if key in said:
            both = isinstance(value, Mapping) and isinstance(said[key], Mapping)
            out[key] = _overlaid(said[key], value) if both else value
    return out
