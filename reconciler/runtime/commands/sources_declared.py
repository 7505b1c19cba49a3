"""The sources that a project declares: which can be used, where their rows come from, and who follows them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from reconciler.connectors.http.address import VARIABLE, shown
from reconciler.documents.document import Document, Documents
from reconciler.documents.kinds import OFFER, PROJECT_FILE, SOURCE
from reconciler.documents.layers import effective
from reconciler.documents.sources import sources_of
from reconciler.engine.rules.given import used_in
from reconciler.model.diagnostics import Diagnostic, Severity, has_errors, in_reading_order
from reconciler.model.source_status import SourceState, SourceStatus
from reconciler.model.tables import Readout, Source
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.project.tables import connector_problems, unknown_sources
from reconciler.runtime.project.workspace import Workspace


class DeclaredSources(Struct, frozen=True, kw_only=True):
    """All Source documents of a project by their names, those that can be used, and what is wrong with the others.

    `followers` is how many offers name each of them.
    """

    project: str
    documents: Mapping[str, Document]
    usable: Mapping[str, Source]
    followers: Mapping[str, int]
    diagnostics: tuple[Diagnostic, ...]

    def definitions(self, names: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """Return what the documents of these sources say."""
        return {name: self.documents[name].body for name in names}

    def status(self, name: str, **found: Any) -> SourceStatus:
        """Return how a source stands, with what was found of it."""
        document, source = self.documents[name], self.usable.get(name)
        found = found if source else {"state": SourceState.MISTAKES, "why": "its document has mistakes"}
        return SourceStatus(
            name=name,
            type=document.body["type"],
            place=_place(document.body),
            offers=self.followers.get(name, 0),
            freshness=source.freshness if source else None,
            mark=document.mark("name"),
            **found,
        )

    def status_of(self, reading: Readout, now: datetime) -> SourceStatus:
        """Return how a source stands that was read."""
        return self.status(
            reading.source,
            state=SourceState(reading.state.value),
            rows=len(reading.rows),
            as_of=reading.as_of,
            age=now - reading.as_of,
            digest=reading.digest,
            why=reading.why,
            hint=reading.hint,
            bad=reading.bad,
        )


def declared_sources(workspace: Workspace, *named: Iterable[str]) -> DeclaredSources:
    """Load what is declared. BadDocuments for mistakes of the project itself, and for names that no source has."""
    documents = workspace.load()
    if documents.fatal or has_errors(each for each in documents.diagnostics if _is_of_project(each)):
        raise BadDocuments(documents.diagnostics)
    declared = documents.of(SOURCE)
    known, _, mistakes = sources_of(declared)
    useless, unfit = connector_problems(declared, known)
    files = {each.source.path for each in declared}
    said = [each for each in documents.diagnostics if _may_be_of_a_source(each, files)]
    said += [*mistakes, *unfit]
    if unknown := unknown_sources(declared, [name for names in named for name in names]):
        raise BadDocuments(in_reading_order([*said, *unknown]))
    return DeclaredSources(
        project=documents.project.name,
        documents={each.name: each for each in declared},
        usable={name: each for name, each in known.items() if name not in useless},
        followers=_followers(documents, known),
        diagnostics=in_reading_order(said),
    )


def _is_of_project(each: Diagnostic) -> bool:
    return each.mark is None or each.mark.file == PROJECT_FILE


def _may_be_of_a_source(each: Diagnostic, files: Iterable[str]) -> bool:
    """A document of which nobody knows what it is may be a Source."""
    if each.mark is None or each.severity is not Severity.ERROR:
        return False
    return each.mark.file in files or each.about is None or each.about.kind == SOURCE


def _followers(documents: Documents, known: Mapping[str, Source]) -> Counter[str]:
    found, _ = effective(documents, render=None, accounts=None)
    return Counter(name for each in found if each.document.kind == OFFER for name in used_in([each], known))


def _place(body: Mapping[str, Any]) -> str:
    """Say where rows come from: a file, an address without what may be secret in it, or the name of a variable."""
    if "path" in body:
        return str(body["path"])
    url = str(body.get("url", ""))
    where = url if not url or VARIABLE.fullmatch(url) or url.startswith("sqlite:") else shown(url)
    query = body.get("query")
    return f"{where} {query}" if isinstance(query, str) and query.endswith(".sql") else where
