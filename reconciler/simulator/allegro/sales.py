"""Purchases: one on demand, and those that go on by themselves while the knob `sales` is turned on."""

from __future__ import annotations

from random import Random

from reconciler.simulator.allegro.edit import tell
from reconciler.simulator.allegro.lifecycle import begin_end
from reconciler.simulator.allegro.offers import Offer, load, save
from reconciler.simulator.allegro.sold import note_sale
from reconciler.simulator.allegro.world import AllegroWorld
from reconciler.simulator.jobs import job
from reconciler.simulator.sales import go_on
from reconciler.simulator.world import Json

KIND = "sales"


def buy(world: AllegroWorld, old: Offer, quantity: int, market: str = "") -> Offer:
    """Less in stock, and one more reason why the title is frozen; in a transaction. No market is the base one."""
    new = old.copy()
    new.body["stock"] = {**old.body["stock"], "available": old.available - quantity}
    new.meta["sold"] = old.sold + quantity
    base = old.body["publication"]["marketplaces"]["base"]["id"]
    note_sale(new.meta, world.moment, market or base, quantity)
    if new.available == 0:
        begin_end(world, new, "EMPTY_STOCK")
    save(world, new)
    tell(world, old, new)
    return new


@job(KIND)
def _sales(world: AllegroWorld, body: Json) -> None:
    """Sell, and have it go on."""
    dice = world.dice("sales")
    for _ in range(body["offers"]):
        _sell_one(world, dice, body["quantity"], body["login"])
    go_on(world, KIND, body)


def _sell_one(world: AllegroWorld, dice: Random, quantity: int, login: str) -> None:
    sql = "SELECT id FROM sellers" + (" WHERE login = ?" if login else "") + " ORDER BY id"
    sellers = [row[0] for row in world.store.all(sql, *([login] if login else []))]
    if not sellers:
        return
    seller = dice.choice(sellers)
    where = "FROM listing WHERE seller = ? AND status = 'ACTIVE'"
    count = (world.store.one(f"SELECT COUNT(*) {where}", seller) or (0,))[0]
    if not count:
        return
    place = dice.randrange(count)
    row = world.store.one(f"SELECT id {where} ORDER BY id LIMIT 1 OFFSET ?", seller, place)
    offer = load(world, seller, str(row[0])) if row else None
    if offer is not None and offer.status == "ACTIVE" and offer.available > 0:
        buy(world, offer, min(quantity, offer.available))
