"""What may not be done because of whose it is: nothing protected is ended, nothing foreign is touched."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler.engine.match import Matched
from reconciler.model.changes import Change
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
    )


def objections(
    desired: Desired, live: Live | None, change: Change | None, spec: MarketplaceSpec
) -> Iterator[Diagnostic]:
    """Yield what speaks against a change: it ends what is protected, or its document moved from nothing."""
    if live is None:
        if desired.moved_from:
            yield _moved_from_nothing(desired)
        return
    path = _ends(change, live, spec) if change and desired.protected else ""
    if path:
        asked = desired.origin(path)
        yield protected(desired.key, live.remote_id, desired.origin("protect"), f"`{path}` says so", asked)


def _ends(change: Change, live: Live, spec: MarketplaceSpec) -> str:
    """Name the field by which a change ends what is on sale now, or return an empty text."""
    after: Mapping[str, object] = {each.path: each.after for each in change.fields if not each.held}
    if after.get(_STATUS) == "ended":
        return _STATUS
    on_sale = live.fields.get(_STATUS) == "active"
    return _PIECES if spec.zero_ends and on_sale and after.get(_PIECES) == 0 else ""


def protected(key: Key, remote_id: str, by: Origin, why: str, asked: Origin | None = None) -> Diagnostic:
    """Refuse to end what is protected: where that is asked for, or else where it is forbidden."""
    at = f" at {by.mark}" if by.mark else ""
    return error(
        "P402",
        f"{key} ({remote_id}) is protected, and would be ended: {why}",
        mark=asked.mark if asked else by.mark,
        detail=f"`protect: true` is said by {by.level}{at}",
        hint="take back what ends it, let it go with `kind: Released`, or say `protect: false` first",
    )


def _moved_from_nothing(desired: Desired) -> Diagnostic:
    return warning(
        "P406",
        f"{desired.key.name} moved from {desired.moved_from}, which is not on account {desired.key.account}",
        mark=desired.origin("moved.from").mark,
        detail="it will be created anew",
        hint="check the old name",
    )
