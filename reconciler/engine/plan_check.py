"""Whether a plan file can be what this program planned: it may have been written by anybody. Pure."""

from collections.abc import Iterable

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.offers import EXTERNAL_ID, NAME, OFFER
from reconciler.model.plan import AccountPlan
from reconciler.model.spec import KindSpec, MarketplaceSpec

#: What a verb must be able to name: what is there already has an id, what is new has none.
_OF_THE_LIVE = frozenset({Verb.UPDATE, Verb.ACTIVATE, Verb.END, Verb.ADOPT, Verb.RENAME, Verb.DELETE})


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
    return tuple(found)


def _of_one(change: Change, kind: KindSpec) -> Iterable[str]:
    if (change.remote_id is None) == (change.verb in _OF_THE_LIVE):
        yield f"the verb {change.verb} does not go with the id {change.remote_id}"
    if change.verb is Verb.DELETE and kind.deletable == "":
        yield f"a {kind.label} cannot be deleted"
    for each in change.fields:
        if why := _wrong_field(each, change, kind):
            yield why


def _wrong_field(each: FieldChange, change: Change, kind: KindSpec) -> str:
    if each.path == EXTERNAL_ID:
        may = change.verb in (Verb.ADOPT, Verb.RENAME) and kind.name == OFFER
        return "" if may else "only an adoption or a renaming writes the key"
    if each.path == NAME and kind.field(NAME) is None:
        return ""  # the name of a named object: held or renamed as a whole
    known = kind.field(each.path)
    if known is None:
        return f"there is no field `{each.path}`"
    if known.module is not each.module:
        return f"`{each.path}` is not of the module {each.module}"
    return ""
