"""From the account to a snapshot, as cheaply as the question allows.

The list answers price, stock, status and references of all offers. Details are read for offers whose declared
fields need them and come from the cache while the marketplace has said nothing of the offer since.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.engine.twins import look_alikes
from reconciler.model.offers import EXTERNAL_ID, OFFER, Desired, Key, Live, Snapshot
from reconciler.model.spec import Identity, KindSpec, MarketplaceSpec
from reconciler.providers.base import Inventory
from reconciler.runtime.connection.runner import gather
from reconciler.runtime.connection.session import Session
from reconciler.runtime.errors import AuthenticationFailed
from reconciler.runtime.observe.aged import AS_OF, AgesSoFar
from reconciler.runtime.observe.catalogue import tell_products_apart, with_products
from reconciler.runtime.observe.details import Asked, lacking, with_details
from reconciler.runtime.observe.directory import ByName, list_names, renamed, trusted_names
from reconciler.runtime.observe.events import lately_listed, may_lack_creations
from reconciler.runtime.observe.kept_list import keep_list, kept_list
from reconciler.runtime.observe.prices import note_seen

_PARALLEL = 30


@dataclass(frozen=True, slots=True)
class Observed:
    """A snapshot, and the index of names that its references were labelled with: kind -> label -> id.

    `refused_kinds` are kinds that the account does not have at all, with the marketplace's words. `trusted` are
    kinds whose names are as of an earlier look.
    """

    snapshot: Snapshot
    references: Mapping[str, Mapping[str, str]]
    ambiguous: Mapping[str, tuple[str, ...]]
    refused_kinds: Mapping[str, str] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset()


async def observe(
    opened: Session,
    desired: tuple[Desired, ...],
    *,
    refresh: str = "auto",
    everything: bool = False,
    asked: Asked = lambda _kind, _name, _remote_id: True,
    trusting: bool = False,
) -> Observed:
    """Observe one account for these documents.

    `everything` reads all kinds and all details (for pull): of all that is `asked` for, and of the rest what the
    lists show. With `trusting`, what was read lately is believed as far as the spec says so. `refresh` is that of
    `PlanOptions`: with `none` no offer is asked for, and all that is known of any is what was kept.
    """
    managed = {key: each.remote_id for key, each in opened.ledger.managed(opened.place).items()}
    trusting, asking, tally = trusting and refresh != "full", refresh != "none", AgesSoFar()
    references, ambiguous, refused, trusted = await _read_directory(
        opened, desired, managed, everything=everything, trusting=trusting
    )
    desired = _without(desired, refused, opened.spec)
    inventory = await _list(opened, tally, asking=asking)
    elsewhere = len(inventory.elsewhere or ())
    desired = _where_they_were(opened, desired, inventory, references)
    inventory = _with_begun(opened, desired, inventory)
    if asking:
        inventory = await _with_late_ones(opened, desired, inventory)
        inventory = await _with_overlooked(opened, desired, inventory)
    opened.names.know(OFFER, {each.remote_id: each.key.name for each in inventory.live if each.key})
    references[OFFER] = {label: remote_id for remote_id, label in opened.names.of(OFFER).items()}
    objects = await _read_objects(opened, desired, references, managed, everything=everything, asked=asked)
    missing, alike = look_alikes(desired, inventory.live) if inventory.complete else ([], [])
    besides = {each.remote_id for each in alike} | _unsaid(opened, desired, managed, inventory)
    inventory = await with_details(
        opened,
        desired,
        inventory,
        refresh=refresh,
        everything=everything,
        asked=asked,
        tally=tally,
        besides=besides,
        trusting=trusting,
    )
    offers = await with_products(opened, desired, inventory.live)
    await tell_products_apart(opened, missing, [each for each in offers if each.remote_id in besides])
    if inventory.complete and asking:
        note_seen(opened, offers, complete=not any(AS_OF in each.facts for each in offers))
    snapshot = Snapshot(
        account=opened.account.name,
        live=(*objects, *offers),
        complete=inventory.complete,
        elsewhere=elsewhere,
        requests=dict(opened.runner.requests),
        ages=tally.ages(),
    )
    return Observed(snapshot, references, ambiguous, refused, trusted)


async def _list(opened: Session, tally: AgesSoFar, *, asking: bool) -> Inventory:
    """Read the list of offers, and keep it; without `asking` return the last one that was kept."""
    if not asking:
        inventory, tally.list_at = kept_list(opened)
        return inventory
    opened.progress.start("reading the list of offers")
    inventory = await opened.ask(opened.provider.inventory(opened.reading()))
    opened.progress.advance(len(inventory.live))
    opened.progress.finish()
    tally.list_at = opened.clock.now().isoformat()
    keep_list(opened, inventory, tally.list_at)
    return inventory


async def named_anew(opened: Session, observed: Observed, kinds: Iterable[str]) -> Observed:
    """Return what was observed with the names of these kinds as they are now."""
    references, ambiguous = dict(observed.references), dict(observed.ambiguous)
    for kind in sorted(kinds):
        _index(opened, kind, await list_names(opened, kind), references, ambiguous)
    snapshot = observed.snapshot
    live = renamed(snapshot.live, observed.references, references, opened.spec)
    snapshot = replace(snapshot, live=live, requests=dict(opened.runner.requests))
    return replace(observed, snapshot=snapshot, references=references, ambiguous=ambiguous, trusted=frozenset())


def _index(
    opened: Session,
    kind: str,
    names: ByName,
    references: dict[str, Mapping[str, str]],
    ambiguous: dict[str, tuple[str, ...]],
) -> None:
    """Take up what the objects of a kind are called: into the references, and into the session's labels."""
    references[kind] = {name: ids[0] for name, ids in names.items() if len(ids) == 1}
    opened.names.know(kind, {remote_id: name for name, remote_id in references[kind].items()})
    ambiguous.update({f"{kind}/{name}": tuple(ids) for name, ids in names.items() if len(ids) > 1})


