"""What comes back: exact numbers, bad rows, answers that are none, and statuses; over a real server."""

from __future__ import annotations

import base64
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from reconciler.connectors.base import SourceFault
from reconciler.connectors.conversation import Ask
from reconciler.connectors.http import read
from reconciler.model.tables import BadRow
from reconciler.runtime.sources.http import fetch

from .asking_http import SKU, Waits, cells, records, source
from .serving import Answer, Asked, as_json, serving


def _raw(body: str | bytes, status: int = 200) -> Callable[[Asked], Answer]:
    given = Answer(body if isinstance(body, bytes) else body.encode(), status)
    return lambda _: given


def _fault(answer: Callable[[Asked], Answer], **given: Any) -> SourceFault:
    with serving(answer) as shop, pytest.raises(SourceFault) as caught:
        records(shop.url, **given)
    return caught.value


def test_decimals_have_the_digits_of_the_source() -> None:
    with serving(
        _raw('[{"sku": "a", "qty": 49.990}, {"sku": "b", "qty": 0.1}, {"sku": "c", "qty": 1E2}]')
    ) as shop:
        found = [each[1] for each in cells(shop.url)]
    assert [str(each) for each in found] == ["49.990", "0.1", "1E+2"]
    assert all(isinstance(each, Decimal) for each in found)


def test_numbers_in_a_path_are_exact() -> None:
    rows = '[{"sku": "a", "qty": 0.1}, {"sku": "b", "qty": 0.2}]'
    with serving(_raw(rows)) as shop:
        assert cells(shop.url, records="[?qty==`0.1`]") == [("a", Decimal("0.1"))]
        assert cells(shop.url, {"item": "sku", "fee": "`0.30`"})[0] == ("a", Decimal("0.3"))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("[1]", "is a list"),
        ("{}", "is an object"),
        ("1" * 41, "more than 40 digits"),
        ("1e300", "more than 40 digits"),
        ("1e-300", "more than 40 digits"),
        (r'"\ud800"', "is no text"),
    ],
)
def test_a_cell_that_cannot_be_costs_its_row(value: str, why: str) -> None:
    with serving(_raw(f'[{{"sku": "a", "qty": {value}}}, {{"sku": "b", "qty": 2}}]')) as shop:
        bad, good = records(shop.url)
    assert isinstance(bad, BadRow)
    assert (bad.place, good) == ("row 1", ("row 2", ("b", 2)))
    assert why in bad.why


def test_a_path_that_leads_nowhere_is_missing() -> None:
    with serving(_raw('[{"sku": "a"}, {"sku": "b", "deep": 3}, 7]')) as shop:
        found = records(shop.url, {"item": "sku", "quantity": "deep.er"})
    assert [each[1] for each in found if isinstance(each, tuple)] == [("a", None), ("b", None)]
    assert isinstance(found[2], BadRow)


@pytest.mark.parametrize(
    ("body", "said", "short"),
    [
        ("", "empty", True),
        ("   \n", "empty", True),
        ("<!DOCTYPE html><p>Log in", "a web page", False),
        ("\ufeff<html>", "a web page", False),
        ('[{"sku": "a"', "cut off", True),
        ('[{"sku": "a', "cut off", True),
        ("[nope]", "no JSON (line 1, column 2)", False),
        ('[{"sku": NaN}]', "number", False),
        ("[" * 100_000, "nested too deeply", False),
        ("[" + "9" * 5000 + "]", "number", False),
        ("[1e9999999999999999999999]", "number", False),
        (b'["\xff\xfe"]', "not in UTF-8", False),
        ("{}", "not a list", False),
    ],
)
def test_an_answer_that_is_no_table(body: str | bytes, said: str, short: bool) -> None:
    fault = _fault(_raw(body))
    assert said in fault.summary
    assert fault.short == short


def test_errors_of_graphql_in_an_answer_of_200() -> None:
    body = {"query": "{ stock }"}
    said = {"data": {"stock": []}, "errors": [{"message": "Throttled\n now"}]}
    fault = _fault(lambda _: as_json(said), body=body, records="data.stock")
    assert fault.summary == "the answer tells of errors: Throttled now"


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_three_tries(status: int) -> None:
    clock = Waits()
    with serving(lambda _: Answer(b"busy", status, (("Retry-After", "7"),))) as shop:
        with pytest.raises(SourceFault, match="after 3 tries"):
            records(shop.url, clock=clock)
        assert len(shop.asked) == 3
    assert clock.slept == [7, 7]


def test_the_third_try_may_be_good() -> None:
    clock = Waits()
    answers = iter([Answer(status=503, headers=(("Retry-After", "9999"),)), Answer(status=500), as_json([])])
    with serving(lambda _: next(answers)) as shop:
        assert records(shop.url, clock=clock) == []
    assert clock.slept == [60, 4]


