"""Values of properties, on a listing and on its products: which are known, and how they read back.

A value with a known number reads in the language of the shop, whatever text was sent (issue #314). A text of one's
own gets a number of its own, the same each time (issues #343, #607).
"""

from __future__ import annotations

from typing import Literal

from reconciler.simulator.etsy.refusals import Refusal
from reconciler.simulator.etsy.taxonomy import properties_of
from reconciler.simulator.etsy.things import VALUE, find, keep
from reconciler.simulator.etsy.world import EtsyWorld
from reconciler.simulator.world import Json

Use = Literal["supports_attributes", "supports_variations"]
#: The properties that a seller names.
CUSTOM = {513: "Custom Property", 514: "Custom Property", 515: "Custom Property"}


def definition(world: EtsyWorld, taxonomy: int | None, number: int, use: Use) -> Json:
    """What the node of a listing says of a property. Refused when it cannot be used so."""
    for one in properties_of(world, taxonomy) or []:
        if one["property_id"] == number and one[use]:
            found: Json = one
            return found
    if use == "supports_variations" and number in CUSTOM:
        return {"property_id": number, "display_name": CUSTOM[number], "scales": [], "possible_values": []}
    raise Refusal(400, f"Invalid property_id {number} for taxonomy_id {taxonomy}")


def resolve(world: EtsyWorld, seller: str, taxonomy: int | None, given: Json, use: Use) -> Json:
    """A property with its values as it is kept and read (ListingPropertyValue)."""
    known = definition(world, taxonomy, given["property_id"], use)
    texts, numbers = given["values"], given["value_ids"]
    if not texts:
        raise Refusal(400, "Property values can't be empty")  # issue #134
    if numbers and len(numbers) != len(texts):
        raise Refusal(400, "value_ids and values must have the same length")
    for text in texts:
        if not text or "(" in text or ")" in text:
            raise Refusal(400, f"Invalid property value '{text}'")
    if len({text.lower() for text in texts}) < len(texts):
        raise Refusal(400, "Property values must be unique")
    if len(texts) > (known.get("max_values_allowed") or 1):
        raise Refusal(400, f"Property {known['property_id']} allows fewer values")
    scale = _scale(known, given.get("scale_id"))
    pairs = [
        _value(world, seller, known, scale, number, text)
        for number, text in zip(numbers or [None] * len(texts), texts, strict=True)
    ]
    return {
        "property_id": known["property_id"],
        "property_name": _name(known, given),
        "scale_id": scale["scale_id"] if scale else None,
        "scale_name": scale["display_name"] if scale else None,
        "value_ids": [number for number, _ in pairs],
        "values": [text for _, text in pairs],
    }


def _name(known: Json, given: Json) -> str:
    own = given.get("property_name")
    return str(own) if own and known["property_id"] in CUSTOM else str(known["display_name"])


def _scale(known: Json, number: int | None) -> Json | None:
    if number is None:
        if known["scales"]:
            raise Refusal(400, f"Property {known['property_id']} requires a scale_id")
        return None
    for one in known["scales"]:
        if one["scale_id"] == number:
            found: Json = one
            return found
    raise Refusal(400, f"Invalid scale_id {number} for property {known['property_id']}")


def _value(
    world: EtsyWorld, seller: str, known: Json, scale: Json | None, number: int | None, text: str
) -> tuple[int, str]:
    wanted = scale["scale_id"] if scale else None
    for one in known["possible_values"]:
        if one["scale_id"] == wanted and (one["value_id"] == number or (number is None and one["name"] == text)):
            return one["value_id"], str(one["name"]) if world.normalises(2) else text
    own = _own(world, seller, known["property_id"], wanted, text)
    if number is None or own == number:
        return own, text
    if known["possible_values"] and find(world, VALUE, seller, number) is None:
        raise Refusal(400, f"Invalid value_id {number} for property {known['property_id']}")
    return (own if world.normalises(6) else number), text


def _own(world: EtsyWorld, seller: str, number: int, scale: int | None, text: str) -> int:
    """The number of a text that no table has."""
    name = f"{number}/{scale}/{text}"
    sql = "SELECT id FROM things WHERE kind = ? AND seller = ? AND name = ?"
    row = world.store.one(sql, VALUE, seller, name)
    if row is not None:
        return int(row[0])
    new = world.number("value")
    keep(world, VALUE, seller, new, name, {"value_id": new, "value": text})
    return new
