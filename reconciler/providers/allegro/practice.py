"""A seller of the practice Allegro who has what documents name: categories, products, named objects; no offer."""

import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.model.offers import OFFER, Desired
from reconciler.model.spec import KindSpec, MarketplaceSpec, Type

Json = dict[str, Any]
#: A way of delivery that each practice Allegro has: its first one.
_METHOD = "00000001-5a1e-4c0d-8f00-000000000001"
#: "EAN (GTIN)", as the simulator's catalogue tells the bar codes of a product.
_GTIN = "225693"
_ADDRESS = {"name": "Sklep", "street": "Prosta 1", "postCode": "60-166", "city": "Poznań", "countryCode": "PL"}
_AT = {"countryCode": "PL", "street": "Prosta 1", "postalCode": "60-166", "city": "Poznań"}
_CONTACT = {"email": "sklep@example.com"}
_OPTIONS = (
    "cashOnDeliveryNotAllowed freeAccessoriesReturnRequired refundLoweredByReceivedDiscount "
    "businessReturnAllowed collectBySellerOnly"
)
#: What a named object has when a document only names it: its place in an account of the simulator, and its body.
_MADE_UP: Mapping[str, tuple[str, Json]] = {
    "DeliveryPriceList": (
        "shipping_rates",
        {"rates": [], "type": "PHYSICAL", "dispatchCountry": "PL", "lastModified": "2026-01-01T10:00:00.000Z"},
    ),
    "ReturnPolicy": (
        "return_policies",
        {
            "isFulfillment": False,
            "availability": {"range": "FULL"},
            "withdrawalPeriod": "P14D",
            "returnCost": {"coveredBy": "BUYER"},
            "address": _ADDRESS,
            "contact": None,
            "options": dict.fromkeys(_OPTIONS.split(), False),
        },
    ),
    "ImpliedWarranty": ("implied_warranties", {"individual": {"period": "P2Y"}, "address": _ADDRESS}),
    "Warranty": ("warranties", {"type": "SELLER", "individual": {"period": "P1Y"}}),
    "ResponsibleProducer": (
        "responsible_producers",
        {"producerData": {"tradeName": "Sklep", "address": _AT, "contact": _CONTACT}},
    ),
    "ResponsiblePerson": (
        "responsible_persons",
        {"personalData": {"name": "Sklep", "address": _AT, "contact": _CONTACT}},
    ),
    "AdditionalServices": ("additional_services_groups", {"language": "pl-PL", "additionalServices": []}),
    "SizeTable": (
        "size_tables",
        {"template": {"id": "1"}, "headers": [{"name": "Rozmiar"}], "values": [{"cells": ["M"]}]},
    ),
    "OfferTag": ("tags", {"hidden": False}),
}


def _price_list(body: Json) -> Json:
    """A price list is of use with one method at least."""
    nothing = {"amount": "0.00", "currency": "PLN"}
    rate = {"deliveryMethod": {"id": _METHOD}, "maxQuantityPerPackage": 10}
    return {**body, "rates": [{**rate, "firstItemRate": {**nothing, "amount": "9.99"}, "nextItemRate": nothing}]}


def seller(login: str, desired: Iterable[Desired], spec: MarketplaceSpec) -> Json:
    """Describe a seller who has what documents name, as the simulator takes it."""
    resources = list(desired)
    offers = [each for each in resources if each.key.kind == OFFER]
    return {
        "login": login,
        "user_id": str(40_000_000 + zlib.crc32(login.encode()) % 10_000_000),
        "categories": list(_categories(offers)),
        "products": list(_products(offers)),
        "pictures": [each for each in _pictures(offers) if spec.has_image(each)],
        "size_table_templates": list(_size_templates(resources)),
        **_objects(resources, spec.kinds),
    }


def _declared(resource: Desired) -> Mapping[str, Any]:
    return {**resource.unsynced, **resource.fields}


def _objects(desired: Iterable[Desired], kinds: Mapping[str, KindSpec]) -> Json:
    """Make the named objects that are referred to and have no document of their own."""
    resources = list(desired)
    documents = {(each.key.kind, each.key.name) for each in resources}
    found: dict[str, dict[str, Json]] = {}
    for kind, label in dict.fromkeys(each for one in resources for each in _references(one, kinds)):
        if kind in _MADE_UP and (kind, label) not in documents:
            place, body = _MADE_UP[kind]
            body = _price_list(body) if kind == "DeliveryPriceList" else body
            key = label[1:] if label.startswith("#") else str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}:{label}"))
            found.setdefault(place, {})[key] = {"id": key, "name": label.removeprefix("#"), **body}
    return {place: list(bodies.values()) for place, bodies in found.items()}


def _references(resource: Desired, kinds: Mapping[str, KindSpec]) -> Iterator[tuple[str, str]]:
    for path, value in _declared(resource).items():
        known = kinds[resource.key.kind].field(path)
        if known is None or not value:
            continue
        if known.type is Type.REFERENCE:
            yield known.refers, value
        elif known.type is Type.REFERENCES:
            yield from ((known.refers, label) for label in value)


def _size_templates(desired: Iterable[Desired]) -> Iterator[Json]:
    """Make the templates that size tables are made from."""
    named = (str(_declared(each)["template"]["id"]) for each in desired if _declared(each).get("template"))
    yield from ({"id": key, "name": f"Szablon {key}"} for key in dict.fromkeys(named))


def _categories(offers: Iterable[Desired]) -> Iterator[Json]:
    """Make each category with the parameters that its offers fill in, all of them the offer's own."""
    found: dict[str, dict[str, Any]] = {}
    for fields in map(_declared, offers):
        filled = found.setdefault(fields.get("content.category") or "", {})
        filled.update({n: v for n, v in (fields.get("content.parameters") or {}).items() if v or n not in filled})
    for key, filled in found.items():
        if key:
            yield {"id": key, "name": f"Kategoria {key}", "parent": None, "leaf": True, "parameters": [
                _parameter(number, name, value) for number, (name, value) in enumerate(filled.items(), 101)
            ]}  # fmt: skip


def _parameter(number: int, name: str, value: Any) -> Json:
    between = isinstance(value, Mapping)
    return {
        "id": name if name.isdigit() else str(number),
        "name": name,
        "type": "float" if between else "string",
        "required": False,
        "options": {"describesProduct": False},
        "restrictions": {"range": True, "precision": 9} if between else {"allowedNumberOfValues": 100},
    }


def _pictures(offers: Iterable[Desired]) -> list[str]:
    """Return the pictures of galleries and descriptions."""
    named: dict[str, None] = {}
    for fields in map(_declared, offers):
        named.update(dict.fromkeys(fields.get("content.images") or ()))
        items = (item for section in fields.get("content.description") or () for item in section)
        named.update(dict.fromkeys(item["image"] for item in items if "image" in item))
    return list(named)


def _products(offers: Iterable[Desired]) -> Iterator[Json]:
    for fields in map(_declared, offers):
        category = fields.get("content.category")
        items = [fields.get("content.product"), *(each["product"] for each in fields.get("bundle.items") or ())]
        for item in items if category else ():
            code, key = (item or {}).get("gtin"), (item or {}).get("id")
            if not code and not key:
                continue
            yield {
                "id": key or str(uuid.uuid5(uuid.NAMESPACE_URL, f"gtin:{code}")),
                "name": str(fields.get("content.title") or code or key)[:75],
                "category": category,
                "gtins": [code] if code else [],
                "parameters": [{"id": _GTIN, "name": "EAN (GTIN)", "values": [code]}] if code else [],
                "images": [],
            }
