"""Reading offers: a view's fields through accessors that are prepared once per spec.

A listing has a hundred thousand rows, so no pointer is split and no type is looked at per row.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

from reconciler.model.offers import EXTERNAL_ID, OFFER, WHOLE, Key, Live
from reconciler.model.spec import KindSpec
from reconciler.model.texts import nfc
from reconciler.model.values import Value
from reconciler.providers.allegro.decoding import Decoder, decoder
from reconciler.providers.base import Reading
from reconciler.providers.codecs import pick, steps
from reconciler.providers.forms import MALFORMED, Unreadable, checked, parts, text, whole

Getter = Callable[[Any], Any]
_NOTHING: Mapping[str, Any] = {}


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

    def read(self, body: Mapping[str, Any], reading: Reading) -> tuple[dict[str, Value], dict[str, str]]:
        """Decode a body: its fields, and what is wrong with those that cannot be read, which are left out."""
        found: dict[str, Value] = {}
        wrong: dict[str, str] = {}
        for path, get, decode, absent in self._fields:
            try:
                wire = get(body)
                if wire is None:
                    found[path] = absent.copy() if isinstance(absent, list | dict) else absent
                else:
                    found[path] = decode(wire, reading)
            except MALFORMED as odd:
                wrong[path] = _why(odd)
        for prefix, outer, inner, decode in self._spread:
            try:
                parts = {prefix + name: inner(part) for name, part in (outer(body) or _NOTHING).items()}
            except MALFORMED as odd:
                wrong[prefix + "*"] = _why(odd)
                continue
            for path, wire in parts.items():
                try:
                    if wire is not None:
                        found[path] = decode(wire, reading)
                except MALFORMED as odd:
                    wrong[path] = _why(odd)
        return found, wrong


def _why(odd: Exception) -> str:
    return str(odd) if isinstance(odd, Unreadable) else "it is not of its kind"


def _absent(read: Decoder) -> Value:
    """Return what a field is read as when the body lacks it, as it does most fields."""
    try:
        return read(None, cast(Reading, None))
    except MALFORMED:
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
    """Decode one row of the listing, which has an id and may have a key: both are text (`identified`)."""
    remote_id = body["id"]
    external = _key(body)
    fields, wrong = shown.read(body, reading)
    try:
        facts = _facts(body, external)
    except MALFORMED as odd:
        facts, wrong = {EXTERNAL_ID: external or None}, {**wrong, WHOLE: _why(odd)}
    return Live(
        key=Key(reading.account, OFFER, external or remote_id),
        kind=OFFER,
        remote_id=remote_id,
        fields=fields,
        facts=facts,
        unreadable=wrong,
    )


def _key(body: Mapping[str, Any]) -> str | None:
    """Read the external id, composed as our keys are."""
    external = (body.get("external") or _NOTHING).get("id")
    return nfc(external) if external else None


_IDENTIFIED = parts({"id": text}, {"external": parts({}, {"id": text})})


def identified(body: Any) -> bool:
    """Tell whether a row says which offer it is of."""
    return not _IDENTIFIED(body)


def _facts(body: Mapping[str, Any], external: str | None) -> dict[str, Value]:
    publication = body.get("publication") or _NOTHING
    selling = body.get("sellingMode") or _NOTHING
    return {
        "format": (selling.get("format") or "").lower() or None,
        "sold": _sold(body),
        "listed_at": publication.get("startedAt"),
        "rules": _rules(selling, body.get("additionalMarketplaces")),
        EXTERNAL_ID: external or None,
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
    checked(whole, sold)
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
    """Decode the full body of an offer. It does not say how many were sold, nor since when it is listed.

    Unreadable when it does not say which offer it is of, or in which state that is.
    """
    wrong = _IDENTIFIED(body)
    if wrong:
        raise Unreadable(wrong)
    remote_id = body["id"]
    external = _key(body)
    fields, odd_fields = shown.read(body, reading)
    try:
        facts = _detail_facts(body, external)
    except MALFORMED as odd:
        raise Unreadable(_why(odd)) from odd
    return Live(
        key=Key(reading.account, OFFER, external or remote_id),
        kind=OFFER,
        remote_id=remote_id,
        fields=fields,
        facts=facts,
        detailed=True,
        wire=body,
        unreadable=odd_fields,
    )


def _detail_facts(body: Mapping[str, Any], external: str | None) -> dict[str, Value]:
    publication = body.get("publication") or _NOTHING
    ended_by = publication.get("endedBy")
    return {
        "format": ((body.get("sellingMode") or _NOTHING).get("format") or "").lower() or None,
        EXTERNAL_ID: external or None,
        "activating": publication.get("status") == "ACTIVATING",
        "ended_by": ended_by.lower() if ended_by else None,
        "problems": _problems(body),
        "problems_at": _places(body),
    }


def _problems(body: Mapping[str, Any]) -> list[str]:
    """Name what keeps the offer from being listed: completed does not mean listed (#9902)."""
    errors = (body.get("validation") or _NOTHING).get("errors") or ()
    return [str(e.get("userMessage") or e.get("message") or e.get("code")) for e in errors]


def _places(body: Mapping[str, Any]) -> list[str]:
    """Return the place that each of these names, in the same order."""
    errors = (body.get("validation") or _NOTHING).get("errors") or ()
    return [str(e.get("path") or "") for e in errors]
