"""What shows across documents only: duplicate names, unknown accounts and templates, near misses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any

from reconciler.documents.adapted import check_adapted
from reconciler.documents.addresses import check_addresses
from reconciler.documents.alike import check_alike
from reconciler.documents.document import Document, Project
from reconciler.documents.kinds import (
    BUNDLE,
    DEFAULTS,
    OFFER,
    RELEASED,
    TEMPLATE,
    named_kinds,
    of_one_account,
    references,
)
from reconciler.documents.markets import check_markets, check_zero
from reconciler.documents.matching import check_matching, chooses
from reconciler.documents.near import did_you_mean, nearest
from reconciler.documents.ownership import check_ownership
from reconciler.documents.resources import spec_names
from reconciler.model.diagnostics import Diagnostic, error, warning
from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.offers import Key

#: A reference to an object of the account is no mistake; only a very similar name makes it look like one.
_VERY_NEAR = 0.85

#: With more names than this nobody reads all of them, and each comparison costs.
_FEW = 200
#: Names that are compared with all others, in one project.
_COMPARED = 500

Reference = tuple[str, Any, tuple[str | int, ...]]  # kind, name, where it is written
_Homes = Mapping[str, set[str | None]]  # name -> accounts of the documents that have it


def check(
    documents: tuple[Document, ...], project: Project, *, broken: AbstractSet[tuple[str, str]], unread: bool
) -> Iterator[Diagnostic]:
    """Yield what is wrong between documents. What may follow from a broken file or document is not said."""
    yield from _duplicates(documents)
    yield from check_alike(documents)
    yield from _accounts(documents, project)
    yield from _defaults(documents)
    yield from check_matching(documents)
    yield from check_ownership(documents, project)
    yield from check_addresses(project)
    yield from check_markets(project)
    yield from check_zero(project)
    yield from check_adapted(documents, project, spec_names())
    yield from _references(documents, broken=broken, unread=unread)


def _duplicates(documents: tuple[Document, ...]) -> Iterator[Diagnostic]:
    """Names are unique by account and kind, and so are skus; a shared object is in every account."""
    names, keys = _Taken(), _Taken()
    skus = any(document.sku for document in documents)
    for document in documents:
        if document.kind not in named_kinds():
            continue
        other = names.by(document, document.name)
        if other is not None:
            yield _taken(document, "name", document.name, other.mark("name"))
        elif skus and (other := keys.by(document, document.known_as)) is not None:
            word = "sku" if document.sku else "name"
            yield _taken(document, word, document.known_as, other.key_mark())
        else:
            names.take(document, document.name)
            if skus:
                keys.take(document, document.known_as)


class _Taken:
    """The documents that have a name: first those of an account, and besides the last of any account."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str, str | None], Document] = {}
        self._any: dict[tuple[str, str], Document] = {}

    def by(self, document: Document, name: str) -> Document | None:
        bare = document.kind, name
        other = self._first.get((*bare, document.account)) or self._first.get((*bare, None))
        return self._any.get(bare) if other is None and document.account is None else other

    def take(self, document: Document, name: str) -> None:
        self._first[document.kind, name, document.account] = self._any[document.kind, name] = document


def _taken(document: Document, word: str, name: str, before: Mark) -> Diagnostic:
    return error(
        "D301",
        f"the {word} `{name}` is taken by another {document.kind}",
        mark=document.mark("name") if word == "name" else document.key_mark(),
        detail=f"It was given before at {before}.",
        hint=f"Give one of them another {word}, or remove it.",
        about=_named(document),
    )


def _accounts(documents: tuple[Document, ...], project: Project) -> Iterator[Diagnostic]:
    if project.document is None:
        return
    known = project.accounts
    for document in documents:
        kind = document.body["of"] if document.kind == RELEASED else document.kind
        if document.account is None and kind in of_one_account():
            hint = f"Write `account:` here or in a Defaults document; the accounts are {', '.join(known)}."
            summary = f"{document.kind} `{document.name}` does not say its account"
            yield error("D303", summary, mark=document.mark("name"), hint=hint, about=_named(document))
        elif document.account is not None and document.account not in known:
            hint = did_you_mean(document.account, known, otherwise=f"The accounts are {', '.join(known)}.")
            mark = document.mark("accounts" if document.shared else "account")
            summary = f"there is no account `{document.account}`"
            yield error("D302", summary, mark=mark, hint=hint, about=_named(document, homeless=True))


def _named(document: Document, *, homeless: bool = False) -> Key | None:
    """Return what a document is about; one without an account, or of none that there is, may be in any."""
    if document.kind not in named_kinds():
        return None
    return document.key._replace(account="") if homeless else document.key


def _defaults(documents: tuple[Document, ...]) -> Iterator[Diagnostic]:
    first: dict[tuple[str, frozenset[tuple[str, str]]], Document] = {}
    for document in documents:
        if document.kind != DEFAULTS:
            continue
        other = first.setdefault(chooses(document), document)
        if other is not document:
            of = "for the same labels" if "match" in document.body else "documents"
            yield error(
                "D305",
                f"this folder has two Defaults {of}",
                mark=document.mark(),
                detail=f"The other one is at {other.mark()}; which of them wins would depend on their order.",
                hint="Make one of them out of the two.",
            )


