"""Requests, replies and refusals, apart from any web framework."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import orjson

from reconciler.simulator.world import World

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
    media: str = ""  # empty: what the marketplace answers with
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


class Refused(Exception):  # noqa: N818 - an answer of the marketplace, not an error of the program
    """Raised anywhere below an operation; the transaction is rolled back and this is answered.

    Each marketplace has its own form of `body`.
    """

    def __init__(self, status: int, document: Any = None, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, document)
        self.status = status
        self.document = document
        self.headers = headers or {}

    def body(self) -> Any:
        return self.document


@dataclass
class Call:
    """A request on its way through an operation: who asks, about what, in which world."""

    world: World
    request: Request
    seller: str = ""
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
