"""A seller with one of everything that can be written, and an independent look at what became of it.

The look reads the marketplace's own store and compares it with what the documents were made from: the product's
planner has no say in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pictures
import world
from simulator import example
from world import World

from torture import shop_look
from torture.grounds.base import Json, Touch
from torture.grounds.base import Shop as AnyShop
from torture.shop_look import UNMANAGED, by_key, days, faults_of

PICTURE = pictures.png()


@dataclass
class Wish:
    """What one offer shall be, in the words of the marketplace. None is not declared, so it must stay."""

    key: str
    name: str | None = None
    price: str | None = None
    available: int | None = None
    status: str | None = None
    handling: str | None = None
    tag: str | None = None
    picture: bool = False


@dataclass
class Shop(AnyShop):
    """A seller on Allegro."""

    name = "allegro"
    unmanaged = UNMANAGED

    world: World
    wishes: dict[str, Wish]
    lists: dict[str, str]
    bundles: list[tuple[str, ...]]
    before: dict[str, dict[str, Any]] = field(default_factory=dict)

    def faults(self) -> list[str]:
        return faults_of(self)

    def ids(self) -> dict[str, str]:
        return {key: body["id"] for key, body in by_key(self).items()}

    def standing(self) -> shop_look.Standing:
        return shop_look.standing(self)

    def unrestored(self, before: shop_look.Standing, touched: list[Touch]) -> list[str]:
        return shop_look.unrestored(self, before, touched)

    def touchable(self) -> list[Touch]:
        return shop_look.touchable(self)

    def touch(self, what: Touch) -> None:
        part, value = shop_look.PANEL[what.path]
        self.world.panel(self.before[what.key]["id"], {part: value})

    def edit_what_is_nobodys(self, random: Random) -> None:
        shop_look.edit_what_is_nobodys(self, random)

    def resent(self) -> list[str]:
        return [wish.key for wish in self.wishes.values() if wish.status != "ENDED"]

    def commands(self) -> dict[str, Json]:
        return self.world.commands()

    def commanded(self, body: Json) -> dict[str, bool]:
        return shop_look.named(body)

    def written(self, exchange: Json) -> dict[str, bool]:
        return shop_look.written(exchange)


def build(
    root: Path,
    seed: int,
    *,
    offers: int = 24,
    creations: int = 5,
    toggled: int = 0,
    project: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Shop:
    """Make a shop whose documents need every way of writing; the seed says which offer is written how.

    `toggled` more offers declare a price that they do not sync: it must never be written.
    """
    random = Random(seed)
    products = (example.PRODUCT, world.SECOND_PRODUCT, world.THIRD_PRODUCT)
    live = [live_offer(number, f"K{number:03d}", products[number % 3]) for number in range(offers)]
    live += [live_offer(7000 + number, f"T{number:03d}", example.PRODUCT) for number in range(toggled)]
    live.append(live_offer(9000, UNMANAGED, example.PRODUCT))
    wishes = {}
    documents: list[dict[str, Any]] = [
        {"kind": "OfferTag", "name": "Lato", "hidden": False},
        price_list("Nowy cennik", "12.99"),
        price_list("Standard", "7.49"),
    ]
    for number in range(offers):
        wish = wish_of(f"K{number:03d}", number, random)
        wishes[wish.key] = wish
        documents.append(document_of(wish))
    for number in range(toggled):
        wish = Wish(f"T{number:03d}", f"Kubek ceramiczny bez ceny numer {number}", available=20 + number)
        wishes[wish.key] = wish
        documents.append({**document_of(wish), "price": "1.11 PLN", "sync": {"price": "off"}})
    for number in range(creations):
        key = f"N{number:03d}"
        price, available = f"{random.randint(20, 300)}.{random.randint(10, 99)}", random.randint(1, 50)
        wishes[key] = Wish(key, "Talerz płytki biały porcelanowy", price, available, "ACTIVE")
        section = {"price": f"{price} PLN", "stock": {"always": available, "status": "active"}}
        if number % 2:
            section["delivery"] = {"prices": "Nowy cennik", "handling": "PT24H"}
        documents.append(world.whole_offer(key, **section))
    bundles = [("K000", "K001"), ("K003", "N000")]
    documents += [bundle(f"zestaw-{number}", members) for number, members in enumerate(bundles)]
    made = World.make(
        root,
        world.seller(live),
        documents,
        settings={"shared_history": True} | dict(settings or {}),
        project=project,
    )
    made.write("images/nowe.png", PICTURE + bytes(random.randbytes(8)))
    shop = Shop(made, wishes, {"Nowy cennik": "12.99", "Standard": "7.49"}, bundles)
    shop.before = by_key(shop)
    return shop


def live_offer(number: int, key: str, product: str) -> dict[str, Any]:
    """An offer on sale, of one of three products: two of the same product cannot be in one bundle."""
    entry = world.live_offer(500_000 + number, key)
    entry["offer"]["productSet"][0]["product"]["id"] = product
    return entry


def price_list(name: str, first: str) -> dict[str, Any]:
    return {
        "kind": "DeliveryPriceList",
        "name": name,
        "type": "physical",
        "dispatch_country": "PL",
        "methods": {world.LOCKER_NAME: f"{first} PLN"},
    }


def bundle(name: str, members: tuple[str, ...]) -> dict[str, Any]:
    slots = [{"offers": [each], "entry": number == 0} for number, each in enumerate(members)]
    discount = {"whole": {"minimum": 2, "allegro-pl": 10}}
    return {"kind": "Bundle", "name": name, "slots": slots, "discount": discount}


def wish_of(key: str, number: int, random: Random) -> Wish:
    """Every eighth offer is written in the same way; the first three are members of bundles and stay on sale."""
    wish = Wish(key)
    way = number % 8
    if way in (0, 4, 7):
        wish.price = f"{random.choice((55, 66, 77))}.{random.choice((10, 90))}"
    if way in (1, 4):
        wish.available = random.choice((3, 8, 15))
    if way in (2, 6):
        wish.name = f"Kubek ceramiczny numer {random.randint(100, 999)} duży"
    if way == 3:
        wish.handling = "PT72H"
    if way == 5:
        wish.status = "ENDED"
    if way == 6:
        wish.tag = "Lato"
    if way == 7:
        wish.picture = number == 7
    return wish


def document_of(wish: Wish) -> dict[str, Any]:
    """The document that asks for a wish, and for nothing else."""
    sections: dict[str, Any] = {}
    if wish.name or wish.picture:
        sections["content"] = {}
    if wish.name:
        sections["content"]["title"] = wish.name
    if wish.picture:
        sections["content"]["images"] = ["images/nowe.png"]
    if wish.price:
        sections["price"] = f"{wish.price} PLN"
    if wish.available is not None:
        sections["stock"] = {"always": wish.available} if wish.available else 0
    if wish.status:
        sections["stock"] = {"status": "ended"}
    if wish.handling:
        sections["delivery"] = {"handling": wish.handling}
    if wish.tag:
        sections["settings"] = {"tags": [wish.tag]}
    return world.offer(wish.key, **sections)


__all__ = ["Shop", "Wish", "build", "by_key", "days", "example", "faults_of"]
