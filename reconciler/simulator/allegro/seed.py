"""Filling the marketplace: one seller with everything that belongs to it, in one transaction.

An account is a mapping with these keys; those marked * are required:

    login*              "sklep"
    user_id*            "44300100"
    base_marketplace    "allegro-pl"
    email, first_name, last_name, company   for GET /me
    clients             [{client_id, client_secret}]
    refresh_token       "..."  (belongs to the first client)
    categories          [{id, name, parent: id or null, leaf: bool, parameters: [as the API returns them]}]
    products            [{id, name, category: id, gtins: [...], parameters: [{id, name, values, valuesIds}],
                          images: [url], description: {sections} or null, responsible_producers: [full objects],
                          safety: {type, ...} or null, status: "LISTED"}]
    delivery_methods    [as GET /sale/delivery-methods returns them]
    shipping_rates      [{id, name, rates: [...], type, dispatchCountry, lastModified, features?}]
    return_policies, implied_warranties, warranties, responsible_producers, responsible_persons,
    additional_services_groups, size_tables, contacts, wholesale_price_lists, fundraising_campaigns,
    tags                [full objects, each with id and name]
    flexible_bundles    [as POST takes them, with id, createdBy and createdAt when they matter]
    size_table_templates [as GET /sale/size-tables-templates returns them, besides those that are built in]
    pictures            [url]  (this seller's own, uploaded already)
    offers              [{offer: full GET body with id, sold: int, first_listed_at: iso or null,
                          tags: [tag ids], promo: {basePackage, extraPackages} or null}]

Categories, products, delivery methods and templates of size tables belong to the marketplace and are merged over
sellers; an account that brings no delivery methods gets the built-in ones. Seeding a login again replaces that
seller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from reconciler.simulator.allegro.auth import REFRESH_LIFE
from reconciler.simulator.allegro.catalogue import keep_product
from reconciler.simulator.allegro.defaults import DELIVERY_METHODS, MARKETS
from reconciler.simulator.allegro.listing_row import index_of
from reconciler.simulator.allegro.offers import INSERT_LISTING, INSERT_OFFER, Offer, complete, row_of
from reconciler.simulator.allegro.pictures import CDN, urls_in
from reconciler.simulator.allegro.seller_things import keep_thing
from reconciler.simulator.allegro.sold import note_sale
from reconciler.simulator.allegro.visibility import mark_markets, markets_of_rates
from reconciler.simulator.allegro.world import AllegroWorld
from reconciler.simulator.clock import iso, moment_of
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

KINDS = [
    "shipping_rates",
    "return_policies",
    "implied_warranties",
    "warranties",
    "responsible_producers",
    "responsible_persons",
    "additional_services_groups",
    "size_tables",
    "contacts",
    "wholesale_price_lists",
    "fundraising_campaigns",
    "tags",
    "flexible_bundles",
]
OTHERS = [
    "login",
    "user_id",
    "base_marketplace",
    "email",
    "first_name",
    "last_name",
    "company",
    "clients",
    "refresh_token",
    "categories",
    "products",
    "delivery_methods",
    "size_table_templates",
    "pictures",
    "offers",
]
OPTIONS = {
    "advertisement": False,
    "offersWithProductPublicationEnabled": True,
    "productCreationEnabled": True,
}


def seed(world: AllegroWorld, account: Mapping[str, Any]) -> None:
    """Add or replace one seller; nothing is kept when anything is wrong."""
    unknown = set(account) - set(KINDS) - set(OTHERS)
    if unknown:
        raise ValueError(f"unknown keys in the account: {', '.join(sorted(unknown))}")
    seller, login = str(need(account, "user_id", "account")), str(need(account, "login", "account"))
    base = str(account.get("base_marketplace") or "allegro-pl")
    if base not in MARKETS:
        raise ValueError(f"base_marketplace: {base} is none of {', '.join(MARKETS)}")
    with world.store.write():
        _forget(world, seller, login)
        _seller(world, account, seller, login, base)
        _tokens(world, account, seller, login)
        _marketplace(world, account)
        for kind in KINDS:
            _things(world, seller, kind, account.get(kind) or [])
        _own_images(world, seller, account.get("pictures") or [])
        _offers(world, seller, base, account.get("offers") or [])


def need(mapping: Mapping[str, Any], key: str, where: str) -> Any:
    if mapping.get(key) is None:
        raise ValueError(f"{where}: {key} is missing")
    return mapping[key]


def _forget(world: AllegroWorld, seller: str, login: str) -> None:
    for table in ("dictionaries", "offers", "listing", "operations", "commands", "tasks", "events", "tokens"):
        world.store.run(f"DELETE FROM {table} WHERE seller = ?", seller)
    world.store.run("DELETE FROM images WHERE seller = ?", seller)
    world.store.run("DELETE FROM sellers WHERE id = ? OR login = ?", seller, login)


def _seller(world: AllegroWorld, account: Mapping[str, Any], seller: str, login: str, base: str) -> None:
    body: Json = {
        "id": seller,
        "login": login,
        "firstName": account.get("first_name") or "Jan",
        "lastName": account.get("last_name") or "Kowalski",
        "email": account.get("email") or f"{login}@example.com",
        "baseMarketplace": {"id": base},
        "company": account.get("company") or {"name": None, "taxId": None},
        "features": [],
    }
    world.store.run("INSERT INTO sellers VALUES (?, ?, ?, ?)", seller, login, base, orjson.dumps(body))


def _tokens(world: AllegroWorld, account: Mapping[str, Any], seller: str, login: str) -> None:
    """The ready practice bearer `simulator-<login>` never expires. An application belongs to no seller."""
    clients = [
        (str(need(one, "client_id", "clients")), str(need(one, "client_secret", "clients")), "")
        for one in account.get("clients") or []
    ]
    world.store.many("INSERT OR REPLACE INTO clients VALUES (?, ?, ?)", clients)
    first = clients[0][0] if clients else f"client-{login}"
    rows: list[tuple[Any, ...]] = [(f"simulator-{login}", "practice", seller, first, None, None, None, None)]
    if account.get("refresh_token"):
        expires = world.moment + REFRESH_LIFE
        rows.append((str(account["refresh_token"]), "refresh", seller, first, expires, None, None, None))
    world.store.many("INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _marketplace(world: AllegroWorld, account: Mapping[str, Any]) -> None:
    for one in account.get("categories") or []:
        _category(world, one)
    for one in account.get("products") or []:
        keep_product(world, _product(world, one))
    for one in account.get("size_table_templates") or []:
        need(one, "id", "size_table_templates")
        keep_thing(world, "", "size_table_templates", {"name": one["id"], "headers": [], "values": [], **one})
    methods = account.get("delivery_methods")
    known = world.store.one("SELECT 1 FROM delivery_methods LIMIT 1")
    if methods is None and known is None:
        methods = DELIVERY_METHODS
    for one in methods or []:
        key, name = need(one, "id", "delivery_methods"), need(one, "name", "delivery_methods")
        body = {
            "marketplaces": [],
            "shippingRatesConstraints": {"allowed": True},
            **one,
            "id": key,
            "name": name,
        }
        world.store.run("INSERT OR REPLACE INTO delivery_methods VALUES (?, ?)", key, orjson.dumps(body))


def _category(world: AllegroWorld, one: Mapping[str, Any]) -> None:
    key = str(need(one, "id", "categories"))
    parent = one.get("parent")
    parent = parent.get("id") if isinstance(parent, Mapping) else parent
    body: Json = {"id": key, "name": need(one, "name", "categories"), "leaf": bool(one.get("leaf", True))}
    body["options"] = {**OPTIONS, **(one.get("options") or {})}
    if parent:
        body["parent"] = {"id": parent}
    parameters = one.get("parameters") or []
    for parameter in parameters:
        for name in ("id", "name", "type"):
            need(parameter, name, f"categories {key}, parameters")
    world.store.run(
        "INSERT OR REPLACE INTO categories VALUES (?, ?, ?, ?)",
        key, parent, orjson.dumps(body), orjson.dumps(parameters),
    )  # fmt: skip


def _product(world: AllegroWorld, one: Mapping[str, Any]) -> Json:
    key = str(need(one, "id", "products"))
    where = need(one, "category", f"products {key}")
    images = [image["url"] if isinstance(image, Mapping) else image for image in one.get("images") or []]
    _own_images(world, "", images)
    return {
        "id": key,
        "name": need(one, "name", f"products {key}"),
        "category": where["id"] if isinstance(where, Mapping) else str(where),
        "gtins": [str(code) for code in one.get("gtins") or []],
        "parameters": [_parameter(parameter, key) for parameter in one.get("parameters") or []],
        "images": images,
        "description": one.get("description"),
        "responsible_producers": one.get("responsible_producers") or [],
        "safety": one.get("safety"),
        "status": one.get("status") or "LISTED",
    }


def _parameter(one: Mapping[str, Any], product: str) -> Json:
    key = need(one, "id", f"products {product}, parameters")
    shown = {"id": key, "name": one.get("name") or key, "values": one.get("values") or []}
    return shown | {"valuesIds": one.get("valuesIds"), "rangeValue": one.get("rangeValue")}


def _things(world: AllegroWorld, seller: str, kind: str, bodies: Iterable[Mapping[str, Any]]) -> None:
    rows = []
    for body in bodies:
        key = str(need(body, "id", kind))
        if kind != "flexible_bundles":
            need(body, "name", f"{kind} {key}")
        stored = _bundle(world, body) if kind == "flexible_bundles" else body
        rows.append((seller, kind, key, body.get("name"), orjson.dumps(stored)))
    world.store.many("INSERT INTO dictionaries (seller, kind, id, name, body) VALUES (?, ?, ?, ?, ?)", rows)


def _bundle(world: AllegroWorld, body: Mapping[str, Any]) -> Json:
    """A bundle as POST takes it, with what the marketplace adds."""
    slots = [{**slot, "id": slot.get("id") or world.uuid("slot")} for slot in need(body, "slots", "bundles")]
    made: Json = {"createdBy": "USER", "createdAt": world.stamp, "discount": None, **body, "slots": slots}
    return made


def _offers(world: AllegroWorld, seller: str, base: str, entries: Iterable[Mapping[str, Any]]) -> None:
    reach = _reach_of_rates(world, seller)
    offers, rows = [], []
    pictures: set[str] = set()
    for entry in entries:
        offer = seeded_offer(world, seller, base, entry, reach)
        offers.append(row_of(offer))
        rows.append(index_of(seller, offer.body, offer.meta, world.moment))
        pictures.update(offer.body["images"], urls_in(offer.body.get("description")))
    world.store.many(INSERT_OFFER, offers)
    world.store.many(INSERT_LISTING, rows)
    _own_images(world, seller, pictures)


def _reach_of_rates(world: AllegroWorld, seller: str) -> dict[str, frozenset[str]]:
    sql = "SELECT id, body FROM dictionaries WHERE seller = ? AND kind = 'shipping_rates'"
    rows = world.store.all(sql, seller)
    return {key: markets_of_rates(world, orjson.loads(body)) for key, body in rows}


def seeded_offer(
    world: AllegroWorld, seller: str, base: str, entry: Mapping[str, Any], reach: Mapping[str, frozenset[str]]
) -> Offer:
    """A stored offer from a full read body; what the body leaves out is filled in as a read shows it."""
    given = need(entry, "offer", "offers")
    body: Json = {key: value for key, value in given.items() if value is not None}
    body["id"] = str(need(given, "id", "offers"))
    if not body["id"].isdigit():
        raise ValueError(f"offers {body['id']}: the id must be a number")
    body["publication"] = dict(given.get("publication") or {})
    body["publication"]["marketplaces"] = {"base": {"id": base}, "additional": []}
    body["delivery"] = dict(given.get("delivery") or {})
    body["discounts"] = dict(given.get("discounts") or {})
    body.setdefault("createdAt", world.stamp)
    body.setdefault("updatedAt", body["createdAt"])
    complete(body, base)
    rates = dig(body, "delivery", "shippingRates", "id")
    if rates is not None and rates not in reach:
        raise ValueError(f"offers {body['id']}: shipping rates {rates} are not among the account's")
    mark_markets(body, reach.get(rates, frozenset()))
    return Offer(
        body["id"], seller, body, _meta(world, body, entry), updated=moment_of(body["updatedAt"]).timestamp()
    )


def _meta(world: AllegroWorld, body: Json, entry: Mapping[str, Any]) -> Json:
    status, listed = body["publication"]["status"], entry.get("first_listed_at")
    if listed is None and status in {"ACTIVE", "ENDED"}:
        listed = body["createdAt"]
    sold = int(entry.get("sold") or 0)
    meta: Json = {
        "sold": sold,
        "first_listed_at": iso(moment_of(listed)) if listed else None,
        "started_at": iso(moment_of(listed)) if listed and status != "INACTIVE" else None,
        "ended_at": body["updatedAt"] if status == "ENDED" else None,
        "tags": list(entry.get("tags") or []),
        "promo": entry.get("promo"),
        "lot": dig(body, "stock", "available") or 0,
    }
    if sold:
        note_sale(meta, world.moment, body["publication"]["marketplaces"]["base"]["id"], sold)
    return meta


def _own_images(world: AllegroWorld, seller: str, urls: Iterable[str]) -> None:
    rows = [(url, seller) for url in urls if url.startswith(CDN)]
    world.store.many("INSERT OR IGNORE INTO images VALUES (?, ?, NULL)", rows)
