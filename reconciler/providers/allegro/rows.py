"""Reading offers: a view's fields through accessors that are prepared once per spec.

A listing has a hundred thousand rows, so no pointer is split and no type is looked at per row.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

from reconciler.model.offers import OFFER, Key, Live
from reconciler.model.spec import KindSpec
from reconciler.model.values import Value
from reconciler.providers.allegro.decoding import Decoder, decoder
from reconciler.providers.base import Reading
from reconciler.providers.codecs import pick, steps

Getter = Callable[[Any], Any]
_NOTHING: Mapping[str, Any] = {}
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


class View:
    """The fields of one kind that one view shows."""

    __slots__ = ("_fields", "_spread")

    def __init__(self, kind: KindSpec, view: str) -> None:
        self._fields: list[tuple[str, Getter, Decoder, Value]] = []
        self._spread: list[tuple[str, Getter, Getter, Decoder]] = []
        for field in kind.fields.values():
            if view not in field.views:
                continue
            pointer = field.views[view]
            if "/*" in pointer:
                outer, inner = pointer.split("/*", 1)
                prefix = field.path.removesuffix("*")
                self._spread.append((prefix, getter(steps(outer)), getter(steps(inner)), decoder(field)))
            else:
                read = decoder(field)
                self._fields.append((field.path, getter(steps(pointer)), read, _absent(read)))

    def read(self, body: Mapping[str, Any], reading: Reading) -> dict[str, Value]:
        """Decode a body. What cannot be decoded is shown as it is, never guessed."""
        found: dict[str, Value] = {}
        for path, get, decode, absent in self._fields:
            wire = get(body)
            if wire is None:
                found[path] = absent.copy() if isinstance(absent, list | dict) else absent
                continue
            try:
                found[path] = decode(wire, reading)
            except _MALFORMED:
                found[path] = wire
        for prefix, outer, inner, decode in self._spread:
            for name, part in (outer(body) or _NOTHING).items():
                wire = inner(part)
                if wire is not None:
                    found[prefix + name] = decode(wire, reading)
        return found


def _absent(read: Decoder) -> Value:
    """Return what a field is read as when the body lacks it, as it does most fields."""
    try:
        return read(None, cast(Reading, None))
    except _MALFORMED:
        return None


def getter(path: tuple[Any, ...]) -> Getter:
    """Prepare the reading of a path; the short ones, which are nearly all, without a loop."""
    if not path:
        return lambda body: body
    if any(isinstance(step, int) for step in path):
        return lambda body: pick(body, path)
    if len(path) == 1:
        only = path[0]
        return lambda body: body.get(only)
    if len(path) == 2:
        first, last = path
        return lambda body: (body.get(first) or _NOTHING).get(last)
    if len(path) == 3:
        first, middle, last = path
        return lambda body: ((body.get(first) or _NOTHING).get(middle) or _NOTHING).get(last)
    return lambda body: pick(body, path)


class _Same:
    """A kind as a cache key: specs are frozen but hold mappings, so identity stands for equality."""

    __slots__ = ("kind",)

    def __init__(self, kind: KindSpec) -> None:
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.kind is self.kind

    def __hash__(self) -> int:
        return id(self.kind)


@lru_cache(maxsize=64)
def _prepared(kind: _Same, view: str) -> View:
    return View(kind.kind, view)


def view(kind: KindSpec, name: str) -> View:
    """Return the prepared view of a kind."""
    return _prepared(_Same(kind), name)


def row(body: Mapping[str, Any], reading: Reading, shown: View) -> Live:
    """Decode one row of the listing."""
    remote_id = body["id"]
    external = (body.get("external") or _NOTHING).get("id")
    return Live(
        key=Key(reading.account, OFFER, external or remote_id),
        kind=OFFER,
        remote_id=remote_id,
        fields=shown.read(body, reading),
        facts=_facts(body, external),
    )


def _facts(body: Mapping[str, Any], external: str | None) -> dict[str, Value]:
    publication = body.get("publication") or _NOTHING
    selling = body.get("sellingMode") or _NOTHING
    return {
        "format": (selling.get("format") or "").lower() or None,
        "sold": _sold(body),
        "listed_at": publication.get("startedAt"),
        "rules": _rules(selling, body.get("additionalMarketplaces")),
        "external_id": external or None,
        "fulfillment": bool(body.get("isFulfillment")),
        "first_image": (body.get("primaryImage") or _NOTHING).get("url"),
        "activating": publication.get("status") == "ACTIVATING",
    }


def _sold(body: Mapping[str, Any]) -> int:
    """Count what all country sites sold: the pieces are shared, and each site counts its own sales.

    "The number of sold items in the last 30 days on the base marketplace.", and of each additional one "on the
    given marketplace." (OpenAPI description, OfferListingDtoV1Stock.sold and additionalMarketplaces, 2026-07-18).
    """
    sold: int = (body.get("stock") or _NOTHING).get("sold") or 0
    for there in (body.get("additionalMarketplaces") or _NOTHING).values():
        sold += (there.get("stock") or _NOTHING).get("sold") or 0
    return sold


def _rules(selling: Mapping[str, Any], additional: Mapping[str, Any] | None) -> dict[str, str]:
    """Read which price is set by one of Allegro's pricing rules, by field: a fixed price would lose (#13617)."""
    found: dict[str, str] = {}
    if selling.get("priceAutomation"):
        _note(found, "base", selling)
    for market, part in (additional or _NOTHING).items():
        there = part.get("sellingMode")
        if there and there.get("priceAutomation"):
            _note(found, market, there)
    return found


def _note(found: dict[str, str], market: str, selling: Mapping[str, Any]) -> None:
    rule = (selling["priceAutomation"].get("rule") or _NOTHING).get("id")
    if rule:
        found[market] = rule


def detail(body: Mapping[str, Any], reading: Reading, shown: View) -> Live:
    """Decode the full body of an offer. It does not say how many were sold, nor since when it is listed."""
    remote_id = body["id"]
    external = (body.get("external") or _NOTHING).get("id")
    publication = body.get("publication") or _NOTHING
    ended_by = publication.get("endedBy")
    facts: dict[str, Value] = {
        "format": ((body.get("sellingMode") or _NOTHING).get("format") or "").lower() or None,
        "external_id": external or None,
        "activating": publication.get("status") == "ACTIVATING",
        "ended_by": ended_by.lower() if ended_by else None,
        "problems": _problems(body),
    }
    return Live(
        key=Key(reading.account, OFFER, external or remote_id),
        kind=OFFER,
        remote_id=remote_id,
        fields=shown.read(body, reading),
        facts=facts,
        detailed=True,
        wire=body,
    )


def _problems(body: Mapping[str, Any]) -> list[str]:
    """Name what keeps the offer from being listed: completed does not mean listed (#9902)."""
    errors = (body.get("validation") or _NOTHING).get("errors") or ()
    return [str(e.get("userMessage") or e.get("message") or e.get("code")) for e in errors]
