"""What nobody could tell of the real one is a knob, and each turns something."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from reconciler.simulator.etsy.settings import Caps, EtsySettings, Fees, Limits
from reconciler.simulator.settings import Settings

from . import example as ex
from .conftest import told

HERE = Path(__file__).parent


def test_every_knob_is_turned_by_some_test():
    written = "".join(file.read_text("utf-8") for file in HERE.glob("test_*.py"))
    own = {one.name for one in fields(EtsySettings)} - {one.name for one in fields(Settings)}
    groups = {one.name for group in (Caps, Fees, Limits) for one in fields(group)}
    assert {name for name in (own | groups) - {"caps"} if name not in written} == set()


def test_who_made_it_when_may_be_told_alone(shop):
    shop.set(made_together=False)
    assert shop.edit(ex.MUG, who_made="collective").json()["who_made"] == "collective"


def test_the_newest_era_follows_the_clock(shop):
    shop.set(newest_era=0)
    shop.wait(400 * 86_400)
    year = shop.simulator.clock.now().year
    assert next(iter(shop.simulator.listings("sklep")))["when_made"] == f"2020_{year}"


def test_what_is_inactive_may_stay_so_for_nothing(shop):
    shop.set(inactive_runs_out=False)
    shop.edit(ex.MUG, state="inactive")
    shop.wait(200 * 86_400)
    shop.edit(ex.MUG, state="active")
    assert shop.fees() == []


def test_fees(shop):
    shop.set(fees={"listing": 25, "each_sale": False})
    shop.simulator.sell("sklep", ex.MUG, 1)
    shop.edit(ex.GONE, state="active")
    assert [(one["kind"], one["amount"]) for one in shop.simulator.fees("sklep")] == [("renewal", "0.25")]


def test_bounds(shop):
    """How much of each thing there may be, and how cheap."""
    small = {"images": 2, "tags": 1, "tag_length": 3, "materials": 1, "title": 9, "quantity": 8, "sku": 2}
    shop.set(caps={**small, "batch": 1, "sections": 1, "section_title": 4, "alt_text": 2}, price_minimum=500)
    for reply in (
        shop.picture(ex.MUG),
        shop.edit(ex.MUG, tags=["one", "two"]),
        shop.edit(ex.MUG, tags=["four"]),
        shop.edit(ex.MUG, materials=["one", "two"]),
        shop.edit(ex.MUG, title="Ten letter"),
        shop.put(ex.MUG, {"products": [ex.product("K1", quantity=9)]}),
        shop.put(ex.MUG, {"products": [ex.product("K-1")]}),
        shop.put(ex.MUG, {"products": [ex.product("K1", 4.99)]}),
        shop.get("/listings/batch", params={"listing_ids": f"{ex.MUG},{ex.SHIRT}"}),
        shop.form("POST", "{shop}/sections", title="New"),
        shop.form("PUT", f"{{shop}}/sections/{ex.SECTION}", title="Large"),
        shop.picture(ex.DRAFT, alt_text="abc"),
    ):
        assert told(reply, 400)
    assert shop.put(ex.MUG, {"products": [ex.product("K1", 5, 8)]}).status_code == 200


def test_countries_without_postal_codes(shop):
    body = {"title": "A", "origin_country_iso": "US", "primary_cost": 1, "secondary_cost": 1}
    days = {"min_delivery_days": 1, "max_delivery_days": 2}
    assert told(shop.form("POST", "{shop}/shipping-profiles", **body, **days), 400)
    shop.set(postal_countries=[])
    assert shop.form("POST", "{shop}/shipping-profiles", **body, **days).status_code == 200


def test_a_429_may_say_nothing(shop):
    shop.set(limits={"enabled": True, "per_second": 1, "retry_after": False})
    replies = [shop.get("/openapi-ping") for _ in range(3)]
    assert "retry-after" not in next(one for one in replies if one.status_code == 429).headers
