"""One change as JSON, as plans have it."""

from reconciler.model.changes import CausedBy, Change, FieldChange, Lasting, Verb
from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.prices_json import lowest_from_json, lowest_to_json
from reconciler.model.report_json import (
    Json,
    key_from_json,
    key_to_json,
    mark_from_json,
    mark_to_json,
    moment_from_json,
)
from reconciler.model.values import Money, from_jsonable, jsonable


def change_to_json(each: Change) -> Json:
    """Turn a change into JSON's own types."""
    body: Json = jsonable(change_body(each))
    return body


def change_body(each: Change) -> Json:
    """Write a change, with `Money` and the like as they are: a digest is made of them."""
    return {
        "key": key_to_json(each.key),
        "verb": each.verb,
        "remote_id": each.remote_id,
        "title": each.title,
        "reason": each.reason,
        "moved_from": each.moved_from,
        "mark": mark_to_json(each.mark),
        "labels": dict(each.labels),
        "lasting": {word.value: list(paths) for word, paths in each.lasting.items()},
        "uses": each.uses,
        "cause": each.cause.value if each.cause else None,
        "fields": [_field(field) for field in each.fields],
        **({"document": each.document} if each.document else {}),
    }


def _field(each: FieldChange) -> Json:
    told = {"lowest": lowest_to_json(each.lowest)} if each.lowest else {}
    held = {"until": each.until} if each.until else {}
    cost = {"cost": each.cost} if each.cost else {}
    return {
        "path": each.path,
        "module": each.module,
        "before": each.before,
        "after": each.after,
        "level": each.level,
        "mark": mark_to_json(each.mark),
        "drift": each.drift,
        "held": each.held,
        "uncommitted": each.uncommitted,
        "places": {part: mark_to_json(mark) for part, mark in each.places.items()},
        "because": each.because,
        "rows": dict(each.rows),
        "refused": each.refused,
        "cause": each.cause.value if each.cause else None,
        **told,
        **held,
        **cost,
    }


def read_change(body: Json) -> Change:
    """Read a change. A missing member is a KeyError."""
    return Change(
        key=key_from_json(body["key"]),
        verb=Verb(body["verb"]),
        remote_id=body["remote_id"],
        title=body["title"],
        reason=body["reason"],
        moved_from=body["moved_from"],
        mark=mark_from_json(body["mark"]),
        labels=dict(body["labels"]),
        lasting={Lasting(word): tuple(paths) for word, paths in body["lasting"].items()},
        uses=body["uses"],
        cause=_read_cause(body),
        document=str(body.get("document", "")),
        fields=tuple(_read_field(each) for each in body["fields"]),
    )


def _read_field(body: Json) -> FieldChange:
    return FieldChange(
        path=body["path"],
        module=Module(body["module"]) if body["module"] else None,
        before=from_jsonable(body["before"]),
        after=from_jsonable(body["after"]),
        level=body["level"],
        mark=mark_from_json(body["mark"]),
        drift=body["drift"],
        held=body["held"],
        uncommitted=body["uncommitted"],
        places={part: Mark(each["file"], each["line"], each["column"]) for part, each in body["places"].items()},
        because=body["because"],
        rows=dict(body["rows"]),
        refused=body["refused"],
        cause=_read_cause(body),
        lowest=lowest_from_json(body["lowest"]) if "lowest" in body else None,
        until=moment_from_json(body["until"]) if "until" in body else "",
        cost=_amount(body["cost"]) if "cost" in body else None,
    )


def _amount(body: Json) -> Money:
    found = from_jsonable(body)
    if not isinstance(found, Money):
        raise TypeError("a cost is an amount of money")
    return found


def _read_cause(body: Json) -> CausedBy | None:
    """Plans of before have none."""
    return CausedBy(body["cause"]) if body.get("cause") else None
