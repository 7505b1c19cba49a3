"""A seller on eBay whose documents need every way of writing, and an independent look at what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import pictures
from world import SWITCH_OFF_GUARDS, Project

from reconciler.simulator.ebay import listings
from reconciler.simulator.ebay.simulator import EbaySimulator
from torture.grounds.base import Shop, Touch
from torture.grounds.ebay_look import SHIPPING, told, twice, written, wrong
from torture.killing import run

Json = dict[str, Any]
LOGIN, SITE, CATEGORY = "sklep", "EBAY_DE", "20625"
_FEE = Decimal("0.35")  # for each listing that begins
#: What a person has made there.
UNMANAGED = "SOMEBODY"
_TYPES = [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES"}]
_NAMED = {"marketplaceId": SITE, "categoryTypes": _TYPES}
SELLER: Json = {
    "login": LOGIN,
    "user_id": "44300100",
    "site": SITE,
    "out_of_stock": True,
    "categories": [{"id": CATEGORY, "name": "Becher", "aspects": [{"name": "Farbe"}, {"name": "Material"}]}],
    "locations": [{"merchantLocationKey": "lager", "name": "lager"}],
    "fulfillment_policies": [{"fulfillmentPolicyId": i, "name": n, **_NAMED} for n, i in SHIPPING.items()],
    "payment_policies": [{"paymentPolicyId": "81", "name": "Sofort", **_NAMED}],
    "return_policies": [{"returnPolicyId": "91", "name": "30 Tage", "returnsAccepted": True, **_NAMED}],
}
PANEL: dict[str, Json] = {
    "price.base": {"offer": {"pricingSummary": {"price": {"value": "88.80", "currency": "EUR"}}}},
    "content.title": {"item": {"product": {"title": "Ein Titel von Hand"}}},
}
_TOLD = {"price.base": ("price", "88.80"), "content.title": ("title", "Ein Titel von Hand")}


@dataclass
class Wish:
    """What one offer shall be, in the words of eBay. None is not declared, so it must stay."""

    key: str
    title: str | None = None
    price: str | None = None
    pieces: int | None = None
    status: str | None = None
    shipping: str | None = None
    colour: str | None = None
    text: str | None = None
    picture: bool = False


class EbayProject(Project):
    """A project on the practice eBay."""

    practice = EbaySimulator

    def there(self) -> dict[str, Json]:
        """What the account has when everything due has happened, by SKU: {sku: {item, offer}}."""
        self.rest()
        with self.simulator() as simulator:
            found = {each["sku"]: each for each in simulator.offers(self.login)}
            return {sku: {"item": simulator.item(self.login, sku), "offer": offer} for sku, offer in found.items()}

    def listed(self) -> Counter[str]:
        """How many listings there have ever been of each SKU: to publish once more makes one more."""
        with self.simulator() as simulator:
            skus = {int(each["offerId"]): each["sku"] for each in simulator.offers(self.login)}
            ever = listings.of_seller(simulator.world, simulator.seller_id(self.login))
        return Counter(skus[each.offer] for each in ever)

    def paid(self) -> Decimal:
        """What the account was charged so far."""
        with self.simulator() as simulator:
            return sum((Decimal(each["amount"]) for each in simulator.fees(self.login)["fees"]), Decimal(0))

    def census(self) -> Json:
        """How often the account has each thing."""
        with self.simulator() as simulator:
            found: Json = simulator.census(self.login)
            return found


@dataclass(frozen=True)
class Begin:
    """How many listings there have ever been of each SKU at a moment, what is on sale, and what was paid."""

    listed: Counter[str]
    on_sale: frozenset[str]
    paid: Decimal

    @classmethod
    def now(cls, made: EbayProject) -> Begin:
        """As it is."""
        there = made.there().items()
        on_sale = frozenset(key for key, each in there if each["offer"]["status"] == "PUBLISHED")
        return cls(made.listed(), on_sale, made.paid())


@dataclass
class EbayShop(Shop):
    """A seller on eBay."""

    name = "ebay"
    unmanaged = UNMANAGED

    world: EbayProject
    wishes: dict[str, Wish]
    before: dict[str, Json] = field(default_factory=dict)
    began: Begin = field(init=False)  # what is on sale when the documents are to be made true

    def __post_init__(self) -> None:
        self.began = Begin.now(self.world)

    def faults(self) -> list[str]:
        there = self.world.there()
        found = twice(self.world) + [f"lost: {key}" for key in (*self.wishes, *self.before) if key not in there]
        found += self._listed(there)
        for key, body in there.items():
            if key in self.wishes or key in self.before:
                before = self.before.get(key)
                found += [
                    f"{key}: {each}" for each in wrong(self.wishes.get(key) or Wish(key), told(body), before)
                ]
            else:
                found.append(f"nobody asked for {key}")
        return found

    @property
    def guards(self) -> Mapping[str, Any]:
        return guards(self.costs)

    @property
    def costs(self) -> Decimal:
        """What the documents cost when they are applied: each that is not on sale is listed once."""
        return _FEE * len(self._to_list())

    def is_to_be_repeated(self, told: str) -> bool:
        return "which was interrupted" in told and "it stays staged" in told

    def _to_list(self) -> set[str]:
        return {key for key, wish in self.wishes.items() if wish.status == "active"} - self.began.on_sale

    def unshown(self, random: Random) -> list[str]:
        """The plan of whoever allows no fee says what the staged ones cost; new ones have no fee that could be asked for."""
        if random.random() < 0.7:
            return []
        project = self.world.root / "reconcile.yaml"
        allowed = project.read_text(encoding="utf-8")
        project.write_text(allowed.replace(f'"fees": "{self.costs} EUR"', '"fees": "0.00 EUR"'), encoding="utf-8")
        code, told = run(self.world.root, "plan")
        project.write_text(allowed, encoding="utf-8")
        said = f"charges {_FEE * len(self._to_list() & self.before.keys())} EUR at once"
        return [] if said in told else [f"the plan ended with {code}, and does not say `{said}`: {told[-1500:]}"]

    def _listed(self, there: Mapping[str, Json]) -> list[str]:
        """What was put on sale without need, and what was paid besides: each time is a listing more."""
        wanted = {key: self.began.listed[key] + (key in self._to_list()) for key in there}
        made = self.world.listed()
        found = [f"{k} was listed {made[k]} times, not {wanted[k]}" for k in there if made[k] != wanted[k]]
        paid = self.world.paid() - self.began.paid
        return found + ([f"unasked: {paid} EUR were paid, not {self.costs}"] if paid != self.costs else [])

    def ids(self) -> dict[str, str]:
        return {key: key for key in self.world.there()}

    def standing(self) -> dict[str, Json]:
        return self.world.there()

    def unrestored(self, before: dict[str, Json], touched: list[Touch]) -> list[str]:
        """Everything that is not as it was, but for what people have changed, and the number of a listing."""
        left = {(each.key, each.part): _TOLD[each.path][1] for each in touched}
        found = twice(self.world)
        for key, body in self.world.there().items():
            is_now = told(body)
            if key not in before:
                found += [f"{key} was created and is listed"] if is_now["status"] == "PUBLISHED" else []
                continue
            wanted = {name: left.get((key, name), value) for name, value in told(before[key]).items()}
            found += [f"{key}: {n} is {is_now[n]!r}, not {v!r}" for n, v in wanted.items() if is_now[n] != v]
        self.began = Begin.now(self.world)  # the documents bring it all back
        return found

    def touchable(self) -> list[Touch]:
        return [
            Touch(wish.key, path, _TOLD[path][0])
            for wish in self.wishes.values()
            if wish.key in self.before and wish.status is None
            for path, declared in (("price.base", wish.price), ("content.title", wish.title))
            if declared is not None
        ]

    def touch(self, what: Touch) -> None:
        self._edit(what.key, PANEL[what.path])

    def edit_what_is_nobodys(self, random: Random) -> None:
        untitled = [w.key for w in self.wishes.values() if not w.title and w.key in self.before and not w.status]
        key, title = random.choice(untitled), f"Titel von Hand {random.randint(1000, 9999)}"
        self._edit(key, {"item": {"product": {"title": title}}})
        self.before[key]["item"]["product"]["title"] = title
        price = f"{random.randint(30, 90)}.00"
        self._edit("T000", {"offer": {"pricingSummary": {"price": {"value": price, "currency": "EUR"}}}})
        self.before["T000"]["offer"]["pricingSummary"]["price"]["value"] = price

    def _edit(self, sku: str, patch: Json) -> None:
        with self.world.simulator() as simulator:
            simulator.panel_edit(LOGIN, sku, patch)

    def resent(self) -> list[str]:
        """Pictures are not sent again, and nothing of what has ended."""
        sold = (each for each in self.wishes.values() if each.status != "ended")
        return [w.key for w in sold if w.title or w.price or w.pieces or w.shipping or w.text]

    def written(self, exchange: Json) -> dict[str, bool]:
        return dict(written(exchange, self.skus))

    @cached_property
    def skus(self) -> dict[str, str]:
        """The SKU of each offer, by its number: a price alone names no other."""
        return {each["offer"]["offerId"]: sku for sku, each in self.world.there().items()}


def build(
    root: Path,
    seed: int,
    *,
    offers: int = 24,
    creations: int = 5,
    toggled: int = 0,
    project: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> EbayShop:
    """Make an account whose documents need every way of writing; the seed says which offer is written how.

    `toggled` more offers declare a price that they do not sync: it must never be written.
    """
    random = Random(seed)
    wishes = [wish_of(f"K{number:03d}", seed + number, random) for number in range(offers)]
    toggles = [Wish(f"T{number:03d}", f"Becher ohne Preis {number}") for number in range(toggled)]
    paused = Wish("PAUSED", status="active")
    changed = Wish("RAISED", "Ein Krug, der wieder da ist", "31.40", 9, "active", "Brief", "blau", "<p>Da</p>")
    live = [goods(number, wish.key) for number, wish in enumerate((*wishes, *toggles))]
    live += [goods(8000, paused.key, sale=False), goods(8001, UNMANAGED), goods(8002, changed.key, sale=False)]
    news = [
        Wish(
            f"N{number:03d}",
            "Becher der neuen Reihe",
            f"{random.randint(20, 300)}.50",
            random.randint(1, 50),
            "active",
        )
        for number in range(creations)
    ]
    documents = [document_of(wish) for wish in (*wishes, paused, changed)] + [whole(wish) for wish in news]
    documents += [{**document_of(wish), "price": "1.11 EUR", "sync": {"price": "off"}} for wish in toggles]
    costs = _FEE * (len(news) + 2)
    made = EbayProject.make(
        root,
        account(live, fees={SITE: {"insertion": str(_FEE)}}),
        documents,
        settings={"shared_history": True, **(settings or {})},
        project={"guards": guards(costs), **(project or {})},
    )
    for number in range(2):
        made.write(f"images/{number}.png", pictures.png(600, 600) + bytes(random.randbytes(8)))
    by_name = {wish.key: wish for wish in (*wishes, paused, changed, *news, *toggles)}
    return EbayShop(made, by_name, made.there())


def guards(costs: Decimal) -> Json:
    """No guard but that of the fees, which lets this much be charged by one run."""
    return {**SWITCH_OFF_GUARDS, "fees": f"{costs} EUR"}


def account(live: list[Json], **more: Any) -> Json:
    """The account with these goods, as it is seeded."""
    goods_of = {"items": [each["item"] for each in live], "offers": [each["offer"] for each in live]}
    return {**SELLER, **goods_of, **more}


def goods(number: int, sku: str, *, pieces: int = 5, sale: bool = True) -> Json:
    """An item and its offer as the account has them, by a number of its own."""
    product = {
        "title": f"Becher {sku}",
        "aspects": {"Farbe": ["rot"]},
        "imageUrls": ["https://shop.example/a.jpg"],
    }
    item = {"sku": sku, "locale": "de_DE", "condition": "NEW", "product": product}
    item["availability"] = {"shipToLocationAvailability": {"quantity": pieces}}
    offer = {
        "offerId": str(9_000_000 + number),
        "sku": sku,
        "marketplaceId": SITE,
        "format": "FIXED_PRICE",
        "availableQuantity": pieces,
        "categoryId": CATEGORY,
        "listingDescription": "<p>Tee</p>",
        "listingDuration": "GTC",
        "includeCatalogProductDetails": False,
        "merchantLocationKey": "lager",
        "pricingSummary": {"price": {"value": "12.90", "currency": "EUR"}},
        "listingPolicies": {"fulfillmentPolicyId": "71", "paymentPolicyId": "81", "returnPolicyId": "91"},
        "status": "PUBLISHED" if sale else "UNPUBLISHED",
    }
    if sale:
        offer["listing"] = {"listingId": str(110_000_000 + number), "listingStatus": "ACTIVE", "soldQuantity": 0}
    return {"item": item, "offer": offer}


def wish_of(key: str, number: int, random: Random) -> Wish:
    """Every twelfth offer is written in the same way: one thing, or item, offer and price at once."""
    wish = Wish(key)
    way = number % 12
    if way in (0, 4, 7, 8, 10):
        wish.price = f"{random.choice((25, 26, 27))}.{random.choice((10, 90))}"
    if way in (1, 4, 8):
        wish.pieces = random.choice((3, 8, 15))
    if way in (2, 6, 8, 10, 11):
        wish.title = f"Krug Nummer {random.randint(100, 999)}"
    if way in (3, 8):
        wish.shipping = "Brief"
    if way in (5, 11):
        wish.status = "ended"
    if way in (6, 8):
        wish.colour = random.choice(("blau", "weiss"))
    if way in (7, 8, 10):
        wish.text = f"<p>Neu {random.randint(100, 999)}</p>"
    wish.picture = way in (8, 9)
    return wish


def document_of(wish: Wish) -> Json:
    """The document that asks for a wish, and for nothing else."""
    content = {"title": wish.title, "description": wish.text, "parameters": wish.colour and {"Farbe": wish.colour}}
    content["images"] = ["images/1.png"] if wish.picture else None
    stock = {"always": wish.pieces, "status": wish.status}
    sections = {"content": _said(content), "stock": _said(stock), "price": wish.price and f"{wish.price} EUR"}
    if wish.shipping:
        sections["delivery"] = {"prices": wish.shipping}
    return {"kind": "Offer", "name": wish.key, **{name: said for name, said in sections.items() if said}}


def whole(wish: Wish) -> Json:
    """The document of an offer that is to be made."""
    content = {"title": wish.title, "description": "<p>Tee</p>", "category": CATEGORY, "images": ["images/0.png"]}
    settings = {"condition": "new", "return_policy": "30 Tage", "payment_policy": "Sofort", "ships_from": "lager"}
    return {
        "kind": "Offer",
        "name": wish.key,
        "settings": settings,
        "delivery": {"prices": "Paket"},
        "content": {**content, "parameters": {"Farbe": "rot"}},
        "price": f"{wish.price} EUR",
        "stock": {"always": wish.pieces, "status": wish.status},
    }


def _said(section: Mapping[str, Any]) -> Json:
    return {name: value for name, value in section.items() if value is not None}


__all__ = ["EbayProject", "EbayShop", "Wish", "build", "goods", "told", "twice", "whole"]
