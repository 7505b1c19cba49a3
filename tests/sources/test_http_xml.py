"""Sources in XML: records one by one or by XPath, and answers that want more than to be read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reconciler.connectors.base import SourceFault
from reconciler.model.tables import BadRow

from .asking_http import cells, records
from .serving import Answer, serving

FEED = """<?xml version="1.0" encoding="cp1250"?>
<!-- made by a shop --><offers xmlns:g="http://base.example/g" at="2026">
<head><currency>PLN</currency></head>
<group name="x"><o id="K-1" price="49.90"><g:qty> 3 </g:qty><name>Żółty<!-- so --> kubek</name><stock><free>2</free></stock></o></group>
<group name="y"><o id="K-2" price="9.99"><g:qty>0</g:qty><name/></o>
<o id="K-3"><g:qty>1</g:qty><g:qty>2</g:qty><name><b>x</b></name></o></group>
</offers>""".encode("cp1250")
G = {"g": "http://base.example/g"}
COLUMNS = {"item": "@id", "quantity": "g:qty", "price": "@price", "free": "stock/free"}


def read(body: bytes, columns: dict[str, str] = COLUMNS, **given: Any) -> list[Any]:
    """Read this answer to its end."""
    with serving(lambda _: Answer(body)) as shop:
        return records(shop.url, columns, format="xml", namespaces=G, **given)


@pytest.mark.parametrize("path", ["//o", "/offers/group/o", "/offers/group[@name]/o", "group/o"])
def test_records_by_plain_paths_and_by_xpath_are_the_same(path: str) -> None:
    one, two, three = read(FEED, records=path)
    assert one == ("row 1", ("K-1", " 3 ", "49.90", "2"))
    assert two == ("row 2", ("K-2", "0", "9.99", None))
    assert three == BadRow(place="row 3", why="`g:qty` stands there 2 times")


def test_texts_comments_and_elements_within() -> None:
    one, two, three = read(FEED, {"item": "@id", "name": "name"}, records="//o")
    assert (one[1], two[1]) == (("K-1", "Żółty kubek"), ("K-2", None))
    assert three == BadRow(place="row 3", why="`name` holds other elements")


def test_what_stands_above_the_record() -> None:
    found = read(FEED, {"item": "@id", "group": "../@name", "currency": "/offers/head/currency"}, records="//o")
    assert [each[1] for each in found] == [("K-1", "x", "PLN"), ("K-2", "y", "PLN"), ("K-3", "y", "PLN")]


def test_records_within_records_come_in_the_order_of_the_document() -> None:
    found = read(b"<t><o id='1'><o id='2'/></o><o id='3'/></t>", {"item": "@id"}, records="//o")
    assert [each[1] for each in found] == [("1",), ("2",), ("3",)]


def test_the_same_name_at_another_place_is_no_record() -> None:
    body = b"<t><x><o id='1'/></x><o id='2'/><o id='3'><o id='4'/></o></t>"
    assert [each[1] for each in read(body, {"item": "@id"}, records="/t/o")] == [("2",), ("3",)]


@pytest.mark.parametrize(
    ("body", "said", "short"),
    [
        (b"", "empty", True),
        (b"<html><body>Log in</body></html>", "a web page", False),
        (FEED[:-20], "cut off", True),
        (FEED[: len(FEED) // 2], "cut off", True),
        (b"<offers><o></offers>", "no XML", False),
        (b"{}", "no XML", False),
        (b"<error>no right</error>", "the answer is `error`", False),
        (b'<!DOCTYPE offers [<!ENTITY a "b">]><offers><group><o id="&a;"/></group></offers>', "entities", False),
        (
            b'<!DOCTYPE offers [<!ENTITY a SYSTEM "file:///etc/passwd">]><offers><group><o id="1">&a;</o></group></offers>',
            "entities",
            False,
        ),
    ],
)
@pytest.mark.parametrize("path", ["/offers/group/o", "/offers/group/o[@id]"])
def test_an_answer_that_is_no_table(body: bytes, said: str, short: bool, path: str) -> None:
    if "error" in said or body.startswith(b"<error"):
        path = "/offers/group/o"  # an XPath may well find nothing in another document
    with pytest.raises(SourceFault, match=said) as caught:
        read(body, records=path)
    assert caught.value.short == short


def test_a_feed_cut_at_every_byte_is_a_fault() -> None:
    """There is no cut that would be read as a shorter table."""
    feed = FEED.rstrip()
    for path in ("//o", "/offers/group[@name]/o"):
        for end in range(0, len(feed), 7):
            with pytest.raises(SourceFault):
                read_bytes(feed[:end], path)
        with pytest.raises(SourceFault):
            read_bytes(feed[:-1], path)


def read_bytes(body: bytes, path: str) -> list[Any]:
    """Read without a server."""
    from reconciler.connectors.base import Found
    from reconciler.connectors.conversation import Ask
    from reconciler.connectors.http import read as conversation
    from reconciler.model.wire import Response

    from .asking_http import source

    given = source(COLUMNS, url="https://shop.example/", format="xml", records=path, namespaces=G)
    found: list[Any] = []
    for effect in (talk := conversation(given)):
        assert isinstance(effect, Ask)
        answer = talk.send(Response(200, {}, body))
        assert isinstance(answer, Found)
        found.extend(answer.records)
    return found


def test_entities_that_grow_are_refused_soon() -> None:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(20))
    for path in ("/t/o", "/t/o[@id]"):
        with pytest.raises(SourceFault):
            read(
                f'<!DOCTYPE t [{lines}]><t><o id="&e19;">&e19;</o></t>'.encode(),
                {"item": "@id", "q": "x"},
                records=path,
            )


def test_total_and_the_next_page() -> None:
    pages = {"/": ("/two", [1, 2]), "/two": ("", [3])}

    def answer(asked: Any) -> Answer:
        after, ids = pages[asked.path]
        rows = "".join(f"<o id='{each}'/>" for each in ids)
        return Answer(f"<t count='3'><next>{after}</next>{rows}</t>".encode())

    given: dict[str, Any] = {"format": "xml", "records": "/t/o", "paging": {"next": "/t/next"}}
    with serving(answer) as shop:
        assert cells(shop.url, {"item": "@id"}, **given, total="number(/t/@count)") == [("1",), ("2",), ("3",)]
        with pytest.raises(SourceFault, match="2 rows came") as caught:
            records(shop.url, {"item": "@id"}, **given, total="number(/t/@count) - 2")
        assert not caught.value.short


def test_pages_until_one_is_empty() -> None:
    def answer(asked: Any) -> Answer:
        at = int(asked.query["p"])
        return Answer(b"<t><o id='%d'/></t>" % at if at < 4 else b"<t/>")

    with serving(answer) as shop:
        found = cells(shop.url, {"item": "@id"}, format="xml", records="/t/o", paging={"page": "p"})
    assert found == [("1",), ("2",), ("3",)]


GROWTH = """
import sys
from sources.asking_http import source
from reconciler.model.wire import Response
from reconciler.connectors.http import read


def peak():  # kB that this program has held; ru_maxrss would begin with its parent's
    return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))


rows = b"".join(b"<o id='K-%d'><qty>%d</qty><net>12.50</net><name>Kubek %d</name></o>" % (n, n, n) for n in range(60_000))
given = source({"item": "@id", "q": "qty"}, url="https://shop.example/", format="xml", records=sys.argv[1])
conversation = read(given)
next(conversation)
before = peak()
assert len(conversation.send(Response(200, {}, b"<t>" + rows + b"</t>")).records) == 60_000
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak of a program alone")
def test_a_record_that_was_read_is_forgotten() -> None:
    """By plain paths a feed takes a fraction of the memory that its tree does."""

    def growth(path: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", GROWTH, path],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": ":".join(sys.path)},
        )
        return int(done.stdout)

    assert 2 * growth("/t/o") < growth("/t/o[@id]")
