"""Opening a ledger that lies elsewhere: one copy for each process, made when it is first asked for."""

import atexit
import hashlib
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.keys import LEDGER_VARIABLE, VARIABLE, Keys
from reconciler.runtime.ledger.copying import beside
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.remote.git import BRANCH, GitRemote
from reconciler.runtime.ledger.remote.ledger import RemoteLedger
from reconciler.runtime.ledger.remote.port import Remote
from reconciler.runtime.ledger.remote.replica import Replica
from reconciler.runtime.ledger.store import Ledger

_GIT, _S3 = "git", "s3://"
_COPY = "ledger-copy-"


def is_remote(address: str) -> bool:
    """Tell whether what `ledger:` says is a place that is only copied from: `git`, `git:BRANCH` or `s3://…`."""
    return address.partition(":")[0] == _GIT or address.startswith(_S3)


def open_remote(root: Path, folder: Path, address: str, *, looking: bool) -> Ledger:
    """Open it; all of what others have published is in the copy, which lies in `folder`.

    LedgerFailed where it cannot be reached or opened.
    """
    replica, copy = _copy_of(root.resolve(), folder, address, os.getpid())
    replica.follow(at_once=False)
    return RemoteLedger(copy, replica, looking=looking)


@cache
def _copy_of(root: Path, folder: Path, address: str, process: int) -> tuple[Replica, Path]:
    key = Keys().of_ledger()
    if key is None:
        raise LedgerFailed(
            f"`ledger: {address}` needs {LEDGER_VARIABLE}: what lies there is sealed with it",
            f"set {LEDGER_VARIABLE} to a key that all who use this ledger have, or {VARIABLE} where one key does "
            "for all; `openssl rand -base64 32` makes one",
        )
    _clear(folder)
    copy = folder / f"{_COPY}{process}-{hashlib.sha256(address.encode()).hexdigest()[:8]}.db"
    _remove(copy)
    Ledger(copy).close()
    atexit.register(_remove, copy)
    database = Database(copy, durable=False)
    return Replica(database, _remote(root, address), (key,), _shown(address)), copy


def _remote(root: Path, address: str) -> Remote:
    if address.startswith(_S3):
        from reconciler.runtime.ledger.remote.s3 import S3Remote

        return S3Remote(address)
    return GitRemote(root, address.partition(":")[2] or BRANCH)


def _shown(address: str) -> str:
    return address if address.startswith(_S3) else f"the branch {address.partition(':')[2] or BRANCH}"


def _clear(folder: Path) -> None:
    """Remove the copies of processes that were killed."""
    for copy in folder.glob(f"{_COPY}*.db"):
        number = copy.stem.removeprefix(_COPY).partition("-")[0]
        if number.isdigit() and not _is_alive(int(number)):
            _remove(copy)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _remove(copy: Path) -> None:
    for file in (copy, *beside(copy)):
        with suppress(OSError):
            file.unlink(missing_ok=True)
