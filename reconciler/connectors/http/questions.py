"""The question that one page is asked with, out of a source's settings."""

import copy
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from reconciler.connectors.base import Objection
from reconciler.connectors.conversation import Ask, Header
from reconciler.connectors.http.paging import KINDS, PageStep, Values, first_step, kind_of


def question(settings: Mapping[str, Any], url: str, headers: Mapping[str, Header], step: PageStep) -> Ask:
    """Return what is asked. What pages stands in the body where there is one, else behind the address."""
    body = settings.get("body")
    query = tuple(_pairs(settings.get("query", {}))) if not step.url else ()
    if body is None:
        query = _replaced(query, step.values)
    else:
        body = _filled(body, step.values)
    return Ask(
        method=method_of(settings),
        url=step.url or url,
        headers=headers,
        query=query,
        json=body,
        expects=settings.get("format", "json"),
    )


def method_of(settings: Mapping[str, Any]) -> str:
    """Return the method: POST where there is a body and nothing else is said."""
    return str(settings.get("method", "POST" if "body" in settings else "GET")).upper()


def _pairs(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, said in query.items():
        for each in said if isinstance(said, list | tuple) else (said,):
            yield name, _plain(each)


def _plain(said: Any) -> str:
    if isinstance(said, bool):
        return "true" if said else "false"
    return f"{said:f}" if isinstance(said, Decimal) else str(said)


def _replaced(query: tuple[tuple[str, str], ...], values: Values) -> tuple[tuple[str, str], ...]:
    named = {name for name, _ in values}
    kept = tuple(pair for pair in query if pair[0] not in named)
    return (*kept, *((name, str(value)) for name, value in values))


def _filled(body: Any, values: Values) -> Any:
    filled = copy.deepcopy(body)
    for path, value in values:
        *above, last = path.split(".")
        inner = filled
        for each in above:
            if not isinstance(inner.get(each), dict):
                inner[each] = {}
            inner = inner[each]
        inner[last] = value
    return filled


def question_problems(settings: Mapping[str, Any]) -> Iterator[Objection]:
    """Yield what is wrong with `method`, `query` and `body`, and with where paging goes in a body."""
    method, query, body = settings.get("method", "GET"), settings.get("query", {}), settings.get("body")
    if not isinstance(method, str) or method.upper() not in ("GET", "POST"):
        yield ("method",), "is neither GET nor POST", "A source is read, and never written."
    elif method.upper() == "GET" and "method" in settings and body is not None:
        yield ("method",), "is GET, which has no body", "Leave it out for POST."
    if not isinstance(query, Mapping):
        yield ("query",), "is no object", "Write `{limit: 100}`."
    else:
        for name, said in query.items():
            if not all(_is_plain(each) for each in (said if isinstance(said, list | tuple) else (said,))):
                yield ("query", name), "is no text or number", ""
    if body is not None and not isinstance(body, Mapping):
        yield ("body",), "is no object", "Of GraphQL it is `{query: …, variables: …}`."


def body_paging_problems(settings: Mapping[str, Any]) -> Iterator[Objection]:
    """Yield the parameters of paging that would replace something else in the body."""
    paging = settings["paging"]
    if kind_of(paging) in ("link", "next"):
        return
    paths = {path for path, _ in first_step(paging).values} | {paging[kind_of(paging)]}
    key = next(kind for kind in KINDS if kind in paging)
    for path in sorted(paths):
        inner: Any = settings["body"]
        for each in path.split("."):
            if not isinstance(inner, Mapping):
                yield ("paging", key), f"leads through `{path}`, where `body` has no object", ""
                break
            inner = inner.get(each) or {}


def _is_plain(said: Any) -> bool:
    return isinstance(said, str | int | Decimal | bool)
