"""Finds the project that a command works on."""

from pathlib import Path

from reconciler.cli.logs import say_what_is_logged
from reconciler.cli.options import project_folder
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.project.workspace import Workspace, find_project


def workspace() -> Workspace:
    """Open the project of `-C`, or the one that the current folder lies in."""
    say_what_is_logged()
    found = find_project(project_folder())
    if not isinstance(found, Path):
        raise BadDocuments((found,))
    return Workspace(found)
