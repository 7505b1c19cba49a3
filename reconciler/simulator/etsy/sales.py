"""Purchases: one on demand, and those that go on by themselves while the knob `sales` is turned on."""

from __future__ import annotations

from dataclasses import asdict
from random import Random

from reconciler.simulator.etsy.fees import charge
from reconciler.simulator.etsy.lifecycle import turn
from reconciler.simulator.etsy.listings import Listing, load, quantity, save, shared
from reconciler.simulator.etsy.world import EtsyWorld
from reconciler.simulator.jobs import job, schedule
from reconciler.simulator.world import Json

KIND = "etsy sales"
AT_ONCE = 500  # of purchases that were missed while nobody asked, so many are made up for


def buy(world: EtsyWorld, listing: Listing, pieces: int, sku: str = "") -> Listing:
    """Fewer pieces of a product; the last one makes a listing sold out. ValueError where there are too few."""
    product = next((one for one in listing.products if _sells(one, pieces, sku)), None)
    if listing.state != "active" or product is None:
        raise ValueError(f"listing {listing.id} cannot sell {pieces}")
    same = shared(listing, product, "quantity_on_property")
    for one in listing.products:
        if shared(listing, one, "quantity_on_property") == same:
            one["offerings"][0]["quantity"] -= pieces
    listing.meta["sold"] += pieces
    listing.updated = world.moment
    if quantity(listing, enabled_only=world.settings.enabled_only) == 0:
        turn(world, listing, "sold_out")
    elif world.settings.fees.each_sale:
        charge(world, listing.seller, listing.id, "renewal_by_sale")
    save(world, listing)
    return listing


def _sells(product: Json, pieces: int, sku: str) -> bool:
    offering = product["offerings"][0]
    return offering["is_enabled"] and 1 <= pieces <= offering["quantity"] and sku in {"", product["sku"]}


def are_planned(world: EtsyWorld) -> bool:
    return world.store.one("SELECT 1 FROM jobs WHERE kind = ? LIMIT 1", KIND) is not None


def plan(world: EtsyWorld, now: float) -> None:
    """Begin the purchases, or stop them, as the knob says."""
    every = world.settings.sales.every_seconds
    if every <= 0 and not are_planned(world):
        return
    with world.store.write():
        world.store.run("DELETE FROM jobs WHERE kind = ?", KIND)
        if every > 0:
            world.moment = now
            schedule(world, every, KIND, **asdict(world.settings.sales))


@job(KIND)
def _sales(world: EtsyWorld, body: Json) -> None:
    """The knobs travel with the job, for a process with knobs of its own may be the one to carry it out."""
    dice, every = world.dice("sales"), body["every_seconds"]
    for _ in range(body["offers"]):
        _sell_one(world, dice, body["quantity"], body["login"])
    missed = world.horizon - world.moment - AT_ONCE * every
    schedule(world, max(every, missed), KIND, **body)


def _sell_one(world: EtsyWorld, dice: Random, pieces: int, login: str) -> None:
    sql = "SELECT id FROM sellers" + (" WHERE login = ?" if login else "") + " ORDER BY id"
    sellers = [row[0] for row in world.store.all(sql, *([login] if login else []))]
    if not sellers:
        return
    sql = "SELECT id FROM listings WHERE seller = ? AND state = 'active' ORDER BY id"
    found = world.store.all(sql, dice.choice(sellers))
    listing = load(world, dice.choice(found)[0]) if found else None
    if listing is not None:
        most = max(one["quantity"] for one in listing.offerings() if one["is_enabled"])
        buy(world, listing, min(pieces, most))
