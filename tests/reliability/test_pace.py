"""The permitted rate, small: near it, never past it, and nobody starves. `make torture` has the whole numbers."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from torture import pace
from torture.grounds.allegro import ALLEGRO
from torture.market import market

from reconciler.runtime.ledger.budgets import TICK


@pytest.mark.parametrize(("what", "offers"), [("prices", 1200), ("shared prices", 2000), ("edits", 250)])
def test_a_run_is_as_fast_as_it_may_be(what: str, offers: int, tmp_path: Path) -> None:
    """At least 92 % of the limit in the marketplace's own time, nothing refused, and never past it in any second."""
    found = pace.measured(tmp_path / "shop", offers, ALLEGRO.rates[what])
    assert found.refused == 0, found
    assert found.most_in_a_window <= found.limit, found
    # One may arrive later than it left; that none leaves too early stands in tests/runtime/test_throttle.py.
    assert found.most_in_a_second <= math.ceil(found.requests_a_second) + 1, found
    assert found.share <= 1 + TICK / 1_000_000 / found.seconds, found  # few of them: a tick more or less is seen
    # The simulator's time never runs slower than the real one: what a busy machine adds is not the pace.
    assert found.share >= 0.92 or found.real_seconds > 0.2 * found.seconds, found


def test_four_processes_share_one_application(tmp_path: Path) -> None:
    """Four applies at once over HTTP, one ledger between them: all applied, nothing refused, nobody much later."""
    with market(tmp_path / "market") as running:
        found = pace.four(tmp_path, running, 40, str(tmp_path / "ledger.db"))
    assert found.codes == [0] * 4, found
    assert found.refused == 0, found
    # Some arrive later than they left, on a busy machine more of them; that none leaves too early stands elsewhere.
    assert found.most_in_a_second <= 150 * 1.1, found
    assert max(found.seconds.values()) <= 1.5 * min(found.seconds.values()), found  # nobody starves
