"""The state of everything that is declared or on sale, by the planner's own comparison. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec.structs import replace

from reconciler.engine.diff import Scope, diff
from reconciler.engine.match import Matched
from reconciler.engine.memory import digest_of
from reconciler.model.changes import Verb
from reconciler.model.listed import Listed, ListedState
from reconciler.model.marks import Mark
from reconciler.model.memory import Baseline, Managed
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.spec import MarketplaceSpec

_BY_STATUS = {"ended": ListedState.ENDED, "draft": ListedState.DRAFT}


def declared(
    chosen: Iterable[Desired], matched: Matched, spec: MarketplaceSpec, scope: Scope, *, complete: bool
) -> Iterator[Listed]:
    """Yield a row for each of these documents, as a plan would find it."""
    pairs = {desired.key: live for desired, live in matched.pairs}
    for each in chosen:
        live = pairs.get(each.key)
        state = ListedState.AMBIGUOUS
        if live is not None:
            state = _compared(each, live, spec, scope)
        elif each.key in pairs:  # a short list says nothing about what it lacks
            state = ListedState.MISSING if complete else ListedState.UNCLEAR
        yield _row(each, state, spec, live.remote_id if live else None, _title(live))


def mistaken(
    rows: Iterable[Listed],
    wrong: Mapping[Key, Mark | None],
    claimed: Mapping[tuple[str, str], Key],
    *,
    unread: bool,
) -> Iterator[Listed]:
    """Yield the rows again: of what has a document with mistakes, or is `claimed` by one, nobody knows the state.

    With `unread` a file may declare anything, so nothing counts as without a document.
    """
    left = dict(wrong)
    for row in rows:
        kind = row.key.kind
        other = claimed.get((kind, row.remote_id or "")) or claimed.get((kind, row.key.name))
        key = other if other is not None and row.mark is None else row.key
        mark = left.pop(key, None)
        if key in wrong or (unread and row.mark is None):
            yield replace(row, key=key, state=ListedState.UNCLEAR, mark=row.mark or mark)
        else:
            yield row
    yield from (Listed(key=key, state=ListedState.UNCLEAR, mark=mark) for key, mark in left.items())


def declared_offline(
    chosen: Iterable[Desired], spec: MarketplaceSpec, baselines: Mapping[Key, Baseline]
) -> Iterator[Listed]:
    """Yield a row for each of these documents, by what was last true of it."""
    for each in chosen:
        known = baselines.get(each.key)
        state = ListedState.UNSEEN if known is None else ListedState.IN_SYNC
        if each.sourced and each.sourced.withheld:
            state = ListedState.UNCLEAR
        elif known is not None and any(known.digests.get(p) != digest_of(v) for p, v in each.fields.items()):
            state = ListedState.CHANGES
        yield _row(
            each, state, spec, known.remote_id if known else None, str(each.fields.get("content.title") or "")
        )


def undeclared(
    unmanaged: Iterable[Live], account: str, managed: Mapping[Key, Managed], released: Collection[Key]
) -> Iterator[Listed]:
    """Yield a row for each live offer without a document, and for what else is managed still."""
    ours = {(key.kind, each.remote_id): key for key, each in managed.items()}
    for live in unmanaged:
        key = ours.get((live.kind, live.remote_id))
        if key is None and live.kind != OFFER:
            continue
        where = key or live.key or Key(account, live.kind, live.remote_id)
        yield Listed(
            key=where, state=_without(live, key, where, released), remote_id=live.remote_id, title=_title(live)
        )


def undeclared_offline(
    desired: Iterable[Desired], managed: Mapping[Key, Managed], released: Collection[Key]
) -> Iterator[Listed]:
    """Yield a row for what is managed and has no document any more."""
    known = {each.key for each in desired}
    for key, each in managed.items():
        if key not in known:
            state = ListedState.RELEASED if key in released else ListedState.REMOVED
            yield Listed(key=key, state=state, remote_id=each.remote_id)


def _compared(desired: Desired, live: Live, spec: MarketplaceSpec, scope: Scope) -> ListedState:
    if live.unclear(desired.fields) or (desired.sourced and desired.sourced.withheld):
        return ListedState.UNCLEAR
    found = diff(desired, live, spec.kinds[desired.key.kind], scope)
    if found.change is None:
        return ListedState.FROZEN if found.differs else ListedState.IN_SYNC
    if found.change.verb is Verb.REPORT:
        return ListedState.LEFT
    return ListedState.HELD if all(each.held for each in found.change.fields) else ListedState.CHANGES


def _without(live: Live, managed: Key | None, key: Key, released: Collection[Key]) -> ListedState:
    if key in released:
        return ListedState.RELEASED
    status = _BY_STATUS.get(str(live.fields.get("stock.status")))
    if managed is not None and status is not ListedState.ENDED:
        return ListedState.REMOVED
    return status or ListedState.UNMANAGED


def _row(desired: Desired, state: ListedState, spec: MarketplaceSpec, remote_id: str | None, title: str) -> Listed:
    return Listed(
        key=desired.key,
        state=state,
        remote_id=remote_id,
        title=title,
        modules=_modules(desired, spec),
        mark=desired.origin("name").mark,
        document=desired.document,
    )


def _modules(desired: Desired, spec: MarketplaceSpec) -> tuple[Module, ...]:
    kind = spec.kinds[desired.key.kind]
    if kind.module is not None:
        return (kind.module,) if desired.fields else ()
    found = {field.module for path in desired.fields if (field := kind.field(path)) is not None}
    besides = {*desired.besides.modules("equal")} if desired.besides is not None else frozenset()
    return tuple(module for module in Module if module in found or module in besides)


def _title(live: Live | None) -> str:
    return str((live.fields.get("content.title") if live else "") or "")
