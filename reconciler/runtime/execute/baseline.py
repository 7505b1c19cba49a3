"""What a run has made true, field by field, from its own rows: so that the next plan can tell drift from a change.

Nothing is needed but the ledger, so whoever finishes a run settles it, before it is called finished: an apply, an
undo that another process began, a resync; so is what arrives after the end of its run. `record`
adds what the documents say beside it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from reconciler.engine.settling import arrived
from reconciler.model.offers import Desired, Key, Snapshot
from reconciler.model.outcomes import Accepted, Outcome, Result
from reconciler.model.plan import AccountPlan
from reconciler.model.values import Value, digest
from reconciler.runtime.connection.session import Session
from reconciler.runtime.ledger.rows import Operation, Run

_Row = tuple[Key, str, Mapping[str, str]]

_Written = tuple[str, dict[str, str]]


def look_again(opened: Session) -> int:
    """Open the runs again that left rows settling, so that these are read back; return how many."""
    since = opened.clock.now() - timedelta(hours=opened.spec.settling_hours)
    return opened.ledger.pending.reopen(opened.account.name, since)


def note_arrivals(
    opened: Session, writes: Iterable[Accepted], snapshot: Snapshot, desired: Iterable[Desired]
) -> None:
    """Record which accepted writes show now: their runs were right, and what has a document is ours."""
    found = arrived(writes, snapshot.live, opened.spec)
    if not found:
        return
    opened.ledger.pending.arrived(found, opened.clock.now().isoformat())
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


def record_matched(opened: Session, wanted: Iterable[Desired], part: AccountPlan) -> None:
    """Before a run: what is as declared is ours. Whoever finishes the run after a crash could not tell."""
    changed = {change.key for change in part.changes}
    known = opened.ledger.managed(opened.account.name)
    opened.ledger.manage(_declared_rows(opened, (each for each in wanted if each.key not in changed), part, known))


def record(opened: Session, wanted: Iterable[Desired], part: AccountPlan, outcomes: Iterable[Outcome]) -> None:
    """After a run: what was changed is as declared now, in all its fields."""
    results = _results(outcomes)
    changed = {change.key for change in part.changes if results.get(change.key) == {Result.APPLIED}}
    known = opened.ledger.managed(opened.account.name)
    opened.ledger.manage(_declared_rows(opened, (each for each in wanted if each.key in changed), part, known))


def _results(outcomes: Iterable[Outcome]) -> dict[Key, set[Result]]:
    results: dict[Key, set[Result]] = defaultdict(set)
    for outcome in outcomes:
        results[outcome.key].add(outcome.result)
    return results


def _declared_rows(
    opened: Session, wanted: Iterable[Desired], part: AccountPlan, known: Mapping[Key, str]
) -> Iterable[_Row]:
    for desired in wanted:
        key = desired.key
        remote_id = (
            opened.created.get((key.kind, key.name))
            or desired.adopt
            or part.references.get(key.kind, {}).get(key.name)
            or known.get(key)
        )
        if remote_id is not None:
            yield key, remote_id, _seen_true(opened, desired, part)


def _seen_true(opened: Session, desired: Desired, part: AccountPlan) -> dict[str, str]:
    """What settles has not been seen true: of it stays known what was seen before."""
    waiting = {each.path for one in part.settling if one.change.key == desired.key for each in one.change.fields}
    found = {path: digest(value)[:16] for path, value in desired.fields.items() if path not in waiting}
    if waiting:
        found |= {path: seen for path, seen in opened.ledger.settled(desired.key).items() if path in waiting}
    return found
