"""A shop whose categories have parameters of every kind, and documents in which one thing is written wrong."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import world
from simulator import example
from world import World

from reconciler.simulator.allegro.defaults import DELIVERY_METHODS

NO_PROPOSALS, BRANCH = "257933", "5"
TWO_PRODUCTS = "5901234123495"
ENDED, COMPANY, ELSEWHERE, SECOND = 2, 3, 4, 5


def method(number: int, name: str, *, country: str = "PL", **limits: Any) -> dict[str, Any]:
    """A way of delivery with limits of its own."""
    body = copy.deepcopy(DELIVERY_METHODS[5])
    body["id"], body["name"], body["dispatchCountry"] = f"{number:08d}-5a1e-4c0d-8f00-{number:012d}", name, country
    body["shippingRatesConstraints"] |= limits
    return body


ODD_METHODS = [
    method(55, "Gołąb", maxQuantityPerPackage={"max": 2}),
    method(56, "Balon", allowed=False),
    method(57, "Czołg", country="CZ"),
]


def dictionary(key: str, name: str, *values: Any, product: bool = False, many: bool = False, **more: Any) -> Any:
    """A parameter with a dictionary; a value is a text, or a text and what it goes with."""
    entries = []
    for number, value in enumerate(values, 1):
        text, depends = value if isinstance(value, tuple) else (value, [])
        entries.append({"id": f"{key}_{number}", "value": text, "dependsOnValueIds": depends})
    options = {"describesProduct": product, "customValuesEnabled": False, **more.pop("options", {})}
    limits = {"multipleChoices": many}
    return example.parameter(
        key, name, "dictionary", product=product, dictionary=entries, restrictions=limits, options=options, **more
    )


def needs(key: str, *values: str) -> dict[str, Any]:
    """A condition under which a parameter is required."""
    return {"parametersWithValue": [{"id": key, "oneOfValueIds": list(values)}], "parametersWithoutValue": []}


PARAMETERS = [
    *world.PARAMETERS,
    example.parameter(
        "900", "Waga", "float", product=False, restrictions={"min": 0.5, "max": 100.0, "precision": 2, "range": False}
    ),
    example.parameter("901", "Sztuk", "integer", product=False, restrictions={"min": 1, "max": 1000, "range": False}),
    example.parameter(
        "902", "Kod", "string", product=False,
        restrictions={"minLength": 2, "maxLength": 10, "allowedNumberOfValues": 1},
    ),
    dictionary("903", "Marka", "ACME", "Fabryka", product=True, requiredForProduct=True),
    dictionary("904", "Materiał", "porcelana", "szkło", "drewno", many=True),
    dictionary(
        "905", "Szkliwo", ("matowe", ["904_1"]), ("przezroczyste", ["904_2"]), "brak",
        options={"dependsOnParameterId": "904"},
    ),
    example.parameter("906", "Certyfikat", "string", product=False, requiredIf=needs("904", "904_3")),
    example.parameter("907", "Rozmiar", "string", product=False),
    example.parameter("908", "Rozmiar", "string", product=False),
    example.parameter(
        "909", "Zakres", "integer", product=False, restrictions={"min": 1, "max": 50, "range": True}
    ),
]  # fmt: skip


def seller(**changes: Any) -> dict[str, Any]:
    """An offer on sale and some that a bundle does not take; two products of one bar code."""
    leaves = [(example.CATEGORY, "Kubki"), (example.OTHER_CATEGORY, "Talerze"), (NO_PROPOSALS, "Antyki")]
    closed = {"advertisement": False, "offersWithProductPublicationEnabled": True, "productCreationEnabled": False}
    categories = [
        {"id": BRANCH, "name": "Dom", "parent": None, "leaf": False},
        *({"id": i, "name": n, "parent": BRANCH, "leaf": True, "parameters": PARAMETERS} for i, n in leaves),
    ]
    categories[-1]["options"] = closed
    twins = [
        world.product(
            f"d2000000-0000-4000-8000-00000000000{n}", TWO_PRODUCTS, shows_gtin=True, name="Misa szklana"
        )
        for n in (1, 2)
    ]
    offers = [
        world.live_offer(1, "A"),
        world.live_offer(ENDED, "ENDED", publication={"status": "ENDED", "endedBy": "USER"}),
        world.live_offer(COMPANY, "FIRMA", b2b={"buyableOnlyByBusiness": True}),
        world.live_offer(ELSEWHERE, "INNA", category={"id": example.OTHER_CATEGORY}),
        world.live_offer(SECOND, "DRUGA"),
    ]
    body = world.seller(offers, categories=categories, products=[*world.PRODUCTS, *twins])
    return body | {"delivery_methods": [*DELIVERY_METHODS, *ODD_METHODS]} | changes


OFFER = f"""\
kind: Offer
name: N
settings:
  return_policy: 14 dni
  invoice: vat
  location: {{city: Poznań, province: wielkopolskie, post_code: 60-166, country: PL}}
delivery:
  prices: Standard
  handling: PT24H
content:
  title: Talerz płytki biały porcelanowy
  category: "{example.CATEGORY}"
  product: {{gtin: "{world.SECOND_GTIN}"}}
  parameters:
    Stan: Nowy
  description: <p>Talerz</p>
  images: [https://example.com/talerz.jpg]
price: 199.00 PLN
stock: {{always: 5, status: active}}
"""


def changed(old: str, new: str) -> str:
    """The offer with one part written otherwise."""
    assert old in OFFER, old
    return OFFER.replace(old, new)


def made(root: Path, *texts: str, **changes: Any) -> World:
    """A project whose documents are these texts."""
    shop = World.make(root, seller(**changes), [])
    for number, text in enumerate(texts):
        shop.write(f"documents/{number:03d}.yaml", text)
    shop.forget_requests()
    return shop
