"""Drives a conversation with a script of answers: no network, no event loop, no mocks."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson
from contract.witness import Witness, witness

from reconciler.model.wire import Response, Sleep
from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.providers.base import Credentials, Token
from reconciler.providers.conversation import Remember, Request

Answer = Response | Callable[[Request], Response]


def reply(status: int = 200, body: Any = None, **headers: str) -> Response:
    """Make an answer; header names are written with underscores."""
    data = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, data)


def errors(status: int, code: str = "VALIDATION_ERROR", message: str = "No.", path: str | None = None) -> Response:
    """Make a refusal in Allegro's form."""
    body = {"errors": [{"code": code, "message": message, "userMessage": message, "path": path}]}
    return reply(status, body, trace_id="trace-1")


@dataclass
class Told:
    """What a conversation did, in order."""

    result: Any = None
    requests: list[Request] = field(default_factory=list)
    sleeps: list[float] = field(default_factory=list)
    remembered: list[tuple[str, str, str]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    @property
    def bodies(self) -> list[Any]:
        return [request.json for request in self.requests]

    @property
    def paths(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.requests]


_PUBLIC = "application/vnd.allegro.public.v1+json"


def attested(request: Request) -> list[str]:
    """Ask Allegro's own OpenAPI document what is wrong with a request; the answer is not judged."""
    media = request.media or _PUBLIC
    body = orjson.dumps(request.json).decode() if request.json is not None else None
    content = media if body else request.content_type
    bearer = ALLEGRO.bearer(Token("secret"), Credentials(), request)
    exchange = {
        "method": request.method,
        "url": request.path + ("?" + urlencode(request.query) if request.query else ""),
        "request_headers": {**bearer, "accept": media, "content-type": content},
        "request_body": body or ({"base64": "AA=="} if request.file else None),
        "status": 0,
        "response_headers": {},
        "response_body": None,
    }
    law: Witness = witness()
    return law.violations(exchange)


def play(
    conversation: Generator[Any, Any, Any], *answers: Answer, clears: bool = False, then: Answer | None = None
) -> Told:
    """Run a conversation to its end; every answer must be used and every request lawful.

    `clears`: the request carries the nulls of a merge patch, which the document does not describe (#11012).
    `then`: what is answered for ever after.
    """
    told = Told()
    left = list(answers)
    send: Any = None
    while True:
        try:
            effect = conversation.send(send)
        except StopIteration as end:
            assert not left, f"{len(left)} answers were not asked for after {told.paths}"
            told.result = end.value
            return told
        send = None
        told.order.append(type(effect).__name__)
        if isinstance(effect, Request):
            told.requests.append(effect)
            if effect.host == "api" and not clears:
                wrong = attested(effect)
                assert not wrong, "\n".join(wrong)
            assert left or then, f"nothing is left to answer {effect.method} {effect.path}"
            answer = left.pop(0) if left else then
            send = ALLEGRO.answer(effect, answer(effect) if callable(answer) else answer)
        elif isinstance(effect, Sleep):
            told.sleeps.append(effect.seconds)
        elif isinstance(effect, Remember):
            told.remembered.append((effect.topic, effect.key, effect.value))
