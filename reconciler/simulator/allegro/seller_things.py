"""The seller's own dictionaries (price lists, policies ...) as rows of one table, and references to them."""

from __future__ import annotations

from typing import Any

import orjson

from reconciler.simulator.allegro.refusals import fault, refuse
from reconciler.simulator.allegro.shapes import Faults
from reconciler.simulator.allegro.world import AllegroCall, AllegroWorld
from reconciler.simulator.world import Json

# kind: what Allegro calls the fault of an unknown and of an ambiguous reference (createProductOffers, 422)
NAMES = {
    "shipping_rates": ("ShippingRatesNotFoundException", "NonUniqueShippingRatesException"),
    "return_policies": ("ReturnPolicyNotFoundException", "ReturnPolicyNotUniqueException"),
    "implied_warranties": ("ImpliedWarrantyNotFoundException", "ImpliedWarrantyNotUniqueException"),
    "warranties": ("WarrantyNotFoundException", "WarrantyNotUniqueException"),
    "additional_services_groups": (
        "AdditionalServicesGroupNotFoundException",
        "NotUniqueAdditionalServicesGroupException",
    ),
    "size_tables": ("SizeTableNotFoundException", "NotUniqueSizeTableException"),
    "contacts": ("ContactNotFoundException", "ContactNotUniqueException"),
    "wholesale_price_lists": ("WholesalePriceListNotFoundException", "NotUniqueWholesalePriceListException"),
    "fundraising_campaigns": (
        "FundraisingCampaignNotFoundException",
        "FundraisingCampaignNotUniqueException",
    ),
    "responsible_persons": ("ResponsiblePersonNotFoundException", "ResponsiblePersonNotUniqueException"),
    "responsible_producers": (
        "ResponsibleProducerNotFoundException",
        "ResponsibleProducerNotUniqueException",
    ),
}


def thing(world: AllegroWorld, seller: str, kind: str, key: str) -> Json | None:
    row = world.store.one(
        "SELECT body FROM dictionaries WHERE seller = ? AND kind = ? AND id = ?", seller, kind, key
    )
    return None if row is None else orjson.loads(row[0])


def things(world: AllegroWorld, seller: str, kind: str) -> list[Json]:
    rows = world.store.all("SELECT body FROM dictionaries WHERE seller = ? AND kind = ? ORDER BY n", seller, kind)
    return [orjson.loads(row[0]) for row in rows]


def count_things(world: AllegroWorld, seller: str, kind: str) -> int:
    row = world.store.one("SELECT COUNT(*) FROM dictionaries WHERE seller = ? AND kind = ?", seller, kind)
    return int(row[0]) if row else 0


def keep_thing(world: AllegroWorld, seller: str, kind: str, body: Json) -> None:
    """Add or replace one; the order of first appearance stays."""
    key, name, packed = body["id"], body.get("name"), orjson.dumps(body)
    done = world.store.run(
        "UPDATE dictionaries SET name = ?, body = ? WHERE seller = ? AND kind = ? AND id = ?",
        name, packed, seller, kind, key,
    )  # fmt: skip
    if not done:
        world.store.run(
            "INSERT INTO dictionaries (seller, kind, id, name, body) VALUES (?, ?, ?, ?, ?)",
            seller, kind, key, name, packed,
        )  # fmt: skip


def drop_thing(world: AllegroWorld, seller: str, kind: str, key: str) -> bool:
    sql = "DELETE FROM dictionaries WHERE seller = ? AND kind = ? AND id = ?"
    return world.store.run(sql, seller, kind, key) > 0


def required_thing(call: AllegroCall, kind: str, key: str) -> Json:
    found = thing(call.world, call.seller, kind, key)
    if found is None:
        raise refuse(404, "NotFoundException", "The resource was not found.")
    return found


def resolve(world: AllegroWorld, seller: str, kind: str, reference: Any, path: str, faults: Faults) -> Json | None:
    """`{id}` or `{name}` as `{id}`, which is all that reads return; the id wins when both are sent."""
    if reference is None or (reference.get("id") is None and reference.get("name") is None):
        return None
    unknown, ambiguous = NAMES[kind]
    key, name = reference.get("id"), reference.get("name")
    if key is not None:
        if thing(world, seller, kind, key) is None:
            faults.append(fault(unknown, "The reference is not known.", f"{path}.id", requestedName=str(key)))
        return {"id": key}
    ids = ids_by_name(world, seller, kind, str(name))
    if len(ids) != 1:
        message = "The name is not unique." if ids else "The name is not known."
        faults.append(fault(ambiguous if ids else unknown, message, f"{path}.name", requestedName=str(name)))
    return {"id": ids[0]} if ids else None


def ids_by_name(world: AllegroWorld, seller: str, kind: str, name: str) -> list[str]:
    sql = "SELECT id FROM dictionaries WHERE seller = ? AND kind = ? AND name = ?"
    return [row[0] for row in world.store.all(sql, seller, kind, name)]
