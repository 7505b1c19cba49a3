"""What a run has made true, field by field, from its own rows: so that the next plan can tell drift from a change.

Nothing is needed but the ledger, so whoever finishes a run settles it, before it is called finished: an apply, an
undo that another process began, a resync. `recording` adds what the documents say beside it.
"""

from collections.abc import Iterable, Mapping

from reconciler.model.offers import Key
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.values import digest
from reconciler.runtime.ledger.runs import Operation, Run
from reconciler.runtime.session import Session

_Written = tuple[str, dict[str, str]]


def settle(opened: Session, run: Run, operations: Iterable[Operation], outcomes: Iterable[Outcome]) -> None:
    """Remember what this run wrote, and forget what it took off the account for good.

    What an apply wrote to is ours from then on. An undo and a resync write only to what is ours already, or was.
    """
    written = _written(operations, outcomes)
    gone = {Key(run.account, kind, name) for kind, name in run.context["gone"]}
    kept = {key: each for key, each in written.items() if key not in gone}
    opened.ledger.manage(_rows(opened, run, kept))
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
                digests.update({path: digest(value)[:16] for path, value in target.after.items()})
    return written


def _rows(
    opened: Session, run: Run, written: Mapping[Key, _Written]
) -> Iterable[tuple[Key, str, Mapping[str, str]]]:
    known = opened.ledger.managed(run.account)
    for key, (remote_id, digests) in written.items():
        if key in known or run.purpose == "apply":
            yield key, known.get(key, remote_id), {**opened.ledger.settled(key), **digests}
