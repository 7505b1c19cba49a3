"""A tour of the practice Etsy: every operation that it has is asked for once, and every answer stands."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("reconciler.simulator.etsy.simulator")

from simulator.etsy import example as ex
from simulator.etsy.conftest import Shop

from contract.etsy.document import locate
from contract.plugin import judge
from reconciler.simulator.etsy.routes import ROUTES
from reconciler.simulator.etsy.settings import EtsySettings
from reconciler.simulator.etsy.simulator import EtsySimulator

OWN = f"{{shop}}/listings/{ex.MUG}"
PROFILE = f"{{shop}}/shipping-profiles/{ex.PROFILE}"
DAYS = {"min_delivery_days": 2, "max_delivery_days": 4}
COST = {"primary_cost": 1, "secondary_cost": 1, **DAYS}
PRICE = {"price": 1, "secondary_price": 1, **DAYS}
TEXTS = {"title": "Becher", "description": "Für Tee."}
READY = {"readiness_state": "made_to_order", "min_processing_time": 2, "max_processing_time": 4}
RETURNS = {"accepts_returns": True, "accepts_exchanges": False, "return_deadline": 14}
PROFILE_BODY = {
    "title": "Two",
    "origin_country_iso": "US",
    "origin_postal_code": "1",
    "destination_country_iso": "US",
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    locate()
    simulator = EtsySimulator(tmp_path / "market.sqlite", settings=EtsySettings.calm())
    simulator.seed(ex.account())
    shop = Shop(simulator)
    yield shop
    shop.client.close()
    simulator.close()


def test_every_operation_is_asked_for_and_stands(shop: Shop) -> None:
    record = Path(os.environ["RECONCILE_SIMULATOR_RECORD"])
    before = len(record.read_bytes().splitlines()) if record.exists() else 0
    replies = [*reads(shop), *writes(shop), *reads(shop), *ends(shop)]
    assert [
        (one.request.url.path, one.text) for one in replies if one.status_code not in {200, 201, 204, 501}
    ] == []
    lines = record.read_bytes().splitlines(keepends=True)[before:]
    assert len(lines) == len(replies)
    own = record.with_name(f"etsy-tour-{os.getpid()}.txt")
    own.write_bytes(b"".join(lines))
    assert judge(own).faults == {}
    asked = {one["operation"] for one in shop.simulator.requests()}
    assert asked == {route.name for found in ROUTES._routes.values() for _, route in found}
    statuses = {json.loads(line)["status"] for line in lines}
    assert statuses == {200, 201, 204, 501}


def reads(shop: Shop):
    """Everything that can be read, with all that can be attached."""
    many = {"listing_ids": f"{ex.MUG},{ex.SHIRT}"}
    everything = "Images,Shop,User,Translations,Videos,Personalization,BuyerPrice"
    for state in ("active", "inactive", "sold_out", "draft", "expired"):
        yield shop.get("{shop}/listings", params={"state": state, "includes": f"{everything},Inventory,Shipping"})
    yield shop.get("/listings/batch", params={**many, "includes": everything})
    yield shop.get("/listings/batch/inventory", params=many)
    yield shop.get("/listings/batch/shipping", params=many)
    for listing in (ex.MUG, ex.SHIRT, ex.OFF):
        yield shop.get(f"/listings/{listing}", params={"includes": everything, "language": "de"})
        yield shop.get(f"/listings/{listing}/inventory", params={"show_deleted": "true", "includes": "Listing"})
        yield shop.get(f"/listings/{listing}/images")
        yield shop.get(f"{{shop}}/listings/{listing}/properties")
    yield shop.get(f"/listings/{ex.MUG}/properties/{ex.MATERIAL}")
    yield shop.get(f"/listings/{ex.MUG}/images/9001")
    yield shop.get(f"{{shop}}/listings/{ex.SHIRT}/variation-images")
    for path in ("shipping-profiles", "policies/return", "readiness-state-definitions", "sections"):
        yield shop.get(f"{{shop}}/{path}")
    yield shop.get(PROFILE)
    yield shop.get(f"{PROFILE}/destinations", params={"limit": 1})
    yield shop.get(f"{PROFILE}/upgrades")
    yield shop.get(f"{{shop}}/policies/return/{ex.POLICY}")
    yield shop.get(f"{{shop}}/readiness-state-definitions/{ex.READY}")
    yield shop.get(f"{{shop}}/sections/{ex.SECTION}")
    yield shop.get("/seller-taxonomy/nodes")
    yield shop.get(f"/seller-taxonomy/nodes/{ex.MUGS}/properties")
    for path in ("{shop}", "/openapi-ping", "/users/me", f"/users/{ex.USER}", f"/users/{ex.USER}/shops"):
        yield shop.get(path)


def writes(shop: Shop):
    form = {"client_id": "app", "grant_type": "refresh_token", "refresh_token": f"{ex.USER}.first"}
    yield shop.client.post("/v3/public/oauth/token", data=form)
    yield shop.draft(
        styles=["Formal"], production_partner_ids=[1], item_weight=1.5, item_weight_unit="kg", type="physical"
    )
    yield shop.edit(ex.MUG, title="Anna's mug", featured_rank=1, item_length=2, item_dimensions_unit="cm")
    yield shop.put(ex.SHIRT, ex.shirts(), query="?max_variations_supported=3")
    yield shop.form("PUT", f"{OWN}/properties/{ex.MATERIAL}", value_ids=[101], values=["Ceramic"])
    yield shop.picture(ex.MUG, rank=2, alt_text="Side", is_watermarked=False)
    linked = [{"property_id": ex.COLOUR, "value_id": ex.BLUE, "image_id": 9102}]
    yield shop.ask("POST", f"{{shop}}/listings/{ex.SHIRT}/variation-images", json={"variation_images": linked})
    yield shop.form("POST", f"{OWN}/translations/de", **TEXTS)
    yield shop.form("PUT", f"{OWN}/translations/de", **TEXTS, tags=["tee"])
    yield shop.get(f"{OWN}/translations/de")
    yield shop.form("POST", "{shop}/shipping-profiles", **PROFILE_BODY, **COST)
    yield shop.form("PUT", PROFILE, title="One", min_processing_time=1, max_processing_time=2)
    yield shop.form("POST", f"{PROFILE}/destinations", destination_region="eu", **COST)
    yield shop.form("PUT", f"{PROFILE}/destinations/{ex.PROFILE}0", primary_cost=2)
    yield shop.form("POST", f"{PROFILE}/upgrades", type=0, upgrade_name="Air", **PRICE)
    yield shop.form("PUT", f"{PROFILE}/upgrades/{ex.PROFILE}0", price=2)
    yield shop.form("POST", "{shop}/policies/return", **RETURNS)
    yield shop.form("PUT", f"{{shop}}/policies/return/{ex.POLICY}", **{**RETURNS, "return_deadline": 90})
    yield shop.form("POST", "{shop}/readiness-state-definitions", **READY)
    yield shop.form("PUT", f"{{shop}}/readiness-state-definitions/{ex.READY}", max_processing_time=9)
    yield shop.form("POST", "{shop}/sections", title="Shirts")
    yield shop.form("PUT", f"{{shop}}/sections/{ex.SECTION}", title="Cups")


def ends(shop: Shop):
    """What is deleted, each of a thing that nothing needs any more."""
    made = {one["title"]: one for one in shop.simulator.listings("sklep")}
    yield shop.ask("DELETE", f"{OWN}/properties/{ex.MATERIAL}")
    yield shop.ask("DELETE", f"{OWN}/images/9002")
    yield shop.ask("DELETE", f"{PROFILE}/destinations/{ex.PROFILE}0")
    yield shop.ask("DELETE", f"{PROFILE}/upgrades/{ex.PROFILE}0")
    for one in made.values():
        yield shop.ask("DELETE", f"/listings/{one['listing_id']}")
    yield shop.ask("DELETE", PROFILE)
    yield shop.ask("DELETE", f"{{shop}}/policies/return/{ex.POLICY}")
    yield shop.ask("DELETE", f"{{shop}}/readiness-state-definitions/{ex.READY}")
    yield shop.ask("DELETE", f"{{shop}}/sections/{ex.SECTION}")
