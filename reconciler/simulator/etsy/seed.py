"""Filling the marketplace: one seller with a shop and everything that belongs to it, in one transaction.

An account is a mapping with these keys; those marked * are required:

    login*            "sklep"
    user_id*          44300100
    shop_id*          55300100
    shop_name         "sklep"
    currency          "USD"
    country           "US"  (where the shop is and ships from)
    languages         ["en"]  (the first is that of the listings)
    email, first_name, last_name
    clients           [{client_id, client_secret}]: keystring and shared secret of applications
    refresh_token     "..."  (belongs to the first client)
    taxonomy          [{id, name, parent: id or null, properties: [{property_id, display_name, ...}]}]; members of
                      a property as the API returns them, `possible_values` may be [[value_id, name], ...]
    shipping_profiles [as the API returns them, with shipping_profile_id and title; costs may be numbers]
    return_policies   [{return_policy_id, accepts_returns, accepts_exchanges, return_deadline}]
    readiness_states  [{readiness_state_id, readiness_state, min_processing_days, max_processing_days}]
    sections          [{shop_section_id, title}]
    listings          [{listing_id, state, title, description, taxonomy_id, ... as the form of POST has them, lists
                      as lists; sku, price, quantity, readiness_state_id, or inventory as PUT takes it; images: how
                      many, or [image ids]; properties: [{property_id, value_ids, values, scale_id}];
                      variation_images; translations: {language: {title, description, tags}}}]

The taxonomy belongs to the marketplace and is merged over sellers; a small one is built in. `x-api-key:
simulator:simulator` and the token `simulator-LOGIN` always work. Seeding a login again replaces that seller.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from reconciler.simulator.etsy import inventory, lifecycle, listings, pictures, things, values, variation_images
from reconciler.simulator.etsy.auth import PRACTICE, REFRESH_LIFE
from reconciler.simulator.etsy.listings import Listing
from reconciler.simulator.etsy.listings_write import EMPTY, new_listing
from reconciler.simulator.etsy.panel import PIXEL
from reconciler.simulator.etsy.taxonomy import complete_property, keep_built_in, keep_node
from reconciler.simulator.etsy.world import EtsyWorld, divisor, money
from reconciler.simulator.http import Refused
from reconciler.simulator.world import Json

KINDS = {
    "shipping_profiles": (things.PROFILE, "shipping_profile_id"),
    "return_policies": (things.POLICY, "return_policy_id"),
    "readiness_states": (things.READINESS, "readiness_state_id"),
    "sections": (things.SECTION, "shop_section_id"),
}
OTHERS = {
    "login", "user_id", "shop_id", "shop_name", "currency", "country", "languages", "email", "first_name",
    "last_name", "clients", "refresh_token", "taxonomy", "listings",
}  # fmt: skip
ONE_PRODUCT = ("sku", "price", "quantity", "readiness_state_id")


def seed(world: EtsyWorld, account: Mapping[str, Any]) -> None:
    """Add or replace one seller; nothing is kept when anything is wrong."""
    if unknown := set(account) - set(KINDS) - OTHERS:
        raise ValueError(f"unknown keys in the account: {', '.join(sorted(unknown))}")
    seller, login = str(need(account, "user_id", "account")), str(need(account, "login", "account"))
    try:
        with world.store.write():
            _forget(world, seller, login)
            shop = _shop(world, account, seller, login)
            _tokens(world, account, seller, login)
            keep_built_in(world)
            for one in account.get("taxonomy") or []:
                _node(world, one)
            for name, (kind, key) in KINDS.items():
                for one in account.get(name) or []:
                    _thing(world, shop, kind, key, one)
            for one in account.get("listings") or []:
                _listing(world, shop, one)
    except Refused as refused:
        raise ValueError(f"the account: {refused.body()}") from refused


def need(mapping: Mapping[str, Any], key: str, where: str) -> Any:
    if mapping.get(key) is None:
        raise ValueError(f"{where}: {key} is missing")
    return mapping[key]


def _forget(world: EtsyWorld, seller: str, login: str) -> None:
    for table in ("things", "listings", "listing_images", "fees", "tokens"):
        world.store.run(f"DELETE FROM {table} WHERE seller = ?", seller)
    world.store.run("DELETE FROM sellers WHERE id = ? OR login = ?", seller, login)


def _shop(world: EtsyWorld, account: Mapping[str, Any], seller: str, login: str) -> Json:
    shop = {
        "user_id": int(seller),
        "shop_id": int(need(account, "shop_id", "account")),
        "login": login,
        "shop_name": account.get("shop_name") or login,
        "currency_code": account.get("currency") or "USD",
        "country": account.get("country") or "US",
        "languages": list(account.get("languages") or ["en"]),
        "email": account.get("email") or f"{login}@example.com",
        "first_name": account.get("first_name") or "Anna",
        "last_name": account.get("last_name") or "Nowak",
        "created": world.now,
    }
    sql = "INSERT OR REPLACE INTO sellers VALUES (?, ?, ?, ?)"
    world.store.run(sql, seller, login, str(shop["shop_id"]), orjson.dumps(shop))
    return shop


def _tokens(world: EtsyWorld, account: Mapping[str, Any], seller: str, login: str) -> None:
    clients = [
        (str(need(one, "client_id", "clients")), str(need(one, "client_secret", "clients")), "")
        for one in account.get("clients") or []
    ]
    world.store.many("INSERT OR REPLACE INTO clients VALUES (?, ?, ?)", [*clients, (PRACTICE, PRACTICE, "")])
    first = clients[0][0] if clients else PRACTICE
    rows: list[tuple[Any, ...]] = [(f"simulator-{login}", "practice", seller, first, None, None, None, None)]
    if account.get("refresh_token"):
        expires = world.moment + REFRESH_LIFE
        rows.append((str(account["refresh_token"]), "refresh", seller, first, expires, None, None, None))
    world.store.many("INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _node(world: EtsyWorld, one: Mapping[str, Any]) -> None:
    number, parent = int(need(one, "id", "taxonomy")), one.get("parent")
    properties = [complete_property(each) for each in one.get("properties") or []]
    name = str(need(one, "name", "taxonomy"))
    keep_node(world, number, None if parent is None else int(parent), name, properties)


def _thing(world: EtsyWorld, shop: Json, kind: str, key: str, given: Mapping[str, Any]) -> None:
    seller, number = str(shop["user_id"]), int(need(given, key, kind))
    body: Json = {**_empty(kind, shop), **given, key: number}
    if kind == things.PROFILE:
        _complete_profile(body, shop)
    name = body.get("title")
    if name is None:
        name = " ".join(str(value) for label, value in body.items() if label not in {key, "shop_id"})
    things.keep(world, kind, seller, number, name, body)


def _empty(kind: str, shop: Json) -> Json:
    if kind == things.POLICY:
        return {
            "shop_id": shop["shop_id"],
            "accepts_returns": True,
            "accepts_exchanges": True,
            "return_deadline": 30,
        }
    if kind == things.READINESS:
        days = {"min_processing_days": 1, "max_processing_days": 3}
        return {"shop_id": shop["shop_id"], "readiness_state": "ready_to_ship", **days}
    if kind == things.SECTION:
        return {"rank": 1, "user_id": shop["user_id"]}
    return {
        "user_id": shop["user_id"],
        "origin_country_iso": shop["country"],
        "is_deleted": False,
        "origin_postal_code": "10001",
        "profile_type": "manual",
        "domestic_handling_fee": 0.0,
        "international_handling_fee": 0.0,
        "shipping_profile_destinations": [{}],
        "shipping_profile_upgrades": [],
    }


def _complete_profile(body: Json, shop: Json) -> None:
    number = body["shipping_profile_id"]
    common = {"shipping_profile_id": number, "shipping_carrier_id": None, "mail_class": None}
    common |= {"min_delivery_days": 2, "max_delivery_days": 5}
    destination = {"origin_country_iso": body["origin_country_iso"], "destination_country_iso": "", **common}
    destination |= {"destination_region": "none", "primary_cost": 5, "secondary_cost": 2}
    upgrade = {"type": 0, "rank": 1, "language": shop["languages"][0], "price": 5, "secondary_price": 2, **common}
    for name, key, empty in (
        ("shipping_profile_destinations", "shipping_profile_destination_id", destination),
        ("shipping_profile_upgrades", "upgrade_id", upgrade),
    ):
        body[name] = [_costs({key: number * 10 + n, **empty, **one}, shop) for n, one in enumerate(body[name])]


def _costs(one: Json, shop: Json) -> Json:
    currency = shop["currency_code"]
    for name in ("primary_cost", "secondary_cost", "price", "secondary_price"):
        if isinstance(one.get(name), int | float):
            one[name] = money(round(one[name] * divisor(currency)), currency)
    return one


def _listing(world: EtsyWorld, shop: Json, given: Mapping[str, Any]) -> None:
    seller, body = str(shop["user_id"]), dict(given)
    number = int(need(body, "listing_id", "listings"))
    state, parts = body.pop("state", "active"), {name: body.pop(name, None) for name in PARTS}
    product = {name: body.pop(name) for name in ONE_PRODUCT if name in body}
    del body["listing_id"]
    first = {"description": "-", "taxonomy_id": 1062, "who_made": "i_did", "when_made": "made_to_order"}
    if unknown := body.keys() - EMPTY.keys() - first.keys() - {"title"}:
        raise ValueError(f"listing {number}: unknown keys {', '.join(sorted(unknown))}")
    need(body, "title", f"listing {number}")
    listing = new_listing(world, seller, {**EMPTY, **first, **body})
    listing.id, listing.state = number, state
    inventory.replace(world, listing, shop, parts["inventory"] or _product(product), most=3)
    listing.meta["deleted"] = []
    if state == "sold_out":
        for offering in listing.offerings():
            offering["quantity"] = 0
    if state == "active":
        lifecycle.plan_end(world, listing)
    listings.save(world, listing)
    _parts(world, listing, parts)
    listings.save(world, listing)


PARTS = ("inventory", "images", "properties", "variation_images", "translations")


def _product(product: Json) -> Json:
    offering = {"price": 10, "quantity": 1, "is_enabled": True, "readiness_state_id": None, **product}
    sku = offering.pop("sku", None)
    return {"products": [{"sku": sku, "offerings": [offering]}]}


def _parts(world: EtsyWorld, listing: Listing, parts: Json) -> None:
    wanted = parts["images"] if parts["images"] is not None else 1
    if isinstance(wanted, int):
        order = [pictures.add(world, listing, PIXEL + str(place).encode()) for place in range(wanted)]
    else:
        order = [int(number) for number in wanted]
        for number in order:
            new = pictures.add(world, listing, PIXEL + str(number).encode())
            world.store.run("UPDATE listing_images SET id = ? WHERE id = ?", number, new)
    pictures.arrange(world, listing, order)
    for one in parts["properties"] or []:
        found = values.resolve(world, listing.seller, listing.body["taxonomy_id"], one, "supports_attributes")
        listing.meta["properties"].append(found)
    if parts["variation_images"]:
        variation_images.link(world, listing, parts["variation_images"])
    for language, texts in (parts["translations"] or {}).items():
        listing.meta["translations"][language] = {"tags": [], **texts}
