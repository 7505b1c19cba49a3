"""From effective documents to desired resources: the fields, and which of them we own.

The toggles of the six modules are decided here, once. After this no code asks about a toggle.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.documents.effective import Effective
from reconciler.documents.resources import spec_names
from reconciler.documents.specs import load_spec
from reconciler.engine.embedded import Embedded, embedded
from reconciler.engine.spelling import SAYS_NOTHING, ImageName, SpelledField, ValueSpelling
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.modules import Mode, Module, StockForm
from reconciler.model.offers import OFFER, Desired, Key, Origin
from reconciler.model.spec import KindSpec, MarketplaceSpec, Type
from reconciler.model.values import Value

#: Keys of documents that say something about the document and are no fields.
_ABOUT = frozenset({"kind", "name", "sku", "account", "labels", "sync", "protect", "adopt", "moved", "item"})
_SECTIONS = frozenset(Module)
QUANTITY = "stock.quantity"
_BASE = "price.base"

#: Yields documents, and counts them as they are worked on.
CountedEffective = Callable[[tuple[Effective, ...]], Iterator[Effective]]
#: Nothing is known by another name than its document's.
_SAME: Mapping[str, str] = {}


_NOT_AUTO = (Mode.MANUAL, Mode.OFF)
_FORMS: Mapping[str, StockForm] = {each.value: each for each in StockForm}
#: Sections that folders say for their offers, and that say nothing of a site, nor how they are meant.
_INHERITED = (Module.SETTINGS, Module.DELIVERY)
_Modules = tuple[frozenset[Module], frozenset[Module]]
#: Most resources have all their fields in their modules.
_NO_FIELDS: Mapping[str, Value] = {}


class _Wants(Struct):
    """What one document wants, while it is gathered: see `Desired`.

    `home` is the path of the price of the account's own site, where the document says it and the marketplace has
    one price only; else empty. `off` are the modules that are off.
    """

    document: Effective
    key: Key
    home: str
    off: frozenset[Module]
    owned: dict[str, Value] = field(default_factory=dict)
    unsynced: dict[str, Value] = field(default_factory=dict)
    form: str = StockForm.BASELINE.value
    pictures: tuple[str, ...] = ()
    not_there: tuple[str, ...] = ()


class _Section(Struct):
    """A section that many offers inherit as one and the same object: once two had it, what came of it is kept.

    `came` is the last one, kept so that no other takes its place in memory. `known`: nothing came of it but the
    fields `owned` and `unsynced`, for offers with these modules `off` that are `shared` or not.
    """

    came: Value = SAYS_NOTHING
    known: bool = False
    off: frozenset[Module] = frozenset()
    shared: bool = False
    owned: Mapping[str, Value] = {}
    unsynced: Mapping[str, Value] = {}


def resolve(
    documents: Iterable[Effective],
    spec: MarketplaceSpec,
    image: ImageName,
    skus: Mapping[str, str] = _SAME,
    counted: CountedEffective = iter,
) -> tuple[tuple[Desired, ...], tuple[Diagnostic, ...]]:
    """Resolve all documents of one account. Every mistake is reported; a broken field is left out.

    `skus` is what offers are known by whose key has not the name of their document: what refers to them says that.
    `counted` yields the documents to whoever counts them.
    """
    documents = tuple(documents)
    resolving = Resolving(spec, image, embedded(documents, spec), skus)
    found = [desired for each in counted(documents) if (desired := resolving.of(each)) is not None]
    return tuple(found), tuple(resolving.problems)


class Resolving:
    """Resolves the documents of one account, one after the other; `problems` grows meanwhile."""

    def __init__(
        self, spec: MarketplaceSpec, image: ImageName, parts: Embedded, skus: Mapping[str, str] = _SAME
    ) -> None:
        self.problems: list[Diagnostic] = []
        self._spec, self._parts, self._skus = spec, parts, skus
        self._resolvers = {name: _Resolver(kind, spec, image, parts) for name, kind in spec.kinds.items()}

    def of(self, document: Effective) -> Desired | None:
        """Return what a document wants; None where it is no thing of its own on the marketplace."""
        kind = self._spec.kinds.get(document.document.kind)
        if kind is not None and not kind.implied and (kind.name == OFFER or kind.operations):
            resolved = self._resolvers[kind.name].resolve(document, self.problems)
            return _referring(resolved, kind, self._skus) if self._skus and kind.name != OFFER else resolved
        if document.document.kind in self._parts.kinds:
            return None  # written with what names it
        if document.document.account is not None and not document.document.shared:
            self.problems.append(_no_such_kind(document, self._spec))
        return None


class _Resolver:
    """Resolves the documents of one kind of one account."""

    def __init__(self, kind: KindSpec, spec: MarketplaceSpec, image: ImageName, parts: Embedded) -> None:
        self._kind, self._spec, self._spelling = kind, spec, ValueSpelling(spec, image, parts)
        self._fields: dict[str, SpelledField | None] = {}
        self._paths: dict[str, dict[str, str]] = {each: {} for each in _SECTIONS}
        inherited = _INHERITED if kind.name == OFFER else ()
        self._inherited: dict[str, _Section] = {each: _Section() for each in inherited}
        self._modes: tuple[object, _Modules] = None, (frozenset(), frozenset())
        site = f"{Module.PRICE}.{spec.base_market}"
        self._home = site if kind.field(site) is None and _BASE in kind.fields else ""

    def resolve(self, document: Effective, problems: list[Diagnostic]) -> Desired:
        """Return what a document wants; mistakes go to `problems`."""
        body, of = document.body, document.document
        key, moved_from = document.key, body["moved"].get("from", "") if "moved" in body else ""
        home = self._home if self._home and _says_price(body, self._spec.base_market) else ""
        held, off = self._modes_of(document)
        wants = _Wants(document, key, home, off)
        for section, value in body.items():
            if section in self._inherited:
                self._inherit(section, value, wants, problems)
            elif section not in _ABOUT:
                self._fields_of(section, value, wants, problems)
        if self._kind.name == OFFER and self._spec.zero_ends:
            _end_at_zero(wants.owned, wants.form)
        traced = document.filled(_NO_FIELDS, document.sourced)  # where things stand needs no values
        return Desired(
            key=key,
            fields=wants.owned,
            unsynced=wants.unsynced or _NO_FIELDS,
            held=held,
            modes=document.modes,
            labels=document.labels,
            adopt=body.get("adopt"),
            stock_form=_FORMS[wants.form],
            sourced=document.sourced,
            item=str(body.get("item") or ""),
            moved_from="" if moved_from == key.name else moved_from,
            document=of.name if of.sku else "",
            protected=document.protected is not None,
            pictures=wants.pictures,
            not_there=wants.not_there,
            written=bool(document.written),
            origin=partial(_origin, traced, home) if home else traced.origin,
            inside=traced.inside,
            files=traced.files,
            window=traced.window_of,
            until=document.until.at,
            until_there=document.until[1:],
            in_window=document.window is not None,
        )

    def _inherit(self, section: str, value: Value, wants: _Wants, problems: list[Diagnostic]) -> None:
        """Resolve a section that the offer before may have, too."""
        last, shared = self._inherited[section], wants.document.document.shared
        if last.came is not value:
            last.came, last.known = value, False
            self._fields_of(section, value, wants, problems)
        elif last.known and last.off == wants.off and last.shared is shared:
            wants.owned.update(last.owned)
            wants.unsynced.update(last.unsynced)
        else:
            others = _Wants(wants.document, wants.key, wants.home, wants.off)
            known = len(problems)
            self._fields_of(section, value, others, problems)
            wants.owned.update(others.owned)
            wants.unsynced.update(others.unsynced)
            wants.pictures += others.pictures
            wants.not_there += others.not_there
            last.known = len(problems) == known and not others.pictures and not others.not_there
            last.off, last.shared, last.owned, last.unsynced = wants.off, shared, others.owned, others.unsynced

    def _fields_of(self, section: str, says: Value, wants: _Wants, problems: list[Diagnostic]) -> None:
        """Resolve the fields of a section; of a kind that has none, of a key."""
        document, home, off, owned, fields = wants.document, wants.home, wants.off, wants.owned, self._fields
        shared = document.document.shared
        for declared, said in self._declared(section, says):
            if home and declared == _BASE:
                continue  # the price of the account's own site is nearer
            path = _BASE if declared == home else declared
            field = fields[path] if path in fields else self._field(path)
            if shared and _is_elsewhere(path, self._spec.name, known=field is not None):
                continue  # each account takes the prices of its own sites
            if field is None:
                wants.not_there += tuple(self._unknown(document, path, problems))
                continue
            value = said
            if path == QUANTITY:
                wants.form, value = _stock_form(said, wants.form)
            try:
                spelled = field.spelled if value is field.came else self._spelling.of(field, value, wants.key)
            except ValueError as wrong:
                mark = document.origin(declared).mark
                about = field.known.about
                problems.append(error("D501", f"`{path}`: {wrong}", mark=mark, hint=about, about=wants.key))
                continue
            if spelled is SAYS_NOTHING:
                continue  # it speaks of other countries
            if field.sources:
                wants.pictures += field.sources
            (wants.unsynced if off and field.known.module in off else owned)[path] = spelled

    def _field(self, path: str) -> SpelledField | None:
        if path not in self._fields:
            known = self._kind.field(path)
            self._fields[path] = None if known is None else self._spelling.field(known)
        return self._fields[path]

    def _unknown(self, document: Effective, path: str, problems: list[Diagnostic]) -> Iterator[str]:
        """Judge a field that the marketplace does not have; yield it where it is inherited, from others' needs."""
        if document.says(path) and document.asked_for(path):
            problems.append(_unknown(document, path, self._spec, document.key))
        elif document.says(path):  # else a rule has added it, for marketplaces that have it
            yield path

    def _modes_of(self, document: Effective) -> _Modules:
        """Return the modules that a document holds back, and those that are off: asked once for a folder."""
        if self._modes[0] is not document.modes:
            modes = document.modes.items()
            held, off = (frozenset(module for module, (mode, _) in modes if mode is each) for each in _NOT_AUTO)
            self._modes = document.modes, (held, off)
        return self._modes[1]

    def _declared(self, section: str, value: Value) -> Iterable[tuple[str, Value]]:
        """Return what is declared as (path, value): for offers one level below each module section."""
        if self._kind.name != OFFER:
            return ((section, value),)
        if section == Module.BUNDLE:
            return (("bundle.items", value),)
        if section not in self._paths or not isinstance(value, dict):
            return ()
        paths = self._paths[section]  # one text for each path, however many documents say it
        return [
            (paths.get(inner) or paths.setdefault(inner, f"{section}.{inner}"), each)
            for inner, each in value.items()
            if inner != "template"
        ]


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


def _says_price(body: Mapping[str, Value], site: str) -> bool:
    prices = body.get("price")
    return isinstance(prices, dict) and site in prices


def _origin(document: Effective, home: str, path: str) -> Origin:
    return document.origin(home if path == _BASE else path)


def _stock_form(value: Value, form: str) -> tuple[str, Value]:
    """Return how a stock number is meant, and the number."""
    if not isinstance(value, dict):
        return form, value
    ((said, number),) = value.items()
    return said, number


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


def _end_at_zero(owned: dict[str, Value], form: str) -> None:
    """Where stock 0 ends an offer, an active offer without stock is a contradiction: it shall be ended.

    One that follows a source says zero by its quantity only: an end would count as a person's.
    """
    if form != StockForm.SOURCED and owned.get(QUANTITY) == 0 and owned.get("stock.status") == "active":
        owned["stock.status"] = "ended"


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
