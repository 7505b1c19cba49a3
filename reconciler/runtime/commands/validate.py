"""`validate`: everything that can be known without the marketplace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.documents.document import Documents
from reconciler.model.diagnostics import Diagnostic, in_reading_order
from reconciler.model.offers import Desired
from reconciler.model.plan import Problem
from reconciler.model.tables import SourceRead
from reconciler.runtime.project.resolve import Resolved, resolve_project
from reconciler.runtime.project.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Online:
    """What a check with the marketplace saw: the sources, the accounts that could not be checked, the requests."""

    sources: tuple[SourceRead, ...] = ()
    unchecked: Mapping[str, Problem] = field(default_factory=dict)
    requests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What was read, what is desired, and every finding in reading order.

    `online` is None where the marketplace was not asked.
    """

    documents: Documents
    desired: tuple[Desired, ...]
    diagnostics: tuple[Diagnostic, ...]
    online: Online | None = None


def validate(workspace: Workspace, accounts: Sequence[str] = ()) -> Validation:
    """Check syntax, grammar, references, templates, and the limits of each marketplace's spec."""
    resolved = resolve_project(workspace, asked=accounts)
    return validation(resolved, resolved.diagnostics)


def validation(resolved: Resolved, found: Sequence[Diagnostic], online: Online | None = None) -> Validation:
    """Return what was resolved with the findings on it."""
    return Validation(
        documents=resolved.documents,
        desired=tuple(each for wanted in resolved.wanted for each in wanted.desired),
        diagnostics=in_reading_order(found),
        online=online,
    )
