"""The account on the practice marketplace: what it shows when the documents and the marketplace agree."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from reconciler.demo.assortment import CATEGORIES
from reconciler.demo.categories import Category, read_back
from reconciler.demo.named import bodies, price_lists
from reconciler.demo.offers import SHARED_ADDRESS, SHARED_IMAGE, DemoOffer, Good
from reconciler.demo.settings import LOCATION, TEMPLATES
from reconciler.demo.shop import BundlePair, Shop, goods_of
from reconciler.demo.words import COMPANY, LOGIN, slug
from reconciler.simulator.clock import iso

Json = dict[str, Any]
SELLER: Final = "60311542"
#: Title and description of an offer as its document says them: templates have been written out.
Texts = Mapping[str, tuple[str, list[list[Mapping[str, str]]]]]

_CURRENCIES: Final = {"allegro-cz": "CZK", "allegro-sk": "EUR"}
_DEFINITIONS: Final = {
    category.id: {each["id"]: each for each in category.parameters()} for category in CATEGORIES
}


def account(shop: Shop, texts: Texts, now: datetime) -> Json:
    """Return the seller as the simulator takes it."""
    named = bodies(shop.ids)
    return {
        "login": LOGIN,
        "user_id": SELLER,
        "email": "sklep@kubki-i-reszta.example",
        "first_name": "Hanna",
        "last_name": "Reszta",
        "company": {"name": COMPANY, "taxId": "7811234563"},
        "categories": list(_categories()),
        "products": [_product(good, shop.seed) for good in goods_of(shop)],
        "shipping_rates": price_lists(shop.ids, iso(now - timedelta(days=200))),
        "flexible_bundles": [_bundle(pair, now) for pair in shop.pairs],
        "offers": _offers(shop, texts, now),
        **named,
    }


def _categories() -> Iterator[Json]:
    departments = {category.department: None for category in CATEGORIES}
    for number, name in enumerate(departments, 5):
        yield {"id": str(number), "name": name, "parent": None, "leaf": False}
        for each in CATEGORIES:
            if each.department == name:
                yield {
                    "id": each.id, "name": each.name, "parent": str(number), "leaf": True,
                    "parameters": each.parameters(),
                }  # fmt: skip


def _product(good: Good, seed: int) -> Json:
    return {
        "id": good.id,
        "name": good.title(),
        "category": good.category.id,
        "gtins": [good.gtin],
        "parameters": _read_back(good.category, good.values()),
        "images": [f"https://a.allegroimg.com/original/{seed % 4096:06x}/{good.id.replace('-', '')[:24]}"],
        "status": "LISTED",
    }


def _read_back(category: Category, values: Mapping[str, Any]) -> list[Json]:
    definitions = _DEFINITIONS[category.id]
    return [read_back(definitions[key], value) for key, value in values.items()]


def _offers(shop: Shop, texts: Texts, now: datetime) -> Iterator[Json]:
    for each in shop.offers:
        title, sections = texts.get(each.key, ("", []))
        yield _entry(shop, each, title or each.title, sections or _sections(each), now)
    for number, each in enumerate(shop.strays):
        yield _stray(_entry(shop, each, each.title, _sections(each), now), number)


def _sections(offer: DemoOffer) -> list[list[Mapping[str, str]]]:
    return [list(section) for section in offer.sections]


def _entry(
    shop: Shop, offer: DemoOffer, title: str, sections: list[list[Mapping[str, str]]], now: datetime
) -> Json:
    created = iso(now - timedelta(days=offer.days))
    touched = iso(now - timedelta(days=min(offer.days, 1 + offer.days % 20)))
    return {
        "offer": {
            "id": offer.remote_id,
            "name": title,
            "category": {"id": offer.good.category.id},
            "external": {"id": offer.key},
            "productSet": list(_product_set(shop, offer)),
            "parameters": _read_back(offer.good.category, offer.values),
            "images": [SHARED_ADDRESS if each == SHARED_IMAGE else each for each in offer.images],
            "description": description(sections),
            "stock": {"available": offer.quantity, "unit": "UNIT"},
            "sellingMode": {"format": "BUY_NOW", "price": money(offer.price, "PLN")},
            "additionalMarketplaces": _abroad(offer.abroad),
            "publication": {"status": _STATUSES[offer.status], "endedBy": offer.ended_by, **_term(offer)},
            **_settings(shop, offer),
            "createdAt": created,
            "updatedAt": touched,
        },
        "sold": offer.sold,
        "first_listed_at": None if offer.status == "draft" else created,
        "tags": [shop.ids["OfferTag", tag] for tag in TEMPLATES[offer.template].get("tags", ())],
    }


_STATUSES: Final = {"active": "ACTIVE", "ended": "ENDED", "draft": "INACTIVE"}


def money(amount: Decimal, currency: str) -> Json:
    """Return an amount as it reads back: always two digits after the point."""
    return {"amount": f"{amount:.2f}", "currency": currency}


def description(sections: Iterable[Iterable[Mapping[str, str]]]) -> Json:
    """Return a description with a space between tags, as the marketplace sends it back."""
    return {"sections": [{"items": [_item(item) for item in section]} for section in sections]}


def _item(item: Mapping[str, str]) -> Json:
    if "image" in item:
        return {"type": "IMAGE", "url": item["image"]}
    lines = (line.strip() for line in item["text"].splitlines())
    return {"type": "TEXT", "content": " ".join(lines).replace("><", "> <")}


def _product_set(shop: Shop, offer: DemoOffer) -> Iterator[Json]:
    producer = shop.ids["ResponsibleProducer", slug(offer.good.category.producer)]
    safety = offer.good.category.safety
    first = _element(offer.good, 1)
    first["responsibleProducer"] = {"id": producer}
    if safety:
        first["safetyInformation"] = {"type": "TEXT", "description": safety}
    yield first
    for good, quantity in offer.further:
        yield _element(good, quantity)


def _element(good: Good, quantity: int) -> Json:
    return {
        "quantity": {"value": quantity},
        "product": {
            "id": good.id,
            "publication": {"status": "LISTED"},
            "parameters": _read_back(good.category, good.values()),
            "isAiCoCreated": False,
        },
        "responsiblePerson": None,
        "responsibleProducer": None,
        "safetyInformation": {"type": "NO_SAFETY_INFORMATION"},
        "marketedBeforeGPSRObligation": None,
        "deposits": [],
    }


def _abroad(prices: Mapping[str, Decimal]) -> Json:
    return {
        market: {"sellingMode": {"price": money(amount, _CURRENCIES[market])}} for market, amount in prices.items()
    }


def _term(offer: DemoOffer) -> Json:
    term = TEMPLATES[offer.template]["duration"]
    return {"duration": None if term == "unlimited" else term, "republish": False}


def _settings(shop: Shop, offer: DemoOffer) -> Json:
    template, ids, category = TEMPLATES[offer.template], shop.ids, offer.good.category
    services = {"returnPolicy": {"id": ids["ReturnPolicy", template["return_policy"]]}}
    services["impliedWarranty"] = {"id": ids["ImpliedWarranty", template["implied_warranty"]]}
    if "warranty" in template:
        services["warranty"] = {"id": ids["Warranty", template["warranty"]]}
    prices = "paleta" if offer.template == "hurt" else category.price_list
    return {
        "afterSalesServices": services,
        "delivery": {"shippingRates": {"id": ids["DeliveryPriceList", prices]}, "handlingTime": category.handling},
        "payments": {"invoice": "VAT"},
        "taxSettings": {
            "rates": [{"rate": "23.00", "countryCode": "PL"}],
            "subject": "GOODS",
        },
        "location": {
            "city": LOCATION["city"],
            "countryCode": LOCATION["country"],
            "postCode": LOCATION["post_code"],
            "province": LOCATION["province"].upper(),
        },
        "messageToSellerSettings": _message(template.get("message_to_seller")),
        "b2b": {"buyableOnlyByBusiness": bool(template.get("b2b_only"))},
    }


def _message(told: Any) -> Json | None:
    if told is None or isinstance(told, str):
        return {"mode": told.upper()} if told else None
    return {"mode": told["mode"].upper(), "hint": told["hint"]}


def _stray(entry: Json, number: int) -> Json:
    """Turn an offer into one that somebody made in the panel: no key, and not always a fixed price."""
    offer = entry["offer"]
    offer["external"] = None
    if number == 0:
        price = offer["sellingMode"]["price"]
        offer["sellingMode"] = {"format": "AUCTION", "startingPrice": money(Decimal(1), "PLN"), "price": price}
        offer["publication"]["duration"] = "PT168H"
    elif number == 1:
        offer["sellingMode"]["format"] = "ADVERTISEMENT"
        offer["publication"]["duration"] = "PT720H"
    return entry


def _bundle(pair: BundlePair, now: datetime) -> Json:
    slots = [(0, pair.first, 1), (1, (pair.second,), 1)]
    return {
        "id": pair.remote_id,
        "createdBy": "USER",
        "createdAt": iso(now - timedelta(days=40)),
        "slots": [
            {
                "id": f"{pair.remote_id[:-1]}{order}",
                "order": order,
                "entryPoint": order == 0,
                "requiredQuantity": quantity,
                "offers": [{"id": each.remote_id, "excludedFromDiscount": False} for each in offers],
            }
            for order, offers, quantity in slots
        ],
        "discount": {
            "type": "WHOLE_BUNDLE_DISCOUNT",
            "bundle": {
                "minimumBoughtOffers": 2,
                "discounts": [{"marketplaceId": "allegro-pl", "percentage": pair.percent}],
            },
        },
    }
