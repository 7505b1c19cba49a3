"""What a document says with all that it inherits: Defaults of its folders, its template, its own words."""

from collections.abc import Callable, Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from reconciler.documents.adapted import FOR, WITHOUT, has, left_out, nothing_left_out, parts_for
from reconciler.documents.document import Account, Document, Documents, folders_up
from reconciler.documents.effective import Effective, Layer
from reconciler.documents.kinds import DEFAULTS, OFFER, TEMPLATE, named_kinds, of_one_account
from reconciler.documents.matching import Matching
from reconciler.documents.project import modes as typed
from reconciler.documents.written import write_texts
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Origin

if TYPE_CHECKING:
    from reconciler.documents.templates import Renderer

#: Mappings of which only one key may hold: the nearest one replaces the others instead of joining them.
_ATOMIC = frozenset({"product", "discount", "title", "quantity", "share", "round", "margin"})
#: How a stock number can be said; `count` and `always` are forms of `quantity`.
_FORMS = frozenset({"quantity", "from"})
_OWN = frozenset({"labels", "sync", "protect"})
_NOT_SAID = object()
_NO_SECTION: Mapping[str, Any] = {}
#: Yields documents, and counts them as they are worked on.
CountedDocuments = Callable[[tuple[Document, ...]], Iterator[Document]]


def effective(
    documents: Documents,
    *,
    render: "Renderer | None",
    accounts: Container[str] | None = None,
    counted: CountedDocuments = iter,
) -> tuple[list[Effective], list[Diagnostic]]:
    """Return every named document but the SettingsTemplates, once for each (chosen) account that it holds for.

    Texts from content templates are written where `render` is given; a template that fails is a diagnostic,
    and its documents lack it. `counted` yields the documents to whoever counts them.
    """
    layering = Layering(documents)
    out: list[Effective] = []
    for document in counted(documents.documents):
        out.extend(layering.of(document, accounts))
    if render is None:
        return out, layering.findings
    written, faults = write_texts(out, render)
    return written, [*layering.findings, *faults]


class _Base(Struct, frozen=True):
    """All that a document inherits, computed once for each folder, kind, account and template."""

    body: Mapping[str, Any]
    labels: Mapping[str, str]
    modes: Mapping[Module, tuple[Mode, str]]
    protected: Origin | None
    layers: tuple[Layer, ...]
    lacks: str


