"""Reports and diagnostics as JSON: what `apply --json` and `validate --json` print."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.foreign import shown_in_json
from reconciler.model.marks import Mark
from reconciler.model.offers import Key
from reconciler.model.outcomes import Complaint, Fault, FaultKind, Outcome, Report, Stop
from reconciler.model.pieces import in_pieces
from reconciler.model.plan import FORMAT_VERSION, Forecast
from reconciler.model.timeline import timeline_to_json
from reconciler.model.values import from_jsonable, jsonable

Json = dict[str, Any]


def dump_report(report: Report) -> str:
    """Write a report as one line of JSON."""
    return "".join(report_in_pieces(report))


def report_in_pieces(report: Report, **beside: Any) -> Iterator[str]:
    """Write a report as one line of JSON, a piece at a time; `beside` is told after its own members."""
    return in_pieces({**_body(report), **beside})


def to_text(body: Json | list[Json]) -> str:
    """Write JSON as one line, Unicode kept but for what misleads."""
    return shown_in_json(json.dumps(body, ensure_ascii=False, separators=(",", ":"))) + "\n"


def report_to_json(report: Report) -> Json:
    """Turn a report into JSON's own types; the counts are written out for whoever reads no further."""
    body: Json = json.loads(dump_report(report))
    return body


def _body(report: Report) -> Json:
    return {
        "format_version": FORMAT_VERSION,
        "plan_id": report.plan_id,
        "started_at": report.started_at,
        "finished_at": report.finished_at,
        "counts": {result.value: count for result, count in report.counts().items()},
        "requests": dict(report.requests),
        "seconds": report.seconds,
        "forecast": forecast_to_json(report.forecast),
        "outcomes": map(_outcome, report.outcomes),
        "stops": [_stop(each) for each in report.stops],
        "managed": report.managed,
        "released": report.released,
        "held": held_to_json(report.held),
        "unread": list(report.unread),
        "earlier": dict(report.earlier),
        "timelines": [timeline_to_json(each) for each in report.timelines],
    }


def held_to_json(held: Mapping[Key, str]) -> list[Json]:
    """Turn what is held back, and why, into JSON's own types."""
    return [{"key": key_to_json(key), "reason": reason} for key, reason in held.items()]


def _stop(each: Stop) -> Json:
    return {
        "account": each.account,
        "reason": each.reason.value,
        "summary": each.summary,
        "hint": each.hint,
    }


def forecast_to_json(told: Forecast) -> Json:
    """Turn a forecast into JSON's own types."""
    return {
        "requests": dict(told.requests),
        "times": dict(told.times),
        "seconds": told.seconds,
        "words": dict(told.words),
    }


def _outcome(each: Outcome) -> Json:
    return {
        "action": each.action,
        "key": key_to_json(each.key),
        "result": each.result.value,
        "remote_id": each.remote_id,
        "fault": fault_to_json(each.fault) if each.fault else None,
        "detail": each.detail,
        "stale": each.stale,
        "settling": each.settling,
    }


def fault_to_json(fault: Fault) -> Json:
    """Turn a fault into JSON's own types."""
    return {
        "kind": fault.kind.value,
        "code": fault.code,
        "message": fault.message,
        "path": fault.path,
        "trace_id": fault.trace_id,
        "complaints": [_complaint(each) for each in fault.complaints],
        "ours": fault.ours,
    }


def _complaint(each: Complaint) -> Json:
    return {
        "pointer": each.pointer,
        "message": each.message,
        "field": each.field,
        "part": list(each.part),
        "path": each.path,
        "declared": jsonable(each.declared),
        "place": each.place,
        "allowed": list(each.allowed),
    }


def fault_from_json(body: Json) -> Fault:
    """Build a fault from JSON."""
    return Fault(
        kind=FaultKind(body["kind"]),
        code=body["code"],
        message=body["message"],
        path=body["path"],
        trace_id=body["trace_id"],
        complaints=tuple(_read_complaint(each) for each in body["complaints"]),
        ours=body["ours"],
    )


def _read_complaint(body: Json) -> Complaint:
    read = {"part": tuple(body["part"]), "declared": from_jsonable(body["declared"])}
    return Complaint(**{**body, **read, "allowed": tuple(body["allowed"])})


def diagnostic_to_json(each: Diagnostic) -> Json:
    """Turn a diagnostic into JSON's own types."""
    return {
        "severity": each.severity.value,
        "code": each.code,
        "summary": each.summary,
        "detail": each.detail,
        "hint": each.hint,
        "mark": mark_to_json(each.mark),
        "about": key_to_json(each.about) if each.about else None,
    }


def diagnostic_from_json(body: Json) -> Diagnostic:
    """Build a diagnostic from JSON."""
    return Diagnostic(
        severity=Severity(body["severity"]),
        code=body["code"],
        summary=body["summary"],
        detail=body["detail"],
        hint=body["hint"],
        mark=mark_from_json(body["mark"]),
        about=key_from_json(body["about"]) if body["about"] else None,
    )


def key_to_json(key: Key) -> Json:
    """Turn a key into JSON's own types."""
    return {"account": key.account, "kind": key.kind, "name": key.name}


def mark_to_json(mark: Mark | None) -> Json | None:
    """Turn a place in a file into JSON's own types."""
    return {"file": mark.file, "line": mark.line, "column": mark.column} if mark else None


def key_from_json(body: Json) -> Key:
    """Build a key from JSON."""
    return Key(body["account"], body["kind"], body["name"])


def moment_from_json(text: str) -> str:
    """Return a moment as it stands; ValueError where it is none, or nobody can say of which time zone."""
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return text


def mark_from_json(body: Json | None) -> Mark | None:
    """Build a place in a file from JSON."""
    return Mark(body["file"], body["line"], body["column"]) if body else None
