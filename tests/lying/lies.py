"""The lies: what is made of an honest answer, or said in its place.

Each is a function of the answer and a seeded random; it knows nothing of the product.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from typing import Any

JSON = "application/vnd.allegro.public.v1+json"
HTML = b"<html><head><title>502</title></head><body><h1>Bad gateway</h1>\x1b[31m</body></html>"
ERRORS = {"errors": [{"code": "VALIDATION_ERROR", "message": "No.", "userMessage": "Nie.", "path": "name"}]}


@dataclass(frozen=True)
class Answer:
    """One answer on its way to the client. `drop` cuts the connection instead."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    drop: bool = False

    def json(self) -> Any:
        """The body, or None when it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def saying(self, body: Any, status: int | None = None, **headers: str) -> Answer:
        """The same with another body; header names are written with underscores."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, body=data, status=status or self.status, headers={**self.headers, **named})


@dataclass(frozen=True)
class Told:
    """What a lie may be made from: this answer, what was answered before to the same call, and to other calls."""

    now: Answer
    before: Answer | None = None
    others: tuple[Answer, ...] = ()


Make = Callable[[Told, Random], Answer]


class Depth(StrEnum):
    """How far a lie can be told from the truth."""

    NO_ANSWER = "no answer of the API"  # nothing may be concluded from it
    WRONG_PLACE = "one place wrong"  # nothing may be created or ended for it
    PLAUSIBLE = "plausible"  # a marketplace may have said so: no harm may be left when it tells the truth again


@dataclass(frozen=True)
class Lie:
    """A way of lying. `instead`: the marketplace has not even heard the request."""

    make: Make
    depth: Depth = Depth.NO_ANSWER
    instead: bool = False


def _body(body: bytes | Any, *, status: int | None = None, **headers: str) -> Make:
    """Say this, whatever the truth is."""
    return lambda told, _: told.now.saying(body, status, **headers)


def _status(status: int, body: bytes | Any = b"", **headers: str) -> Make:
    return lambda *_: Answer(status, {"content-type": JSON}).saying(body, **headers)


def _edit(change: Callable[[Any, Random], Any]) -> Make:
    """Change one place of the true body."""

    def make(told: Told, random: Random) -> Answer:
        body = told.now.json()
        return told.now.saying(ERRORS["errors"][0] if body is None else change(body, random))

    return make


# --- one place of a body -----------------------------------------------------------------------------------------


def places(body: Any) -> Iterator[tuple[Any, Any]]:
    """Every member of every object and list: its container and its name or position."""
    members = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, value in list(members):
        yield body, name
        yield from places(value)


def _somewhere(wanted: Callable[[Any], bool], change: Callable[[Any, Random], Any]) -> Make:
    """Change a member of that kind; the upper ones, which matter most, are chosen as often as all others."""

    def edited(body: Any, random: Random) -> Any:
        found = [(box, name) for box, name in places(body) if wanted(box[name])]
        upper = [(box, name) for box, name in found if box is body]
        chosen = upper if upper and random.random() < 0.5 else found
        if not chosen:
            return change(body, random)
        box, name = random.choice(chosen)
        box[name] = change(box[name], random)
        return body

    return _edit(edited)


def _missing(body: Any, random: Random) -> Any:
    found = [(box, name) for box, name in places(body) if isinstance(box, dict)]
    upper = [(box, name) for box, name in found if box is body]
    chosen = upper if random.random() < 0.5 else found
    if not chosen:
        return {}
    box, name = random.choice(chosen)
    del box[name]
    return body


def _extra(body: Any, random: Random) -> Any:
    for box in [body, *(box[name] for box, name in places(body))]:
        if isinstance(box, dict):
            box["unheardOf"] = random.choice([None, 7, {"a": [1]}, ["x"], "nowe"])
    return body


def _swapped_ids(body: Any, random: Random) -> Any:
    """Two rows of a list get each other's id; an object gets the id of nobody."""
    lists = [box[name] for box, name in places(body) if isinstance(box[name], list)]
    rows = [each for each in lists if len(each) > 1 and all(isinstance(row, dict) and "id" in row for row in each)]
    if rows:
        one, other = random.sample(random.choice(rows), 2)
        one["id"], other["id"] = other["id"], one["id"]
    elif isinstance(body, dict) and "id" in body:
        body["id"] = random.choice(["99999999999", "", "0", "../me", "a/b"])
    return body


def _twice(body: Any, random: Random) -> Any:
    """The rows of each list, twice."""
    for box, name in list(places(body)):
        if isinstance(box[name], list):
            box[name] = [*box[name], *box[name]]
    return body


def _short(body: Any, random: Random) -> Any:
    """A list without some of its rows; what it says of their number stays."""
    for box, name in list(places(body)):
        if isinstance(box[name], list) and box is body and box[name]:
            box[name] = box[name][: random.randrange(len(box[name]))]
    return body


