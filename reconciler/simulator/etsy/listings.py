"""Listings as they are kept: the members of the form, the inventory, and what only the marketplace knows.

body: the fields of POST and PATCH, and `inventory`: {products: [{product_id, sku, property_values, offerings:
[{offering_id, quantity, is_enabled, amount, readiness_state_id}]}], *_on_property}; amounts in the smallest unit.
meta: properties, translations, variation_images, deleted (products), began, ending, since, sold.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from reconciler.simulator.etsy.refusals import missing
from reconciler.simulator.etsy.world import EtsyWorld
from reconciler.simulator.jobs import job, schedule
from reconciler.simulator.world import Json

COLUMNS = "id, seller, state, created, updated, body, meta"
ON_PROPERTY = ("price_on_property", "quantity_on_property", "sku_on_property", "readiness_state_on_property")


@dataclass
class Listing:
    """One listing; `created` and `updated` are POSIX times."""

    id: int
    seller: str
    state: str
    created: float
    updated: float
    body: Json = field(default_factory=dict)
    meta: Json = field(default_factory=dict)

    def copy(self) -> Listing:
        return copy.deepcopy(self)

    @property
    def products(self) -> list[Json]:
        found: list[Json] = self.body["inventory"]["products"]
        return found

    def offerings(self) -> Iterator[Json]:
        for product in self.products:
            yield from product["offerings"]

    def is_physical(self) -> bool:
        return bool(self.body["type"] != "download")


def quantity(listing: Listing, *, enabled_only: bool = True) -> int:
    """The pieces of a listing: products that share a quantity count once."""
    found: dict[Any, int] = {}
    for product in listing.products:
        for offering in product["offerings"]:
            if offering["is_enabled"] or not enabled_only:
                found[shared(listing, product, "quantity_on_property")] = offering["quantity"]
    return sum(found.values())


def shared(listing: Listing, product: Json, on: str) -> tuple[tuple[int, ...], ...]:
    """The values that decide for a product, by what a list of properties says."""
    properties = listing.body["inventory"][on]
    return tuple(
        tuple(value["value_ids"]) for value in product["property_values"] if value["property_id"] in properties
    )


def of_row(row: tuple[Any, ...]) -> Listing:
    number, seller, state, created, updated, body, meta = row
    return Listing(number, seller, state, created, updated, orjson.loads(body), orjson.loads(meta))


def load(world: EtsyWorld, number: int, seller: str = "") -> Listing | None:
    """A listing, of one seller when that is told."""
    row = world.store.one(f"SELECT {COLUMNS} FROM listings WHERE id = ?", number)
    found = None if row is None else of_row(row)
    return None if found is None or (seller and found.seller != seller) else found


def need(world: EtsyWorld, number: int, seller: str = "") -> Listing:
    found = load(world, number, seller)
    if found is None:
        raise missing(f"listing {number}")
    return found


def save(world: EtsyWorld, listing: Listing) -> None:
    """Keep a listing; lists may learn of it later."""
    lag = world.settings.list_lag_seconds
    sql = "SELECT state, updated, body, meta, shown_state, shown FROM listings WHERE id = ?"
    old = world.store.one(sql, listing.id)
    shown_state, shown = listing.state, None
    if lag > 0:
        state, updated, body, meta, shown_state, shown = old or ("", 0.0, b"{}", b"{}", "", None)
        if shown is None and shown_state:
            shown = orjson.dumps([state, updated, body.decode(), meta.decode()])
        schedule(world, lag, "etsy show", listing=listing.id)
    world.store.run(
        "INSERT OR REPLACE INTO listings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        listing.id, listing.seller, listing.state, listing.created, listing.updated,
        orjson.dumps(listing.body), orjson.dumps(listing.meta), shown_state, shown,
    )  # fmt: skip


@job("etsy show")
def _show(world: EtsyWorld, body: Json) -> None:
    """The lists learn of a write that lies behind."""
    world.store.run("UPDATE listings SET shown_state = state, shown = NULL WHERE id = ?", body["listing"])


def shown(world: EtsyWorld, seller: str, state: str, limit: int, offset: int, order: str) -> list[Listing]:
    """A page of a list, as the list knows its listings; `order` is SQL of ours."""
    sql = f"""SELECT {COLUMNS}, shown FROM listings WHERE seller = ? AND shown_state = ?
        ORDER BY {order} LIMIT ? OFFSET ?"""
    found = []
    for *row, old in world.store.all(sql, seller, state, limit, offset):
        listing = of_row(tuple(row))
        if old is not None:
            listing.state, listing.updated, body, meta = orjson.loads(old)
            listing.body, listing.meta = orjson.loads(body), orjson.loads(meta)
        found.append(listing)
    return found


def count(world: EtsyWorld, seller: str, state: str) -> int:
    sql = "SELECT COUNT(*) FROM listings WHERE seller = ? AND shown_state = ?"
    row = world.store.one(sql, seller, state)
    return int(row[0]) if row else 0


def using(world: EtsyWorld, seller: str, name: str, number: int, state: str = "") -> list[Listing]:
    """The listings whose member `name` is this number."""
    sql = f"""SELECT {COLUMNS} FROM listings
        WHERE seller = ? AND json_extract(CAST(body AS TEXT), '$.' || ?) = ? AND (state = ? OR ? = '')"""
    return [of_row(row) for row in world.store.all(sql, seller, name, number, state, state)]


def with_sku(world: EtsyWorld, seller: str, sku: str) -> int | None:
    """The newest listing with this SKU, which need not be the only one."""
    sql = "SELECT id FROM listings WHERE seller = ? AND instr(CAST(body AS TEXT), ?) ORDER BY id DESC LIMIT 1"
    row = world.store.one(sql, seller, f'"sku":{orjson.dumps(sku).decode()}')
    return None if row is None else int(row[0])


def remove(world: EtsyWorld, listing: Listing) -> None:
    """A deleted listing; its pictures remain, of no listing."""
    world.store.run("DELETE FROM listings WHERE id = ?", listing.id)
    world.store.run("UPDATE listing_images SET listing = NULL WHERE listing = ?", listing.id)
