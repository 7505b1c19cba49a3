"""From the account to a snapshot, as cheaply as the question allows.

The list answers price, stock, status and references of all offers. Details are read for offers whose declared
fields need them and come from the cache while the marketplace has said nothing of the offer since.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.engine.twins import look_alikes
from reconciler.model.offers import OFFER, Desired, Key, Live, Snapshot
from reconciler.model.resting import AtRest, Rests, places_of
from reconciler.model.spec import Identity, MarketplaceSpec
from reconciler.providers.base import Inventory, RowsKnown
from reconciler.providers.conversation import Conversation, Reached
from reconciler.runtime.connection.runner import gather
from reconciler.runtime.connection.session import Session
from reconciler.runtime.errors import AuthenticationFailed
from reconciler.runtime.observe.aged import AS_OF, AgesSoFar
from reconciler.runtime.observe.catalogue import tell_products_apart, with_products
from reconciler.runtime.observe.details import with_details
from reconciler.runtime.observe.directory import ByName, list_names, renamed, trusted_names
from reconciler.runtime.observe.kept_list import keep_list, kept_list
from reconciler.runtime.observe.needed import Asked, lacking
from reconciler.runtime.observe.pending import with_own_edits
from reconciler.runtime.observe.prices import note_seen
from reconciler.runtime.observe.resting import (
    LeftByLook,
    RememberedOffers,
    Sleepers,
    kinds_referred_to,
    left_by,
    remembered_offers,
    still_at_rest,
    those,
)
from reconciler.runtime.observe.unlisted import reader, with_unlisted

_PARALLEL = 30
_LISTING = "reading the list of offers"


class Observed(Struct, frozen=True):
    """A snapshot, and the index of names that its references were labelled with: kind -> label -> id.

    `refused_kinds` are kinds that the account does not have at all, with the marketplace's words. `trusted` are
    kinds whose names are as of an earlier look. `resting` are the offers that were left at rest: nothing of them
    is in the snapshot, and `at_rest` is what they count as; of `numbers` only price and stock were looked at.
    `woken` is what documents want of those that were not, and `looked` is for the next look.
    """

    snapshot: Snapshot
    references: Mapping[str, Mapping[str, str]]
    ambiguous: Mapping[str, tuple[str, ...]]
    refused_kinds: Mapping[str, str] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset()
    resting: Rests = field(default_factory=Rests)
    numbers: Rests = field(default_factory=Rests)
    woken: tuple[Desired, ...] = ()
    at_rest: AtRest = field(default_factory=AtRest)
    looked: LeftByLook = field(default_factory=LeftByLook)


async def observe(
    opened: Session,
    desired: tuple[Desired, ...],
    *,
    refresh: str = "auto",
    everything: bool = False,
    asked: Asked = lambda _kind, _name, _remote_id: True,
    trusting: bool = False,
    sleepers: Sleepers | None = None,
) -> Observed:
    """Observe one account for these documents.

    `everything` reads all kinds and all details (for pull): of all that is `asked` for, and of the rest what the
    lists show. With `trusting`, what was read lately is believed as far as the spec says so. `refresh` is that of
    `PlanOptions`: with `none` no offer is asked for, and all that is known of any is what was kept. `sleepers` are
    left at rest where nothing has moved.
    """
    cache, (memory, managed) = opened.cache.mark(), _remembered(opened, sleepers)
    trusting, asking, tally = trusting and refresh != "full", refresh != "none", AgesSoFar()
    references, ambiguous, refused, trusted = await _read_directory(
        opened, desired, managed, everything=everything, trusting=trusting, besides=kinds_referred_to(sleepers)
    )
    desired = _without(desired, refused, opened.spec)
    still, followed = await still_at_rest(opened, sleepers, desired, references, memory, refresh)
    listed = inventory = await _list(opened, still, sleepers, tally, asking=asking)
    asleep = frozenset(inventory.resting)
    resting = those(still, asleep)
    numbers, woken = sleepers.stirred(still, inventory) if sleepers else (Rests(), ())
    if sleepers and not sleepers.narrowed:
        tally.moments.extend(each for each in (*resting.read_at, *numbers.read_at) if each)
        desired = sleepers.now_desired(desired, numbers, _without(woken, refused, opened.spec))
    desired = _where_they_were(opened, desired, inventory, references)
    inventory = await _put_right(opened, desired, inventory, asking=asking)
    references[OFFER] = _know_offers(opened, inventory, resting)
    objects = await _read_objects(opened, desired, references, managed, everything=everything, asked=asked)
    missing, alike = look_alikes(desired, inventory.live) if inventory.complete else ([], [])
    besides = {each.remote_id for each in alike} | _unsaid(opened, desired, managed, inventory)
    inventory, read = await with_details(
        opened,
        desired,
        inventory,
        refresh=refresh,
        everything=everything,
        asked=asked,
        tally=tally,
        besides=besides,
        trusting=trusting,
        followed=followed,
    )
    offers = await with_products(opened, desired, inventory.live)
    await tell_products_apart(opened, missing, [each for each in offers if each.remote_id in besides])
    if inventory.complete and asking:
        _note_prices(opened, offers, sleepers, asleep)
    live, asked_for, ages = (*objects, *offers), dict(opened.runner.requests), tally.ages()
    snapshot = Snapshot(
        opened.account.name, live, inventory.complete, len(listed.elsewhere or ()), asked_for, ages
    )
    looked = left_by(opened, listed, read.at, memory, read.events, cache)
    counted = sleepers.counted(resting) if sleepers else AtRest()
    return Observed(snapshot, references, ambiguous, refused, trusted, resting, numbers, woken, counted, looked)


async def _put_right(
    opened: Session, desired: tuple[Desired, ...], inventory: Inventory, *, asking: bool
) -> Inventory:
    """Return a list with what it trails: what was created lately, and what we have edited and would edit again."""
    inventory = await with_unlisted(opened, desired, inventory, asking=asking)
    return replace(inventory, live=with_own_edits(opened, desired, inventory.live))


def _know_offers(opened: Session, inventory: Inventory, resting: Rests) -> Mapping[str, str]:
    """Know what the offers of a list are called, and return their ids by that."""
    known, ids = dict(zip(resting.remote_id, resting.name, strict=True)), inventory.resting
    names = dict(zip(ids, map(known.__getitem__, ids), strict=True))  # in the order of the list
    names |= {each.remote_id: each.key.name for each in inventory.live if each.key}
    opened.names.know(OFFER, names)
    return dict(zip(names.values(), names, strict=True))


def _note_prices(
    opened: Session, offers: Collection[Live], sleepers: Sleepers | None, asleep: AbstractSet[str]
) -> None:
    """Note the prices that a look shows; those of offers at rest are as they were."""
    some = {*sleepers.known.others, *sleepers.rests.remote_id} - asleep if sleepers and asleep else None
    note_seen(opened, offers, complete=not any(AS_OF in each.facts for each in offers), some=some)


def _remembered(opened: Session, sleepers: Sleepers | None) -> tuple[RememberedOffers, dict[Key, str]]:
    """Return what is remembered of offers, and the ids of what the project manages and is not at rest."""
    place, memory = opened.place, RememberedOffers()
    if sleepers is not None:
        memory = remembered_offers(opened, sleepers.known)
    if sleepers is not None and len(sleepers.rests):
        found = opened.ledger.managed_but(place, OFFER, memory.besides(sleepers.rests))
    else:
        found = opened.ledger.managed(place)
    return memory, {key: each.remote_id for key, each in found.items()}


async def _list(
    opened: Session, still: Rests, sleepers: Sleepers | None, tally: AgesSoFar, *, asking: bool
) -> Inventory:
    """Read the list of offers, and keep it; without `asking` return the last one that was kept.

    Where another row bears the key of an offer at rest, its own has to be decoded, too.
    """
    if not asking:
        inventory, tally.list_at = kept_list(opened)
        return inventory
    stretches = sleepers.known.stretches if sleepers else {}
    unread = sleepers.only_listed(still) if sleepers else still
    reading = opened.reading(RowsKnown(unread.rows(), stretches))
    inventory = await _shown(opened, opened.provider.inventory(reading))
    asleep = frozenset(inventory.resting)
    borne = {each.key.name for each in inventory.live if each.key}
    twice = [place for place in places_of(still.name, borne) if still.remote_id[place] in asleep]
    if twice:
        return await _list(opened, still.without(twice), sleepers, tally, asking=asking)
    tally.list_at = opened.clock.now().isoformat()
    keep_list(opened, inventory, tally.list_at, still.rows())
    return inventory


async def _shown(opened: Session, conversation: Conversation[Inventory]) -> Inventory:
    """Read a list, and show how far it is: from its first page on where the marketplace says how long it is."""
    progress, done, total = opened.progress, 0, 0

    def heard(so_far: Reached) -> None:
        nonlocal done, total
        if so_far.total != total:
            progress.start(_LISTING, so_far.total)
            done, total = 0, so_far.total
        progress.advance(so_far.done - done)
        done = so_far.done

    progress.start(_LISTING)
    with opened.runner.heard_by(heard):
        inventory = await opened.ask(conversation)
    progress.advance(max(len(inventory.live) + len(inventory.resting) - done, 0))
    progress.finish()
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


async def _read_directory(
    opened: Session,
    desired: tuple[Desired, ...],
    managed: Mapping[Key, str],
    *,
    everything: bool,
    trusting: bool,
    besides: frozenset[str] = frozenset(),
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
    for kind in sorted(besides | _kinds_in_use(opened, desired, managed, everything=everything)):
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
    shapes = {(each.key.kind, *each.fields, *each.unsynced) for each in desired}  # most offers say the same fields
    for kind_name, *paths in shapes:
        if kind_name in named:
            used.add(kind_name)
        known = map(spec.kinds[kind_name].field, paths)
        used.update(each.refers for each in known if each is not None and each.refers)
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
    tasks = [reader(opened, kind, remote_id, opened.spec.kinds[kind].views) for kind, remote_id in wanted]
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
