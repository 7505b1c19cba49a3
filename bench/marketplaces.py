"""What planning a shop at rest takes on each marketplace: requests, and processor time an offer beside the first one's.

Usage: marketplaces.py [--offers N] [NAME ...] (default: 5,000 offers, on Allegro and then on the others). The practice
marketplace's own time is taken off. The exit code is 1 where a marketplace is over its bar.

A further marketplace is one more function in `SHOPS`: it makes a project whose offers are on sale as they are declared.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from sources import measure, run

RECONCILE = (sys.executable, "-c", "from reconciler.cli.main import main; main()")
#: Requests of a plan of 5,000 offers at rest, at most, and how much of the first one's processor time an offer may take.
BARS = {"etsy": 60, "ebay": 30}
SHARE = 1.5
ROUNDS = 3

LISTING = {
    "state": "active",
    "description": "A mug for tea.\n\nHolds 300 ml.",
    "taxonomy_id": 1062,
    "who_made": "i_did",
    "when_made": "made_to_order",
    "shipping_profile_id": 71,
    "return_policy_id": 81,
    "shop_section_id": 61,
    "tags": ["mug", "tea"],
    "materials": ["clay"],
    "price": 20.5,
    "quantity": 5,
    "readiness_state_id": 91,
    "images": 1,
}
SELLER = {
    "login": "potter",
    "user_id": 1,
    "shop_id": 2,
    "currency": "USD",
    "shipping_profiles": [
        {"shipping_profile_id": 71, "title": "Parcel", "origin_country_iso": "US", "origin_postal_code": "10001"}
    ],
    "return_policies": [
        {"return_policy_id": 81, "accepts_returns": True, "accepts_exchanges": True, "return_deadline": 30}
    ],
    "readiness_states": [
        {
            "readiness_state_id": 91,
            "readiness_state": "ready_to_ship",
            "min_processing_days": 1,
            "max_processing_days": 3,
        }
    ],
    "sections": [{"shop_section_id": 61, "title": "Mugs"}],
}
MUG = """\
kind: Offer
name: {name}
settings: {{who_made: i_did, when_made: made_to_order, return_policy: "returns and exchanges, 30 days", section: Mugs}}
delivery: {{prices: Parcel, processing: "ready to ship, 1-3 days"}}
content:
  title: Mug {name}
  description: |
    A mug for tea.

    Holds 300 ml.
  category: "1062"
  tags: [tea, mug]
  materials: [clay]
price: 20.50 USD
stock: {{quantity: 5, status: active}}
"""


_OF_SITE = {"marketplaceId": "EBAY_DE", "categoryTypes": [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES"}]}
EBAY_SELLER: dict[str, Any] = {
    "login": "sklep",
    "user_id": "44300100",
    "site": "EBAY_DE",
    "out_of_stock": True,
    "categories": [
        {
            "id": "20625",
            "name": "Becher",
            "parent": None,
            "leaf": True,
            "aspects": [{"name": "Farbe"}, {"name": "Material"}],
        }
    ],
    "locations": [
        {
            "merchantLocationKey": "lager",
            "name": "lager",
            "merchantLocationStatus": "ENABLED",
            "location": {"address": {"country": "DE", "postalCode": "10115", "city": "Berlin"}},
        }
    ],
    "fulfillment_policies": [{"fulfillmentPolicyId": "71", "name": "Paket", **_OF_SITE}],
    "payment_policies": [{"paymentPolicyId": "81", "name": "Sofort", **_OF_SITE}],
    "return_policies": [{"returnPolicyId": "91", "name": "30 Tage", "returnsAccepted": True, **_OF_SITE}],
}
ITEM: dict[str, Any] = {
    "locale": "de_DE",
    "condition": "NEW",
    "availability": {"shipToLocationAvailability": {"quantity": 5}},
    "product": {
        "aspects": {"Farbe": ["blau"], "Material": ["Ton"]},
        "imageUrls": ["https://shop.example/a.jpg"],
    },
}
OFFER: dict[str, Any] = {
    "marketplaceId": "EBAY_DE",
    "format": "FIXED_PRICE",
    "availableQuantity": 5,
    "categoryId": "20625",
    "listingDescription": "<p>Für Tee und Kaffee.</p>",
    "listingDuration": "GTC",
    "includeCatalogProductDetails": False,
    "merchantLocationKey": "lager",
    "pricingSummary": {"price": {"value": "12.90", "currency": "EUR"}},
    "listingPolicies": {"fulfillmentPolicyId": "71", "paymentPolicyId": "81", "returnPolicyId": "91"},
    "status": "PUBLISHED",
    "listing": {"listingStatus": "ACTIVE", "soldQuantity": 0},
}
BECHER = """\
kind: Offer
name: {name}
settings: {{condition: new, return_policy: 30 Tage, payment_policy: Sofort, ships_from: lager}}
delivery: {{prices: Paket}}
content:
  title: Becher {name}
  description: <p>Für Tee und Kaffee.</p>
  category: "20625"
  parameters: {{Farbe: blau, Material: Ton}}
  images: ["https://shop.example/a.jpg"]
