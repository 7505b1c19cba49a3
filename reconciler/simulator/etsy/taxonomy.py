"""The seller taxonomy: its nodes as a tree, and what a listing of a node may be told about itself."""

from __future__ import annotations

from typing import Any

import orjson

from reconciler.simulator.etsy.refusals import missing
from reconciler.simulator.etsy.things import listed
from reconciler.simulator.etsy.world import EtsyCall, EtsyWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json


def keep_node(world: EtsyWorld, number: int, parent: int | None, name: str, properties: list[Json]) -> None:
    sql = "INSERT OR REPLACE INTO taxonomy VALUES (?, ?, ?, ?)"
    world.store.run(sql, number, parent, name, orjson.dumps(properties))


def properties_of(world: EtsyWorld, number: int | None) -> list[Json] | None:
    """The properties of a node; None where there is no such node."""
    row = world.store.one("SELECT properties FROM taxonomy WHERE id = ?", number)
    return None if row is None else orjson.loads(row[0])


def get_nodes(call: EtsyCall) -> Reply:
    rows = call.world.store.all("SELECT id, parent, name FROM taxonomy ORDER BY id")
    under: dict[int | None, list[tuple[int, str]]] = {}
    for number, parent, name in rows:
        under.setdefault(parent, []).append((number, name))
    return Reply(200, listed([_node(under, *one, None, []) for one in under.get(None, [])]))


def _node(
    under: dict[int | None, list[tuple[int, str]]], number: int, name: str, parent: int | None, path: list[int]
) -> Json:
    own = [*path, number]
    return {
        "id": number,
        "level": len(path),
        "name": name,
        "parent_id": parent,
        "children": [_node(under, *one, number, own) for one in under.get(number, [])],
        "full_path_taxonomy_ids": own,
    }


def get_properties(call: EtsyCall) -> Reply:
    found = properties_of(call.world, call.ids["taxonomy_id"])
    if found is None:
        raise missing(f"taxonomy node {call.ids['taxonomy_id']}")
    return Reply(200, listed(found))


def complete_property(given: Any) -> Json:
    """A property with all its members, from the few that matter."""
    values = [
        {
            "scale_id": None,
            "equal_to": [],
            **(one if isinstance(one, dict) else {"value_id": one[0], "name": one[1]}),
        }
        for one in given.get("possible_values") or []
    ]
    return {
        "name": given["display_name"],
        "scales": [],
        "is_required": False,
        "supports_attributes": True,
        "supports_variations": True,
        "is_multivalued": False,
        "max_values_allowed": None,
        "selected_values": [],
        **given,
        "possible_values": values,
    }


_COLOURS = ["Black", "Blue", "Bronze", "Brown", "Clear", "Copper", "Gold", "Gray", "Green", "Orange"]
_COLOUR = {
    "property_id": 200,
    "name": "Color",
    "display_name": "Primary color",
    "possible_values": list(enumerate(_COLOURS, 1)),
}
_SIZES = [(1001, "S"), (1002, "M"), (1003, "L"), (1004, "XL")]
_SIZE = {"property_id": 62809790503, "name": "Size", "display_name": "Size", "possible_values": _SIZES}
_MATERIALS = [(101, "Ceramic"), (102, "Glass"), (103, "Porcelain"), (104, "Stoneware")]
_MATERIAL = {
    "property_id": 148789511893,
    "name": "Material",
    "display_name": "Materials",
    "supports_variations": False,
    "is_multivalued": True,
    "max_values_allowed": 3,
    "possible_values": _MATERIALS,
}
_VOLUME = {
    "property_id": 52047898162,
    "name": "Volume",
    "display_name": "Capacity",
    "scales": [
        {"scale_id": 37, "display_name": "Fluid Ounces", "description": ""},
        {"scale_id": 35, "display_name": "Milliliters", "description": ""},
    ],
}
#: US/Canada is 19 (OAS, updateListingProperty); the numbers of the others and of the values are made up.
_SHOE = {
    "property_id": 62809790395,
    "name": "Shoe size",
    "display_name": "Shoe size",
    "is_required": True,
    "scales": [
        {"scale_id": 19, "display_name": "US/Canada", "description": ""},
        {"scale_id": 17, "display_name": "EU", "description": ""},
        {"scale_id": 18, "display_name": "UK", "description": ""},
    ],
    "possible_values": [
        {"value_id": 2001, "name": "7", "scale_id": 19, "equal_to": [2002, 2003]},
        {"value_id": 2002, "name": "38", "scale_id": 17, "equal_to": [2001, 2003]},
        {"value_id": 2003, "name": "5", "scale_id": 18, "equal_to": [2001, 2002]},
        {"value_id": 2004, "name": "7", "scale_id": 18},
    ],
}
#: Nodes that are always there: number, parent, name, properties.
BUILT_IN: list[tuple[int, int | None, str, list[Json]]] = [
    (891, None, "Home & Living", []),
    (1052, 891, "Kitchen & Dining", []),
    (1062, 1052, "Mugs", [_COLOUR, _MATERIAL, _VOLUME]),
    (374, None, "Clothing", []),
    (482, 374, "T-shirts", [_COLOUR, _SIZE]),
    (1429, 374, "Shoes", [_COLOUR, _SHOE]),
]


def keep_built_in(world: EtsyWorld) -> None:
    if world.store.one("SELECT 1 FROM taxonomy LIMIT 1") is None:
        for number, parent, name, properties in BUILT_IN:
            keep_node(world, number, parent, name, [complete_property(one) for one in properties])
