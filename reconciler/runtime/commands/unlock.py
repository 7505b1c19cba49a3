"""Who holds an account, and taking it from a holder that is gone."""

from reconciler.runtime.errors import Locked
from reconciler.runtime.ledger.locks import Lock, is_alive_here
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.accounts import account_of, spec_of
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.state import open_ledger, read_ledger
from reconciler.runtime.project.workspace import Workspace


def holder(workspace: Workspace, account: str) -> Lock | None:
    """Return who holds the lock of an account."""
    ledger = read_ledger(workspace.root, Silent().note)
    try:
        return ledger.locks.held(_lock_name(workspace, account))
    finally:
        ledger.close()


def _lock_name(workspace: Workspace, account: str) -> str:
    """Return what is locked: `main` and `main resync` are an account, and what may run beside its applies."""
    name, blank, beside = account.partition(" ")
    declared = account_of(workspace, name)
    return f"{place_of(declared, spec_of(declared)).site}{blank}{beside}"


def insist_that_it_is_gone(held: Lock) -> None:
    """Raise Locked when the holder is alive on this host: it would go on sending beside whoever comes next."""
    if is_alive_here(held):
        raise Locked(
            f"the lock of account {held.account} is not broken: process {held.pid} is alive on this host",
            "wait for it, or stop it first; --force breaks the lock all the same, and then two may send at once",
        )


def break_lock(workspace: Workspace, held: Lock) -> bool:
    """Take the lock from the holder that was shown; False when it has changed hands or is free by now."""
    ledger = open_ledger(workspace.root)
    try:
        return ledger.locks.release(held.name, held.holder)
    finally:
        ledger.close()
