"""Every way of paging, with no, one and many pages, over a real server; and servers that lie about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.connectors.base import SourceFault
from reconciler.connectors.http.address import led, origin

from .asking_http import cells, records
from .serving import Answer, Asked, as_json, serving

SIZE = 3
COUNTS = [0, 1, SIZE, 7, 4 * SIZE]
PLAIN: dict[str, Any] = {"records": "items"}


def stock(count: int) -> list[dict[str, Any]]:
    """So many records."""
    return [{"sku": f"K-{n}", "qty": n} for n in range(count)]


def expected(count: int) -> list[tuple[Any, ...]]:
    """Their cells."""
    return [(f"K-{n}", n) for n in range(count)]


def by_page(rows: list[Any], *, first: int = 1) -> Callable[[Asked], Answer]:
    """A server that counts pages, in the query or in a JSON body."""

    def answer(asked: Asked) -> Answer:
        said = asked.json if asked.body else asked.query
        at = (int(said["page"]) - first) * SIZE
        return as_json({"items": rows[at : at + SIZE], "total": len(rows)})

    return answer


def by_offset(rows: list[Any]) -> Callable[[Asked], Answer]:
    """A server with an offset, that never gives more than SIZE, whatever is asked for."""

    def answer(asked: Asked) -> Answer:
        at, most = int(asked.query["offset"]), min(SIZE, int(asked.query.get("limit", "9")))
        return as_json({"items": rows[at : at + most], "total": len(rows)})

    return answer


def by_cursor(rows: list[Any]) -> Callable[[Asked], Answer]:
    """A server with cursors; the last page has none."""

    def answer(asked: Asked) -> Answer:
        at = int(asked.query.get("after", "0"))
        more = at + SIZE < len(rows)
        return as_json(
            {
                "items": rows[at : at + SIZE],
                "next": str(at + SIZE) if more else None,
                "more": more,
                "total": len(rows),
            }
        )

    return answer


def by_link(rows: list[Any]) -> Callable[[Asked], Answer]:
    """A server with Link headers, in two lines, and with the same address in its body."""

    def answer(asked: Asked) -> Answer:
        at = int(asked.query.get("from", "0"))
        target = f"/stock?from={at + SIZE}&b=x%2Fy" if at + SIZE < len(rows) else ""
        links = [("Link", '</stock?from=0>; rel="first"; title="a, <b>; rel=next"')]
        if target:
            links.insert(0, ("Link", f'<{target}>; title=x; rel="last next"'))
        return as_json({"items": rows[at : at + SIZE], "next": target or None, "total": len(rows)}, *links)

    return answer


WAYS: dict[str, tuple[Callable[[list[Any]], Callable[[Asked], Answer]], dict[str, Any]]] = {
    "page": (by_page, {"paging": {"page": "page", "size": {"per": SIZE}}}),
    "page in a body": (by_page, {"paging": {"page": "page"}, "body": {"filter": {"active": True}}}),
    "offset": (by_offset, {"paging": {"offset": "offset", "limit": "limit", "size": 500}}),
    "cursor": (by_cursor, {"paging": {"cursor": "after", "next": "next"}}),
    "cursor with more": (by_cursor, {"paging": {"cursor": "after", "next": "next", "more": "more"}}),
    "link": (by_link, {"paging": {"link": "next"}}),
    "next": (by_link, {"paging": {"next": "next"}}),
}


@pytest.mark.parametrize("total", ["", "total"])
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("way", WAYS)
def test_all_rows_come_in_order(way: str, count: int, total: str) -> None:
    server, settings = WAYS[way]
    with serving(server(stock(count))) as shop:
        given = {**PLAIN, **settings, **({"total": total} if total else {})}
        assert cells(f"{shop.url}/stock", **given) == expected(count)


def test_a_total_saves_the_question_for_an_empty_page() -> None:
    for total, asked in (("", 4), ("total", 3)):
        with serving(by_page(stock(7))) as shop:
            cells(shop.url, **PLAIN, paging={"page": "page"}, **({"total": total} if total else {}))
            assert len(shop.asked) == asked


def test_a_first_page_of_zero() -> None:
    with serving(by_page(stock(7), first=0)) as shop:
        assert cells(shop.url, **PLAIN, paging={"page": "page", "first": 0}) == expected(7)


def test_a_query_of_our_own_goes_with_every_page() -> None:
    with serving(by_page(stock(4))) as shop:
        cells(f"{shop.url}/stock?key=a%2Fb", **PLAIN, query={"active": True, "page": 9}, paging={"page": "page"})
        said = [each.query for each in shop.asked]
        assert said == [{"key": "a/b", "active": "true", "page": str(n)} for n in (1, 2, 3)]


def test_places_tell_page_and_row() -> None:
    with serving(by_page(stock(4))) as shop:
        places = [
            each[0] for each in records(shop.url, **PLAIN, paging={"page": "page"}) if isinstance(each, tuple)
        ]
        assert places == ["page 1, row 1", "page 1, row 2", "page 1, row 3", "page 2, row 1"]


def test_a_page_whose_rows_are_all_filtered_is_not_the_last() -> None:
    """Nothing of page 2 is left by the path, and page 3 is read all the same; total counts what is listed."""
    rows = [{"sku": f"K-{n}", "qty": n, "live": n not in (3, 4, 5)} for n in range(8)]
    for extra in ({}, {"total": "total"}):
        with serving(by_page(rows)) as shop:
            found = cells(shop.url, records="items[?live]", paging={"page": "page"}, **extra)
            assert found == [(f"K-{n}", n) for n in (0, 1, 2, 6, 7)]


def test_inner_lists_do_not_end_the_paging() -> None:
    products = [{"variants": [{"sku": f"K-{n}", "qty": n}] if n > 3 else []} for n in range(8)]
    with serving(by_page(products)) as shop:
        found = cells(shop.url, records="items[].variants[]", paging={"page": "page"})
        assert found == [(f"K-{n}", n) for n in (4, 5, 6, 7)]


def test_graphql_with_its_cursor_in_the_variables() -> None:
    rows = stock(7)

    def answer(asked: Asked) -> Answer:
        at = int(asked.json["variables"]["after"] or 0)
        assert asked.json["query"].startswith("query")
        assert asked.json["variables"]["first"] == SIZE
        edges = [{"node": each} for each in rows[at : at + SIZE]]
        more = at + SIZE < len(rows)
        page = {"hasNextPage": more, "endCursor": str(at + SIZE) if more else None}
        return as_json({"data": {"stock": {"edges": edges, "pageInfo": page}}})

    with serving(answer) as shop:
        found = cells(
            shop.url,
            body={"query": "query ($after: String) { stock }", "variables": {"after": None, "first": SIZE}},
            records="data.stock.edges[].node",
            paging={
                "cursor": "variables.after",
                "next": "data.stock.pageInfo.endCursor",
                "more": "data.stock.pageInfo.hasNextPage",
            },
        )
        assert found == expected(7)
        assert {each.method for each in shop.asked} == {"POST"}


def _fault(answer: Callable[[Asked], Answer], **settings: Any) -> SourceFault:
    with serving(answer) as shop, pytest.raises(SourceFault) as caught:
        records(f"{shop.url}/stock", **{**PLAIN, **settings})
    return caught.value


def test_a_total_that_moves_once_is_read_again_from_the_start() -> None:
    rows = stock(7)

    def answer(asked: Asked) -> Answer:
        if len(shop.asked) == 2:
            rows.append({"sku": "K-7", "qty": 7})
        return by_page(rows)(asked)

    with serving(answer) as shop:
        assert cells(shop.url, **PLAIN, paging={"page": "page"}, total="total") == expected(8)


def test_a_total_that_moves_all_the_time_is_short() -> None:
    rows = stock(7)

    def answer(asked: Asked) -> Answer:
        rows.pop()
        return by_page(rows)(asked)

    fault = _fault(answer, paging={"page": "page"}, total="total")
    assert fault.short
    assert "moved" in fault.summary


@pytest.mark.parametrize("way", ["page", "offset", "cursor", "link"])
def test_fewer_rows_than_the_total_are_short(way: str) -> None:
    server, settings = WAYS[way]

    def answer(asked: Asked) -> Answer:
        given = server(stock(7))(asked)
        return Answer(given.body.replace(b'"total":7', b'"total":9'), given.status, given.headers)

    fault = _fault(answer, **settings, total="total")
    assert fault.short
    assert "7 of 9" in fault.summary


@pytest.mark.parametrize("total", [None, "many", -1, 2.5, True])
def test_a_total_that_is_none(total: Any) -> None:
    fault = _fault(lambda _: as_json({"items": stock(1), "total": total}), total="total")
    assert "`total` leads to no whole number" in fault.summary


def test_more_rows_than_the_total() -> None:
    fault = _fault(lambda _: as_json({"items": stock(3), "total": 2}), total="total")
    assert "3 rows came, and the source says that it has 2" in fault.summary


@pytest.mark.parametrize(
    "paging", [{"page": "page"}, {"offset": "offset"}, {"cursor": "after", "next": "next"}, {"next": "next"}]
)
def test_a_page_that_comes_again_and_again(paging: dict[str, Any]) -> None:
    """A server that does not know the parameter, and one whose next page is always a new one, with a clock in it."""
    count = iter(range(100))

    def answer(_: Asked) -> Answer:
        return as_json({"items": stock(3), "at": (n := next(count)), "next": f"/stock?c={n}"})

    fault = _fault(answer, paging=paging)
    assert "the paging has no end" in fault.summary
    assert not fault.short


@pytest.mark.parametrize("kind", ["json", "xml"])
def test_the_same_rows_with_another_clock_beside_them_are_the_same_page(kind: str) -> None:
    """Of a server that does not know the parameter ten thousand pages would be asked for."""
    count = iter(range(5))

    def answer(_: Asked) -> Answer:
        at = next(count)
        if kind == "json":
            return as_json({"items": [{"sku": "K-1", "qty": 3, "seen": at}]})
        return Answer(f"<items at='{at}'><item><sku>K-1</sku><qty>3</qty></item></items>".encode())

    settings = {"format": "xml", "records": "/items/item"} if kind == "xml" else {}
    assert "the paging has no end" in _fault(answer, paging={"page": "page"}, **settings).summary


def test_pages_that_end_with_an_error() -> None:
    def answer(asked: Asked) -> Answer:
        page = int(asked.query["page"])
        return as_json({"items": stock(page)[-1:], "total": 2}) if page < 3 else as_json({}, status=404)

    fault = _fault(answer, paging={"page": "page"})
    assert fault.summary.startswith("page 3: 127.0.0.1/")
    assert "`total`" in fault.hint
    with serving(answer) as shop:
        assert len(records(f"{shop.url}/stock", **{**PLAIN, "paging": {"page": "page"}, "total": "total"})) == 2


def test_a_cursor_seen_before() -> None:
    count = iter(range(100))

    def answer(_: Asked) -> Answer:
        n = next(count)
        return as_json({"items": [{"sku": f"K-{n}", "qty": n}], "next": f"{n % 2}"})

    assert "read before" in _fault(answer, paging={"cursor": "after", "next": "next"}).summary


def test_more_without_a_cursor_is_short() -> None:
    fault = _fault(
        lambda _: as_json({"items": stock(3), "more": True}),
        paging={"cursor": "a", "next": "next", "more": "more"},
    )
    assert fault.short


def test_more_that_is_no_yes_or_no() -> None:
    fault = _fault(lambda _: as_json({"items": stock(3)}), paging={"cursor": "a", "next": "next", "more": "more"})
    assert "`more`" in fault.summary


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/2", "//elsewhere.example/2", "http://127.0.0.1:1/2"]
)
@pytest.mark.parametrize("way", ["link", "next"])
def test_a_next_page_on_another_host_is_not_asked(way: str, target: str) -> None:
    def answer(_: Asked) -> Answer:
        return as_json({"items": stock(1), "next": target}, ("Link", f'<{target}>; rel="next"'))

    fault = _fault(answer, paging={way: "next"})
    assert "on another host" in fault.summary


@pytest.mark.parametrize("target", ["file:///etc/passwd", "https://[", "https://u:p@127.0.0.1/", "a b"])
def test_a_next_page_that_is_no_address(target: str) -> None:
    fault = _fault(lambda _: as_json({"items": stock(1), "next": target}), paging={"next": "next"})
    assert "the next page" in fault.summary


@pytest.mark.parametrize("items", [None, {"K-1": 1}, "none", 7])
def test_no_list_is_no_empty_table(items: Any) -> None:
    """Also on a later page: it would end there."""
    pages = iter([stock(3), items])
    fault = _fault(lambda _: as_json({"items": next(pages)}), paging={"page": "page"})
    assert "not a list of records" in fault.summary


@pytest.mark.parametrize(
    ("base", "target", "found"),
    [
        ("https://shop.example/a/b?c", "d?e#f", "https://shop.example/a/d?e"),
        ("https://shop.example/a", "http://shop.example/b", "https://shop.example/b"),
        ("https://shop.example:8443/a", "http://shop.example/b", "http://shop.example/b"),
        ("http://127.0.0.1/a", "https://127.0.0.1/b", "https://127.0.0.1/b"),
        ("https://shop.example/a", "javascript:x", ""),
    ],
)
def test_where_a_link_leads(base: str, target: str, found: str) -> None:
    """A shop behind a proxy that takes itself for plain http is asked over https; another port is another host."""
    assert led(base, target) == found


def test_a_token_goes_to_one_origin_only() -> None:
    for other in (
        "http://shop.example:80/",
        "https://shop.example:444/",
        "https://shop.example.evil/",
        "https://a@shop.example/",
    ):
        assert origin(other) != origin("https://shop.example/")
    assert origin("https://SHOP.example:443/x") == origin("https://shop.example/")
