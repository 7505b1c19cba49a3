"""The named objects that offers refer to: read in full, created, updated by a full replacement, deleted."""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.model.offers import NAME, Key, Live
from reconciler.model.outcomes import FaultKind, Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.spec import Equality, FieldSpec, Type
from reconciler.model.texts import nfc
from reconciler.model.values import Value
from reconciler.providers.allegro.answers import CREATED, of_write
from reconciler.providers.allegro.bundle_wire import kept_slots, write_discount, write_slots
from reconciler.providers.allegro.decoding import view
from reconciler.providers.allegro.encoding import encode, identified, priced
from reconciler.providers.allegro.objects import BUNDLE, rows
from reconciler.providers.allegro.pointers import led_home
from reconciler.providers.allegro.rates import METHOD, completed, write_rates
from reconciler.providers.allegro.requests import viewing, writing
from reconciler.providers.base import Context, Reading
from reconciler.providers.codecs import pick, place, steps
from reconciler.providers.conversation import Answer, Conversation, Remember
from reconciler.providers.faults import fetch_or_none, refused, repeating
from reconciler.providers.outcomes import Unwritable, applied, failed

PRICE_LIST = "DeliveryPriceList"

#: The members of a body that a replacement takes (openapi, the request schemas of the PUTs). What is read and
#: not named here is computed by the marketplace.
_REPLACEABLE: Mapping[str, tuple[str, ...]] = {
    PRICE_LIST: ("id", "name", "rates", "type", "dispatchCountry"),
    BUNDLE: ("slots", "discount"),
    "ReturnPolicy": (
        "name",
        "availability",
        "withdrawalPeriod",
        "returnCost",
        "address",
        "contact",
        "options",
    ),
    "ImpliedWarranty": ("name", "individual", "corporate", "address", "description"),
    "Warranty": ("name", "type", "individual", "corporate", "attachment", "description"),
    "ResponsibleProducer": ("id", "name", "producerData"),
    "ResponsiblePerson": ("id", "name", "personalData"),
    "AdditionalServices": ("name", "language", "additionalServices"),
    "SizeTable": ("name", "headers", "values"),
    "OfferTag": ("name", "hidden"),
}

#: What a creation decides for good (openapi, the members that the POSTs have and the PUTs have not; and price
#: lists, whose replacement must repeat them, #13698).
_FIXED = frozenset(
    {
        (PRICE_LIST, "type"),
        (PRICE_LIST, "dispatch_country"),
        ("ReturnPolicy", "is_fulfillment"),
        ("AdditionalServices", "language"),
        ("SizeTable", "template"),
    }
)


def read_resource(reading: Reading, kind: str, remote_id: str) -> Conversation[Live | None]:
    """Read one object in full; from the list, where it has no address of its own."""
    body = yield from _body(reading, kind, remote_id)
    if body is None:
        return None
    features = yield from _features(reading, kind, body)
    shown = view(reading.spec.kinds[kind], reading.spec.kinds[kind].whole[0])
    fields, wrong = shown.read(body, reading)
    why = _read_only(body, features)
    return Live(
        key=Key(reading.account, kind, nfc(body["name"])) if body.get("name") else None,
        kind=kind,
        remote_id=remote_id,
        fields=fields,
        facts={"read_only": why} if why else {},
        detailed=True,
        wire=body,
        unreadable=wrong,
    )


def _body(reading: Reading, kind: str, remote_id: str) -> Conversation[Mapping[str, Any] | None]:
    views = reading.spec.kinds[kind].views
    if "detail" in views:
        found: Mapping[str, Any] | None = yield from fetch_or_none(viewing(views["detail"], remote_id))
        return found
    listed = yield from rows(reading, kind)
    return next((row for row in listed if row["id"] == remote_id), None)


def _features(reading: Reading, kind: str, body: Mapping[str, Any]) -> Conversation[Mapping[str, Any]]:
    """Read what only a row of the list tells of some objects: whether it is one of Allegro's own (#11924)."""
    if "list" not in reading.spec.kinds[kind].whole[1:] or "features" in body:
        return body.get("features") or {}
    listed = yield from rows(reading, kind)
    return next((row.get("features") or {} for row in listed if row["id"] == body["id"]), {})


def _read_only(body: Mapping[str, Any], features: Mapping[str, Any]) -> str:
    """Say why an object is not ours to write (#12297, openapi FlexibleBundleGetDTO.createdBy)."""
    if features.get("managedByAllegro") or body.get("managedByAllegro"):
        return "managed by Allegro"
    if features.get("isFulfillment"):
        return "fulfilment by Allegro"
    return "created by Allegro" if body.get("createdBy") == "ALLEGRO" else ""


