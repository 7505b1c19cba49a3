"""From effective documents to desired resources: the fields, and which of them we own.

The toggles of the six modules are decided here, once. After this no code asks about a toggle.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial

from reconciler.documents.effective import Effective
from reconciler.documents.resources import spec_names
from reconciler.documents.specs import load_spec
from reconciler.engine.canonical import canonical
from reconciler.engine.embedded import Embedded, embedded
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.modules import Mode, Module, StockForm
from reconciler.model.offers import OFFER, Desired, Key, Origin
from reconciler.model.spec import FieldSpec, KindSpec, MarketplaceSpec, Type
from reconciler.model.values import Value

#: Keys of documents that say something about the document and are no fields.
_ABOUT = frozenset({"kind", "name", "sku", "account", "labels", "sync", "protect", "adopt", "moved", "item"})
_SECTIONS = frozenset(Module)
QUANTITY = "stock.quantity"
_BASE = "price.base"

#: Turns the source of an image (a path of the project, or an address) into its canonical name or address; with
#: `of` that of the image of one offer.
ImageName = Callable[..., str]
#: Nothing is known by another name than its document's.
_SAME: Mapping[str, str] = {}


@dataclass(slots=True)
class _Sorted:
    """The fields of one document while they are being sorted."""

    owned: dict[str, Value] = field(default_factory=dict)
    unsynced: dict[str, Value] = field(default_factory=dict)


def resolve(
    documents: Iterable[Effective], spec: MarketplaceSpec, image: ImageName, skus: Mapping[str, str] = _SAME
) -> tuple[tuple[Desired, ...], tuple[Diagnostic, ...]]:
    """Resolve all documents of one account. Every mistake is reported; a broken field is left out.

    `skus` is what offers are known by whose key has not the name of their document: what refers to them says that.
    """
    found: list[Desired] = []
    problems: list[Diagnostic] = []
    documents = tuple(documents)
    parts = embedded(documents, spec)
    for document in documents:
        kind = spec.kinds.get(document.document.kind)
        if kind is not None and not kind.implied and (kind.name == OFFER or kind.operations):
            resolved = _resolve(document, kind, spec, image, parts, problems)
            found.append(_referring(resolved, kind, skus) if skus and kind.name != OFFER else resolved)
        elif document.document.kind in parts.kinds:
            continue  # written with what names it
        elif document.document.account is not None and not document.document.shared:
            problems.append(_no_such_kind(document, spec))
    return tuple(found), tuple(problems)


def _resolve(
    document: Effective,
    kind: KindSpec,
    spec: MarketplaceSpec,
    image: ImageName,
    parts: Embedded,
    problems: list[Diagnostic],
) -> Desired:
    fields, form = _Sorted(), StockForm.BASELINE.value
    pictures: list[str] = []
    not_there: list[str] = []
    key, moved_from = document.key, document.body.get("moved", {}).get("from", "")
    named = partial(image, of=key.name) if spec.images.of == "offer" else image
    home = _home_price(document, kind, spec)
    for declared, value in _declared(document.body, kind):
        if home and declared == _BASE:
            continue  # the price of the account's own site is nearer
        path = _BASE if declared == home else declared
        known = kind.field(path)
        if document.document.shared and _is_elsewhere(path, spec.name, known=known is not None):
            continue  # each account takes the prices of its own sites
        if known is None:
            if document.says(path) and document.asked_for(path):
                problems.append(_unknown(document, path, spec, key))
            elif document.says(path):  # else a rule has added it, for marketplaces that have it
                not_there.append(path)
            continue
        form, plain = _stock_form(path, _of_site(known, value, spec), form)
        if plain == {} and value:
            continue  # it speaks of other countries
        try:
            spelled = canonical(known, parts.value(known, plain))
        except ValueError as wrong:
            mark = document.origin(declared).mark
            problems.append(error("D501", f"`{path}`: {wrong}", mark=mark, hint=known.about, about=key))
            continue
        mode = document.modes[known.module][0] if known.module else Mode.AUTO
        target = fields.unsynced if mode is Mode.OFF else fields.owned
        target[path] = _with_images(known, spelled, named, pictures)
    if kind.name == OFFER and spec.zero_ends:
        _end_at_zero(fields, form)
    return Desired(
        key=key,
        fields=fields.owned,
        unsynced=fields.unsynced,
        held=frozenset(module for module, (mode, _) in document.modes.items() if mode is Mode.MANUAL),
        modes=document.modes,
        labels=document.labels,
        adopt=document.body.get("adopt"),
        stock_form=StockForm(form),
        sourced=document.sourced,
        moved_from="" if moved_from == key.name else moved_from,
        document=document.document.name if document.document.sku else "",
        protected=document.protected is not None,
        pictures=tuple(pictures),
        not_there=tuple(not_there),
        origin=partial(_origin, document, home) if home else document.origin,
        inside=document.inside,
        files=document.files,
        window=document.window_of,
        until=document.until,
    )


def _of_site(known: FieldSpec, value: Value, spec: MarketplaceSpec) -> Value:
    """Return a tax as the account's own site takes it: of one country, where it takes no others."""
    country = spec.marketplaces[spec.base_market].country
    if known.type is not Type.TAX or not country or not isinstance(value, Mapping):
        return value
    return {country: value[country]} if country in value else {}