def _unsaid(
    opened: Session, desired: Iterable[Desired], managed: Mapping[Key, str], inventory: Inventory
) -> set[str]:
    """Return the offers that lost their documents and of which the list does not say whether they are on sale."""
    if not opened.spec.kinds[OFFER].views["list"].partial:
        return set()
    gone = {*managed.values()} - {managed[each.key] for each in desired if each.key in managed}
    rows = (each for each in inventory.live if each.remote_id in gone)
    return {each.remote_id for each in rows if lacking(opened.spec.kinds[OFFER], each)}


def _without(
    desired: tuple[Desired, ...], refused: Mapping[str, str], spec: MarketplaceSpec
) -> tuple[Desired, ...]:
    """Leave out what names things that the account has none of: there is nothing to read of it."""
    if not refused:
        return desired
    paths = {p for kind in spec.kinds.values() for p, field in kind.fields.items() if field.refers in refused}
    return tuple(
        replace(each, fields={p: value for p, value in each.fields.items() if p not in paths}, unsynced={})
        for each in desired
        if each.key.kind not in refused
    )


def _where_they_were(
    opened: Session,
    desired: tuple[Desired, ...],
    inventory: Inventory,
    references: Mapping[str, Mapping[str, str]],
) -> tuple[Desired, ...]:
    """What moved and does not bear its new name yet is read by the id of what bears the old one."""
    moved = [each for each in desired if each.moved_from and not each.adopt]
    if not moved:
        return desired
    ids = {(OFFER, each.key.name): each.remote_id for each in inventory.live if each.key}
    ids |= {(kind, name): i for kind, names in references.items() for name, i in names.items()}
    baselines = opened.ledger.baselines(opened.place)
    remembered = {(key.kind, key.name): each.remote_id for key, each in baselines.items()}
    there: dict[Key, str] = {}
    for each in moved:
        new, old = (each.key.kind, each.key.name), (each.key.kind, each.moved_from)
        if new not in ids and (found := ids.get(old) or remembered.get(old)):
            there[each.key] = found
    return tuple(replace(each, adopt=there[each.key]) if each.key in there else each for each in desired)


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
    tasks = [_reader(opened, OFFER, remote_id, _as_listed(each, kind)) for each, remote_id in missing]
    found = await gather(tasks, _PARALLEL)
    late = tuple(
        replace(live, key=each.key, facts=live.facts, detailed=False, wire=None)
        for (each, _), live in zip(missing, found, strict=True)
        if live is not None and (each.key.name not in seen or live.key == each.key)
    )
    return Inventory((*inventory.live, *late), inventory.complete)


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
    return Inventory(tuple(live), inventory.complete)


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
    return Inventory((*inventory.live, *overlooked), inventory.complete)


def _would_be_created(each: Desired) -> bool:
    return each.key.kind == OFFER and not each.adopt


