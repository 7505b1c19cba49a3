"""Live named objects and bundles -> documents: price lists, policies, producers, tags and their like."""

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.documents.kinds import BUNDLE, PRICE_LIST
from reconciler.engine.importing.imported import Draft, Notes, Present
from reconciler.engine.importing.names import Paths, slug
from reconciler.engine.importing.round_trip import Check
from reconciler.engine.importing.values import written
from reconciler.engine.match import members
from reconciler.model.offers import OFFER, Live
from reconciler.model.spec import Identity, MarketplaceSpec

_FOLDERS = {
    PRICE_LIST: "delivery",
    BUNDLE: "bundles",
    "ReturnPolicy": "settings/return-policies",
    "ImpliedWarranty": "settings/implied-warranties",
    "Warranty": "settings/warranties",
    "ResponsibleProducer": "settings/producers",
    "ResponsiblePerson": "settings/persons",
    "AdditionalServices": "settings/services",
    "SizeTable": "settings/size-tables",
    "OfferTag": "settings/tags",
}
_NAMED_OFFERS = 3
_LONGEST_NAME = 80


def lift_objects(
    live: Iterable[Live], spec: MarketplaceSpec, present: Present, paths: Paths, notes: Notes
) -> list[Draft]:
    """Return the documents of all objects but offers, those that have one left out; sorted by kind and name."""
    everything = list(live)
    ambiguous = {key for key, count in Counter(each.key for each in everything if each.key).items() if count > 1}
    for key in sorted(key for key in ambiguous if key.kind != OFFER):
        notes.add(f"more than one {spec.kinds[key.kind].label} has this name; none was written", key.name)
    unsure = {key.name for key in ambiguous if key.kind == OFFER}
    unsure |= {name for kind, name in present.names - present.keys if kind == OFFER}  # another offer's document
    objects = [each for each in everything if each.kind != OFFER and each.key not in ambiguous]
    named = sorted(_named(objects, spec, notes), key=lambda pair: (pair[1].kind, pair[0], pair[1].remote_id))
    asked = ((name, each) for name, each in named if present.asked(each.kind, name, each.remote_id))
    found = (_document(name, each, spec, present, paths, notes, unsure) for name, each in asked)
    return [document for document in found if document is not None]


def _named(objects: Iterable[Live], spec: MarketplaceSpec, notes: Notes) -> Iterator[tuple[str, Live]]:
    """Name what has no name by its members; a second one of the same members cannot be told apart."""
    names: Counter[str] = Counter()
    seen: set[tuple[str, ...]] = set()
    for each in sorted(objects, key=lambda live: (live.kind, live.remote_id)):
        if spec.kinds[each.kind].identity is not Identity.MEMBERS:
            yield each.key.name if each.key else each.remote_id, each
            continue
        name, same = _name_by_members(each), members(each.fields.get("slots") or ())
        if same in seen:
            notes.add(f"has the same offers as another {spec.kinds[each.kind].label}; not written", each.remote_id)
            continue
        seen.add(same)
        names[name] += 1
        yield f"{name}-{names[name]}" if names[name] > 1 else name, each


def _name_by_members(live: Live) -> str:
    slots = live.fields.get("slots") or ()
    labels = [slot["offers"][0] for slot in slots if slot["offers"]]
    more = ["more"] if len(labels) > _NAMED_OFFERS else []
    name = "-".join(slug(label) for label in (*labels[:_NAMED_OFFERS], *more))
    return name[:_LONGEST_NAME].strip("-") or f"{slug(live.kind)}-{live.remote_id}"


def _document(
    name: str, live: Live, spec: MarketplaceSpec, present: Present, paths: Paths, notes: Notes, unsure: set[str]
) -> Draft | None:
    kind = spec.kinds[live.kind]
    check = Check(kind, spec)
    title = f"{kind.label} {name}"
    reason = _left_alone(name, live, check, present, unsure)
    if reason:
        notes.add(reason, title)
        return None
    values = {path: written(field, live.fields.get(path), spec) for path, field in kind.fields.items()}
    fields, left = check.checked(name, {path: value for path, value in values.items() if value is not None}, live)
    for path, why in left.items():
        notes.add(f"`{path}` was left out: it {why}", title)
    if any(field.required and path not in fields for path, field in kind.fields.items()):
        return None
    path = paths.new(_FOLDERS.get(live.kind) or slug(live.kind), slug(name, slug(live.kind)))
    return Draft(path=path, body={"kind": live.kind, "name": name, **fields}, live=live)


def _left_alone(name: str, live: Live, check: Check, present: Present, unsure: set[str]) -> str:
    if (live.kind, name) in present.names or (live.kind, live.remote_id) in present.adopted:
        return "has a document already and was left alone"
    if odd := live.unclear(live.unreadable):
        return f"cannot be read ({odd}); not written"
    if live.facts.get("read_only"):
        return f"is {live.facts['read_only']}; not written"
    if not live.key and check.kind.identity is Identity.NAME:
        return "has no name, so it was not written"  # by its id nothing of the kind is found again
    if not check.can_name(name):
        return "its name cannot be the name of a document, so it was not written"
    if check.kind.identity is not Identity.MEMBERS:
        return ""
    if unsure.intersection(label for slot in live.fields.get("slots") or () for label in slot["offers"]):
        return "has an offer whose key is not unique; not written"
    return ""
