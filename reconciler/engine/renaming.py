"""What is renamed is the same thing under two names: references by the old name and by the new one mean it.

Without this a renamed price list would show as a change of every offer that refers to it.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.spec import MarketplaceSpec, Type
from reconciler.model.values import Value

#: Kind -> old name -> new name.
Renames = Mapping[str, Mapping[str, str]]
References = Mapping[str, Mapping[str, str]]
_REFERENCES = (Type.REFERENCE, Type.REFERENCES, Type.SLOTS)


class Renamed(NamedTuple):
    """The two sides and the index of references, all in the new names."""

    desired: tuple[Desired, ...]
    live: tuple[Live, ...]
    references: References


def in_new_names(
    desired: tuple[Desired, ...],
    live: tuple[Live, ...],
    references: References,
    spec: MarketplaceSpec,
    known: Mapping[Key, str],
) -> Renamed:
    """Write every reference to what will be renamed by its new name; nothing costs where nothing moved."""
    moved = [each for each in desired if each.moved_from]
    renames = _renames(moved, live, known) if moved else {}
    if not renames:
        return Renamed(desired, live, references)
    paths = {
        kind.name: {
            path: renames[known_field.refers]
            for path, known_field in kind.fields.items()
            if known_field.type in _REFERENCES and known_field.refers in renames
        }
        for kind in spec.kinds.values()
    }
    return Renamed(
        tuple(_said(each, paths[each.key.kind]) for each in desired),
        tuple(replace(each, fields=_told(each.fields, paths[each.kind])) for each in live),
        {kind: _index(labels, renames.get(kind, {}), keep=kind == OFFER) for kind, labels in references.items()},
    )


def _renames(
    moved: Iterable[Desired], live: Iterable[Live], known: Mapping[Key, str]
) -> dict[str, dict[str, str]]:
    """Find the live resources that bear the name that a document moved from, while none bears the new one."""
    names = {each.key for each in live if each.key is not None}
    by_id = {(each.kind, each.remote_id): each.key for each in live}
    found: dict[str, dict[str, str]] = {}
    for each in moved:
        old = each.key._replace(name=each.moved_from)
        there = old if old in names else by_id.get((old.kind, known.get(old, "")))
        if there is not None and each.key not in names:
            found.setdefault(old.kind, {})[there.name] = each.key.name
    return found


def _said(desired: Desired, paths: Mapping[str, Mapping[str, str]]) -> Desired:
    return replace(desired, fields=_told(desired.fields, paths), unsynced=_told(desired.unsynced, paths))


def _told(fields: Mapping[str, Value], paths: Mapping[str, Mapping[str, str]]) -> Mapping[str, Value]:
    told = {path: _renamed(fields[path], names) for path, names in paths.items() if fields.get(path)}
    return {**fields, **told} if told else fields


def _renamed(value: Value, names: Mapping[str, str]) -> Value:
    if isinstance(value, str):
        return names.get(value, value)
    return [
        {**each, "offers": sorted(names.get(offer, offer) for offer in each["offers"])}
        if isinstance(each, dict)
        else names.get(each, each)
        for each in value
    ]


def _index(labels: Mapping[str, str], names: Mapping[str, str], *, keep: bool) -> Mapping[str, str]:
    """Name the ids anew. Offers are found by their old key until it is written, so that one stays as well."""
    if not names:
        return labels
    new = {names.get(label, label): remote_id for label, remote_id in labels.items()}
    return {**new, **labels} if keep else new
