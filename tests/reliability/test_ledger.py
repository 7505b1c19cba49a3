"""What keeps a run safe is rows of a database: the same rules on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.model.offers import Key
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.states import OperationState
from reconciler.runtime.clock import WallClock
from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.execute.run_state import RunState
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.rows import Attempt, Ended, Operation, Record, untouched

from .begun_run import (
    ELSEWHERE,
    KEY,
    MINE,
    NOW,
    OPERATION,
    PLACE,
    RUN,
    TOMORROW,
    YESTERDAY,
    at_once,
    lock,
    outcome,
)


def test_a_run_is_read_as_it_was_written(begun: Ledger) -> None:
    """A run and its operations come back equal, values included."""
    run = begun.runs.unfinished(PLACE)
    assert run is not None
    assert (run.id, run.plan_id, run.who, run.context) == (RUN, "plan-1", {"host": "h"}, {"login": "sklep"})
    (operation,) = begun.runs.operations(RUN)
    assert operation.action.targets[0].after == {"stock.quantity": 2}


def test_each_claim_raises_the_epoch_and_the_latest_sending_is_kept(begun: Ledger) -> None:
    """Whoever claims an operation again is the next epoch, and knows when it last may have been sent, if ever."""
    later = "2026-11-20T11:00:00+00:00"
    assert begun.runs.claim(RUN, OPERATION, MINE) == Attempt(1, None)
    (operation,) = begun.runs.operations(RUN)
    assert (operation.state, operation.epoch, operation.sent_at) == ("claimed", 1, None)
    assert begun.runs.sending(RUN, OPERATION, 1, MINE, NOW)
    assert begun.runs.claim(RUN, OPERATION, MINE) == Attempt(2, NOW)
    assert begun.runs.sending(RUN, OPERATION, 2, MINE, later)
    (operation,) = begun.runs.operations(RUN)
    assert (operation.state, operation.epoch, operation.sent_at) == ("claimed", 2, later)


def test_who_was_overtaken_may_neither_send_nor_record(begun: Ledger) -> None:
    """The epoch fences: after the second claim the first one holds nothing and its outcome is not written."""
    for _ in range(2):
        assert begun.runs.claim(RUN, OPERATION, MINE)
    assert not begun.runs.sending(RUN, OPERATION, 1, MINE, NOW)
    assert not begun.runs.holds(RUN, OPERATION, 1, MINE)
    assert begun.runs.sending(RUN, OPERATION, 2, MINE, NOW)
    assert begun.runs.holds(RUN, OPERATION, 2, MINE)
    assert begun.runs.record(RUN, OPERATION, 2, [outcome(Result.APPLIED)], state="done", at=NOW)
    assert not begun.runs.record(RUN, OPERATION, 1, [outcome(Result.UNKNOWN)], state="done", at=NOW)
    assert [each.result for each in begun.runs.outcomes(RUN)] == [Result.APPLIED]


def test_what_became_of_one_operation_is_written_with_the_claim_of_the_next(begun: Ledger) -> None:
    """Both or, for whoever has lost the run, neither; what was claimed again meanwhile keeps its outcome."""
    (operation,) = begun.runs.operations(RUN)
    attempt = begun.runs.claim(RUN, OPERATION, MINE)
    assert attempt is not None
    applied = Record(OPERATION, attempt.epoch, OperationState.ANSWERED, (outcome(Result.APPLIED),))
    next_one = untouched(RUN, 1, 0, replace(operation.action, id="operation-2"))
    assert begun.runs.split(Record(OPERATION, 1, OperationState.CLAIMED, ()), operation, [next_one], MINE, NOW)
    steps = [(Ended(applied, NOW, NOW), "operation-2")]
    assert begun.runs.record_and_claim(RUN, steps, MINE) == [(True, Attempt(1, None))]
    assert [each.result for each in begun.runs.outcomes(RUN)] == [Result.APPLIED]
    assert begun.runs.states(RUN) == {OPERATION: "answered", "operation-2": "claimed"}
    late = replace(applied, epoch=0, outcomes=(outcome(Result.UNKNOWN),))
    assert begun.runs.record_and_claim(RUN, [(Ended(late, NOW, NOW), "operation-2")], "other") == [(False, None)]
    assert [each.result for each in begun.runs.outcomes(RUN)] == [Result.APPLIED]


def two_operations(begun: Ledger) -> tuple[Operation, Operation]:
    """Two operations that nobody has claimed."""
    (operation,) = begun.runs.operations(RUN)
    another = untouched(RUN, 1, 0, replace(operation.action, id="operation-2"))
    assert begun.runs.claim(RUN, OPERATION, MINE)
    assert begun.runs.split(Record(OPERATION, 1, OperationState.CLAIMED, ()), operation, [another], MINE, NOW)
    return operation, another


def test_workers_that_take_operations_together_wait_for_one_transaction(
    begun: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are claimed when either goes on, and what one of them had ended is written by then."""
    first, second = two_operations(begun)
    began: list[str] = []
    run = Database.run

    def counted(database: Database, sql: str, *values: Any) -> int:
        began.extend([sql] * sql.startswith("begin"))
        return run(database, sql, *values)

    async def story(state: RunState) -> None:
        claimed = await state.take(first.action)
        assert claimed is not None
        state.ended(claimed, (outcome(Result.APPLIED),))
        began.clear()
        assert await asyncio.gather(state.take(second.action), state.take(first.action)) != [None, None]
        assert len(began) == 1
        assert [each.result for each in begun.runs.outcomes(RUN)] == [Result.APPLIED]
        assert begun.runs.states(RUN) == {OPERATION: "answered", "operation-2": "claimed"}

    monkeypatch.setattr(Database, "run", counted)
    asyncio.run(story(state_of(begun)))


