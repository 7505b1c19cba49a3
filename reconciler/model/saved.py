"""A file that a command has written: a plan, or the report of an apply."""

import json

from reconciler.model.outcomes import Outcome, Report, Result, Stop, StopReason
from reconciler.model.plan import FORMAT_VERSION, Forecast, Plan
from reconciler.model.plan_json import UnreadablePlan, plan_from_json
from reconciler.model.report_json import Json, fault_from_json, key_from_json
from reconciler.model.timeline import timeline_from_json

_AGAIN = "give a file of `reconcile plan --out` or `reconcile apply --json`"


def load_saved(text: str | bytes) -> Plan | Report:
    """Read a plan or a report. Raise UnreadablePlan for anything else."""
    try:
        body = json.loads(text)
    except ValueError as wrong:
        raise UnreadablePlan(f"this is not JSON: {wrong}", _AGAIN) from wrong
    except RecursionError as wrong:
        raise UnreadablePlan("this is neither a plan nor a report: its values nest too deep", _AGAIN) from wrong
    if isinstance(body, dict) and "outcomes" in body:
        return report_from_json(body)
    return plan_from_json(body)


def report_from_json(body: Json) -> Report:
    """Build a report from JSON. Raise UnreadablePlan where it is not one of ours."""
    if body.get("format_version") != FORMAT_VERSION:
        raise UnreadablePlan(
            f"the report has format {body.get('format_version')!r}, and this version of reconcile reads "
            f"format {FORMAT_VERSION}",
            _AGAIN,
        )
    try:
        return _report(body)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise UnreadablePlan(
            "the report is damaged: a part of it is missing or is something else", _AGAIN
        ) from wrong


def _report(body: Json) -> Report:
    return Report(
        plan_id=body["plan_id"],
        outcomes=tuple(_outcome(each) for each in body["outcomes"]),
        started_at=body["started_at"],
        finished_at=body["finished_at"],
        requests=dict(body["requests"]),
        seconds=body["seconds"],
        forecast=Forecast(**body["forecast"]),
        stops=tuple(Stop(**{**each, "reason": StopReason(each["reason"])}) for each in body["stops"]),
        managed=body["managed"],
        released=body["released"],
        held={key_from_json(each["key"]): str(each["reason"]) for each in body.get("held", ())},
        unread=tuple(body.get("unread", ())),
        earlier=dict(body.get("earlier", {})),
        timelines=tuple(timeline_from_json(each) for each in body.get("timelines", ())),
    )


def _outcome(body: Json) -> Outcome:
    return Outcome(
        action=body["action"],
        key=key_from_json(body["key"]),
        result=Result(body["result"]),
        remote_id=body["remote_id"],
        fault=fault_from_json(body["fault"]) if body["fault"] else None,
        detail=body["detail"],
        stale=body["stale"],
        settling=body["settling"],
    )
