"""Properties of listings: read where documents say some, compared by number, written one by one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from reconciler.simulator.app import simulator_of

from .shop import LOGIN, SELLER, STORE, Shop, document, listing

COLOUR, MATERIAL = 200, 148789511893
#: A category of which listings need a property.
PLATES: dict[str, Any] = {
    "id": 999,
    "name": "Plates",
    "parent": None,
    "properties": [
        {"property_id": 300, "display_name": "Shape", "is_required": True, "possible_values": [[1, "Round"]]},
        {"property_id": 301, "display_name": "Glaze"},
    ],
}


def painted(shop: Shop, number: int) -> None:
    """A person says in the browser that a listing is black."""
    path = f"/v3/application/shops/{SELLER['shop_id']}/listings/{number}/properties/{COLOUR}"
    headers = {"x-api-key": "simulator:simulator", "Authorization": f"Bearer simulator-{LOGIN}"}
    simulator = simulator_of("etsy")(shop.root / STORE)

    async def put() -> int:
        transport = httpx.ASGITransport(app=simulator.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://practice", headers=headers) as client:
            return (await client.put(path, data={"value_ids": "1", "values": "Black"})).status_code

    try:
        assert asyncio.run(put()) == 200
    finally:
        simulator.close()


def of(shop: Shop, sku: str) -> dict[int, list[int]]:
    """Return the properties of a listing: number -> numbers of values."""
    return {each["property_id"]: sorted(each["value_ids"]) for each in shop.listings()[sku]["properties"]}


def test_properties_are_read_only_where_they_are_declared_and_kept_while_the_row_stands(tmp_path: Path) -> None:
    """One request a listing; none where its row says that nothing has changed since."""
    blue = [{"property_id": COLOUR, "value_ids": [2], "values": ["Blue"]}]
    shop = Shop(tmp_path / "shop", listing(1001, "A", properties=blue), listing(1002, "B", properties=blue))
    shop.control("POST", "clock", {"advance_seconds": 3_600})
    shop.offers(document("A", content={"parameters": {"Primary color": ["Blue"]}}), document("B"))
    reads = [shop.plan()["accounts"][0] for _ in range(2)]
    assert [each["changes"] for each in reads] == [[], []]
    assert [each["reads"].get("Offer.properties", 0) for each in reads] == [1, 0]
    shop.control("POST", "clock", {"advance_seconds": 5})
    painted(shop, 1001)
    assert shop.changes()["A"] == {
        "content.parameters": ({"Primary color": ["Black"]}, {"Primary color": ["Blue"]})
    }


def test_properties_are_written_one_by_one_and_the_others_stay(tmp_path: Path) -> None:
    """By text or number, in any case; null takes one away."""
    other = [{"property_id": COLOUR, "value_ids": [1], "values": ["Black"]}]
    shop = Shop(tmp_path / "shop", listing(1001, "A", properties=other))
    shop.offers(document("A", content={"parameters": {"materials": ["101", "102"]}}))
    shop.apply()
    assert of(shop, "A") == {COLOUR: [1], MATERIAL: [101, 102]}
    shop.settled()
    shop.offers(document("A", content={"parameters": {"Primary color": None, "Materials": ["Ceramic"]}}))
    assert shop.plan()["accounts"][0]["forecast"]["requests"]["Offer.property"] == 2
    shop.apply()
    assert of(shop, "A") == {MATERIAL: [101]}
    shop.settled()


def test_a_new_listing_has_its_properties_before_it_is_on_sale(tmp_path: Path) -> None:
    """What its category requires and no document says is told before anything is sent."""
    shop = Shop(tmp_path / "shop")
    shop.control("POST", "seed", {"login": "other", "user_id": 7, "shop_id": 8, "taxonomy": [PLATES]})
    more = {"category": "999", "images": [shop.picture("a.png", 10)]}
    shop.offers(document("N", content=more))
    assert "error[P230]: N: the required parameter 'Shape' is missing" in shop.ask("plan", code=1)
    shop.offers(document("N", content={**more, "parameters": {"Shape": ["Square"]}}))
    assert "P224" in shop.ask("plan", code=1)
    shop.offers(document("N", content={**more, "parameters": {"Shape": ["round"], "Glaze": ["my own"]}}))
    shop.apply("--allow", "fees")
    said = {each["property_id"]: each["values"] for each in shop.listings()["N"]["properties"]}
    assert said == {300: ["Round"], 301: ["my own"]}
    assert shop.listings()["N"]["state"] == "active"
    shop.settled()


def test_a_shop_that_speaks_another_language_has_no_endless_difference(tmp_path: Path) -> None:
    """The number decides, and the text beside it is the shop's: it is no word of the catalogue."""
    shop = Shop(tmp_path / "shop")
    shop.control("POST", "settings", {"normalise": [1]})
    blue = [{"property_id": COLOUR, "value_ids": [2], "values": ["Blau"]}]
    shop.control("POST", "seed", {**SELLER, "listings": [listing(1001, "A", properties=blue)]})
    shop.offers(document("A", content={"parameters": {"Primary color": ["Blue"]}}))
    shop.settled()
    shop.offers(document("A", content={"parameters": {"Primary color": ["Black"]}}))
    assert shop.changes()["A"]["content.parameters"][0] == {"Primary color": ["Blue"]}
    shop.apply()
    shop.settled()


def test_what_listings_share_is_called_anew_for_those_only_that_say_it_so(tmp_path: Path) -> None:
    """Two listings show one property: one document has the catalogue's words for it, and one the shop's."""
    shop = Shop(tmp_path / "shop")
    shop.control("POST", "settings", {"normalise": [1]})
    blue = [{"property_id": COLOUR, "value_ids": [2], "values": ["Blau"]}]
    both = [listing(1001, "A", properties=blue), listing(1002, "B", properties=blue)]
    shop.control("POST", "seed", {**SELLER, "listings": both})
    shop.offers(
        document("A", content={"parameters": {"Primary color": ["Blue"]}}),
        document("B", content={"parameters": {"Primary color": ["Blau"]}}),
    )
    shop.settled()


def test_what_has_a_scale_is_read_and_not_written(tmp_path: Path) -> None:
    litres = [{"property_id": 52047898162, "value_ids": [5], "values": ["300"], "scale_id": 35}]
    shop = Shop(tmp_path / "shop", listing(1001, "A", properties=litres))
    shop.offers(document("A", content={"parameters": {"Capacity": ["300"]}}))
    shop.settled()
    shop.offers(document("A", content={"parameters": {"Capacity": ["400"]}}))
    said = "offers/A.yaml:26:5: error[P246]: A: `Capacity` has a scale, which no document can say"
    assert said in shop.ask("plan", code=1)
    assert shop.listings()["A"]["properties"][0]["values"] == ["300"]


def test_a_pulled_shop_has_its_properties(tmp_path: Path) -> None:
    blue = [{"property_id": COLOUR, "value_ids": [2], "values": ["Blue"]}]
    shop = Shop(tmp_path / "shop", listing(1001, "A", properties=blue))
    shop.ask("pull")
    assert any("Primary color" in each.read_text() for each in (shop.root / "offers").rglob("*.yaml"))
    shop.settled()
