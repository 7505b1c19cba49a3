"""Which revision of a project lies in its folder."""

from pathlib import Path

from msgspec import Struct

from reconciler.runtime.git import GitSilent, filters_off, git, in_repository


class Revision(Struct, frozen=True):
    """A commit, and what git calls the content of the project's folder in it; empty where nobody can tell."""

    commit: str = ""
    tree: str = ""


def revision_of(root: Path, *, edited: bool = False) -> Revision:
    """Return the revision of a project whose tracked files are as committed. What git does not say is empty.

    `edited`: a tracked file has another content than was committed. Then it is as git would say, and git need not
    look at all files, unless a filter stands between what is committed and what lies there.
    """
    if not in_repository(root):
        return Revision()
    try:
        off, flags = filters_off(root), ("--porcelain", "--untracked-files=no", "--ignore-submodules")
        if edited and not off:
            return Revision()
        _, changed = git(root, *off, "status", *flags, "--", ".")
        code, said = git(root, "rev-parse", "HEAD", "HEAD:./")
    except GitSilent:
        return Revision()
    names = said.split()
    return Revision(*names) if code == 0 and not changed.strip() and len(names) == 2 else Revision()