class Layering:
    """Lays documents over what they inherit, one after the other; `findings` grows meanwhile."""

    def __init__(self, documents: Documents) -> None:
        self.findings: list[Diagnostic] = []
        self._project = documents.project
        every = [each for each in reversed(documents.documents) if each.kind == DEFAULTS]
        self._defaults = {each.folder: each for each in every if "match" not in each.body}
        self._matching = Matching(documents.documents)
        self._templates = {(d.account, d.name): d for d in documents.documents if d.kind == TEMPLATE}
        self._above: dict[tuple[str, str], str | None] = {}
        self._named: tuple[Mapping[str, Any], Mapping[str, Any]] = _NO_SECTION, _NO_SECTION
        self._bases: dict[tuple[str, str, str, str | None, tuple[int, ...]], _Base] = {}

    def of(self, document: Document, accounts: Container[str] | None = None) -> Iterator[Effective]:
        """Yield a named document once for each (chosen) account that it holds for; nothing of any other."""
        if document.kind in named_kinds() and document.kind != TEMPLATE:
            for account in self._accounts_of(document):
                if accounts is None or account in accounts:
                    yield self._effective(document, account)

    def _accounts_of(self, document: Document) -> tuple[str, ...]:
        """Return the accounts that it holds for; none when the loader has found the account missing."""
        known = self._project.accounts
        if document.account is not None:
            return (document.account,) if document.account in known else ()
        return () if document.kind in of_one_account() else tuple(known)

    def _effective(self, document: Document, account: str) -> Effective:
        says = dict(document.body.items())  # unpacked once
        own = {key: value for key, value in says.items() if key not in _OWN}
        of = self._project.accounts[account]
        template = self._template_of(document, own, of)
        base = self._base(document.folder, document.kind, account, template)
        labels = {**base.labels, **says["labels"]} if says.get("labels") else base.labels
        if matched := self._matching.of(document.folder, labels):
            base = self._base(document.folder, document.kind, account, template, matched)
        level = _level(document)
        body, layers = _over(base.body, own, of, Layer(level, document))
        self._check_left_out(base.body, own, document, of)
        if document.kind == OFFER and "template" in body.get("settings", _NO_SECTION):
            body["settings"] = self._without_template(body["settings"])
        decided = base.modes
        if said := says.get("sync"):
            decided = {**decided, **_decided(typed(said), level)}
        return Effective(
            document=document,
            account=account,
            body=body,
            modes=decided,
            labels=labels,
            protected=_protected(base.protected, document, level),
            layers=(*layers, *base.layers),
            lacks=base.lacks,
        )

    def _without_template(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return settings without the name of their template: most offers have those of their folder."""
        if settings is not self._named[0]:
            self._named = settings, {key: value for key, value in settings.items() if key != "template"}
        return self._named[1]

    def _check_left_out(
        self, inherited: Mapping[str, Any], own: Mapping[str, Any], document: Document, account: Account
    ) -> None:
        """Note what an own `without` names that neither the document says nor what it inherits from."""
        if FOR in own:
            body = merge(inherited, own)
            for name, part in parts_for(own, account):
                body = merge(body, part)
                self.findings.extend(
                    nothing_left_out(document, account.name, name, number, path)
                    for number, path in enumerate(part.get(WITHOUT, ()))
                    if not has(body, path)
                )

    def _template_of(self, document: Document, own: Mapping[str, Any], account: Account) -> str | None:
        if document.kind != OFFER:
            return None
        named: Any = _template_in(own, account) if FOR in own or "settings" in own else _NOT_SAID
        return self._template_above(document.folder, account) if named is _NOT_SAID else named

    def _template_above(self, folder: str, account: Account) -> str | None:
        """Return the template that the nearest Defaults names, looked for once for each folder and account."""
        key = folder, account.name
        if key not in self._above:
            named = (_template_in(self._said(each, OFFER), account) for each in folders_up(folder))
            self._above[key] = next((name for name in named if name is not _NOT_SAID), None)
        return self._above[key]

    def _said(self, folder: str, kind: str) -> Mapping[str, Any]:
        found = self._defaults.get(folder)
        return found.body.get(kind, _NO_SECTION) if found else _NO_SECTION

    def _base(
        self, folder: str, kind: str, account: str, template: str | None, matched: tuple[int, ...] = ()
    ) -> _Base:
        key = folder, kind, account, template, matched
        if key not in self._bases:
            self._bases[key] = self._compute(folder, kind, account, template, matched)
        return self._bases[key]

    def _compute(
        self, folder: str, kind: str, account: str, template: str | None, matched: tuple[int, ...]
    ) -> _Base:
        """Merge from the farthest to the nearest: project, account, folders, template."""
        body: dict[str, Any] = {}
        labels: dict[str, str] = {}
        decided = _decided(dict.fromkeys(Module, Mode.AUTO), "default")
        decided |= _decided(self._project.sync, "project")
        decided |= _decided(self._project.accounts[account].sync, f"account {account}")
        protected = self._project.protection(account)
        layers: list[Layer] = []
        pending = self._template_layer(account, template)
        of = self._project.accounts[account]
        for defaults in self._defaults_down(folder, matched):
            part = defaults.body.get(kind, _NO_SECTION)
            if pending is not None and _names_template(part, of, template):
                # A value beside the name of the template is an exception from it, here as in an offer.
                body, told = _with_template(body, pending, of)
                layers.extend(reversed(told))
            labels |= defaults.body.get("labels", {})
            level = _level_of_defaults(defaults)
            decided |= _decided(typed(defaults.body.get("sync", {})), level)
            protected = _protected(protected, defaults, level)
            body, told = _over(body, part, of, Layer(level, defaults, above=(kind,)))
            layers.extend(reversed(told))
        if pending is not None:
            if pending not in layers:
                body, told = _with_template(body, pending, of)
                layers.extend(reversed(told))
            decided |= _decided(typed(pending.document.body.get("sync", {})), pending.level)
            protected = _protected(protected, pending.document, pending.level)
        lost = template is not None and pending is None
        lacks = f"the SettingsTemplate {template} cannot be used, or is not there" if lost else ""
        return _Base(body, labels, decided, protected, tuple(reversed(layers)), lacks)

    def _defaults_down(self, folder: str, matched: tuple[int, ...]) -> Iterator[Document]:
        """Yield the Defaults of each folder, what holds for all in it before what asks for labels."""
        chosen = [self._matching.defaults[number] for number in matched]
        for above in reversed(folders_up(folder)):
            if above in self._defaults:
                yield self._defaults[above]
            yield from (each for each in chosen if each.folder == above)

    def _template_layer(self, account: str, name: str | None) -> Layer | None:
        found = self._templates.get((account, name or "")) or self._templates.get((None, name or ""))
        return Layer(f"template {name}", found, below=("settings",)) if found else None


def _over(
    under: Mapping[str, Any], said: Mapping[str, Any], account: Account, layer: Layer
) -> tuple[dict[str, Any], tuple[Layer, ...]]:
    """Return a body with what a layer says on top, also for one account, and the layers of that, nearest first."""
    if FOR not in said:
        return merge(under, said), (layer,)
    out = merge(under, {key: value for key, value in said.items() if key != FOR})
    layers = [layer]
    for name, part in parts_for(said, account):
        out = merge(out, {key: value for key, value in part.items() if key != WITHOUT})
        out = left_out(out, part.get(WITHOUT, ()))
        above = (*layer.above, FOR, name)
        layers.append(replace(layer, level=f"{layer.level} for {name}", above=above, adapts=True))
    return out, tuple(reversed(layers))


def _with_template(
    under: Mapping[str, Any], template: Layer, account: Account
) -> tuple[dict[str, Any], tuple[Layer, ...]]:
    """Return a body with a template's settings on top, and the layers of that, nearest first."""
    said = {key: value for key, value in template.document.body.items() if key not in _OWN}
    fields, layers = _over({}, said, account, template)
    return merge(under, {"settings": fields}), layers


def _template_in(said: Mapping[str, Any], account: Account) -> Any:
    """Return the template that a body names for an account; _NOT_SAID where it names none."""
    for part in (*reversed([part for _, part in parts_for(said, account)]), said) if FOR in said else (said,):
        settings = part.get("settings", _NO_SECTION)
        if "template" in settings:
            return settings["template"]
    return _NOT_SAID


def _names_template(part: Mapping[str, Any], account: Account, template: str | None) -> bool:
    said = (part, *(each for _, each in parts_for(part, account)))
    return any(each.get("settings", _NO_SECTION).get("template") == template for each in said)


def _decided(said: Mapping[Module, Mode], level: str) -> dict[Module, tuple[Mode, str]]:
    return {module: (mode, level) for module, mode in said.items()}


def _protected(under: Origin | None, document: Document, level: str) -> Origin | None:
    """Return who protects: this document where it says so, nobody where it says no, else who did before."""
    if "protect" not in document.body:
        return under
    return Origin(level, document.mark("protect")) if document.body["protect"] else None


def _level_of_defaults(document: Document) -> str:
    labels = ", ".join(f"{name}={value}" for name, value in document.body.get("match", {}).items())
    return f"defaults {document.source.path}" + (f" ({labels})" if labels else "")


def _level(document: Document) -> str:
    return "offer" if document.kind == OFFER else "document"


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `under` with `over` on top: mappings are merged, everything else is replaced.

    Of the forms of a stock number only the nearest holds.
    """
    out = dict(under)
    for key, value in over.items():
        if value.__class__ is dict and key not in _ATOMIC:
            below = out.get(key)
            if key == "stock" and isinstance(below, dict) and not _FORMS.isdisjoint(value):
                below = {word: said for word, said in below.items() if word not in _FORMS}
            out[key] = merge(below, value) if isinstance(below, dict) else value
        else:
            out[key] = value
    return out
