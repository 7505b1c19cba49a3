"""CSV, read strictly: cut off anywhere it is never taken for a whole one."""

from __future__ import annotations

import gzip
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connectors.base import Record, SourceFault
from reconciler.connectors.cells import typed_rows
from reconciler.connectors.tables import CSV
from reconciler.connectors.tables.csv import csv_records
from reconciler.model.tables import BadRow, Source

from . import sheets
from .declared import column, source, stock

HEAD = "item,warehouse,quantity,net\n"


def read(text: str | bytes, declared: Source | None = None, **settings: Any) -> list[Record]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(csv_records(data, declared or stock(**settings)))


def fault(text: str | bytes, declared: Source | None = None, **settings: Any) -> SourceFault:
    with pytest.raises(SourceFault) as raised:
        read(text, declared, **settings)
    return raised.value


def test_rows_have_the_order_of_the_columns_and_the_place_of_their_first_line() -> None:
    text = 'net,quantity,other,"item",warehouse\n1.50,3,x,K-1,"PL\n1"\n\n2,4,"say ""x""",K-2,CZ\n'
    assert read(text) == [("line 2", ("K-1", "PL\n1", "3", "1.50")), ("line 5", ("K-2", "CZ", "4", "2"))]
    assert CSV.of_file is csv_records


def test_one_column_is_enough() -> None:
    assert read("item\nK-1\n", source(column("item"))) == [("line 2", ("K-1",))]


@pytest.mark.parametrize("delimiter", [";", "\t", r"\t", "tab", "|"])
def test_a_delimiter(delimiter: str) -> None:
    sign = "\t" if "t" in delimiter else delimiter
    text = (HEAD + "K-1,PL1,3,1.50\n").replace(",", sign)
    assert read(text, delimiter=delimiter) == [("line 2", ("K-1", "PL1", "3", "1.50"))]


def test_a_decimal_comma_in_a_file_of_semicolons() -> None:
    text = "item;warehouse;quantity;net\nK-1;PL1;1 234,0;1.049,99 PLN\n"
    rows = typed_rows(stock(), csv_records(text.encode(), stock(delimiter=";")), ",").rows
    assert [str(each) for each in rows[0]] == ["K-1", "PL1", "1234", "1049.99"]


def test_another_quote_lines_before_the_headings_and_no_headings() -> None:
    assert read(f"Report\nof today\n{HEAD}'K,1',PL1,3,1\n", quote="'", skip=2) == [
        ("line 4", ("K,1", "PL1", "3", "1"))
    ]
    bare = source(column("item", place="2"), column("quantity", "whole", place="1"), header=False)
    assert read("3,K-1\n4,K-2\n5\n", bare) == [
        ("line 1", ("K-1", "3")), ("line 2", ("K-2", "4")), BadRow(place="line 3", why="it has 1 cell instead of 2")
    ]  # fmt: skip
    assert "it has 1" in fault("3\n", bare).summary
    assert "no number of a column" in fault("3,4\n", source(column("item", place="item"), header=False)).summary
    assert "no number of a column" in fault("3,4\n", source(column("item", place="0"), header=False)).summary
    assert fault("", bare).short
    assert read("3,K-1", bare) == [BadRow(place="line 1", why="the last line has no end: cut off?")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1250", "windows-1250", "iso-8859-2", "latin2", "utf-16", "cp852"]
)
def test_an_encoding(encoding: str) -> None:
    text = HEAD + "Kubek żółw,PL1,3,1\n"
    assert read(text.encode(encoding), encoding=encoding) == [("line 2", ("Kubek żółw", "PL1", "3", "1"))]


def test_a_mark_of_utf_8_is_believed_whatever_is_declared() -> None:
    text = (HEAD + "żółw,PL1,3,1\n").encode("utf-8-sig")
    for settings in ({}, {"encoding": "utf-8"}, {"encoding": "cp1250"}):
        assert read(text, **settings) == [("line 2", ("żółw", "PL1", "3", "1"))]


