"""What is not on the account yet: planned to be created, or why it cannot be."""

from collections.abc import Iterable

from reconciler.engine import drafts
from reconciler.engine.archived import is_listed_anew, told_of_archived
from reconciler.engine.clearing import typeless
from reconciler.engine.diff import Difference, Scope, field_change, is_held, is_off, plain_change
from reconciler.engine.fees import charged
from reconciler.engine.following import with_first_number
from reconciler.engine.stock import QUANTITY, created
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.diagnostics import Diagnostic, Severity, warning
from reconciler.model.modules import StockForm
from reconciler.model.offers import NAME, OFFER, Desired
from reconciler.model.spec import KindSpec
from reconciler.model.undone import Reason

PRICE = "price.base"


def creation(desired: Desired, kind: KindSpec, scope: Scope) -> Difference:
    """Plan a creation, or say what keeps it from being planned: a required field that is not declared or owned.

    A kind that belongs to one module as a whole is held, or not synced, as a whole.
    """
    if is_off(desired, kind):
        return Difference(None, unsynced=_not_created(desired, kind))
    whole = is_held(desired, kind, scope)
    held = frozenset() if whole else desired.held - scope.only
    missing = [
        path
        for path, spec in kind.fields.items()
        if spec.required and (path not in desired.fields or spec.module in held)
    ]
    missing.extend(typeless(desired, kind))
    if desired.sourced:  # a draft that lacks what a source does not say today would stay one
        missing.extend(path for path in (QUANTITY, PRICE) if path in desired.sourced.withheld)
    given, waits_for = with_first_number(desired, scope.siblings)
    if not missing and desired.stock_form is StockForm.SOURCED and not given.fields.get(QUANTITY):
        return Difference(None, notes=(_none_in_stock(desired), *waits_for), left=((Reason.SOURCE, ""),))
    followed = desired.sourced is not None and QUANTITY in desired.sourced.sources
    last = scope.baseline(desired.key) if followed else None
    if last is not None and not is_listed_anew(desired):
        return Difference(None, notes=(told_of_archived(desired, last),), left=((Reason.SOURCE, ""),))
    if missing:
        said = _cannot_create(desired, missing, part=bool(scope.only))
        return Difference(None, notes=(said,), left=((Reason.NOT_CREATABLE, ""),))
    listed = kind.name != OFFER or drafts.goes_on_sale(desired, kind, scope.only)
    waits = frozenset() if listed else drafts.waiting(desired.fields, kind)
    changes = tuple(
        charged(field_change(desired, path, None, kind, scope, {}, value), None, kind, scope.now)
        for path, value in drafts.made_as(given).items()
        if value is not None and path not in waits
    )
    if whole and not changes:
        changes = (named_only(desired.key.name, kind, held=True),)
    declared = (path for path in waits if desired.fields[path])
    notes = (*drafts.told_of_drafts(desired), *drafts.told_of_waiting(desired, declared))
    if last is not None:
        notes = (*notes, told_of_archived(desired, last))
    notes = (*notes, *waits_for)
    title = str(desired.fields.get("content.title") or "")
    change = Change(
        key=desired.key,
        verb=Verb.CREATE,
        remote_id=None,
        title=title,
        fields=changes,
        mark=desired.origin("name").mark,
        document=desired.document,
    )
    stock = created(given, scope.now)
    return Difference(change, notes=notes, stock=stock)


def _none_in_stock(desired: Desired) -> Diagnostic:
    return Diagnostic(
        severity=Severity.NOTE,
        code="P614",
        summary=f"{desired.key.name} is not on the marketplace, and is created when there is stock",
        mark=desired.origin(QUANTITY).mark,
        about=desired.key,
    )


def named_only(name: str, kind: KindSpec, *, held: bool = False, gone: bool = False) -> FieldChange:
    """Return what shows that an object comes, or goes, where none of its fields does."""
    before, after = (name, None) if gone else (None, name)
    return FieldChange(path=NAME, module=kind.module, before=before, after=after, held=held)


def _not_created(desired: Desired, kind: KindSpec) -> Change:
    wanted = {NAME: desired.key.name, **desired.unsynced}
    return Change(
        key=desired.key,
        verb=Verb.REPORT,
        remote_id=None,
        fields=tuple(plain_change(wanted, desired, path, None, kind) for path in wanted),
        reason="not synced",
        mark=desired.origin("name").mark,
        document=desired.document,
    )


def _cannot_create(desired: Desired, missing: Iterable[str], *, part: bool) -> Diagnostic:
    names = ", ".join(f"`{path}`" for path in missing)
    withheld = desired.sourced.withheld if desired.sourced else {}
    why = next((withheld[path] for path in missing if path in withheld), "")
    return warning(
        "P302",
        f"{desired.key.name} is not on the marketplace and cannot be created without {names}",
        mark=desired.origin("name").mark,
        detail=why,
        hint="a creation needs more than the modules of --only: plan it without"
        if part
        else "declare it, and let its module be synced; or list the offer by hand first",
        about=desired.key,
    )
