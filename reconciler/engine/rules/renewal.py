"""Renewal and sourced stock exclude each other, article by article.

An offer that renews itself is listed again under a new id with its first quantity (allegro-api #5321, 2022):
pieces that are not there. So one offer that follows a source switches renewal off on all offers of its article.
Those of other articles keep theirs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler.documents.effective import Effective
from reconciler.engine.rules.findings import Told
from reconciler.engine.rules.given import Given

RENEWAL = "renewal"


def without_renewal(
    offers: Iterable[Effective], sourced: Mapping[str, list[Effective]], given: Given, told: Told
) -> list[Effective]:
    """Return the offers with renewal off where their article's stock follows a source; declared on is an error."""
    return [_without(each, sourced, given, told) for each in offers]


def _without(offer: Effective, sourced: Mapping[str, list[Effective]], given: Given, told: Told) -> Effective:
    others = _following(offer, sourced, given)
    if not others:
        return offer
    settings = offer.body.get("settings") or {}
    if settings.get(RENEWAL):
        first = others[0]
        told.error(
            "D616",
            f"{offer.document.name} renews itself, and the stock of its article follows a source",
            offer,
            f"settings.{RENEWAL}",
            detail=f"{first.document.name} follows it, at {first.origin('stock.from').mark}. What renews itself "
            "is listed again with its first quantity.",
            hint="Take `renewal` away, or let the stock of the article be declared as a number.",
        )
        return offer
    if settings.get(RENEWAL) is False:
        return offer
    return replace(offer, body={**offer.body, "settings": {**settings, RENEWAL: False}})


def _following(offer: Effective, sourced: Mapping[str, list[Effective]], given: Given) -> list[Effective]:
    said = offer.body.get("item")
    names = {
        said or offer.document.name,
        *(given.item(source, offer.document.name, said) for source in given.maps),
    }
    return next((sourced[name] for name in sorted(names) if name in sourced), [])