def test_who_is_stopped_while_it_takes_an_operation_has_written_what_it_ended(begun: Ledger) -> None:
    """The second Ctrl-C comes between the end of one operation and the next: the one is known, the other untouched."""
    first, second = two_operations(begun)

    async def story(state: RunState) -> None:
        claimed = await state.take(first.action)
        assert claimed is not None
        state.ended(claimed, (outcome(Result.APPLIED),))
        taking = asyncio.ensure_future(state.take(second.action))
        await asyncio.sleep(0)
        taking.cancel()
        state.settle()
        assert [each.result for each in begun.runs.outcomes(RUN)] == [Result.APPLIED]
        assert begun.runs.states(RUN) == {OPERATION: "answered", "operation-2": "open"}
        await asyncio.sleep(0)
        assert begun.runs.states(RUN) == {OPERATION: "answered", "operation-2": "open"}

    asyncio.run(story(state_of(begun)))


def test_workers_that_take_operations_hear_that_the_ledger_fails(begun: Ledger) -> None:
    """Nobody waits for a claim that nobody can write."""
    first, second = two_operations(begun)

    async def story(state: RunState) -> None:
        begun.database.run("drop table operations")
        found = await asyncio.gather(state.take(first.action), state.take(second.action), return_exceptions=True)
        assert [type(each) for each in found] == [LedgerFailed, LedgerFailed]

    asyncio.run(asyncio.wait_for(story(state_of(begun)), 20))


def state_of(begun: Ledger) -> RunState:
    """This process on the run."""
    run = begun.runs.unfinished(PLACE)
    assert run is not None
    return RunState(ledger=begun, clock=WallClock(), run=run, holder=MINE)


def test_a_run_that_was_taken_over_is_out_of_the_hands_of_who_had_it(begun: Ledger) -> None:
    """No claim, not even of what nobody has touched; nothing leaves; the run is not its own to finish."""
    assert begun.runs.claim(RUN, OPERATION, MINE) == Attempt(1, None)
    assert begun.holders.successor(RUN, MINE) is None
    begun.locks.release("main", MINE)
    other = lock("other")
    assert not begun.holders.take(RUN, other), "it has no lock"
    begun.locks.take(other)
    assert begun.holders.take(RUN, other)
    assert begun.holders.successor(RUN, MINE) == str(other)
    assert not begun.holders.take(RUN, lock(MINE)), "its lock was broken"
    assert begun.runs.claim(RUN, OPERATION, MINE) is None
    assert not begun.runs.sending(RUN, OPERATION, 1, MINE, NOW)
    assert not begun.runs.holds(RUN, OPERATION, 1, MINE)
    assert not begun.runs.finish(RUN, MINE, "finished", NOW)
    assert begun.runs.claim(RUN, OPERATION, "other") == Attempt(2, None)


def test_an_operation_is_split_by_its_holder_and_in_its_epoch_only(begun: Ledger) -> None:
    """The parts and the outcomes of the rest appear together, or nothing does."""
    (operation,) = begun.runs.operations(RUN)
    part = untouched(RUN, 0, 0, replace(operation.action, id="part-1"))
    rest = untouched(RUN, 0, 0, replace(operation.action, targets=()))
    runs = begun.runs

    def split(epoch: int, holder: str = MINE) -> bool:
        return runs.split(Record(OPERATION, epoch, OperationState.DONE, ()), rest, [part], holder, NOW)

    assert not split(0), "nobody has claimed it"
    assert runs.claim(RUN, OPERATION, MINE) == Attempt(1, None)
    assert runs.claim(RUN, OPERATION, MINE) == Attempt(2, None)
    assert not split(1), "it was claimed again"
    assert not split(2, "somebody else"), "it is not theirs"
    assert runs.operations(RUN) == [replace(operation, state=OperationState.CLAIMED, epoch=2)]
    assert split(2)
    assert not split(2), "it is done"
    assert {each.action.id: (each.state, len(each.action.targets)) for each in runs.operations(RUN)} == {
        OPERATION: (OperationState.DONE, 0),
        "part-1": (OperationState.OPEN, 1),
    }


