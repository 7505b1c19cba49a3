"""`validate`: everything that can be known without the marketplace."""

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.documents.document import Documents
from reconciler.model.diagnostics import Diagnostic, in_reading_order
from reconciler.model.offers import Desired
from reconciler.runtime.project.resolve import resolve_project
from reconciler.runtime.project.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What was read, what is desired, and every finding in reading order."""

    documents: Documents
    desired: tuple[Desired, ...]
    diagnostics: tuple[Diagnostic, ...]


def validate(workspace: Workspace, accounts: Sequence[str] = ()) -> Validation:
    """Check syntax, grammar, references, templates, and the limits of each marketplace's spec."""
    resolved = resolve_project(workspace, asked=accounts)
    return Validation(
        documents=resolved.documents,
        desired=tuple(each for wanted in resolved.wanted for each in wanted.desired),
        diagnostics=in_reading_order(resolved.diagnostics),
    )
