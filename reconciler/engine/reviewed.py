"""What of a fresh plan a reviewed one contained: that part may be applied without another look. Pure, linear."""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.offers import Key
from reconciler.model.plan import AccountPlan, Plan
from reconciler.model.reviewed import NotReviewed, Unlike


class Reviewed(Struct, frozen=True):
    """The part of a fresh plan that was reviewed, what is left out of it, and what was reviewed and is gone."""

    plan: Plan
    left_out: tuple[NotReviewed, ...]
    gone: tuple[Key, ...]


def within(fresh: Plan, reviewed: Plan) -> Reviewed:
    """Return the changes of a plan that another one contained: the same resource, verb, fields and new values.

    What stands there now may differ. The fields of a module stay together: a status without its quantity would put
    on sale what nobody meant. What is created, ended, put on sale or deleted is the same as a whole, or left out.
    """
    read = {part.account: part for part in reviewed.accounts}
    parts, left_out = [], []
    for part in fresh.accounts:
        kept, out = _within(part.changes, read.get(part.account))
        parts.append(_narrowed(part, kept, out, read.get(part.account)))
        left_out.extend(out)
    there = {(change.key, path) for change in fresh.changes for path in _paths(change)}
    gone = tuple(
        each.key for each in reviewed.changes if not any((each.key, path) in there for path in _paths(each))
    )
    return Reviewed(replace(fresh, accounts=tuple(parts)), tuple(left_out), gone)


def _paths(change: Change) -> tuple[str, ...]:
    return tuple(each.path for each in change.fields) or ("",)


def _within(changes: Iterable[Change], read: AccountPlan | None) -> tuple[list[Change], list[NotReviewed]]:
    known = {change.key: change for change in read.changes} if read else {}
    kept: list[Change] = []
    left_out: list[NotReviewed] = []
    for change in changes:
        before = known.get(change.key)
        if change.verb is Verb.REPORT:
            kept.append(change)  # nothing is sent for it
        elif before is None:
            left_out.append(NotReviewed(change.key, Unlike.NEW))
        elif before.verb is not change.verb:
            left_out.append(NotReviewed(change.key, Unlike.VERB))
        else:
            fields, out = _same(change, before)
            if out:
                left_out.append(out)
            if fields or not change.fields:
                kept.append(change if out is None else replace(change, fields=fields))
    return kept, left_out


def _same(change: Change, before: Change) -> tuple[tuple[FieldChange, ...], NotReviewed | None]:
    """Return the fields that were reviewed as they are, and what of the others is left out."""
    wanted = {each.path: each.after for each in before.fields}
    unlike = [each for each in change.fields if each.path not in wanted or wanted[each.path] != each.after]
    if not unlike and (change.verb is Verb.UPDATE or wanted.keys() == {each.path for each in change.fields}):
        return change.fields, None
    spoiled = {each.module for each in unlike}
    kept = tuple(each for each in change.fields if each.module not in spoiled)
    out = tuple(each.path for each in change.fields if each.module in spoiled)
    if change.verb is not Verb.UPDATE:
        kept, out = (), tuple(each.path for each in change.fields)
    known = any(each.path in wanted for each in unlike) or change.verb is not Verb.UPDATE
    return kept, NotReviewed(change.key, Unlike.OTHER if known else Unlike.NEW, out)


def _narrowed(
    part: AccountPlan, kept: list[Change], left_out: list[NotReviewed], read: AccountPlan | None
) -> AccountPlan:
    """Return a part with these changes. Of what was left out whole nothing is remembered, and nothing let go."""
    whole: Mapping[Key, Unlike] = {each.key: each.why for each in left_out if not each.paths}
    released = set(read.released) if read else set()
    return replace(
        part,
        changes=tuple(kept),
        compared=tuple(each for each in part.compared if each.key not in whole),
        released=tuple(key for key in part.released if key in released),
    )
