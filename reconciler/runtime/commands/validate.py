"""`validate`: everything that can be known without the marketplace."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.documents.document import Documents
from reconciler.model.diagnostics import Diagnostic, in_reading_order
from reconciler.model.offers import Desired, Key
from reconciler.model.plan import Problem
from reconciler.model.tables import SourceRead
from reconciler.runtime.project.resolve import Resolved, resolve_project
from reconciler.runtime.project.touched import touched
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

    `online` is None where the marketplace was not asked. Of `not_selected` resources nothing is told: a git range
    does not touch them.
    """

    documents: Documents
    desired: tuple[Desired, ...]
    diagnostics: tuple[Diagnostic, ...]
    online: Online | None = None
    not_selected: int = 0


def validate(workspace: Workspace, accounts: Sequence[str] = (), changed_since: str = "") -> Validation:
    """Check syntax, grammar, references, templates, and the limits of each marketplace's spec.

    With `changed_since`, a git revision, findings are told of what differs from it and what that has a say in.
    """
    resolved = resolve_project(workspace, asked=accounts)
    if not changed_since:
        return validation(resolved, resolved.diagnostics)
    found = touched(workspace, resolved, changed_since)
    concerned = tuple(each for each in resolved.diagnostics if found.concerns(each))
    return validation(resolved, (*concerned, *found.notes), only=found.keys)


def validation(
    resolved: Resolved,
    found: Sequence[Diagnostic],
    online: Online | None = None,
    only: Container[Key] | None = None,
) -> Validation:
    """Return what was resolved, all of it or `only` what a range touches, with the findings on it."""
    every = tuple(each for wanted in resolved.wanted for each in wanted.desired)
    desired = every if only is None else tuple(each for each in every if each.key in only)
    return Validation(
        documents=resolved.documents,
        desired=desired,
        diagnostics=in_reading_order(found),
        online=online,
        not_selected=len(every) - len(desired),
    )