def _referring(desired: Desired, kind: KindSpec, skus: Mapping[str, str]) -> Desired:
    """Return it with what its offers are known by, where it names them by their documents."""
    fields = dict(desired.fields)
    for path, value in desired.fields.items():
        known = kind.field(path)
        if known is not None and known.refers == OFFER and known.type is Type.SLOTS:
            fields[path] = [
                {**slot, "offers": [skus.get(name, name) for name in slot["offers"]]} for slot in value
            ]
    return replace(desired, fields=fields)


def _home_price(document: Effective, kind: KindSpec, spec: MarketplaceSpec) -> str:
    """Return the price of the account's own site, where that is said and its marketplace has one price only."""
    site = f"{Module.PRICE}.{spec.base_market}"
    prices = document.body.get(Module.PRICE)
    said = isinstance(prices, Mapping) and spec.base_market in prices
    return site if said and kind.field(site) is None and _BASE in kind.fields else ""


def _origin(document: Effective, home: str, path: str) -> Origin:
    return document.origin(home if path == _BASE else path)


def _stock_form(path: str, value: Value, form: str) -> tuple[str, Value]:
    """Return how a stock number is meant, and the number; of other fields what came in."""
    if path != QUANTITY or not isinstance(value, Mapping):
        return form, value
    ((said, number),) = value.items()
    return said, number


def _declared(body: Mapping[str, Value], kind: KindSpec) -> Iterable[tuple[str, Value]]:
    """List what a document declares as (path, value): for offers one level below each module section."""
    for key, value in body.items():
        if key in _ABOUT:
            continue
        if kind.name != OFFER:
            yield key, value
        elif key == Module.BUNDLE:
            yield "bundle.items", value
        elif key in _SECTIONS and isinstance(value, Mapping):
            for inner, each in value.items():
                if inner != "template":
                    yield f"{key}.{inner}", each


def _unknown(document: Effective, path: str, spec: MarketplaceSpec, about: Key) -> Diagnostic:
    section, _, key = path.partition(".")
    hint = f"the sites are {', '.join(spec.marketplaces)}" if section == Module.PRICE else ""
    if document.document.shared and not hint:
        hint = f"leave it out there: `for: {{{spec.name}: {{without: [{path}]}}}}`"
    summary = f"{spec.title} has no field `{key or path}`"
    return error("D502", summary, mark=document.origin(path).mark, hint=hint, about=about)


@cache
def _is_elsewhere(path: str, marketplace: str, *, known: bool) -> bool:
    """Tell whether a field is the price on another account's site; `known`: this marketplace has the field."""
    section, _, site = path.partition(".")
    if section != Module.PRICE or (
        known and site in {_BASE.partition(".")[2], *load_spec(marketplace).marketplaces}
    ):
        return False
    return any(site in load_spec(name).marketplaces for name in spec_names())


def _no_such_kind(document: Effective, spec: MarketplaceSpec) -> Diagnostic:
    """Say that a kind is not there, or is there and can only be named: nothing of it can be written."""
    of = document.document
    there = spec.kinds.get(of.kind)
    why = f"{spec.title} has no {of.kind}" if there is None else f"a {there.label} of {spec.title} is not written"
    return error(
        "D507",
        f"{why}: `{of.name}` cannot be in account {document.account}",
        mark=of.mark("kind"),
        hint="take the document away, or give it to another account"
        + ("" if there is None else f"; an offer names a {there.label} that is there"),
        about=document.key,
    )


def _with_images(known: FieldSpec, value: Value, image: ImageName, sources: list[str]) -> Value:
    """Return a value with its images named; what documents call them goes to `sources`."""
    if value is None or known.type not in (Type.IMAGES, Type.SECTIONS):
        return value
    if known.type is Type.IMAGES:
        sources.extend(value)
        return [image(source) for source in value]
    sources.extend(item["image"] for section in value for item in section if "image" in item)
    return [
        [{"image": image(item["image"])} if "image" in item else item for item in section] for section in value
    ]


def _end_at_zero(fields: _Sorted, form: str) -> None:
    """Where stock 0 ends an offer, an active offer without stock is a contradiction: it shall be ended.

    One that follows a source says zero by its quantity only: an end would count as a person's.
    """
    if (
        form != StockForm.SOURCED
        and fields.owned.get(QUANTITY) == 0
        and fields.owned.get("stock.status") == "active"
    ):
        fields.owned["stock.status"] = "ended"


def relabel(
    desired: Iterable[Desired], spec: MarketplaceSpec, labels: Mapping[str, Mapping[str, str]]
) -> tuple[Desired, ...]:
    """Write explicit ids (`#<id>`) as the names that live references bear, where the name is unique."""
    paths = {
        name: {path: known.refers for path, known in kind.fields.items() if known.refers and known.type in _NAMED}
        for name, kind in spec.kinds.items()
    }
    return tuple(_relabelled(each, paths[each.key.kind], labels) for each in desired)


_NAMED = (Type.REFERENCE, Type.REFERENCES)


def _relabelled(desired: Desired, paths: Mapping[str, str], labels: Mapping[str, Mapping[str, str]]) -> Desired:
    told = {}
    for path, refers in paths.items():
        value = desired.fields.get(path)
        if value and "#" in str(value):
            names = labels.get(refers, {})
            one = isinstance(value, str)
            named = [names.get(v[1:], v) if v.startswith("#") else v for v in ([value] if one else value)]
            told[path] = named[0] if one else named
    return replace(desired, fields={**desired.fields, **told}) if told else desired
