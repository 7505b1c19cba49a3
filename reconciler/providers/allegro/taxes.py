"""Which taxes offers of a category can have."""

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.model.catalogue import Taxes
from reconciler.model.requests import Errand
from reconciler.providers.allegro.answers import TAXES
from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.faults import fetch_or_none


def taxes(category: str) -> Conversation[Taxes | None]:
    """Read the taxes of a category (openapi getTaxSettingsForCategory)."""
    query = (("category.id", category),)
    found = yield from fetch_or_none(
        Request(method="GET", path="/sale/tax-settings", expects=TAXES, query=query, name=Errand.TAXES)
    )
    if not found:
        return None
    return Taxes(
        rates={each["countryCode"]: _rates(each["values"]) for each in found["rates"]},
        subjects=_words(found.get("subjects")),
        exemptions=_words(found.get("exemptions")),
    )


def _rates(wire: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    return {each["value"].lower(): bool(each.get("exemptionRequired")) for each in wire}


def _words(wire: Iterable[Mapping[str, Any]] | None) -> tuple[str, ...]:
    return tuple(each["value"].lower() for each in wire or ())
