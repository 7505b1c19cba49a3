"""What of a change cannot be taken back, as the spec has it; and how many offers follow what is changed. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec.structs import replace

from reconciler.engine.of_kind import of_kind
from reconciler.model.changes import Change, FieldChange, Lasting, Verb
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.spec import Freeze, KindSpec, MarketplaceSpec
from reconciler.model.values import Value

_STATUS = "stock.status"
#: What lasts whatever it is about; of any other change, what is paid for.
_LASTS = frozenset({Verb.CREATE, Verb.END})
_NONE: Mapping[str, int] = {}
#: What the marketplace holds against a change of a field that a creation, or a new text, sets.
_FREEZES: Mapping[Freeze, Lasting] = {
    Freeze.AFTER_SALE: Lasting.AFTER_SALE,
    Freeze.AFTER_LISTING: Lasting.AFTER_LISTING,
    Freeze.AFTER_CREATION: Lasting.AFTER_CREATION,
}


def with_consequences(
    changes: Iterable[Change],
    desired: Iterable[Desired],
    live: Iterable[Live],
    spec: MarketplaceSpec,
    at_rest: Mapping[str, int] = _NONE,
) -> tuple[Change, ...]:
    """Return the changes with what of each lasts, and with how many offers use it.

    `at_rest` counts those that are not among them: kind and remote id of what they use as one text -> offers.
    """
    every, desired = tuple(changes), tuple(desired)
    named = {each.key.kind for each in every if each.key.kind != OFFER and each.verb is not Verb.REPORT}
    uses = _uses(desired, live, spec, named) if named else None
    at_rest = Counter(at_rest)
    besides = Counter([each.besides for each in desired])  # many are of one shape
    for shape, times in besides.items():
        at_rest.update(dict.fromkeys(shape.uses if shape is not None else (), times))
    told: list[Change] = []
    for each in every:
        lasting = _lasting(each, spec.kinds[each.key.kind])
        used = at_rest.get(f"{each.key.kind} {each.remote_id}", 0) + (uses(each) if uses else 0)
        told.append(replace(each, lasting=lasting, uses=used) if lasting or used else each)
    return tuple(told)


def _lasting(change: Change, kind: KindSpec) -> Mapping[Lasting, tuple[str, ...]]:
    """Return each word once, in the order of the vocabulary, with the fields that it is about."""
    sections = [field.path.partition(".")[0] for field in change.fields]
    if change.verb not in _LASTS and _paid_for(kind).isdisjoint(sections):
        return {}
    found: dict[Lasting, list[str]] = {}
    for word, path in _words(change, kind):
        found.setdefault(word, []).extend([path] if path else [])
    return {word: tuple(found[word]) for word in Lasting if word in found} if found else {}


def _words(change: Change, kind: KindSpec) -> Iterator[tuple[Lasting, str]]:
    fields = [field for field in change.fields if not field.held]
    if change.verb is Verb.REPORT or (change.fields and not fields):
        return
    if change.verb is Verb.END and kind.archived_days:
        yield Lasting.ARCHIVED, ""
    if change.verb is Verb.CREATE and (
        kind.deletable == "" or (kind.deletable == "drafts" and _goes_on_sale(fields))
    ):
        yield Lasting.UNDELETABLE, ""
    for field in fields:
        facts = kind.field(field.path)
        if facts is None:
            continue
        if change.verb is Verb.CREATE:
            yield from ((_FREEZES[word], field.path) for word in facts.frozen if word in _FREEZES)
        if facts.paid:
            yield from ((word, field.path) for word in _paid(field.before, field.after))


@of_kind
def _paid_for(kind: KindSpec) -> frozenset[str]:
    """Return the first steps of what is paid for by itself."""
    return frozenset(path.partition(".")[0] for path, known in kind.fields.items() if known.paid)


def _goes_on_sale(fields: Iterable[FieldChange]) -> bool:
    return any(field.path == _STATUS and field.after == "active" for field in fields)


def _paid(before: Value, after: Value) -> Iterator[Lasting]:
    """Say what becomes of what is paid for by the cycle: what is added is charged, what is taken away runs out."""
    had, wanted = _packages(before), _packages(after)
    if wanted - had:
        yield Lasting.PAID
    if had - wanted:
        yield Lasting.CYCLE_END


def _packages(value: Value) -> frozenset[str]:
    if not isinstance(value, Mapping):
        return frozenset()
    base = value.get("package")
    return frozenset([*([base] if base else []), *(value.get("extras") or ())])


def used_by(desired: Desired, live: Live, paths: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return kind and label of what an offer on sale uses: as it is declared, else as it is.

    `paths` are the fields that refer to other things (`referring`).
    """
    if live.fields.get(_STATUS) == "ended":
        return set()
    said = (
        (kind, desired.fields[path] if path in desired.fields else live.fields.get(path)) for path, kind in paths
    )
    return {(kind, label) for kind, value in said for label in _labels(value)}


def referring(kind: KindSpec) -> tuple[tuple[str, str], ...]:
    """Return the fields of a kind that refer to things of the account, each with their kind."""
    return tuple((path, facts.refers) for path, facts in kind.fields.items() if facts.refers not in ("", OFFER))


def _uses(
    desired: Iterable[Desired], live: Iterable[Live], spec: MarketplaceSpec, kinds: set[str]
) -> Callable[[Change], int]:
    """Count the offers that use each named object: as they are declared, else as they are."""
    paths = [(path, facts.refers) for path, facts in spec.kinds[OFFER].fields.items() if facts.refers in kinds]
    declared = {each.key: each.fields for each in desired if each.key.kind == OFFER and each.besides is None}
    counts: dict[tuple[str, str], int] = {}
    in_part = {each.key for each in desired if each.besides is not None}
    seen: set[Key] = set()
    for each in live:
        if each.kind == OFFER and each.fields.get(_STATUS) != "ended" and each.key not in in_part:
            _count(counts, paths, {**each.fields, **declared.get(each.key, {})} if each.key else each.fields)
        if each.key:
            seen.add(each.key)
    for key, fields in declared.items():
        if key not in seen:
            _count(counts, paths, fields)

    def used(change: Change) -> int:
        names = {change.key.name, change.moved_from, f"#{change.remote_id}"} - {""}
        return sum(counts.get((change.key.kind, name), 0) for name in names)

    return used


def _count(
    counts: dict[tuple[str, str], int], paths: Iterable[tuple[str, str]], fields: Mapping[str, Value]
) -> None:
    for kind, label in {(kind, label) for path, kind in paths for label in _labels(fields.get(path))}:
        counts[kind, label] = counts.get((kind, label), 0) + 1


def _labels(value: Value) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else ()
