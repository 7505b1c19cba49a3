"""One small shop: a mug that sells, a shirt with variations, and what they refer to."""

from __future__ import annotations

from typing import Any

USER, SHOP = 44300100, 55300100
PROFILE, POLICY, READY, MADE, SECTION = 501, 601, 701, 702, 801
MUG, SHIRT, DRAFT, OFF, GONE = 1100, 1200, 1300, 1400, 1500
MUGS, SHIRTS = 1062, 482
COLOUR, SIZE, MATERIAL, VOLUME = 200, 62809790503, 148789511893, 52047898162
BLACK, BLUE = 1, 2
S, M = 1001, 1002
COMMON = {"shipping_profile_id": PROFILE, "return_policy_id": POLICY, "when_made": "2020_2026"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x00\x00\x00\x01\x00" + b"\x08\x06\x00\x00\x00"


def value(property_id: int, value_id: int, text: str, name: str = "") -> dict[str, Any]:
    found = {"property_id": property_id, "value_ids": [value_id], "values": [text]}
    return {**found, "property_name": name} if name else found


def product(sku: str | None, price: float = 20, quantity: int = 5, **more: Any) -> dict[str, Any]:
    """A product as PUT takes it; further members: enabled, readiness, values."""
    offering = {"price": price, "quantity": quantity, "is_enabled": more.get("enabled", True)}
    offering["readiness_state_id"] = more.get("readiness", READY)
    return {"sku": sku, "property_values": more.get("values", []), "offerings": [offering]}


def shirts(**more: Any) -> dict[str, Any]:
    """The inventory of the shirt: two colours, each with a quantity of its own."""
    return {
        "products": [
            product("T-B", 30, 2, values=[value(COLOUR, BLACK, "Black")]),
            product("T-N", 30, 3, values=[value(COLOUR, BLUE, "Blue")]),
        ],
        "price_on_property": [],
        "quantity_on_property": [COLOUR],
        "sku_on_property": [COLOUR],
        "readiness_state_on_property": [],
        **more,
    }


def draft(**more: Any) -> dict[str, Any]:
    """What POST of a listing needs."""
    needed = {"quantity": 4, "title": "A new mug", "description": "White.", "price": 12.5, "who_made": "i_did"}
    return {**needed, "when_made": "made_to_order", "taxonomy_id": MUGS, **more}


def listings() -> list[dict[str, Any]]:
    mug = {"sku": "K-1", "price": 20, "quantity": 5, "readiness_state_id": READY}
    return [
        {
            "listing_id": MUG,
            "title": "A mug",
            "description": "Holds tea.",
            "tags": ["mug", "tea", "white"],
            "images": [9001, 9002],
            **mug,
            **COMMON,
        },
        {
            "listing_id": SHIRT,
            "title": "A shirt",
            "taxonomy_id": SHIRTS,
            "inventory": shirts(),
            "images": [9101, 9102],
            "variation_images": [{"property_id": COLOUR, "value_id": BLACK, "image_id": 9101}],
            **COMMON,
        },
        {"listing_id": DRAFT, "state": "draft", "title": "A draft", "images": 0, **COMMON},
        {"listing_id": OFF, "state": "inactive", "title": "Paused", **mug, **COMMON, "sku": "K-2"},
        {"listing_id": GONE, "state": "sold_out", "title": "Sold", **mug, **COMMON, "sku": "K-3"},
    ]


def account(**more: Any) -> dict[str, Any]:
    profile = {
        "shipping_profile_id": PROFILE,
        "title": "Standard",
        "shipping_profile_upgrades": [{"upgrade_name": "Fast"}],
    }
    return {
        "login": "sklep",
        "user_id": USER,
        "shop_id": SHOP,
        "languages": ["en-US", "de"],
        "clients": [{"client_id": "app", "client_secret": "hush"}],
        "refresh_token": f"{USER}.first",
        "shipping_profiles": [profile],
        "return_policies": [{"return_policy_id": POLICY}],
        "readiness_states": [
            {"readiness_state_id": READY},
            {
                "readiness_state_id": MADE,
                "readiness_state": "made_to_order",
                "min_processing_days": 5,
                "max_processing_days": 10,
            },
        ],
        "sections": [{"shop_section_id": SECTION, "title": "Mugs"}],
        "listings": listings(),
        **more,
    }