def test_bytes_of_another_encoding() -> None:
    body = HEAD + "K-1,PL1,3,1\n" * 20_000 + "żółw świerk,PL1,3,1\n"
    wrong = fault(body.encode("cp1250"))
    assert (wrong.summary, wrong.hint) == ("line 20002 is not utf-8", "Is it `encoding: cp1250`?")
    assert not wrong.short
    assert (
        fault((HEAD + "żółw,PL1,3,1\n").encode("iso-8859-2")).hint == "Is it `encoding: cp1250` or `iso-8859-2`?"
    )
    assert fault(HEAD.encode("utf-16")).hint == "Is it `encoding: utf-16`?"
    assert fault((HEAD + "ŃŁŹ,PL1,3,1\n").encode(), encoding="cp1250").hint == "Is it `encoding: utf-8`?"
    for encoding in ("cp1250", "iso-8859-2", "cp852"):  # in which every byte is a letter: two for each of ours
        wrong = fault((HEAD + "żółw,PL1,3,1\n").encode(), encoding=encoding)
        assert wrong.summary == f"the file is utf-8, and its source says {encoding}"
    assert "mark of utf-16" in fault(HEAD, encoding="utf-16").summary
    assert "`type: sheet`" in fault(sheets.xlsx({"S": [["item"]]})).hint
    assert "gzip" in fault(gzip.compress(HEAD.encode())).hint
    assert fault((HEAD + "K").encode("utf-16")[:-1], encoding="utf-16").hint == "Is the file damaged?"
    assert fault((HEAD + "K").encode() + b"\x81\xff,P,3,1\n").hint == "Is the file damaged?"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"encoding": "cp1520"}, "cp1520"), ({"encoding": "rot13"}, "rot13"), ({"encoding": "utf\0"}, "not known"), ({"delimiter": ""}, "one character"),
        ({"delimiter": ";;"}, "one character"), ({"delimiter": "\n"}, "one character"), ({"delimiter": 5}, "one character"), ({"quote": "ab"}, "one character"),
        ({"delimiter": '"'}, "both"), ({"skip": -1}, "no number of lines"), ({"skip": True}, "no number of lines"), ({"skip": "2"}, "no number of lines"),
    ],
)  # fmt: skip
def test_settings_that_mean_nothing(settings: dict[str, Any], said: str) -> None:
    assert said in fault(HEAD, **settings).summary


def test_every_encoding_that_is_read_may_be_declared() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1250", "iso-8859-2"):
        assert not list(CSV.problems(stock(path="a.csv", encoding=encoding))), encoding
    assert [where for where, _said, _hint in CSV.problems(stock(path="a.csv", encoding="cp1520"))] == [
        ("encoding",)
    ]


def test_a_heading_that_is_not_there() -> None:
    wrong = fault("Item,warehouse,Quantitty,net\nK-1,PL1,3,1\n")
    assert wrong.summary == "there is no heading `item` or `quantity` in line 1"
    assert wrong.hint == "Did you mean `Item`? There are `Item`, `warehouse`, `Quantitty`, `net`."
    assert fault(HEAD.replace(",", ";")).hint == "There is one heading only: is the delimiter `;`?"
    many = fault(",".join(f"c{n}" for n in range(500)) + "\n")
    assert many.hint.endswith("`c19` and 480 more.")


def test_a_heading_that_stands_twice() -> None:
    assert (
        fault("item,warehouse,net,quantity,net\n").summary == "the heading `net` stands more than once in line 1"
    )
    assert read("x,item,warehouse,net,quantity,x\n1,A,B,2,3,4\n") == [("line 2", ("A", "B", "3", "2"))]


def test_headings_are_trimmed_and_composed() -> None:
    declared = source(column("item", place="Zboz\u0307e"))
    assert read(" Zboże \nK-1\n", declared) == [("line 2", ("K-1",))]


