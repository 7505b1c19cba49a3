"""Which live resource is which document: by key, by `adopt` or `moved`, for bundles by their members."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from reconciler.model.diagnostics import Diagnostic, error, warning
from reconciler.model.offers import EXTERNAL_ID, OFFER, Desired, Key, Live
from reconciler.model.spec import Identity, KindSpec, MarketplaceSpec
from reconciler.model.typed import typed


class Matched(Struct, frozen=True):
    """Pairs (live is None: to be created), and the live resources without a document."""

    pairs: tuple[tuple[Desired, Live | None], ...]
    unmanaged: tuple[Live, ...]
    diagnostics: tuple[Diagnostic, ...]


def match(
    desired: Iterable[Desired], live: Iterable[Live], spec: MarketplaceSpec, known: Mapping[Key, str]
) -> Matched:
    """Pair documents with live resources. `known` maps keys to remote ids that we remember (a hint only).

    Linear in both. A key on two live resources is an error that names both ids. What bears the key that a document
    moved from is that document's, or nobody's where the new key is there as well: never unmanaged.
    """
    by_id = {(there.kind, there.remote_id): there for there in live}
    by_key: dict[Key, list[Live]] = defaultdict(list)
    for there in by_id.values():
        if there.key is not None:
            by_key[there.key].append(there)
    taken: set[tuple[str, str]] = set()
    claimed: dict[tuple[str, str], Desired] = {}
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
            other = claimed.pop((found.kind, found.remote_id), None)  # nobody knows which of them is meant
            problems.extend(_claimed_twice(one, found) for one in (each, other) if one is not None)
            continue
        if found is not None:
            taken.add((found.kind, found.remote_id))
            claimed[found.kind, found.remote_id] = each
        if each.moved_from:
            before = _before_the_move(each, by_id, by_key, known)
            taken.update((other.kind, other.remote_id) for other in before)
            problems.extend(_both_there(each, found, before))
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
    before = _before_the_move(desired, by_id, by_key, known)
    if spec.kinds[kind].identity is Identity.MEMBERS:
        remembered = by_id.get((kind, known.get(desired.key, ""))) or next(iter(before), None)
        return remembered or by_members.get(members(desired.fields.get("slots") or ())), None
    candidates = by_key.get(desired.key) or before
    if len(candidates) > 1:
        return None, _ambiguous(desired, candidates, known.get(desired.key, ""))
    if not candidates:
        renamed = by_id.get((kind, known.get(desired.key, "")))
        return None, _bears_another_key(desired, renamed) if renamed is not None else None
    [found] = candidates
    if found.key == desired.key and bears_another_key(desired.key, found, spec.kinds[kind]):
        return None, _bears_another_key(desired, found)
    return found, None


def bears_another_key(key: Key, live: Live, kind: KindSpec) -> bool:
    """Tell whether an offer that we know by its id bears another key there than ours, or none any more.

    No write is sent to it: by its key it would be somebody else's. What has no key goes by its id, and what a
    creation has begun gets its key yet.
    """
    if kind.identity is not Identity.EXTERNAL_ID or EXTERNAL_ID not in live.facts:
        return False
    borne = live.facts[EXTERNAL_ID]
    if borne is None:
        return key.name != live.remote_id and kind.key_given != "after"
    return bool(borne != key.name)


def _before_the_move(
    desired: Desired,
    by_id: Mapping[tuple[str, str], Live],
    by_key: Mapping[Key, list[Live]],
    known: Mapping[Key, str],
) -> list[Live]:
    """List what bears the key that the document moved from; else what we remember under it."""
    if not desired.moved_from:
        return []
    old = desired.key._replace(name=desired.moved_from)
    remembered = by_id.get((old.kind, known.get(old, "")))
    return by_key.get(old) or ([remembered] if remembered else [])


def _both_there(desired: Desired, found: Live | None, before: list[Live]) -> Iterator[Diagnostic]:
    others = [each.remote_id for each in before if each is not found]
    if found is not None and others:
        yield warning(
            "P407",
            f"{desired.key.name} ({found.remote_id}) moved from {desired.moved_from}, and both are there "
            f"({', '.join(others)})",
            mark=desired.origin("moved.from").mark,
            detail="the old one is left alone for as long as `moved` names it",
            hint="take `moved` away: then the old one is ended if this project manages it, else left alone",
        )


def members(slots: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """Return what a bundle without a name is known by: its offers, slot by slot."""
    return tuple(",".join(sorted(slot["offers"])) for slot in slots)  # type: ignore[call-overload]


def _by_members(live: Iterable[Live], spec: MarketplaceSpec) -> dict[tuple[str, ...], Live]:
    return {
        members(each.fields.get("slots") or ()): each
        for each in live
        if spec.kinds[each.kind].identity is Identity.MEMBERS
    }


def _ambiguous(desired: Desired, candidates: list[Live], remembered: str) -> Diagnostic:
    ids = sorted(each.remote_id for each in candidates)
    return error(
        "P101",
        f"{desired.key.name} stands on {len(candidates)} live {desired.key.kind} resources: {', '.join(ids)}",
        mark=desired.origin("name").mark,
        hint=f'settle it with `adopt: "{remembered if remembered in ids else ids[0]}"` in the document',
        about=desired.key,
    )


def _bears_another_key(desired: Desired, live: Live) -> Diagnostic:
    """What was called something else there, by hand, is not made a second time, and has not lost its document."""
    kind, name = desired.key.kind, desired.key.name
    what = "key" if kind == OFFER else "name"
    borne = live.facts.get(EXTERNAL_ID, live.key and live.key.name)
    bears = f"the {what} {borne}" if borne else f"no {what}"
    return error(
        "P107",
        f"{name} is {kind} {live.remote_id}, which bears {bears} by now",
        mark=desired.origin("name").mark,
        detail=f"it is neither changed nor made anew: somebody else has changed its {what}",
        hint=f'give it its {what} back there, or write `adopt: "{live.remote_id}"` into the document; '
        f"`{typed('release', name)}` lets go of it, and another one is made",
        about=desired.key,
    )


def _claimed_twice(desired: Desired, live: Live) -> Diagnostic:
    return error(
        "P105",
        f"{desired.key.name} and another document both stand for {live.kind} {live.remote_id}",
        mark=desired.origin("adopt" if desired.adopt else "name").mark,
        hint="one live resource has one document: take one of them away, or correct `adopt`",
        about=desired.key,
    )


def _nothing_to_adopt(desired: Desired) -> Diagnostic:
    return error(
        "P102",
        f"{desired.key.name} adopts {desired.adopt}, which is not on account {desired.key.account}",
        mark=desired.origin("adopt").mark,
        hint="check the id; archived offers are gone for good",
        about=desired.key,
    )
