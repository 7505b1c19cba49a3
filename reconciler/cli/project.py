"""Finds the project that a command works on."""

from pathlib import Path

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
