"""Policies and places: read in full, created, written whole, deleted.

account createFulfillmentPolicy, updateFulfillmentPolicy and their like: an update takes a complete policy, so what
no document says is repeated as it was read. inventory createInventoryLocation: a place lies under its key; its
details and whether it is in use are written by calls of their own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.model.offers import NAME, Key, Live
from reconciler.model.outcomes import FaultKind, Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.spec import KindSpec, OperationSpec
from reconciler.model.texts import nfc
from reconciler.model.values import Value
from reconciler.providers.base import Context, MarketplaceFault, Reading
from reconciler.providers.codecs import pick, place, steps
from reconciler.providers.conversation import Answer, Conversation, Remember
from reconciler.providers.ebay import policy_words
from reconciler.providers.ebay.answers import DONE, OBJECT
from reconciler.providers.ebay.faults import warned
from reconciler.providers.ebay.objects import KINDS, PLACE
from reconciler.providers.ebay.requests import viewing, writing
from reconciler.providers.ebay.sites import marketplace_id
from reconciler.providers.faults import fetch_or_none, not_the_api, repeating
from reconciler.providers.outcomes import applied, failed
from reconciler.providers.views import prepared

Json = dict[str, Any]
#: What a policy is for where a document makes it: all but vehicles (account CategoryType).
_ALL = [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES"}]
#: What only answers have (account SetFulfillmentPolicyResponse, inventory InventoryLocationResponse).
_OF_ANSWERS = ("warnings", "merchantLocationKey", "merchantLocationStatus")


def read(reading: Reading, kind: str, remote_id: str) -> Conversation[Live | None]:
    """Read a policy or a place; None when it is not there, or is of another site."""
    spec = reading.spec.kinds[kind]
    body: Json | None = yield from fetch_or_none(viewing(spec.views["detail"], OBJECT, remote_id=remote_id))
    if body is None or body.get("marketplaceId") not in (None, marketplace_id(reading.base_market)):
        return None
    fields, wrong = prepared(spec, "detail", policy_words.decoder).read(body, reading)
    name = body.get(KINDS[kind].name)
    if type(name) is not str:
        raise MarketplaceFault(not_the_api(f"a {spec.label} says no name"))
    return Live(
        key=Key(reading.account, kind, nfc(name)),
        kind=kind,
        remote_id=remote_id,
        fields=fields,
        detailed=True,
        wire=body,
        unreadable=wrong,
    )


def create(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Create a policy on the account's site, or a place under its key."""
    kind, operation = _kind(action, context), _operation(action, context)
    body: Json = {}
    _lay(body, target.after, kind)
    if action.kind == PLACE:
        said: Answer = yield writing(operation, context.reading, remote_id=target.key.name, json=body, safe=False)
        if said.fault:
            return failed(action, target, said.fault)
        yield Remember("created", str(target.key), target.key.name)
        return applied(action, target, target.key.name)
    body = {
        "name": target.key.name,
        "marketplaceId": marketplace_id(context.reading.base_market),
        "categoryTypes": _ALL,
        **body,
    }
    said = yield writing(operation, context.reading, expects=OBJECT, json=body, safe=False)
    if said.fault:
        return failed(action, target, said.fault)
    number = said.value.get(KINDS[action.kind].number)
    if type(number) is not str:
        return failed(action, target, not_the_api("it says no number"))
    yield Remember("created", str(target.key), number)
    return applied(action, target, number, detail=warned(said.value))


def update(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Write what differs over what is there: all of a policy; of a place its details, or whether it is in use."""
    kind, operation = _kind(action, context), _operation(action, context)
    remote_id = target.remote_id or ""
    live = context.live.get(target.key)
    if live is None or live.wire is None:
        live = yield from read(context.reading, action.kind, remote_id)
    if live is None or live.wire is None:
        raise MarketplaceFault(not_the_api(f"the {kind.label} is not there", FaultKind.MISSING))
    with repeating():
        body = policy_words.copied({name: each for name, each in live.wire.items() if name not in _OF_ANSWERS})
        body.pop(KINDS[action.kind].number, None)
        _lay(body, target.after, kind)
        if action.kind == PLACE:
            body = _of_place(body, target, kind)
    said: Answer = yield writing(operation, context.reading, remote_id=remote_id, json=body)
    if said.fault:
        return failed(action, target, said.fault)
    return applied(action, target, detail=warned(said.value))


def switch(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Let goods lie at a place, or not (inventory enableInventoryLocation, disableInventoryLocation)."""
    operation = _operation(action, context)
    word = "enable" if target.after["enabled"] else "disable"
    said: Answer = yield writing(operation, context.reading, remote_id=target.remote_id or "", last=word)
    return failed(action, target, said.fault) if said.fault else applied(action, target)


def delete(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Delete a policy or a place. One that is not there any more is deleted."""
    operation = _operation(action, context)
    said: Answer = yield writing(operation, context.reading, expects=DONE, remote_id=target.remote_id or "")
    if said.fault and said.fault.kind is not FaultKind.MISSING:
        return failed(action, target, said.fault)
    return applied(action, target)


OPERATIONS: Mapping[str, Callable[[Action, Target, Context], Conversation[Outcome]]] = {
    "create": create,
    "update": update,
    "switch": switch,
    "delete": delete,
}


def _lay(body: Json, after: Mapping[str, Value], kind: KindSpec) -> None:
    for path, value in after.items():
        if path == NAME:
            body["name"] = value
            continue
        field = kind.fields[path]
        where = steps(field.write)
        wire = policy_words.encoded(field, value, pick(body, where))
        if wire is not None:
            place(body, where, wire)
        elif (parent := pick(body, where[:-1])) is not None:
            parent.pop(where[-1], None)


def _of_place(body: Json, target: Target, kind: KindSpec) -> Json:
    """Return the members that change: of some places others are refused (inventory updateInventoryLocation).

    The number that eBay gave a place is of answers only (inventory Location.locationId).
    """
    (body.get("location") or {}).pop("locationId", None)
    written = {steps(kind.fields[path].write)[0] for path in target.after}
    return {name: each for name, each in body.items() if name in written}


def _kind(action: Action, context: Context) -> KindSpec:
    return context.reading.spec.kinds[action.kind]


def _operation(action: Action, context: Context) -> OperationSpec:
    return _kind(action, context).operations[action.operation]
