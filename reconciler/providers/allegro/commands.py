"""Commands: one request changes many offers, and a report tells what became of each."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from reconciler.model.offers import OFFER
from reconciler.model.outcomes import Fault, FaultKind, Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.requests import Errand
from reconciler.model.values import Gain
from reconciler.model.wire import Sleep
from reconciler.providers.allegro.answers import REPORT, TASK, TASKS, of_command
from reconciler.providers.allegro.encoding import encode, priced
from reconciler.providers.allegro.faults import complaints_of, of_errors
from reconciler.providers.allegro.pointers import led_home
from reconciler.providers.allegro.refusals import may_be_of_rows, named
from reconciler.providers.allegro.requests import writing
from reconciler.providers.base import Context
from reconciler.providers.codecs import place, steps
from reconciler.providers.conversation import Answer, Conversation, Request
from reconciler.providers.outcomes import (
    accepted,
    applied,
    failed,
    refused,
    still_at_work,
    timed_out,
    unknown,
    waits,
)

_PATHS = {
    "price": "/sale/offer-price-change-commands",
    "quantity": "/sale/offer-quantity-change-commands",
    "modify": "/sale/offer-modification-commands",
    "activate": "/sale/offer-publication-commands",
    "end": "/sale/offer-publication-commands",
    "bulk": "/sale/offer-bulk-modification-commands",
}
OPERATIONS = frozenset(_PATHS)
_PAGE, _LAST_OFFSET = 1000, 999  # only rows 0 to 1998 can be reached (openapi, parameters of the tasks)
_LONGEST = 2 * 3600.0
#: How far the marketplace's clock may be behind ours.
_SKEW = timedelta(seconds=5)

#: The command spells one of its fields differently from the offer (openapi Modification).
_RESPELLED = {"settings.additional_services": "/additionalServicesGroup/id"}


_TAKEN = "CommandIdTaken"
#: Codes of a task that came while an earlier edit of the offer was at work (#9640): to be sent again.
_BUSY = frozenset({"ERR_YOU_CANT_CHANGE_ITEM_EDIT_IN_PROGRESS"})


def run(action: Action, context: Context) -> Conversation[tuple[Outcome, ...]]:
    """Send a command under the action's own id, wait for its report, and say what became of each offer."""
    body = _bulk(action, context) if action.operation == "bulk" else _shared(action, context)
    outcomes = yield from _run(action, context, body)
    pairs = zip(outcomes, action.targets, strict=True)
    return tuple(led_home(outcome, body, target, context) for outcome, target in pairs)


def _run(action: Action, context: Context, body: Any) -> Conversation[tuple[Outcome, ...]]:
    operation = context.reading.spec.kinds[OFFER].operations[action.operation]
    expects, weight = of_command(action.id), len(action.targets)
    said: Answer = yield writing(operation, expects=expects, body=body, command=action.id, weight=weight)
    fault = said.fault
    # A used id means that the command was accepted earlier, before a crash or a timeout (#4985), if it was ours:
    # the report tells. What a failure leaves open is settled by the report, too, if there is one.
    path = f"{_PATHS[action.operation]}/{action.id}"
    if fault and fault.kind not in {FaultKind.CONFLICT, FaultKind.TRANSIENT, FaultKind.UNKNOWN}:
        rows = yield from _refused_rows(action, path, said, fault)
        if rows:
            return rows
    timeout = _LONGEST if context.timeout is None else context.timeout
    report = yield from _report(path, timeout, context.began)
    if isinstance(report, Fault) and report.code == _TAKEN:
        return tuple(unknown(action, target, report) for target in action.targets)
    if report is None:
        late = still_at_work("The marketplace has accepted the command", timeout)
        return tuple(accepted(action, target, late) for target in action.targets)
    if isinstance(report, Fault):
        open_end = _open(report)
        return tuple(
            failed(action, target, fault) if fault else accepted(action, target, open_end)
            for target in action.targets
        )
    if _all_well(report, action):
        return tuple(applied(action, target) for target in action.targets)
    tasks = yield from _tasks(path)
    return tuple(_outcome(action, target, tasks, report) for target in action.targets)


