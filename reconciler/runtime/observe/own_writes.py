"""Full reads that are older than what we wrote ourselves: not every write raises an event, the ledger knows all.

An apply tells the cache beside it what it writes. Another checkout that shares the ledger has a cache that nobody
told, and so has one whose cache was put back from an earlier day.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from reconciler.engine.rereads import outdates
from reconciler.model.offers import OFFER
from reconciler.model.plan import Action
from reconciler.runtime.clock import SAME_TIME
from reconciler.runtime.connection.session import Session
from reconciler.runtime.observe.turns import OLDEST

_TOLD = "runs told"
#: No full read that is kept is believed for longer.
_LOOKED_BACK = OLDEST + timedelta(hours=1)
#: Later than every moment (ISO): what was sent and never recorded may arrive at any time.
_ALWAYS = "9999"


def forget_reads(opened: Session, actions: Iterable[Action]) -> None:
    """Let the next plan read again what is written, or may have been."""
    every = {each for action in actions for each in _outdated(opened, action)}
    every |= set(opened.names.created.values())
    opened.cache.drop(str(opened.place.site), OFFER, every, opened.clock.now())


def follow_writes(opened: Session) -> None:
    """Forget the full reads that are not younger than a write which the cache was not told of."""
    now, told = opened.clock.now(), _told(opened)
    lately = opened.ledger.runs.lately(opened.place, now - _LOOKED_BACK)
    unknown = [each for each in lately if each not in told]
    for run_id, _ in unknown:
        written: dict[str, str] = {}
        for operation, at in opened.ledger.runs.sent(run_id):
            moment = (datetime.fromisoformat(at) + SAME_TIME).isoformat() if at else _ALWAYS
            for remote_id in _outdated(opened, operation.action):
                written[remote_id] = max(moment, written.get(remote_id, ""))
        opened.cache.outdate(str(opened.place.site), OFFER, written, now)
    if unknown or told - {*lately}:
        _tell(opened, [each for each in lately if each[1]])


def tell_of(opened: Session, run_id: str) -> None:
    """Note that the cache was told of all that a run wrote, if the run has ended."""
    lately = opened.ledger.runs.lately(opened.place, opened.clock.now() - _LOOKED_BACK)
    _tell(opened, [*_told(opened), *(each for each in lately if each[0] == run_id and each[1])])


def _outdated(opened: Session, action: Action) -> Iterator[str]:
    kind = opened.spec.kinds.get(action.kind)
    operation = kind.operations.get(action.operation) if kind else None
    if kind is not None and operation is not None:
        for target in action.targets:
            if target.remote_id and outdates(operation, target, kind):
                yield target.remote_id


def _told(opened: Session) -> set[tuple[str, str]]:
    """Return id and end of the runs of which the cache was told."""
    kept = opened.cache.lookup(_TOLD, str(opened.place.site))
    return {(run_id, ended) for run_id, ended in json.loads(kept[1])} if kept else set()


def _tell(opened: Session, runs: Iterable[tuple[str, str]]) -> None:
    body = json.dumps(sorted(runs)).encode()
    opened.cache.keep(_TOLD, str(opened.place.site), opened.clock.now().isoformat(), body)
