"""A place that takes what is put and is not heard to say so: what was written here since stays, there as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.keys import Keys
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.remote.port import Head, Outrun, Remote
from reconciler.runtime.ledger.remote.replica import Replica
from reconciler.runtime.ledger.store import Ledger

KEYS = Keys({"RECONCILE_KEY": "the key of all runners of a shop"}).known()[:1]


class Deaf:
    """A way to a place on which answers are lost: `lost` is raised instead of the next ones."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self.lost: list[Exception] = []

    def head(self) -> Head | None:
        """As it is."""
        return self._remote.head()

    def read(self, head: Head, names: Sequence[str]) -> Sequence[bytes]:
        """As it is."""
        return self._remote.read(head, names)

    def put(self, before: Head | None, parts: Sequence[str], added: Mapping[str, bytes]) -> Head:
        """It is put; whether that is heard is another matter."""
        done = self._remote.put(before, parts, added)
        if self.lost:
            raise self.lost.pop()
        return done


def runner(place: Any, copy: Path) -> tuple[Ledger, Replica, Deaf]:
    """A ledger, and its way to the place."""
    Ledger(copy).close()
    way = Deaf(place.visitor())
    replica = Replica(Database(copy), way, KEYS, "the place")
    return Ledger(copy), replica, way


def keep(ledger: Ledger, sealed: bytes) -> None:
    """Write one row, whatever it was."""
    ledger.database.run("delete from tokens")
    ledger.keep_token("slot", sealed, None)


def kept(ledger: Ledger) -> list[bytes]:
    """What the row is."""
    return [bytes(sealed) for (sealed,) in ledger.database.rows("select sealed from tokens")]


@pytest.mark.parametrize("lost", [LedgerFailed("no answer"), Outrun()], ids=["no-answer", "somebody-after-it"])
def test_what_was_written_since_is_newer(lost: Exception, place: Any, tmp_path: Path) -> None:
    """The part that came late is ours, and old: it is not taken over."""
    one, replica, way = runner(place, tmp_path / "one.db")
    other, others, _ = runner(place, tmp_path / "other.db")
    keep(one, b"first")
    replica.publish()
    keep(one, b"second")
    way.lost = [lost]
    try:
        replica.publish()
    except LedgerFailed:
        keep(one, b"third")
        replica.publish()
    wanted = [b"third"] if isinstance(lost, LedgerFailed) else [b"second"]
    others.follow()
    assert (kept(one), kept(other)) == (wanted, wanted)
    newcomer, following, _ = runner(place, tmp_path / "new.db")
    following.follow()
    assert kept(newcomer) == wanted