def _refused_rows(action: Action, path: str, said: Answer, fault: Fault) -> Conversation[tuple[Outcome, ...]]:
    """Say of each row whether the refusal of its command names it; of none when the command was accepted before.

    Rows are called unnamed, to be sent again under another id, only when nothing is there under this one: an
    earlier attempt whose answer was lost may have been accepted.
    """
    if len(action.targets) == 1 or not may_be_of_rows(said, fault):
        return tuple(refused(action, target, fault) for target in action.targets)
    report: Answer = yield Request(method="GET", path=path, expects=REPORT, name=Errand.REPORT)
    missing = report.fault
    if missing is None:
        return ()
    by_place = named(said, fault, len(action.targets))
    return tuple(
        replace(
            refused(action, target, by_place.get(place, fault)),
            unnamed=missing.kind is FaultKind.MISSING and place not in by_place,
        )
        for place, target in enumerate(action.targets)
    )


def _open(fault: Fault) -> Fault:
    return Fault(kind=FaultKind.UNKNOWN, code=fault.code, message=fault.message, trace_id=fault.trace_id)


def _taken(report: Mapping[str, Any], began: datetime) -> Fault | None:
    """Return a fault when a report is of a command that came in before ours could have been sent."""
    try:
        created = datetime.fromisoformat(str(report.get("createdAt")))
        before = created < began - _SKEW
    except (ValueError, TypeError):  # no moment, or one without a time zone
        return None
    if not before:
        return None
    words = (
        f"The marketplace has had another command under this id since {report['createdAt']}, before this run "
        "began: that one's report says nothing of this change."
    )
    return Fault(kind=FaultKind.UNKNOWN, code=_TAKEN, message=words)


def _report(path: str, timeout: float, began: datetime) -> Conversation[Mapping[str, Any] | Fault | None]:
    """Poll until the report is complete; None when it is not within so many seconds.

    The counters start at zero, so that an early reader sees a command of nothing that went well (#6260); and
    `completedAt` may come later than the last counter. Nothing is asked at once: there is nothing to see yet.
    """
    poll = Request(method="GET", path=path, expects=REPORT, name=Errand.REPORT)
    for pause in waits(1, 30, timeout):
        yield Sleep(pause)
        said: Answer = yield poll
        if said.fault:
            return said.fault
        report: Mapping[str, Any] = said.value
        if taken := _taken(report, began):
            return taken
        if _complete(report):
            return report
    return None


def _complete(report: Mapping[str, Any]) -> bool:
    count = report["taskCount"]
    total = count.get("total") or 0
    done = (count.get("success") or 0) + (count.get("failed") or 0)
    return bool(report.get("completedAt")) or (total > 0 and done >= total)


def _all_well(report: Mapping[str, Any], action: Action) -> bool:
    """Tell whether the counters alone say that each task of each offer succeeded: no row need be read."""
    count = report["taskCount"]
    success, total = count.get("success") or 0, count.get("total") or 0
    return not count.get("failed") and success >= total >= sum(len(t.after) for t in action.targets) > 0


def _tasks(path: str) -> Conversation[list[Mapping[str, Any]]]:
    rows: list[Mapping[str, Any]] = []
    for offset in (0, _LAST_OFFSET):
        query = (("limit", str(_PAGE)), ("offset", str(offset)))
        said: Answer = yield Request(
            method="GET", path=f"{path}/tasks", expects=TASKS, query=query, name=Errand.TASKS
        )
        if said.fault:
            return rows
        page = said.value["tasks"]
        rows += [task for task in page if not TASK(task)]  # a row that cannot be read tells of no offer
        if len(page) < _PAGE:
            return rows
    return rows


