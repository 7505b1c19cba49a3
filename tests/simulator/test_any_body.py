"""Whatever a request says where, it is accepted or refused in the marketplace's own form: never 500, now or later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.simulator.allegro.exchange import ROUTES

from .bodies import WRITES, Write, account
from .conftest import WRONG, Shop

#: What is put in place of each part, as JSON text; some of it no encoder would write.
PLANTED = {
    "null": "null",
    "list": "[]",
    "object": "{}",
    "empty text": '""',
    "zero": "0",
    "true": "true",
    "beyond all numbers": "1e400",
    "more than a column holds": "18446744073709551615",
    "fraction": "-0.5",
    "more than a machine holds": "1" + "0" * 400,
    "long text": f'"{"x" * 50_000}"',
    "long number": f'"{"9" * 5_000}"',
    "long period": f'"P{"9" * 5_000}D"',
    "another period": '"P99999999999D"',
    "foreign digits": '"\\u0663\\u0664"',
    "nought": '"\\u0000"',
    "half a sign": '"\\ud800"',
    "first moment": '"0001-01-01T00:00:00+14:00"',
    "last moment": '"9999-12-31T23:59:59-14:00"',
    "deep list": "[" * 200 + "]" * 200,
    "deep object": '{"a":' * 200 + "1" + "}" * 200,
    "list of null": "[null]",
    "list of anything": '[null, [], {}, "", 0, true]',
}
COMMON = 8  # the first so many are put into every place, the others into every third
MARK = "planted here"


def spoilt(value: Any) -> Iterator[Any]:
    """Copies of a body, each with the mark in another place: every leaf, every node, the whole."""
    yield MARK
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ({**value, name: other} for other in spoilt(inner))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from ([*value[:at], other, *value[at + 1 :]] for other in spoilt(inner))


def values_for(place: int) -> list[tuple[str, str]]:
    """Each value comes to a third of the places at least, and the plainest to all."""
    return [one for at, one in enumerate(PLANTED.items()) if at < COMMON or (at + place) % 3 == 0]


def send(shop: Shop, write: Write, text: str, **headers: str):
    path, body = write.sent(text)
    headers = {"Content-Type": write.kind, "Accept": write.kind, **headers}
    return shop.client.request(write.method, path, content=body.encode(), headers=headers)


def is_answer(reply) -> bool:
    """An acceptance, or a refusal with what is wrong."""
    if reply.status_code < 300:
        return True
    errors = reply.json()["errors"]
    return reply.status_code in {400, 404, 409, 413, 422} and bool(errors) and all(one["code"] for one in errors)


@pytest.fixture
def full(open_shop) -> Shop:
    shop = open_shop(account=account())
    shop.set(caps={"drafts": 100_000, "rate_sets": 100_000, "tags": 100_000})
    return shop


def test_every_write_has_a_sound_body_here():
    """An operation that is added stands in the list before it is tried."""
    routes = [route for found in ROUTES._routes.values() for _, route in found]
    wanted = {route.name for route in routes if route.content is not None and not route.path.startswith("/auth")}
    asked = {ROUTES.find(one.method, one.path)[0].name for one in WRITES}
    assert wanted == asked


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.name)
def test_a_sound_body_is_accepted(full, write):
    reply = send(full, write, write.text)
    assert reply.status_code == write.status, reply.text
    full.wait()
    if "-commands" in write.path:
        report = full.get(f"{'/'.join(reply.request.url.path.split('/')[:3])}/{reply.json()['id']}").json()
        assert report["taskCount"]["failed"] == 0, report


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.name)
def test_any_value_in_any_place_is_accepted_or_refused(full, write):
    """The witness judges each answer besides; what is accepted is carried out and read back in its own time."""
    for place, body in enumerate(spoilt(write.body)):
        text = json.dumps(body)
        for name, planted in values_for(place):
            reply = send(full, write, text.replace(json.dumps(MARK), planted), **WRONG)
            assert is_answer(reply), (name, text[:2000], reply.status_code, reply.text[:500])
            if reply.status_code < 300:
                follow(full, write, reply)


def follow(shop: Shop, write: Write, reply) -> None:
    """Let what was accepted be carried out, and read what has become of it."""
    shop.wait()
    path = reply.request.url.path
    if write.method == "POST" and reply.content and "id" in reply.json():
        path = f"{path}/{reply.json()['id']}"
    assert shop.get(path, headers=WRONG).status_code in {200, 404}
    if "offers" in path:
        assert shop.get("/sale/offers", headers=WRONG).status_code == 200
