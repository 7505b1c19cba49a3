"""Files -> Documents: parse, check against the schemas, write out short forms, check across documents.

Nothing stops at the first mistake: what can be read goes on, and all findings come back together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from sys import intern
from typing import Any

from msgspec.structs import replace

from reconciler.documents.adapted import FOR
from reconciler.documents.checks import check
from reconciler.documents.document import Document, Documents, Project, Unusable, homes_of
from reconciler.documents.explain import explain
from reconciler.documents.findings import Findings
from reconciler.documents.kinds import (
    DEFAULTS,
    OFFER,
    PROJECT,
    PROJECT_FILE,
    SOURCE,
    in_accounts,
    named_kinds,
    of_one_account,
    schemas,
)
from reconciler.documents.left_out import LeftOut, placed, unusable
from reconciler.documents.near import did_you_mean
from reconciler.documents.packed import packed
from reconciler.documents.project import project_of
from reconciler.documents.resources import spec_names
from reconciler.documents.schema import verdict
from reconciler.documents.shorthand import long_form
from reconciler.documents.skus import SKU, hides_sku, sku_on, skus_of
from reconciler.documents.source import RawDocument, parse
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.marks import Mark
from reconciler.model.offers import Key

_HEAD = frozenset({"kind", "name", "account"})
_HEAD_AND_HOMES = _HEAD | {"accounts"}
_SKUS = frozenset({SKU, FOR})
#: So many files are read, then parsed, then judged: code that is at work stays near the processor.
_BATCH = 64


def load(files: Iterable[tuple[str, bytes]], beside: Sequence[Diagnostic] = ()) -> Documents:
    """Read a project: pairs of a path (relative to the root, forward slashes) and the file's bytes.

    `beside` are findings about files that could not be handed over; it may grow while the others are.

    Never raises for what a user wrote; `diagnostics` has the findings in reading order, a bounded number for each
    file. A document with an
    error in itself is left out, and what refers to it is not reported again.
    """
    findings = Findings()
    found: list[Document] = []
    several: dict[int, tuple[str, ...]] = {}
    left_out = LeftOut()
    seen = False
    for path, data, (raws, faults) in _parsed(files):
        seen = seen or path == PROJECT_FILE
        if faults:
            own = {id(fault) for raw in raws for fault in raw.faults}
            rest = [fault for fault in faults if id(fault) not in own]
            findings.extend(rest)
            if rest:
                left_out.file(path, data)
        for raw in map(_as_meant, raws):
            findings.about = partial(_about, raw)
            findings.extend(raw.faults)
            document = _document(raw, findings)
            if document is not None and (not raw.faults or document.kind == PROJECT):
                found.append(document)
                several[id(document)] = _accounts(raw.value)
            else:
                left_out.document(raw)
            findings.about_nothing()
    for each in beside:
        left_out.file(each.mark.file if each.mark else "", b"")
    project = _project(found, findings, seen=seen, excused=left_out.any_of(PROJECT_FILE))
    said = {each.folder: several[id(each)] for each in found if each.kind == DEFAULTS and several[id(each)]}
    homes = left_out.homes(project) | said
    skus = {id(each.body): skus for each in found if (skus := _skus(each))}
    documents = _with_accounts(found, several, project, homes)
    documents = _with_skus(documents, skus, project) if skus else documents
    usable, spoilt = left_out.sorted_out(documents)
    findings.extend(check(usable, project, broken=left_out.names(), unread=left_out.unread))
    told = placed(findings.told(), homes, project, left_out.of_several)
    return Documents(
        project=project,
        documents=usable,
        diagnostics=told,
        unusable=(
            *left_out.documents(homes, project),
            *spoilt,
            *_homeless(usable, project),
            *_misnamed(usable, skus, project),
        ),
        broken_sources=frozenset(name for kind, name in left_out.names() if kind == SOURCE),
        homes=homes,
    )


def _parsed(
    files: Iterable[tuple[str, bytes]],
) -> Iterator[tuple[str, bytes, tuple[list[RawDocument], list[Diagnostic]]]]:
    """Yield each file with what it holds."""
    files = iter(files)
    while batch := list(islice(files, _BATCH)):
        yield from [(path, data, parse(path, data)) for path, data in batch]


def _about(raw: RawDocument) -> Key | None:
    """Return what a document is about, as far as it says so; `placed` adds the account of its folder."""
    value = raw.value if isinstance(raw.value, dict) else {}
    kind, name, account = value.get("kind"), value.get("name"), value.get("account")
    if not isinstance(kind, str) or kind not in named_kinds() or not isinstance(name, str | int):
        return None
    return Key(account if isinstance(account, str) else "", kind, str(name))


def _as_meant(raw: RawDocument) -> RawDocument:
    """Return the document with its texts as written, whatever else is wrong with it: it is known by its name."""
    kind = _kind(raw) if raw.respelled else None
    return _as_written(raw, kind) if isinstance(kind, str) else raw


def _as_written(raw: RawDocument, kind: str) -> RawDocument:
    from reconciler.documents.as_written import as_written  # noqa: PLC0415 - with the parser of all of YAML

    return as_written(raw, kind)


def _document(raw: RawDocument, findings: Findings) -> Document | None:
    """Return the document, or None when it has an error, which is then among the findings."""
    kind = _kind(raw)
    if isinstance(kind, Diagnostic):
        findings.add(kind)
        return None
    if not verdict(kind)(raw.value):
        raw = _as_written(raw, kind)
        if not verdict(kind)(raw.value):
            if kind == OFFER and hides_sku(raw.value):
                findings.about_nothing()  # it may be known by anything
            explain(raw, kind, findings)
            return None
    value = raw.value
    account = value.get("account")
    if account is not None and "accounts" in value:
        findings.add(_both(raw))
        return None
    about = _HEAD if kind == PROJECT else _HEAD_AND_HOMES
    body = long_form(kind, {key: each for key, each in value.items() if key not in about})
    if kind == DEFAULTS:
        body = {key: long_form(key, part) if key in schemas() else part for key, part in body.items()}
    path = raw.source.path
    return Document(
        kind=kind,
        name=str(value["name"]) if "name" in value else _nameless(kind, path),
        account=str(account) if account is not None else None,
        body=packed(body) if kind == OFFER else body,
        source=raw.source,
        index=raw.index,
        folder=intern(path.rpartition("/")[0]),
    )


def _accounts(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the accounts that a document names."""
    if "accounts" in value:
        return tuple(map(str, value["accounts"] or ()))
    return (str(value["account"]),) if value.get("account") is not None else ()


