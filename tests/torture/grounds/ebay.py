"""What the torture tools know of eBay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pictures
import world

from torture.grounds import ebay_shop
from torture.grounds.base import OF_ALLEGRO, Ground, Json, Meddling, Stock
from torture.grounds.ebay_shop import LOGIN, EbayProject, Wish, goods, told, twice, whole
from torture.trouble import Documents, Kind, rule

_INVENTORY = "/sell/inventory/v1"
_FIRST = 9_000_000


def _each(**sections: Any) -> Documents:
    return [world.offer(name, **sections) for name in "ABC"]


def _new(name: str) -> dict[str, Any]:
    return whole(Wish(name, "Becher der neuen Reihe", "19.50", 4, "active"))


_ALL: dict[str, Any] = {
    "content": {"title": "Ein anderer Titel", "description": "<p>Neu</p>", "images": ["images/0.png"]},
    "delivery": {"prices": "Brief"},
    "price": "25.10 EUR",
    "stock": {"always": 3},
}
KINDS: dict[str, Kind] = {
    "create": Kind([_new("N1"), _new("N2")]),
    "edit the item": Kind(_each(content={"title": "Ein anderer Titel", "parameters": {"Farbe": "blau"}})),
    "edit the offer": Kind(
        _each(content={"description": "<p>Ein anderer Text</p>"}, delivery={"prices": "Brief"})
    ),
    "price": Kind(_each(price="25.10 EUR")),
    "quantity": Kind(_each(stock={"always": 3})),
    "bulk": Kind([world.offer(n, price=f"2{i}.10 EUR", stock={"always": 6 + i}) for i, n in enumerate("ABC", 1)]),
    "item, offer, price, picture": Kind(_each(**_ALL)),
    "activate, changed": Kind(_each(**{**_ALL, "stock": {"always": 6, "status": "active"}}), live={"sale": False}),
    "end, changed": Kind(
        _each(content={"title": "Ein letzter Titel"}, price="25.10 EUR", stock={"status": "ended"})
    ),
    "nothing in stock": Kind(_each(stock={"always": 0})),
    "activate": Kind(_each(stock={"status": "active"}), live={"sale": False}),
    "end": Kind(_each(stock={"status": "ended"})),
    "upload a picture": Kind(_each(content={"images": ["images/0.png"]})),
}
EVERYTHING = Kind(
    [
        *KINDS["create"].documents,
        world.offer("A", price="25.10 EUR", content={"title": "Ein anderer Titel", "images": ["images/0.png"]}),
        world.offer("B", price="26.10 EUR", stock={"always": 3}, content={"parameters": {"Farbe": "blau"}}),
        world.offer("C", delivery={"prices": "Brief"}, stock={"always": 0}),
        world.offer("D", stock={"status": "ended"}),
    ]
)
#: What only eBay has.
FAULTS: dict[str, Mapping[str, Any]] = {
    "concurrent access": rule("25025", times=2),
    "concurrent access without end": rule("25025", times=None),
    "system error, and done": rule("system_error", times=2),
    "system error, and done, without end": rule("system_error", times=None),
    "a row fails": rule("rows_fail", rows=[0]),
    "a row is done and says 500": rule("rows_unknown", rows=[0]),
    "refused": rule("refuse", status=400, message="Not this one.", times=2, path=_INVENTORY),
    "upload fails": rule("503", times=None, method=["POST"], path="/upload"),
}


def case(root: Path, kind: Kind) -> EbayProject:
    """An account for one kind of action, in its calm state, with what must be there before."""
    sale = kind.live.get("sale", True)
    live = [goods(n, name, sale=sale) for n, name in enumerate("ABCDE")]
    made = EbayProject.make(root, ebay_shop.account(live), kind.first or kind.documents)
    made.write("images/0.png", pictures.png(600, 600))
    if kind.first:
        made.converge()
        made.documents(*kind.documents)
    return made


def seller(
    offers: list[dict[str, Any]], login: str = LOGIN, number: int = 0, refresh: str = "first-refresh"
) -> dict[str, Any]:
    application = {"clients": [{"client_id": "app", "client_secret": "hush"}], "refresh_token": refresh}
    return ebay_shop.account(offers, login=login, user_id=str(44_300_100 + number), **application)


def _pieces(made: EbayProject) -> dict[int, int]:
    there = made.there().values()
    return {int(each["offer"]["offerId"]) - _FIRST: told(each)["pieces"] for each in there}


def _refused(numbers: list[int], _named: str) -> list[dict[str, Any]]:
    """eBay refuses rows of a call by their places, and not by what they are about: nobody is refused for good."""
    return [rule("rows_fail", times=None, rows=numbers)["faults"]["schedule"][0]]


def _prices(number: int) -> Json:
    return {"price": f"{20 + number % 900 / 100:.2f} EUR", "stock": {"always": 6 + number % 7}}


def _titles(number: int) -> Json:
    return {"content": {"title": f"Becher Nummer {number}"}}


def _named_in(exchange: Json) -> list[str]:
    return re.findall(r"K\d{6}", exchange["url"] + (exchange["request_body"] or ""))


EBAY = Ground(
    name="ebay",
    project=EbayProject,
    build=ebay_shop.build,
    live=goods,
    seller=seller,
    stock=Stock(lambda number, key, pieces: goods(number, key, pieces=pieces), _pieces, _refused),
    rates={},
    others={
        "prices": Meddling(
            what="prices and pieces",
            sections=_prices,
            edit=lambda n: {"offer": {"pricingSummary": {"price": {"value": f"9{n % 90:02d}.00"}}}},
            a_second=1000.0,
            every=8,
        ),
        "edits": Meddling(
            what="titles",
            sections=_titles,
            edit=lambda n: {"item": {"product": {"title": f"Von Hand {n}"}}},
            a_second=1000.0,
            every=8,
        ),
    },
    remote_id=lambda number: f"K{number:06d}",
    named_in=_named_in,
    a_second=100,
    myself=(f"{_INVENTORY}/location", {}),
    requests=80,
    writes=14,
    lag=240.0,
    events=False,
    kinds=KINDS,
    everything=EVERYTHING,
    faults=FAULTS,
    case=case,
    twice=twice,
    brisk={"report_seconds": (0.0, 0.0)},
    lacks={
        **OF_ALLEGRO,
        "rates": "its limits are those of a day, which no run comes near.",
        "refused": "the practice marketplace refuses rows by their places only.",
    },
)
