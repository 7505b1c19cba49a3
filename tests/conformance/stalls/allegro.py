"""A stall on Allegro."""

from __future__ import annotations

from typing import Any, ClassVar

import world
from msgspec.structs import replace
from simulator import example

from reconciler.model.spec import MarketplaceSpec

from .base import Json, Stall, Ware

STATES = {"ACTIVE": "active", "INACTIVE": "draft", "ENDED": "ended", "ACTIVATING": "active"}


def few(spec: MarketplaceSpec) -> MarketplaceSpec:
    """Four edits a minute."""
    writes = replace(spec.budgets["offer_writes"], per_minute=4)
    return replace(spec, budgets={**spec.budgets, "offer_writes": writes})


class AllegroStall(Stall):
    """A shop."""

    name = "allegro"
    currency = "PLN"
    login = world.LOGIN
    title = "Allegro"
    modules: ClassVar[Json] = {
        "settings": {"invoice": "vat_margin"},
        "content": {"title": "Tall blue jug"},
        "delivery": {"handling": "PT72H"},
        "price": {"base": "33.00 PLN"},
        "stock": {"always": 8},
        "bundle": [{"product": {"gtin": world.THIRD_GTIN}, "quantity": 2}],
    }
    lacks: ClassVar[Json] = {
        "fees": "Allegro charges by the month or by what is sold, and nothing at once",
        "a kind it lacks": "Allegro has all kinds of documents that there are",
    }
    lacking: ClassVar[Json] = {"settings": {"who_made": "i_did"}}
    right = "sale:offers:write"
    few = staticmethod(few)
    tight: ClassVar[Json] = {"limits": {"offer_writes_per_minute": 4}}

    def seed(self, *wares: Ware) -> Json:
        return world.seller(
            [
                world.live_offer(
                    number,
                    each.key,
                    name=each.title,
                    stock={"available": each.pieces, "unit": "UNIT"},
                    sellingMode={"format": "BUY_NOW", "price": example.money(each.price)},
                )
                for number, each in enumerate(wares)
            ]
        )

    def document(self, ware: Ware) -> Json:
        stock = {"always": ware.pieces, "status": ware.status}
        if ware.key not in self.known:
            body = world.whole_offer(ware.key, price={"base": f"{ware.price} PLN"}, stock=stock)
            body["content"]["title"] = ware.title
            return body
        content = {"title": ware.title}
        return world.offer(ware.key, content=content, price={"base": f"{ware.price} PLN"}, stock=stock)

    def there(self, practice: Any) -> list[Ware]:
        return [_ware(each) for each in practice.offers(world.LOGIN)]

    def touch(self, practice: Any, key: str, **changes: Any) -> None:
        found = practice.offer_by_external_id(world.LOGIN, key)
        practice.panel_edit(world.LOGIN, found["id"], _patch(**changes))


def _patch(title: str = "", price: str = "", pieces: int | None = None) -> Json:
    patch: Json = {}
    if title:
        patch["name"] = title
    if price:
        patch["sellingMode"] = {"price": example.money(price)}
    if pieces is not None:
        patch["stock"] = {"available": pieces}
    return patch


def _ware(body: Json) -> Ware:
    return Ware(
        (body.get("external") or {}).get("id") or "",
        body["name"],
        body["sellingMode"]["price"]["amount"],
        body["stock"]["available"],
        STATES[body["publication"]["status"]],
    )
