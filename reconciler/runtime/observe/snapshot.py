"""From the account to a snapshot, as cheaply as the question allows.

The list answers price, stock, status and references of all offers. Details are read for offers whose declared
fields need them and come from the cache while the marketplace has said nothing of the offer since.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.model.offers import OFFER, Desired, Live, Snapshot
from reconciler.model.spec import Identity, KindSpec
from reconciler.providers.base import Inventory
from reconciler.runtime.connection.runner import gather
from reconciler.runtime.connection.session import Session
from reconciler.runtime.observe.catalogue import with_products
from reconciler.runtime.observe.details import with_details
from reconciler.runtime.observe.events import lately_listed, may_lack_creations

_PARALLEL = 30


@dataclass(frozen=True, slots=True)
class Observed:
    """A snapshot, and the index of names that its references were labelled with: kind -> label -> id."""

    snapshot: Snapshot
    references: Mapping[str, Mapping[str, str]]
    ambiguous: Mapping[str, tuple[str, ...]]


async def observe(
    opened: Session, desired: tuple[Desired, ...], *, full: bool = False, everything: bool = False
) -> Observed:
    """Observe one account for these documents. `everything` reads all kinds and all details (for pull)."""
    references, ambiguous = await read_directory(opened, desired, everything=everything)
    opened.progress.start("reading the list of offers")
    inventory = await opened.ask(opened.provider.inventory(opened.reading()))
    opened.progress.advance(len(inventory.live))
    opened.progress.finish()
    inventory = await _with_late_ones(opened, desired, inventory)
    opened.labels[OFFER] = {each.remote_id: each.key.name for each in inventory.live if each.key}
    references[OFFER] = {label: remote_id for remote_id, label in opened.labels[OFFER].items()}
    objects = await _read_objects(opened, desired, references, everything=everything)
    inventory = await with_details(opened, desired, inventory, full=full, everything=everything)
    offers = await with_products(opened, desired, inventory.live)
    snapshot = Snapshot(
        account=opened.account.name,
        live=(*objects, *offers),
        complete=inventory.complete,
        requests=dict(opened.runner.requests),
    )
    return Observed(snapshot, references, ambiguous)


async def _with_late_ones(opened: Session, desired: Iterable[Desired], inventory: Inventory) -> Inventory:
    """The list trails creations, by hours at times (facts: #10056): what we know the id of is read by its id.

    Without this an offer that the list does not show yet would be created a second time. A young ledger may not
    know all ids, so the marketplace's events are asked too.
    """
    listed = {each.key for each in inventory.live}
    known = {
        (key.kind, key.name): remote_id for key, remote_id in opened.ledger.managed(opened.account.name).items()
    }
    known |= opened.ledger.runs.ever_created(opened.account.name)
    absent = [each for each in desired if each.key.kind == OFFER and not each.adopt and each.key not in listed]
    unknown = [each.key.name for each in absent if (OFFER, each.key.name) not in known]
    if unknown and may_lack_creations(opened):
        lately = await lately_listed(opened, unknown)
        known |= {(OFFER, name): activation.remote_id for name, activation in lately.items()}
    missing = [(each, known[OFFER, each.key.name]) for each in absent if (OFFER, each.key.name) in known]
    tasks = [_reader(opened, OFFER, remote_id, ("detail",)) for _, remote_id in missing]
    found = await gather(tasks, _PARALLEL)
    late = tuple(
        replace(live, key=each.key, facts={"sold": 0, **live.facts}, detailed=False, wire=None)
        for (each, _), live in zip(missing, found, strict=True)
        if live is not None
    )
    return Inventory((*inventory.live, *late), inventory.complete)


async def read_directory(
    opened: Session, desired: Iterable[Desired], *, everything: bool = False
) -> tuple[dict[str, dict[str, str]], dict[str, tuple[str, ...]]]:
    """List the named objects of every kind that a document refers to or declares; fill the session's labels."""
    references: dict[str, dict[str, str]] = {}
    ambiguous: dict[str, tuple[str, ...]] = {}
    for kind in sorted(_kinds_in_use(opened, desired, everything=everything)):
        objects = await opened.ask(opened.provider.objects(opened.reading(), kind))
        names: dict[str, list[str]] = {}
        for remote_id, name in objects:
            names.setdefault(name, []).append(remote_id)
        references[kind] = {name: ids[0] for name, ids in names.items() if len(ids) == 1}
        opened.labels[kind] = {remote_id: name for name, remote_id in references[kind].items()}
        ambiguous.update({f"{kind}/{name}": tuple(ids) for name, ids in names.items() if len(ids) > 1})
    return references, ambiguous


def _kinds_in_use(opened: Session, desired: Iterable[Desired], *, everything: bool) -> set[str]:
    spec = opened.spec
    named = {kind.name for kind in spec.kinds.values() if kind.identity is Identity.NAME}
    referable = {field.refers for kind in spec.kinds.values() for field in kind.fields.values() if field.refers}
    if everything:
        return named | (referable - {OFFER, "Bundle"})
    used = {key.kind for key in opened.ledger.managed(opened.account.name)} & named
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
    *,
    everything: bool,
) -> tuple[Live, ...]:
    """Read in full the named objects that documents declare, and all bundles when there is a bundle document."""
    wanted: list[tuple[str, str]] = []
    remembered = opened.ledger.managed(opened.account.name)
    for kind in opened.spec.kinds.values():
        mine = [each for each in desired if each.key.kind == kind.name]
        ours = {remote_id for key, remote_id in remembered.items() if key.kind == kind.name}
        if kind.name == OFFER or not (mine or ours or everything):
            continue
        if kind.identity is Identity.MEMBERS:
            found = await opened.ask(opened.provider.objects(opened.reading(), kind.name))
            wanted.extend((kind.name, remote_id) for remote_id, _ in found)
        else:
            wanted.extend(
                (kind.name, remote_id)
                for remote_id in _object_ids(opened, kind, mine, references, everything=everything)
            )
    tasks = [_reader(opened, kind, remote_id, opened.spec.kinds[kind].views) for kind, remote_id in wanted]
    found_live = await gather(tasks, _PARALLEL)
    return tuple(each for each in found_live if each is not None)


def _object_ids(
    opened: Session,
    kind: KindSpec,
    mine: Iterable[Desired],
    references: Mapping[str, Mapping[str, str]],
    *,
    everything: bool,
) -> list[str]:
    names = references.get(kind.name, {})
    if everything:
        return list(names.values())
    ids = {each.adopt or names.get(each.key.name) for each in mine}
    ids |= {
        i
        for key, i in opened.ledger.managed(opened.account.name).items()
        if key.kind == kind.name and i in names.values()
    }
    return sorted(each for each in ids if each)


def _reader(opened: Session, kind: str, remote_id: str, views: Iterable[str]) -> Any:
    async def read() -> Live | None:
        return await opened.ask(opened.provider.read(opened.reading(), kind, remote_id, views))

    return read