def test_lines_that_are_not_as_they_must_be() -> None:
    found = read(HEAD + 'A,B,1\nA,B,1,2,3\nA,"B"x,1,2\nA,B,1,2\n  \nA,B,1,2')
    assert found == [
        BadRow(place="line 2", why="it has 3 cells instead of 4"),
        BadRow(place="line 3", why="it has 5 cells instead of 4"),
        BadRow(place="line 4", why="a quote stands where none can, or something follows a closing one"),
        ("line 5", ("A", "B", "1", "2")),
        BadRow(place="line 6", why="it has 1 cell instead of 4"),
        BadRow(place="line 7", why="the last line has no end: cut off?"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_a_line_is_one(end: str) -> None:
    text = (HEAD + "K-1,PL1,3,1\nK-2,PL1,4,1\n").replace("\n", end)
    assert [place for place, _cells in read(text)] == ["line 2", "line 3"]  # type: ignore[misc]


def test_what_separates_lines_elsewhere_is_no_end_of_a_line_here() -> None:
    text = HEAD + "K\u2028\x85\x0b1,PL1,3,1\n"
    assert read(text) == [("line 2", ("K\u2028\x85\x0b1", "PL1", "3", "1"))]


def test_a_file_that_ends_too_early() -> None:
    for text in (
        "",
        "\n\n",
        HEAD[:10],
        HEAD.strip(),
        HEAD + 'K-1,PL1,3,"1\n',
        HEAD + 'K-1,PL1,"3,1\nK-2,PL1,3,1\n',
        "\ufeff",
    ):
        assert fault(text).short, text
    assert fault("Report\n", skip=3).short
    assert fault((HEAD + "ż").encode()[:-1]).short
    assert read(HEAD) == []


def test_a_cell_has_an_end() -> None:
    """A quote that is never closed swallows the rest of a file, and not without bound."""
    for cell in ('"' + "x\n" * 40_000 + '"', '"' + "x" * 70_000 + '"', "x" * 140_000, '"' + "y,z\n" * 50_000):
        wrong = fault(HEAD + f"K-1,PL1,3,{cell}\n")
        assert wrong.summary == "a cell in line 2 has more than 65,536 characters", cell[:9]
    assert len(read(HEAD + 'K-1,PL1,3,"' + "x\n" * 32_000 + '"\n')) == 1


def test_rows_are_given_as_they_are_read() -> None:
    """Nothing waits for the end of the file."""
    records = csv_records((HEAD + "K-1,PL1,3,1\n" * 100_000 + '"').encode(), stock())
    assert next(records) == ("line 2", ("K-1", "PL1", "3", "1"))


def _sixty_rows(end: str, *, quoted: bool) -> bytes:
    chance = random.Random(60)
    lines = ["item,warehouse,quantity,net,name"]
    for n in range(60):
        name = f"Kubek żółw {n}"
        cell = f'"{name}, ""duży""{end if n % 7 == 0 else " "}{n}"' if quoted else name
        lines.append(
            f"K-{n},{chance.choice(['PL1', 'CZ'])},{chance.randrange(1000)},{chance.randrange(9999) / 100:.2f},{cell}"
        )
    return (end.join(lines) + end).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoted", [False, True])
def test_a_file_cut_at_every_byte_is_never_taken_for_whole(end: str, quoted: bool) -> None:
    """What is read before the cut is what stands there; and then there is a fault, a bad row, or rows are missing:
    this last kind, cuts just behind the end of a line, is what the limits of rows are for."""
    data = _sixty_rows(end, quoted=quoted)
    whole = list(csv_records(data, stock()))
    assert len(whole) == 60
    assert not any(isinstance(each, BadRow) for each in whole)
    outcomes: Counter[str] = Counter()
    for cut in range(len(data)):
        got: list[Record] = []
        outcome = ""
        try:
            for record in csv_records(data[:cut], stock()):
                if isinstance(record, BadRow):
                    outcome = "bad row"
                else:
                    got.append(record)
        except SourceFault as short:
            outcome = "fault" if short.short else f"{short.summary}, not short"
        assert got == whole[: len(got)], cut
        assert len(got) < 60 or outcome or data[cut:] == b"\n", cut
        if len(got) == 60:
            outcome = outcome or "all rows"  # the cut is between the two characters of the last end
        outcomes[outcome or "fewer rows"] += 1
    assert outcomes["fewer rows"] == 60 * len(end)
    assert outcomes["all rows"] == len(end) - 1
    assert outcomes["fault"] + outcomes["bad row"] == len(data) - 61 * len(end) + 1
    assert min(outcomes["bad row"], outcomes["fault"]) > 200


@given(st.binary(max_size=200), st.sampled_from(["utf-8", "cp1250", "utf-16"]))
def test_any_bytes_are_records_or_a_fault(data: bytes, encoding: str) -> None:
    for body in (data, HEAD.encode(encoding) + data):
        try:
            records = list(csv_records(body, stock(encoding=encoding)))
        except SourceFault:
            continue
        assert all(isinstance(each, BadRow) or len(each[1]) == 4 for each in records)


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(CELL, CELL, CELL, CELL), max_size=5), st.sampled_from([",", ";", "\t"]))
def test_what_is_written_is_what_is_read(rows: list[tuple[str, ...]], delimiter: str) -> None:
    lines = [HEAD.strip().split(","), *rows]
    text = "".join(delimiter.join('"' + each.replace('"', '""') + '"' for each in line) + "\n" for line in lines)
    records = csv_records(text.encode(), stock(delimiter=delimiter))
    assert [each[1] for each in records if not isinstance(each, BadRow)] == rows
