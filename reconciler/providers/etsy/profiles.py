"""Shipping profiles, which documents call delivery price lists: where from, and a price for each destination.

The list is whole on the marketplace, and each destination is a request of its own: only what differs is written.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.offers import Key, Live
from reconciler.model.outcomes import Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.spec import FieldSpec, Type
from reconciler.model.texts import nfc
from reconciler.model.values import Money, Value
from reconciler.providers.base import Context, Reading
from reconciler.providers.conversation import Answer, Conversation, Remember, Request
from reconciler.providers.etsy import destinations
from reconciler.providers.etsy.answers import DONE, PROFILE
from reconciler.providers.etsy.decoding import decoder, money
from reconciler.providers.etsy.requests import filled, viewing, writing
from reconciler.providers.faults import fetch_or_none, not_the_api, refused, repeating
from reconciler.providers.outcomes import Unwritable, applied, failed, unknown
from reconciler.providers.views import Decoder, prepared

Json = Mapping[str, Any]
KIND = "DeliveryPriceList"
_METHODS, _ROWS = "methods", "shipping_profile_destinations"
_PLAIN = {"dispatch_country": "origin_country_iso", "postal_code": "origin_postal_code"}
_CARRIED = ("shipping_carrier_id", "mail_class", "min_delivery_days", "max_delivery_days")
_HOURS = 24


def read(reading: Reading, remote_id: str) -> Conversation[Live | None]:
    """Read a profile with its destinations; None when it is not there, or was deleted."""
    kind = reading.spec.kinds[KIND]
    body = yield from fetch_or_none(viewing(kind.views["detail"], reading, PROFILE, remote_id))
    if body is None or body.get("is_deleted"):
        return None
    fields, wrong = prepared(kind, "detail", _decoder).read(body, reading)
    key = Key(reading.account, KIND, nfc(body["title"]))
    return Live(key=key, kind=KIND, remote_id=remote_id, fields=fields, detailed=True, wire=body, unreadable=wrong)


def _decoder(field: FieldSpec) -> Decoder:
    return rates if field.type is Type.RATES else decoder(field)


def create(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Create a profile with its first destination, then the others."""
    first, *others = _rates(target.after, context).items()
    form = {"title": target.key.name, **_plain(target.after), **destinations.form(first[0]), **_row(first[1], {})}
    for number, rate in others:
        _row(rate, {}, number)  # what cannot be written is said before anything is
    operation = context.reading.spec.kinds[KIND].operations["create"]
    said: Answer = yield writing(operation, context.reading, expects=PROFILE, form=form, safe=False)
    if said.fault:
        return failed(action, target, said.fault)
    remote_id = str(said.value["shipping_profile_id"])
    yield Remember("created", str(target.key), remote_id)
    for number, rate in others:
        said = yield _request("POST", context, remote_id, "", {**destinations.form(number), **_row(rate, {})})
        if said.fault:
            return failed(action, target, said.fault, remote_id)
    return applied(action, target, remote_id)


def update(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Write what differs of a profile: its own members, then destination by destination."""
    remote_id = target.remote_id or ""
    there = yield from read(context.reading, remote_id)
    if there is None or there.wire is None:
        return unknown(action, target, not_the_api("the profile is not there"), remote_id)
    form = _plain(target.after)
    if "name" in target.after:
        form["title"] = str(target.after["name"])
    requests = []
    if _METHODS in target.after:
        with repeating():
            requests = list(_changes(_rates(target.after, context), there.wire, context, remote_id))
    if form:
        operation = context.reading.spec.kinds[KIND].operations["update"]
        said: Answer = yield writing(operation, context.reading, expects=PROFILE, remote_id=remote_id, form=form)
        if said.fault:
            return failed(action, target, said.fault)
    for request in requests:
        said = yield request
        if said.fault:
            return failed(action, target, said.fault)
    return applied(action, target)


def rates(wire: Any, reading: Reading) -> Value:
    """Read the price of each destination, by its name."""
    return {reading.label(destinations.METHOD, destinations.destination(each)): _read(each) for each in wire or ()}


def _read(wire: Json) -> dict[str, Value]:
    further = money(wire["secondary_cost"]) if wire.get("secondary_cost") else None
    parts: dict[str, Value] = {"first": money(wire["primary_cost"])}
    if further is not None and further.amount:
        parts["next"] = further
    if wire.get("min_delivery_days") and wire.get("max_delivery_days"):
        days = {"from": wire["min_delivery_days"], "to": wire["max_delivery_days"]}
        parts["time"] = {end: f"PT{number * _HOURS}H" for end, number in days.items()}
    return parts


def _rates(after: Mapping[str, Value], context: Context) -> dict[str, Mapping[str, Value]]:
    """Return the declared prices by the ids of their destinations."""
    found = {}
    for label, rate in (after.get(_METHODS) or {}).items():
        number = context.identify(destinations.METHOD, label)
        if number is None:
            raise Unwritable(refused("UnknownReference", f"There is no destination `{label}`.", _METHODS))
        found[number] = rate
    if not found:
        raise Unwritable(refused("NoDestination", "A shipping profile has one destination at least.", _METHODS))
    return found


def _changes(
    wanted: Mapping[str, Mapping[str, Value]], wire: Json, context: Context, remote_id: str
) -> Iterator[Request]:
    """Yield what adds, changes and takes away: the last is sent last, since one must be left."""
    there = {destinations.destination(each): each for each in wire.get(_ROWS) or ()}
    for number, rate in wanted.items():
        row = there.get(number)
        where = destinations.form(number)
        if row is None:
            yield _request("POST", context, remote_id, "", {**where, **_row(rate, {}, number)})
        elif {**_read(row), **rate} != _read(row):
            place = str(row["shipping_profile_destination_id"])
            yield _request("PUT", context, remote_id, place, {**where, **_row(rate, row, number)})
    for number, row in there.items():
        if number not in wanted:
            yield _request("DELETE", context, remote_id, str(row["shipping_profile_destination_id"]), None)


def _request(method: str, context: Context, remote_id: str, place: str, form: Mapping[str, str] | None) -> Request:
    operation = context.reading.spec.kinds[KIND].operations["destination"]
    path = filled(operation.request.partition(" ")[2], context.reading, remote_id)
    return Request(
        method=method,
        path=f"{path}/{place}" if place else path,
        expects=DONE,
        form=form,
        name=f"{KIND}.destination",
        budgets=operation.budgets,
        safe=method != "POST",
    )


def _row(rate: Mapping[str, Value], live: Json, number: str = "") -> dict[str, str]:
    """Write a price over what is there: what a document does not say stays."""
    seen = _read(live) if live else {}
    first, further = rate.get("first", seen.get("first")), rate.get("next", seen.get("next"))
    if first is None:
        raise Unwritable(refused("NoPrice", f"`first` is missing for {number or 'a destination'}.", _METHODS))
    return {
        "primary_cost": _amount(first),
        "secondary_cost": _amount(further),
        **({name: str(live[name]) for name in _CARRIED if live.get(name)} | _days(rate.get("time"))),
    }


def _days(time: Value) -> dict[str, str]:
    if not time:
        return {}
    ends = {"min_delivery_days": time["from"], "max_delivery_days": time["to"]}
    return {name: str(-(-int(end.strip("PTH")) // _HOURS)) for name, end in ends.items()}


def _amount(price: Money | None) -> str:
    return f"{price.amount:f}" if price else "0"


def _plain(after: Mapping[str, Value]) -> dict[str, str]:
    return {name: str(after[path] or "") for path, name in _PLAIN.items() if path in after}
