"""From method and path to an operation, without regular expressions: a list by method and length."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar
from urllib.parse import unquote

from reconciler.simulator.http import Reply

Handler = Callable[[Any], Reply]


@dataclass(frozen=True)
class Route:
    """One operation and what it asks of a request."""

    method: str
    path: str
    handler: Handler
    content: str | tuple[str, ...] | None = None  # of the request body; None where there is none
    open: bool = False  # no token at all

    @cached_property
    def name(self) -> str:
        return f"{self.method} {self.path}"


R = TypeVar("R", bound=Route)


class Router(Generic[R]):
    """Finds the route of a path; literal segments win over parameters by order of registration."""

    def __init__(self, routes: Iterable[R]) -> None:
        self._routes: dict[tuple[str, int], list[tuple[list[str], R]]] = {}
        for route in sorted(routes, key=lambda route: route.path.count("{")):
            segments = route.path.strip("/").split("/")
            self._routes.setdefault((route.method, len(segments)), []).append((segments, route))

    def find(self, method: str, path: str) -> tuple[R, dict[str, str]] | None:
        segments = path.removeprefix("/").split("/")
        for wanted, route in self._routes.get((method, len(segments)), ()):
            params = _match(wanted, segments)
            if params is not None:
                return route, params
        return None


def _match(wanted: list[str], segments: list[str]) -> dict[str, str] | None:
    params: dict[str, str] = {}
    for expected, given in zip(wanted, segments, strict=True):
        if expected == given:
            continue
        if not expected.startswith("{") or not given:
            return None
        params[expected[1:-1]] = unquote(given)
    return params
