"""Which named objects the actions of a plan refer to."""

from collections.abc import Mapping

from reconciler.model.offers import OFFER
from reconciler.model.plan import AccountPlan, Target
from reconciler.model.spec import MarketplaceSpec, Type
from reconciler.model.values import Value


def references_used(part: AccountPlan, spec: MarketplaceSpec) -> dict[str, dict[str, str]]:
    """Return kind -> label -> remote id of every object that an action names, before or after, as it was reviewed.

    An offer whose key is not its document's is among them, by the key that it bears. A run that goes on after a
    crash has no other index: live references must read as the plan saw them.
    """
    used: dict[str, dict[str, str]] = {}
    seen_as = {remote_id: label for label, remote_id in part.references.get(OFFER, {}).items()}
    for action in part.actions:
        kind = spec.kinds[action.kind]
        for target in action.targets:
            if label := _other_key(target, seen_as):
                used.setdefault(OFFER, {})[label] = part.references[OFFER][label]
            for path, value in (*target.before.items(), *target.after.items()):
                known = kind.field(path)
                if known is not None:
                    _collect(used, known.refers, known.type, value, part.references)
    return used


def _other_key(target: Target, seen_as: Mapping[str, str]) -> str | None:
    """Return the key that an offer bears where it is not its document's: it is one that was adopted."""
    label = seen_as.get(target.remote_id or "") if target.key.kind == OFFER else None
    return None if label in (target.key.name, target.remote_id) else label


def _collect(
    used: dict[str, dict[str, str]],
    refers: str,
    shape: Type,
    value: Value,
    references: Mapping[str, Mapping[str, str]],
) -> None:
    if shape is Type.SLOTS:
        refers = OFFER
    known = references.get(refers, {})
    for label in labels_in(shape, value) if refers else ():
        if label in known:
            used.setdefault(refers, {})[label] = known[label]


def labels_in(shape: Type, value: Value) -> list[str]:
    """Return the names that the value of a reference has."""
    if shape is Type.SLOTS:
        return [offer for slot in value or () for offer in slot["offers"]]
    if shape is Type.RATES:
        return list(value or ())
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
