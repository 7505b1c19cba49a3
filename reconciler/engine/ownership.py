"""What may not be done because of whose it is: nothing protected is ended, nothing foreign is touched."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from reconciler.engine.match import Matched
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.diagnostics import Diagnostic, error, warning
from reconciler.model.memory import Managed
from reconciler.model.offers import Desired, Key, Live, Origin
from reconciler.model.spec import MarketplaceSpec

_STATUS, _PIECES = "stock.status", "stock.quantity"


def not_foreign(matched: Matched, foreign: Mapping[Key, Managed]) -> tuple[Matched, tuple[Diagnostic, ...]]:
    """Leave out the documents whose resource another project manages, unless they take it over by its id."""
    if not foreign:
        return matched, ()
    by_name = {(key.kind, key.name): each for key, each in foreign.items()}
    by_id = {(key.kind, each.remote_id): each for key, each in foreign.items()}
    pairs, problems = [], []
    for desired, live in matched.pairs:
        kind = desired.key.kind
        other = by_id.get((kind, live.remote_id if live else "")) or by_name.get((kind, desired.key.name))
        if other is None or desired.adopt == other.remote_id:
            pairs.append((desired, live))
        else:
            problems.append(_of_another(desired, other))
    return replace(matched, pairs=tuple(pairs)), tuple(problems)


def _of_another(desired: Desired, other: Managed) -> Diagnostic:
    whose = f"the project {other.project}" if other.project else "the project without a name"
    return error(
        "P403",
        f"{desired.key} ({other.remote_id}) is managed by {whose}",
        mark=desired.origin("name").mark,
        detail="two projects on one ledger that declare the same would undo each other's work",
        hint=f'let it go there (`kind: Released`), or take it over: `adopt: "{other.remote_id}"`',
        about=desired.key,
    )


def protected_ends(
    changes: Iterable[Change],
    desired: Iterable[Desired],
    live: Iterable[Live],
    spec: MarketplaceSpec,
    above: Origin | None,
    managed: Mapping[Key, Managed],
) -> tuple[Diagnostic, ...]:
    """Refuse each change that ends or deletes what is protected, whatever asks for it.

    `above` is who protects what has no document any more; so does the document, as an apply last saw it. What is
    held is not done, so nothing speaks against it.
    """
    ending = [each for each in changes if each.verb in (Verb.END, Verb.DELETE) or _may_sell_out(each)]
    if not ending:
        return ()
    endings = {each.key for each in ending}
    documents = {each.key: each for each in desired if each.key in endings}
    there = {(each.kind, each.remote_id): each for each in live}
    found = []
    for change in ending:
        document = documents.get(change.key)
        by = _protector(document) if document else above or _remembered(managed.get(change.key))
        where = _end(change, there.get((change.key.kind, change.remote_id or "")), spec) if by else None
        if by is not None and where is not None:
            found.append(_protected(change, by, where))
    return tuple(found)


def _protector(document: Desired) -> Origin | None:
    return document.origin("protect") if document.protected else None


def _remembered(managed: Managed | None) -> Origin | None:
    return Origin("its document, as it was at the last apply") if managed and managed.protected else None


def _may_sell_out(change: Change) -> bool:
    return any(each.path == _PIECES and each.after == 0 for each in change.fields)


def _end(change: Change, live: Live | None, spec: MarketplaceSpec) -> FieldChange | Change | None:
    """Return what ends a resource: a field, or the whole change; nothing where it ends nothing, or is held."""
    if change.verb is Verb.DELETE:
        return None if change.fields and all(each.held for each in change.fields) else change
    fields = {each.path: each for each in change.fields if not each.held}
    status, pieces = fields.get(_STATUS), fields.get(_PIECES)
    if status is not None and status.after == "ended":
        return status
    on_sale = live is not None and live.fields.get(_STATUS) == "active"
    return pieces if spec.zero_ends and on_sale and pieces is not None and pieces.after == 0 else None


def _protected(change: Change, by: Origin, where: FieldChange | Change) -> Diagnostic:
    at = f" at {by.mark}" if by.mark else ""
    why = change.reason or (f"`{where.path}` says so" if isinstance(where, FieldChange) else "")
    return error(
        "P402",
        f"{change.key} ({change.remote_id}) is protected, and would be ended: {why}",
        mark=where.mark or by.mark,
        detail=f"`protect: true` is said by {by.level}{at}",
        hint="take back what ends it, let it go with `kind: Released`, or say `protect: false` first",
        about=change.key,
    )


def moved_from_nothing(desired: Desired) -> Diagnostic:
    """Warn of a document whose old name is not there: it may be mistyped."""
    return warning(
        "P406",
        f"{desired.key.name} moved from {desired.moved_from}, which is not on account {desired.key.account}",
        mark=desired.origin("moved.from").mark,
        detail="it will be created anew",
        hint="check the old name",
    )
