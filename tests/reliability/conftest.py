"""Both databases a ledger can lie in, and a ledger with a run in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.model.plan import Action, Target
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.rows import Operation, Run

from .begun_run import KEY, MINE, NOW, OPERATION, PLACE, RUN, lock


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger is kept: a file, and a database of a real server."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def ledger(ledger_address: str) -> Iterator[Ledger]:
    opened = Ledger(ledger_address)
    yield opened
    opened.close()


@pytest.fixture
def begun(ledger: Ledger) -> Ledger:
    """A ledger with a run of one operation, in our hands."""
    target = Target(key=KEY, remote_id="17", before={"stock.quantity": 1}, after={"stock.quantity": 2})
    action = Action(id=OPERATION, kind="Offer", operation="edit", wave=30, targets=(target,))
    operation = Operation(
        run_id=RUN, seq=0, lane=0, action=action, digest="d", state="open", epoch=0, sent_at=None
    )
    run = Run(
        id=RUN,
        site=str(PLACE.site),
        project="",
        account="main",
        purpose="apply",
        plan_id="plan-1",
        digest="d",
        state="open",
        started_at=NOW,
        finished_at=None,
        who={"host": "h"},
        context={"login": "sklep"},
    )
    ledger.locks.take(lock(MINE))
    assert ledger.holders.take(RUN, lock(MINE))
    ledger.runs.begin(run, [operation])
    return ledger
