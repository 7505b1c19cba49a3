"""A project with an account on the practice eBay, and what is sold there."""

from __future__ import annotations

import asyncio
import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import yaml
from click.testing import CliRunner

from reconciler.cli.main import cli
from reconciler.simulator.app import simulator_of

Json = dict[str, Any]
LOGIN, STORE = "sklep", ".reconcile/simulator-ebay.db"
_ALL = [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES"}]
SELLER: Json = {
    "login": LOGIN,
    "user_id": "44300100",
    "site": "EBAY_DE",
    "out_of_stock": True,
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


class Shop:
    """The project and its shop; what the marketplace keeps is asked through its own control."""

    def __init__(self, root: Path, *goods: tuple[Json, Json | None], **account: Any) -> None:
        self.root = root
        (root / ".reconcile").mkdir(mode=0o700, parents=True)
        settings = {"marketplace": "ebay", "environment": "simulator", "login": LOGIN, **account}
        self.write("reconcile.yaml", {"kind": "Project", "name": "kubki", "accounts": {"shop": settings}})
        items, offers = [item for item, _ in goods], [offer for _, offer in goods if offer]
        self.control("POST", "seed", {**SELLER, "items": items, "offers": offers})
        self.control("POST", "settings", {"shared_history": True})

    @classmethod
    def at(cls, root: Path) -> Shop:
        """The shop that is there."""
        found = cls.__new__(cls)
        found.root = root
        return found

    def write(self, file: str, body: Json) -> None:
        """Write a document."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False))

    def offers(self, *bodies: Json) -> None:
        """Declare these offers."""
        for body in bodies:
            self.write(f"offers/{body['name']}.yaml", body)

    def picture(self, name: str, shade: int) -> str:
        """Put a picture into the project; return its path."""
        file = self.root / "images" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(_png(shade))
        return f"images/{name}"

    def ask(self, *arguments: str, code: int = 0) -> str:
        """Run a command; return all that it says. Any end will do where `code` is -1."""
        done = CliRunner().invoke(cli, ["-C", str(self.root), *arguments], standalone_mode=False)
        if done.exception is not None and code <= 0:
            raise done.exception
        assert code in (-1, int(done.return_value or 0)), done.output
        return done.output

    def plan(self, *more: str) -> Json:
        """Return the plan of the one account."""
        done = CliRunner().invoke(cli, ["-C", str(self.root), "plan", "--json", *more], standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        body: Json = json.loads(done.stdout)
        return body

    def changes(self, *more: str) -> dict[str, dict[str, tuple[Any, Any]]]:
        """Return what is planned: name -> path -> (before, after)."""
        found = {}
        for change in self.plan(*more)["accounts"][0]["changes"]:
            fields = {each["path"]: (each["before"], each["after"]) for each in change["fields"]}
            found[change["key"]["name"]] = fields
        return found

    def apply(self, *more: str, code: int = 0) -> str:
        """Make it true."""
        return self.ask("apply", "--auto-approve", *more, code=code)

    def settled(self) -> None:
        """Insist that nothing is left to do."""
        part = self.plan()["accounts"][0]
        assert (part["changes"], part["settling"]) == ([], [])

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


def _png(shade: int) -> bytes:
    side = 600
    raw = b"".join(b"\0" + bytes([shade] * 3) * side for _ in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
