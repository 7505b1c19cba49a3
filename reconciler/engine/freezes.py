"""What of a plan a freeze of some modules holds back. Pure, linear in changes."""

from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from reconciler.engine.diff import verb_of
from reconciler.engine.held import hold_back
from reconciler.model.changes import Change, Verb
from reconciler.model.modules import Module
from reconciler.model.offers import Key
from reconciler.model.plan import AccountPlan, Action, Target
from reconciler.model.spec import KindSpec, MarketplaceSpec

#: Why each module is frozen: until when, by which line of the project.
Why = Mapping[Module, str]
#: Fields that are not sent, each with the reason; the empty path is the resource itself.
HeldFields = Mapping[str, str]


class Thawed(Struct, frozen=True):
    """A plan of an account without what is frozen, and why each field of a change is held back."""

    part: AccountPlan
    held: Mapping[Key, Mapping[str, str]]


def without_frozen(part: AccountPlan, why: Why, spec: MarketplaceSpec) -> Thawed:
    """Hold back the fields of frozen modules, and what cannot be without them.

    Nothing is created in part, nothing is put on sale without its price, and what names a thing that is not
    created now waits with it.
    """
    if not why:
        return Thawed(part, {})
    return without(part, lambda change: _frozen(change, why, spec.kinds[change.key.kind]), spec)


def without(part: AccountPlan, gone_of: Callable[[Change], HeldFields], spec: MarketplaceSpec) -> Thawed:
    """Hold back what is `gone_of` each change, and what cannot be without it."""
    kept: list[Change] = []
    whole: dict[Key, str] = {}
    held: dict[Key, Mapping[str, str]] = {}
    for change in part.changes:
        gone = gone_of(change)
        left = tuple(each for each in change.fields if each.path not in gone)
        if not gone:
            kept.append(change)
        elif not left or change.verb in (Verb.CREATE, Verb.DELETE):
            whole[change.key] = next(iter(gone.values()))
            kept.append(change)
        else:
            held[change.key] = gone
            kept.append(replace(change, fields=left, verb=verb_of(left)))
    if not whole and not held:
        return Thawed(part, {})
    waiting = hold_back(kept, whole, lambda _key: False, {}, spec)
    for change in part.changes:
        if why_not := waiting.reasons.get(change.key):
            held[change.key] = dict.fromkeys((each.path for each in change.fields), why_not) or {"": why_not}
    return Thawed(replace(part, changes=waiting.changes), held)


def _frozen(change: Change, why: Why, kind: KindSpec) -> dict[str, str]:
    """Return the fields of a change that are not sent, with the reason; the empty path is the resource itself."""
    if change.verb is Verb.REPORT:
        return {}
    if not change.fields:
        return {"": why[kind.module]} if kind.module is not None and kind.module in why else {}
    found = {
        each.path: why[module]
        for each in change.fields
        if (module := each.module or kind.module) in why and module is not None and not each.held
    }
    if change.verb is Verb.ACTIVATE and any(
        each.path in found for each in change.fields if _is_price(each.module)
    ):
        for each in change.fields:
            if each.module is Module.STOCK:
                found.setdefault(each.path, why[Module.PRICE])
    return found


def _is_price(module: Module | None) -> bool:
    return module is Module.PRICE


def frozen_row(action: Action, target: Target, why: Why, spec: MarketplaceSpec) -> str:
    """Say why a row of an earlier run is not sent now: it carries something of a frozen module; else empty."""
    if not why:
        return ""
    kind = spec.kinds[action.kind]
    fields = (kind.field(path) for path in target.after)
    modules = {each.module or kind.module if each else kind.module for each in fields} or {kind.module}
    return next((said for module, said in why.items() if module in modules), "")
