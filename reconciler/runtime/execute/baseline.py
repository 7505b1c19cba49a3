"""What a run leaves in memory. All of it comes from `engine.memory.remember`, and goes to the ledger from here.

Nothing is needed but the ledger, so whoever finishes a run settles it, before it is called finished: an apply, an
undo that another process began, a resync; so does what arrives after the end of its run.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.engine.memory import RunFacts, remember, shifts_of, written_by
from reconciler.engine.overtaken import still_latest
from reconciler.engine.settling import arrived, weighed
from reconciler.engine.stock import QUANTITY, STATUS, look
from reconciler.engine.verify import missing_but_sold
from reconciler.engine.zero import as_planned
from reconciler.model.memory import Baseline, Compared, Counted, Managed, Remembered, Written
from reconciler.model.offers import OFFER, Key, Live, Snapshot
from reconciler.model.outcomes import Accepted, Outcome
from reconciler.model.plan import AccountPlan, Action, Target
from reconciler.runtime.clock import SAME_TIME
from reconciler.runtime.connection.session import Session
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.ledger.rows import Operation, Run
from reconciler.runtime.observe.prices import note_written


def look_again(opened: Session) -> int:
    """Open the runs again that left rows settling, so that these are read back; return how many."""
    since = opened.clock.now() - timedelta(hours=opened.spec.settling_hours)
    return opened.ledger.pending.reopen(opened.place, since)


def remember_compared(opened: Session, run: Run, part: AccountPlan) -> int:
    """Before a run: remember what the plan compared; return how many resources are managed from now on.

    What documents let go is let go. What the run will write to is remembered as far as it was equal; the rest when
    it has been read back. What was remembered anew since the plan was made stays as it is.
    """
    opened.ledger.release(opened.place, part.released)
    now = opened.clock.now()
    known = opened.ledger.baselines_of(opened.place, {each.key for each in part.compared}).get
    latest = still_latest(part.compared, known, datetime.fromisoformat(part.seen_at), now + SAME_TIME)
    return _keep(opened.ledger, opened.place, _remembered(opened, run, latest, {}), now)


def keep_compared(opened: Session, purpose: str, compared: Iterable[Compared]) -> None:
    """Remember what was compared outside of any run: that makes nothing managed."""
    keep_seen(opened.ledger, opened.place, purpose, compared, opened.clock.now())


def keep_seen(ledger: Ledger, place: Place, purpose: str, compared: Iterable[Compared], now: datetime) -> None:
    """Remember what was compared a moment ago, when the account is not open any more."""
    at = now.isoformat(timespec="milliseconds")
    facts = RunFacts(purpose=purpose, project=place.project, run_id="", at=at)
    seen = list(compared)
    _keep(ledger, place, remember(seen, {}, _known(ledger, place, seen, ()), facts), now)


def settle(
    opened: Session,
    run: Run,
    operations: Iterable[Operation],
    outcomes: Iterable[Outcome],
    row: Callable[[Target], Live | None] = lambda _target: None,
) -> int:
    """Remember what this run wrote, and let go of what it took off the account for good.

    `row` gives what this process has seen of a target last. Return how many resources are managed from now on.
    """
    kinds = opened.spec.kinds  # what has no document is nobody's to remember
    actions = [each.action for each in operations if not kinds[each.action.kind].implied]
    compared = opened.ledger.runs.compared(run.id)
    written = written_by(actions, outcomes, _looks(opened, compared, actions, row))
    note_written(opened, written)
    return _keep(opened.ledger, opened.place, _remembered(opened, run, compared, written), opened.clock.now())


def looks_of(opened: Session, run_id: str) -> dict[Key, Counted]:
    """Return the looks at stocks from which a run reckons, of the offers that it writes to."""
    return _counted(opened.ledger.runs.compared(run_id))


def _counted(compared: Iterable[Compared]) -> dict[Key, Counted]:
    return {each.key: each.counted for each in compared if each.counted}


def _looks(
    opened: Session, compared: Iterable[Compared], actions: Iterable[Action], row: Callable[[Target], Live | None]
) -> dict[Key, Counted]:
    """Return how the stocks were seen whose number has come: what was sold before is not missing from them."""
    then, now, found = _counted(compared), opened.clock.now(), {}
    for target in (target for action in actions for target in action.targets):
        seen = row(target) if isinstance(target.after.get(QUANTITY), int) else None
        if seen is None:
            continue
        kind = opened.spec.kinds[seen.kind]
        if QUANTITY not in missing_but_sold(target, seen, kind, then.get(target.key), now):
            found[target.key] = look(int(as_planned(target, seen, kind).fields[QUANTITY]), seen, now)
    return found


def note_arrivals(opened: Session, writes: Iterable[Accepted], snapshot: Snapshot) -> tuple[Accepted, ...]:
    """Record which accepted writes show now: their runs were right, and remember what they had written.

    Return the writes as they are known now.
    """
    writes, now = tuple(writes), opened.clock.now()
    remembered = opened.ledger.baselines_of(opened.place, {each.target.key for each in writes})
    known = weighed(writes, snapshot.live, opened.spec, _Plans(opened).of, remembered.get, now)
    found = arrived(known, snapshot.live, opened.spec)
    if not found:
        return known
    # Not a moment of this plan: what arrived before it was read is nothing that was written after it.
    opened.ledger.pending.arrived((write for write, _ in found), opened.seen_at.isoformat())
    by_run: dict[str, dict[Key, Written]] = defaultdict(dict)
    for write, seen in found:
        target, mine = write.target, by_run[write.run_id]
        before = mine.get(target.key, Written(remote_id=target.remote_id or ""))
        there = as_planned(target, seen, opened.spec.kinds[seen.kind])
        looked = look(int(there.fields[QUANTITY]), seen, now) if QUANTITY in target.after else before.counted
        mine[target.key] = replace(before, after={**before.after, **target.after}, counted=looked)
    for run_id, written in by_run.items():
        run = opened.ledger.runs.by_id(run_id)
        compared = [each for each in opened.ledger.runs.compared(run_id) if each.key in written]
        _keep(opened.ledger, opened.place, _remembered(opened, run, compared, written), now)
    shown = {(each.run_id, each.action, each.target.key) for each, _ in found}
    return tuple(
        replace(each, shown=True) if (each.run_id, each.action, each.target.key) in shown else each
        for each in known
    )


class _Plans(Struct):
    """What the plans of earlier runs saw, read once for each run that is asked for."""

    opened: Session
    _runs: dict[str, dict[Key, Compared]] = field(default_factory=dict)

    def of(self, write: Accepted) -> Compared | None:
        if write.run_id not in self._runs:
            compared = self.opened.ledger.runs.compared(write.run_id)
            self._runs[write.run_id] = {each.key: each for each in compared}
        return self._runs[write.run_id].get(write.target.key)


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
        shifts=shifts_of(opened.ledger.runs.compared(run.context["undoes"])) if run.context.get("undoes") else {},
    )
    seen = list(compared)
    return remember(seen, written, _known(opened.ledger, opened.place, seen, written), facts)


def _known(
    ledger: Ledger, place: Place, compared: Iterable[Compared], written: Iterable[Key]
) -> Callable[[Key], Baseline | None]:
    """Return how to find what is remembered already of these, also under the names that they had before."""
    keys = {*written}
    for each in compared:
        keys.add(each.key)
        if each.moved_from:
            keys.add(Key(each.key.account, each.key.kind, each.moved_from))
    return ledger.baselines_of(place, keys).get


def _keys(run: Run, name: str) -> frozenset[Key]:
    return frozenset(Key(run.account, kind, plain) for kind, plain in run.context.get(name, ()))


def _keep(ledger: Ledger, place: Place, remembered: Remembered, now: datetime) -> int:
    at = now.isoformat(timespec="milliseconds")
    ledger.keep_baselines(place, {key: replace(each, at=at) for key, each in remembered.baselines.items()})
    ledger.forget_baselines(place, remembered.forgotten)
    before = ledger.managed_before(place, remembered.managed)
    ledger.manage(place, (_since(each, before.get(each.key)) for each in remembered.managed))
    ledger.release(place, remembered.taken, of_others=True)
    ledger.release(place, remembered.released)
    return len({each.key for each in remembered.managed} - before.keys())


def _since(each: Managed, known: Managed | None) -> Managed:
    """What got another name is managed since it had the old one."""
    return replace(each, since=known.since, run_id=known.run_id) if known else each


def resumptions(opened: Session) -> Callable[[Key], int]:
    """Return how often each offer was resumed by us within the last day, though it had not run out."""
    by = opened.spec.kinds[OFFER].fields["stock.status"].by
    since = opened.clock.now() - timedelta(days=1)
    done = opened.ledger.pending.applied(opened.place, OFFER, by, since)
    resumed = [
        each
        for each in done
        if each.target.after.get(STATUS) == "active" and each.target.before.get(STATUS) == "ended"
    ]
    writes = opened.ledger.pending.applied_to(opened.place, {each.target.key for each in resumed}, since)
    ran_out = {(each.run_id, each.target.key) for each in writes if each.target.before.get(QUANTITY) == 0}
    found = Counter(each.target.key for each in resumed if (each.run_id, each.target.key) not in ran_out)
    return lambda key: found[key]
