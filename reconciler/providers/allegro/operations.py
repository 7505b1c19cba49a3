"""Writes of one offer: sent, followed until they are done, reported."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from reconciler.model.offers import OFFER
from reconciler.model.outcomes import Fault, FaultKind, Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.requests import Errand
from reconciler.model.wire import Sleep, retry_after
from reconciler.providers.allegro import offer_write
from reconciler.providers.allegro.answers import DONE, LET_IN, OPERATION, PROMOTED, of_write
from reconciler.providers.allegro.encoding import identified
from reconciler.providers.allegro.images import uploaded
from reconciler.providers.allegro.pointers import led_home
from reconciler.providers.allegro.requests import viewing, writing
from reconciler.providers.base import Context
from reconciler.providers.conversation import Answer, Conversation, Remember, Request
from reconciler.providers.faults import fetch, not_the_api, repeating
from reconciler.providers.forms import Form
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

#: A path of the API after one slash, without a dot that climbs. A host before it is not asked.
_PLACE = re.compile(r"(?:https?://[^/?#\\@\s]+)?((?:/[A-Za-z0-9_~%-][A-Za-z0-9._~%-]*)+)")
_LONGEST_PLACE = 1000
_LONGEST = 2 * 3600.0  # an edit takes minutes, a new product more than half an hour, two hours at most (#8966)
_BUSY = 1800.0
_NOWHERE = timed_out(
    "The answer was 202 and did not say where to follow the write: nobody knows what became of it."
)
_NAMELESS = not_the_api("it does not say what was written", FaultKind.UNKNOWN)


def create(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Create an offer. There is no idempotency key, so it is never sent twice (#13278)."""
    images = yield from uploaded(target.after, context.images, context.reading.spec)
    body = offer_write.creation(target.key.name, target.after, context, images)
    operation = context.reading.spec.kinds[OFFER].operations["create"]
    said: Answer = yield writing(operation, expects=LET_IN, body=body, safe=False)
    if said.fault:
        return led_home(failed(action, target, said.fault), body, target, context)
    remote_id = _offer_id(said)
    if remote_id is None:
        return unknown(action, target, _NAMELESS)
    # The id is known before the work is done; losing it would leave a draft that nobody finds (#9902).
    yield Remember("created", str(target.key), remote_id)
    return led_home((yield from _ended(action, target, context, said, remote_id)), body, target, context)


