"""What is said to a toy and what it answers: forms, requests, values."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from html import unescape
from typing import Any
from urllib.parse import quote

from reconciler.model.offers import EXTERNAL_ID, OFFER, WHOLE, Key, Live
from reconciler.model.outcomes import Fault, FaultKind
from reconciler.model.requests import called
from reconciler.model.spec import FieldSpec, OperationSpec, Type, ViewSpec
from reconciler.model.values import Value
from reconciler.model.wire import Response
from reconciler.providers.base import Reading
from reconciler.providers.codecs import money
from reconciler.providers.conversation import Answer, Effect, Request
from reconciler.providers.faults import KINDS, fetch, left_open, not_the_api
from reconciler.providers.forms import (
    Form,
    Unreadable,
    anything,
    checked,
    decoded,
    parts,
    record,
    rows,
    text,
    whole,
)
from reconciler.providers.views import Decoder, prepared

Json = Mapping[str, Any]
STATES = {"draft": "draft", "shelf": "active", "store": "ended", "gone": "ended"}
MADE = parts({"id": text})
PICTURE = parts({"id": text, "url": text})
PLACE = parts({"id": text, "url": text, "put": text})
TOKEN = parts({"token": text})
GOODS = parts({"price": record, "pieces": whole}, {"processing": text})
WARE = parts({"id": text, "state": text, "goods": GOODS}, {"key": text, "made": whole, "pictures": rows(PICTURE)})
WARES = parts({"count": whole, "wares": rows(WARE)})
ME = parts({"login": text, "id": text})


def view(of: ViewSpec, expects: Form, remote_id: str = "", query: tuple[tuple[str, str], ...] = ()) -> Request:
    """The request of a view."""
    return _request(of, expects, remote_id, query=query)


def write(of: OperationSpec, remote_id: str = "", body: Any = None, *, safe: bool = True) -> Request:
    """The request of an operation."""
    expects = anything if of.request.startswith("DELETE") else MADE
    return _request(of, expects, remote_id, json=body, safe=safe)


def _request(of: ViewSpec | OperationSpec, expects: Form, remote_id: str, **more: Any) -> Request:
    method, path = of.request.split(" ", 1)
    path = path.replace("{id}", quote(remote_id, safe=""))
    return Request(
        method=method, path=path, expects=expects, name=called(of.kind, of.name), budgets=of.budgets, **more
    )


def of_state(reading: Reading, state: str) -> Generator[Effect, Any, tuple[list[Json], int]]:
    """All wares of one state, and how many it says there are."""
    listing = reading.spec.kinds[OFFER].views["list"]
    found: list[Json] = []
    while True:
        window = (("state", state), ("from", str(len(found))), ("size", str(listing.page)))
        body = yield from fetch(view(listing, WARES, query=window))
        found += body["wares"]
        if len(body["wares"]) < listing.page or len(found) >= body["count"]:
            return found, body["count"]


def row(body: Json, reading: Reading, name: str) -> Live:
    """A ware as a live offer; it bears a key when its goods say one."""
    wrong: Mapping[str, str] = {}
    fields: Mapping[str, Value] = {}
    if odd := WARE(body):
        wrong = {WHOLE: odd.strip()}
    else:
        fields, wrong = prepared(reading.spec.kinds[OFFER], name, decoder).read(body, reading)
    key = body.get("key")
    return Live(
        key=Key(reading.account, OFFER, key or body["id"]),
        kind=OFFER,
        remote_id=body["id"],
        fields=fields,
        facts={EXTERNAL_ID: key, "renews": body.get("state") == "gone"},
        detailed=name == "detail",
        wire=body if name == "detail" else None,
        unreadable=wrong,
    )


def decoder(field: FieldSpec) -> Decoder:
    """The function that reads a field."""
    if field.type is Type.REFERENCE:
        return lambda wire, reading: None if wire is None else reading.label(field.refers, checked(text, wire))
    return _BY_TYPE[field.type]


def _text(wire: Any, _: Reading) -> Value:
    return None if wire is None else unescape(checked(text, wire))


def _paragraphs(wire: Any, _: Reading) -> Value:
    return "\n".join(" ".join(line.split()) for line in unescape(checked(text, wire or "")).strip().splitlines())


def _status(wire: Any, _: Reading) -> Value:
    if wire not in STATES:
        raise Unreadable(f"the state `{wire!s:.40}` is not known")
    return STATES[wire]


_BY_TYPE: Mapping[Type, Callable[[Any, Reading], Value]] = {
    Type.TEXT: _text,
    Type.PLAIN: _paragraphs,
    Type.LIST: lambda wire, _: [str(each) for each in checked(rows(text), wire or [])],
    Type.IMAGES: lambda wire, _: [each["url"] for each in checked(rows(PICTURE), wire or [])],
    Type.INTEGER: lambda wire, _: None if wire is None else checked(whole, wire),
    Type.MONEY: lambda wire, _: money(wire),
    Type.STATUS: _status,
}


def answer(request: Request, response: Response) -> Answer:
    """Say what a response means; the toy says `{"error": text}`."""
    value, unread = decoded(response.body)
    return Answer(response.status, response.headers, value, _fault(request, response, value, unread))


def _fault(request: Request, response: Response, value: Any, unread: str) -> Fault | None:
    status = response.status
    if 200 <= status < 300:
        wrong = unread or request.expects(value)
        return not_the_api(f"it {wrong.strip()}", left_open(request)) if wrong else None
    said = value.get("error") if isinstance(value, dict) else None
    if status in {404, 410} and not said:
        return not_the_api(f"{status} without a word", left_open(request))
    kind = KINDS.get(status, FaultKind.TRANSIENT if status >= 500 or status == 0 else FaultKind.REJECTED)
    return Fault(kind=kind, code=f"HTTP{status}", message=said or f"The toy answered {status} without a reason.")
