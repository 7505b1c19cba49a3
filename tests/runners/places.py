"""Places where parts of a ledger may lie, each empty and of a test's own."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

from reconciler.runtime.ledger.remote.git import GitRemote
from reconciler.runtime.ledger.remote.port import Remote
from reconciler.runtime.ledger.remote.s3 import S3Remote

_NUMBERS = itertools.count()


class GitPlace:
    """A bare repository; each who comes has a clone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bare = folder / "server.git"
        subprocess.run(["git", "init", "-q", "--bare", str(self._bare)], check=True)

    def visitor(self) -> Remote:
        """Somebody who uses it, from a disk of their own."""
        clone = self._folder / f"clone{next(_NUMBERS)}"
        subprocess.run(["git", "init", "-q", str(clone)], check=True)
        subprocess.run(["git", "-C", str(clone), "remote", "add", "origin", str(self._bare)], check=True)
        return GitRemote(clone)


class S3Place:
    """A key in a bucket."""

    def __init__(self, key: str) -> None:
        self.address = f"s3://ledgers/{key}"

    def visitor(self) -> Remote:
        """Somebody who uses it."""
        return S3Remote(self.address)
