"""A project as it was committed: read from git's objects, without a checkout."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

from reconciler.documents.kinds import PROJECT_FILE
from reconciler.engine.pictures import Picture, picture
from reconciler.model.bounds import DOCUMENT, IMAGE, TABLE
from reconciler.model.diagnostics import error
from reconciler.runtime.clock import WallClock
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.git import GitSilent, blobs, git, in_repository
from reconciler.runtime.progress import SILENT, Progress
from reconciler.runtime.project.named import WorkspaceFault, check_content
from reconciler.runtime.project.workspace import LeftAlone, Workspace

_FILE = "100"  # how the modes of regular files begin; links and submodules are not followed


class Committed(Workspace):
    """The files of a project's folder in one revision. `commit` is that revision's whole name.

    Nothing is read that the commit does not hold, so what a document names needs no other gate than that.
    BadDocuments where git does not know the revision.
    """

    def __init__(self, root: Path, revision: str) -> None:
        super().__init__(root)
        self.commit = _commit(self.root, revision)
        self._there = _tree(self.root, self.commit)
        self._pictures: dict[str, tuple[str, Picture]] = {}

    @property
    def is_empty(self) -> bool:
        """Tell whether there was no project."""
        return PROJECT_FILE not in self._there

    def project_file(self) -> bytes:
        """Return the bytes of reconcile.yaml. Raise WorkspaceFault."""
        return self._blob(PROJECT_FILE, DOCUMENT)

    def files(
        self,
        left_alone: LeftAlone | None = None,  # noqa: ARG002 - nothing of a revision is
        progress: Progress = SILENT,  # noqa: ARG002 - git reads all at once
    ) -> Iterator[tuple[str, bytes]]:
        """Yield path and bytes of every YAML file, sorted by path."""
        self.diagnostics.clear()
        self._ignored = self._read_ignored()
        yield from self.documents(self._there)

    def documents(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield path and bytes of those of these files that were YAML files of the project, sorted by path."""
        paths = [path for path in sorted(paths) if path in self._there and self._is_document(path)]
        try:
            yield from zip(paths, blobs(self.root, [self._there[path][0] for path in paths]), strict=True)
        except GitSilent as silent:
            raise unknown(self.commit[:12], silent) from silent

    def tables(self, pattern: str) -> list[tuple[str, Path]]:
        """Return the files of a source that were committed: one, or all that a pattern finds, sorted."""
        pattern = pattern.removeprefix("./")
        folder = pattern.count("/")  # a `*` stands in the name of a file alone
        return [(path, Path(path)) for path in sorted(self._there) if _is_of(path, pattern, folder)]

    def table(self, name: str, file: Path) -> tuple[datetime, bytes]:  # noqa: ARG002 - there is none
        """Return what was committed. How old that is is nobody's question: it is as good as now."""
        return WallClock().now(), self._blob(name, TABLE)

    def _is_document(self, path: str) -> bool:
        parts = path.split("/")
        if not path.endswith((".yaml", ".yml")) or self._there[path][1] > DOCUMENT:
            return False
        folders = ("/".join(parts[: count + 1]) for count in range(len(parts)))
        return not any(
            name.startswith(".") or self._is_ignored(each, name) for each, name in zip(folders, parts, strict=True)
        )

    def _bytes(self, path: str, most: int) -> bytes:
        path = path.removeprefix("./")
        if any(part.startswith(".") for part in path.split("/")):
            raise WorkspaceFault(f"{path} is hidden; such files are never shown in an offer")
        data = self._blob(path, most)
        check_content(path, data)
        return data

    def _looked_at(self, path: str) -> tuple[str, Picture]:
        if path not in self._pictures:
            data = self._bytes(path, IMAGE)
            self._pictures[path] = hashlib.sha256(data).hexdigest(), picture(data)
        return self._pictures[path]

    def _blob(self, path: str, most: int) -> bytes:
        name, size = self._there.get(path, ("", 0))
        if not name or size > most:
            raise WorkspaceFault(f"{path} is {'too large' if name else 'not there'} in {self.commit[:12]}")
        try:
            return next(blobs(self.root, [name]))
        except GitSilent as silent:
            raise WorkspaceFault(f"{path}: {silent.reason}", silent.hint) from silent


def _is_of(path: str, pattern: str, folder: int) -> bool:
    return path.count("/") == folder and fnmatchcase(path, pattern)


def _commit(root: Path, revision: str) -> str:
    if not in_repository(root):
        raise unknown(revision, GitSilent("the project lies in no git repository", "git init"))
    try:
        asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        code, said = git(root, *asked, fine=(0, 1, 128))
        shallow = git(root, "rev-parse", "--is-shallow-repository")[1].strip() == "true" if code != 0 else False
    except GitSilent as silent:
        raise unknown(revision, silent) from silent
    if code != 0 or not said.strip():
        raise unknown(revision, _no_such(revision, shallow=shallow))
    return said.strip()


def _no_such(revision: str, *, shallow: bool) -> GitSilent:
    """Tell why a word is no revision: no name of one has two dots in it."""
    if ".." in revision:
        return GitSilent("this is a range, and one revision is meant", "`git merge-base A B` tells where B left A")
    if shallow:
        hint = 'git fetch --unshallow; in a job `fetch-depth: 0` (GitHub) or `GIT_DEPTH: "0"` (GitLab)'
        return GitSilent("git knows no such revision in this shallow clone", hint)
    return GitSilent("git knows no such revision", "fetch it first; a job needs the whole history")


def _tree(root: Path, commit: str) -> Mapping[str, tuple[str, int]]:
    """Return the regular files below the project's folder: path -> name and size of their content."""
    try:
        _, said = git(root, "ls-tree", "-r", "-l", "-z", commit)
    except GitSilent as silent:
        raise unknown(commit[:12], silent) from silent
    found: dict[str, tuple[str, int]] = {}
    for entry in said.split("\0"):
        about, _, path = entry.partition("\t")
        mode, _, rest = about.partition(" ")
        if mode.startswith(_FILE):
            _, name, size = rest.split()
            found[path] = name, int(size)
    return found


def unknown(revision: str, silent: GitSilent) -> BadDocuments:
    """Return the error about a revision of which git cannot say what it is asked."""
    return BadDocuments((error("P741", f"revision {revision}: {silent.reason}", hint=silent.hint),))
