"""Full reads of offers: from the cache while the marketplace has said nothing of an offer since, else afresh."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.model.offers import EXTERNAL_ID, OFFER, WHOLE, Desired, Live
from reconciler.model.spec import KindSpec
from reconciler.model.values import Value
from reconciler.providers.base import Inventory
from reconciler.runtime.clock import is_within
from reconciler.runtime.connection.runner import gather
from reconciler.runtime.connection.session import Session
from reconciler.runtime.ledger.cache import Detail
from reconciler.runtime.observe.aged import AgesSoFar, LastShown, is_as_declared, keep, oldest, shown
from reconciler.runtime.observe.events import EventsFollowed, follow_events, follow_notes, latest_event
from reconciler.runtime.observe.needed import Asked, lacking, needs_of, views_of_paths
from reconciler.runtime.observe.row_digest import MOVING, RowDigests
from reconciler.runtime.observe.turns import OLDEST, pay, turn_of
from reconciler.runtime.observe.whole import Wholes

_PARALLEL = 30
#: What changed within so many seconds of a read may have changed after it: clocks differ, and moments are rounded.
_SAME_MOMENT = 60
#: Why a field of an offer is not known in a plan that reads none.
_NOT_KEPT = "it was not read in full, and --refresh none reads no offer"


class FullReads(Struct, frozen=True):
    """When what needs a full read was read so, by remote id (ISO; empty where that is not kept).

    `events` is how far events were followed.
    """

    at: Mapping[str, str] = field(default_factory=dict)
    events: int = 0


async def with_details(
    opened: Session,
    desired: tuple[Desired, ...],
    inventory: Inventory,
    *,
    refresh: str,
    everything: bool,
    asked: Asked,
    tally: AgesSoFar,
    besides: Iterable[str] = (),
    trusting: bool = False,
    followed: EventsFollowed | None = None,
) -> tuple[Inventory, FullReads]:
    """Complete the list rows with what only a full read shows: of the offers that need it, and `besides`.

    An offer whose full read bears another key than its row is unreadable: it is left out, and the inventory is
    incomplete. With `trusting`, what a row lacks may be as of an earlier look. `refresh` says what of that which
    is kept is believed (`PlanOptions`); `tally` is told how old it is. `followed` is what was asked of events for
    this look already.
    """
    needs = dict.fromkeys(besides, "detail")
    needs |= needs_of(opened, desired, inventory.live, everything=everything, asked=asked)
    if not needs:
        pay(opened, followed.paid if followed else None)
        return inventory, FullReads(events=followed.number if followed else latest_event(opened))
    kind, some = opened.spec.kinds[OFFER], followed is not None or bool(inventory.resting)
    full, followed = refresh == "full", followed or await _followed(opened, kind, refresh)
    stored = {} if full or not followed.gapless else _stored(opened, needs, some=some)
    if refresh == "none":
        return _as_kept(opened, inventory, needs, stored, tally), FullReads()
    complete: list[Live | None] = []
    to_read: list[tuple[int, Live, str]] = []
    seen = shown(opened, kind)
    digests = RowDigests(opened, kind)
    believed = _believed(opened, desired, inventory.live, stored, seen, digests) if trusting and not full else {}
    again = oldest(believed, seen.rotated - _unbelieved(needs, believed, inventory.live, kind))
    wholes = Wholes(opened, kind, desired)
    good, paid = _good_ones(opened, inventory.live, needs, stored, followed, refresh, digests)
    read_at = {remote_id: stored[remote_id].read_at for remote_id in needs if remote_id in stored}
    for live in inventory.live:
        views = needs.get(live.remote_id)
        kept = stored.pop(live.remote_id, None)  # what was kept of all is not held beside what comes of it
        if views and kept and live.remote_id in believed and live.remote_id not in again:
            complete.append(wholes.whole(believed[live.remote_id], kept))
            tally.moments.append(kept.read_at)
            continue
        if views and kept and live.remote_id in good:
            tally.moments.append(kept.read_at)
            complete.append(wholes.whole(live, kept))
            continue
        if views:
            to_read.append((len(complete), live, views))
        complete.append(live)
    read = await _read_details(opened, digests, complete, to_read, seen, wholes)
    tally.read_now = len(to_read)
    pay(opened, paid, followed.paid)
    _note_shown(opened, kind, inventory.live, seen)
    read_at |= {row.remote_id: "" for _, row, _ in to_read} | read
    return _readable(inventory, complete), FullReads(read_at, followed.number)


async def _followed(opened: Session, kind: KindSpec, refresh: str) -> EventsFollowed:
    """Follow what outdates full reads, as far as anybody asks: with `list` what the ledger knows, and no event."""
    if not kind.trusted_by and refresh not in ("list", "none"):
        return await follow_events(opened)
    return follow_notes(opened) if refresh == "list" else EventsFollowed(number=latest_event(opened))


def _readable(inventory: Inventory, complete: Collection[Live | None]) -> Inventory:
    """Return an inventory with these rows; it is not complete where one of them cannot be read."""
    readable = tuple(each for each in complete if each is not None)
    return replace(inventory, live=readable, complete=inventory.complete and len(readable) == len(complete))


def _stored(opened: Session, needs: Collection[str], *, some: bool) -> dict[str, Detail]:
    """Return the kept reads, by id: of `some`, those that need one."""
    site = str(opened.place.site)
    found = opened.cache.details_of(site, OFFER, needs) if some else opened.cache.details(site, OFFER)
    return {each.remote_id: each for each in found}


def _good_ones(
    opened: Session,
    rows: Iterable[Live],
    needs: Mapping[str, str],
    stored: Mapping[str, Detail],
    followed: EventsFollowed,
    refresh: str,
    digests: RowDigests,
) -> tuple[dict[str, str], datetime | None]:
    """Return whose full read that is kept is believed, when it was made (ISO), and what `pay` is told.

    With `list` it may be of any age, and only rows are asked whether it is outdated.
    """
    if refresh == "full":
        return {}, opened.clock.now()
    kind, is_good = digests.kind, _says_the_same if refresh == "list" else _is_untold
    found: dict[str, str] = {}
    every, moved = followed.besides, followed.moved | followed.turn
    for row in rows:
        views, kept = needs.get(row.remote_id), stored.get(row.remote_id)
        every += kept is not None
        if not views or kept is None or row.remote_id in moved or lacking(kind, row):
            continue
        if is_good(kept, row, views, digests):
            found[row.remote_id] = kept.read_at
    if refresh == "list":
        return found, None
    turn, paid = turn_of(opened, found, every)
    return {remote_id: at for remote_id, at in found.items() if remote_id not in turn}, paid


def _as_kept(
    opened: Session,
    inventory: Inventory,
    needs: Mapping[str, str],
    stored: Mapping[str, Detail],
    tally: AgesSoFar,
) -> Inventory:
    """Complete the rows of a list that was kept with the full reads that are, whatever either is worth by now."""
    kind = opened.spec.kinds[OFFER]
    wholes, complete = Wholes(opened, kind), []
    for row in inventory.live:
        views, kept = needs.get(row.remote_id), stored.get(row.remote_id)
        whole = row
        if views and kept:
            tally.moments.append(kept.read_at)
            whole = wholes.whole(row, kept)
        elif views:
            tally.lacking += 1
            paths = (path for path, field in kind.fields.items() if "list" not in field.views)
            whole = replace(row, unreadable={**row.unreadable, **dict.fromkeys(paths, _NOT_KEPT)})
        complete.append(whole)
    return replace(inventory, live=tuple(complete))


def _believed(
    opened: Session,
    desired: Iterable[Desired],
    rows: Iterable[Live],
    stored: Mapping[str, Detail],
    seen: LastShown,
    digests: RowDigests,
) -> dict[str, Live]:
    """Return the declared offers whose rows lack what may be trusted, by id: only where it is as declared."""
    kind, now = digests.kind, opened.clock.now()
    if not seen.rows:
        return {}
    unlisted = views_of_paths(kind, kind.fields)
    wanted = {each.key: each for each in desired}
    found: dict[str, Live] = {}
    for row in rows:
        mine = wanted.get(row.key) if row.key else None
        kept = stored.get(row.remote_id)
        if mine is None or mine.adopt or kept is None or not (lacks := lacking(kind, row)):
            continue
        whole = seen.believed(row, lacks, now) if _still_good(kept, row, unlisted, now, digests) else None
        if whole is not None and is_as_declared(mine, whole, lacks, kind):
            found[row.remote_id] = whole
    return found


def _unbelieved(needs: Iterable[str], believed: Mapping[str, Live], rows: Iterable[Live], kind: KindSpec) -> int:
    """Count the offers that have to be asked for whatever is trusted."""
    wanted = {*needs} - believed.keys()
    return sum(row.remote_id in wanted and bool(lacking(kind, row)) for row in rows) if believed else 0


def _note_shown(opened: Session, kind: KindSpec, rows: Iterable[Live], seen: LastShown) -> None:
    """Remember what the list says of that which it may lack another time."""
    if not seen.hours:
        return
    listed = (path for path, field in kind.fields.items() if "list" in field.views)
    paths, now = [path for path in listed if path.startswith(MOVING)], opened.clock.now().isoformat()
    rows = list(rows)
    for row in rows:
        if not lacking(kind, row):
            seen.saw(row, row, paths, now)
    keep(opened, seen, rows)


def _still_good(kept: Detail, live: Live, views: str, now: datetime, digests: RowDigests) -> bool:
    return is_within(datetime.fromisoformat(kept.read_at), OLDEST, now) and _is_untold(kept, live, views, digests)


def _is_untold(kept: Detail, live: Live, views: str, digests: RowDigests) -> bool:
    """Tell whether nothing says that a full read is outdated, but for its age."""
    kind = digests.kind
    if kind.trusted_by and not _is_after(kept, live.facts.get(kind.trusted_by)):
        return False
    if not kind.trusted_by and live.fields.get("stock.status") == "draft":
        return False  # drafts raise no events
    return _says_the_same(kept, live, views, digests)


def _says_the_same(kept: Detail, live: Live, views: str, digests: RowDigests) -> bool:
    """Tell whether a full read shows what is asked for, and its row says what it said then."""
    return set(views.split()) <= set(kept.views.split()) and kept.row == digests.of(live)


def _is_after(kept: Detail, changed: Value) -> bool:
    """Tell whether a read is surely younger than the last change that its row tells (seconds since 1970)."""
    return type(changed) is int and datetime.fromisoformat(kept.read_at).timestamp() > changed + _SAME_MOMENT


async def _read_details(
    opened: Session,
    digests: RowDigests,
    complete: list[Live | None],
    to_read: list[tuple[int, Live, str]],
    seen: LastShown,
    wholes: Wholes,
) -> dict[str, str]:
    """Read these in full, into `complete`; return which of these reads are kept, and their moment (ISO)."""
    if not to_read:
        return {}
    opened.progress.start("reading offers in full", len(to_read))
    kind = digests.kind
    now = opened.clock.now().isoformat()
    batch: list[Detail] = []
    read: dict[str, str] = {}
    unlabelled = replace(opened.reading(), labels={})
    is_kept = cache(lambda path: (known := kind.field(path)) is None or "list" not in known.views)

    async def one(index: int, row: Live, views: str) -> None:
        found = await opened.look(OFFER, row.remote_id, views.split(), row.key, unlabelled)
        opened.progress.advance()
        if found is None:
            return
        if WHOLE in found.unreadable:
            complete[index] = replace(row, unreadable={**row.unreadable, **found.unreadable})
            return
        if _is_another(row, found):
            complete[index] = None
            opened.progress.note(
                f"{row.remote_id} is listed with the key {row.facts[EXTERNAL_ID]} and reads with the key "
                f"{found.facts[EXTERNAL_ID]}: it is left out"
            )
            return
        kept = _detail(found, row, views, now, digests, is_kept)
        if lacks := lacking(kind, row):  # what the list keeps up to date elsewhere is kept apart
            whole = wholes.completed(row, {**found.fields, **row.fields}, {**found.facts, **row.facts})
        else:  # from what is kept: what was answered is let go of
            whole = wholes.whole(row, kept)
        complete[index] = replace(whole, unreadable={**found.unreadable, **row.unreadable})
        if found.unreadable or found.facts.get("on_hold") or (lacks and not seen.hours):
            return  # what is kept would not say what it lacks; nothing tells when a hold is over
        if lacks:
            seen.saw(row, found, lacks, now)
        batch.append(kept)
        read[row.remote_id] = now
        if len(batch) >= 500:
            _flush(opened, batch)

    await gather([_call(one, *each) for each in to_read], _PARALLEL)
    _flush(opened, batch)
    opened.progress.finish()
    return read


def _is_another(row: Live, found: Live) -> bool:
    """Tell whether a full read is of another offer than the row: both bear keys, and these differ."""
    listed, read = row.facts.get(EXTERNAL_ID), found.facts.get(EXTERNAL_ID)
    return bool(listed and read and listed != read)


def _flush(opened: Session, batch: list[Detail]) -> None:
    opened.cache.store(str(opened.place.site), OFFER, batch)
    batch.clear()


def _call(function: Any, *arguments: Any) -> Any:
    async def call() -> Any:
        return await function(*arguments)

    return call


def _detail(
    live: Live, row: Live, views: str, now: str, digests: RowDigests, is_kept: Callable[[str], bool]
) -> Detail:
    """Keep what the list does not show: no money is among it, so JSON is loss-free."""
    fields = {path: value for path, value in live.fields.items() if is_kept(path)}
    facts = {name: value for name, value in live.facts.items() if name not in row.facts}
    body = orjson.dumps({"fields": fields, "facts": facts})
    return Detail(live.remote_id, digests.of(row), now, views, body)
