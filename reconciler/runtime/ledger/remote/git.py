"""A ledger on a branch of the project's own remote: nothing to install, nothing to pay.

The branch has one commit without a parent: a tree with one file for each part. Putting a part is a push that names
the commit which it replaces, so that the server takes it only if nobody was faster. No work tree and no index is
touched.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.git import Far, GitSilent
from reconciler.runtime.ledger.remote.port import Head, Outrun, damaged

BRANCH = "reconcile-ledger"


class GitRemote:
    """A branch of the remote `origin` of the repository that a folder lies in."""

    def __init__(self, folder: Path, branch: str = BRANCH) -> None:
        self._git = Far(folder)
        self._ref = f"refs/heads/{branch}"
        self._where = f"the branch {branch}"

    def head(self) -> Head | None:
        """Return the commit of the branch and the files of its tree, which are fetched."""
        while True:
            commit = self._commit()
            if commit is None:
                return None
            if self._has(commit):
                return Head(commit, self._parts(commit))
            self._run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--depth=1", "URL", self._ref)

    def read(self, head: Head, names: Sequence[str]) -> Sequence[bytes]:
        """Return parts, by one process for all of them."""
        asked = "".join(f"{head.version}:{name}\n" for name in names)
        told = self._run("cat-file", "--batch", given=asked.encode())
        found = []
        for name in names:
            line, _, rest = told.partition(b"\n")
            kind, size = line.split()[1:3] if line.count(b" ") == 2 else (b"", b"0")
            if kind != b"blob":
                raise damaged(self._where, f"{name} is missing")
            found.append(rest[: int(size)])
            told = rest[int(size) + 1 :]
        return found

    def put(self, before: Head | None, parts: Sequence[str], added: Mapping[str, bytes]) -> Head:
        """Push a commit with these parts in place of `before`."""
        known = self._blobs(before) if before else {}
        for name, data in added.items():
            known[name] = self._run("hash-object", "-w", "--stdin", given=data).decode().strip()
        rows = "".join(f"100644 blob {known[name]}\t{name}\n" for name in parts)
        tree = self._run("mktree", given=rows.encode()).decode().strip()
        commit = self._run("commit-tree", tree, "-m", "The ledger of reconcile, sealed").decode().strip()
        self._push(before.version if before else "", commit)
        return Head(commit, tuple(parts))

    def _push(self, before: str, commit: str) -> None:
        """Push, and find out what an answer that did not come would have been."""
        lease = f"--force-with-lease={self._ref}:{before}"
        try:
            self._git.run("push", "--quiet", lease, "URL", f"{commit}:{self._ref}")
        except GitSilent as refused:
            there = self._commit() or ""
            if there == commit:
                return
            if there != before:
                raise Outrun from refused
            raise LedgerFailed(
                f"{self._where} cannot be pushed: {refused.reason}",
                "it needs the right to push, and a branch that may be replaced (no protection); nothing was sent",
            ) from refused

    def _commit(self) -> str | None:
        told = self._run("ls-remote", "URL", self._ref).decode()
        return told.split()[0] if told.strip() else None

    def _has(self, commit: str) -> bool:
        return bool(self._git.asked("cat-file", "-e", f"{commit}^{{tree}}"))

    def _parts(self, commit: str) -> tuple[str, ...]:
        return tuple(sorted(self._tree(commit)))

    def _blobs(self, head: Head) -> dict[str, str]:
        return self._tree(head.version)

    def _tree(self, commit: str) -> dict[str, str]:
        told = self._run("ls-tree", commit).decode()
        rows = [line.partition("\t") for line in told.splitlines()]
        return {name: row.split()[2] for row, _, name in rows}

    def _run(self, *arguments: str, given: bytes = b"") -> bytes:
        try:
            return self._git.run(*arguments, given=given)
        except GitSilent as silent:
            raise LedgerFailed(f"{self._where} cannot be reached: {silent.reason}", silent.hint) from silent
