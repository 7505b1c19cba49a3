"""What guards refuse, as JSON and back."""

from decimal import Decimal

from reconciler.model.plan import Breach, Violation
from reconciler.model.report_json import Json, key_from_json, key_to_json, mark_from_json, mark_to_json
from reconciler.model.values import from_jsonable


def violation_to_json(each: Violation) -> Json:
    """Turn a violation into JSON, but for the amounts in it."""
    return {
        "rule": each.rule,
        "message": each.message,
        "rows": [_breach(row) for row in each.rows],
        "allowed": each.allowed,
    }


def _breach(each: Breach) -> Json:
    return {
        "key": key_to_json(each.key),
        "path": each.path,
        "before": each.before,
        "after": each.after,
        "percent": None if each.percent is None else str(each.percent),
        "mark": mark_to_json(each.mark),
    }


def without_lines(violation: Json) -> Json:
    """Leave out where its rows were written: the digest of a plan does not cover lines."""
    for row in violation["rows"]:
        del row["mark"]
    return violation


def violation_from_json(body: Json) -> Violation:
    """Build a violation from JSON."""
    return Violation(
        rule=body["rule"],
        message=body["message"],
        rows=tuple(_read_breach(each) for each in body["rows"]),
        allowed=body["allowed"],
    )


def _read_breach(body: Json) -> Breach:
    return Breach(
        key=key_from_json(body["key"]),
        path=body["path"],
        before=from_jsonable(body["before"]),
        after=from_jsonable(body["after"]),
        percent=None if body["percent"] is None else Decimal(body["percent"]),
        mark=mark_from_json(body["mark"]),
    )
