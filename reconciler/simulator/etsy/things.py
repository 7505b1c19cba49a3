"""What a shop has besides listings, by kind and number: profiles, policies, sections, values of its own."""

from __future__ import annotations

import orjson

from reconciler.simulator.etsy.refusals import missing
from reconciler.simulator.etsy.world import EtsyWorld
from reconciler.simulator.world import Json

PROFILE, POLICY, READINESS, SECTION, VALUE = "shipping_profile", "return_policy", "readiness", "section", "value"


def keep(world: EtsyWorld, kind: str, seller: str, number: int, name: str, body: Json) -> None:
    sql = "INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?, ?)"
    world.store.run(sql, kind, number, seller, name, orjson.dumps(body))


def find(world: EtsyWorld, kind: str, seller: str, number: int | None) -> Json | None:
    sql = "SELECT body FROM things WHERE kind = ? AND id = ? AND seller = ?"
    row = world.store.one(sql, kind, number, seller)
    return None if row is None else orjson.loads(row[0])


def need(world: EtsyWorld, kind: str, seller: str, number: int) -> Json:
    found = find(world, kind, seller, number)
    if found is None:
        raise missing(f"{kind} {number}")
    return found


def every(world: EtsyWorld, kind: str, seller: str) -> list[Json]:
    sql = "SELECT body FROM things WHERE kind = ? AND seller = ? ORDER BY id"
    return [orjson.loads(row[0]) for row in world.store.all(sql, kind, seller)]


def drop(world: EtsyWorld, kind: str, number: int) -> None:
    world.store.run("DELETE FROM things WHERE kind = ? AND id = ?", kind, number)


def owner(world: EtsyWorld, shop_id: int) -> str:
    """The seller whose shop it is."""
    row = world.store.one("SELECT id FROM sellers WHERE base = ?", str(shop_id))
    if row is None:
        raise missing(f"shop {shop_id}")
    return str(row[0])


def listed(found: list[Json]) -> Json:
    """A collection, as all of Etsy's are."""
    return {"count": len(found), "results": found}