def test_a_run_that_was_given_up_is_claimed_by_nobody(begun: Ledger) -> None:
    """Closed is closed, also for its holder."""
    assert begun.runs.finish(RUN, MINE, "stopped", NOW)
    assert begun.runs.claim(RUN, OPERATION, MINE) is None


def test_what_is_done_is_claimed_by_nobody(begun: Ledger) -> None:
    """A recorded operation is never taken again."""
    claim = begun.runs.claim(RUN, OPERATION, MINE)
    assert claim is not None
    begun.runs.record(RUN, OPERATION, claim.epoch, [outcome(Result.APPLIED)], state="done", at=NOW)
    assert begun.runs.claim(RUN, OPERATION, MINE) is None


def accept(ledger: Ledger, *outcomes: Outcome, state: str = "done", at: str = NOW) -> None:
    """Record an operation that was accepted at `at`."""
    claim = ledger.runs.claim(RUN, OPERATION, MINE)
    assert claim is not None
    ledger.runs.record(RUN, OPERATION, claim.epoch, outcomes, state=state, at=at, accepted_at=at)


SETTLING = Outcome(action=OPERATION, key=KEY, result=Result.UNKNOWN, remote_id="17", settling=True)


def test_what_settles_is_remembered_with_what_it_wrote(begun: Ledger) -> None:
    """The write, its moment and its values come back, until they are seen; then the outcome is applied."""
    accept(begun, SETTLING)
    assert begun.runs.outcomes(RUN) == [SETTLING]
    (write,) = begun.pending.writes(PLACE, YESTERDAY)
    assert (write.target.before, write.target.after) == ({"stock.quantity": 1}, {"stock.quantity": 2})
    assert (write.at.isoformat(), write.operation, write.shown) == (NOW, "edit", False)
    assert begun.pending.writes(ELSEWHERE, YESTERDAY) == []
    assert begun.pending.writes(PLACE, TOMORROW) == []
    begun.pending.arrived([write], NOW)
    assert [each.result for each in begun.runs.outcomes(RUN)] == [Result.APPLIED]
    assert begun.pending.writes(PLACE, YESTERDAY) == []


def test_what_is_unknown_or_applied_does_not_settle(begun: Ledger) -> None:
    """Only what was accepted is waited for."""
    accept(begun, outcome(Result.UNKNOWN))
    assert begun.pending.writes(PLACE, YESTERDAY) == []
    assert not begun.pending.settling(PLACE)


def test_what_was_answered_and_not_read_back_settles(begun: Ledger) -> None:
    """A process that died while it read back has left rows that call themselves applied: they are not seen yet."""
    accept(begun, outcome(Result.APPLIED), state="answered")
    (write,) = begun.pending.writes(PLACE, YESTERDAY)
    assert not write.shown


def test_what_was_applied_to_some_is_found_by_their_keys(begun: Ledger) -> None:
    """Many keys are asked for with one query, and each is told from the others."""
    attempt = begun.runs.claim(RUN, OPERATION, MINE)
    assert attempt is not None
    begun.runs.record(
        RUN, OPERATION, attempt.epoch, [outcome(Result.APPLIED)], state="done", at=NOW, accepted_at=NOW
    )
    others = [PLACE.key("Offer", f"other-{number}") for number in range(1200)]
    (write,) = begun.pending.applied_to(PLACE, [*others, KEY], YESTERDAY)
    assert (write.target.key, write.operation) == (KEY, "edit")
    assert begun.pending.applied_to(PLACE, others, YESTERDAY) == []


def test_the_newest_creation_of_a_name_is_found_by_it(begun: Ledger) -> None:
    for kind, name, remote_id in (("Offer", "A", "1"), ("Offer", "B", "2"), ("Bundle", "A", "3")):
        begun.runs.remember_created(PLACE, RUN, kind, name, remote_id)
    begun.runs.remember_created(PLACE, "a run that is forgotten", "Offer", "A", "0")
    assert begun.runs.newest_created(PLACE, "Offer", "A") == "1"
    assert begun.runs.newest_created(PLACE, "Offer", "C") is None


