"""Every kind of action on Etsy, and the trouble that only Etsy has."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pictures
import world
from etsy.shop import LOGIN, PROCESSING, SELLER, document, listing

from torture.grounds.etsy_look import numbers
from torture.grounds.etsy_shop import EtsyProject, guards
from torture.trouble import Documents, Kind, rule

_SHOP = f"/v3/application/shops/{SELLER['shop_id']}/listings"
_FEES = Decimal("2.00")


def _each(**sections: Any) -> Documents:
    return [world.offer(name, **sections) for name in "ABC"]


def _new(name: str, status: str = "active") -> dict[str, Any]:
    content = {"title": "Mug of the new series", "images": ["images/0.png"]}
    return document(name, content=content, stock={"status": status})


SOLD = {"quantity": 1}
KINDS: dict[str, Kind] = {
    "create": Kind([_new("N1"), _new("N2")]),
    "create a draft": Kind([_new("N1", "draft")]),
    "edit": Kind(_each(content={"title": "Another title for a mug"})),
    "settings": Kind(
        _each(settings={"return_policy": "no returns", "section": None}, delivery={"prices": "Letter"})
    ),
    "tags": Kind(_each(content={"tags": ["jug", "tall"]})),
    "price": Kind(_each(price="25.10 USD")),
    "quantity": Kind(_each(stock={"always": 3})),
    "price and quantity": Kind(
        [world.offer(n, price=f"2{i}.10 USD", stock={"always": 6 + i}) for i, n in enumerate("ABC", 1)]
    ),
    "processing": Kind(_each(delivery={"processing": "made to order, 3-5 days"})),
    "nothing in stock": Kind(_each(stock={"always": 0})),
    "activate": Kind(_each(stock={"status": "active"}), live={"state": "inactive"}),
    "renew": Kind(_each(stock={"always": 4, "status": "active"}, delivery={"processing": PROCESSING}), live=SOLD),
    "end": Kind(_each(stock={"status": "ended"})),
    "delete draft": Kind([], first=[_new("N1", "draft")]),
    "upload a picture": Kind(_each(content={"images": ["images/0.png", "images/1.png"]})),
}
EVERYTHING = Kind(
    [
        *KINDS["create"].documents,
        world.offer(
            "A", price="25.10 USD", content={"title": "Another title for a mug", "images": ["images/1.png"]}
        ),
        world.offer("B", price="26.10 USD", stock={"always": 3}, content={"tags": ["jug"]}),
        world.offer("C", delivery={"processing": "made to order, 3-5 days"}, settings={"section": None}),
        world.offer("D", stock={"status": "ended"}),
        world.offer("E", stock={"always": 0}),
    ]
)
#: What only Etsy has.
FAULTS: dict[str, Mapping[str, Any]] = {
    "busy": rule("409", times=2),
    "busy without end": rule("409", times=None),
    "no effect": rule("no_effect", times=2),
    "no effect on the state": rule("no_effect", times=2, fields=["state"]),
    "renewals fail": rule("renewal_fails", times=2),
    "refused": rule("refuse", status=400, message="Not this one.", times=2),
    "refused without end": rule("refuse", status=400, message="Not this one.", times=None),
    "upload refused": rule("refuse", status=400, message="Not a picture.", method=["POST"], path=f"{_SHOP}/"),
    "upload fails": rule("503", times=None, method=["POST"], path=f"{_SHOP}/"),
}


def case(root: Path, kind: Kind) -> EtsyProject:
    """A shop for one kind of action, in its calm state, with what must be there before."""
    live = [{**listing(1001 + n, name), **kind.live} for n, name in enumerate("ABCDE")]
    account = {**SELLER, "listings": live}
    made = EtsyProject.make(root, account, kind.first or kind.documents, project={"guards": guards(_FEES)})
    for number in range(2):
        made.write(f"images/{number}.png", pictures.png(100, 100) + bytes([number]))
    if kind.live == SOLD:
        with made.simulator() as simulator:
            for number in range(3):
                simulator.sell(LOGIN, 1001 + number, 1)
    if kind.first:
        made.converge()
        made.documents(*kind.documents)
    return made


def twice(made: EtsyProject) -> list[str]:
    """What is there, or was paid, more than once."""
    paid = [
        f"{kind} of {number} was paid {count} times" for (number, kind), count in made.fees().items() if count > 1
    ]
    return numbers(made.listings()) + paid
