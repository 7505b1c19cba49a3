"""Whatever a server answers comes to rows or to a fault."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.connectors.base import Found, SourceFault
from reconciler.connectors.conversation import Ask
from reconciler.connectors.http import read
from reconciler.model.tables import BadRow
from reconciler.model.wire import Response, Sleep

from .asking_http import source

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["sku", "qty", "items", "next", "total", "more", "errors"]) | st.text(max_size=3),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
BODIES = (
    st.binary(max_size=60)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
STATUSES = st.sampled_from([200, 200, 200, 200, 200, 302, 401, 404, 429, 500, 204])
HEADERS = st.dictionaries(
    st.sampled_from(["link", "location", "retry-after", "date"]), st.text(max_size=30), max_size=2
)
PAGINGS: list[dict[str, Any]] = [
    {},
    {"page": "p"},
    {"offset": "o"},
    {"cursor": "c", "next": "next"},
    {"cursor": "c", "next": "next", "more": "more"},
    {"next": "next"},
    {"link": "next"},
]


def _drive(settings_: dict[str, Any], answers: list[Response], columns: dict[str, str]) -> None:
    """Answer with these, then with an empty list; a fault is an end, too."""
    conversation = read(source(columns, url="https://shop.example/a", **settings_))
    given, answer = iter(answers), None
    try:
        for _ in range(200):
            effect = conversation.send(answer)
            answer = None
            if isinstance(effect, Ask):
                answer = next(given, Response(200, {}, b"[]"))
            elif isinstance(effect, Found):
                for each in effect.records:
                    assert isinstance(each, BadRow) or len(each[1]) == len(columns)
            else:
                assert isinstance(effect, Sleep)
                assert 1 <= effect.seconds <= 60
    except (SourceFault, StopIteration):
        return


@given(
    bodies=st.lists(st.tuples(STATUSES, HEADERS, BODIES), min_size=1, max_size=4),
    paging=st.sampled_from(PAGINGS),
    total=st.sampled_from(["", "total"]),
    path=st.sampled_from(["", "items", "items[?qty]", "[].items[]", "sort_by(items, &qty)", "items || `[]`"]),
    graphql=st.booleans(),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_comes_as_json_is_rows_or_a_fault(
    bodies: list[Any], paging: dict[str, Any], total: str, path: str, graphql: bool
) -> None:
    given: dict[str, Any] = {"records": path} if path else {}
    given |= {"paging": paging} if paging else {}
    given |= {"total": total} if total else {}
    given |= {"body": {"query": "{ a }"}} if graphql else {}
    _drive(given, [Response(*each) for each in bodies], {"item": "sku", "q": "qty", "r": "join(',', qty)"})


XML = st.text(alphabet="<>/a&;!\"='[] \n", max_size=40).map(str.encode) | st.sampled_from(
    [
        b"<a><a x='1'>b</a></a>",
        b"<?xml version='1.0' encoding='nope'?><a/>",
        b"<a><b/></a>",
        b"<a x='",
        b"<a>\x00</a>",
        b"\xff\xfe<\x00a\x00",
        b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a>&b;</a>",
    ]
)


@given(
    bodies=st.lists(st.tuples(STATUSES, HEADERS, XML | BODIES), min_size=1, max_size=3),
    path=st.sampled_from(["//a", "/a/a", "//a[@x]", "//a/text()", "a"]),
    paging=st.sampled_from([{}, {"next": "/a/@next"}, {"link": "next"}]),
)
@settings(max_examples=300, deadline=None)
def test_whatever_comes_as_xml_is_rows_or_a_fault(bodies: list[Any], path: str, paging: dict[str, Any]) -> None:
    given: dict[str, Any] = {"format": "xml", "records": path, **({"paging": paging} if paging else {})}
    _drive(given, [Response(*each) for each in bodies], {"item": "@x", "q": "a", "r": "../a"})
