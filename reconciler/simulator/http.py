"""Requests, replies and refusals, apart from any web framework."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import orjson

from reconciler.simulator.world import Json, World

PUBLIC = "application/vnd.allegro.public.v1+json"
BETA = "application/vnd.allegro.beta.v1+json"
PLAIN = "application/json"


@dataclass
class Request:
    """One HTTP request, its header names in lower case."""

    method: str
    path: str
    query_string: str
    headers: dict[str, str]
    content: bytes
    origin: str = "http://localhost"
    connection: str = ""  # process, address and port of the other side

    @cached_property
    def query(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in parse_qsl(self.query_string, keep_blank_values=True):
            found.setdefault(name, []).append(value)
        return found


@dataclass
class Reply:
    """A status with a body that is either a document or bytes already in their final form."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    media: str = PUBLIC
    cut: int = 0  # only so many bytes of the body go out
    slow: float = 0.0  # seconds between its halves

    @cached_property
    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)

    def all_headers(self) -> dict[str, str]:
        """The headers as they go out."""
        length = {"content-length": str(len(self.content))}
        kind = {"content-type": f"{self.media};charset=UTF-8"} if self.content else {}
        return {name.lower(): value for name, value in self.headers.items()} | length | kind


def fault(code: str, message: str, path: str | None = None, **metadata: str) -> Json:
    """One entry of `errors`."""
    return {
        "code": code,
        "message": message,
        "userMessage": message,
        "details": None,
        "path": path,
        "metadata": metadata,
    }


class Refusal(Exception):  # noqa: N818 - an answer of the marketplace, not an error of the program
    """Raised anywhere below an operation; the transaction is rolled back and this is answered."""

    def __init__(self, status: int, *faults: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, faults)
        self.status = status
        self.faults = faults
        self.headers = headers or {}

    def body(self) -> Json:
        return {"errors": list(self.faults)}


class AuthRefusal(Refusal):
    """401 and the token endpoint speak OAuth's error form."""

    def __init__(self, error: str, description: str, status: int = 401) -> None:
        super().__init__(status, fault(error, description))
        self.error, self.description = error, description

    def body(self) -> Json:
        return {"error": self.error, "error_description": self.description}


def refuse(status: int, code: str, message: str, path: str | None = None, **metadata: str) -> Refusal:
    return Refusal(status, fault(code, message, path, **metadata))


@dataclass
class Call:
    """A request on its way through an operation: who asks, about what, in which world."""

    world: World
    request: Request
    seller: str = ""
    base: str = "allegro-pl"
    client: str = ""
    params: dict[str, str] = field(default_factory=dict)
    body: Any = None
    operation: str = ""  # method and path as the marketplace describes them
    trouble: Any = None  # a `faults.Trouble` that concerns the operation itself

    def is_troubled(self, name: str) -> bool:
        return self.trouble is not None and self.trouble.do == name

    def arg(self, name: str, default: str = "") -> str:
        values = self.request.query.get(name)
        return values[-1] if values else default

    def args(self, name: str) -> list[str]:
        return self.request.query.get(name, [])

    def flag(self, name: str) -> bool | None:
        text = self.arg(name).lower()
        if text not in {"", "true", "false"}:
            raise refuse(400, "INVALID_PARAMETER", "The value must be true or false.", name)
        return None if text == "" else text == "true"

    def number(self, name: str, default: int, low: int, high: int, status: int = 400) -> int:
        text = self.arg(name)
        if not text:
            return default
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not low <= int(text) <= high:
            raise refuse(status, "INVALID_PARAMETER", f"The value must be between {low} and {high}.", name)
        return int(text)
