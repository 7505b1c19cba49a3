"""Every conversation with a marketplace, with true answers: recorded once from a whole plan and apply.

The true answers are the simulator's, those of the token endpoints as RFC 6749 and RFC 8628 have them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import orjson
from door import hold
from lying import stall
from wire import READING
from world import LOGIN

from reconciler.documents.specs import load_spec
from reconciler.model.offers import OFFER
from reconciler.model.wire import Response
from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.providers.base import Credentials, DeviceCode, Token
from reconciler.providers.conversation import Answer, Conversation, Request
from reconciler.providers.forms import anything
from reconciler.runtime.connection import session
from reconciler.simulator import http as simulated
from reconciler.simulator.allegro.simulator import AllegroSimulator

CREDENTIALS = Credentials(client_id="app", client_secret="hush", refresh_token="r")
DEVICE = DeviceCode(device_code="d", user_code="u", address="https://a", expires_in=60, interval=5)
PAIR = {"access_token": "a", "refresh_token": "r", "expires_in": 43199, "token_type": "bearer"}
CODE = {
    "device_code": "d",
    "user_code": "u",
    "verification_uri": "https://allegro.pl/skojarz-aplikacje",
    "verification_uri_complete": "https://allegro.pl/skojarz-aplikacje?code=u",
    "expires_in": 3600,
    "interval": 5,
}


@dataclass
class Tape:
    """A conversation that can be begun again, and its true answers in order."""

    name: str
    begin: Callable[[], Conversation[Any]]
    answers: list[tuple[Request, Response]] = field(default_factory=list)


@cache
def tapes() -> dict[str, Tape]:
    """Every conversation by its name."""
    found = {each.name: each for each in _of_tokens()}
    with TemporaryDirectory() as folder, _recording(found):
        for size in stall.SIZES:
            made = stall.build(Path(folder) / size, size)
            made.converge()
            with made.simulator() as simulator:
                _read_all_kinds(simulator, found)
    return {name: tape for name, tape in found.items() if tape.answers}


def _read_all_kinds(simulator: AllegroSimulator, found: dict[str, Tape]) -> None:
    """List every kind of named object, and read the first one of each."""
    for kind in sorted(load_spec("allegro").kinds.keys() - {OFFER}):  # offers have a list of their own
        listed = Tape(f"objects {kind}", partial(ALLEGRO.objects, READING, kind))
        rows = _heard(listed, simulator, found)
        for number, _ in rows[:1]:
            _heard(Tape(f"read {kind}", partial(ALLEGRO.read, READING, kind, number, ())), simulator, found)


def _heard(tape: Tape, simulator: AllegroSimulator, found: dict[str, Tape]) -> Any:
    def answer(request: Request) -> Response:
        headers = {
            "accept": request.media or ALLEGRO.media,
            **{
                name.lower(): value
                for name, value in ALLEGRO.bearer(Token(f"simulator-{LOGIN}"), Credentials(), request).items()
            },
        }
        query = urlencode(request.query)
        reply = simulator.respond(simulated.Request(request.method, request.path, query, headers, b"", "", ""))
        tape.answers.append((request, Response(reply.status, reply.all_headers(), reply.content)))
        return tape.answers[-1][1]

    held = hold(tape.begin(), answer)
    assert held.fault is None, (tape.name, held.fault)
    found.setdefault(tape.name, tape)
    return held.value


def _of_tokens() -> Iterator[Tape]:
    pair = Response(200, {"content-type": "application/json"}, orjson.dumps(PAIR))
    code = Response(200, {"content-type": "application/json"}, orjson.dumps(CODE))
    asked = Request(method="POST", path="/auth/oauth/token", host="auth", expects=anything)
    yield Tape("authorize", lambda: ALLEGRO.authorize(CREDENTIALS), [(asked, pair)])
    yield Tape("begin_device", lambda: ALLEGRO.begin_device(CREDENTIALS), [(asked, code)])
    yield Tape("poll_device", lambda: ALLEGRO.poll_device(CREDENTIALS, DEVICE), [(asked, pair)])
    yield Tape("exchange_code", lambda: ALLEGRO.exchange_code(CREDENTIALS, "c", "http://l", "v"), [(asked, pair)])
    yield Tape("revoke", lambda: ALLEGRO.revoke(CREDENTIALS, "t"), [(asked, Response(200, {}, b""))])


class _Recorder:
    """The provider, whose conversations are written down. The longest one of each name is kept."""

    def __init__(self, found: dict[str, Tape]) -> None:
        self._found = found
        self._raw: dict[int, tuple[Answer, Response]] = {}

    def answer(self, request: Request, response: Response) -> Answer:
        answer = ALLEGRO.answer(request, response)
        self._raw[id(answer)] = answer, response
        return answer

    def __getattr__(self, name: str) -> Any:
        wanted = getattr(ALLEGRO, name)
        if not callable(wanted) or name in ("bearer", "client_of", "authorization_url"):
            return wanted

        def begun(*given: Any) -> Conversation[Any]:
            kept = tuple(tuple(each) if isinstance(each, Iterator) else each for each in given)
            tape = Tape(_name(name, kept), lambda: wanted(*kept))
            return self._taped(tape)

        return begun

    def _taped(self, tape: Tape) -> Conversation[Any]:
        conversation = tape.begin()
        sent: Any = None
        while True:
            try:
                effect = conversation.send(sent)
            except StopIteration as end:
                known = self._found.get(tape.name)
                if known is None or len(known.answers) < len(tape.answers):
                    self._found[tape.name] = tape
                return end.value
            sent = yield effect
            if isinstance(effect, Request):
                tape.answers.append((effect, self._raw.pop(id(sent))[1]))


def _name(name: str, given: tuple[Any, ...]) -> str:
    words = [name]
    for each in given:
        if hasattr(each, "operation"):
            words += [each.operation, each.kind]
        elif name in ("read", "objects") and isinstance(each, str) and not any(c.isdigit() for c in each):
            words.append(each)
        elif name == "read" and isinstance(each, tuple | list | frozenset | set):
            words += sorted(each)
    return " ".join(words)


@contextmanager
def _recording(found: dict[str, Tape]) -> Iterator[None]:
    true = session.provider
    session.provider = lambda _: _Recorder(found)  # type: ignore[assignment,return-value]
    try:
        yield
    finally:
        session.provider = true
