"""A run of one operation in the ledger, and what is said of it; many processes on one ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from reconciler.model.memory import Site
from reconciler.model.offers import Key
from reconciler.model.outcomes import Outcome, Result
from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.locks import Lock, this_process
from reconciler.runtime.ledger.place import Place

RUN, OPERATION, MINE = "run-1", "operation-1", "mine"
KEY = Key("main", "Offer", "A")
ELSEWHERE = Place(Site("allegro", "https://api.allegro.pl", "inny"), "", "main")
PLACE = Place(Site("allegro", "https://api.allegro.pl", "sklep"), "", "main")
NOW = "2026-11-20T10:00:00+00:00"
YESTERDAY, TOMORROW = (datetime(2026, 11, day, tzinfo=UTC) for day in (19, 21))


def outcome(result: Result) -> Outcome:
    return Outcome(action=OPERATION, key=KEY, result=result, remote_id="17")


def lock(holder: str, **changes: object) -> Lock:
    mine = this_process("main", "main", holder, "reconcile apply", NOW)
    return Lock(**{**{name: getattr(mine, name) for name in Lock.__slots__}, **changes})  # type: ignore[arg-type]


def at_once(address: str, number: int, act: Callable[[Ledger, int], Any]) -> list[Any]:
    """So many connections act at the same moment; what one raises is its result."""
    barrier = threading.Barrier(number)

    def call(one: int) -> Any:
        try:
            mine = Ledger(address)
        except LedgerFailed as problem:
            barrier.abort()
            return problem
        barrier.wait()
        try:
            return act(mine, one)
        except LedgerFailed as problem:
            return problem
        finally:
            mine.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(call, range(number)))
