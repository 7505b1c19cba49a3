"""From draft to listed to ended: what happens at once, and what the marketplace does a while later."""

from __future__ import annotations

from datetime import timedelta

from reconciler.simulator.allegro.durations import hours_of
from reconciler.simulator.allegro.events import emit
from reconciler.simulator.allegro.offers import COLUMNS, Offer, let_sales_leave, of_row, remove, save
from reconciler.simulator.allegro.world import AllegroWorld
from reconciler.simulator.clock import iso, moment_of
from reconciler.simulator.jobs import job, schedule
from reconciler.simulator.world import Json

DRAFT_LIFE = 60 * 86_400  # an untouched draft is deleted (issue #2314)
ARCHIVE_AFTER = 60 * 86_400  # an ended offer is archived (issues #11959, #2256)
SWEEP_EVERY = 3600


def begin_activation(world: AllegroWorld, offer: Offer) -> None:
    """Accept a publication: the offer shows ACTIVATING until the marketplace has listed it."""
    publication = offer.body["publication"]
    publication.update(status="ACTIVATING", endedBy=None, endingAt=None)
    starting = publication.get("startingAt")
    wait = world.span("activation", world.settings.activation_seconds)
    if starting:
        wait = max(wait, moment_of(starting).timestamp() - world.moment)
    schedule(world, wait, "activate", offer=offer.id)


@job("activate")
def _activate(world: AllegroWorld, body: Json) -> None:
    offer = _live(world, body["offer"])
    if offer is None or offer.status != "ACTIVATING":
        return
    if offer.available == 0:
        finish(world, offer, "EMPTY_STOCK")
        return
    publication = offer.body["publication"]
    publication["status"] = "ACTIVE"
    offer.meta |= {"started_at": world.stamp, "ended_at": None, "lot": offer.available}
    offer.meta.setdefault("first_listed_at", None)
    offer.meta["first_listed_at"] = offer.meta["first_listed_at"] or world.stamp
    _plan_expiry(world, offer)
    save(world, offer)
    emit(world, offer, "OFFER_ACTIVATED")


def _plan_expiry(world: AllegroWorld, offer: Offer) -> None:
    hours = hours_of(offer.body["publication"].get("duration"))
    if hours is not None:
        ending = iso(world.time + timedelta(hours=hours))
        offer.body["publication"]["endingAt"] = ending
        schedule(world, hours * 3600, "expire", offer=offer.id, ending=ending)


@job("expire")
def _expire(world: AllegroWorld, body: Json) -> None:
    offer = _live(world, body["offer"])
    if offer is not None and offer.body["publication"].get("endingAt") == body["ending"]:
        finish(world, offer, "EXPIRATION")


def begin_end(world: AllegroWorld, offer: Offer, ended_by: str) -> None:
    """Ask for an end; the offer may show ACTIVE for a while longer (issue #1210)."""
    wait = world.span("ending", world.settings.ending_seconds)
    schedule(world, wait, "end", offer=offer.id, by=ended_by)


@job("end")
def _end(world: AllegroWorld, body: Json) -> None:
    offer = _live(world, body["offer"])
    if offer is None or (body["by"] == "EMPTY_STOCK" and offer.available > 0):
        return
    finish(world, offer, body["by"])


def finish(world: AllegroWorld, offer: Offer, ended_by: str) -> None:
    """End a live offer now, and list its successor when it renews itself."""
    publication = offer.body["publication"]
    publication.update(status="ENDED", endedBy=ended_by)
    offer.meta["ended_at"] = world.stamp
    save(world, offer)
    emit(world, offer, "OFFER_ENDED", publication={"endedBy": ended_by})
    if publication.get("republish") and ended_by in {"EXPIRATION", "EMPTY_STOCK"}:
        _renew(world, offer)


def _renew(world: AllegroWorld, ended: Offer) -> None:
    """A copy with a new id, the first stock and the same tags (issues #4371, #12434, #2212)."""
    twin = ended.copy()
    twin.id = twin.body["id"] = world.offer_id()
    twin.body["createdAt"] = world.stamp
    twin.body["stock"] = {**twin.body["stock"], "available": ended.meta.get("lot") or 1}
    twin.body["publication"].pop("startingAt", None)
    twin.meta = {"sold": 0, "tags": ended.meta.get("tags", []), "renews": ended.id}
    twin.edit_until = twin.command_until = 0.0
    begin_activation(world, twin)
    save(world, twin)


def sweep(world: AllegroWorld, now: float) -> None:
    """Delete old drafts, archive old ended offers, let old sales leave their count: once an hour of the clock."""
    if now - float(world.store.get("swept") or 0.0) < SWEEP_EVERY:
        return
    with world.store.write():
        world.store.put("swept", now)
        world.moment = now
        for status, life in (("INACTIVE", DRAFT_LIFE), ("ENDED", ARCHIVE_AFTER)):
            sql = f"SELECT {COLUMNS} FROM offers WHERE status = ? AND updated < ?"
            for row in world.store.all(sql, status, now - life):
                _forget(world, of_row(row))
        let_sales_leave(world)


def _forget(world: AllegroWorld, offer: Offer) -> None:
    remove(world, offer)
    if offer.status == "ENDED":
        emit(world, offer, "OFFER_ARCHIVED")


def _live(world: AllegroWorld, offer_id: str) -> Offer | None:
    row = world.store.one(f"SELECT {COLUMNS} FROM offers WHERE id = ?", int(offer_id))
    offer = None if row is None else of_row(row)
    return offer if offer is not None and offer.live else None
