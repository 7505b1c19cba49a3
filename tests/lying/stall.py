"""A seller whose documents need every kind of write, and what the marketplace has then, by its own store."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import world
from simulator import example
from torture import shop
from torture.grounds.allegro_kinds import POLICY
from world import World

TITLE = "Zupełnie inny tytuł kubka"
PACKAGE = "emphasized10d"
LIVE = ("ED", "P1", "P2", "Q1", "Q2", "B1", "B2", "M1", "M2", "M3", "TA", "EN", "AC", "IM", "PR")
DRAFT = {
    "title": "Miska z bambusa głęboka",
    "category": example.CATEGORY,
    "product": {"gtin": world.THIRD_GTIN},
    "parameters": {"Stan": "Nowy"},
    "description": "<p>Miska</p>",
    "images": ["https://example.com/miska.jpg"],
}
SETTINGS = {
    "accepted_ratio": 0.3,
    "shared_history": True,
}
#: So many offers are written alike in the large stall that a command of one value for all of them pays.
ALIKE = 27
SIZES = {"small": 0, "large": ALIKE}
#: What depends on a thing: it cannot be done while that one is not.
DEPENDENTS = {
    "DeliveryPriceList/Nowy": {"Offer/N2"},
    "OfferTag/Lato": {"Offer/TA"},
    "Offer/N1": {"Bundle/nowy zestaw"},
    "Offer/P2": {"Bundle/nowy zestaw"},
}


@dataclass(frozen=True)
class Look:
    """The marketplace as it is."""

    offers: Mapping[str, Mapping[str, Any]]
    tags: Mapping[str, list[str]]
    promo: Mapping[str, Any]
    rates: Mapping[str, Any]
    labels: Mapping[str, Any]
    policies: Mapping[str, Any]
    bundles: Mapping[str, int]
    twice: Mapping[str, Any]

    def at(self, key: str, *path: str) -> Any:
        """A part of an offer's body."""
        part: Any = self.offers.get(key)
        for step in path:
            part = (part or {}).get(step)
        return part

    def bundle(self, *keys: str) -> int:
        """How often there is a bundle of these offers."""
        return self.bundles.get("+".join(sorted(str(self.at(key, "id")) for key in keys)), 0)


def _price(look: Look, key: str) -> str | None:
    found = look.at(key, "sellingMode", "price", "amount")
    return None if found is None else str(found)


def _first_rate(look: Look, name: str) -> list[str]:
    return [rate["firstItemRate"]["amount"] for rate in look.rates.get(name, {}).get("rates", [])]


#: Resource -> whether everything that its document wants is there.
WANTED: Mapping[str, Callable[[Look], bool]] = {
    "Offer/N1": lambda look: _price(look, "N1") == "199.00" and look.at("N1", "publication", "status") == "ACTIVE",
    "Offer/N2": lambda look: (
        _price(look, "N2") == "88.00"
        and look.at("N2", "delivery", "shippingRates", "id") == look.rates.get("Nowy", {}).get("id")
    ),
    "Offer/ED": lambda look: look.at("ED", "name") == TITLE,
    "Offer/P1": lambda look: _price(look, "P1") == "55.00",
    "Offer/P2": lambda look: _price(look, "P2") == "55.00",
    "Offer/Q1": lambda look: look.at("Q1", "stock", "available") == 3,
    "Offer/Q2": lambda look: look.at("Q2", "stock", "available") == 3,
    "Offer/B1": lambda look: _price(look, "B1") == "51.10" and look.at("B1", "stock", "available") == 4,
    "Offer/B2": lambda look: _price(look, "B2") == "52.10" and look.at("B2", "stock", "available") == 6,
    **{
        f"Offer/{key}": lambda look, key=key: shop.days(look.at(key, "delivery", "handlingTime")) == "PT72H"
        for key in ("M1", "M2", "M3")
    },
    "Offer/TA": lambda look: look.tags.get("TA") == [look.labels.get("Lato", {}).get("id")],
    "Offer/EN": lambda look: look.at("EN", "publication", "status") == "ENDED",
    "Offer/AC": lambda look: look.at("AC", "publication", "status") == "ACTIVE",
    "Offer/IM": lambda look: (
        len(look.at("IM", "images") or ()) == 1 and "aaaaaa" not in str(look.at("IM", "images"))
    ),
    "Offer/PR": lambda look: PACKAGE in str(look.promo.get("PR")),
    "Offer/DD": lambda look: "DD" not in look.offers,
    "DeliveryPriceList/Nowy": lambda look: _first_rate(look, "Nowy") == ["12.99"],
    "DeliveryPriceList/Standard": lambda look: _first_rate(look, "Standard") == ["7.49"],
    "OfferTag/Lato": lambda look: "Lato" in look.labels,
    "OfferTag/Zima": lambda look: "Zima" not in look.labels,
    "ReturnPolicy/zwroty": lambda look: "zwroty" in look.policies,
    "ReturnPolicy/reklamacje": lambda look: "P30D" in str(look.policies.get("reklamacje")),
    "Bundle/nowy zestaw": lambda look: look.bundle("N1", "P2") == 1,
    "Bundle/stary zestaw": lambda look: look.bundle("P2", "Q2") == 0,
}


