"""A seller on Etsy whose documents need every way of writing, and an independent look at what became of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pictures
from etsy.shop import LOGIN, PROCESSING, SELLER, document, listing
from world import SWITCH_OFF_GUARDS, Project

from reconciler.simulator.etsy.simulator import EtsySimulator
from torture.grounds import etsy_look
from torture.grounds.base import Shop, Touch
from torture.grounds.etsy_look import LONGER, UNMANAGED, UNNAMED, by_key, numbers, sku_of
from torture.killing import run

Json = dict[str, Any]
_FIRST, _MORE = 1001, 1900
_FEE = Decimal("0.20")
_SAME_TITLE = "Mug of the new series"


@dataclass
class Wish:
    """What one listing shall be, in the words of Etsy. None is not declared, so it must stay."""

    key: str
    title: str | None = None
    price: str | None = None
    pieces: int | None = None
    state: str | None = None
    processing: str | None = None
    tags: tuple[str, ...] | None = None
    pictures: int | None = None
    fee: str | None = None  # what it comes to be charged for, once


class EtsyProject(Project):
    """A project on the practice Etsy."""

    practice = EtsySimulator

    def listings(self) -> list[Json]:
        """The listings as the marketplace has them, when everything due has happened."""
        with self.simulator() as simulator:
            simulator.clock.advance(120)
            simulator.catch_up()
            return list(simulator.listings(self.login))

    def panel(self, number: int, patch: Mapping[str, Any]) -> None:
        """A person edits a listing in the shop manager."""
        with self.simulator() as simulator:
            simulator.panel_edit(self.login, number, patch)

    def fees(self) -> Counter[tuple[int, str]]:
        """How often which listing was charged for what."""
        with self.simulator() as simulator:
            return Counter((each["listing_id"], each["kind"]) for each in simulator.fees(self.login))


@dataclass
class EtsyShop(Shop):
    """A seller on Etsy."""

    name = "etsy"
    unmanaged = UNMANAGED

    world: EtsyProject
    wishes: dict[str, Wish]
    before: dict[str, Json] = field(default_factory=dict)
    paid: Counter[tuple[int, str]] = field(default_factory=Counter)

    @property
    def costs(self) -> Decimal:
        """What the documents cost when they are applied, each fee once."""
        return _FEE * sum(wish.fee is not None for wish in self.wishes.values())

    @property
    def guards(self) -> Json:
        return guards(self.costs)

    def faults(self) -> list[str]:
        there = self.world.listings()
        return numbers(there) + etsy_look.values(self, by_key(there)) + etsy_look.fees(self, there)

    def ids(self) -> dict[str, str]:
        return {key: str(body["listing_id"]) for key, body in by_key(self.world.listings()).items()}

    def standing(self) -> dict[str, Json]:
        return by_key(self.world.listings())

    def unrestored(self, before: dict[str, Json], touched: list[Touch]) -> list[str]:
        there = self.world.listings()
        return numbers(there) + etsy_look.unrestored(self, before, by_key(there), touched)

    def touchable(self) -> list[Touch]:
        return etsy_look.touchable(self)

    def touch(self, what: Touch) -> None:
        self.world.panel(self.before[what.key]["listing_id"], etsy_look.PANEL[what.path])

    def edit_what_is_nobodys(self, random: Random) -> None:
        etsy_look.edit_what_is_nobodys(self, random)

    def resent(self) -> list[str]:
        sent = (
            (wish.key, wish.title or wish.price or wish.pieces or wish.processing or wish.tags or wish.pictures)
            for wish in self.wishes.values()
        )
        return [key for key, said in sent if said]  # a state alone, which is so already, is not sent

    def written(self, exchange: Json) -> dict[str, bool]:
        return etsy_look.written(exchange)

    def settle(self) -> None:
        """A draft that was begun bears no key: nothing is made beside it, and a person says whose it is."""
        bodies = by_key(self.world.listings())
        begun = sorted(key for key, body in bodies.items() if not sku_of(body) and body["title"] == _SAME_TITLE)
        missing = [wish for wish in self.wishes.values() if wish.key not in bodies]
        for wish, number in zip(missing, begun, strict=False):
            said = {**_whole(wish), "adopt": number}
            self.world.write(f"documents/{[*self.wishes].index(wish.key):03d}.yaml", json.dumps(said))

    def unshown(self, random: Random) -> list[str]:
        """The plan of whoever allows no fee says the whole sum; now and then, for a plan reads what an apply would."""
        if random.random() < 0.7:
            return []
        project = self.world.root / "reconcile.yaml"
        allowed = project.read_text(encoding="utf-8")
        project.write_text(allowed.replace(f'"fees": "{self.costs} USD"', '"fees": "0.00 USD"'), encoding="utf-8")
        code, told = run(self.world.root, "plan")
        project.write_text(allowed, encoding="utf-8")
        said = f"charges {self.costs} USD at once"
        return (
            [] if said in told else [f"the plan ended with {code} and does not say that it {said}: {told[-1500:]}"]
        )


def guards(costs: Decimal) -> Json:
    """No guard but that of the fees, which lets this much be charged by one run."""
    return {**SWITCH_OFF_GUARDS, "fees": f"{costs} USD"}


def build(
    root: Path,
    seed: int,
    *,
    offers: int = 24,
    creations: int = 5,
    toggled: int = 0,
    project: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> EtsyShop:
    """Make a shop whose documents need every way of writing; the seed says which listing is written how.

    `toggled` more listings declare a price and pieces that they do not sync: neither must ever be written.
    """
    random = Random(seed)
    wishes = [wish_of(f"K{number:03d}", number, random) for number in range(offers)]
    live = [listing(_FIRST + number, wish.key) for number, wish in enumerate(wishes)]
    live += [listing(_MORE + number, f"T{number:03d}") for number in range(toggled)]
    live += [
        listing(1980, "SOLD", quantity=1),
        listing(1981, "EXPIRED", state="expired"),
        listing(1982, "PAUSED", state="inactive"),
        listing(UNNAMED, "", title="Made by somebody"),
        listing(UNNAMED + 1, UNMANAGED),
    ]
    wishes += [  # what is off sale does not show its processing: who writes its pieces says it
        Wish("SOLD", pieces=random.randint(2, 9), state="active", processing=PROCESSING, fee="renewal"),
        Wish("EXPIRED", state="active", fee="renewal"),
        Wish("PAUSED", state="active"),
    ]
    news = [_new(number, random) for number in range(creations)]
    documents = [document_of(wish) for wish in wishes] + [_whole(wish) for wish in news]
    for number in range(toggled):
        wish = Wish(f"T{number:03d}", title=f"Mug without a price {number}")
        wishes.append(wish)
        off = {"price": "1.11 USD", "stock": {"always": 1}, "sync": {"price": "off", "stock": "off"}}
        documents.append({**document_of(wish), **off})
    by_name = {wish.key: wish for wish in (*wishes, *news)}
    costs = EtsyShop(EtsyProject(root), by_name).costs
    made = EtsyProject.make(
        root,
        {**SELLER, "listings": live},
        documents,
        settings={"shared_history": True, **(settings or {})},
        project={"guards": guards(costs), **(project or {})},
    )
    for number in range(3):
        made.write(f"images/{number}.png", pictures.png(100, 100) + bytes(random.randbytes(8)))
    with made.simulator() as simulator:
        simulator.sell(LOGIN, 1980, 1)
    made.forget_requests()
    return EtsyShop(made, by_name, by_key(made.listings()), made.fees())


def wish_of(key: str, number: int, random: Random) -> Wish:
    """Every eighth listing is written in the same way."""
    wish = Wish(key)
    way = number % 8
    if way in (0, 4, 7):
        wish.price = f"{random.choice((25, 26, 27))}.{random.choice((10, 90))}"
    if way in (1, 4):
        wish.pieces = random.choice((3, 8, 15))
    if way in (2, 6):
        wish.title = f"Jug number {random.randint(100, 999)}"
    if way == 3:
        wish.processing = LONGER
    if way == 5:
        wish.state = "inactive"  # for nothing is in stock
    if way == 6:
        wish.tags = ("jug", random.choice(("tall", "small")))
    if way == 7:
        wish.pictures = 1 if number == 7 else None
    return wish


def document_of(wish: Wish) -> Json:
    """The document that asks for a wish, and for nothing else."""
    content = {"title": wish.title, "tags": wish.tags and list(wish.tags)}
    content |= {"images": wish.pictures and [f"images/{number}.png" for number in range(wish.pictures)]}
    stock = {"always": 0 if wish.state == "inactive" else wish.pieces}
    if wish.state == "active":
        stock |= {"status": "active"}
    sections = {"content": _said(content), "stock": _said(stock), "price": wish.price and f"{wish.price} USD"}
    if wish.processing:
        sections["delivery"] = {"processing": wish.processing}
    return {"kind": "Offer", "name": wish.key, **{name: said for name, said in sections.items() if said}}


def _said(section: Mapping[str, Any]) -> Json:
    return {name: value for name, value in section.items() if value is not None}


def _new(number: int, random: Random) -> Wish:
    """All new ones have one title: it tells no two of them apart. Every third stays a draft, which costs nothing."""
    price, draft = f"{random.randint(20, 300)}.{random.randint(10, 99)}", number % 3 == 2
    state, fee = ("draft", None) if draft else ("active", "listing")
    return Wish(
        f"N{number:03d}", _SAME_TITLE, price, random.randint(1, 50), state, pictures=1 + number % 2, fee=fee
    )


def _whole(wish: Wish) -> Json:
    """The document of a listing that is to be made."""
    body = document(wish.key, content=document_of(wish)["content"], price={"base": f"{wish.price} USD"})
    return {**body, "stock": {"always": wish.pieces, "status": wish.state}}


__all__ = ["EtsyProject", "EtsyShop", "Wish", "build", "guards"]
