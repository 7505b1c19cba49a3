"""Decoding offers: a row of the listing, and the full body."""

from collections.abc import Mapping
from typing import Any

from reconciler.model.offers import EXTERNAL_ID, OFFER, WHOLE, Key, Live
from reconciler.model.texts import nfc
from reconciler.model.values import Value
from reconciler.providers.base import Reading
from reconciler.providers.forms import MALFORMED, Unreadable, checked, parts, text, whole
from reconciler.providers.views import View, why_of

_NOTHING: Mapping[str, Any] = {}


def row(body: Mapping[str, Any], reading: Reading, shown: View) -> Live:
    """Decode one row of the listing, which has an id and may have a key: both are text (`identified`)."""
    remote_id = body["id"]
    external = _key(body)
    fields, wrong = shown.read(body, reading)
    try:
        facts = _facts(body, external)
    except MALFORMED as odd:
        facts, wrong = {EXTERNAL_ID: external or None}, {**wrong, WHOLE: why_of(odd)}
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
        raise Unreadable(why_of(odd)) from odd
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
