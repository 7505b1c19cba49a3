"""Live offers -> documents, one file each, with what they share imported out of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.documents.kinds import DEFAULTS, TEMPLATE
from reconciler.documents.skus import SKU
from reconciler.engine.importing.folders import fields_of_folders, share_by_folder, without_empty
from reconciler.engine.importing.imported import Draft, Notes, Present
from reconciler.engine.importing.names import Paths, slug
from reconciler.engine.importing.round_trip import Check, Fields, assembled
from reconciler.engine.importing.shared import share
from reconciler.engine.importing.values import written
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Live
from reconciler.model.spec import Freeze, KindSpec, MarketplaceSpec

FOLDER = "offers"
TEMPLATES = "settings"
_NO_CATEGORY = "without-category"
_DEFAULTS_FILE = "defaults"
_OWN_ORDER = (Module.SETTINGS, Module.DELIVERY, Module.CONTENT, Module.PRICE, Module.STOCK, Module.BUNDLE)


def lift_offers(
    live: Iterable[Live], spec: MarketplaceSpec, present: Present, paths: Paths, notes: Notes
) -> list[Draft]:
    """Return the documents of the offers that have none yet, their templates and Defaults before them."""
    check = Check(spec.kinds[OFFER], spec)
    offers = sorted((each for each in live if each.kind == OFFER), key=_order)
    names = _chosen(offers, check, present, notes)
    chosen = [each for each in offers if each.remote_id in names]
    bodies = [assembled(OFFER, _fields(each, names[each.remote_id][0], check, spec, notes)) for each in chosen]
    folders = [_folder(each) for each in chosen]
    delivery = [dict(body.get(Module.DELIVERY, {})) for body in bodies]
    settings, templates, local = _share_settings(bodies, folders, present)
    common = {} if present.alone else share_by_folder(delivery, folders, FOLDER, present.occupied)
    out = [_template(name, said, paths) for name, said in templates.items()]
    out += [_defaults(each, local.get(each), common.get(each), paths) for each in sorted({*local, *common})]
    for index, each in enumerate(chosen):
        body = bodies[index] | {Module.SETTINGS: settings[index], Module.DELIVERY: delivery[index]}
        name, meant = names[each.remote_id]
        path = paths.new(folders[index], slug(name, "offer"))
        out.append(Draft(path=path, body={"kind": OFFER, "name": name, **meant, **_short(body)}, live=each))
    return out


def _share_settings(
    bodies: list[dict[str, Any]], folders: list[str], present: Present
) -> tuple[list[Any], Mapping[str, Any], Mapping[str, Any]]:
    """Return what each offer says of its settings, the new templates, and the Defaults by folder.

    A field goes to folders or to templates, never to both: which of the two wins needs no thought.
    """
    whole = [body.get(Module.SETTINGS, {}) for body in bodies]
    if present.alone:  # one by one, they find the templates that are there, and are too few for a new one
        return [share([section], present.templates).sections[0] for section in whole], {}, {}
    local = fields_of_folders(whole, folders, {path for known in present.templates.values() for path in known})
    own = [{path: value for path, value in section.items() if path in local} for section in whole]
    rest = [{path: value for path, value in section.items() if path not in local} for section in whole]
    templates = share(rest, present.templates)
    defaults = share_by_folder(own, folders, FOLDER, present.occupied)
    said = [_beside(section, more) for section, more in zip(templates.sections, own, strict=True)]
    return said, templates.new, defaults


def _beside(section: Any, more: Mapping[str, Any]) -> Any:
    if not more:
        return section
    return {**({"template": section} if isinstance(section, str) else section), **more}


def _name(live: Live) -> str:
    return live.key.name if live.key else live.remote_id


def _order(live: Live) -> tuple[str, str]:
    return _name(live), live.remote_id


def _folder(live: Live) -> str:
    category = live.fields.get("content.category")
    return f"{FOLDER}/{slug(str(category), _NO_CATEGORY) if category else _NO_CATEGORY}"


def _chosen(
    offers: list[Live], check: Check, present: Present, notes: Notes
) -> dict[str, tuple[str, Mapping[str, str]]]:
    """Name the documents to write, by remote id, each with what it says besides to mean its offer.

    Left out is what has one, what none may describe or can name.
    """
    keys = Counter(map(_name, offers))
    asked = [each for each in offers if present.asked(OFFER, _name(each), each.remote_id)]
    have_one = [each for each in asked if _has_document(each, present)]
    resting = [each for each in present.at_rest if present.asked(OFFER, *each)]
    for name, _ in sorted((*map(_order, have_one), *resting)):
        notes.add("has a document already and was left alone", name)
    left = {each.remote_id for each in have_one}
    chosen: dict[str, tuple[str, Mapping[str, str]]] = {}
    for each in (each for each in asked if each.remote_id not in left):
        key = _name(each)
        name, meant = _named(each, keys, check, present)
        if reason := _not_ours(each):
            notes.add(reason, key)
        elif not check.can_name(name, meant):
            notes.add("its key cannot be the name of a document; not written", f"`{key}` ({each.remote_id})")
        else:
            chosen[each.remote_id] = name, meant
            if "adopt" in meant:
                notes.add(f"{keys[key]} live offers have the key {key}: each has a document that adopts it", name)
            elif meant:
                notes.add("is known by a key that is no name for its document, which says it as `sku`", name)
    return chosen


def _has_document(live: Live, present: Present) -> bool:
    return (OFFER, _name(live)) in present.keys or (OFFER, live.remote_id) in present.adopted


def _named(live: Live, keys: Counter[str], check: Check, present: Present) -> tuple[str, Mapping[str, str]]:
    """Name the document of an offer by its key, where that can be; else otherwise, with the key as its sku."""
    key = _name(live)
    if keys[key] > 1:
        return _told_apart(live, keys, check, present), {"adopt": live.remote_id}
    if check.can_name(key) and (OFFER, key) not in present.names:
        return key, {}
    return f"{slug(key, 'offer')}-{live.remote_id}", {SKU: key}


def _told_apart(live: Live, keys: Counter[str], check: Check, present: Present) -> str:
    """Name one of several offers with one key: by the key and its id, which stays when others come and go.

    It keeps the key that it has: its document adopts it.
    """
    name = f"{_name(live)}-{live.remote_id}"
    taken = name in keys or (OFFER, name) in present.names or not check.can_name(name)
    return live.remote_id if taken else name


def _not_ours(live: Live) -> str:
    if odd := live.unclear():
        return f"cannot be read ({odd}); not written"
    form = live.facts.get("format")
    if form not in ("buy_now", None):
        return f"is of the format {form}, which is shown and left alone; not written"
    if live.facts.get("fulfillment"):
        return "is kept in stock by the marketplace itself; not written"
    return ""


def _fields(live: Live, name: str, check: Check, spec: MarketplaceSpec, notes: Notes) -> Fields:
    """Return what the document of this name can say of an offer, in the order of the spec."""
    found: Fields = {}
    for path, wrong in live.unreadable.items():
        notes.add(f"`{path}` was left out: it cannot be read ({wrong})", f"{_name(live)} ({live.remote_id})")
    for path in _in_order(live, check.kind):
        field = check.kind.field(path)
        value = written(field, live.fields[path], spec) if field else None
        if value is None or field is None:
            continue
        if Freeze.WHILE_AUTOMATED in field.frozen and _is_automated(live, path, spec):
            notes.add(f"a pricing rule of the marketplace sets its `{path}`, which was left out", _name(live))
            continue
        found[path] = value
    if spec.zero_ends and live.fields.get("stock.quantity") == 0 and found.get("stock.status") == "active":
        del found["stock.quantity"]  # declared together they would mean: end it
    checked, left = check.checked(name, found, live)  # its key may be no name
    for path, reason in left.items():
        notes.add(f"`{path}` was left out: it {reason}", f"{_name(live)} ({live.remote_id})")
    return checked


def _in_order(live: Live, kind: KindSpec) -> list[str]:
    """Order paths as the spec does; the further markets of a `.*` by name."""
    ranks = {path: rank for rank, path in enumerate(kind.fields)}

    def order(path: str) -> tuple[int, str]:
        known = path if path in ranks else f"{path.rpartition('.')[0]}.*"
        return ranks.get(known, len(ranks)), path

    return sorted(live.fields, key=order)


def _is_automated(live: Live, path: str, spec: MarketplaceSpec) -> bool:
    rules = live.facts.get("rules") or {}
    site = path.partition(".")[2]
    return site in rules or (site == "base" and spec.base_market in rules)


def _short(body: Mapping[str, Any]) -> dict[str, Any]:
    """Use the short forms: a price list by its name alone, a base price alone."""
    out = without_empty({section: body[section] for section in _OWN_ORDER if section in body})
    delivery, price = out.get("delivery"), out.get("price")
    if delivery and delivery.keys() == {"prices"} and isinstance(delivery["prices"], str):
        out["delivery"] = delivery["prices"]
    if price and price.keys() == {"base"}:
        out["price"] = price["base"]
    return out


def _template(name: str, settings: Mapping[str, Any], paths: Paths) -> Draft:
    return Draft(path=paths.new(TEMPLATES, slug(name)), body={"kind": TEMPLATE, "name": name, **settings})


def _defaults(
    folder: str, settings: Mapping[str, Any] | None, delivery: Mapping[str, Any] | None, paths: Paths
) -> Draft:
    said = without_empty({Module.SETTINGS.value: settings or {}, Module.DELIVERY.value: delivery or {}})
    return Draft(path=paths.new(folder, _DEFAULTS_FILE), body={"kind": DEFAULTS, OFFER: said})
