"""A project with an account on the practice eBay, and what is sold there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from reconciler.simulator.app import simulator_of
from tests.one_account import OneAccount

Json = dict[str, Any]
LOGIN, STORE = "sklep", ".reconcile/simulator-ebay.db"
LABEL, SHEET = "https://i.ebayimg.com/00/s/label.png", "https://i.ebayimg.com/00/s/sheet.png"
_ALL = [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES"}]
SELLER: Json = {
    "login": LOGIN,
    "user_id": "44300100",
    "site": "EBAY_DE",
    "out_of_stock": True,
    "documents": [{"documentId": each, "documentStatus": "ACCEPTED"} for each in ("d-1", "d-2")],
    "pictures": [LABEL, SHEET],
    "categories": [
        {
            "id": number,
            "name": name,
            "parent": None,
            "leaf": True,
            "aspects": [{"name": "Farbe", "cardinality": "MULTI"}, {"name": "Material"}, {"name": "Marke"}],
        }
        for number, name in (("20625", "Becher"), ("36027", "Tassen"))
    ],
    "locations": [
        {
            "merchantLocationKey": key,
            "name": key,
            "merchantLocationStatus": "ENABLED",
            "location": {"address": {"country": "DE", "postalCode": "10115", "city": "Berlin"}},
        }
        for key in ("lager", "laden")
    ],
    "fulfillment_policies": [
        {"fulfillmentPolicyId": number, "name": name, "marketplaceId": "EBAY_DE", "categoryTypes": _ALL}
        for number, name in (("71", "Paket"), ("72", "Brief"))
    ],
    "payment_policies": [
        {"paymentPolicyId": number, "name": name, "marketplaceId": "EBAY_DE", "categoryTypes": _ALL}
        for number, name in (("81", "Sofort"), ("82", "Rechnung"))
    ],
    "return_policies": [
        {
            "returnPolicyId": number,
            "name": name,
            "marketplaceId": "EBAY_DE",
            "categoryTypes": _ALL,
            "returnsAccepted": number == "91",
        }
        for number, name in (("91", "30 Tage"), ("92", "Keine"))
    ],
}


def goods(sku: str, number: int, *, pieces: int = 5, sale: bool = True, **more: Any) -> tuple[Json, Json]:
    """An item and its offer, on sale unless told otherwise; `document` says the same. `more` is of the offer."""
    item = {
        "sku": sku,
        "locale": "de_DE",
        "condition": "NEW",
        "availability": {"shipToLocationAvailability": {"quantity": pieces}},
        "product": {
            "title": f"Becher {sku}",
            "aspects": {"Farbe": ["weiss", "blau"], "Material": ["Ton"]},
            "imageUrls": ["https://shop.example/a.jpg"],
        },
    }
    offer = {
        "offerId": str(number),
        "sku": sku,
        "marketplaceId": "EBAY_DE",
        "format": "FIXED_PRICE",
        "availableQuantity": pieces,
        "categoryId": "20625",
        "listingDescription": "<p>Tee &amp; Kaffee</p>",
        "listingDuration": "GTC",
        "includeCatalogProductDetails": False,
        "merchantLocationKey": "lager",
        "pricingSummary": {"price": {"value": "12.90", "currency": "EUR"}},
        "listingPolicies": {"fulfillmentPolicyId": "71", "paymentPolicyId": "81", "returnPolicyId": "91"},
        "status": "UNPUBLISHED",
        **more,
    }
    if sale:
        listing = {"listingId": f"11{number}", "listingStatus": "ACTIVE", "soldQuantity": 0}
        offer |= {"status": "PUBLISHED", "listing": listing}
    return item, offer


def document(sku: str, **more: Any) -> Json:
    """An offer that says what `goods` has; members of sections are laid over."""
    body: Json = {
        "kind": "Offer",
        "name": sku,
        "settings": {
            "condition": "new",
            "return_policy": "30 Tage",
            "payment_policy": "Sofort",
            "ships_from": "lager",
        },
        "delivery": {"prices": "Paket"},
        "content": {
            "title": f"Becher {sku}",
            "description": "<p>Tee &amp; Kaffee</p>",
            "category": "20625",
            "parameters": {"Farbe": ["blau", "weiss"], "Material": "Ton"},
            "images": ["https://shop.example/a.jpg"],
        },
        "price": {"base": "12.90 EUR"},
        "stock": {"quantity": 5, "status": "active"},
    }
    for section, said in more.items():
        body[section] = {**body.get(section, {}), **said} if isinstance(said, Mapping) else said
    return body


class Shop(OneAccount):
    """The project and its shop; what the marketplace keeps is asked through its own control."""

    side = 600

    def __init__(self, root: Path, *goods: tuple[Json, Json | None], **account: Any) -> None:
        self.root = root
        (root / ".reconcile").mkdir(mode=0o700, parents=True)
        settings = {"marketplace": "ebay", "environment": "simulator", "login": LOGIN, **account}
        self.write("reconcile.yaml", {"kind": "Project", "name": "kubki", "accounts": {"shop": settings}})
        items, offers = [item for item, _ in goods], [offer for _, offer in goods if offer]
        self.control("POST", "seed", {**SELLER, "items": items, "offers": offers})
        self.control("POST", "settings", {"shared_history": True})

    def on_ebay(self) -> dict[str, Json]:
        """Return the offers by their SKUs."""
        return {each["sku"]: each for each in self.control("GET", f"offers?login={LOGIN}")["offers"]}

    def item(self, sku: str) -> Json:
        """Return an item as its owner is told it."""
        found: Json = self.control("GET", f"/sell/inventory/v1/inventory_item/{sku}")
        return found

    def asked(self, *wanted: str) -> list[str]:
        """Return the requests that were made, oldest first, as `METHOD path`; only those that begin so."""
        history = self.control("GET", "history?last=20000")["requests"]
        lines = [f"{each['method']} {each['path']}" for each in history]
        return [each for each in lines if not wanted or each.startswith(wanted)]

    def control(self, method: str, what: str, body: Json | None = None) -> Any:
        """Ask the practice marketplace's own control."""
        simulator = simulator_of("ebay")(self.root / STORE)
        try:
            return asyncio.run(_asked(simulator.app, method, what, body))
        finally:
            simulator.close()


async def _asked(app: Any, method: str, what: str, body: Json | None) -> Any:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://practice") as client:
        headers = {"Authorization": f"Bearer simulator-{LOGIN}"}
        path = what if what.startswith("/") else f"/_sim/{what}"
        answer = await client.request(method, path, json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None
