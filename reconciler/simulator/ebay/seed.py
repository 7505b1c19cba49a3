"""Filling the marketplace: one seller with everything that belongs to it, in one transaction.

An account is a mapping with these keys; those marked * are required:

    login*              "sklep"
    user_id*            "44300100"
    site                "EBAY_DE": where the seller is registered, and what is meant where none is named
    email, company      for the identity API
    out_of_stock        false: the preference that keeps a listing without stock
    programs            [SELLING_POLICY_MANAGEMENT]: opted in to; OUT_OF_STOCK_CONTROL is the preference above
    selling_limit       {quantity: 1000, amount: {value: "50000.00", currency: "EUR"}}
    fees                {site: {insertion: "0.35", free: 300 (a month), used: 0 (of these), subtitle: "1.00"}}
    clients             [{client_id, client_secret, ru_name, accepted, declined}]
    refresh_token       "..."  (belongs to the first client)
    categories          [{id, name, parent: id or null, leaf: bool, site, condition: bool (demanded),
                          conditions: [...], parts: bool (25124), descriptors: bool,
                          regulatory: [members of an offer's `regulatory` that are demanded (25029)],
                          aspects: [{name, required, values, mode, cardinality, data_type, max_length, usage}]}]
    catalogue           [{epid, ean: [...], title, description, brand, mpn, aspects, imageUrls}]
    locations           [as GET /location returns them]
    fulfillment_policies, payment_policies, return_policies   [as GET returns them]
    items               [as GET /inventory_item returns them]
    offers              [as GET /offer returns them; with `listing`, it is published; of that, `hold` ("frozen" or
                          "fixable"; listingOnHold alone means the latter) and `revisions` of today count as well]
    listings            [made elsewhere: {listingId, sku, title, price, quantity, category, policies, site,
                          aspects, pictures, condition, address}]
    documents           [{documentId, documentStatus: "ACCEPTED"}]: regulatory ones, handed in before
    pictures            [url]  (this seller's own, uploaded already)

Categories and the catalogue belong to the marketplace and are merged over sellers. Seeding a login again replaces
that seller.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from reconciler.simulator.ebay import (
    catalogue,
    fees,
    items,
    listings,
    login,
    offers,
    policies,
    programs,
    regulatory,
)
from reconciler.simulator.ebay.auth import keep_practice, keep_refresh
from reconciler.simulator.ebay.listings import ACTIVE, Listing
from reconciler.simulator.ebay.offers import PUBLISHED, UNPUBLISHED, Offer
from reconciler.simulator.ebay.panel import made_by_hand
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayWorld
from reconciler.simulator.world import Json

PRACTICE_CLIENT = "simulator"
OWNED = ("items", "listed_items", "offers", "listings", "locations", "policies", "pictures", "feed_tasks", "fees")
KEYS = frozenset(
    {
        "login", "user_id", "site", "email", "company", "out_of_stock", "programs", "selling_limit", "fees",
        "clients", "refresh_token",
        "categories", "catalogue", "locations", "fulfillment_policies", "payment_policies", "return_policies",
        "items", "offers", "listings", "documents", "pictures",
    }
)  # fmt: skip


def seed(world: EbayWorld, account: Mapping[str, Any]) -> None:
    """Add or replace one seller; nothing is kept when anything is wrong."""
    if unknown := set(account) - KEYS:
        raise ValueError(f"unknown keys in the account: {', '.join(sorted(unknown))}")
    seller, name = str(_need(account, "user_id", "account")), str(_need(account, "login", "account"))
    site = str(account.get("site") or "EBAY_DE")
    if site not in SITES:
        raise ValueError(f"site: {site} is none of {', '.join(SITES)}")
    with world.store.write():
        _forget(world, seller, name)
        _seller(world, account, seller, name, site)
        _clients(world, account, seller, name)
        _marketplace(world, account, site)
        _settings(world, account, seller)
        _goods(world, account, seller, site)


def _need(mapping: Mapping[str, Any], key: str, where: str) -> Any:
    if mapping.get(key) is None:
        raise ValueError(f"{where}: {key} is missing")
    return mapping[key]


def _forget(world: EbayWorld, seller: str, name: str) -> None:
    for table in (*OWNED, "tokens", "images"):
        world.store.run(f"DELETE FROM {table} WHERE seller = ?", seller)
    world.store.run("DELETE FROM sellers WHERE id = ? OR login = ?", seller, name)


def _seller(world: EbayWorld, account: Mapping[str, Any], seller: str, name: str, site: str) -> None:
    body = {
        "login": name,
        "email": account.get("email") or f"{name}@example.com",
        "company": account.get("company") or name,
        "programs": programs.of_seed(account.get("programs"), out_of_stock=bool(account.get("out_of_stock"))),
        "sellingLimit": account.get("selling_limit"),
        "documents": regulatory.documents(account.get("documents") or []),
        "fees": fees.agree(world, account.get("fees") or {}),
    }
    world.store.run("INSERT INTO sellers VALUES (?, ?, ?, ?)", seller, name, site, orjson.dumps(body))


def _clients(world: EbayWorld, account: Mapping[str, Any], seller: str, name: str) -> None:
    clients = account.get("clients") or []
    for one in clients:
        key = str(_need(one, "client_id", "clients"))
        world.store.run("INSERT OR REPLACE INTO clients VALUES (?, ?, '')", key, one.get("client_secret", ""))
        ru_name = one.get("ru_name") or f"{key}-RuName"
        login.keep_ru_name(world, ru_name, key, one.get("accepted", ""), one.get("declined", ""))
    first = str(clients[0]["client_id"]) if clients else PRACTICE_CLIENT
    world.store.run("INSERT OR IGNORE INTO clients VALUES (?, ?, '')", PRACTICE_CLIENT, PRACTICE_CLIENT)
    keep_practice(world, seller, name, first)
    if account.get("refresh_token"):
        keep_refresh(world, seller, first, account["refresh_token"])


def _marketplace(world: EbayWorld, account: Mapping[str, Any], home: str) -> None:
    for one in account.get("categories") or []:
        site, key = one.get("site") or home, str(_need(one, "id", "categories"))
        body = {"aspects": [], "leaf": True, "parent": None, **one, "id": key}
        sql = "INSERT OR REPLACE INTO categories VALUES (?, ?, ?, ?)"
        world.store.run(sql, site, key, body["parent"], orjson.dumps(body))
    for one in account.get("catalogue") or []:
        _need(one, "epid", "catalogue")
        catalogue.keep(world, dict(one))


def _settings(world: EbayWorld, account: Mapping[str, Any], seller: str) -> None:
    for one in account.get("locations") or []:
        body = {name: value for name, value in one.items() if name != "merchantLocationKey"}
        body = {"locationTypes": ["WAREHOUSE"], "merchantLocationStatus": "ENABLED", **body}
        body.setdefault("location", {"address": {"country": "DE", "postalCode": "10115"}})
        key = _need(one, "merchantLocationKey", "locations")
        world.store.run("INSERT INTO locations VALUES (?, ?, ?)", seller, key, orjson.dumps(body))
    for kind, policy in policies.KINDS.items():
        for one in account.get(f"{kind}_policies") or []:
            number = int(one.get(policy.key) or world.policy_id())
            body = {name: value for name, value in one.items() if name != policy.key}
            for name in ("name", "marketplaceId"):
                _need(body, name, f"{kind}_policies")
            policies.insert(world, seller, kind, number, body)


def _goods(world: EbayWorld, account: Mapping[str, Any], seller: str, home: str) -> None:
    for one in account.get("items") or []:
        sku = str(_need(one, "sku", "items"))
        locale = SITES[home].language.replace("-", "_")
        body = {"locale": locale, **{name: value for name, value in one.items() if name != "sku"}}
        items.save(world, seller, sku, body)
    for one in account.get("offers") or []:
        _offer(world, seller, home, dict(one))
    for one in account.get("listings") or []:
        site = str(one.get("site") or home)
        _need(one, "title", "listings")
        number = int(one.get("listingId") or world.listing_id())
        found = Listing(number, seller, None, site, started=world.moment, body=made_by_hand(site, one))
        listings.save(world, found)
    for url in account.get("pictures") or []:
        world.store.run("INSERT OR REPLACE INTO images VALUES (?, ?, NULL)", url, seller)


def _offer(world: EbayWorld, seller: str, home: str, one: Json) -> None:
    number = int(one.pop("offerId", 0) or world.offer_id())
    sku, site = str(_need(one, "sku", "offers")), str(one.pop("marketplaceId", home))
    told = one.pop("listing", None)
    for name in ("sku", "format", "status"):
        one.pop(name, None)
    body = {"includeCatalogProductDetails": True, "hideBuyerDetails": False, "listingDuration": "GTC", **one}
    body.setdefault("tax", {"applyTax": False})
    offer = Offer(number, seller, sku, site, status=PUBLISHED if told else UNPUBLISHED, body=body)
    if told:
        listing = Listing(int(told.get("listingId") or world.listing_id()), seller, number, site)
        listing.sold, listing.started = int(told.get("soldQuantity", 0)), world.moment
        listing.status = told.get("listingStatus", ACTIVE)
        listing.hold = listings.hold_of(told.get("hold", "fixable" if told.get("listingOnHold") else ""))
        listing.day, listing.revisions = listings.today(world), int(told.get("revisions", 0))
        listings.save(world, listing)
        offer.listing = listing.id
    offers.save(world, offer)
