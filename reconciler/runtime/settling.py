"""What a run has made true, field by field, from its own rows: so that the next plan can tell drift from a change.

Nothing is needed but the ledger, so whoever finishes a run settles it, before it is called finished: an apply, an
undo that another process began, a resync; so is what arrives after the end of its run. `recording` adds what the
documents say beside it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from reconciler.engine.settling import arrived
from reconciler.model.offers import OFFER, Desired, Key, Live, Snapshot
from reconciler.model.outcomes import Accepted, Outcome, Result
from reconciler.model.spec import Shape
from reconciler.model.values import Value, digest
from reconciler.runtime.forgotten import GRACE
from reconciler.runtime.images import addressed
from reconciler.runtime.ledger.runs import Operation, Run
from reconciler.runtime.session import Session

#: An accepted write is looked for so long: the marketplace forgets its operations after a week (facts: #8997).
_LOOKED_FOR = timedelta(days=7)

_Written = tuple[str, dict[str, str]]


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
    declared = {each.key for each in desired}
    written: dict[Key, _Written] = {}
    for each in found:
        _, digests = written.setdefault(each.target.key, (each.target.remote_id or "", {}))
        digests.update(_digests(each.target.after))
    opened.ledger.manage(_rows(opened, written, ours=declared))


def settle(opened: Session, run: Run, operations: Iterable[Operation], outcomes: Iterable[Outcome]) -> None:
    """Remember what this run wrote, and forget what it took off the account for good.

    What an apply wrote to is ours from then on. An undo and a resync write only to what is ours already, or was.
    """
    written = _written(operations, outcomes)
    gone = {Key(run.account, kind, name) for kind, name in run.context["gone"]}
    kept = {key: each for key, each in written.items() if key not in gone}
    opened.ledger.manage(_rows(opened, kept, ours=kept.keys() if run.purpose == "apply" else ()))
    opened.ledger.forget(key for key in written if key in gone)


def _written(operations: Iterable[Operation], outcomes: Iterable[Outcome]) -> dict[Key, _Written]:
    """Gather the remote id and the digests of what was written by resource: it may stand in several operations."""
    applied = {(each.action, each.key): each for each in outcomes if each.result is Result.APPLIED}
    written: dict[Key, _Written] = {}
    for operation in operations:
        for target in operation.action.targets:
            outcome = applied.get((operation.action.id, target.key))
            remote_id = (outcome.remote_id or target.remote_id) if outcome else None
            if remote_id is not None:
                _, digests = written.setdefault(target.key, (remote_id, {}))
                digests.update(_digests(target.after))
    return written


def _digests(after: Mapping[str, Value]) -> dict[str, str]:
    return {path: digest(value)[:16] for path, value in after.items()}


def _rows(
    opened: Session, written: Mapping[Key, _Written], ours: Collection[Key]
) -> Iterable[tuple[Key, str, Mapping[str, str]]]:
    """Give what was written to what is known to be ours, or is so now."""
    known = opened.ledger.managed(opened.account.name)
    for key, (remote_id, digests) in written.items():
        if key in known or key in ours:
            yield key, known.get(key, remote_id), {**opened.ledger.settled(key), **digests}
