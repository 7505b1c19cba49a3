"""A project with an account on the practice Etsy, and the shop that it sells in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from reconciler.simulator.app import simulator_of
from tests.one_account import OneAccount

Json = dict[str, Any]
LOGIN, STORE = "potter", ".reconcile/simulator-etsy.db"
POLICY, PROCESSING = "returns and exchanges, 30 days", "ready to ship, 1-3 days"
SELLER: Json = {
    "login": LOGIN,
    "user_id": 44300100,
    "shop_id": 55300100,
    "currency": "USD",
    "shipping_profiles": [
        {
            "shipping_profile_id": number,
            "title": title,
            "origin_country_iso": "US",
            "origin_postal_code": "10001",
        }
        for number, title in ((71, "Parcel"), (72, "Letter"))
    ],
    "return_policies": [
        {"return_policy_id": 81, "accepts_returns": True, "accepts_exchanges": True, "return_deadline": 30},
        {"return_policy_id": 82, "accepts_returns": False, "accepts_exchanges": False},
    ],
    "readiness_states": [
        {
            "readiness_state_id": 91,
            "readiness_state": "ready_to_ship",
            "min_processing_days": 1,
            "max_processing_days": 3,
        },
        {
            "readiness_state_id": 92,
            "readiness_state": "made_to_order",
            "min_processing_days": 3,
            "max_processing_days": 5,
        },
    ],
    "sections": [{"shop_section_id": 61, "title": "Mugs"}],
}


def listing(number: int, sku: str, **more: Any) -> Json:
    """A listing as the shop has it; `document` says the same."""
    return {
        "listing_id": number,
        "state": "active",
        "title": f"Mug {sku}",
        "description": "Tea & coffee.\n\nHolds 300 ml.",
        "taxonomy_id": 1062,
        "who_made": "i_did",
        "when_made": "made_to_order",
        "is_supply": False,
        "shipping_profile_id": 71,
        "return_policy_id": 81,
        "shop_section_id": 61,
        "tags": ["mug", "tea"],
        "materials": ["clay"],
        "sku": sku,
        "price": 20.5,
        "quantity": 5,
        "readiness_state_id": 91,
        "images": 1,
        **more,
    }


def document(sku: str, **more: Any) -> Json:
    """An offer that says what `listing` has; members of sections are laid over."""
    body: Json = {
        "kind": "Offer",
        "name": sku,
        "settings": {
            "who_made": "i_did",
            "when_made": "made_to_order",
            "supply": False,
            "return_policy": POLICY,
            "section": "Mugs",
        },
        "delivery": {"prices": "Parcel", "processing": PROCESSING},
        "content": {
            "title": f"Mug {sku}",
            "description": "Tea & coffee.\n\nHolds 300 ml.",
            "category": "1062",
            "tags": ["tea", "mug"],
            "materials": ["clay"],
        },
        "price": {"base": "20.50 USD"},
        "stock": {"quantity": 5, "status": "active"},
    }
    for section, said in more.items():
        body[section] = {**body.get(section, {}), **said} if isinstance(said, Mapping) else said
    return body


class Shop(OneAccount):
    """The project and its shop; what the marketplace keeps is asked through its own control."""

    def __init__(self, root: Path, *listings: Json, **account: Any) -> None:
        self.root = root
        (root / ".reconcile").mkdir(mode=0o700, parents=True)
        settings = {"marketplace": "etsy", "environment": "simulator", "login": LOGIN, **account}
        self.write("reconcile.yaml", {"kind": "Project", "name": "pottery", "accounts": {"shop": settings}})
        self.control("POST", "seed", {**SELLER, "listings": list(listings)})

    def listings(self) -> dict[str, Json]:
        """Return the listings by their skus, or by their numbers where they have none."""
        found = {}
        for each in self.control("GET", f"listings?login={LOGIN}")["listings"]:
            products = each["inventory"]["products"]
            found[products[0]["sku"] or str(each["listing_id"])] = each
        return found

    def fees(self) -> list[Json]:
        """Return what was charged."""
        charged: list[Json] = self.control("GET", f"fees?login={LOGIN}")["fees"]
        return charged

    def lose_ledger(self) -> None:
        """Lose what is remembered, as a runner without a disk does; the shop stays as it is."""
        for file in (self.root / ".reconcile").glob("ledger.db*"):
            file.unlink()

    def control(self, method: str, what: str, body: Json | None = None) -> Any:
        """Ask the practice marketplace's own control."""
        simulator = simulator_of("etsy")(self.root / STORE)
        try:
            return asyncio.run(_asked(simulator.app, method, what, body))
        finally:
            simulator.close()


async def _asked(app: Any, method: str, what: str, body: Json | None) -> Any:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://practice") as client:
        answer = await client.request(method, f"/_sim/{what}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None
