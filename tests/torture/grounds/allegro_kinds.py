"""Every kind of action on Allegro, and the trouble that only Allegro has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import world
from world import World

from torture import shop
from torture.trouble import Documents, Kind, rule

ENDED = {"publication": {"status": "ENDED", "endedBy": "USER"}}
POLICY = {
    "kind": "ReturnPolicy",
    "name": "zwroty",
    "is_fulfillment": False,
    "availability": {"range": "full"},
    "withdrawal_period": "P14D",
    "return_cost": {"covered_by": "buyer"},
    "address": {
        "name": "Sklep",
        "street": "Prosta 1",
        "post_code": "60-166",
        "city": "Poznań",
        "country_code": "PL",
    },
    "options": {
        "cash_on_delivery_not_allowed": True,
        "free_accessories_return_required": False,
        "refund_lowered_by_received_discount": False,
        "business_return_allowed": False,
        "collect_by_seller_only": False,
    },
}


def _each(**sections: Any) -> Documents:
    return [world.offer(name, **sections) for name in "ABC"]


PAIR = shop.bundle("zestaw", ("A", "B"))
KINDS: dict[str, Kind] = {
    "create": Kind([world.whole_offer("N1"), world.whole_offer("N2")]),
    "edit": Kind(_each(content={"title": "Zupełnie inny tytuł kubka"})),
    "price": Kind(_each(price="55 PLN")),
    "quantity": Kind(_each(stock={"always": 3})),
    "bulk": Kind([world.offer(n, price=f"5{i}.10 PLN", stock={"always": 4 + i}) for i, n in enumerate("ABC")]),
    "modify": Kind(_each(delivery={"handling": "PT72H"})),
    "activate": Kind(_each(stock={"status": "active"}), live=ENDED),
    "end": Kind(_each(stock={"status": "ended"})),
    "tag": Kind(_each(settings={"tags": ["Nowość"]})),
    "delete draft": Kind([], first=[world.whole_offer("N1", stock={"always": 5, "status": "draft"})]),
    "create an object": Kind(
        [shop.price_list("Nowy", "12.99"), {"kind": "OfferTag", "name": "Lato", "hidden": False}, POLICY]
    ),
    "update an object": Kind([shop.price_list("Standard", "7.49")]),
    "create a bundle": Kind([*_each(price="49.99 PLN"), PAIR]),
    "update a bundle": Kind(
        [*_each(price="49.99 PLN"), {**PAIR, "discount": {"whole": {"minimum": 2, "allegro-pl": 15}}}],
        first=[*_each(price="49.99 PLN"), PAIR],
    ),
    "delete a bundle": Kind(_each(price="49.99 PLN"), first=[*_each(price="49.99 PLN"), PAIR]),
    "upload a picture": Kind(_each(content={"images": ["images/nowe.png"]})),
}
EVERYTHING = Kind(
    [
        *KINDS["create"].documents,
        shop.price_list("Nowy", "12.99"),
        shop.price_list("Standard", "7.49"),
        {"kind": "OfferTag", "name": "Lato", "hidden": False},
        PAIR,
        world.offer("A", price="55 PLN", content={"title": "Zupełnie inny tytuł kubka"}),
        world.offer("B", price="55 PLN", stock={"always": 3}, settings={"tags": ["Lato"]}),
        world.offer("C", price="56.10 PLN", stock={"always": 4}, delivery={"handling": "PT72H"}),
        world.offer("D", stock={"status": "ended"}),
        world.offer("E", content={"images": ["images/nowe.png"]}),
    ]
)
#: What only Allegro has.
FAULTS: dict[str, dict[str, Any]] = {
    "busy": rule("409", times=2, method=["PATCH"]),
    "busy without end": rule("409", times=None, method=["PATCH"]),
    "operation fails": rule("operation_fails"),
    "operation fails without end": rule("operation_fails", times=None),
    "operation hangs": rule("operation_hangs", times=1, seconds=7200),
    "operation hangs, unlocked": rule("operation_hangs", times=1, seconds=7200, locked=False),
    "operation takes an hour": rule("operation_hangs", times=1, seconds=3600),
    "part of a batch fails": rule("tasks_fail", times=None, share=0.5),
    "upload refused": rule("refuse", status=422, code="INVALID_IMAGE", message="Not a picture.", path="/upload"),
    "upload fails": rule("503", times=None, path="/upload"),
    "everything at 202": {"accepted_ratio": 1.0, "operation_seconds": (60, 300)},
}


def case(root: Path, kind: Kind) -> World:
    """A shop for one kind of action, in its calm state, with what must be there before."""
    products = (shop.example.PRODUCT, world.SECOND_PRODUCT, world.THIRD_PRODUCT)
    live = [shop.live_offer(n, name, products[n % 3]) for n, name in enumerate("ABCDE")]
    for entry in live:
        entry["offer"].update(kind.live)
    made = World.make(root, world.seller(live), kind.first or kind.documents)
    made.write("images/nowe.png", shop.PICTURE + b"x")
    if kind.first:
        made.converge()
        made.documents(*kind.documents)
    return made


def twice(made: World) -> list[str]:
    """What is there more than once."""
    with made.simulator() as simulator:
        return [f"{kind} {names}" for kind, names in simulator.census(made.login)["duplicates"].items() if names]
