"""Shipping profiles as delivery price lists: read, planned, created and edited, destination by destination."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from reconciler.simulator.app import simulator_of

from .shop import LOGIN, SELLER, STORE, Shop, document, listing

Json = dict[str, Any]


def price_list(name: str, **more: Any) -> Json:
    """A document of a profile with two destinations."""
    days = {"from": "P2D", "to": "P5D"}
    methods = {
        "US": {"first": "4.00 USD", "next": "1.00 USD", "time": days},
        "everywhere else": {"first": "12.50 USD", "time": days},
    }
    return {
        "kind": "DeliveryPriceList",
        "name": name,
        "account": "shop",
        "dispatch_country": "US",
        "postal_code": "10001",
        "methods": methods,
        **more,
    }


def profiles(shop: Shop) -> dict[str, Json]:
    """Return the profiles of the shop by title: where from, and destination -> (first, next, least days)."""
    simulator = simulator_of("etsy")(shop.root / STORE)
    headers = {"x-api-key": "simulator:simulator", "Authorization": f"Bearer simulator-{LOGIN}"}

    async def get() -> Json:
        transport = httpx.ASGITransport(app=simulator.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://practice", headers=headers) as client:
            await client.post("/_sim/clock", json={"advance_seconds": 2})
            path = f"/v3/application/shops/{SELLER['shop_id']}/shipping-profiles"
            found: Json = (await client.get(path)).raise_for_status().json()
            return found

    try:
        return {each["title"]: each for each in asyncio.run(get())["results"]}
    finally:
        simulator.close()


def rows(profile: Json) -> dict[str, tuple[int, int, int]]:
    """Return the prices of a profile, in cents, and the least days."""
    return {
        each["destination_country_iso"] or each["destination_region"]: (
            each["primary_cost"]["amount"],
            each["secondary_cost"]["amount"],
            each["min_delivery_days"],
        )
        for each in profile["shipping_profile_destinations"]
    }


def test_a_new_profile_is_made_before_the_offers_that_name_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", listing(1001, "A"))
    shop.write("lists/box.yaml", price_list("Box"))
    shop.offers(document("A", delivery={"prices": "Box"}))
    shop.apply()
    found = profiles(shop)["Box"]
    assert (found["origin_country_iso"], found["origin_postal_code"]) == ("US", "10001")
    assert rows(found) == {"US": (400, 100, 2), "none": (1250, 0, 2)}
    assert shop.listings()["A"]["shipping_profile_id"] == found["shipping_profile_id"]
    shop.settled()


def test_what_differs_is_written_and_what_no_document_says_stays(tmp_path: Path) -> None:
    """A destination that is not declared goes; a title that moved is another title of the same profile."""
    shop = Shop(tmp_path / "shop")
    shop.write("lists/box.yaml", price_list("Box"))
    shop.apply()
    number = profiles(shop)["Box"]["shipping_profile_id"]
    methods = {"US": {"first": "4.50 USD"}, "EU": {"first": "9 USD", "time": {"from": "P3D", "to": "P9D"}}}
    body = price_list("Crate", moved={"from": "Box"}, methods=methods, postal_code="10002")
    shop.write("lists/box.yaml", body)
    assert shop.changes()["Crate"].keys() == {"name", "methods", "postal_code"}
    shop.apply()
    found = profiles(shop)["Crate"]
    assert (found["shipping_profile_id"], found["origin_postal_code"]) == (number, "10002")
    assert rows(found) == {"US": (450, 100, 2), "eu": (900, 0, 3)}
    shop.settled()


def test_what_a_profile_cannot_say_is_told(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    shop.write("lists/box.yaml", price_list("Box", type="physical"))
    assert "error[D502]: Etsy has no field `type`" in shop.ask("validate", code=1)
    shop.write("lists/box.yaml", price_list("Box", methods={"Mars": {"first": "4 USD"}}))
    assert "P202" in shop.ask("plan", code=1)


def test_profiles_are_written_into_documents_and_are_no_change_then(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", listing(1001, "A"))
    shop.ask("pull")
    assert any("everywhere else" in each.read_text() for each in shop.root.rglob("*.yaml"))
    shop.settled()


def test_what_a_profile_does_not_have_is_told_where_it_stands(tmp_path: Path) -> None:
    """Weights and numbers of pieces are another marketplace's: each is said before anything is asked."""
    shop = Shop(tmp_path / "shop")
    methods = {
        "US": {"first": "4.00 USD", "max_weight": 5},
        "everywhere else": {"first": "9.00 USD", "max_quantity": 2},
    }
    shop.write("lists/parcel.yaml", price_list("Parcel", methods=methods))
    said = shop.ask("validate", code=1)
    assert "lists/parcel.yaml:9:17: error[D503]: `methods` of Parcel says `max_weight` for US" in said
    assert (
        "lists/parcel.yaml:12:19: error[D503]: `methods` of Parcel says `max_quantity` for everywhere else" in said
    )
