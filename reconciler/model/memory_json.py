"""What planning compared as JSON: in a plan file, and in the ledger for whoever finishes a run."""

from datetime import datetime
from types import NoneType

from reconciler.model.memory import Compared, Counted
from reconciler.model.modules import Mode
from reconciler.model.offers import Key
from reconciler.model.report_json import Json, key_to_json

_TYPES: dict[str, tuple[type, ...]] = {
    "remote_id": (str, NoneType),
    "equal": (dict,),
    "differ": (list,),
    "whole": (bool,),
    "rest_known": (bool,),
    "fingerprint": (str,),
    "takes_over": (bool,),
    "moved_from": (str,),
    "declared": (dict,),
    "counted": (dict, NoneType),
    "replaced": (int, NoneType),
    "protected": (bool,),
}


def compared_to_json(each: Compared) -> Json:
    """Turn what was compared into JSON's own types."""
    return {
        "key": key_to_json(each.key),
        "remote_id": each.remote_id,
        "equal": dict(each.equal),
        "differ": list(each.differ),
        "whole": each.whole,
        "rest_known": each.rest_known,
        "fingerprint": each.fingerprint,
        "takes_over": each.takes_over,
        "moved_from": each.moved_from,
        "declared": dict(each.declared),
        "counted": counted_to_json(each.counted),
        "replaced": each.replaced,
        "stock": each.stock,
        "protected": each.protected,
    }


def counted_to_json(each: Counted | None) -> Json | None:
    """Turn a look at a stock into JSON's own types."""
    if each is None:
        return None
    told = {"left": each.left, "sold": each.sold, "at": each.at, "gone": each.gone, "taken": each.taken}
    return {**told, "of": each.of} if each.of else told


def compared_from_json(body: Json) -> Compared:
    """Build what was compared from JSON; TypeError, ValueError or KeyError where it is something else."""
    key = Key(body["key"]["account"], body["key"]["kind"], body["key"]["name"])
    wrong = [name for name, types in _TYPES.items() if type(body[name]) not in types]
    if wrong or not all(isinstance(each, str) for each in (*body["equal"].values(), *body["differ"])):
        raise TypeError(f"what was compared of {key} has another shape: {', '.join(wrong) or 'equal, differ'}")
    built = {"key": key, "counted": counted_from_json(body), "differ": tuple(body["differ"])}
    return Compared(**{**body, **built, "stock": Mode(body["stock"])})


def counted_from_json(body: Json) -> Counted | None:
    """Build the look at a stock that a remembered or compared resource carries; the same errors."""
    if body["counted"] is None:
        return None
    told = body["counted"]
    gone = tuple((str(at), int(pieces)) for at, pieces in told.get("gone", ()))
    of = tuple((str(source), str(item), int(takes)) for source, item, takes in told.get("of", ()))
    counted = Counted(**{**told, "gone": gone, "taken": tuple(map(str, told.get("taken", ()))), "of": of})
    if type(counted.left) is not int or type(counted.sold) not in (int, NoneType):
        raise TypeError(f"what was counted is no number: {body['counted']}")
    if datetime.fromisoformat(counted.at).tzinfo is None:
        raise ValueError(f"the moment of a look has no time zone: {counted.at}")
    return counted
