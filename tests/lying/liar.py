"""Who lies: one tale for one command, told between the client and the practice marketplace.

A tale names a call by what the marketplace calls it (method and path with placeholders) and its n-th occurrence,
and the lie; everything else passes through unchanged.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from lying.lies import LIES, Answer, Told
from reconciler.simulator.allegro import simulator as allegro
from reconciler.simulator.allegro.routes import ROUTES

Asgi = Any
#: So many answers of other calls are kept to be given in the wrong place.
_KEPT = 30


@dataclass(frozen=True)
class Tale:
    """Which lie is told to which call; `always` from that occurrence on, else once."""

    call: str
    nth: int
    lie: str
    seed: int
    always: bool = False

    def __str__(self) -> str:
        return f"{self.lie!r} to {self.call} #{self.nth}{' and every later one' if self.always else ''}"


@dataclass(frozen=True)
class Asked:
    """A request that was lied to, and both answers; `heard` tells whether the marketplace has got it."""

    call: str
    path: str
    query: str
    body: bytes
    heard: bool
    true: Answer
    said: Answer


@dataclass
class Liar:
    """Tells one tale, and remembers what it has seen."""

    tale: Tale | None = None
    calls: Counter[str] = field(default_factory=Counter)
    told: list[Asked] = field(default_factory=list)
    writes: int = 0
    writes_before: int | None = None
    _before: dict[str, Answer] = field(default_factory=dict)
    _others: deque[tuple[str, Answer]] = field(default_factory=lambda: deque(maxlen=_KEPT))

    def lies_now(self, call: str) -> bool:
        """Count a call; tell whether this is one to lie to."""
        self.calls[call] += 1
        if self.tale is None or call != self.tale.call:
            return False
        return self.calls[call] >= self.tale.nth if self.tale.always else self.calls[call] == self.tale.nth

    def passes(self, call: str, path: str, answer: Answer) -> None:
        """Keep a true answer for later lies."""
        self._before.setdefault(path, answer)
        self._others.append((call, answer))

    def lie(self, call: str, path: str, answer: Answer) -> Answer:
        """Make the lie of a true answer."""
        assert self.tale is not None
        others = tuple(each for name, each in self._others if name != call and each.status < 300)
        told = Told(answer, self._before.get(path), others)
        return LIES[self.tale.lie].make(told, Random(f"{self.tale.seed}/{len(self.told)}"))


def call_of(method: str, path: str) -> str:
    """What the marketplace calls a request."""
    found = ROUTES.find(method, path)
    return found[0].name if found else f"{method} (no such call)"


def between(liar: Liar, app: Asgi) -> Asgi:
    """Stand between a client and an ASGI application."""

    async def lying(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        body = await _body(receive)
        answer = await through(liar, app, scope, body)
        if answer.drop:
            raise ConnectionResetError("dropped")
        headers = [(name.encode(), value.encode("utf-8")) for name, value in _framed(answer).items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    return lying


def _framed(answer: Answer) -> dict[str, str]:
    return {**answer.headers, "content-length": str(len(answer.body))}


async def through(liar: Liar, app: Asgi, scope: Mapping[str, Any], body: bytes) -> Answer:
    """Bring one request to the marketplace, or not, and return what the client is told."""
    call = call_of(scope["method"], scope["path"])
    lied = liar.lies_now(call)
    if lied and liar.writes_before is None:
        liar.writes_before = liar.writes
    if not lied or liar.tale is None:
        liar.writes += scope["method"] != "GET" and "/auth/" not in scope["path"]
        answer = await _asked(app, scope, body)
        liar.passes(call, scope["path"], answer)
        return answer
    instead = LIES[liar.tale.lie].instead
    true = Answer(200, {"content-type": "application/json"}) if instead else await _asked(app, scope, body)
    said = liar.lie(call, scope["path"], true)
    query = scope.get("query_string", b"").decode("latin-1")
    liar.told.append(Asked(call, scope["path"], query, body, not instead, true, said))
    return said


async def _body(receive: Any) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


async def _asked(app: Asgi, scope: Mapping[str, Any], body: bytes) -> Answer:
    found: dict[str, Any] = {"body": b""}

    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            found["status"], found["headers"] = message["status"], message["headers"]
        else:
            found["body"] += message.get("body", b"")

    await app(scope, receive, send)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in found["headers"]}
    headers.pop("content-length", None)
    return Answer(found["status"], headers, found["body"])


@contextmanager
def lying(liar: Liar) -> Iterator[None]:
    """Let every marketplace that this process embeds speak through a liar."""
    honest = allegro.AllegroSimulator

    class Lying(honest):  # type: ignore[misc, valid-type]
        """The practice marketplace, through a liar."""

        def _application(self) -> Asgi:
            return between(liar, super()._application())

    allegro.AllegroSimulator = Lying  # type: ignore[misc]
    try:
        yield
    finally:
        allegro.AllegroSimulator = honest  # type: ignore[misc]
