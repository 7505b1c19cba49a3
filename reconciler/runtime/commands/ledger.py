"""Moving a ledger: all that one remembers is written into another, which has to be empty."""

import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from reconciler.runtime.errors import LedgerFailed, Locked
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.locks import Lock
from reconciler.runtime.ledger.remote.changes import KEPT
from reconciler.runtime.ledger.remote.opening import is_remote
from reconciler.runtime.project.state import ledger_at
from reconciler.runtime.project.workspace import Workspace

#: What is of the moment: it is given back, or runs out, and is not moved.
_PASSING = ("locks", "leases")
#: Requests that were counted; only where many share one ledger in a database are they more than a guess.
_COUNTED = ("budgets", "usage")
_TABLES = tuple(name for name in (*KEPT, *_COUNTED) if name not in _PASSING)
_CREDENTIALS = re.compile(r"//[^/@\s]*@")


class Moving(Struct, frozen=True):
    """What was moved: addresses without credentials, and how many runs and rows."""

    old: str
    new: str
    runs: int
    rows: int


def move(workspace: Workspace, old: str, new: str) -> Moving:
    """Write what `old` remembers into `new`; both are addresses as in `ledger:`. The old one stays as it is.

    LedgerFailed where there is nothing to move, or the new one has anything; Locked where somebody is at work.
    """
    source = _opened(workspace.root, old)
    try:
        target = ledger_at(workspace.root, new)
        try:
            return _moved(source, target, _shown(old), _shown(new))
        finally:
            target.close()
    finally:
        source.close()


def _opened(root: Path, old: str) -> Ledger:
    """Open the old one; a file is not made only to find it empty."""
    if not is_remote(old) and "://" not in old and not (root / old).is_file():
        raise LedgerFailed(f"there is no ledger {old}", "addresses are written as in `ledger:` of reconcile.yaml")
    return ledger_at(root, old, looking=True)


def _moved(source: Ledger, target: Ledger, old: str, new: str) -> Moving:
    _insist_that_nobody_works(source, old)
    counts = {name: _count(source, name) for name in _TABLES}
    if not any(counts.values()):
        raise LedgerFailed(
            f"the ledger {old} remembers nothing; nothing was moved", "see whether the address is right"
        )
    with target.database.transaction():
        if any(_count(target, name) for name in (*_TABLES, *_PASSING)):
            raise LedgerFailed(
                f"the ledger {new} is not empty; nothing was moved", "two are not mixed: name one that has nothing"
            )
        for name in _TABLES:
            rows = source.database.rows(f"select * from {name}")  # noqa: S608 - our own words
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                target.database.many(f"insert into {name} values ({marks})", rows)  # noqa: S608 - our own words
        _insist_that_nobody_works(source, old)  # since then: what they did would be missing
        if counts != {name: _count(target, name) for name in _TABLES}:
            raise LedgerFailed(f"the ledger {old} changed while it was moved; nothing was moved", "try again")
    target.publish()
    return Moving(old, new, counts["runs"], sum(counts.values()))


def _insist_that_nobody_works(ledger: Ledger, where: str) -> None:
    for held in _held(ledger):
        if not ledger.locks.is_free(held):
            raise Locked(
                f"account {held.account} is locked in {where} by {held}; nothing was moved",
                "wait for it, or make sure that it is dead and run `reconcile unlock`",
            )


def _held(ledger: Ledger) -> Iterable[Lock]:
    names = ledger.database.rows("select name from locks order by name")
    found = [ledger.locks.held(name) for (name,) in names]
    return [each for each in found if each is not None]


def _count(ledger: Ledger, table: str) -> int:
    row = ledger.database.row(f"select count(*) from {table}")  # noqa: S608 - our own words
    return int(row[0]) if row else 0


def _shown(address: str) -> str:
    return _CREDENTIALS.sub("//", address)