def create(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Create an object. Names may repeat (#1520), so it is never sent twice."""
    kind = target.key.kind
    body: dict[str, Any] = {} if kind == BUNDLE else {"name": target.key.name}
    _write(body, target.after, {}, kind, context)
    _complete(body, kind)
    body = {name: value for name, value in body.items() if value is not None}
    operation = context.reading.spec.kinds[kind].operations["create"]
    said: Answer = yield writing(operation, expects=CREATED, body=body, safe=False)
    if said.fault:
        return led_home(failed(action, target, said.fault), body, target, context)
    remote_id = said.value["id"]
    yield Remember("created", str(target.key), remote_id)
    return applied(action, target, remote_id)


def update(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Replace an object by itself with the owned fields changed: a PUT clears what it leaves out."""
    kind = target.key.kind
    if target.remote_id is None:
        raise ValueError(f"{target.key} is to be changed and has no id")
    after = {path: value for path, value in target.after.items() if (kind, path) not in _FIXED}
    if not after:
        words = f"{', '.join(target.after)} of a {kind} cannot be changed once it is created."
        raise Unwritable(refused("FixedAtCreation", words, next(iter(target.after), "")))
    seen = context.live.get(target.key)
    live = seen.wire if seen else None
    if live is None:
        live = yield from _body(context.reading, kind, target.remote_id)
    if live is None:
        raise Unwritable(refused("NotFound", f"{target.key} is not on the marketplace any more."))
    body = {name: live[name] for name in _REPLACEABLE[kind] if live.get(name) is not None}
    with repeating():
        _keep(body, kind)
        _write(body, after, live, kind, context)
        _without_stale_cause(body)
    body = {name: value for name, value in body.items() if value is not None or name == "discount"}
    operation = context.reading.spec.kinds[kind].operations["update"]
    expects = of_write(target.remote_id)
    said: Answer = yield writing(operation, expects=expects, body=body, remote_id=target.remote_id)
    if said.fault:
        return led_home(failed(action, target, said.fault), body, target, context)
    return applied(action, target)


def delete(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Delete an object. One that is not there any more is deleted."""
    if target.remote_id is None:
        raise ValueError(f"{target.key} is to be deleted and has no id")
    operation = context.reading.spec.kinds[target.key.kind].operations["delete"]
    said: Answer = yield writing(operation, remote_id=target.remote_id)
    fault = said.fault
    if fault and fault.kind is not FaultKind.MISSING:
        return failed(action, target, fault)
    return applied(action, target)


OPERATIONS: Mapping[str, Callable[[Action, Target, Context], Conversation[Outcome]]] = {
    "create": create,
    "update": update,
    "delete": delete,
}


def _keep(body: dict[str, Any], kind: str) -> None:
    """Bring what is repeated into the form in which it is written."""
    if kind == BUNDLE:
        body["slots"] = kept_slots(body.get("slots"))
    elif kind == PRICE_LIST:
        typed = bool(body.get("type"))
        body["rates"] = [completed(row, typed=typed) for row in body.get("rates") or ()]
    elif kind == "Warranty" and body.get("attachment"):
        body["attachment"] = {name: body["attachment"].get(name) for name in ("id", "name")}


def _without_stale_cause(body: dict[str, Any]) -> None:
    """Take a live cause away with its restriction: a full range has none (openapi RestrictionCause)."""
    availability = body.get("availability")
    if availability and availability.get("range") == "FULL":
        body["availability"] = {"range": "FULL"}


def _complete(body: dict[str, Any], kind: str) -> None:
    """Add what a creation must have and a document may leave out."""
    if kind == PRICE_LIST and body.get("dispatchCountry"):
        body.setdefault("type", "PHYSICAL")  # to be stated from July 2026 on (#13670)
        body["rates"] = [completed(row, typed=True) for row in body.get("rates") or ()]
    elif kind == "ReturnPolicy":
        body.setdefault("isFulfillment", False)
    elif kind == "AdditionalServices":
        body.setdefault("language", "pl-PL")


def _write(
    body: dict[str, Any], after: Mapping[str, Value], live: Mapping[str, Any], kind: str, context: Context
) -> None:
    fields = context.reading.spec.kinds[kind].fields
    # The type of a price list decides how its rates are written, so it is written first.
    for path in sorted(after, key=lambda path: path in {"methods", "slots"}):
        if path == NAME:
            body["name"] = after[path]
            continue
        field = fields[path]
        place(body, steps(field.write), _value(field, after[path], body, live, context))


def _value(
    field: FieldSpec, value: Value, body: Mapping[str, Any], live: Mapping[str, Any], context: Context
) -> Any:
    there = pick(live, steps(field.write))
    match field.type:
        case Type.RATES:
            return write_rates(
                value or {},
                there or [],
                lambda label: identified(context, METHOD, label, field.path, label),
                lambda amount: priced(amount, context.reading.spec),
                typed=bool(body.get("type")),
            )
        case Type.SLOTS:
            return write_slots(value, there, lambda label: identified(context, "Offer", label, field.path))
        case Type.DISCOUNT:
            return write_discount(value)
        case _ if value is None:
            return None
        case Type.OBJECT if field.equality is Equality.DECLARED:
            return merged(there, encode(field, value, context, {}))
        case _:
            return encode(field, value, context, {})


def merged(live: Any, declared: Any) -> Any:
    """Lay declared members over live ones, at every depth; null takes a member away."""
    if not isinstance(declared, Mapping):
        return declared
    result = dict(live) if isinstance(live, Mapping) else {}
    for name, value in declared.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
