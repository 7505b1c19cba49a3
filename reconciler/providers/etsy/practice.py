"""A shop of the practice Etsy that has what documents name, and no listing."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.model.offers import OFFER, Desired
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import Money
from reconciler.providers.etsy.objects import POLICY, PROCESSING

Json = dict[str, Any]


def seller(login: str, desired: Iterable[Desired], spec: MarketplaceSpec) -> Json:
    """Describe a shop that has what documents name, as the simulator takes it."""
    desired = tuple(desired)
    offers = [{**each.unsynced, **each.fields} for each in desired if each.key.kind == OFFER]
    declared = {each.key.name for each in desired if each.key.kind == "DeliveryPriceList"}
    number = zlib.crc32(login.encode()) % 10_000_000
    return {
        "login": login,
        "user_id": 40_000_000 + number,
        "shop_id": 50_000_000 + number,
        "shop_name": login,
        "currency": _currency(offers, spec),
        "country": "US",
        "taxonomy": [
            {"id": int(each), "name": f"Category {each}", "parent": None, "properties": []}
            for each in _named(offers, "content.category")
            if each.isdigit()
        ],
        "shipping_profiles": [
            {"shipping_profile_id": _number(each), "title": each.removeprefix("#"), **_PROFILE}
            for each in _named(offers, "delivery.prices")
            if each not in declared
        ],
        "sections": [
            {"shop_section_id": _number(each), "title": each.removeprefix("#")}
            for each in _named(offers, "settings.section")
        ],
        "return_policies": list(_policies(_named(offers, "settings.return_policy"))),
        "readiness_states": list(_processing(_named(offers, "delivery.processing"))),
    }


_PROFILE: Json = {"origin_country_iso": "US", "origin_postal_code": "10001"}


def _currency(offers: Iterable[Mapping[str, Any]], spec: MarketplaceSpec) -> str:
    prices = (each.get("price.base") for each in offers)
    found = (each.currency for each in prices if isinstance(each, Money))
    return next(found, spec.marketplaces[spec.base_market].currency)


def _named(offers: Iterable[Mapping[str, Any]], path: str) -> list[str]:
    return [str(each) for each in dict.fromkeys(fields.get(path) for fields in offers) if each]


def _number(label: str) -> int:
    """Make up the number of what a document names; an explicit one stays."""
    return int(label[1:]) if label[:1] == "#" and label[1:].isdigit() else 1 + zlib.crc32(label.encode())


def _policies(labels: Iterable[str]) -> Iterator[Json]:
    for label in labels:
        said = POLICY.fullmatch(label)
        taken, days = (said["taken"], said["days"]) if said else ("returns", "30")
        yield {
            "return_policy_id": _number(label),
            "accepts_returns": taken.startswith("returns"),
            "accepts_exchanges": "exchanges" in taken,
            "return_deadline": int(days) if days else None,
        }


def _processing(labels: Iterable[str]) -> Iterator[Json]:
    for label in labels:
        said = PROCESSING.fullmatch(label)
        least = int(said["least"]) if said else 1
        yield {
            "readiness_state_id": _number(label),
            "readiness_state": (said["state"] if said else "ready to ship").replace(" ", "_"),
            "min_processing_days": least,
            "max_processing_days": int(said["most"] or least) if said else 3,
        }