def _outcome(
    action: Action, target: Target, tasks: Iterable[Mapping[str, Any]], report: Mapping[str, Any]
) -> Outcome:
    """Judge one offer by all of its rows: one for each field, and any failure is a failure."""
    mine = [task for task in tasks if _subject(task) == target.remote_id]
    broken = [task for task in mine if task.get("status") == "FAIL"]
    if broken:
        return refused(action, target, _fault(broken))
    if mine and all(task.get("status") == "SUCCESS" for task in mine):
        return applied(action, target)
    if not mine and not report["taskCount"].get("failed"):
        return applied(action, target, detail="The report counts no failure and has no row for this offer.")
    return unknown(action, target, timed_out("The command's report does not say what became of this offer."))


def _subject(task: Mapping[str, Any]) -> str | None:
    named = (task.get("offer") or {}).get("id") or (task.get("subject") or {}).get("offerId")
    return str(named) if named else None


def _fault(broken: list[Mapping[str, Any]]) -> Fault:
    told = [task["errors"] for task in broken if isinstance(task.get("errors"), list)]
    code, message, path = of_errors([error for errors in told for error in errors])
    said = message or "; ".join(task["message"] for task in broken if task.get("message"))
    field = str(broken[0].get("field") or (broken[0].get("subject") or {}).get("field") or "")
    return Fault(
        kind=FaultKind.CONFLICT if code in _BUSY else FaultKind.REJECTED,
        code=code or "CommandTaskFailed",
        message=said or "The marketplace refused the change without a reason.",
        path=path or field,
        complaints=complaints_of([error for errors in told for error in errors]),
    )


def _shared(action: Action, context: Context) -> dict[str, Any]:
    """Write one value for many offers."""
    after = action.targets[0].after
    criteria = [{"type": "CONTAINS_OFFERS", "offers": [{"id": target.remote_id} for target in action.targets]}]
    if action.operation in {"activate", "end"}:
        verb = "ACTIVATE" if action.operation == "activate" else "END"
        return {"offerCriteria": criteria, "publication": {"action": verb}}
    write = {"price": _price, "quantity": _quantity, "modify": _modification}[action.operation]
    return {"offerCriteria": criteria, "modification": write(after, context)}


def _price(after: Mapping[str, Any], context: Context) -> dict[str, Any]:
    ((path, amount),) = after.items()
    body: dict[str, Any] = {"type": "FIXED_PRICE", "price": priced(amount, context.reading.spec)}
    if path != "price.base":
        body["marketplaceId"] = path.removeprefix("price.")
    return body


def _quantity(after: Mapping[str, Any], _: Context) -> dict[str, Any]:
    return _pieces(after["stock.quantity"])


def _pieces(value: Any) -> dict[str, Any]:
    """Write a number of pieces, or a difference: sent again under its command's id it does not double (#4985)."""
    if isinstance(value, Gain):
        return {"changeType": "GAIN", "value": value.amount}
    return {"changeType": "FIXED", "value": value}


def _modification(after: Mapping[str, Any], context: Context) -> dict[str, Any]:
    kind = context.reading.spec.kinds[OFFER]
    body: dict[str, Any] = {}
    for path, value in after.items():
        field = kind.fields[path]
        place(body, steps(_RESPELLED.get(path, field.write)), encode(field, value, context, {}))
    return body


def _bulk(action: Action, context: Context) -> dict[str, Any]:
    """Write a value for each offer."""
    changes = [_of_offer(target, context) for target in action.targets]
    return {"commandId": action.id, "modifications": changes}


def _of_offer(target: Target, context: Context) -> dict[str, Any]:
    change: dict[str, Any] = {"offerId": target.remote_id}
    for path, value in target.after.items():
        if path == "stock.quantity":
            change["stock"] = _pieces(value)
            continue
        market = path.removeprefix("price.")
        market = context.reading.base_market if market == "base" else market
        price = {"changeType": "FIXED", "value": priced(value, context.reading.spec)}
        change.setdefault("prices", {})[market] = price
    return change
