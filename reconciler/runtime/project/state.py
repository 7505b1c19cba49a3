"""Where a project keeps what it remembers: `.reconcile/`, or the ledger that `reconcile.yaml` names.

The folder and all in it are their owner's alone: there are prices in it, sealed logins and a practice account.
"""

from collections.abc import Callable
from pathlib import Path

from reconciler.documents.load import load
from reconciler.model.bounds import DOCUMENT
from reconciler.runtime.errors import LedgerUnwritable
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.cache import Cache
from reconciler.runtime.ledger.remote.opening import is_remote, open_remote
from reconciler.runtime.reading import read_file, reason
from reconciler.runtime.writing import close_to_others, private_file, private_folder

STATE = ".reconcile"
PROJECT = "reconcile.yaml"


def state_folder(root: Path) -> Path:
    """Have the folder, closed to others whatever it was before. OSError where nothing can be written."""
    folder = root / STATE
    private_folder(folder)
    close_to_others(folder)
    return folder


def open_ledger(root: Path) -> Ledger:
    """Open the ledger of a project: a file below its folder, a PostgreSQL database, a git branch or a bucket."""
    return ledger_at(root, ledger_address(root))


def ledger_at(root: Path, address: str, *, looking: bool = False) -> Ledger:
    """Open a ledger by its address, as `ledger:` says it."""
    if is_remote(address):
        _have_state_folder(root / STATE / "ledger")
        return open_remote(root, root / STATE, address, looking=looking)
    where = address if "://" in address else root / address
    if isinstance(where, Path) and where.parent == root / STATE:
        _have_state_folder(where)
    return Ledger(where)


def read_ledger(root: Path, note: Callable[[str], None]) -> Ledger:
    """Open the ledger to look into it: where it cannot be written, a copy of it that is forgotten afterwards."""
    try:
        return ledger_at(root, ledger_address(root), looking=True)
    except LedgerUnwritable as wrong:
        copied = Ledger.copied(wrong)
        note(f"{wrong.summary}: what this command learns is not remembered")
        return copied


def open_cache(root: Path, note: Callable[[str], None]) -> Cache:
    """Open the cache of a project, or one in memory where the project cannot be written."""
    return Cache(root / STATE / "cache.db", note)


def practice_name(marketplace: str) -> str:
    """Return the name of the file that a practice marketplace lies in."""
    return f"simulator-{marketplace}.db"


def practice_store(root: Path, marketplace: str) -> Path:
    """Return where the practice marketplace of a project is kept. OSError where nothing can be written."""
    return private_store(state_folder(root) / practice_name(marketplace))


def private_store(store: Path) -> Path:
    """Have the files of a practice marketplace closed to others before it opens them."""
    store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in (store, store.with_name(f"{store.name}-traffic")):
        private_file(file)
    return store


def _have_state_folder(where: Path) -> None:
    try:
        state_folder(where.parent.parent)
    except OSError as wrong:
        raise LedgerUnwritable(where, reason(wrong)) from wrong


def ledger_address(root: Path) -> str:
    """Return what `ledger:` says, else the default. A broken project file has other errors to show."""
    try:
        data = read_file(root / PROJECT, DOCUMENT)
    except OSError:
        data = b""
    return load([(PROJECT, data)]).project.ledger