async def _read_directory(
    opened: Session,
    desired: tuple[Desired, ...],
    managed: Mapping[Key, str],
    *,
    everything: bool,
    trusting: bool,
) -> tuple[dict[str, Mapping[str, str]], dict[str, tuple[str, ...]], dict[str, str], frozenset[str]]:
    """List the named objects of every kind that a document refers to or declares; fill the session's labels.

    A kind that the account is not granted is returned with the marketplace's words for it. With `trusting`, what
    was listed lately is not listed again, unless there are documents of the kind itself; which, is returned, too.
    """
    references: dict[str, Mapping[str, str]] = {}
    trusted: set[str] = set()
    own = {key.kind for key in managed} | {each.key.kind for each in desired}
    refused: dict[str, str] = {}
    ambiguous: dict[str, tuple[str, ...]] = {}
    for kind in sorted(_kinds_in_use(opened, desired, managed, everything=everything)):
        kept = trusted_names(opened, kind, desired) if trusting and kind not in own else None
        trusted.update([kind] if kept is not None else [])
        try:
            names = kept if kept is not None else await list_names(opened, kind)
        except AuthenticationFailed as failed:
            if not failed.denied or kind not in opened.spec.kinds or not opened.spec.kinds[kind].granted:
                raise
            refused[kind] = failed.summary
            continue
        _index(opened, kind, names, references, ambiguous)
    return references, ambiguous, refused, frozenset(trusted)


def _kinds_in_use(
    opened: Session, desired: Iterable[Desired], managed: Mapping[Key, str], *, everything: bool
) -> set[str]:
    spec = opened.spec
    named = {kind.name for kind in spec.kinds.values() if kind.identity is Identity.NAME}
    referable = {field.refers for kind in spec.kinds.values() for field in kind.fields.values() if field.refers}
    if everything:
        return named | (referable - {OFFER, "Bundle"})
    used = {key.kind for key in managed} & named
    for each in desired:
        kind = spec.kinds[each.key.kind]
        if kind.name in named:
            used.add(kind.name)
        for path in (*each.fields, *each.unsynced):
            known = kind.field(path)
            if known is not None and known.refers:
                used.add(known.refers)
    return used - {OFFER}


async def _read_objects(
    opened: Session,
    desired: tuple[Desired, ...],
    references: Mapping[str, Mapping[str, str]],
    managed: Mapping[Key, str],
    *,
    everything: bool,
    asked: Asked,
) -> tuple[Live, ...]:
    """Read in full the named objects that documents declare, and all bundles when there is a bundle document."""
    wanted: list[tuple[str, str]] = []
    declared, remembered = _by_kind(desired), _ids_by_kind(managed)
    for kind in opened.spec.kinds.values():
        mine, ours = declared.get(kind.name, ()), remembered.get(kind.name, set())
        told = everything and kind.operations and not kind.implied  # what has documents
        if kind.name == OFFER or not (mine or ours or told):
            continue
        if kind.identity is Identity.MEMBERS:
            found = await opened.ask(opened.provider.objects(opened.reading(), kind.name))
            wanted.extend((kind.name, remote_id) for remote_id, _ in found)
        else:
            names = references.get(kind.name, {})
            if everything:
                names = {name: remote_id for name, remote_id in names.items() if asked(kind.name, name, remote_id)}
            wanted.extend(
                (kind.name, remote_id) for remote_id in _object_ids(mine, ours, names, everything=everything)
            )
    tasks = [_reader(opened, kind, remote_id, opened.spec.kinds[kind].views) for kind, remote_id in wanted]
    found_live = await gather(tasks, _PARALLEL)
    return tuple(each for each in found_live if each is not None)


def _by_kind(desired: Iterable[Desired]) -> Mapping[str, list[Desired]]:
    found: dict[str, list[Desired]] = defaultdict(list)
    for each in desired:
        found[each.key.kind].append(each)
    return found


def _ids_by_kind(managed: Mapping[Key, str]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, remote_id in managed.items():
        found[key.kind].add(remote_id)
    return found


def _object_ids(
    mine: Iterable[Desired], ours: set[str], names: Mapping[str, str], *, everything: bool
) -> list[str]:
    if everything:
        return list(names.values())
    ids = {each.adopt or names.get(each.key.name) for each in mine} | (ours & set(names.values()))
    return sorted(each for each in ids if each)


def _reader(opened: Session, kind: str, remote_id: str, views: Iterable[str]) -> Any:
    async def read() -> Live | None:
        name = opened.names.of(kind).get(remote_id)
        key = Key(opened.account.name, kind, name) if name else None
        return await opened.look(kind, remote_id, views, key)

    return read