def test_a_finished_run_is_opened_for_what_settles_only(begun: Ledger) -> None:
    """Its rows are read back again; of a stopped run, another account's or an old one nothing is."""
    accept(begun, SETTLING)
    begun.runs.finish(RUN, MINE, "stopped", NOW)
    assert begun.pending.reopen(PLACE, YESTERDAY) == 0
    begun.runs.finish(RUN, MINE, "finished", NOW)
    assert begun.pending.reopen(ELSEWHERE, YESTERDAY) == 0
    assert begun.pending.reopen(PLACE, TOMORROW) == 0
    assert begun.runs.unfinished(PLACE) is None
    assert begun.pending.reopen(PLACE, YESTERDAY) == 1
    assert begun.runs.unfinished(PLACE) is not None
    assert [each.state for each in begun.runs.operations(RUN)] == ["answered"]


def test_a_claim_is_seen_by_the_next_connection(begun: Ledger, ledger_address: str) -> None:
    """A claim is committed before anything is sent: another process sees it at once."""
    begun.runs.claim(RUN, OPERATION, MINE)
    other = Ledger(ledger_address)
    assert other.runs.operations(RUN)[0].state == "claimed"
    other.close()


def test_of_two_claims_at_once_each_has_an_epoch_of_its_own(begun: Ledger, ledger_address: str) -> None:
    """Eight connections claim at the same moment: eight epochs, and only the last one holds."""
    claims = at_once(ledger_address, 8, lambda mine, _: mine.runs.claim(RUN, OPERATION, MINE))
    assert sorted(each.epoch for each in claims) == list(range(1, 9))
    assert [epoch for epoch in range(1, 9) if begun.runs.sending(RUN, OPERATION, epoch, MINE, NOW)] == [8]


def test_opening_a_ledger_waits_for_no_writer(begun: Ledger, ledger_address: str) -> None:
    """A process that stands in the middle of recording keeps nobody from looking who holds the lock."""
    begun.database.run("begin immediate" if "://" not in ledger_address else "begin")
    begun.database.run("update operations set epoch = 9")
    begun.database.run("update runs set state = 'open'")
    begun.database.run(
        "insert into outcomes values ('r', 'o', 'Offer', 'A', 'applied', null, '', null, '', 0, 0, 1, '')"
    )
    opened = []

    def look() -> None:
        Ledger(ledger_address).close()
        opened.append(True)

    opening = threading.Thread(target=look, daemon=True)
    opening.start()
    opening.join(60)
    assert opened
    begun.database.run("rollback")


def test_tables_of_another_version_are_said_before_they_are_touched(ledger_address: str) -> None:
    """A ledger of an earlier program lacks columns that today's indexes name."""
    Ledger(ledger_address).close()
    old = Database(ledger_address)
    for statement in (
        "drop table outcomes",
        "create table outcomes (run_id text)",
        "update about set version = 1",
    ):
        old.run(statement)
    old.close()
    with pytest.raises(LedgerFailed, match="has tables of version 1; this program knows version"):
        Ledger(ledger_address)


def test_many_rows_are_written_as_one_by_one(begun: Ledger) -> None:
    """More rows than one statement takes, twice: each is there once, with what was written last."""
    claimed = begun.runs.claim(RUN, OPERATION, MINE)
    assert claimed
    names = [f"K{number:04d}" for number in range(1203)]
    for result in (Result.UNKNOWN, Result.APPLIED):
        some = [Outcome(action=OPERATION, key=Key("main", "Offer", name), result=result) for name in names]
        assert begun.runs.record(RUN, OPERATION, claimed.epoch, some, state="answered", at=NOW)
    found = begun.runs.outcomes(RUN)
    assert sorted(each.key.name for each in found) == names
    assert {each.result for each in found} == {Result.APPLIED}


def test_a_ledger_that_is_gone_is_said_in_a_sentence(tmp_path: Path) -> None:
    """A database that cannot be reached stops the command before anything is sent."""
    with pytest.raises(LedgerFailed, match="the ledger failed"):
        Ledger("postgresql://nobody@127.0.0.1:1/none")
    (tmp_path / "broken.db").write_bytes(b"no database at all, by no means" * 40)
    with pytest.raises(LedgerFailed, match="the ledger failed"):
        Ledger(tmp_path / "broken.db")


def test_a_python_with_an_old_sqlite_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """RHEL 9 has 3.34: nothing is wrong with the file, and nobody shall move it away."""
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr("sqlite3.sqlite_version", "3.34.1")
    for copied in (False, True):
        with pytest.raises(
            LedgerFailed, match=r"SQLite 3\.34\.1, and a ledger in a file needs 3\.35 or newer"
        ) as told:
            Database(tmp_path / "ledger.db", copied=copied)
        assert "moved away" not in told.value.hint
    assert not list(tmp_path.iterdir())
