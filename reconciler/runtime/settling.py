"""What a run has made true, field by field, from its own rows: so that the next plan can tell drift from a change.

`recording` does the same from the documents after an apply. An undo and a resync write something else than all
that the documents say, so they are remembered by what they wrote.
"""

from collections.abc import Iterable, Mapping

from reconciler.model.changes import Change, Verb
from reconciler.model.offers import Key
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.values import digest
from reconciler.runtime.ledger.runs import Run
from reconciler.runtime.session import Session


def settle(opened: Session, run: Run, outcomes: Iterable[Outcome]) -> None:
    """Remember the values that this run wrote to what is ours already."""
    applied = {(each.action, each.key) for each in outcomes if each.result is Result.APPLIED}
    written: dict[Key, dict[str, str]] = {}
    for operation in opened.ledger.runs.operations(run.id):
        for target in operation.action.targets:
            if (operation.action.id, target.key) in applied:
                digests = {path: digest(value)[:16] for path, value in target.after.items()}
                written.setdefault(target.key, {}).update(digests)
    opened.ledger.manage(_rows(opened, written))


def _rows(
    opened: Session, written: Mapping[Key, Mapping[str, str]]
) -> Iterable[tuple[Key, str, Mapping[str, str]]]:
    known = opened.ledger.managed(opened.account.name)
    for key, digests in written.items():
        if key in known:
            yield key, known[key], {**opened.ledger.settled(key), **digests}


def let_go(opened: Session, changes: Iterable[Change], outcomes: Iterable[Outcome]) -> None:
    """Forget what an undo has taken off the marketplace again."""
    applied = {each.key for each in outcomes if each.result is Result.APPLIED}
    gone = [each.key for each in changes if each.verb in (Verb.END, Verb.DELETE) and each.reason]
    opened.ledger.forget(key for key in gone if key in applied)