def first() -> list[dict[str, Any]]:
    """What is applied before: the things that are changed and taken away."""
    return [
        world.whole_offer("DD", content=DRAFT, stock={"always": 5, "status": "draft"}),
        {"kind": "OfferTag", "name": "Zima", "hidden": False},
        {**POLICY, "name": "reklamacje"},
        *_priced("49.99 PLN"),
        shop.bundle("stary zestaw", ("P2", "Q2")),
    ]


def _priced(price: str) -> list[dict[str, Any]]:
    return [world.offer("P1", price=price), world.offer("P2", price=price), world.offer("Q2", stock={"always": 9})]


def _alike(size: str) -> list[tuple[str, str]]:
    """The offers that are written alike: one by its price, the other by its pieces."""
    return [(f"PP{number:02d}", f"QQ{number:02d}") for number in range(SIZES[size])]


def second(size: str) -> list[dict[str, Any]]:
    """What is wanted."""
    many = [
        each
        for one, other in _alike(size)
        for each in (world.offer(one, price="55 PLN"), world.offer(other, stock={"always": 3}))
    ]
    return [
        *many,
        world.whole_offer("N1"),
        world.whole_offer("N2", price="88.00 PLN", delivery={"prices": "Nowy", "handling": "PT24H"}),
        world.offer("ED", content={"title": TITLE}),
        world.offer("P1", price="55 PLN"),
        world.offer("P2", price="55 PLN"),
        world.offer("Q1", stock={"always": 3}),
        world.offer("Q2", stock={"always": 3}),
        world.offer("B1", price="51.10 PLN", stock={"always": 4}),
        world.offer("B2", price="52.10 PLN", stock={"always": 6}),
        *(world.offer(key, delivery={"handling": "PT72H"}) for key in ("M1", "M2", "M3")),
        world.offer("TA", settings={"tags": ["Lato"]}),
        world.offer("EN", stock={"status": "ended"}),
        world.offer("AC", stock={"status": "active"}),
        world.offer("IM", content={"images": ["images/nowe.png"]}),
        world.offer("PR", settings={"promotion": {"package": PACKAGE, "allow_paid": True}}),
        shop.price_list("Nowy", "12.99"),
        shop.price_list("Standard", "7.49"),
        {"kind": "OfferTag", "name": "Lato", "hidden": False},
        POLICY,
        {**POLICY, "name": "reklamacje", "withdrawal_period": "P30D"},
        shop.bundle("nowy zestaw", ("N1", "P2")),
    ]


def build(root: Path, size: str) -> World:
    """The account and the project, with everything there that is to be changed or taken away."""
    products = (example.PRODUCT, world.SECOND_PRODUCT, world.THIRD_PRODUCT)
    names = [*LIVE, *(each for pair in _alike(size) for each in pair)]
    live = [shop.live_offer(number, key, products[number % 3]) for number, key in enumerate(names)]
    ended = live[LIVE.index("AC")]["offer"]
    ended["publication"] = {**copy.deepcopy(ended["publication"]), "status": "ENDED", "endedBy": "USER"}
    live.append(shop.live_offer(9000, shop.UNMANAGED, example.PRODUCT))
    account = world.seller(live, clients=[{"client_id": "app", "client_secret": "hush"}])
    made = World.make(root, account, first(), settings=SETTINGS)
    made.write("images/nowe.png", shop.PICTURE)
    made.converge()
    made.documents(*second(size))
    return made


def look(made: World) -> Look:
    """Read the marketplace's own store, after everything due has happened."""
    stored = made.stored()
    keys = {number: (body.get("external") or {}).get("id") or number for number, body in stored.items()}
    with made.simulator() as simulator:
        marked = list(simulator.mark_all(made.login))
        census = simulator.census(made.login)
    return Look(
        offers={keys[number]: body for number, body in stored.items()},
        tags={keys.get(each.id, each.id): list(each.meta.get("tags") or []) for each in marked},
        promo={keys.get(each.id, each.id): each.meta.get("promo") for each in marked},
        rates=made.things("shipping_rates"),
        labels=made.things("tags"),
        policies=made.things("return_policies"),
        bundles=census["bundles"],
        twice={kind: names for kind, names in census["duplicates"].items() if names},
    )


def true_of(seen: Look, size: str) -> dict[str, bool]:
    """Resource -> whether it is as it is wanted."""
    found = {name: wanted(seen) for name, wanted in WANTED.items()}
    for one, other in _alike(size):
        found[f"Offer/{one}"] = _price(seen, one) == "55.00"
        found[f"Offer/{other}"] = seen.at(other, "stock", "available") == 3
    return found
