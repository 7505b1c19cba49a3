"""Whatever a marketplace answers, a conversation comes to a value of the promised types or to a fault; nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, get_type_hints

import orjson
import pytest
from door import hold
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from lying.lies import places
from records import is_record, members
from tapes import Tape, tapes

from reconciler.model.catalogue import (
    Bounds,
    CategoryFact,
    DeliveryMethod,
    Filled,
    Parameter,
    Product,
    Requirement,
)
from reconciler.model.offers import Live
from reconciler.model.outcomes import Fault, Outcome
from reconciler.model.values import Gain, Money
from reconciler.model.wire import Response
from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.providers.base import Activation, Inventory, Login, Token
from reconciler.providers.conversation import Request
from reconciler.providers.forms import anything

FUZZ = settings(
    deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), max_examples=60, print_blob=False
)
STATUSES = (
    200,
    200,
    200,
    201,
    202,
    204,
    206,
    302,
    303,
    400,
    401,
    403,
    404,
    409,
    422,
    429,
    500,
    503,
    504,
    0,
    99,
    999,
)
TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            "ACTIVE",
            "TEXT",
            "12.50",
            "NaN",
            "1e999",
            "P2D",
            "\x1b[2J",
            "\u202e",
            "2026-11-23T09:00:00Z",
            "0" * 5000,
        ]
    ),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
ANY_BODY = st.one_of(
    ANY_JSON.map(orjson.dumps),
    st.binary(max_size=20),
    st.sampled_from([b"", b"<html></html>", b"[" * 5000, b"\xef\xbb\xbf{}", b'{"a":1e999}', b"{}{}"]),
)
HEADERS = st.dictionaries(
    st.sampled_from(["location", "retry-after", "content-type", "trace-id"]),
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(["\u00b2", "-1", "9" * 40, "//x/y", "/a/b/c/d", "https://e/x", "/", "soon"]),
    ),
    max_size=3,
)


@st.composite
def changed(draw: st.DrawFn, body: Any) -> Any:
    """A true body with one node gone, null, of another type, or anything at all."""
    body = copy.deepcopy(body)
    found = list(places(body))
    if not found:
        return draw(ANY_JSON)
    box, name = draw(st.sampled_from(found))
    value = box[name]
    odd = st.one_of(
        st.just(...),
        st.none(),
        st.just([value]),
        st.just({"value": value}),
        st.just(str(value)),
        st.sampled_from([7, 10**30, -1, 0.5, True, "", "SOMETHING_NEW", [], {}, [None], {"a": None}]),
        ANY_JSON,
    )
    new = draw(odd)
    if new is ...:
        del box[name]
    else:
        box[name] = new
    return body


@st.composite
def lies(draw: st.DrawFn, true: Response) -> Response:
    """An arbitrary answer, or the true one with one thing wrong."""
    headers = {**(true.headers if draw(st.booleans()) else {}), **draw(HEADERS)}
    if draw(st.integers(0, 3)) == 0:
        return Response(draw(st.sampled_from(STATUSES)), headers, draw(ANY_BODY))
    status = true.status if draw(st.integers(0, 3)) else draw(st.sampled_from(STATUSES))
    try:
        body = orjson.loads(true.body)
    except orjson.JSONDecodeError:
        return Response(status, headers, draw(ANY_BODY))
    return Response(status, headers, _dumped(draw(changed(body))))


def _dumped(body: Any) -> bytes:

    return json.dumps(body).encode()


class Liar:
    """Answers as a tape does, but for one answer, or for that one and all after it."""

    def __init__(self, tape: Tape, at: int, lie: Response, *, always: bool) -> None:
        self._left = list(tape.answers)
        self._at = at
        self._lie = lie
        self._always = always
        self._asked = 0

    def __call__(self, request: Request) -> Response:
        number, self._asked = self._asked, self._asked + 1
        if number == self._at or (self._always and number > self._at):
            return self._lie
        for index, (asked, answer) in enumerate(self._left):
            if (asked.method, asked.path) == (request.method, request.path):
                return self._left.pop(index)[1] if index + 1 < len(self._left) else answer
        return Response(404, {}, b'{"errors":[{"code":"NotFoundException","message":"Nothing is here."}]}')


@pytest.mark.parametrize("name", sorted(tapes()))
def test_a_conversation_that_is_lied_to_comes_to_a_value_or_a_fault(name: str) -> None:
    tape = tapes()[name]

    @FUZZ
    @given(st.data())
    def fuzzed(data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(tape.answers) - 1))
        lie = data.draw(lies(tape.answers[at][1]))
        note(f"answer {at} of {name}: {lie.status} {dict(lie.headers)} {lie.body[:2000]!r}")
        held = hold(tape.begin(), Liar(tape, at, lie, always=data.draw(st.booleans())))
        assert not list(wrong(held.value, name)), list(wrong(held.value, name))
        for fact in held.remembered:
            assert all(isinstance(each, str) for each in (fact.topic, fact.key, fact.value)), fact
        if held.fault is not None and hasattr(held.fault, "fault"):
            assert not list(wrong(held.fault.fault, name))

    fuzzed()


@FUZZ
@given(st.sampled_from(STATUSES), HEADERS, ANY_BODY)
def test_every_answer_can_be_classified(status: int, headers: dict[str, str], body: bytes) -> None:
    request = Request(method="GET", path="/me", expects=anything)
    assert not list(wrong(ALLEGRO.answer(request, Response(status, headers, body)).fault, "answer"))


@FUZZ
@given(st.one_of(TEXTS, st.text(alphabet="abc.=_-", max_size=30), st.binary(max_size=30).map(repr)))
def test_every_token_can_be_asked_whose_it_is(token: str) -> None:
    assert isinstance(ALLEGRO.client_of(token), str)


_OF_CATALOGUE = Bounds | CategoryFact | DeliveryMethod | Filled | Parameter | Product | Requirement


def wrong(value: Any, where: str) -> Iterator[str]:
    """What of a value is not of the type that its class promises."""
    if isinstance(value, tuple | list | frozenset | set):
        for each in value:
            yield from wrong(each, where)
    elif isinstance(value, Live):
        yield from _texts(
            where, remote_id=value.remote_id, kind=value.kind, key=value.key.name if value.key else ""
        )
        yield from (
            f"{where} {value.kind}.{path}: {each!r} is no value"
            for path, each in value.fields.items()
            if not _canonical(each)
        )
        yield from (
            f"{where} {value.kind}.{path}: {each!r} is no fact"
            for path, each in value.facts.items()
            if not _canonical(each)
        )
    elif isinstance(value, Inventory):
        yield from wrong(value.live, where)
        if not isinstance(value.complete, bool):
            yield f"{where}: complete is {value.complete!r}"
    elif isinstance(value, Fault | Login | Token | Activation | Outcome | _OF_CATALOGUE) and is_record(value):
        yield from _members(value, where)


def _members(value: Any, where: str) -> Iterator[str]:
    hints = get_type_hints(type(value))
    for member, found in members(value).items():
        hint, name = hints[member], f"{type(value).__name__}.{member}"
        if is_record(found):
            yield from wrong(found, where)
        elif isinstance(found, Mapping):
            told = {k: v for k, v in found.items() if not isinstance(v, tuple) and not is_record(v)}
            yield from _texts(
                f"{where} {name}", **{f"key {k!r}": k for k in found}, **{f"at {k!r}": v for k, v in told.items()}
            )
            yield from (said for k, v in found.items() if k not in told for said in wrong(v, f"{where} {name}"))
        elif (hint == (int | None) and type(found) not in (int, type(None))) or (
            hint in (str, int, bool, datetime) and type(found) is not hint and not isinstance(found, hint)
        ):
            yield f"{where} {name} is {found!r}"
        elif isinstance(found, datetime) and found.tzinfo is None:
            yield f"{where} {name} is of no time zone"
        elif hint == (str | None) and not isinstance(found, str | None):
            yield f"{where} {name} is {found!r}"


def _texts(where: str, **named: Any) -> Iterator[str]:
    yield from (
        f"{where} {name} is {each!r}, no text" for name, each in named.items() if not isinstance(each, str)
    )


def _canonical(value: Any) -> bool:
    if isinstance(value, Money):
        return isinstance(value.amount, Decimal) and value.amount.is_finite() and isinstance(value.currency, str)
    if isinstance(value, Mapping):
        return all(isinstance(name, str) and _canonical(each) for name, each in value.items())
    if isinstance(value, list | tuple):
        return all(map(_canonical, value))
    return value is None or isinstance(value, bool | int | str | Gain)


def _for_ever(body: Any) -> Any:
    return lambda _: Response(200, {"content-type": "application/json"}, orjson.dumps(body))


EVENT = {
    "id": "MTIz",
    "type": "OFFER_ACTIVATED",
    "occurredAt": "2026-11-23T09:00:00Z",
    "offer": {"id": "1", "external": {"id": "A"}},
}
ENDLESS = {
    "objects Bundle": {"bundles": [], "nextPage": {"id": "again"}},
    "moved": {"offerEvents": [EVENT] * 1000},
    "activations": {"offerEvents": [EVENT] * 1000},
    "inventory": {"offers": [{"id": str(n)} for n in range(1000)], "count": 1000, "totalCount": 10**9},
    "objects OfferTag": {"tags": [{"id": str(n), "name": str(n)} for n in range(1000)], "count": 1000},
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_list_whose_pages_never_end_is_given_up(name: str) -> None:
    """The same full page for ever, or the same next one."""
    held = hold(tapes()[name].begin(), _for_ever(ENDLESS[name]))
    assert held.fault is not None or not getattr(held.value, "complete", False)
