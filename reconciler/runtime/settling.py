"""What a run has made true, field by field, from its own rows: so that the next plan can tell drift from a change.

`recording` does the same from the documents after an apply. An undo and a resync write something else than all
that the documents say, so they are remembered by what they wrote; so is what arrives after the end of its run.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from reconciler.engine.settling import arrived
from reconciler.model.changes import Change, Verb
from reconciler.model.offers import OFFER, Desired, Key, Live, Snapshot
from reconciler.model.outcomes import Accepted, Outcome, Result
from reconciler.model.spec import Shape
from reconciler.model.values import Value, digest
from reconciler.runtime.forgotten import GRACE
from reconciler.runtime.images import addressed
from reconciler.runtime.ledger.runs import Run
from reconciler.runtime.session import Session

#: An accepted write is looked for so long: the marketplace forgets its operations after a week (facts: #8997).
_LOOKED_FOR = timedelta(days=7)


def accepted(opened: Session, snapshot: Snapshot) -> tuple[Accepted, ...]:
    """Return what was written to all that does not show its newest values yet, as these read back."""
    images = opened.ledger.images(opened.account.name)
    written = opened.ledger.acceptances.writes(opened.account.name, opened.clock.now() - _LOOKED_FOR)
    return tuple(
        replace(each, target=replace(each.target, after=_as_read(each.target.after, images)))
        for each in (*written, *_trailed(opened, snapshot))
    )


def _trailed(opened: Session, snapshot: Snapshot) -> list[Accepted]:
    """Return what was written to offers whose list row still shows what an edit has replaced.

    An edit is read back from the offer itself, and the list trails it (facts: #10367). Where the offer was read in
    full that is what counts; where the row is all that was read, it is not believed against what we have seen.
    """
    since = opened.clock.now() - GRACE
    rows = {each.remote_id: each for each in snapshot.live if each.kind == OFFER and not each.detailed}
    single = (o.name for o in opened.spec.kinds[OFFER].operations.values() if o.shape is Shape.SINGLE)
    edits = opened.ledger.acceptances.applied(opened.account.name, OFFER, single, since)
    stale = {each.target.key for each in edits if _shows_before(rows.get(each.target.remote_id or ""), each)}
    return opened.ledger.acceptances.applied_to(stale, since)


def _shows_before(row: Live | None, write: Accepted) -> bool:
    return row is not None and any(
        path in row.fields and row.fields[path] == write.target.before.get(path) != value
        for path, value in write.target.after.items()
    )


def _as_read(after: Mapping[str, Value], images: Mapping[str, str]) -> dict[str, Value]:
    return {path: addressed(value, images) for path, value in after.items()}


def look_again(opened: Session) -> int:
    """Open the runs again that left rows settling, so that these are read back; return how many."""
    since = opened.clock.now() - timedelta(hours=opened.spec.settling_hours)
    return opened.ledger.acceptances.reopen(opened.account.name, since)


def note_arrivals(
    opened: Session, writes: Iterable[Accepted], snapshot: Snapshot, desired: Iterable[Desired]
) -> None:
    """Record which accepted writes show now: their runs were right, and what has a document is ours."""
    found = arrived(writes, snapshot.live, opened.spec)
    if not found:
        return
    opened.ledger.acceptances.arrived(found, opened.clock.now().isoformat())
    written: dict[Key, dict[str, str]] = {}
    for each in found:
        written.setdefault(each.target.key, {}).update(_digests(each.target.after))
    declared = {each.key for each in desired}
    ours = {e.target.key: e.target.remote_id or "" for e in found if e.target.key in declared}
    opened.ledger.manage(_rows(opened, written, ours))


def settle(opened: Session, run: Run, outcomes: Iterable[Outcome]) -> None:
    """Remember the values that this run wrote to what is ours, and that what it created is ours."""
    applied = {(each.action, each.key) for each in outcomes if each.result is Result.APPLIED}
    written: dict[Key, dict[str, str]] = {}
    for operation in opened.ledger.runs.operations(run.id):
        for target in operation.action.targets:
            if (operation.action.id, target.key) in applied:
                written.setdefault(target.key, {}).update(_digests(target.after))
    ids = opened.ledger.runs.created(opened.account.name, run.id)
    created = {key: found for key in written if (found := ids.get((key.kind, key.name)))}
    opened.ledger.manage(_rows(opened, written, created))


def _digests(after: Mapping[str, Value]) -> dict[str, str]:
    return {path: digest(value)[:16] for path, value in after.items()}


def _rows(
    opened: Session, written: Mapping[Key, Mapping[str, str]], ours: Mapping[Key, str]
) -> Iterable[tuple[Key, str, Mapping[str, str]]]:
    known = {**opened.ledger.managed(opened.account.name), **ours}
    for key, digests in written.items():
        if key in known:
            yield key, known[key], {**opened.ledger.settled(key), **digests}


def let_go(opened: Session, changes: Iterable[Change], outcomes: Iterable[Outcome]) -> None:
    """Forget what an undo has taken off the marketplace again."""
    applied = {each.key for each in outcomes if each.result is Result.APPLIED}
    gone = [each.key for each in changes if each.verb in (Verb.END, Verb.DELETE) and each.reason]
    opened.ledger.forget(key for key in gone if key in applied)
