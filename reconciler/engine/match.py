"""Which live resource is which document: by key, by an explicit `adopt`, for bundles by their members."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.offers import Desired, Key, Live
from reconciler.model.spec import Identity, MarketplaceSpec


@dataclass(frozen=True, slots=True)
class Matched:
    """Pairs (live is None: to be created), and the live resources without a document."""

    pairs: tuple[tuple[Desired, Live | None], ...]
    unmanaged: tuple[Live, ...]
    diagnostics: tuple[Diagnostic, ...]


def match(
    desired: Iterable[Desired], live: Iterable[Live], spec: MarketplaceSpec, known: Mapping[Key, str]
) -> Matched:
    """Pair documents with live resources. `known` maps keys to remote ids that we remember (a hint only).

    Linear in both. A key on two live resources is an error that names both ids.
    """
    by_id = {(there.kind, there.remote_id): there for there in live}
    by_key: dict[Key, list[Live]] = defaultdict(list)
    for there in by_id.values():
        if there.key is not None:
            by_key[there.key].append(there)
    taken: set[tuple[str, str]] = set()
    pairs: list[tuple[Desired, Live | None]] = []
    problems: list[Diagnostic] = []
    by_members = _by_members(by_id.values(), spec)
    for each in desired:
        found, problem = _find(each, by_id, by_key, by_members, spec, known)
        if problem is not None:
            problems.append(problem)
            taken.update((other.kind, other.remote_id) for other in by_key[each.key])
            continue
        if found is not None and (found.kind, found.remote_id) in taken:
            problems.append(_claimed_twice(each, found))
            continue
        if found is not None:
            taken.add((found.kind, found.remote_id))
        pairs.append((each, found))
    unmanaged = tuple(there for where, there in by_id.items() if where not in taken)
    return Matched(tuple(pairs), unmanaged, tuple(problems))


def _find(
    desired: Desired,
    by_id: Mapping[tuple[str, str], Live],
    by_key: Mapping[Key, list[Live]],
    by_members: Mapping[tuple[str, ...], Live],
    spec: MarketplaceSpec,
    known: Mapping[Key, str],
) -> tuple[Live | None, Diagnostic | None]:
    kind = desired.key.kind
    if desired.adopt:
        adopted = by_id.get((kind, desired.adopt))
        return adopted, None if adopted else _nothing_to_adopt(desired)
    if spec.kinds[kind].identity is Identity.MEMBERS:
        remembered = by_id.get((kind, known.get(desired.key, "")))
        return remembered or by_members.get(members(desired.fields.get("slots") or ())), None
    candidates = by_key.get(desired.key, [])
    if len(candidates) > 1:
        return None, _ambiguous(desired, candidates)
    return (candidates[0] if candidates else None), None


def members(slots: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """Return what a bundle without a name is known by: its offers, slot by slot."""
    return tuple(",".join(sorted(slot["offers"])) for slot in slots)  # type: ignore[call-overload]


def _by_members(live: Iterable[Live], spec: MarketplaceSpec) -> dict[tuple[str, ...], Live]:
    return {
        members(each.fields.get("slots") or ()): each
        for each in live
        if spec.kinds[each.kind].identity is Identity.MEMBERS
    }


def _ambiguous(desired: Desired, candidates: list[Live]) -> Diagnostic:
    ids = ", ".join(sorted(each.remote_id for each in candidates))
    return error(
        "P101",
        f"{desired.key.name} stands on {len(candidates)} live {desired.key.kind} resources: {ids}",
        mark=desired.origin("name").mark,
        hint=f'settle it with `adopt: "{min(each.remote_id for each in candidates)}"` in the document',
    )


def _claimed_twice(desired: Desired, live: Live) -> Diagnostic:
    return error(
        "P105",
        f"{desired.key.name} and another document both stand for {live.kind} {live.remote_id}",
        mark=desired.origin("adopt" if desired.adopt else "name").mark,
        hint="one live resource has one document: take one of them away, or correct `adopt`",
    )


def _nothing_to_adopt(desired: Desired) -> Diagnostic:
    return error(
        "P102",
        f"{desired.key.name} adopts {desired.adopt}, which is not on account {desired.key.account}",
        mark=desired.origin("adopt").mark,
        hint="check the id; archived offers are gone for good",
    )