price: 12.90 EUR
stock: {{quantity: 5, status: active}}
"""


def allegro(project: Path, offers: int) -> None:
    """Write a shop of the demo, in which nothing has gone wrong."""
    run(*RECONCILE, "demo", str(project), "--offers", str(offers))
    run(*RECONCILE, "demo", "--fix", str(project))
    run(*RECONCILE, "-C", str(project), "apply", "--auto-approve")


def etsy(project: Path, offers: int) -> None:
    """Seed a shop of mugs, and write what it has."""
    names = [f"M{number}" for number in range(offers)]
    (project / ".reconcile").mkdir(mode=0o700, parents=True)
    account = {"marketplace": "etsy", "environment": "simulator", "login": SELLER["login"]}
    body = {"kind": "Project", "name": "pottery", "accounts": {"shop": account}}
    (project / "reconcile.yaml").write_text(json.dumps(body), "utf-8")
    (project / "mugs").mkdir()
    for name in names:
        (project / "mugs" / f"{name}.yaml").write_text(MUG.format(name=name), "utf-8")
    listings = [
        {**LISTING, "listing_id": 10_000 + place, "sku": name, "title": f"Mug {name}"}
        for place, name in enumerate(names)
    ]
    seed("etsy", project, {**SELLER, "listings": listings})


def seed(name: str, project: Path, account: dict[str, Any]) -> None:
    """Fill the practice marketplace of a project."""
    from reconciler.simulator.app import simulator_of

    simulator = simulator_of(name)(project / ".reconcile" / f"simulator-{name}.db")

    async def ask() -> None:
        transport = httpx.ASGITransport(app=simulator.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://practice") as client:
            (await client.post("/_sim/seed", json=account)).raise_for_status()

    try:
        asyncio.run(ask())
    finally:
        simulator.close()


def ebay(project: Path, offers: int) -> None:
    """Seed an account of mugs that are on sale, and write what it has."""
    names = [f"M{number}" for number in range(offers)]
    (project / ".reconcile").mkdir(mode=0o700, parents=True)
    account = {"marketplace": "ebay", "environment": "simulator", "login": "sklep"}
    body = {"kind": "Project", "name": "kubki", "accounts": {"shop": account}}
    (project / "reconcile.yaml").write_text(json.dumps(body), "utf-8")
    (project / "mugs").mkdir()
    for name in names:
        (project / "mugs" / f"{name}.yaml").write_text(BECHER.format(name=name), "utf-8")
    items = [{**ITEM, "sku": name, "product": {**ITEM["product"], "title": f"Becher {name}"}} for name in names]
    sold = [
        {
            **OFFER,
            "offerId": str(10_000 + place),
            "sku": name,
            "listing": {**OFFER["listing"], "listingId": f"11{place}"},
        }
        for place, name in enumerate(names)
    ]
    seed("ebay", project, {**EBAY_SELLER, "items": items, "offers": sold})


SHOPS: dict[str, Callable[[Path, int], None]] = {"allegro": allegro, "etsy": etsy, "ebay": ebay}


def main() -> int:
    """Print a row for each marketplace; return 1 where one is over its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offers", type=int, default=5_000)
    parser.add_argument("names", nargs="*", default=[*SHOPS])
    asked = parser.parse_args()
    print(f"{'':12}{'offers':>8}{'changes':>9}{'requests':>10}{'CPU an offer':>14}{'of the first':>14}")
    first, over = 0.0, False
    with tempfile.TemporaryDirectory() as place:
        for name in asked.names:
            project = Path(place) / name
            SHOPS[name](project, asked.offers)
            measure("rest", project)  # what is read once is kept
            told = [measure("rest", project) for _ in range(ROUNDS)]
            cost = median(each["own_us"] / each["offers"] for each in told) / 1000
            first = first or cost
            requests, changes, count = (told[-1][key] for key in ("requests", "changes", "offers"))
            row = f"{name:12}{count:>8,}{changes:>9,}{requests:>10,}{cost:>11.3f} ms{cost / first:>13.2f}x"
            print(row, flush=True)
            bar = BARS.get(name, requests) * max(1, asked.offers / 5_000)
            over = over or cost > first * SHARE or requests > bar
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
