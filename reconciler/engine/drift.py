"""Which differences are drift: three-way, by what is declared, live and was last true. Pure, linear."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from reconciler.model.changes import CREATED_AGAIN, Change, FieldChange, Verb
from reconciler.model.drift import Drifted, DriftSide
from reconciler.model.memory import Baseline
from reconciler.model.offers import Key
from reconciler.model.plan import AccountPlan, Plan
from reconciler.model.values import digest

#: Verbs that put back what somebody changed there, when all of their fields are drift.
_PUT_BACK = frozenset({Verb.UPDATE, Verb.ACTIVATE, Verb.END})


def drifted(part: AccountPlan, baselines: Mapping[Key, Baseline]) -> Iterator[Drifted]:
    """Yield what has moved on the marketplace, in the order of the plan. What was never the same is none of it."""
    for change in part.changes:
        told = Drifted(key=change.key, remote_id=change.remote_id, moved=DriftSide.GONE, title=change.title)
        if change.verb is Verb.CREATE:
            if change.reason == CREATED_AGAIN:
                yield told
            continue
        remembered = baselines.get(change.key)
        for field in change.fields:
            if moved := _moved(field, remembered):
                yield replace(told, moved=moved, field=field)


def _moved(field: FieldChange, remembered: Baseline | None) -> DriftSide | None:
    if field.drift:
        return DriftSide.LIVE
    last = remembered.digests.get(field.path) if remembered else None
    if last is None or last in {digest(field.after)[:16], digest(field.before)[:16]}:
        return None  # never the same, ended by sales, or changed in the documents only
    return DriftSide.BOTH


def drift_of(plan: Plan) -> Plan:
    """Return the changes of a plan that put drift back, and no others: nothing is created or let go."""
    return replace(
        plan,
        accounts=tuple(
            replace(part, changes=tuple(filter(None, map(_put_back, part.changes))), released=())
            for part in plan.accounts
        ),
    )


def _put_back(change: Change) -> Change | None:
    fields = tuple(each for each in change.fields if each.drift)
    whole = change.verb is Verb.UPDATE or len(fields) == len(change.fields)
    return replace(change, fields=fields) if fields and whole and change.verb in _PUT_BACK else None