def test_a_moment_to_come_again_is_measured_by_the_source() -> None:
    """The test server says its own date."""
    clock = Waits()
    answers = iter([Answer(status=429, headers=(("Retry-After", "Fri, 01 Jan 2100 00:00:00 GMT"),)), as_json([])])
    with serving(lambda _: next(answers)) as shop:
        records(shop.url, clock=clock)
    assert clock.slept == [60]


@pytest.mark.parametrize(
    ("status", "said"),
    [(400, "refuses the question"), (404, "nothing there"), (204, "without anything"), (418, "refuses")],
)
def test_other_statuses_are_faults_at_once(status: int, said: str) -> None:
    assert said in _fault(lambda _: Answer(status=status)).summary


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_host_is_followed_once(status: int) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/old":
            return Answer(status=status, headers=(("Location", "/new"),))
        return (
            as_json([{"sku": asked.path, "qty": 1}])
            if asked.path == "/new"
            else Answer(status=302, headers=(("Location", "/old"),))
        )

    with serving(answer) as shop:
        assert cells(f"{shop.url}/old") == [("/new", 1)]
        with pytest.raises(SourceFault, match="sends elsewhere twice"):
            records(f"{shop.url}/older")


def test_a_redirect_to_another_host_is_not_followed() -> None:
    with (
        serving(_raw("[]")) as other,
        serving(lambda _: Answer(status=302, headers=(("Location", other.url),))) as shop,
    ):
        with pytest.raises(SourceFault, match="another host"):
            records(shop.url, environ={"TOKEN": "very-secret"}, auth={"bearer": "TOKEN"})
        assert not other.asked


def test_a_body_that_breaks_off_is_short() -> None:
    fault = _fault(lambda _: Answer(b'[{"sku": "a", "qty": 1}]', stated=100))
    assert fault.short


def test_a_body_that_is_too_large() -> None:
    fault = _fault(lambda _: Answer(b"[" + b" " * (16 * 1024 * 1024)))
    assert "16,777,216" in fault.summary


def test_nobody_there() -> None:
    with serving(_raw("[]")) as shop:
        pass
    with pytest.raises(SourceFault, match="Connection refused") as caught:
        records(shop.url)
    assert not caught.value.short


def test_plain_http_stays_on_this_machine() -> None:
    for said in (
        {"url": "http://shop.example/"},
        {"url": "SHOP", "environ": {"SHOP": "http://shop.example/?k=pass-word"}},
    ):
        with pytest.raises(SourceFault, match="plain http to another machine") as caught:
            records(**said)
        assert "pass-word" not in caught.value.summary


TOKEN = "v3ry-s3cret"


@pytest.mark.parametrize(
    ("auth", "header", "sent"),
    [
        ({"bearer": "ERP_TOKEN"}, "Authorization", f"Bearer {TOKEN}"),
        ({"header": {"name": "X-Key", "value": "ERP_TOKEN"}}, "X-Key", TOKEN),
        (
            {"basic": {"user": "ERP_USER", "password": "ERP_TOKEN"}},
            "Authorization",
            "Basic " + base64.b64encode(f"ann:{TOKEN}".encode()).decode(),
        ),
    ],
)
def test_who_asks(auth: Any, header: str, sent: str) -> None:
    """What is sent is what the variable holds; a refusal names the variable, and no fault tells what it holds."""
    environ = {"ERP_TOKEN": TOKEN, "ERP_USER": "ann"}
    with serving(lambda asked: as_json([]) if asked.headers.get(header) == sent else Answer(status=401)) as shop:
        assert records(shop.url, environ=environ, auth=auth, headers={"X-Shop": "main"}) == []
        assert shop.asked[0].headers["X-Shop"] == "main"
        with pytest.raises(SourceFault, match="does not let us in") as caught:
            records(shop.url, environ={**environ, "ERP_TOKEN": "wrong-one"}, auth=auth)
        assert "`ERP_TOKEN`" in caught.value.hint
        assert "wrong-one" not in repr(caught.value) + caught.value.hint
        with pytest.raises(SourceFault, match="ERP_TOKEN is not set"):
            records(shop.url, environ={"ERP_USER": "ann"}, auth=auth)
        with pytest.raises(SourceFault, match="one line"):
            records(shop.url, environ={**environ, "ERP_TOKEN": "a\r\nX-Evil: 1"}, auth=auth)


def test_a_fault_in_the_words_of_the_source_does_not_tell_a_secret() -> None:
    said = {"errors": [{"message": f"bad token {TOKEN}"}]}
    fault = _fault(
        lambda _: as_json(said),
        body={"query": "{ a }"},
        environ={"ERP_TOKEN": TOKEN},
        auth={"bearer": "ERP_TOKEN"},
    )
    assert fault.summary.endswith("bad token [ERP_TOKEN]")