def edit(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Patch an offer, waiting while an earlier edit of it is at work (#9620)."""
    images = yield from uploaded(target.after, context.images, context.reading.spec)
    wire = yield from _wire(target, context)
    live = context.live.get(target.key)
    with repeating():
        body = offer_write.edit(target.after, wire, context, images, live.fields if live else {})
    operation = context.reading.spec.kinds[OFFER].operations["edit"]
    remote_id = _known(target)
    said = yield from _when_free(writing(operation, expects=of_write(remote_id), body=body, remote_id=remote_id))
    if said.fault:
        return led_home(failed(action, target, said.fault), body, target, context)
    if said.status == 200 and said.value is None:
        return unknown(action, target, _NAMELESS)
    return led_home((yield from _ended(action, target, context, said)), body, target, context)


def tag(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Set the tags of an offer: each call replaces the list (#1045)."""
    labels = target.after["settings.tags"] or []
    tags = [{"id": identified(context, "OfferTag", label, "settings.tags")} for label in labels]
    return (yield from _at_once(action, target, context, {"tags": tags}))


def promote(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Change the paid packages. A removal is no change to nothing (#13590); it waits for the cycle's end."""
    before = _live_promotion(target, context)
    after = target.after["settings.promotion"] or {}
    body = {"modifications": _packages(before, after)}
    return (yield from _at_once(action, target, context, body, PROMOTED, safe=False))


def delete(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Delete a draft. One that is not there any more is deleted."""
    operation = context.reading.spec.kinds[OFFER].operations["delete"]
    said: Answer = yield writing(operation, remote_id=_known(target))
    fault = said.fault
    if fault and fault.kind is not FaultKind.MISSING:
        return failed(action, target, fault)
    return applied(action, target)


def _at_once(
    action: Action, target: Target, context: Context, body: Any, expects: Form = DONE, *, safe: bool = True
) -> Conversation[Outcome]:
    operation = context.reading.spec.kinds[OFFER].operations[action.operation]
    said: Answer = yield writing(operation, expects=expects, body=body, remote_id=_known(target), safe=safe)
    return (
        led_home(failed(action, target, said.fault), body, target, context)
        if said.fault
        else applied(action, target)
    )


def _wire(target: Target, context: Context) -> Conversation[Mapping[str, Any]]:
    """Return the offer's own body when the edit has to repeat some of it."""
    if offer_write.NEED_WIRE.isdisjoint(target.after):
        return {}
    live = context.live.get(target.key)
    if live is not None and live.wire is not None:
        return live.wire
    view = context.reading.spec.kinds[OFFER].views["detail"]
    found: Mapping[str, Any] = yield from fetch(viewing(view, _known(target)))
    return found


def _when_free(request: Request) -> Conversation[Answer]:
    said: Answer = yield request
    for pause in waits(2, 60, _BUSY):
        if said.fault is None or said.fault.kind is not FaultKind.CONFLICT:
            break
        yield Sleep(pause)
        said = yield request
    return said


def _ended(
    action: Action, target: Target, context: Context, said: Answer, remote_id: str | None = None
) -> Conversation[Outcome]:
    """Stay with a write that was let in, and say how it ended. Only 422 speaks of the work itself.

    Any other failure is of the question, and an end that did not come in time is none: the work goes on.
    """
    timeout = _LONGEST if context.timeout is None else context.timeout
    if said.status == 202 and not _place(said):
        return unknown(action, target, _NOWHERE, remote_id)
    fault = yield from _followed(said, timeout)
    if fault is None:
        return applied(action, target, remote_id)
    if fault.kind is FaultKind.REJECTED:
        return refused(action, target, fault, remote_id)
    return accepted(action, target, replace(fault, kind=FaultKind.UNKNOWN), remote_id)


def _followed(said: Answer, timeout: float) -> Conversation[Fault | None]:
    """Stay with an accepted write until it is done; return why it failed, or None.

    Done is 303, with an empty body; the address that it names is the offer's. Failed is 422 (#8997).
    """
    if said.status != 202:
        return None
    poll = Request(method="GET", path=_place(said), expects=OPERATION, name=Errand.OPERATION, elsewhere=True)
    for pause in waits(_pause(said), 60, timeout):
        yield Sleep(pause)
        said = yield poll
        if said.fault:
            return said.fault
        if said.status in {200, 303}:
            return None
    return still_at_work("The marketplace has accepted the write", timeout)


def _place(said: Answer) -> str:
    """Return where an accepted write is followed: an address of the API itself, whatever host is named."""
    found = _PLACE.fullmatch(said.headers.get("location", "")[:_LONGEST_PLACE])
    return found[1] if found else ""


def _pause(said: Answer) -> float:
    return retry_after(said.headers, 120.0) or 1.0


def _offer_id(said: Answer) -> str | None:
    """Read the new offer's id: from the body, or from the address of the operation; None where neither has one."""
    found = (said.value or {}).get("id") or _place(said).split("/")[3:4]
    return found if isinstance(found, str) else next(iter(found), None)


def _known(target: Target) -> str:
    if target.remote_id is None:
        raise ValueError(f"{target.key} is to be changed and has no id")
    return target.remote_id


def _live_promotion(target: Target, context: Context) -> Mapping[str, Any]:
    live = context.live.get(target.key)
    seen = target.before if live is None or "settings.promotion" not in live.fields else live.fields
    return seen.get("settings.promotion") or {}


def _packages(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """Write what changes. What is ending already is not removed again."""
    changes: list[dict[str, str]] = []
    ending = set(before.get("ending") or ())
    base = after.get("package")
    if base != before.get("package") and (base is not None or before.get("package") not in ending):
        changes.append(_package("BASE", after.get("package"), before.get("package")))
    had, wanted = set(before.get("extras") or ()), set(after.get("extras") or ())
    changes += [_package("EXTRA", extra, None) for extra in sorted(wanted - had)]
    changes += [_package("EXTRA", None, extra) for extra in sorted(had - wanted - ending)]
    return changes


def _package(kind: str, wanted: str | None, had: str | None) -> dict[str, str]:
    if wanted is None:
        return {
            "modificationType": "REMOVE_WITH_END_OF_CYCLE",
            "packageType": kind,
            "packageId": str(had),
        }
    return {"modificationType": "CHANGE", "packageType": kind, "packageId": wanted}
