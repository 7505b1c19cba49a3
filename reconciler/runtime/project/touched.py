"""Which documents a git range touches: those that were written in it, and all in which what was written has a say.

Where it is not kept which of several things decided a value, all of them count: a document too many costs a look.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property

from msgspec import Struct

from reconciler.documents.document import Document, Documents
from reconciler.documents.kinds import DEFAULTS, PROJECT_FILE, SOURCE, named_kinds
from reconciler.documents.load import load
from reconciler.documents.sources import sources_of
from reconciler.engine.values_used import labels_in
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.offers import OFFER, Desired, Key
from reconciler.model.spec import MarketplaceSpec, Type
from reconciler.model.tables import Source
from reconciler.runtime.git import GitSilent
from reconciler.runtime.project.changed import Changed, changed_since
from reconciler.runtime.project.committed import Committed, unknown
from reconciler.runtime.project.images import files_of
from reconciler.runtime.project.resolve import Resolved, Wanted
from reconciler.runtime.project.workspace import Workspace

_NAMED = 3


class Touched(Struct, frozen=True, kw_only=True):
    """What a range touches: `keys` of documents, and `files`; `notes` are what there is to say of it.

    Below `folders` lie Defaults that differ, as they were. `gone` are kind and name of what had documents, and
    `embeds` tells whether a kind is touched that other documents are written with.
    """

    keys: frozenset[Key]
    files: Changed
    notes: tuple[Diagnostic, ...] = ()
    folders: frozenset[str] = frozenset()
    gone: frozenset[tuple[str, str]] = frozenset()
    embeds: bool = False

    def concerns(self, each: Diagnostic) -> bool:
        """Tell whether a finding is about what was touched, or about the project as a whole."""
        about = each.about
        if about is not None and (about in self.keys or (not about.account and self._has(about))):
            return True
        return each.mark is None or each.mark.file == PROJECT_FILE or each.mark.file in self.files

    def _has(self, about: Key) -> bool:
        """Tell whether something of this name is touched in any account."""
        return any((key.kind, key.name) == (about.kind, about.name) for key in self.keys)


class Range(Struct, frozen=True):
    """What lies between a revision and the files as they lie here."""

    revision: str
    then: Committed
    files: Changed

    @property
    def touches_all(self) -> bool:
        """Tell whether nothing can be said to be as it was."""
        return PROJECT_FILE in self.files


def range_since(workspace: Workspace, revision: str) -> Range:
    """Return what differs from a revision.

    BadDocuments where git does not know the revision, or cannot say what differs from it.
    """
    then = Committed(workspace.root, revision)
    try:
        return Range(revision, then, changed_since(workspace.root, then.commit))
    except GitSilent as silent:
        raise unknown(revision, silent) from silent


def touched(workspace: Workspace, resolved: Resolved, since: Range) -> Touched:
    """Return what a range touches of what was resolved."""
    files = since.files
    before = _as_they_were(since.then, files, resolved.documents)
    defaults = tuple(each for each in before if each.kind == DEFAULTS)
    found = _InRange(workspace, resolved, files, defaults)
    every = (each.key for part in resolved.wanted for each in part.desired)
    keys = {*every} if since.touches_all else found.keys()
    keys |= {
        Key(part.account.name, each.kind, each.known_as)
        for part in resolved.wanted
        for each in part.unusable
        if each.mark and (each.mark.file in files or since.touches_all)
    }
    gone = _gone(before, resolved)
    return Touched(
        keys=frozenset(keys),
        files=files,
        notes=tuple(_told(gone, since)),
        folders=frozenset(each.folder for each in defaults),
        gone=gone,
        embeds=bool(found.embedded),
    )


def _as_they_were(then: Committed, files: Changed, now: Documents) -> tuple[Document, ...]:
    """Return the documents of files that differ, as they were. Of all others nothing is parsed but Defaults.

    These say to which account a document belonged.
    """
    beside = {each.source.path: each.source.text.encode() for each in now.documents if each.kind == DEFAULTS}
    old = {} if then.is_empty else {PROJECT_FILE: then.project_file(), **dict(then.documents(files.files))}
    kept = {path: text for path, text in beside.items() if path not in files}
    found = load(({**kept, **old}).items()).documents if old else ()
    return tuple(each for each in found if each.source.path in old)


class _InRange(Struct, frozen=True, dict=True):
    workspace: Workspace
    resolved: Resolved
    files: Changed
    defaults: tuple[Document, ...]

    def keys(self) -> set[Key]:
        """Return what is touched, in all accounts: directly, and by what it refers to."""
        found = {
            each.key for part in self.resolved.wanted for each in part.desired if self._is_touched(each, part.spec)
        }
        users = self._users() if found else {}
        waiting = list(found)
        while waiting:
            new = users.get(waiting.pop(), set()) - found
            found |= new
            waiting.extend(new)
        return found

    def _is_touched(self, each: Desired, spec: MarketplaceSpec) -> bool:
        files = files_of(each)
        return (
            any(path in self.files for path in files)
            or (bool(self._sources) and self._follows(each))
            or any(_was_said_of(was, each, files) for was in self.defaults)
            or (bool(self.embedded) and self._embeds(each, spec))
        )

    @cached_property
    def _sources(self) -> frozenset[str]:
        """The Sources whose document, table, map or query differs."""
        declared = self.resolved.documents.of(SOURCE)
        known, _, _ = sources_of(declared)
        written = {each.name for each in declared if each.source.path in self.files}
        return frozenset(written | {name for name, source in known.items() if self._reads_another(source)})

    def _reads_another(self, source: Source) -> bool:
        query, table = source.settings.get("query"), source.settings.get("path")
        if any(isinstance(each, str) and each.removeprefix("./") in self.files for each in (source.map, query)):
            return True
        pattern = table.removeprefix("./") if isinstance(table, str) else ""
        return pattern in self.files or any(_is_of(path, pattern) for path in self.files.files)

    def _follows(self, each: Desired) -> bool:
        """A price may follow several sources, of which the first one is kept: so each of them counts."""
        followed = each.sourced.sources if each.sourced else {}
        return any(name in self._sources or path.startswith("price.") for path, name in followed.items())

    @cached_property
    def embedded(self) -> frozenset[str]:
        """The kinds of which a document differs that other documents are written with."""
        kinds = {
            field.embeds.partition(".")[0]
            for part in self.resolved.wanted
            for kind in part.spec.kinds.values()
            for field in kind.fields.values()
            if field.embeds
        }
        here = {each.kind for each in self.resolved.documents.documents if each.source.path in self.files}
        return frozenset(kinds if DEFAULTS in here or self.defaults else kinds & here)

    def _embeds(self, each: Desired, spec: MarketplaceSpec) -> bool:
        """What is embedded stands there without its name: all that embed one of its kind count."""
        known = (spec.kinds[each.key.kind].field(path) for path in (*each.fields, *each.unsynced))
        return any(field and field.embeds.partition(".")[0] in self.embedded for field in known)

    def _users(self) -> Mapping[Key, set[Key]]:
        """Return what refers to each document, and which offers share the pieces of an article with it."""
        found: dict[Key, set[Key]] = defaultdict(set)
        for part in self.resolved.wanted:
            for each in part.desired:
                for key in (*_referred(each, part.spec), *_sharing(each)):
                    found[key].add(each.key)
        return _by_documents(found, self.resolved.wanted)


def _by_documents(users: Mapping[Key, set[Key]], wanted: Iterable[Wanted]) -> Mapping[Key, set[Key]]:
    """Return them with what is named by the document under the key that it has."""
    found = dict(users)
    for part in wanted:
        for each in part.desired:
            if each.document and (more := users.get(each.key._replace(name=each.document))):
                found[each.key] = found.get(each.key, set()) | more
    return found


def _referred(each: Desired, spec: MarketplaceSpec) -> Iterator[Key]:
    kind = spec.kinds[each.key.kind]
    for fields in (each.fields, each.unsynced):
        for path, value in fields.items():
            known = kind.field(path)
            refers = OFFER if known and known.type is Type.SLOTS else known.refers if known else ""
            if known and refers and value:
                yield from (Key(each.key.account, refers, name) for name in labels_in(known.type, value))


def _sharing(each: Desired) -> Iterator[Key]:
    if each.sourced and each.sourced.stock:
        for others in each.sourced.stock.siblings.values():
            yield from (Key(other.account, OFFER, other.name) for other in others)


def _was_said_of(was: Document, each: Desired, files: Iterable[str]) -> bool:
    """Tell whether Defaults, as they were, held for a document: they may hold no longer, or be gone."""
    inside = not was.folder or any(path.startswith(f"{was.folder}/") for path in files)
    return inside and was.body.get("match", {}).items() <= each.labels.items()


def _is_of(path: str, pattern: str) -> bool:
    return bool(pattern) and path.count("/") == pattern.count("/") and fnmatchcase(path, pattern)


# --- what is said ----------------------------------------------------------------------------------------------


def _told(gone: Collection[tuple[str, str]], since: Range) -> Iterator[Diagnostic]:
    if since.touches_all:
        yield Diagnostic(
            severity=Severity.NOTE,
            code="P124",
            summary=f"{PROJECT_FILE} has changed since {since.revision}: all documents are looked at",
        )
    if gone:
        names = ", ".join(f"{kind}/{name}" for kind, name in sorted(gone)[:_NAMED])
        more = f" and {len(gone) - _NAMED:,} more" if len(gone) > _NAMED else ""
        count = "1 document is" if len(gone) == 1 else f"{len(gone):,} documents are"
        yield Diagnostic(
            severity=Severity.NOTE,
            code="P125",
            summary=f"{count} gone since {since.revision}: {names}{more}",
            detail="a narrowed plan ends nothing and deletes nothing",
            hint="plan without --changed-since to see what becomes of it",
        )


def _gone(before: Iterable[Document], resolved: Resolved) -> frozenset[tuple[str, str]]:
    """Return kind and name of what had a document in these accounts and has none, under any name."""
    now = resolved.documents
    accounts = {part.account.name for part in resolved.wanted}
    here = {
        (each.account, each.kind, name)
        for each in now.documents
        for name in (each.name, each.known_as, _from(each))
    }
    lost = {(each.kind, name) for each in now.unusable for name in each.names}
    return frozenset(
        (each.kind, each.name)
        for each in before
        if each.kind in named_kinds()
        and (each.account is None or each.account in accounts)
        and (each.account, each.kind, each.name) not in here
        and (each.kind, each.name) not in lost
    )


def _from(each: Document) -> str:
    return str((each.body.get("moved") or {}).get("from", ""))
