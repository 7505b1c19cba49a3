"""A stall on Etsy."""

from __future__ import annotations

from decimal import Decimal
from html import unescape
from typing import Any, ClassVar

from etsy.shop import LOGIN, SELLER, document, listing
from msgspec.structs import replace

from reconciler.model.spec import MarketplaceSpec

from .base import Json, Stall, Ware

STATES = {"active": "active", "draft": "draft", "inactive": "ended", "sold_out": "ended", "expired": "ended"}


def few(spec: MarketplaceSpec) -> MarketplaceSpec:
    """Three requests a second."""
    return replace(spec, budgets={"client": replace(spec.budgets["client"], per_second=3)})


class EtsyStall(Stall):
    """A potter."""

    name = "etsy"
    currency = "USD"
    login = LOGIN
    title = "Etsy"
    modules: ClassVar[Json] = {
        "settings": {"section": None},
        "content": {"title": "Tall blue jug"},
        "delivery": {"prices": "Letter"},
        "price": {"base": "33.00 USD"},
        "stock": {"always": 8},
    }
    no_module: ClassVar[Json] = {"bundle": "Etsy sells no sets"}
    coupled = frozenset({"price", "stock"})
    lacking: ClassVar[Json] = {"settings": {"invoice": "vat"}}
    lacking_kind: ClassVar[Json] = {"kind": "Warranty", "name": "w", "account": "main", "type": "seller"}
    right = "listings_w"
    few = staticmethod(few)
    tight: ClassVar[Json] = {"limits": {"per_second": 3}}
    fee = "0.20 USD"

    def seed(self, *wares: Ware) -> Json:
        listings = [
            listing(1001 + number, each.key, title=each.title, price=float(each.price), quantity=each.pieces)
            for number, each in enumerate(wares)
        ]
        return {**SELLER, "listings": listings}

    def document(self, ware: Ware) -> Json:
        images = {} if ware.key in self.known else {"images": [self._picture()]}
        return document(
            ware.key,
            content={"title": ware.title, **images},
            price={"base": f"{ware.price} USD"},
        ) | {"stock": {"always": ware.pieces, "status": ware.status}}

    def _picture(self) -> str:
        from tests.one_account import png

        file = self.root / "images" / "a.png"
        file.parent.mkdir(exist_ok=True)
        if not file.exists():
            file.write_bytes(png(10, 100))
        return "images/a.png"

    def there(self, practice: Any) -> list[Ware]:
        return [_ware(each) for each in practice.listings(LOGIN)]

    def touch(self, practice: Any, key: str, **changes: Any) -> None:
        patch = {{"pieces": "quantity"}.get(name, name): value for name, value in changes.items()}
        if "price" in patch:
            patch["price"] = float(patch["price"])
        practice.panel_edit(LOGIN, practice.listing_by_sku(LOGIN, key), patch)

    def charged(self, practice: Any) -> int:
        return len(practice.fees(LOGIN))


def _ware(body: Json) -> Ware:
    product = body["inventory"]["products"][0]
    offering = product["offerings"][0]
    price = Decimal(offering["price"]["amount"]) / offering["price"]["divisor"]
    title = unescape(body["title"])  # it is kept with entities
    return Ware(product["sku"], title, f"{price:.2f}", offering["quantity"], STATES[body["state"]])
