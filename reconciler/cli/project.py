"""Finds the project that a command works on, or sees that there is none."""

from pathlib import Path

from reconciler.cli.failures import Refusal
from reconciler.cli.logs import say_what_is_logged
from reconciler.cli.options import project_folder
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.project.workspace import Workspace, find_project


def workspace(start: Path | None = None) -> Workspace:
    """Open the project that a folder lies in: this one, that of `-C`, or the current one."""
    say_what_is_logged()
    found = find_project(start or project_folder())
    if not isinstance(found, Path):
        raise BadDocuments((found,))
    return Workspace(found)


def in_a_project(folder: Path) -> Refusal | None:
    """Return why nothing new can be begun in a folder: whatever is put there belongs to the project around it."""
    found = find_project(folder)
    if not isinstance(found, Path):
        return None
    if found == folder.resolve():
        return Refusal(f"{folder} is a project already; nothing was written", _ELSEWHERE)
    return Refusal(f"{folder} lies in the project {found}; nothing was written", _ELSEWHERE)


_ELSEWHERE = "name a folder outside of it; `reconcile schema --write schemas` renews the schemas for editors"
