"""Whether a plan file can be what this program planned: it may have been written by anybody. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.engine.canonical import canonical
from reconciler.engine.diff import verb_of
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.memory import Compared
from reconciler.model.offers import EXTERNAL_ID, NAME, OFFER, Key
from reconciler.model.plan import AccountPlan, Plan
from reconciler.model.spec import FieldSpec, KindSpec, MarketplaceSpec, Type
from reconciler.model.values import Gain, Money, Value, canonical_json

#: What a verb must be able to name: what is there already has an id, what is new has none.
_OF_THE_LIVE = frozenset({Verb.UPDATE, Verb.ACTIVATE, Verb.END, Verb.ADOPT, Verb.RENAME, Verb.DELETE})
#: What a canonical value of a type is in Python, where it is neither a list nor a mapping.
_PLAIN: Mapping[Type, type] = {
    Type.MONEY: Money,
    Type.INTEGER: int,
    Type.BOOLEAN: bool,
    Type.TEXT: str,
    Type.PLAIN: str,
    Type.HTML: str,
    Type.ENUM: str,
    Type.STATUS: str,
    Type.DURATION: str,
    Type.REFERENCE: str,
}


def misfits_of_all(plan: Plan) -> tuple[str, ...]:
    """Say what no plan that is applied can be as a whole: a resync is never saved, and an undo names its run."""
    found = []
    if plan.purpose not in ("apply", "undo"):
        found.append(f"its purpose is {plan.purpose}")
    if (plan.purpose == "undo") != bool(plan.undoes):
        found.append(f"its purpose is {plan.purpose}, and the run that it undoes is {plan.undoes or 'none'}")
    found.extend(f"account {each} stands in it twice" for each in _twice([part.account for part in plan.accounts]))
    found.extend(f"source {each} stands in it twice" for each in _twice([each.name for each in plan.sources]))
    return (*found, *_of_no_source(plan))


def _twice(names: list[str]) -> list[str]:
    return sorted({each for each in names if names.count(each) > 1})


def _of_no_source(plan: Plan) -> Iterator[str]:
    """Yield the values that come from rows of a source that is not in the plan: nobody could read them again."""
    known = {each.name for each in plan.sources}
    fields = (each for part in plan.accounts for change in part.changes for each in change.fields if each.rows)
    named = {row.partition("/")[0] for each in fields for row in each.rows}
    yield from (f"values come from source {name}, of which it says nothing" for name in sorted(named - known))


def misfits(part: AccountPlan, spec: MarketplaceSpec) -> tuple[str, ...]:
    """Say which changes no plan can have, each in one sentence."""
    seen = set()
    found: list[str] = []
    for change in part.changes:
        kind = spec.kinds.get(change.key.kind)
        if kind is None:
            found.append(f"{spec.title} has no kind {change.key.kind}")
        elif change.key.account != part.account:
            found.append(f"{change.key} is of account {change.key.account}")
        elif change.key in seen:
            found.append(f"{change.key} stands in it twice")
        else:
            found.extend(f"{change.key}: {why}" for why in _of_one(change, kind))
        seen.add(change.key)
    found.extend(_of_memory(part, spec))
    return tuple(found)


def _of_memory(part: AccountPlan, spec: MarketplaceSpec) -> Iterator[str]:
    """What is remembered and let go is of this account and of kinds that are there, and told as it is compared."""
    keys = (*(each.key for each in part.compared), *part.released)
    yield from (f"{key} is of no kind of account {part.account}" for key in keys if not _is_here(key, part, spec))
    for each in part.compared:
        if _is_here(each.key, part, spec) and not _is_comparison(each, spec.kinds[each.key.kind]):
            yield f"{each.key}: nothing is compared so"


def _is_here(key: Key, part: AccountPlan, spec: MarketplaceSpec) -> bool:
    return key.account == part.account and key.kind in spec.kinds


def _is_comparison(each: Compared, kind: KindSpec) -> bool:
    paths = {*each.equal, *each.differ, *each.declared} - kind.fields.keys()
    numbers = all(value is None or type(value) is int for value in each.declared.values())
    apart = each.equal.keys().isdisjoint(each.differ)
    return numbers and apart and all(path == NAME or kind.field(path) for path in paths)


def _of_one(change: Change, kind: KindSpec) -> Iterable[str]:
    if (change.remote_id is None) == (change.verb in _OF_THE_LIVE):
        yield f"the verb {change.verb} does not go with the id {change.remote_id}"
    if change.verb is Verb.DELETE and kind.deletable == "":
        yield f"a {kind.label} cannot be deleted"
    for each in change.fields:
        if why := _wrong_field(each, change, kind):
            yield why
    if change.verb not in (Verb.CREATE, Verb.DELETE, Verb.REPORT) and change.verb is not verb_of(change.fields):
        yield f"the verb {change.verb} does not go with its fields"


def _wrong_field(each: FieldChange, change: Change, kind: KindSpec) -> str:
    if each.path == EXTERNAL_ID:
        may = change.verb in (Verb.ADOPT, Verb.RENAME, Verb.END) and kind.name == OFFER
        return "" if may and each.after == change.key.name else "only an adoption or a renaming writes the key"
    if each.path == NAME and kind.field(NAME) is None:
        return ""  # the name of a named object: held or renamed as a whole
    known = kind.field(each.path)
    if known is None:
        return f"there is no field `{each.path}`"
    if known.module is not each.module:
        return f"`{each.path}` is not of the module {each.module}"
    fits = each.after is None or _is_value(known, each.after, kind)
    return "" if fits else f"`{each.path}` cannot be {canonical_json(each.after):.60}"


def _is_value(known: FieldSpec, value: Value, kind: KindSpec) -> bool:
    """Tell whether a field can have such a value: what it cannot have would end a run in the middle, each time."""
    if isinstance(value, Gain):
        return any(kind.operations[name].differences for name in known.by)
    plain = _PLAIN.get(known.type)
    if type(value) is not plain if plain else not isinstance(value, list | tuple | Mapping):
        return False
    try:
        canonical(known, value)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return True
