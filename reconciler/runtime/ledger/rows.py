"""The rows of runs, operations and outcomes, and what they hold."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from msgspec import Struct

from reconciler.model.memory import Compared
from reconciler.model.memory_json import compared_from_json, compared_to_json
from reconciler.model.offers import Key
from reconciler.model.outcomes import Fault, Outcome, Result
from reconciler.model.plan import Action, Target
from reconciler.model.report_json import fault_from_json, fault_to_json, key_to_json
from reconciler.model.states import OperationState, RunPhase
from reconciler.model.values import Value, digest, from_jsonable, jsonable


class Run(Struct, frozen=True, kw_only=True):
    """One execution of one account's part of a plan.

    `purpose` is apply, undo, resync or migrate; `who` says author, commit, CI run, host, command; `context` what
    the execution needs besides its operations (references, login, spec revision, what was allowed by hand).
    """

    id: str
    site: str
    project: str
    account: str
    purpose: str
    plan_id: str
    digest: str
    state: RunPhase
    started_at: str
    finished_at: str | None
    who: Mapping[str, str]
    context: Mapping[str, Any]


class Operation(Struct, frozen=True, kw_only=True):
    """One operation: an action with its state. `lane` is its priority (0 first).

    `accepted_at` is when the attempt began that the marketplace answered.
    """

    run_id: str
    seq: int
    lane: int
    action: Action
    digest: str
    state: OperationState
    epoch: int
    sent_at: str | None
    accepted_at: str | None = None


class Attempt(Struct, frozen=True):
    """The right to send one operation: its epoch, and when an earlier attempt last may have sent it (ISO)."""

    epoch: int
    sent_at: str | None


class Record(Struct, frozen=True):
    """What became of one operation, as whoever claimed it in this epoch saw it, and its state by now."""

    operation_id: str
    epoch: int
    state: OperationState
    outcomes: tuple[Outcome, ...]


class Ended(Struct, frozen=True):
    """What became of an operation, when it ended and when it was claimed (ISO)."""

    record: Record
    at: str
    accepted_at: str


def untouched(run_id: str, seq: int, lane: int, action: Action) -> Operation:
    """Return an operation that nobody has touched."""
    payload = [[str(target.key), jsonable(target.after)] for target in action.targets]
    return Operation(
        run_id=run_id,
        seq=seq,
        lane=lane,
        action=action,
        digest=digest(payload),
        state=OperationState.OPEN,
        epoch=0,
        sent_at=None,
    )


def listed(states: Iterable[OperationState]) -> str:
    """Write states as SQL, to stand between the parentheses of `in (...)`; of none, what nothing is equal to."""
    return ", ".join(f"'{each}'" for each in states) or "null"


def action_text(action: Action) -> str:
    """Write an action's content as JSON; with `action_of` it comes back the same."""
    targets = [
        {
            "key": [t.key.account, t.key.kind, t.key.name],
            "remote_id": t.remote_id,
            "before": jsonable(t.before),
            "after": jsonable(t.after),
        }
        for t in action.targets
    ]
    return json.dumps(targets, ensure_ascii=False, separators=(",", ":"))


def _action(row_id: str, kind: str, operation: str, wave: int, body: str) -> Action:
    targets = tuple(
        Target(
            key=Key(*each["key"]),
            remote_id=each["remote_id"],
            before=_fields(each["before"]),
            after=_fields(each["after"]),
        )
        for each in json.loads(body)
    )
    return Action(id=row_id, kind=kind, operation=operation, wave=wave, targets=targets)


def _fields(value: Mapping[str, Value]) -> dict[str, Value]:
    return {path: from_jsonable(each) for path, each in value.items()}


def _row(operation: Operation) -> tuple[Any, ...]:
    action = operation.action
    return (
        operation.run_id,
        action.id,
        operation.seq,
        action.wave,
        operation.lane,
        action.kind,
        action.operation,
        action_text(action),
        operation.digest,
        operation.state,
        operation.epoch,
        operation.sent_at,
        operation.accepted_at,
    )


def read_operation(row: tuple[Any, ...]) -> Operation:
    """Build an operation from its row."""
    run_id, row_id, seq, wave, lane, kind, operation, body, payload, state, epoch, sent_at, accepted_at = row
    return Operation(
        run_id=run_id,
        seq=seq,
        lane=lane,
        action=_action(row_id, kind, operation, wave, body),
        digest=payload,
        state=OperationState(state),
        epoch=epoch,
        sent_at=sent_at,
        accepted_at=accepted_at,
    )


def read_run(row: tuple[Any, ...]) -> Run:
    """Build a run from its row."""
    names = (
        "id",
        "site",
        "project",
        "account",
        "purpose",
        "plan_id",
        "digest",
        "state",
        "started_at",
        "finished_at",
        "who",
        "context",
    )
    told = dict(zip(names, row, strict=True))
    read = {
        "state": RunPhase(told["state"]),
        "who": json.loads(told["who"]),
        "context": json.loads(told["context"]),
    }
    return Run(**{**told, **read})


def _outcome_row(run_id: str, operation_id: str, epoch: int, outcome: Outcome, at: str) -> tuple[Any, ...]:
    fault = outcome.fault
    told = json.dumps(fault_to_json(fault)) if fault else None
    return (
        run_id,
        operation_id,
        outcome.key.kind,
        outcome.key.name,
        outcome.result,
        outcome.remote_id,
        outcome.detail,
        told,
        fault.trace_id if fault else "",
        int(outcome.stale),
        int(outcome.settling),
        epoch,
        at,
    )


def read_outcome(row: tuple[Any, ...]) -> Outcome:
    """Build an outcome from its columns."""
    account, operation_id, kind, name, result, remote_id, detail, fault, stale, settling = row
    return Outcome(
        action=operation_id,
        key=Key(account, kind, name),
        result=Result(result),
        remote_id=remote_id,
        fault=_fault(fault),
        detail=detail,
        stale=bool(stale),
        settling=bool(settling),
    )


def _fault(text: str | None) -> Fault | None:
    return None if text is None else fault_from_json(json.loads(text))


def compared_body(each: Compared) -> bytes:
    """Write what was compared."""
    return orjson.dumps(compared_to_json(each))


def read_compared(key: Key, body: bytes) -> Compared:
    """Build what was compared from its row; `key` is what the project calls it."""
    return compared_from_json({**orjson.loads(body), "key": key_to_json(key)})
