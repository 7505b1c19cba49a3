"""The named objects of a shop, listed to turn names into ids and back.

What has no name is called by what it says.
"""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.model.texts import nfc
from reconciler.providers.base import MarketplaceFault, Reading
from reconciler.providers.conversation import Conversation
from reconciler.providers.etsy.requests import pages
from reconciler.providers.faults import not_the_api

Json = Mapping[str, Any]


def objects(reading: Reading, kind: str) -> Conversation[tuple[tuple[str, str], ...]]:
    """List the objects of a kind as (remote id, name); those that somebody deleted are none."""
    number, name = _KINDS[kind]
    found, _ = yield from pages(reading.spec.kinds[kind].views["list"], reading)
    there = [each for each in found if not each.get("is_deleted")]
    if any(type(each.get(number)) is not int for each in there):
        raise MarketplaceFault(not_the_api(f"a {kind} says no {number}"))
    return tuple((str(each[number]), nfc(name(each))) for each in there)


def _title(body: Json) -> str:
    return body.get("title") or ""


def policy_name(body: Json) -> str:
    """Say what a return policy says (openapi ShopReturnPolicy).

    >>> policy_name({"accepts_returns": True, "accepts_exchanges": True, "return_deadline": 30})
    'returns and exchanges, 30 days'
    """
    taken = (("accepts_returns", "returns"), ("accepts_exchanges", "exchanges"))
    said = " and ".join(word for member, word in taken if body.get(member)) or "no returns"
    days = body.get("return_deadline")
    return f"{said}, {days} days" if days and said != "no returns" else said


def processing_name(body: Json) -> str:
    """Say what a definition of processing says (openapi ShopProcessingProfile).

    >>> processing_name({"readiness_state": "made_to_order", "min_processing_days": 3, "max_processing_days": 5})
    'made to order, 3-5 days'
    """
    state = str(body.get("readiness_state") or "").replace("_", " ")
    least, most = body.get("min_processing_days"), body.get("max_processing_days")
    span = f"{least}" if least == most else f"{least}-{most}"
    return f"{state}, {span} day{'s' * (most != 1)}"


_KINDS: Mapping[str, tuple[str, Callable[[Json], str]]] = {
    "DeliveryPriceList": ("shipping_profile_id", _title),
    "ReturnPolicy": ("return_policy_id", policy_name),
    "ShopSection": ("shop_section_id", _title),
    "Processing": ("readiness_state_id", processing_name),
}
