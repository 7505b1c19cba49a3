"""Around a run: what is ours, and which values were last seen true. It tells drift from a change later.

What a run writes is remembered from its rows (`settling`); here is what only the documents and the plan know.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from reconciler.model.offers import Desired, Key
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.plan import AccountPlan
from reconciler.model.values import digest
from reconciler.runtime.session import Session

_Row = tuple[Key, str, Mapping[str, str]]


def record_matched(opened: Session, wanted: Iterable[Desired], part: AccountPlan) -> None:
    """Before a run: what is as declared is ours. Whoever finishes the run after a crash could not tell."""
    changed = {change.key for change in part.changes}
    known = opened.ledger.managed(opened.account.name)
    opened.ledger.manage(_rows(opened, (each for each in wanted if each.key not in changed), part, known))


def record(opened: Session, wanted: Iterable[Desired], part: AccountPlan, outcomes: Iterable[Outcome]) -> None:
    """After a run: what was changed is as declared now, in all its fields."""
    results = _results(outcomes)
    changed = {change.key for change in part.changes if results.get(change.key) == {Result.APPLIED}}
    known = opened.ledger.managed(opened.account.name)
    opened.ledger.manage(_rows(opened, (each for each in wanted if each.key in changed), part, known))


def _results(outcomes: Iterable[Outcome]) -> dict[Key, set[Result]]:
    results: dict[Key, set[Result]] = defaultdict(set)
    for outcome in outcomes:
        results[outcome.key].add(outcome.result)
    return results


def _rows(
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
