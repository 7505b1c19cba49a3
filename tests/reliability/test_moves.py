"""No method of the ledger moves an operation where the table of states has no move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import product

import pytest

from reconciler.model.memory import Site
from reconciler.model.offers import Key
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.plan import Action, Target
from reconciler.model.states import MOVES, REOPENING, OperationState, RunPhase
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.locks import this_process
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.ledger.rows import Operation, Record, Run

RUN, OPERATION, MINE, NOW = "run-1", "operation-1", "mine", "2026-11-20T10:00:00+00:00"
PLACE = Place(Site("allegro", "production", "1"), "project", "main")
YESTERDAY = datetime(2026, 11, 19, tzinfo=UTC)
KEY = Key("main", "Offer", "A")
SETTLES = Outcome(action=OPERATION, key=KEY, result=Result.UNKNOWN, remote_id="17", settling=True)


@pytest.fixture
def ledger(ledger_address: str) -> Iterator[Ledger]:
    opened = Ledger(ledger_address)
    yield opened
    opened.close()


def begin(ledger: Ledger, state: OperationState, phase: RunPhase) -> None:
    """Record a run of one operation that settles, is in this state, and is in our hands."""
    target = Target(key=KEY, remote_id="17", before={}, after={"stock.quantity": 2})
    action = Action(id=OPERATION, kind="Offer", operation="edit", wave=30, targets=(target,))
    operation = Operation(
        run_id=RUN,
        seq=0,
        lane=0,
        action=action,
        digest="d",
        state=state,
        epoch=1,
        sent_at=None,
        accepted_at=NOW,
    )
    run = Run(
        id=RUN,
        site=str(PLACE.site),
        project=PLACE.project,
        account=PLACE.account,
        purpose="apply",
        plan_id="plan-1",
        digest="d",
        state=phase,
        started_at=NOW,
        finished_at=None,
        who={},
        context={},
    )
    lock = this_process("main", "main", MINE, "reconcile apply", NOW)
    ledger.locks.take(lock)
    assert ledger.holders.take(RUN, lock)
    ledger.runs.begin(run, [operation])


def settles(ledger: Ledger) -> None:
    """Give the operation a row that settles, without moving it."""
    ledger.database.run(
        "insert into outcomes values (?, ?, 'Offer', 'A', 'unknown', '17', '', null, '', 0, 1, 1, ?)",
        (RUN, OPERATION, NOW),
    )


def claim(ledger: Ledger, _to: OperationState) -> None:
    ledger.runs.claim(RUN, OPERATION, MINE)


def record(ledger: Ledger, to: OperationState) -> None:
    ledger.runs.record(RUN, OPERATION, 1, [SETTLES], state=to, at=NOW)


def record_all(ledger: Ledger, to: OperationState) -> None:
    ledger.runs.record_all(RUN, [Record(OPERATION, 1, to, (SETTLES,))], NOW)


def reopen(ledger: Ledger, _to: OperationState) -> None:
    ledger.pending.reopen(PLACE, YESTERDAY)


PAIRS = list(product(OperationState, OperationState))


@pytest.mark.parametrize(("before", "to"), PAIRS, ids=str)
@pytest.mark.parametrize("method", [claim, record, record_all])
def test_an_operation_moves_as_the_table_says(
    ledger: Ledger, method: Callable[[Ledger, OperationState], None], before: OperationState, to: OperationState
) -> None:
    """Asked for a move that is not there it stays, also for the holder of the run, in the right epoch."""
    aim = OperationState.CLAIMED if method is claim else to
    begin(ledger, before, RunPhase.OPEN)
    method(ledger, to)
    (operation,) = ledger.runs.operations(RUN)
    assert operation.state is (aim if aim in MOVES[before] else before)
    assert bool(ledger.runs.outcomes(RUN)) == (method is not claim and aim in MOVES[before])


@pytest.mark.parametrize("phase", RunPhase)
@pytest.mark.parametrize("before", OperationState)
def test_reopening_takes_back_the_end_and_nothing_else(
    ledger: Ledger, before: OperationState, phase: RunPhase
) -> None:
    """Done in a finished run is answered again; no other state moves, and in no other run."""
    begin(ledger, before, phase)
    settles(ledger)
    reopen(ledger, before)
    (operation,) = ledger.runs.operations(RUN)
    moves = REOPENING.get(before, frozenset()) if phase is RunPhase.FINISHED else frozenset()
    assert operation.state is next(iter(moves), before)