@pytest.mark.parametrize("query", ["?key=the-pass-word", "/?key=the-pass-word", "/stock?key=the%2Dpass-word"])
def test_a_fault_does_not_tell_what_the_address_holds(query: str) -> None:
    """Neither where an answer breaks the rules of HTTP, nor where the source says in its own words what it was asked."""
    said = {"errors": [{"message": "the-pass-word is no key"}]}
    for answer in (Answer(headers=(("Content-Length", "3"),)), Answer(b"{}", stated=90), as_json(said)):
        with serving(lambda _, answer=answer: answer) as shop, pytest.raises(SourceFault) as caught:
            records("SHOP", environ={"SHOP": shop.url + query}, body={"query": "{ stock }"}, records="data")
        assert "pass-word" not in caught.value.summary + caught.value.hint
        assert "Error" not in caught.value.summary


def test_what_is_asked_shows_no_secret() -> None:
    """Not even as an object: it names variables, and hides the address that one of them holds."""
    asked = next(read(source(SKU, url="SHOP", auth={"bearer": "ERP_TOKEN"}), "https://shop.example/?key=secret"))
    assert isinstance(asked, Ask)
    assert "ERP_TOKEN" in repr(asked)
    assert "secret" not in repr(asked)


CLIENT = {"client_id": "ERP_ID", "client_secret": "ERP_SECRET", "scope": "stock"}
KNOWN = {"ERP_ID": "main", "ERP_SECRET": "hush-hush"}


@pytest.mark.parametrize("send", ["body", "header"])
def test_client_credentials_and_a_token_that_runs_out(send: str) -> None:
    valid: list[str] = []

    def answer(asked: Asked) -> Answer:
        if asked.path == "/token":
            basic = "Basic " + base64.b64encode(b"main:hush-hush").decode()
            known = (
                asked.headers.get("Authorization") == basic
                if send == "header"
                else b"client_secret=hush-hush" in asked.body
            )
            assert known
            assert b"grant_type=client_credentials" in asked.body
            assert b"scope=stock" in asked.body
            valid[:] = [f"token-{len(shop.asked)}"]
            return as_json({"access_token": valid[0], "token_type": "bearer"})
        if [asked.headers["Authorization"]] != [f"Bearer {each}" for each in valid]:
            return Answer(status=401)
        if asked.query["page"] == "1":
            valid[:] = ["another"]  # it has run out when the second page is asked for
        return as_json([{"sku": "a", "qty": 1}] if asked.query["page"] == "1" else [])

    with serving(answer) as shop:
        auth = {"client_credentials": {**CLIENT, "token_url": f"{shop.url}/token", "send": send}}
        assert cells(f"{shop.url}/stock", environ=KNOWN, auth=auth, paging={"page": "page"}) == [("a", 1)]
        assert [each.path for each in shop.asked] == ["/token", "/stock", "/stock", "/token", "/stock"]


def test_client_credentials_that_are_refused() -> None:
    with serving(lambda _: as_json({"error": "invalid_client"}, status=400)) as shop:
        auth = {"client_credentials": {**CLIENT, "token_url": f"{shop.url}/token"}}
        with pytest.raises(SourceFault) as caught:
            records(shop.url, environ=KNOWN, auth=auth)
    assert caught.value.hint == "Look at what `ERP_ID` or `ERP_SECRET` holds."


def test_a_token_that_never_opens_is_asked_for_once() -> None:
    with serving(
        lambda asked: as_json({"access_token": "t"}) if asked.path == "/t" else Answer(status=401)
    ) as shop:
        auth = {"client_credentials": {**CLIENT, "token_url": f"{shop.url}/t"}}
        with pytest.raises(SourceFault, match="does not let us in"):
            records(shop.url, environ=KNOWN, auth=auth)
        assert [each.path for each in shop.asked] == ["/t", "/"]


def test_a_file_is_fetched_whole_or_not_at_all() -> None:
    data = b"item;quantity\n" + b"K-1;2\n" * 300_000
    with serving(lambda asked: Answer(data, 200 if asked.headers.get("X-Key") == TOKEN else 403)) as shop:
        auth = {"header": {"name": "X-Key", "value": "ERP_TOKEN"}}
        assert fetch("FEED", {"FEED": f"{shop.url}/feed.csv", "ERP_TOKEN": TOKEN}, auth) == data
        with pytest.raises(SourceFault, match="let us in"):
            fetch(f"{shop.url}/feed.csv", {})
    clock = Waits()
    with serving(lambda _: Answer(data[:50], stated=len(data))) as shop, pytest.raises(SourceFault) as caught:
        fetch(shop.url, {}, clock=clock)
    assert caught.value.short
    assert clock.slept == [1, 4]
    with pytest.raises(SourceFault, match="plain http"):
        fetch("http://shop.example/feed.csv", {})