def _is_enum(value: Any) -> bool:
    return isinstance(value, str) and len(value) > 2 and value.replace("_", "").isalpha() and value.isupper()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


def _any(_: Any) -> bool:
    return True


ODD_TEXTS = (
    "",
    " ",
    "\x00\x1b]52;c;AA==\x07",
    "\u202e\u2028::set-output name=a::b",
    "x" * 100_000,
    "NaN",
    "-0",
    "\ud83d\ude00",
)
ODD_NUMBERS = (-1, 0, 10**30, 2**63, 1e308, 0.1, -(10**9))
ODD_WAITS = (
    "soon",
    "-5",
    "1000000000",
    "1" + "0" * 30,
    "0",
    "1.5",
    "\u0663",
    "\u00b2",
    "nan",
    "1e9",
    "",
    "Mon, 23 Nov 2099 09:00:00 GMT",
)
OTHER_PLACES = (
    "http://127.0.0.1:1/evil",
    "//evil.example/x",
    ":8443/x",
    "/elsewhere",
    "",
    "javascript:x",
    "x y",
    "/me#",
)


def _wait(told: Told, random: Random) -> Answer:
    body = {"errors": [{"code": "TOO_MANY_REQUESTS", "message": "Slower."}]}
    return _status(random.choice((429, 429, 503)), body, retry_after=random.choice(ODD_WAITS))(told, random)


def _redirect(told: Told, random: Random) -> Answer:
    return _status(random.choice((301, 302, 307, 308)), b"", location=random.choice(OTHER_PLACES))(told, random)


def _accepted(told: Told, random: Random) -> Answer:
    """202 or 303 with a place that is none, or without one."""
    where = random.choice([*OTHER_PLACES, None])
    bare = {name: value for name, value in told.now.headers.items() if name != "location"}
    answer = replace(told.now, status=random.choice((202, 303)), headers=bare)
    return answer.saying(told.now.body, **({} if where is None else {"location": where}))


def _stale(told: Told, random: Random) -> Answer:
    return told.before or told.now


def _other(told: Told, random: Random) -> Answer:
    return random.choice(told.others) if told.others else told.now


def _nested(opening: bytes, closing: bytes) -> bytes:
    return opening * 100_000 + closing * 100_000


def _huge(told: Told, random: Random) -> Answer:
    """Eight megabytes of members that nobody knows."""
    body = told.now.json()
    more = {f"m{number}": "x" * 80 for number in range(90_000)}
    return told.now.saying({**body, **more} if isinstance(body, dict) else more)


def _cut(told: Told, random: Random) -> Answer:
    return told.now.saying(
        told.now.body[: random.randrange(1, len(told.now.body))] if len(told.now.body) > 1 else b"{"
    )


