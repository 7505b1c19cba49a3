"""What a run leaves in memory. All of it comes from `engine.memory.remember`, and goes to the ledger from here.

Nothing is needed but the ledger, so whoever finishes a run settles it, before it is called finished: an apply, an
undo that another process began, a resync; so does what arrives after the end of its run.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from reconciler.engine.memory import RunFacts, remember, written_by
from reconciler.engine.settling import arrived
from reconciler.model.memory import Baseline, Compared, Managed, Remembered, Written
from reconciler.model.offers import Key, Snapshot
from reconciler.model.outcomes import Accepted, Outcome
from reconciler.model.plan import AccountPlan
from reconciler.runtime.connection.session import Session
from reconciler.runtime.ledger.rows import Operation, Run


def look_again(opened: Session) -> int:
    """Open the runs again that left rows settling, so that these are read back; return how many."""
    since = opened.clock.now() - timedelta(hours=opened.spec.settling_hours)
    return opened.ledger.pending.reopen(opened.place, since)


def remember_compared(opened: Session, run: Run, part: AccountPlan) -> int:
    """Before a run: remember what the plan compared; return how many resources are managed from now on.

    What documents let go is let go.

    What the run will write to is remembered as far as it was equal; the rest when it has been read back.
    """
    opened.ledger.release(opened.place, part.released)
    return _keep(opened, _remembered(opened, run, part.compared, {}))


def keep_compared(opened: Session, purpose: str, compared: Iterable[Compared]) -> None:
    """Remember what was compared outside of any run: that makes nothing managed."""
    at = opened.clock.now().isoformat(timespec="milliseconds")
    facts = RunFacts(purpose=purpose, project=opened.place.project, run_id="", at=at)
    seen = list(compared)
    _keep(opened, remember(seen, {}, _known(opened, seen, ()), facts))


def settle(opened: Session, run: Run, operations: Iterable[Operation], outcomes: Iterable[Outcome]) -> int:
    """Remember what this run wrote, and let go of what it took off the account for good.

    Return how many resources are managed from now on.
    """
    written = written_by((each.action for each in operations), outcomes)
    return _keep(opened, _remembered(opened, run, opened.ledger.runs.compared(run.id), written))


def note_arrivals(opened: Session, writes: Iterable[Accepted], snapshot: Snapshot) -> None:
    """Record which accepted writes show now: their runs were right, and remember what they had written."""
    found = arrived(writes, snapshot.live, opened.spec)
    if not found:
        return
    opened.ledger.pending.arrived(found, opened.clock.now().isoformat())
    by_run: dict[str, dict[Key, Written]] = defaultdict(dict)
    for each in found:
        target, mine = each.target, by_run[each.run_id]
        before = mine[target.key].after if target.key in mine else {}
        mine[target.key] = Written(remote_id=target.remote_id or "", after={**before, **target.after})
    for run_id, written in by_run.items():
        run = opened.ledger.runs.by_id(run_id)
        compared = [each for each in opened.ledger.runs.compared(run_id) if each.key in written]
        _keep(opened, _remembered(opened, run, compared, written))


def _remembered(
    opened: Session, run: Run, compared: Iterable[Compared], written: Mapping[Key, Written]
) -> Remembered:
    facts = RunFacts(
        purpose=run.purpose,
        project=run.project,
        run_id=run.id,
        at=run.started_at,
        gone=_keys(run, "gone"),
        regained=_keys(run, "regained"),
    )
    seen = list(compared)
    return remember(seen, written, _known(opened, seen, written), facts)


def _known(
    opened: Session, compared: Iterable[Compared], written: Iterable[Key]
) -> Callable[[Key], Baseline | None]:
    """Return how to find what is remembered already of these, also under the names that they had before."""
    keys = {*written}
    for each in compared:
        keys.add(each.key)
        if each.moved_from:
            keys.add(Key(each.key.account, each.key.kind, each.moved_from))
    return opened.ledger.baselines_of(opened.place, keys).get


def _keys(run: Run, name: str) -> frozenset[Key]:
    return frozenset(Key(run.account, kind, plain) for kind, plain in run.context.get(name, ()))


def _keep(opened: Session, remembered: Remembered) -> int:
    ledger, place = opened.ledger, opened.place
    ledger.keep_baselines(place, remembered.baselines)
    ledger.forget_baselines(place, remembered.forgotten)
    before = ledger.managed(place)
    by_id = {(key.kind, each.remote_id): each for key, each in before.items()}
    known = {
        each.key: before.get(each.key) or by_id.get((each.key.kind, each.remote_id)) for each in remembered.managed
    }
    ledger.manage(place, (_since(each, known[each.key]) for each in remembered.managed))
    ledger.release(place, remembered.taken, of_others=True)
    ledger.release(place, remembered.released)
    return sum(each is None for each in known.values())


def _since(each: Managed, known: Managed | None) -> Managed:
    """What got another name is managed since it had the old one."""
    return replace(each, since=known.since, run_id=known.run_id) if known else each
