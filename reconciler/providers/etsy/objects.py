"""The named objects of a shop: listed to turn names into ids and back, and made where an offer names a new one.

What has no name is called by what it says, so its name is all that is needed to make it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from reconciler.model.offers import Key, Live
from reconciler.model.outcomes import FaultKind, Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.texts import nfc
from reconciler.providers.base import Context, MarketplaceFault, Reading
from reconciler.providers.conversation import Answer, Conversation, Remember
from reconciler.providers.etsy.answers import DONE, MADE
from reconciler.providers.etsy.requests import pages, writing
from reconciler.providers.faults import not_the_api, refused
from reconciler.providers.outcomes import Unwritable, applied, failed

Json = Mapping[str, Any]
POLICY = re.compile(r"(?P<taken>no returns|returns|exchanges|returns and exchanges)(?:, (?P<days>\d+) days)?")
PROCESSING = re.compile(r"(?P<state>ready to ship|made to order), (?P<least>\d+)(?:-(?P<most>\d+))? days?")
_CONFLICT = 409


def objects(reading: Reading, kind: str) -> Conversation[tuple[tuple[str, str], ...]]:
    """List the objects of a kind as (remote id, name); those that somebody deleted are none."""
    number, name = _KINDS[kind]
    found, _ = yield from pages(reading.spec.kinds[kind].views["list"], reading)
    there = [each for each in found if not each.get("is_deleted")]
    if any(type(each.get(number)) is not int for each in there):
        raise MarketplaceFault(not_the_api(f"a {kind} says no {number}"))
    return tuple((str(each[number]), nfc(name(each))) for each in there)


def read(reading: Reading, kind: str, remote_id: str) -> Conversation[Live | None]:
    """Find one object in its list; None when it is not there."""
    there = dict((yield from objects(reading, kind)))
    if remote_id not in there:
        return None
    return Live(
        key=Key(reading.account, kind, there[remote_id]), kind=kind, remote_id=remote_id, fields={}, detailed=True
    )


def create(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Make an object of its name. An equal definition of processing is a 409 that names it (openapi)."""
    number, _ = _KINDS[action.kind]
    operation = context.reading.spec.kinds[action.kind].operations[action.operation]
    form = _FORMS[action.kind](target.key.name)
    said: Answer = yield writing(operation, context.reading, expects=MADE[number], form=form, safe=False)
    remote_id = str(said.value[number]) if not said.fault else _equal(said)
    if not remote_id:
        return failed(action, target, said.fault or not_the_api("it says no number"))
    yield Remember("created", str(target.key), remote_id)
    return applied(action, target, remote_id)


def _equal(said: Answer) -> str:
    """Return the number of the equal object that a refusal names; empty where it names none."""
    number = said.headers.get("content-location", "").rstrip("/").rpartition("/")[2]
    return number if said.status == _CONFLICT and number.isdigit() else ""


def delete(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Delete an object. One that is not there any more is deleted."""
    operation = context.reading.spec.kinds[action.kind].operations[action.operation]
    said: Answer = yield writing(operation, context.reading, expects=DONE, remote_id=target.remote_id or "")
    if said.fault and said.fault.kind is not FaultKind.MISSING:
        return failed(action, target, said.fault)
    return applied(action, target)


def _title(body: Json) -> str:
    return body.get("title") or ""


def policy_name(body: Json) -> str:
    """Say what a return policy says (openapi ShopReturnPolicy).

    >>> policy_name({"accepts_returns": True, "accepts_exchanges": True, "return_deadline": 30})
    'returns and exchanges, 30 days'
    """
    taken = (("accepts_returns", "returns"), ("accepts_exchanges", "exchanges"))
    said = " and ".join(word for member, word in taken if body.get(member)) or "no returns"
    days = body.get("return_deadline")
    return f"{said}, {days} days" if days and said != "no returns" else said


def processing_name(body: Json) -> str:
    """Say what a definition of processing says (openapi ShopProcessingProfile).

    >>> processing_name({"readiness_state": "made_to_order", "min_processing_days": 3, "max_processing_days": 5})
    'made to order, 3-5 days'
    """
    state = str(body.get("readiness_state") or "").replace("_", " ")
    least, most = body.get("min_processing_days"), body.get("max_processing_days")
    span = f"{least}" if least == most else f"{least}-{most}"
    return f"{state}, {span} day{'s' * (most != 1)}"


def policy_form(name: str) -> dict[str, str]:
    """Return the form of a return policy of this name; see `policy_name`."""
    said = POLICY.fullmatch(name)
    if said is None:
        raise Unwritable(refused("UnknownPolicy", f"`{name}` says no return policy.", "settings.return_policy"))
    words = {
        "accepts_returns": said["taken"].startswith("returns"),
        "accepts_exchanges": "exchanges" in said["taken"],
    }
    form = {member: str(value).lower() for member, value in words.items()}
    return form | ({"return_deadline": said["days"]} if said["days"] else {})


def processing_form(name: str) -> dict[str, str]:
    """Return the form of a definition of processing of this name; see `processing_name`."""
    said = PROCESSING.fullmatch(name)
    if said is None:
        raise Unwritable(refused("UnknownProcessing", f"`{name}` says no processing.", "delivery.processing"))
    return {
        "readiness_state": said["state"].replace(" ", "_"),
        "min_processing_time": said["least"],
        "max_processing_time": said["most"] or said["least"],
        "processing_time_unit": "days",
    }


_FORMS: Mapping[str, Callable[[str], dict[str, str]]] = {
    "ReturnPolicy": policy_form,
    "ShopSection": lambda name: {"title": name},
    "Processing": processing_form,
}
_KINDS: Mapping[str, tuple[str, Callable[[Json], str]]] = {
    "DeliveryPriceList": ("shipping_profile_id", _title),
    "ReturnPolicy": ("return_policy_id", policy_name),
    "ShopSection": ("shop_section_id", _title),
    "Processing": ("readiness_state_id", processing_name),
}
