"""What was asked: the last requests of this process, or of all processes in one table."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

import orjson

from reconciler.simulator.store import Store
from reconciler.simulator.world import Json

EXACT = frozenset({"method", "seller", "client_id", "login", "operation", "fault"})
PRUNE_EVERY = 1000


class History:
    """Entries with a growing number `n`; in the table when `shared`, otherwise in memory."""

    def __init__(self, store: Store, kept: int) -> None:
        self._store = store
        self._kept = kept
        self._entries: deque[Json] = deque(maxlen=kept)
        self._number = 0

    def add(self, entry: Json, *, shared: bool) -> None:
        if not shared:
            self._number += 1
            self._entries.append({"n": self._number, **entry})
            return
        body = entry["body"]
        packed = orjson.dumps({**entry, "body": None})
        self._store.run("INSERT INTO history (entry, body) VALUES (?, ?)", packed, body)
        self._number += 1
        if self._number % PRUNE_EVERY == 0:
            sql = "DELETE FROM history WHERE n <= (SELECT MAX(n) FROM history) - ?"
            self._store.run(sql, self._kept)

    def find(self, since: int, wanted: Mapping[str, str], *, shared: bool) -> Iterator[Json]:
        entries = self._shared(since) if shared else iter(list(self._entries))
        for one in entries:
            if one["n"] >= since and _is_wanted(one, wanted):
                yield one

    def clear(self) -> None:
        """The memory alone; the table is the store's."""
        self._entries.clear()

    def _shared(self, since: int) -> Iterator[Json]:
        for number, entry, body in self._store.all(
            "SELECT n, entry, body FROM history WHERE n >= ? ORDER BY n", since
        ):
            yield {"n": number, **orjson.loads(entry), "body": body}


def _is_wanted(one: Json, wanted: Mapping[str, str]) -> bool:
    for key, value in wanted.items():
        if key == "path" and not one["path"].startswith(value):
            return False
        if key in EXACT and one[key] != value:
            return False
    return True
