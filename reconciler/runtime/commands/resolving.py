"""Loading and resolving a project for a command: what its mistakes cost is decided here."""

from collections.abc import Callable, Mapping, Sequence

from reconciler.documents.kinds import PROJECT_FILE
from reconciler.model.diagnostics import Diagnostic, has_errors, in_reading_order, stops
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.progress import Progress, Silent
from reconciler.runtime.project.resolve import ReadSources, Resolved, resolve_project
from reconciler.runtime.project.state import read_ledger
from reconciler.runtime.project.workspace import Workspace


def load(
    workspace: Workspace, progress: Progress, accounts: Sequence[str] = (), read: ReadSources | None = None
) -> Resolved:
    """Load and resolve all accounts, or the named ones; BadDocuments carries every error at once.

    Without `read`, what comes from sources is left out.
    """
    resolved = resolve_documents(workspace, progress, accounts, read)
    if has_errors(resolved.diagnostics):
        raise BadDocuments(in_reading_order(resolved.diagnostics))
    return resolved


def load_what_can_be(
    workspace: Workspace,
    progress: Progress,
    accounts: Sequence[str],
    read: ReadSources | None = None,
    at: str = "",
) -> Resolved:
    """Load and resolve what can be used; BadDocuments for mistakes of the project itself.

    Without `read`, what comes from sources is left out; `at` is the moment that is meant, as it was written.
    """
    resolved = resolve_documents(workspace, progress, accounts, read, at)
    if is_broken(resolved):
        raise BadDocuments(in_reading_order(resolved.diagnostics))
    return resolved


def is_broken(resolved: Resolved) -> bool:
    """Tell whether the project itself has mistakes, so that nothing can be planned."""
    of_project = any(stops([each]) and _is_of_project(each) for each in resolved.diagnostics)
    return of_project or bool(resolved.documents.fatal)


def _is_of_project(each: Diagnostic) -> bool:
    return each.mark is None or each.mark.file == PROJECT_FILE


def resolve_documents(
    workspace: Workspace,
    progress: Progress,
    accounts: Sequence[str],
    read: ReadSources | None = None,
    at: str = "",
) -> Resolved:
    """Load and resolve; the mistakes are in what is returned."""
    return resolve_project(workspace, known_images(workspace), accounts, read, at, progress=progress)


def known_images(workspace: Workspace) -> Callable[[Place], Mapping[str, str]]:
    """Return how to find the addresses of the images that are at a site."""

    def known(place: Place) -> Mapping[str, str]:
        ledger = read_ledger(workspace.root, Silent().note)  # the session tells it
        try:
            return ledger.images(place)
        finally:
            ledger.close()

    return known
