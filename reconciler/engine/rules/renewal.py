"""Renewal and sourced stock exclude each other, article by article.

An offer that renews itself is listed again under a new id with its first quantity (allegro-api #5321, 2022):
pieces that are not there. So one offer that follows a source switches renewal off on all offers of its article.
Those of other articles keep theirs.
"""

from collections.abc import Mapping

from reconciler.documents.effective import Effective
from reconciler.engine.rules.findings import Told
from reconciler.engine.rules.given import Given

RENEWAL = "renewal"
_NONE: list[Effective] = []


def has_to_end(offer: Effective, sourced: Mapping[str, list[Effective]], given: Given, told: Told) -> bool:
    """Tell whether renewal is to be switched off, since the article's stock follows a source.

    Declared on is an error; declared off is as it should be.
    """
    others = _following(offer, sourced, given)
    if not others:
        return False
    declared = (offer.body.get("settings") or {}).get(RENEWAL)
    if not declared:
        return declared is not False
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
    return False


def _following(offer: Effective, sourced: Mapping[str, list[Effective]], given: Given) -> list[Effective]:
    said = offer.body.get("item")
    if said or not given.maps:
        return sourced.get(said or offer.document.name, _NONE)
    names = {offer.document.name, *(given.item(source, offer.document.name, None) for source in given.maps)}
    return next((sourced[name] for name in sorted(names) if name in sourced), _NONE)
