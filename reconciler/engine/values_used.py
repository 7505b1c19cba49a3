"""Which named objects the actions of a plan refer to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.offers import OFFER
from reconciler.model.plan import Action
from reconciler.model.spec import MarketplaceSpec, Type
from reconciler.model.values import Value


def references_used(
    actions: Iterable[Action], references: Mapping[str, Mapping[str, str]], spec: MarketplaceSpec
) -> dict[str, dict[str, str]]:
    """Return kind -> label -> remote id of every object that an action names, before or after, as it was reviewed.

    An offer whose key is not its document's is among them, by either. A run that goes on after a crash has no
    other index: live references must read as the plan saw them.
    """
    used: dict[str, set[str]] = defaultdict(set)
    written: dict[str | None, str] = {}
    for action in actions:
        kind = spec.kinds[action.kind]
        for target in action.targets:
            if action.kind == OFFER:
                written[target.remote_id] = target.key.name
            for path, value in (*target.before.items(), *target.after.items()):
                known = kind.field(path)
                if known is not None and (refers := OFFER if known.type is Type.SLOTS else known.refers):
                    used[refers].update(labels_in(known.type, value))
    used[OFFER].update(_other_keys(written, references.get(OFFER, {})))
    return {
        kind: found
        for kind, ids in references.items()
        if (named := used[kind]) and (found := {label: each for label, each in ids.items() if label in named})
    }


def _other_keys(written: Mapping[str | None, str], offers: Mapping[str, str]) -> Iterator[str]:
    """Yield the keys of written offers that bear another one than their document's: adopted and moved ones."""
    odd = {
        remote_id
        for label, remote_id in (offers.items() if written else ())
        if label not in (written.get(remote_id, label), remote_id)
    }
    return (label for label, remote_id in (offers.items() if odd else ()) if remote_id in odd)


def labels_in(shape: Type, value: Value) -> list[str]:
    """Return the names that the value of a reference has."""
    if shape is Type.SLOTS:
        return [offer for slot in value or () for offer in slot["offers"]]
    if shape is Type.RATES:
        return list(value or ())
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
