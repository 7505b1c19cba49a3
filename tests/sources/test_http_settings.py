"""What `validate` can tell of an http source before anything is asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connectors.base import SourceFault
from reconciler.connectors.http import column_problems, problems, read

from .asking_http import SKU, source

URL = {"url": "https://shop.example/stock"}
XML = {"format": "xml", "records": "/t/o"}
CLIENT = {"token_url": "https://shop.example/t", "client_id": "A", "client_secret": "B"}


@pytest.mark.parametrize(
    "settings",
    [
        URL,
        {"url": "ERP_URL", "method": "get", "query": {"a": [1, "b"], "c": Decimal("1.5"), "d": True}},
        {"url": "http://127.0.0.1:8080/stock"},
        {"url": "http://shop.lan/stock", "allow_plain_http": True},
        {**URL, "auth": {"bearer": "TOKEN"}, "headers": {"X-Shop": "main", "X-Version": 2}},
        {**URL, "auth": {"basic": {"user": "A", "password": "B"}}},
        {**URL, "auth": {"header": {"name": "X-Key", "value": "A"}}},
        {**URL, "auth": {"client_credentials": CLIENT}},
        {**URL, "auth": {"client_credentials": {**CLIENT, "scope": "a b", "send": "header"}}},
        {**URL, "records": "data.items[?qty > `0.5`].{sku: code, qty: not_null(a, b)}", "total": "meta.total"},
        {**URL, "records": "sort_by(items, &sku)", "paging": {"page": "page"}},
        {**URL, "paging": {"page": "p", "first": 0, "size": {"n": 100}}},
        {**URL, "paging": {"offset": "o", "limit": "l", "size": 5}},
        {**URL, "paging": {"cursor": "c", "next": "a.b", "more": "a.c", "size": {"n": 1}}},
        {**URL, "paging": {"link": "next"}},
        {**URL, "paging": {"next": "links.next"}},
        {
            **URL,
            "body": {"query": "{ a }", "variables": {"after": None}},
            "paging": {"cursor": "variables.after", "next": "a"},
        },
        {**URL, **XML, "namespaces": {"g": "http://x"}, "total": "number(//g:all)", "paging": {"page": "p"}},
    ],
)
def test_good_settings(settings: dict[str, Any]) -> None:
    assert list(problems(settings)) == []


BAD: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    ({"url": ""}, ("url",), "is not there"),
    ({"url": "http://shop.example/"}, ("url",), "plain http"),
    ({"url": "https://u:p@shop.example/"}, ("url",), "login"),
    ({"url": "https://shop.example/ą"}, ("url",), "cannot be sent"),
    ({"url": "https://shop.example:0/"}, ("url",), "no address"),
    ({"url": "ftp://shop.example/"}, ("url",), "no address"),
    ({"url": "erp_url"}, ("url",), "no address"),
    ({"pagging": {}}, ("pagging",), "means nothing"),
    ({"method": "DELETE"}, ("method",), "neither GET nor POST"),
    ({"method": "GET", "body": {}}, ("method",), "no body"),
    ({"query": []}, ("query",), "no object"),
    ({"query": {"a": None}}, ("query", "a"), "no text"),
    ({"body": "x"}, ("body",), "no object"),
    ({"format": "csv"}, ("format",), "neither json nor xml"),
    ({"allow_plain_http": "yes"}, ("allow_plain_http",), "neither true nor false"),
    ({"headers": {"Authorization": "Bearer x"}}, ("headers", "Authorization"), "secret"),
    ({"headers": {"Host": "x"}}, ("headers", "Host"), "by the connection"),
    ({"headers": {"a b": "x"}}, ("headers", "a b"), "cannot be the name"),
    ({"headers": {"X": "a\nb"}}, ("headers", "X"), "one line"),
    ({"auth": {"beerer": "A"}}, ("auth", "beerer"), "means nothing"),
    ({"auth": {}}, ("auth",), "not one form"),
    ({"auth": {"bearer": "A", "basic": {}}}, ("auth",), "not one form"),
    ({"auth": {"bearer": "abc-123"}}, ("auth", "bearer"), "no name of an environment variable"),
    ({"auth": {"basic": {"user": "A"}}}, ("auth", "basic"), "has no `password`"),
    ({"auth": {"header": {"name": "a:b", "value": "A"}}}, ("auth", "header", "name"), "cannot be the name"),
    (
        {"auth": {"client_credentials": {**CLIENT, "token_url": "http://x/"}}},
        ("auth", "client_credentials", "token_url"),
        "plain http",
    ),
    (
        {"auth": {"client_credentials": {**CLIENT, "send": "x"}}},
        ("auth", "client_credentials", "send"),
        "neither `body` nor",
    ),
    ({"records": "data[?"}, ("records",), "no JMESPath"),
    ({"records": "Stan (szt.)"}, ("records",), "no JMESPath"),
    ({"records": "items[].{a: to_number(x)}"}, ("records",), "calls `to_number`"),
    ({"records": "[?sum(x) > `1`]"}, ("records",), "calls `sum`"),
    ({"records": "own(x)"}, ("records",), "calls `own`"),
    ({"records": "not_null()"}, ("records",), "with 0 values"),
    ({"records": "keys(a, b)"}, ("records",), "with 2 values"),
    ({"records": "a" * 501}, ("records",), "longer than"),
    ({"records": "(" * 400 + "a" + ")" * 50}, ("records",), "no JMESPath"),
    ({"total": "avg(x)"}, ("total",), "calls `avg`"),
    ({"total": 7}, ("total",), "no JMESPath"),
    ({"paging": "page"}, ("paging",), "no object"),
    ({"paging": {}}, ("paging",), "does not say how"),
    ({"paging": {"page": "p", "offset": "o"}}, ("paging",), "at once"),
    ({"paging": {"page": "p", "sise": 3}}, ("paging", "sise"), "means nothing"),
    ({"paging": {"page": 1}}, ("paging", "page"), "no text"),
    ({"paging": {"page": "p", "first": "1"}}, ("paging", "first"), "no whole number"),
    ({"paging": {"page": "p", "size": 100}}, ("paging", "size"), "no parameter with a number"),
    ({"paging": {"offset": "o", "size": 100}}, ("paging",), "only one of"),
    ({"paging": {"cursor": "c"}}, ("paging",), "has no `next`"),
    ({"paging": {"cursor": "c", "next": "a["}}, ("paging", "next"), "no JMESPath"),
    ({"paging": {"page": "a.b"}, "body": {"a": "x"}}, ("paging", "page"), "no object"),
    ({"paging": {"page": "p"}, "records": "sort_by(items[?a], &b)"}, ("records",), "within a function"),
    ({"format": "xml"}, ("records",), "no XPath"),
    ({**XML, "records": "/t["}, ("records",), "no XPath"),
    ({**XML, "records": "//g:o"}, ("records",), "no XPath"),
    ({"total": "length(items)"}, ("total",), "proves nothing"),
    ({**XML, "total": "count(/t/o)"}, ("total",), "proves nothing"),
    ({**XML, "records": "count(//o)"}, ("records",), "computes a number"),
    ({**XML, "namespaces": {"g": 1}}, ("namespaces",), "no prefixes"),
    ({**XML, "records": "//o[@x]", "paging": {"page": "p"}}, ("records",), "plain path"),
]


@pytest.mark.parametrize(("settings", "path", "said"), BAD)
def test_bad_settings_are_told_at_their_place(settings: dict[str, Any], path: tuple[str, ...], said: str) -> None:
    """Exactly one finding each; a reading refuses them, too."""
    ((where, what, _),) = problems({**URL, **settings})
    assert where == path
    assert said in what
    with pytest.raises(SourceFault):
        next(read(source(SKU, **{**URL, **settings}), "https://shop.example/"))


def test_all_mistakes_are_told_at_once() -> None:
    given = {**URL, "method": "PUT", "paging": {"cursor": "c"}, "records": "sum(x)", "total": "[", "auth": {}}
    assert [where[0] for where, _, _ in problems(given)] == ["auth", "method", "paging", "records", "total"]


def test_a_near_name_and_the_list_of_forms() -> None:
    ((_, _, hint),) = problems({**URL, "auth": {"beerer": "A"}})
    assert hint == "Did you mean `bearer`?"


@pytest.mark.parametrize(
    ("settings", "place", "said"),
    [
        ({}, "Stan (szt.)", "no JMESPath"),
        ({}, "to_number(qty)", "calls `to_number`"),
        (XML, "g:qty", "no XPath"),
        (XML, "number(qty)", "computes a number"),
    ],
)
def test_bad_places_of_columns(settings: dict[str, Any], place: str, said: str) -> None:
    ((where, what, _),) = column_problems({**URL, **settings}, source({"item": "sku", "quantity": place}).columns)
    assert where == ("columns", "quantity")
    assert said in what


def test_good_places_of_columns() -> None:
    json = source({"a": "sku", "b": "a.b", "c": '"Stan (szt.)"', "d": "prices[0].net", "e": "`1`"})
    assert list(column_problems(URL, json.columns)) == []
    xml = source({"a": "@id", "b": "a/b/@c", "c": "normalize-space(a)", "d": "../@x", "e": "text()"})
    assert list(column_problems({**URL, **XML}, xml.columns)) == []


WORDS = st.sampled_from(
    [*"abc", "https://x/", "ERP", "page", "next", "items[?a]", "a.b", "`", "(", "//o", "xml", "json"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 5) | WORDS | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
KEYS = ["url", "method", "query", "body", "headers", "auth", "format", "records", "paging", "total", "namespaces"]
PAGING = st.dictionaries(
    st.sampled_from(["page", "first", "size", "offset", "limit", "cursor", "next", "more", "link"]),
    VALUES,
    max_size=4,
)


@given(st.fixed_dictionaries({}, optional={key: PAGING | VALUES if key == "paging" else VALUES for key in KEYS}))
def test_whatever_is_said_is_judged(settings: dict[str, Any]) -> None:
    """Findings, and never an exception."""
    for where, what, _ in problems(settings):
        assert where
        assert what