def _both(raw: RawDocument) -> Diagnostic:
    return error(
        "D321",
        "`account` and `accounts` stand beside each other",
        mark=raw.source.mark(raw.index, ("accounts",)),
        hint="Write all of them under `accounts`.",
    )


def _homeless(documents: Iterable[Document], project: Project) -> Iterable[Unusable]:
    """Yield the documents of no account that there is: what they stand for is in none, and may be in any."""
    for each in documents:
        if each.kind in named_kinds() and (
            each.account not in project.accounts if each.account else each.kind in of_one_account()
        ):
            yield unusable(each, "its account is not known", account="")


def _misnamed(
    documents: Iterable[Document], skus: Mapping[int, Mapping[str, str]], project: Project
) -> Iterable[Unusable]:
    """Yield the offers that say a sku for what is neither an account nor a marketplace: on one it is lost."""
    known = {"", *project.accounts, *spec_names()}
    for each in documents if skus else ():
        if skus.get(id(each.body), {}).keys() - known:
            yield unusable(each, "it says a sku for no account that there is")


def _nameless(kind: str, path: str) -> str:
    """Documents without a name are called by their file; a project without one has the empty name."""
    return "" if kind == PROJECT else path


def _kind(raw: RawDocument) -> str | Diagnostic:
    value = raw.value
    if not isinstance(value, dict):
        mark = raw.source.mark(raw.index, ())
        hint = "Start with `kind:` and `name:`, each on a line of its own."
        return error("D201", "a document must be a mapping of keys to values", mark=mark, hint=hint)
    kind = value.get("kind")
    if kind is None and raw.source.path == PROJECT_FILE and raw.index == 0:
        return PROJECT
    if isinstance(kind, str) and kind in schemas():
        return kind
    mark = raw.source.mark(raw.index, ("kind",))
    kinds = f"The kinds are {', '.join(schemas())}."
    if kind is None:
        return error("D202", "the document does not say its `kind`", mark=mark, hint=kinds)
    hint = did_you_mean(str(kind), schemas(), otherwise=kinds)
    return error("D203", f"`{str(kind)[:60]}` is not a kind of document", mark=mark, hint=hint)


def _project(found: list[Document], findings: Findings, *, seen: bool, excused: bool) -> Project:
    projects = [document for document in found if document.kind == PROJECT]
    here = [document for document in projects if document.source.path == PROJECT_FILE]
    for other in projects:
        if here and other is here[0]:
            continue
        findings.add(_misplaced(other))
    if here:
        return project_of(here[0])
    if not excused and not projects:
        hint = "Write `accounts:` in it, or let `reconcile init` do so."
        summary = f"{PROJECT_FILE} describes no project" if seen else f"there is no {PROJECT_FILE}"
        findings.add(error("D306", summary, mark=Mark(PROJECT_FILE) if seen else None, hint=hint))
    return Project()


def _misplaced(document: Document) -> Diagnostic:
    return error(
        "D307",
        f"a Project can only be the one in {PROJECT_FILE} at the top",
        mark=document.mark(),
        detail="A project within another would be planned twice.",
        hint="Remove it, or add its folder to `ignore:` of the outer project.",
    )


def _with_accounts(
    found: list[Document],
    named: Mapping[int, tuple[str, ...]],
    project: Project,
    homes: Mapping[str, tuple[str, ...]],
) -> tuple[Document, ...]:
    """Give each document the accounts that it names, or its folder's Defaults, or the only one there is.

    One of several accounts is as many documents, one behind the other.
    """
    inherited: dict[str, tuple[str, ...]] = {}
    out: list[Document] = []
    for document in found:
        accounts = named[id(document)]
        if not accounts and document.kind in in_accounts():
            if document.folder not in inherited:
                inherited[document.folder] = homes_of(homes, project, document.folder)
            accounts = inherited[document.folder]
        if document.kind not in in_accounts() or accounts in ((), (document.account,)):
            out.append(document)
        else:
            out.extend(replace(document, account=each, shared=len(accounts) > 1) for each in accounts)
    return tuple(out)


def _skus(document: Document) -> Mapping[str, str]:
    return skus_of(document.body) if document.kind == OFFER and not document.body.keys().isdisjoint(_SKUS) else {}


def _with_skus(
    documents: Iterable[Document], skus: Mapping[int, Mapping[str, str]], project: Project
) -> tuple[Document, ...]:
    """Give offers what they are known by on their accounts. `skus` are those of the bodies that say any."""
    out = []
    for each in documents:
        said, account = skus.get(id(each.body)), project.accounts.get(each.account or "")
        sku = sku_on(said, account) if said and account else ""
        out.append(replace(each, sku=sku) if sku not in ("", each.name) else each)
    return tuple(out)
