"""A stall on eBay."""

from __future__ import annotations

from typing import Any, ClassVar

from ebay.shop import LOGIN, SELLER, document, goods
from msgspec.structs import replace

from reconciler.model.spec import MarketplaceSpec

from .base import Json, Stall, Ware


def few(spec: MarketplaceSpec) -> MarketplaceSpec:
    """Forty requests a day."""
    return replace(spec, budgets={**spec.budgets, "inventory": replace(spec.budgets["inventory"], per_day=40)})


class EbayStall(Stall):
    """A shop in Germany."""

    name = "ebay"
    currency = "EUR"
    login = LOGIN
    title = "eBay"
    modules: ClassVar[Json] = {
        "settings": {"payment_policy": "Rechnung"},
        "content": {"title": "Tall blue jug"},
        "delivery": {"prices": "Brief"},
        "price": {"base": "33.00 EUR"},
        "stock": {"always": 8},
    }
    no_module: ClassVar[Json] = {"bundle": "eBay has no sets of several products in one offer"}
    fee = "0.35 EUR"
    fee_when_staged = True
    lacking: ClassVar[Json] = {"settings": {"invoice": "vat"}}
    lacking_kind: ClassVar[Json] = {"kind": "Warranty", "name": "w", "account": "main", "type": "seller"}
    right = "sell.inventory"
    few = staticmethod(few)
    asks = ("bulk_get", "/feed/")
    edits: ClassVar[Json] = {"method": ["PUT"]}
    tight: ClassVar[Json] = {"limits": {"inventory_per_day": 40}}

    def seed(self, *wares: Ware) -> Json:
        pairs = [self._goods(number, each) for number, each in enumerate(wares)]
        fees = {"EBAY_DE": {"insertion": "0.35", "free": 0, "used": 0}}
        return {
            **SELLER,
            "fees": fees,
            "items": [item for item, _ in pairs],
            "offers": [offer for _, offer in pairs],
        }

    def _goods(self, number: int, ware: Ware) -> tuple[Json, Json]:
        price = {"price": {"value": ware.price, "currency": "EUR"}}
        item, offer = goods(ware.key, 8001 + number, pieces=ware.pieces, pricingSummary=price)
        item["product"]["title"] = ware.title
        return item, offer

    def document(self, ware: Ware) -> Json:
        body = document(ware.key, content={"title": ware.title}, price={"base": f"{ware.price} EUR"})
        return body | {"stock": {"always": ware.pieces, "status": ware.status}}

    def there(self, practice: Any) -> list[Ware]:
        return [_ware(each, practice.item(LOGIN, each["sku"])) for each in practice.offers(LOGIN)]

    def touch(self, practice: Any, key: str, **changes: Any) -> None:
        offer: Json = {}
        item: Json = {}
        if "price" in changes:
            offer["pricingSummary"] = {"price": {"value": changes["price"], "currency": "EUR"}}
        if "title" in changes:
            item["product"] = {"title": changes["title"]}
        if "pieces" in changes:
            offer["availableQuantity"] = changes["pieces"]
            item["availability"] = {"shipToLocationAvailability": {"quantity": changes["pieces"]}}
        practice.panel_edit(LOGIN, key, {"item": item, "offer": offer})

    def charged(self, practice: Any) -> int:
        return len(practice.fees(LOGIN)["fees"])


def _ware(offer: Json, item: Json) -> Ware:
    listing = offer.get("listing") or {}
    on_sale = offer["status"] == "PUBLISHED" and listing.get("listingStatus") != "ENDED"
    price = offer["pricingSummary"]["price"]["value"]
    status = "active" if on_sale and offer["availableQuantity"] else "ended"
    return Ware(offer["sku"], item["product"]["title"], price, offer["availableQuantity"], status)
