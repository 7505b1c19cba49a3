"""What a list of offers does not show, or not yet: found by ids that are known, and by keys."""

from collections.abc import Awaitable, Callable, Container, Iterable
from typing import Any

from msgspec.structs import replace

from reconciler.model.offers import EXTERNAL_ID, OFFER, Desired, Key, Live
from reconciler.model.spec import KindSpec
from reconciler.providers.base import Inventory
from reconciler.runtime.connection.runner import gather
from reconciler.runtime.connection.session import Session
from reconciler.runtime.observe.events import lately_listed, may_lack_creations

_PARALLEL = 30


async def with_unlisted(
    opened: Session, desired: Iterable[Desired], inventory: Inventory, *, asking: bool
) -> Inventory:
    """Return an inventory with what the list does not show of these; without `asking`, as far as that is known."""
    wanted = tuple(desired)
    inventory = _with_begun(opened, wanted, inventory)
    if not asking:
        return inventory
    inventory = await _with_late_ones(opened, wanted, inventory)
    return await _with_overlooked(opened, wanted, inventory)


async def _with_late_ones(opened: Session, desired: Iterable[Desired], inventory: Inventory) -> Inventory:
    """The list trails creations, by hours at times (facts: #10056): what we know the id of is read by its id.

    Without this an offer that the list does not show yet would be created a second time. A young ledger may not
    know all ids, so the marketplace's events are asked too. The list may lose any offer for a while, ours or not:
    what an earlier list has shown is asked by its id as well, and believed when it still bears the key.
    """
    listed = {each.key for each in inventory.live}
    shown = {each.key.name: each.remote_id for each in inventory.live if each.key}
    opened.cache.saw(str(opened.place.site), shown, opened.clock.now().isoformat())
    absent = [each for each in desired if each.key.kind == OFFER and not each.adopt and each.key not in listed]
    if not absent:
        return inventory
    compared = opened.ledger.baselines(opened.place)
    known = {(OFFER, each.key.name): compared[each.key].remote_id for each in absent if each.key in compared}
    known |= opened.ledger.runs.ever_created(opened.place)
    unknown = [each.key.name for each in absent if (OFFER, each.key.name) not in known]
    if unknown and may_lack_creations(opened):
        lately = await lately_listed(opened, unknown)
        known |= {(OFFER, name): activation.remote_id for name, activation in lately.items()}
    unknown = [name for name in unknown if (OFFER, name) not in known]
    seen = opened.cache.seen(str(opened.place.site), unknown)
    known |= {(OFFER, name): remote_id for name, remote_id in seen.items()}
    missing = [(each, known[OFFER, each.key.name]) for each in absent if (OFFER, each.key.name) in known]
    kind = opened.spec.kinds[OFFER]
    tasks = [reader(opened, OFFER, remote_id, _as_listed(each, kind)) for each, remote_id in missing]
    found = await gather(tasks, _PARALLEL)
    others = _meant_by_others(inventory, {each.key for each in desired} | compared.keys())
    late = {
        live.remote_id: replace(live, key=each.key, facts=live.facts, detailed=False, wire=None)
        for (each, _), live in zip(missing, found, strict=True)
        if live is not None and (live.key == each.key or not (each.key.name in seen or live.remote_id in others))
    }
    rows = (each for each in inventory.live if each.remote_id not in late)
    return replace(inventory, live=(*rows, *late.values()))


def _meant_by_others(inventory: Inventory, keys: Container[Key]) -> set[str]:
    """Return the ids of the rows that stand under one of these keys, or are at rest under their own.

    Somebody gave them that key, or what bore it before has moved: an older key of theirs means them no more. What
    bears a key that nobody has is known by its id, and listed once.
    """
    return {each.remote_id for each in inventory.live if each.key in keys}.union(inventory.resting)


def _as_listed(desired: Desired, kind: KindSpec) -> tuple[str, ...]:
    """Name the views that show of an offer what the list would have shown."""
    fields = (kind.field(path) for path in desired.fields)
    others = (set(each.views) for each in fields if each and "list" in each.views and "detail" not in each.views)
    return ("detail", *sorted(set().union(*others) - {"list"}))


def _with_begun(opened: Session, desired: Iterable[Desired], inventory: Inventory) -> Inventory:
    """What a creation has begun and not given its key is known by the id that was remembered."""
    if opened.spec.kinds[OFFER].key_given != "after":
        return inventory
    listed = {each.key for each in inventory.live}
    created = opened.ledger.runs.ever_created(opened.place)
    absent = (each.key for each in desired if _would_be_created(each) and each.key not in listed)
    begun = {created[OFFER, key.name]: key for key in absent if (OFFER, key.name) in created}
    if not begun:
        return inventory
    live = (
        replace(each, key=begun[each.remote_id])
        if each.remote_id in begun and each.facts.get(EXTERNAL_ID) is None
        else each
        for each in inventory.live
    )
    return replace(inventory, live=tuple(live))


async def _with_overlooked(opened: Session, desired: Iterable[Desired], inventory: Inventory) -> Inventory:
    """Ask for the keys of what would be created: while a list is read, rows come and go, and its totals add up.

    A hundred keys take one request, and an account whose offers are all listed takes none.
    """
    most = opened.spec.kinds[OFFER].views["list"].keys
    if not inventory.complete or not most:
        return inventory  # where nobody can be asked for a key, the list is all that tells
    listed = {each.key for each in inventory.live}
    there = {each.remote_id for each in inventory.live}
    absent = [each.key.name for each in desired if _would_be_created(each) and each.key not in listed]
    portions = [absent[start : start + most] for start in range(0, len(absent), most)]

    def asker(names: list[str]) -> Callable[[], Awaitable[tuple[Live, ...]]]:
        return lambda: opened.ask(opened.provider.find(opened.reading(), names))

    answers = await gather([asker(each) for each in portions], _PARALLEL)
    wanted = set(absent)
    found = (each for answer in answers for each in answer)
    overlooked = tuple(e for e in found if e.remote_id not in there and e.key is not None and e.key.name in wanted)
    return replace(inventory, live=(*inventory.live, *overlooked))


def _would_be_created(each: Desired) -> bool:
    return each.key.kind == OFFER and not each.adopt


def reader(opened: Session, kind: str, remote_id: str, views: Iterable[str]) -> Any:
    """Return what reads one resource through some views when it is called."""

    async def read() -> Live | None:
        name = opened.names.of(kind).get(remote_id)
        key = Key(opened.account.name, kind, name) if name else None
        return await opened.look(kind, remote_id, views, key)

    return read
