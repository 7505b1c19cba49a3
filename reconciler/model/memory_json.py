"""What planning compared as JSON: in a plan file, and in the ledger for whoever finishes a run."""

from dataclasses import asdict, fields

from reconciler.model.memory import Compared, Counted
from reconciler.model.modules import Mode
from reconciler.model.offers import Key
from reconciler.model.report_json import Json, key_to_json


def compared_to_json(each: Compared) -> Json:
    """Turn what was compared into JSON's own types."""
    body = {field.name: getattr(each, field.name) for field in fields(each)}
    return body | {
        "key": key_to_json(each.key),
        "equal": dict(each.equal),
        "declared": dict(each.declared),
        "counted": asdict(each.counted) if each.counted else None,
        "stock": each.stock.value,
    }


def compared_from_json(body: Json) -> Compared:
    """Build what was compared from JSON; TypeError or KeyError where it is something else."""
    key = Key(body["key"]["account"], body["key"]["kind"], body["key"]["name"])
    return Compared(**{**body, "key": key, "counted": counted_from_json(body), "stock": Mode(body["stock"])})


def counted_from_json(body: Json) -> Counted | None:
    """Build the look at a stock that a remembered or compared resource carries."""
    return Counted(**body["counted"]) if body["counted"] else None
