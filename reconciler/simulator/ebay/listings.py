"""Listings: what shoppers see of an offer. They begin, end, run out, are put on hold, and count revisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from reconciler.simulator.ebay import items, programs
from reconciler.simulator.ebay.refusals import error, refuse
from reconciler.simulator.ebay.world import EbayCall, EbayWorld
from reconciler.simulator.world import Json

ACTIVE, OUT_OF_STOCK, ENDED, EBAY_ENDED = "ACTIVE", "OUT_OF_STOCK", "ENDED", "EBAY_ENDED"
LIVE = frozenset({ACTIVE, OUT_OF_STOCK})
COLUMNS = "id, seller, offer, site, status, hold, sold, day, revisions, started, ended, body"
INSERT = "INSERT OR REPLACE INTO listings VALUES (" + ",".join("?" * 12) + ")"
DAY = 86_400
HOLDS = ("", "fixable", "frozen")


@dataclass
class Listing:
    """One item number. `body` is what a listing that was made elsewhere consists of; empty for the API's own.

    `hold` is empty, "fixable" (it may be revised, with a warning) or "frozen".
    """

    id: int
    seller: str
    offer: int | None
    site: str
    status: str = ACTIVE
    hold: str = ""
    sold: int = 0
    day: int = 0
    revisions: int = 0
    started: float = 0.0
    ended: float | None = None
    body: Json = field(default_factory=dict)

    @property
    def live(self) -> bool:
        return self.status in LIVE


def hold_of(word: object) -> str:
    """ValueError for what is no kind of hold."""
    if word not in HOLDS:
        raise ValueError(f"hold is one of {', '.join(repr(one) for one in HOLDS)}")
    return str(word)


def load(world: EbayWorld, listing_id: int | None) -> Listing | None:
    row = world.store.one(f"SELECT {COLUMNS} FROM listings WHERE id = ?", listing_id)
    return None if row is None else _of_row(row)


def _of_row(row: tuple[Any, ...]) -> Listing:
    found = Listing(*row)
    found.body = orjson.loads(row[-1])
    return found


def of_seller(world: EbayWorld, seller: str, *, live: bool = False) -> list[Listing]:
    sql = f"SELECT {COLUMNS} FROM listings WHERE seller = ? ORDER BY id"
    found = [_of_row(row) for row in world.store.all(sql, seller)]
    return [one for one in found if one.live] if live else found


def save(world: EbayWorld, one: Listing) -> None:
    world.store.run(
        INSERT, one.id, one.seller, one.offer, one.site, one.status, one.hold, one.sold, one.day, one.revisions,
        one.started, one.ended, orjson.dumps(one.body),
    )  # fmt: skip


def start(world: EbayWorld, seller: str, site: str, offer: int | None, body: Json | None = None) -> Listing:
    """A new item number: publishing again makes another."""
    one = Listing(world.listing_id(), seller, offer, site, started=world.moment, body=body or {})
    save(world, one)
    return one


def finish(world: EbayWorld, one: Listing, status: str = ENDED) -> None:
    one.status, one.ended = status, world.moment
    save(world, one)


def is_out_of_stock_allowed(world: EbayWorld, seller: str) -> bool:
    """The seller's preference: a listing without stock is hidden, and stays."""
    return programs.OUT_OF_STOCK in programs.kept(programs.load(world, seller))


def shown_quantity(item: Json | None, offer: Json) -> int:
    """What shoppers can buy: the lesser of the item's quantity and the offer's own."""
    of_item, of_offer = items.quantity(item) or 0, offer.get("availableQuantity")
    return of_item if of_offer is None else min(of_item, int(of_offer))


def settle(world: EbayWorld, one: Listing, number: int) -> None:
    """What another quantity makes of a listing: it is hidden, it ends, or it is there again."""
    if not one.live:
        return
    if number > 0:
        one.status = ACTIVE
    elif is_out_of_stock_allowed(world, one.seller):
        one.status = OUT_OF_STOCK
    else:
        finish(world, one)
        return
    save(world, one)


def check_zero(world: EbayWorld, seller: str, number: int | None) -> None:
    """25004: who has not the preference may not write 0 to what is listed."""
    if number == 0 and world.settings.zero_refused and not is_out_of_stock_allowed(world, seller):
        raise refuse(25004, "The quantity must be greater than 0.", quantity="0")


def today(world: EbayWorld) -> int:
    """The calendar day, counted where eBay's days begin."""
    return int((world.moment - world.settings.day_offset_hours * 3600) // DAY)


def revisions(world: EbayWorld, one: Listing) -> int:
    """How often a listing was revised today."""
    return one.revisions if one.day == today(world) else 0


def revise(call: EbayCall, one: Listing) -> None:
    """Count one revision of a live listing, unless it may not be revised."""
    world = call.world
    if one.hold == "frozen":
        raise refuse(25097, listingId=str(one.id))
    one.day, one.revisions = today(world), revisions(world, one)
    if one.revisions >= world.settings.revisions_per_day:
        message = f"It was revised {one.revisions} times today; wait until the next calendar day."
        raise refuse(25019, message, listingId=str(one.id))
    one.revisions += 1
    save(world, one)
    if one.hold == "fixable":
        call.warnings.append(error(25096, listingId=str(one.id)))
