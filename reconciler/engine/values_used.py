"""Which named objects the actions of a plan refer to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reconciler.engine.of_kind import of_kind
from reconciler.model.offers import OFFER
from reconciler.model.plan import Action
from reconciler.model.spec import KindSpec, MarketplaceSpec, Type
from reconciler.model.values import Value


def references_used(
    actions: Iterable[Action], references: Mapping[str, Mapping[str, str]], spec: MarketplaceSpec
) -> dict[str, dict[str, str]]:
    """Return kind -> label -> remote id of every object that an action names, before or after, as it was reviewed.

    An offer whose key is not its document's is among them, by either, and one that has none: any other bears its
    key. A run that goes on after a crash has no other index: live references must read as the plan saw them.
    """
    used = _named(actions, spec)
    used[OFFER].update(_other_keys(actions, references.get(OFFER, {}), spec.kinds[OFFER]))
    return {
        kind: found
        for kind, ids in references.items()
        if (named := used[kind]) and (found := {label: each for label, each in ids.items() if label in named})
    }


def offers_known(actions: Iterable[Action], offers: Mapping[str, str], spec: MarketplaceSpec) -> dict[str, str]:
    """Return those offers, label -> remote id, that actions write or name."""
    written = {target.remote_id for action in actions for target in action.targets}
    named = _named(actions, spec)[OFFER]
    every = offers.items() if written else ()
    return {label: remote_id for label, remote_id in every if remote_id in written or label in named}


def _named(actions: Iterable[Action], spec: MarketplaceSpec) -> dict[str, set[str]]:
    """Return the labels that actions name, before or after, by kind."""
    named: dict[str, set[str]] = defaultdict(set)
    for action in actions:
        refer = _referring(spec.kinds[action.kind])
        for target in action.targets if refer else ():
            for path, value in (*target.before.items(), *target.after.items()):
                if found := refer.get(path) or refer.get(path.rpartition(".")[0] + ".*"):
                    named[found[0]].update(labels_in(found[1], value))
    return named


@of_kind
def _referring(kind: KindSpec) -> dict[str, tuple[str, Type]]:
    """Return the fields of a kind that name other objects: the kind of these, and the shape of the value."""
    return {
        path: (OFFER if each.type is Type.SLOTS else each.refers, each.type)
        for path, each in kind.fields.items()
        if each.refers or each.type is Type.SLOTS
    }


def _other_keys(actions: Iterable[Action], offers: Mapping[str, str], kind: KindSpec) -> Iterator[str]:
    """Yield what written offers are called that do not bear their document's key: adopted and moved ones.

    Where no list is asked for keys, nobody needs to know which have none.
    """
    has_keys = kind.views["list"].keys > 0
    names = {
        each.remote_id: each.key.name for action in actions if action.kind == OFFER for each in action.targets
    }
    odd = {
        remote_id
        for label, remote_id in (offers.items() if names else ())
        if label != names.get(remote_id, label) and (has_keys or label != remote_id)
    }
    return (label for label, remote_id in (offers.items() if odd else ()) if remote_id in odd)


def labels_in(shape: Type, value: Value) -> list[str]:
    """Return the names that the value of a reference has."""
    if shape is Type.SLOTS:
        return [offer for slot in value or () for offer in slot["offers"]]
    if shape is Type.RATES:
        return list(value or ())
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