def _references(
    documents: tuple[Document, ...], *, broken: AbstractSet[tuple[str, str]], unread: bool
) -> Iterator[Diagnostic]:
    names, before = _names(documents), _before(documents)
    similar: dict[tuple[str, str], str | None] = {}
    for document in documents:
        for kind, name, path in _named_in(document):
            known = names.get(kind, {})
            if not isinstance(name, str) or (kind, name) in broken or _is_home(document, known.get(name)):
                continue
            # what cannot be read may be the template, unless the name is a slip in that of another one
            if kind == TEMPLATE and not (unread and nearest(name, names.get(kind, {})) is None):
                yield _no_template(document, name, path, known)
            elif kind != TEMPLATE and name not in known and (kind, name) in before:
                yield _renamed(document, kind, name, path, before[kind, name])
            elif kind != TEMPLATE and name not in known:
                if (kind, name) not in similar and len(similar) < _COMPARED:
                    similar[kind, name] = nearest(name, known, cutoff=_VERY_NEAR)
                if (near := similar.get((kind, name))) is not None:
                    yield _nearly(document, kind, name, path, near)


def _names(documents: tuple[Document, ...]) -> dict[str, dict[str, set[str | None]]]:
    """Return by kind what documents are called and known as, and in which accounts."""
    names: dict[str, dict[str, set[str | None]]] = {}
    for document in documents:
        if document.kind in named_kinds():
            known = names.setdefault(document.kind, {})
            known.setdefault(document.name, set()).add(document.account)
            if document.sku:
                known.setdefault(document.sku, set()).add(document.account)
    return names


def _before(documents: tuple[Document, ...]) -> dict[tuple[str, str], str]:
    """Return what documents are called by what they moved from."""
    moved = (each for each in documents if each.kind in named_kinds() and "moved" in each.body)
    return {(each.kind, each.body["moved"].get("from", "")): each.name for each in moved}


def _is_home(document: Document, accounts: AbstractSet[str | None] | None) -> bool:
    """Tell whether a name that these accounts know means something to the document."""
    return accounts is not None and (document.account is None or not accounts.isdisjoint({None, document.account}))


def _no_template(document: Document, name: str, path: tuple[str | int, ...], known: _Homes) -> Diagnostic:
    mark = document.mark(*path)
    if name in known:
        owners = ", ".join(str(account) for account in known[name])
        detail = f"A document of that name belongs to the account {owners}."
        summary = f"the account has no SettingsTemplate `{name}`"
        return error("D304", summary, mark=mark, detail=detail, about=_named(document))
    if 0 < len(known) <= _FEW:
        hint = did_you_mean(name, known, otherwise=f"The templates are {', '.join(sorted(known))}.")
    else:
        hint = f"There are {len(known):,} others." if known else "There is none in this project."
    return error("D304", f"there is no SettingsTemplate `{name}`", mark=mark, hint=hint, about=_named(document))


def _nearly(document: Document, kind: str, name: str, path: tuple[str | int, ...], similar: str) -> Diagnostic:
    return warning(
        "D308",
        f"no {kind} document is called `{name}`",
        mark=document.mark(*path),
        about=_named(document),
        detail="It will be looked up on the account.",
        hint=f"Did you mean `{similar}`? If it exists on the account only, all is well.",
    )


def _renamed(document: Document, kind: str, name: str, path: tuple[str | int, ...], new: str) -> Diagnostic:
    return warning(
        "D333",
        f"{kind} `{name}` is renamed: its document is called `{new}`",
        mark=document.mark(*path),
        about=_named(document),
        detail="Once that is applied, the account has nothing of the old name, and what names it is held back.",
        hint=f"Write `{new}`.",
    )


def _named_in(document: Document) -> Iterator[Reference]:
    body = document.body
    if document.kind == OFFER:
        yield from _named_by_offer(body, ())
    elif document.kind == TEMPLATE:
        yield from _named_by_settings(body, ())
    elif document.kind == DEFAULTS:
        yield from _named_by_offer(body.get(OFFER, {}), (OFFER,))
        yield from _named_by_settings(body.get(TEMPLATE, {}), (TEMPLATE,))
    elif document.kind == BUNDLE:
        for position, slot in enumerate(body.get("slots", [])):
            for index, name in enumerate(slot["offers"]):
                yield OFFER, name, ("slots", position, "offers", index)


def _named_by_offer(body: Any, above: tuple[str, ...]) -> Iterator[Reference]:
    settings = body.get("settings")
    if settings:
        yield TEMPLATE, settings.get("template"), (*above, "settings", "template")
        yield from _named_by_settings(settings, (*above, "settings"))
    for section, fields in _references_by_section().items():
        if section != Module.SETTINGS and isinstance(inner := body.get(section), dict):
            for field, kind in fields:
                if field in inner:
                    yield from _each(kind, inner[field], (*above, section, field))


def _named_by_settings(settings: Any, above: tuple[str, ...]) -> Iterator[Reference]:
    for field, kind in _references_by_section().get(Module.SETTINGS, ()):
        if field in settings:
            yield from _each(kind, settings[field], (*above, field))


@cache
def _references_by_section() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the fields of an offer that name something, and the kind of that, by their section."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path, kind in references():
        section, field = path.split(".")
        found.setdefault(section, []).append((field, kind))
    return found


def offers_named_in(documents: Sequence[Document]) -> set[str]:
    """Return the offers that other documents name: as parts, as what they were before, as let go."""
    found: set[str] = set()
    for document in documents:
        if document.kind == RELEASED:
            found.update(document.body["names"])
        elif "moved" in document.body:
            found.add(document.body["moved"].get("from", ""))
    return found | parts_named_in(documents)


def parts_named_in(documents: Iterable[Document]) -> set[str]:
    """Return the offers that other documents name as parts of theirs."""
    others = (each for each in documents if each.kind != OFFER)
    return {
        name for each in others for kind, name, _ in _named_in(each) if kind == OFFER and isinstance(name, str)
    }


def _each(kind: str, said: Any, path: tuple[str | int, ...]) -> Iterator[Reference]:
    """Yield one reference for a name, and one for each of a list of names."""
    if isinstance(said, list):
        yield from ((kind, name, (*path, index)) for index, name in enumerate(said))
    else:
        yield kind, said, path
