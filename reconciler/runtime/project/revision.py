"""Which revision of a project lies in its folder."""

from pathlib import Path

from msgspec import Struct

from reconciler.runtime.git import GitSilent, filters_off, git, in_repository


class Revision(Struct, frozen=True):
    """A commit, and what git calls the content of the project's folder in it; empty where nobody can tell."""

    commit: str = ""
    tree: str = ""


def revision_of(root: Path) -> Revision:
    """Return the revision of a project whose tracked files are as committed. What git does not say is empty."""
    if not in_repository(root):
        return Revision()
    try:
        flags = ("--porcelain", "--untracked-files=no", "--ignore-submodules")
        _, changed = git(root, *filters_off(root), "status", *flags, "--", ".")
        code, said = git(root, "rev-parse", "HEAD", "HEAD:./")
    except GitSilent:
        return Revision()
    names = said.split()
    return Revision(*names) if code == 0 and not changed.strip() and len(names) == 2 else Revision()
