"""After a run: what is ours now, and which values were last seen true. It tells drift from a change later."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from reconciler.model.changes import Verb
from reconciler.model.offers import Desired, Key
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.plan import AccountPlan
from reconciler.model.values import digest
from reconciler.runtime.session import Session


def record(opened: Session, wanted: Iterable[Desired], part: AccountPlan, outcomes: Iterable[Outcome]) -> None:
    """Remember every matched resource as ours, and forget what was ended because its document was removed."""
    results = _results(outcomes)
    changed = {change.key: change for change in part.changes}
    known = opened.ledger.managed(opened.account.name)
    rows, gone = [], []
    for key, change in changed.items():
        if change.verb in (Verb.END, Verb.DELETE) and change.reason and results.get(key) == {Result.APPLIED}:
            gone.append(key)
    for desired in wanted:
        row = _managed_row(opened, desired, part, changed, results, known)
        if row is not None:
            rows.append(row)
    opened.ledger.manage(rows)
    opened.ledger.forget(gone)


def _results(outcomes: Iterable[Outcome]) -> dict[Key, set[Result]]:
    results: dict[Key, set[Result]] = defaultdict(set)
    for outcome in outcomes:
        results[outcome.key].add(outcome.result)
    return results


def _managed_row(
    opened: Session,
    desired: Desired,
    part: AccountPlan,
    changed: Mapping[Key, object],
    results: Mapping[Key, set[Result]],
    known: Mapping[Key, str],
) -> tuple[Key, str, Mapping[str, str]] | None:
    key = desired.key
    applied = results.get(key) == {Result.APPLIED}
    if key in changed and not applied:
        return None
    remote_id = (
        opened.created.get((key.kind, key.name))
        or desired.adopt
        or part.references.get(key.kind, {}).get(key.name)
        or known.get(key)
    )
    if remote_id is None:
        return None
    return key, remote_id, _seen_true(opened, desired, part)


def _seen_true(opened: Session, desired: Desired, part: AccountPlan) -> dict[str, str]:
    """What settles has not been seen true: of it stays known what was seen before."""
    waiting = {each.path for one in part.settling if one.change.key == desired.key for each in one.change.fields}
    found = {path: digest(value)[:16] for path, value in desired.fields.items() if path not in waiting}
    if waiting:
        found |= {path: seen for path, seen in opened.ledger.settled(desired.key).items() if path in waiting}
    return found
