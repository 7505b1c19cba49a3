"""What a raw cell means for its column: nothing is guessed, and what is not clear is a bad row."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.connectors.base import SourceFault
from reconciler.connectors.cells import Rows, rows_digest, typed_rows
from reconciler.model.tables import BadRow, Source

from .declared import column, of, source, stock

NBSP, NARROW = "\u00a0", "\u202f"


def read(kind: str, raw: Any, decimal: str = ".", *, floats: bool = False, **settings: Any) -> Any:
    """What a cell becomes, or the text of the bad row."""
    found = typed_rows(of(kind, **settings), [("line 2", ("K-1", raw))], decimal, floats=floats)
    assert len(found.rows) + len(found.bad) == 1
    return found.rows[0][1] if found.rows else found.bad[0]


def is_bad(found: Any, why: str) -> bool:
    return isinstance(found, BadRow) and found.place == "line 2" and why in found.why


@pytest.mark.parametrize(
    ("raw", "decimal", "means"),
    [
        ("12", ".", 12), ("12.0", ".", 12), ("12,0", ",", 12), ("12.000", ".", 12), ("-3", ".", -3), ("007", ".", 7),
        (" 1 234 ", ".", 1234), (f"1{NBSP}234{NBSP}567", ",", 1234567), (f"12{NARROW}345,0", ",", 12345),
        ("1,234", ".", 1234), ("1.234", ",", 1234), ("-0", ".", 0), (12, ".", 12), (12.0, ".", 12),
        (Decimal("12.00"), ".", 12), (Decimal("1E+3"), ".", 1000), (b"12", ".", 12),
    ],
)  # fmt: skip
def test_a_whole_number(raw: Any, decimal: str, means: int) -> None:
    found = read("whole", raw, decimal)
    assert found == means
    assert type(found) is int


@pytest.mark.parametrize(
    ("raw", "decimal"),
    [
        ("12.5", "."), ("12,5", "."), ("12.5", ","), ("1,23", "."), ("0,500", "."), ("1,2345", "."), ("1,234,56", "."),
        ("1 23", "."), ("1 234,567", "."), ("12a", "."), ("--3", "."), ("1e3", "."), ("٣", "."), ("NaN", "."), ("Infinity", "."),
        ("", "x"), (12.5, "."), (float("nan"), "."), (float("inf"), "."), (Decimal("NaN"), "."), (Decimal("-Infinity"), "."),
        (True, "."), (2.0**60, "."), ("9" * 35, "."), (10**40, "."), (Decimal("1E+999999"), "."), (date(2026, 1, 1), "."),
        ("1" * 70_000, "."), (["1"], "."),
    ],
)  # fmt: skip
def test_no_whole_number(raw: Any, decimal: str) -> None:
    if decimal == "x":
        with pytest.raises(SourceFault, match="no decimal sign"):
            read("whole", raw, decimal)
    else:
        assert is_bad(read("whole", raw, decimal), "x: ")


@given(st.from_regex(r"-?[0-9]{0,4}[., ]?[0-9]{1,8}([.,][0-9]{0,2})?", fullmatch=True))
def test_an_amount_is_the_same_with_either_decimal_sign(text: str) -> None:
    """The brief ones with a point are read in one step: they mean what the long way says."""
    other = text.translate(str.maketrans(".,", ",."))
    for kind in ("decimal", "money"):
        points, commas = read(kind, text, "."), read(kind, other, ",")
        assert isinstance(points, BadRow) == isinstance(commas, BadRow)
        assert isinstance(points, BadRow) or repr(points) == repr(commas)


@pytest.mark.parametrize(
    ("raw", "decimal", "means"),
    [
        ("49.99", ".", "49.99"), ("49,99", ",", "49.99"), ("1.234,50", ",", "1234.50"), ("1,234.50", ".", "1234.50"),
        (f"-1{NBSP}234,5", ",", "-1234.5"), (0.1, ".", "0.1"), (19.99, ".", "19.99"), (5, ".", "5"), (Decimal("0.10"), ".", "0.10"),
        ("-0.00", ".", "0"), (Decimal("1." + "0" * 60), ".", "1"),
    ],
)  # fmt: skip
def test_a_decimal_is_exact(raw: Any, decimal: str, means: str) -> None:
    found = read("decimal", raw, decimal)
    assert found == Decimal(means)
    assert type(found) is Decimal


@pytest.mark.parametrize(
    ("raw", "means"),
    [
        ("49,99", "49.99"), ("49,99 PLN", "49.99"), (f"1{NBSP}049,99{NBSP}PLN", "1049.99"), ("PLN 49,99", "49.99"), ("49,99pln", "49.99"),
        (Decimal("49.99"), "49.99"), (50, "50"),
    ],
)  # fmt: skip
def test_an_amount_may_name_its_own_currency(raw: Any, means: str) -> None:
    assert read("money", raw, ",") == Decimal(means)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("49,99 EUR", "is no amount in PLN"), ("EUR 49,99", "is no amount in PLN"), ("PLN 49,99 PLN", "is no amount"), ("zł 49,99", "is no amount in PLN"),
        ("PLN", "is no number"), ("$49,99", "is no number"), ("49.99", "is no number"), ("1,5e3", "is no"), (49.99, "is a float"), ("9" * 90 + "PLN", "is no amount"),
    ],
)  # fmt: skip
def test_no_amount(raw: Any, why: str) -> None:
    assert is_bad(read("money", raw, ","), why)


def test_a_sheet_has_only_floats() -> None:
    """So its money is their shortest decimal; from anywhere else a float is an error of whoever reads."""
    assert read("money", 49.99, floats=True) == Decimal("49.99")
    assert is_bad(read("money", float("nan"), floats=True), "is no number")


@pytest.mark.parametrize(
    ("raw", "means"),
    [
        ("  Kubek ", "Kubek"), ("kawa zboz\u0307owa", "kawa zbożowa"), (5901234123457.0, "5901234123457"), (5901234123457, "5901234123457"),
        (Decimal("5901234123457.0"), "5901234123457"), ("0012", "0012"), ("żółw".encode(), "żółw"), (f"{NBSP}K{NBSP}", "K"),
    ],
)  # fmt: skip
def test_a_text(raw: Any, means: str) -> None:
    assert read("text", raw) == means


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (12.5, "with a fraction"), (0.1, "with a fraction"), (Decimal("12.5"), "with a fraction"), (float("nan"), "does not keep"), (1e300, "does not keep"),
        (Decimal("NaN"), "no number"), (True, "is no text"), (date(2026, 1, 2), "is no text"),
        ("a\x07b", "U+0007"), ("a\nb", "U+000A"), ("a\x9bb", "U+009B"), ("a\ud800", "U+D800"), (b"\xbf", "no UTF-8"), ({"a": 1}, "is no text"),
    ],
)  # fmt: skip
def test_no_text(raw: Any, why: str) -> None:
    assert is_bad(read("text", raw), why)


def test_a_number_that_nobody_writes_out() -> None:
    for kind in ("text", "whole", "decimal", "money"):
        assert is_bad(read(kind, 10**9000), "the cell has more than 34 digits")


def test_yes_and_no() -> None:
    for raw in ("true", "Yes", "1", "TAK", "ano", True, 1, 1.0, Decimal(1)):
        assert read("yes_no", raw) is True
    for raw in ("false", "no", "0", "Nie", "ne", False, 0, 0.0):
        assert read("yes_no", raw) is False
    for raw in ("maybe", "2", 2, 0.5, float("nan"), Decimal("sNaN"), date(2026, 1, 1)):
        assert is_bad(read("yes_no", raw), "neither yes nor no")


def test_a_day() -> None:
    for raw in ("2026-11-28", "20261128", date(2026, 11, 28), datetime(2026, 11, 28), "2026-11-28T00:00:00"):
        found = read("date", raw)
        assert found == date(2026, 11, 28)
        assert type(found) is date
    for raw in ("28.11.2026", "2026-13-01", "11/28/2026", datetime(2026, 11, 28, 1), time(1), 45000.0):
        assert is_bad(read("date", raw), "x: ")


def test_a_moment_names_its_time_zone() -> None:
    moment = datetime(2026, 11, 28, 9, 15, tzinfo=UTC)
    for raw in ("2026-11-28T10:15:00+01:00", "2026-11-28T09:15:00Z", moment):
        found = read("time", raw)
        assert found == moment
        assert found.utcoffset() == timedelta(0)
    assert is_bad(read("time", "2026-11-28T10:15:00"), "names no time zone")
    assert is_bad(read("time", datetime(2026, 11, 28, 10, 15)), "names no time zone")
    assert is_bad(read("time", "0001-01-01T00:00:00+14:00"), "no date or time")
    assert is_bad(read("time", "noon", timezone="Europe/Warsaw"), "ISO 8601")


def test_or_the_source_does() -> None:
    for raw in ("2026-11-28T10:15:00", "2026-11-28 10:15", datetime(2026, 11, 28, 10, 15)):
        assert read("time", raw, timezone="Europe/Warsaw") == datetime(2026, 11, 28, 9, 15, tzinfo=UTC)
    assert read("time", date(2026, 7, 1), timezone="Europe/Warsaw") == datetime(2026, 6, 30, 22, tzinfo=UTC)
    for name in ("Europe/Warszawa", "../etc/passwd", "", 7):
        with pytest.raises(SourceFault, match="no time zone"):
            read("time", "2026-11-28", timezone=name)


@pytest.mark.parametrize("name", ["\ufeffK-1", "K\u200b-1", "K\u00ad1", "K-1\u202c", "\u2060K-1", "K\u200d1"])
def test_a_name_has_no_character_that_nobody_sees(name: str) -> None:
    """It is compared letter by letter: `K-1` would have no row. In other texts such a character may stand."""
    for cells in ((name, "PL1", 3, None), ("K-1", name, 3, None)):
        (bad,) = typed_rows(stock(), [("line 2", cells)]).bad
        assert "has a character that nobody sees (U+" in bad.why
    assert read("text", name) == name


def test_where_clocks_are_changed_no_moment_is_guessed() -> None:
    """An hour comes twice in autumn, and one never in spring: of both nobody knows which moment was meant."""
    for raw in ("2026-10-25T02:30:00", "2026-10-25 02:00", datetime(2026, 10, 25, 2, 59, 59)):
        said = "comes twice in Europe/Warsaw, where the clocks are put back: it has to say which, +02:00 or +01:00"
        assert is_bad(read("time", raw, timezone="Europe/Warsaw"), said)
    for raw in ("2026-03-29T02:30:00", datetime(2026, 3, 29, 2)):
        assert is_bad(read("time", raw, timezone="Europe/Warsaw"), "does not exist in Europe/Warsaw")
    for raw, hour in (("2026-10-25T01:59", -1), ("2026-10-25T02:30+02:00", 0), ("2026-10-25T02:30+01:00", 1)):
        assert read("time", raw, timezone="Europe/Warsaw").hour == hour % 24
    assert read("time", "2026-10-25T03:00", timezone="Europe/Warsaw") == datetime(2026, 10, 25, 2, tzinfo=UTC)
    of_a_driver = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Warsaw"), fold=1)
    assert read("time", of_a_driver) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert is_bad(read("time", "0001-01-01T00:00", timezone="Europe/Warsaw"), "no date or time")


@pytest.mark.parametrize("raw", ["", "  ", NBSP, None, b"", b" "])
@pytest.mark.parametrize("kind", ["text", "whole", "decimal", "money", "yes_no", "date", "time"])
def test_an_empty_cell_is_missing_and_not_zero(kind: str, raw: Any) -> None:
    assert read(kind, raw) is None


def test_an_empty_cell_is_what_the_column_says() -> None:
    assert read("whole", " ", empty=0) == 0


def test_an_empty_item_is_a_bad_row() -> None:
    found = typed_rows(of("whole"), [("line 2", ("  ", "1")), ("line 3", (None, "1"))])
    assert [each.why for each in found.bad] == ["item: the cell is empty"] * 2


def test_a_bad_cell_is_shown_and_a_private_one_is_not() -> None:
    bare = source(
        column("item"),
        column("net", "money", currency="PLN"),
        column("cost", "money", currency="PLN", private=True),
    )
    found = typed_rows(bare, [("line 2", ("K-1", "12x", "1")), ("line 3", ("K-2", "1", "secret"))])
    assert [each.why for each in found.bad] == [
        'net: "12x" is no amount in PLN',
        "cost: the cell is no amount in PLN",
    ]


def rows_of(*rows: tuple[Any, ...], of: Source | None = None) -> Rows:
    return typed_rows(of or stock(), [(f"line {n}", row) for n, row in enumerate(rows, start=2)])


def test_rows_of_the_same_thing_are_all_bad_and_name_each_other() -> None:
    found = rows_of(
        ("K-1", "PL1", "1", "2"), ("K-1", "CZ", "1", "2"), (" K-1 ", "PL1", "5", "2"), ("k-1", "PL1", "1", "2"), ("K-1", "PL1", "6", "2")
    )  # fmt: skip
    assert [row[:2] for row in found.rows] == [("K-1", "CZ"), ("k-1", "PL1")]
    assert found.bad == (
        BadRow(place="line 2", why="`K-1` in `PL1` stands in line 4, too", item="K-1"),
        BadRow(place="line 4", why="`K-1` in `PL1` stands in line 2, too", item="K-1"),
        BadRow(place="line 6", why="`K-1` in `PL1` stands in line 2, too", item="K-1"),
    )


def test_rates_have_a_row_for_each_day() -> None:
    """What a row holds from which day on is a part of what it is of: only the same day twice is a contradiction."""
    rates = replace(
        source(column("currency"), column("rate", "money", currency="PLN"), column("valid_on", "date")),
        item="currency",
    )
    found = rows_of(
        ("CZK", "0.17", "2026-01-02"), ("CZK", "0.18", "2026-01-05"), ("EUR", "4.2", "2026-01-05"), ("EUR", "4.3", "2026-01-05"),
        of=rates,
    )  # fmt: skip
    assert [row[0] for row in found.rows] == ["CZK", "CZK"]
    assert found.bad[0] == BadRow(place="line 4", why="`EUR` of `2026-01-05` stands in line 5, too", item="EUR")


def test_only_rates_have_a_row_for_each_day() -> None:
    """An article of a stock list has one row, of whatever day that is: none is the one that counts."""
    dated = source(column("item"), column("quantity", "whole"), column("valid_on", "date"))
    rows = [("A", "5", "2026-11-01"), ("A", "9", "2026-12-28"), ("B", "1", "2026-11-01")]
    for said in (rows, rows[::-1]):
        found = rows_of(*said, of=dated)
        assert [row[0] for row in found.rows] == ["B"]
        assert [each.why for each in found.bad if each.place == "line 3"] == [
            f"`A` stands in line {2 if said is rows else 4}, too"
        ]


def test_the_second_of_a_thing_counts_though_it_cannot_be_read() -> None:
    found = rows_of(("K-1", "PL1", "1", "2"), ("K-1", "PL1", "many", "2"), ("", "PL1", "many", "2"))
    assert not found.rows
    assert [each.place for each in found.bad] == ["line 2", "line 3", "line 4"]
    assert found.bad[0].why == "`K-1` in `PL1` stands in line 3, too"


def test_bad_rows_of_the_reader_keep_their_place_in_the_order() -> None:
    found = typed_rows(
        of("whole"), [("line 2", ("A", "x")), BadRow(place="line 3", why="cut"), ("line 4", ("B", "y"))]
    )
    assert [each.place for each in found.bad] == ["line 2", "line 3", "line 4"]


def test_a_digest_is_of_values_whatever_their_order_and_spelling() -> None:
    one = rows_of(("K-1", "PL1", "1", "2.50"), ("K-2", "PL1", "7", "3")).rows
    other = rows_of(("K-2", "PL1", "7.0", "3.00"), ("K-1", " PL1", "01", "2.5")).rows
    assert rows_digest(one) == rows_digest(other)
    assert len(rows_digest(one)) == 64
    assert rows_digest([(datetime(2026, 1, 1, 12, tzinfo=UTC),)]) == rows_digest(
        [(datetime.fromisoformat("2026-01-01T13:00:00+01:00"),)]
    )


CELLS = st.one_of(
    st.none(), st.text(), st.integers(), st.decimals(allow_nan=False, allow_infinity=False), st.booleans(), st.dates(), st.times()
)  # fmt: skip


def _plain(rows: list[tuple[Any, ...]]) -> list[Any]:
    """Rows such that two are equal when their values are, and a yes is no 1."""
    return sorted(([(type(cell) is bool, isinstance(cell, str), str(cell) if not isinstance(cell, Decimal) else _number(cell)) for cell in row] for row in rows), key=repr)  # fmt: skip


def _number(value: Decimal) -> str:
    return str(int(value)) if value == value.to_integral_value() else str(value.normalize(None))


@given(st.lists(st.tuples(CELLS, CELLS), max_size=3), st.lists(st.tuples(CELLS, CELLS), max_size=3))
def test_other_values_have_another_digest(one: list[Any], other: list[Any]) -> None:
    assert rows_digest(one) == rows_digest(reversed(one))
    if rows_digest(one) == rows_digest(other):
        assert _plain(one) == _plain(other)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12),
    st.sampled_from(".,"),
)
def test_what_is_written_is_what_is_read(number: Decimal, decimal: str) -> None:
    other = "," if decimal == "." else "."
    for between in ("", " ", NBSP, NARROW, other):
        text = f"{number:,f}".replace(",", "_").replace(".", decimal).replace("_", between)
        assert read("decimal", text, decimal) == number
        assert read("money", f"{text} PLN", decimal) == number


@given(
    st.text(max_size=40),
    st.sampled_from(["whole", "decimal", "money", "date", "time", "yes_no", "text"]),
    st.sampled_from(".,"),
)
def test_any_text_is_a_value_or_a_bad_row(text: str, kind: str, decimal: str) -> None:
    read(kind, text, decimal)


@given(
    st.one_of(st.floats(), st.integers(), st.decimals(), st.binary(max_size=20)),
    st.sampled_from(["whole", "decimal", "money", "date", "time", "yes_no", "text"]),
)
def test_any_raw_value_is_a_value_or_a_bad_row_and_never_a_float(raw: Any, kind: str) -> None:
    assert not isinstance(read(kind, raw, floats=True), float)
