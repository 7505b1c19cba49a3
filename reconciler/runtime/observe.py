"""From the account to a snapshot, as cheaply as the question allows.

The list answers price, stock, status and references of all offers. Details are read for offers whose declared
fields need them and come from the cache while the marketplace has said nothing of the offer since.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from reconciler.model.offers import OFFER, Desired, Live, Snapshot
from reconciler.model.spec import Identity as IdentityWord
from reconciler.model.spec import KindSpec
from reconciler.providers.base import Inventory
from reconciler.runtime.cache import Detail
from reconciler.runtime.lookups import product_of
from reconciler.runtime.runner import gather
from reconciler.runtime.session import Session

#: A stored read is not trusted for longer: some changes raise no event (facts: section 7.1).
_OLDEST = timedelta(hours=24)
_PARALLEL = 30
_EVENTS = "events"
_EVENTS_KEPT = timedelta(hours=23)


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
    opened.labels[OFFER] = {each.remote_id: each.key.name for each in inventory.live if each.key}
    references[OFFER] = {label: remote_id for remote_id, label in opened.labels[OFFER].items()}
    objects = await _read_objects(opened, desired, references, everything=everything)
    offers = await _with_details(opened, desired, inventory, full=full, everything=everything)
    offers = await _with_products(opened, desired, offers)
    snapshot = Snapshot(
        account=opened.account.name,
        live=(*objects, *offers),
        complete=inventory.complete,
        requests=dict(opened.runner.requests),
    )
    return Observed(snapshot, references, ambiguous)


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
    named = {kind.name for kind in spec.kinds.values() if kind.identity is IdentityWord.NAME}
    referable = {
        field.refers for kind in spec.kinds.values() for field in kind.fields.values() if field.refers
    }
    if everything:
        return named | (referable - {OFFER, "Bundle"})
    used: set[str] = set()
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
        if kind.identity is IdentityWord.MEMBERS:
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


# --- details of offers ---------------------------------------------------------------------------------------


async def _with_details(
    opened: Session, desired: tuple[Desired, ...], inventory: Inventory, *, full: bool, everything: bool
) -> tuple[Live, ...]:
    """Complete the list rows with what only a full read shows, for the offers that need it."""
    needs = _needs(opened, desired, inventory.live, everything=everything)
    if not needs:
        return inventory.live
    moved, gapless = await _moved(opened)
    stored = (
        {}
        if full or not gapless
        else {d.remote_id: d for d in opened.cache.details(opened.account.name, OFFER)}
    )
    kind = opened.spec.kinds[OFFER]
    now = opened.clock.now()
    complete: list[Live] = []
    to_read: list[tuple[int, Live, str]] = []
    for live in inventory.live:
        views = needs.get(live.remote_id)
        kept = stored.get(live.remote_id)
        if views and kept and live.remote_id not in moved and _still_good(kept, live, views, now):
            live = _labelled(opened, kind, _merged(live, kept))
        elif views:
            to_read.append((len(complete), live, views))
        complete.append(live)
    await _read_details(opened, kind, complete, to_read)
    return tuple(complete)


def _needs(
    opened: Session, desired: Iterable[Desired], rows: Iterable[Live], *, everything: bool
) -> dict[str, str]:
    """Return remote id -> views ("detail tags"), for the offers of which the list row is not enough."""
    kind = opened.spec.kinds[OFFER]
    if everything:
        return {row.remote_id: "detail tags" for row in rows}
    by_key = {row.key: row for row in rows}
    by_id = {row.remote_id: row for row in rows}
    views_of: dict[tuple[str, ...], str] = {}
    needs: dict[str, str] = {}
    for each in desired:
        if each.key.kind != OFFER:
            continue
        row = by_id.get(each.adopt) if each.adopt else by_key.get(each.key)
        if row is None:
            continue
        shape = (*each.fields, *each.unsynced)
        views = views_of.get(shape)
        if views is None:
            views = views_of[shape] = _views(kind, shape)
        if not views and _may_revive(each, row):
            views = "detail"
        if views:
            needs[row.remote_id] = views
    return needs


def _may_revive(desired: Desired, row: Live) -> bool:
    """Who ended an offer is only in its detail."""
    return desired.fields.get("stock.status") == "active" and row.fields.get("stock.status") == "ended"


def _views(kind: KindSpec, paths: Iterable[str]) -> str:
    found: set[str] = set()
    for path in paths:
        known = kind.field(path)
        if known is not None and "list" not in known.views:
            found.update(known.views)
    return " ".join(sorted(found))


def _still_good(kept: Detail, live: Live, views: str, now: datetime) -> bool:
    if live.fields.get("stock.status") == "draft":
        return False  # drafts raise no events
    if not set(views.split()) <= set(kept.views.split()):
        return False
    return kept.row == _row_digest(live) and now - datetime.fromisoformat(kept.read_at) < _OLDEST


def _row_digest(live: Live) -> str:
    """Digest what the list shows and what moves with details; price, stock and status move on their own."""
    told = {path: value for path, value in live.fields.items() if not path.startswith(("price.", "stock."))}
    told["first_image"] = live.facts.get("first_image")
    told["status"] = live.fields.get("stock.status")
    return hashlib.blake2b(orjson.dumps(told, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()


def _merged(live: Live, kept: Detail) -> Live:
    body = orjson.loads(kept.body)
    return replace(
        live, fields={**body["fields"], **live.fields}, facts={**body["facts"], **live.facts}, detailed=True
    )


def _labelled(opened: Session, kind: KindSpec, live: Live) -> Live:
    """Give references their names of today: what is stored holds ids, since objects may be renamed."""
    for path, known in kind.fields.items():
        value = live.fields.get(path) if known.refers and "list" not in known.views else None
        if not value:
            continue
        names = opened.labels.get(known.refers, {})
        told = (
            [names.get(v[1:], v) for v in value] if isinstance(value, list) else names.get(value[1:], value)
        )
        live.fields[path] = told  # type: ignore[index]  # the mapping was made by `_merged` a moment ago
    return live


async def _read_details(
    opened: Session, kind: KindSpec, complete: list[Live], to_read: list[tuple[int, Live, str]]
) -> None:
    if not to_read:
        return
    opened.progress.start("reading offers in full", len(to_read))
    now = opened.clock.now().isoformat()
    batch: list[Detail] = []
    unlabelled = replace(opened.reading(), labels={})

    async def one(index: int, row: Live, views: str) -> None:
        found = await opened.ask(opened.provider.read(unlabelled, OFFER, row.remote_id, views.split()))
        opened.progress.advance()
        if found is None:
            return
        detail = _detail(kind, found, row, views, now)
        complete[index] = _labelled(opened, kind, _merged(row, detail))
        batch.append(detail)
        if len(batch) >= 500:
            _flush(opened, batch)

    await gather([_call(one, *each) for each in to_read], _PARALLEL)
    _flush(opened, batch)
    opened.progress.finish()


def _flush(opened: Session, batch: list[Detail]) -> None:
    opened.cache.store(opened.account.name, OFFER, batch)
    batch.clear()


def _call(function: Any, *arguments: Any) -> Any:
    async def call() -> Any:
        return await function(*arguments)

    return call


def _detail(kind: KindSpec, live: Live, row: Live, views: str, now: str) -> Detail:
    """Keep what the list does not show: no money is among it, so JSON is loss-free."""
    fields = {p: v for p, v in live.fields.items() if (s := kind.field(p)) is None or "list" not in s.views}
    facts = {name: value for name, value in live.facts.items() if name not in row.facts}
    body = orjson.dumps({"fields": fields, "facts": facts})
    return Detail(live.remote_id, _row_digest(row), now, views, body)


async def _moved(opened: Session) -> tuple[frozenset[str], bool]:
    """Ask which offers had events since the last time, and remember where we are."""
    now = opened.clock.now()
    kept = opened.cache.lookup(_EVENTS, opened.account.name)
    since = kept[1].decode() if kept else ""
    moved, last, follows = await opened.ask(opened.provider.moved(since))
    opened.cache.drop(opened.account.name, OFFER, moved)
    opened.cache.keep(_EVENTS, opened.account.name, now.isoformat(), last.encode())
    if kept is None:
        return moved, False
    # Events live for a day: all of them are a gapless record when we looked less than a day ago.
    recent = now - datetime.fromisoformat(kept[0]) < _EVENTS_KEPT
    return moved, recent and (follows or not since)


# --- products --------------------------------------------------------------------------------------------------


async def _with_products(opened: Session, desired: Iterable[Desired], offers: tuple[Live, ...]) -> tuple[Live, ...]:
    """Where a document names a GTIN that the live products do not show, ask the catalogue whose it is."""
    by_key = {each.key: each for each in offers}
    by_id = {each.remote_id: each for each in offers}
    for each in desired:
        if each.key.kind == OFFER:
            live = by_id.get(each.adopt) if each.adopt else by_key.get(each.key)
            if live is not None:
                await explain_products(opened, {**each.unsynced, **each.fields}, live)
    return offers


async def explain_products(opened: Session, wanted: Mapping[str, Any], live: Live) -> None:
    """Add the GTINs that were asked for to the live products that the catalogue says they belong to."""
    products = _products(live.fields)
    shown = {gtin for product in products for gtin in product.get("gtins", ())}
    for product in _products(wanted):
        gtin = product.get("gtin")
        if not gtin or gtin in shown or not products:
            continue
        found = await product_of(opened, gtin)
        for there in products:
            if there["id"] == found:
                there["gtins"] = [*there.get("gtins", ()), gtin]


def _products(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    main = fields.get("content.product")
    return [*([main] if main else ()), *(item["product"] for item in fields.get("bundle.items") or ())]