LIES: dict[str, Lie] = {
    # what no API says
    "HTML with 200": Lie(_status(200, HTML, content_type="text/html"), instead=True),
    "HTML with 200, after the work": Lie(_status(200, HTML, content_type="text/html")),
    "HTML called JSON": Lie(_status(200, HTML), instead=True),
    "HTML with 201": Lie(_status(201, HTML, content_type="text/html"), instead=True),
    "an empty 200": Lie(_body(b"", status=200)),
    "an empty 200, nothing done": Lie(_status(200), instead=True),
    "204": Lie(_status(204)),
    "a list": Lie(_body([])),
    "null": Lie(_body(None)),
    "a number": Lie(_body(7)),
    "a text": Lie(_body("ok")),
    "true": Lie(_body(True)),
    "an empty object": Lie(_body({})),
    "an empty object with 200, nothing done": Lie(_status(200, {}), instead=True),
    "errors with 200": Lie(_body(ERRORS, status=200)),
    "errors with 200, nothing done": Lie(_status(200, ERRORS), instead=True),
    "errors beside the body": Lie(_edit(lambda body, _: {**body, **ERRORS} if isinstance(body, dict) else ERRORS)),
    "errors: [null]": Lie(_status(422, {"errors": [None]}), instead=True),
    "errors: {}": Lie(_status(422, {"errors": {"code": "A"}}), instead=True),
    "errors: text": Lie(_status(400, {"errors": "no"}), instead=True),
    "errors: numbers": Lie(
        _status(422, {"errors": [{"code": 7, "message": [1], "path": {}, "details": 3}]}), instead=True
    ),
    "errors: []": Lie(_status(422, {"errors": []}), instead=True),
    "a bare 422": Lie(_status(422), instead=True),
    "a list with 400": Lie(_status(400, [1]), instead=True),
    "202 or 303 to nowhere": Lie(_accepted),
    "a redirect": Lie(_redirect, instead=True),
    "418": Lie(_status(418, b"teapot", content_type="text/plain"), instead=True),
    "not UTF-8": Lie(lambda told, _: told.now.saying(told.now.body.decode("utf-8").encode("utf-16"))),
    "two documents": Lie(lambda told, _: told.now.saying(told.now.body * 2)),
    "nested lists": Lie(_body(_nested(b"[", b"]"))),
    "nested objects": Lie(_body(_nested(b'{"a":', b"}").replace(b"}", b"", 1) + b"")),
    "NaN": Lie(_body(b'{"id": NaN, "offers": NaN}')),
    "a byte order mark": Lie(
        lambda told, _: told.now.saying(b"\xef\xbb\xbf" + told.now.body), depth=Depth.PLAUSIBLE
    ),
    "called plain text": Lie(
        lambda told, _: told.now.saying(told.now.body, content_type="text/plain"), depth=Depth.PLAUSIBLE
    ),
    "called nothing": Lie(
        lambda told, _: replace(
            told.now, headers={k: v for k, v in told.now.headers.items() if k != "content-type"}
        ),
        depth=Depth.PLAUSIBLE,
    ),
    # cut and lost
    "cut off": Lie(_cut),
    "dropped before": Lie(lambda told, _: replace(told.now, drop=True), instead=True),
    "dropped after": Lie(lambda told, _: replace(told.now, drop=True)),
    # other answers than the true one
    "500 in HTML": Lie(_status(500, HTML, content_type="text/html"), instead=True),
    "500 after the work": Lie(_status(500, HTML, content_type="text/html")),
    "503 in HTML": Lie(_status(503, HTML, content_type="text/html"), instead=True),
    "401": Lie(_status(401, {"error": "invalid_token", "error_description": "No."}), instead=True),
    "401 in HTML": Lie(_status(401, HTML, content_type="text/html"), instead=True),
    "403": Lie(
        _status(403, {"errors": [{"code": "AccessDenied", "message": "No."}]}), instead=True, depth=Depth.PLAUSIBLE
    ),
    "404": Lie(
        _status(404, {"errors": [{"code": "NotFoundException", "message": "No."}]}),
        instead=True,
        depth=Depth.PLAUSIBLE,
    ),
    "404 in HTML": Lie(_status(404, HTML, content_type="text/html"), instead=True),
    "409": Lie(
        _status(409, {"errors": [{"code": "CONFLICT", "message": "Busy."}]}), instead=True, depth=Depth.PLAUSIBLE
    ),
    "an odd Retry-After": Lie(_wait, instead=True),
    "stale": Lie(_stale, depth=Depth.PLAUSIBLE),
    "another call's answer": Lie(_other),
    # one place of it
    "null somewhere": Lie(_somewhere(_any, lambda *_: None), Depth.WRONG_PLACE),
    "null for an object": Lie(_somewhere(_is(dict), lambda *_: None), Depth.WRONG_PLACE),
    "null for a list": Lie(_somewhere(_is(list), lambda *_: None), Depth.WRONG_PLACE),
    "a list for an object": Lie(_somewhere(_is(dict), lambda *_: []), Depth.WRONG_PLACE),
    "an object for a list": Lie(_somewhere(_is(list), lambda *_: {}), Depth.WRONG_PLACE),
    "a text for a list": Lie(_somewhere(_is(list), lambda *_: "none"), Depth.WRONG_PLACE),
    "a number for a text": Lie(_somewhere(_is(str), lambda *_: 12), Depth.WRONG_PLACE),
    "an object for a text": Lie(_somewhere(_is(str), lambda *_: {"value": "x"}), Depth.WRONG_PLACE),
    "a text for a number": Lie(_somewhere(_is_number, lambda value, _: str(value)), Depth.WRONG_PLACE),
    "a list for anything": Lie(_somewhere(_any, lambda value, _: [value]), Depth.WRONG_PLACE),
    "nulls in a list": Lie(_somewhere(_is(list), lambda value, _: [None, *value]), Depth.WRONG_PLACE),
    "missing": Lie(_edit(_missing), Depth.WRONG_PLACE),
    "extra fields": Lie(_edit(_extra), depth=Depth.PLAUSIBLE),
    "an unknown enum": Lie(_somewhere(_is_enum, lambda *_: "SOMETHING_NEW"), depth=Depth.PLAUSIBLE),
    "odd text": Lie(_somewhere(_is(str), lambda _, random: random.choice(ODD_TEXTS)), depth=Depth.PLAUSIBLE),
    "odd numbers": Lie(
        _somewhere(_is_number, lambda _, random: random.choice(ODD_NUMBERS)), depth=Depth.PLAUSIBLE
    ),
    "swapped ids": Lie(_edit(_swapped_ids), depth=Depth.PLAUSIBLE),
    "rows twice": Lie(_edit(_twice), depth=Depth.PLAUSIBLE),
    "rows missing": Lie(_edit(_short), depth=Depth.PLAUSIBLE),
    "huge": Lie(_huge, depth=Depth.PLAUSIBLE),
}
