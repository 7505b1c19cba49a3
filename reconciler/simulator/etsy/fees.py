"""What the marketplace charges, as a ledger that tests and people can read."""

from __future__ import annotations

from reconciler.simulator.clock import at, iso
from reconciler.simulator.etsy.world import EtsyWorld
from reconciler.simulator.world import Json


def charge(world: EtsyWorld, seller: str, listing: int, kind: str) -> None:
    """One listing fee: `listing` (first publication), `renewal`, `auto_renewal`, or `renewal_by_sale`."""
    sql = "INSERT INTO fees (seller, listing, at, kind, cents) VALUES (?, ?, ?, ?, ?)"
    world.store.run(sql, seller, listing, world.moment, kind, world.settings.fees.listing)


def forget(world: EtsyWorld, seller: str, listing: int) -> None:
    """Take back what a listing was charged at this very moment."""
    sql = "DELETE FROM fees WHERE seller = ? AND listing = ? AND at = ?"
    world.store.run(sql, seller, listing, world.moment)


def ledger(world: EtsyWorld, seller: str) -> list[Json]:
    """[{listing_id, at, kind, amount}], oldest first; amounts are texts in US dollars."""
    rows = world.store.all("SELECT listing, at, kind, cents FROM fees WHERE seller = ? ORDER BY n", seller)
    return [
        {"listing_id": listing, "at": iso(at(moment)), "kind": kind, "amount": f"{cents / 100:.2f}"}
        for listing, moment, kind, cents in rows
    ]
