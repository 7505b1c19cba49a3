"""`sources read --out`: a file that is read back as its source was."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from world import World

from .serving import as_json, serving
from .shop import erp, feed, offers, shop, values
from .telling import PRIVATE, ROWS, Told, body

EVERY_TYPE = {
    "item": {"type": "text", "from": "KOD"},
    "warehouse": "text",
    "quantity": "whole",
    "weight": "decimal",
    "net": {"type": "money", "currency": "PLN"},
    "fresh": "yes_no",
    "due": "date",
    "seen": "time",
    "note": {"type": "text", "from": "opis, skrót"},
}
EVERY_ROW = [
    ("A", "PL1", "40", "0.125", "19.90", "tak", "2026-11-28", "2026-11-28T10:15:00+01:00", 'z "cudzysłowem", po przecinku'),
    ("A", "CZ", "33", "-3", "0.0001", "nie", "", "2026-11-28T10:15:00.250Z", ""),
    ("0570", "PL1", "", "", "", "", "", "", "=1+1"),
    ("5901234123457", "PL1", "-2", "1000000.5", "12345678901234567890.12", "1", "2024-02-29", "", "№ 7; Ł"),
]  # fmt: skip
FILES = {
    "csv": {},
    "csv with signs of its own": {"delimiter": ";", "decimal": ",", "quote": "'", "skip": 2},
    "csv of a neighbour": {"delimiter": "tab", "encoding": "utf-16", "timezone": "Europe/Warsaw"},
}


def written(rows: list[tuple[str, ...]], headings: list[str], *, delimiter: str, quote: str, decimal: str) -> str:
    """A file as another program would write it."""

    def cell(text: str, *, number: bool) -> str:
        text = text.replace(".", decimal) if number else text
        return quote + text.replace(quote, quote * 2) + quote

    lines = [delimiter.join(cell(each, number=False) for each in headings)]
    lines += [delimiter.join(cell(each, number=at in (3, 4)) for at, each in enumerate(row)) for row in rows]
    return "".join(f"{line}\r\n" for line in lines)


@pytest.mark.parametrize("settings", FILES.values(), ids=FILES)
def test_what_is_written_is_read_back(settings: dict[str, Any], tmp_path: Path, told: Told) -> None:
    """Every type, with empty cells, whatever the signs of the source's own file: the same rows, the same plan."""
    made = shop(tmp_path / "shop", erp(columns=EVERY_TYPE, **settings), *offers("A"))
    signs = {"delimiter": settings.get("delimiter", ",").replace("tab", "\t"), "quote": settings.get("quote", '"')}
    headings = [
        said["from"] if isinstance(said, dict) and "from" in said else name for name, said in EVERY_TYPE.items()
    ]
    text = "\n" * settings.get("skip", 0) + written(
        EVERY_ROW, headings, **signs, decimal=settings.get("decimal", ".")
    )
    made.write("stock.csv", text.encode(settings.get("encoding", "utf-8")))
    assert_read_back(made, told, "A", 73)


def test_a_table_without_headings_is_read_back(tmp_path: Path, told: Told) -> None:
    """Columns have numbers there; those between that nobody reads are empty."""
    columns = {"item": {"type": "text", "from": 3}, "quantity": {"type": "whole", "from": 1}}
    made = shop(tmp_path / "shop", erp(columns=columns, header=False), *offers("A"))
    made.write("stock.csv", "7,x,A\n8,y,B\n")
    assert_read_back(made, told, "A", 7)


def test_an_answer_is_read_back(tmp_path: Path, told: Told) -> None:
    """Paths into a record are headings then; two columns may have one."""
    columns = {
        "item": {"type": "text", "from": "sku.code"},
        "quantity": {"type": "whole", "from": "levels[0]"},
        "net": {"type": "money", "currency": "PLN", "from": "price"},
        "price_text": {"type": "text", "from": "price"},
    }
    record = {"sku": {"code": "A"}, "levels": [7], "price": "12.50 PLN"}
    with serving(lambda _: as_json({"items": [record, {**record, "sku": {"code": "B"}, "price": None}]})) as line:
        http = {"type": "http", "path": None, "url": f"{line.url}/stock", "records": "items", "decimal": "."}
        made = shop(tmp_path / "shop", erp(**http, columns=columns), *offers("A"))
        assert_read_back(made, told, "A", 7)


def test_a_database_is_read_back(tmp_path: Path, told: Told) -> None:
    query = "select item, quantity, cast(net as text) as net, seen from stock"
    columns = {
        "item": "text",
        "quantity": {"type": "whole", "empty": 0},
        "net": {"type": "money", "currency": "PLN"},
        "seen": "time",
    }
    sql = {"type": "sql", "path": None, "url": "sqlite:///erp.db", "query": query}
    made = shop(tmp_path / "shop", erp(**sql, columns=columns), *offers("A"))
    with sqlite3.connect(made.root / "erp.db") as database:
        database.execute("create table stock (item text, quantity integer, net numeric, seen text)")
        rows = [("A", 7, "12.5", "2026-11-28T10:15:00Z"), ("B", None, None, None)]
        database.executemany("insert into stock values (?, ?, ?, ?)", rows)
    database.close()
    assert_read_back(made, told, "A", 7)


def test_what_is_known_to_be_whole_is_so_in_a_file(tmp_path: Path, told: Told) -> None:
    """Only then does a missing row mean none; a copy of which the end is lost proves nothing."""
    answer = {"items": [{"item": "A", "quantity": 7}], "all": 1}
    with serving(lambda _: as_json(answer)) as line:
        http = {"type": "http", "path": None, "url": f"{line.url}/stock", "records": "items", "total": "all"}
        made = shop(tmp_path / "shop", erp(**http, missing="zero"), *offers("A", "B"), live=2)
        assert_read_back(made, told, "A", 7)
    out = made.root.parent / "out.csv"
    assert values(made.plan(sources={"erp": str(out)}), "B") == {"stock.quantity": 0}
    out.write_text(out.read_text().removesuffix("END\n"))
    assert values(made.plan(sources={"erp": str(out)}), "B") == {}


def test_a_file_with_an_end_of_its_own_is_read_back(tmp_path: Path, told: Told) -> None:
    made = shop(tmp_path / "shop", erp(end="Koniec", missing="zero"), *offers("A", "B"), live=2)
    feed(made, "A,7", "Koniec")
    assert_read_back(made, told, "A", 7)
    out = made.root.parent / "out.csv"
    assert out.read_text().endswith("A,7\nKoniec\n")
    assert values(made.plan(sources={"erp": str(out)}), "B") == {"stock.quantity": 0}


def assert_read_back(made: World, told: Told, offer: str, quantity: int) -> None:
    """A file of all rows, in the place of the source: the same rows, of the same time, and the same numbers."""
    file = made.root.parent / "out.csv"
    code, _, err = told(made, "sources", "read", "erp", "--out", str(file))
    assert code == 0, err
    assert f"reconcile plan --source erp={file}" in err
    of_source, of_file = made.plan(), made.plan(sources={"erp": str(file)})
    first, second = of_source.sources[0], of_file.sources[0]
    assert (first.state, first.rows, first.digest) == (second.state, second.rows, second.digest)
    assert values(of_source, offer) == values(of_file, offer) == {"stock.quantity": quantity}
    _, one = body(told, made, "source-rows", "sources", "read", "erp", "--item", offer)
    _, two = body(told, made, "source-rows", "sources", "read", "erp", "--item", offer, "--source", f"erp={file}")
    assert one["rows"] == two["rows"]


def test_a_file_is_as_old_as_its_numbers(tmp_path: Path, told: Told) -> None:
    """What was too old is so in a file, too: writing it anew makes it no fresher."""
    import os

    made = shop(tmp_path / "shop", erp(freshness="30m"), *offers("A"))
    file, out = feed(made, "A,7"), tmp_path / "out.csv"
    os.utime(file, (1_700_000_000, 1_700_000_000))
    assert told(made, "sources", "read", "erp", "--out", str(out))[0] == 3
    (seen,) = made.plan(sources={"erp": str(out)}).sources
    assert (seen.state, seen.as_of) == ("old", "2023-11-14T22:13:20+00:00")


def test_private_columns_are_written_when_asked_for(tmp_path: Path, told: Told) -> None:
    """A file with costs is its owner's alone."""
    made = shop(tmp_path / "shop", erp(columns=PRIVATE), *offers("A"))
    feed(made, *ROWS, headings="item,quantity,net,cost,live")
    out = tmp_path / "out.csv"
    code, _, err = told(made, "sources", "read", "erp", "--out", str(out))
    assert (code, out.exists()) == (1, False)
    assert "erp has private columns: cost" in err
    assert told(made, "sources", "read", "erp", "--out", str(out), "--show-private")[0] == 0
    assert out.stat().st_mode & 0o077 == 0
    assert made.plan(sources={"erp": str(out)}).sources[0].state == "ok"


def test_a_reading_that_is_not_whole_is_not_written(tmp_path: Path, told: Told) -> None:
    """In a file it would pass for a whole one, and its missing rows for sold out."""
    made = shop(tmp_path / "shop", erp(rows={"bad": 1}, missing="zero", end="END"), *offers("A"))
    out = tmp_path / "out.csv"
    for rows, why in (
        (("A,7", "B,x"), "rows that cannot be used (line 3)"),
        (("A,y", "B,x"), "2 rows cannot be used"),
    ):
        feed(made, *rows, "END")
        code, _, err = told(made, "sources", "read", "erp", "--out", str(out))
        assert (code, out.exists()) == (1, False)
        assert why in err
    made.documents(erp(rows={"bad": 1}), *offers("A"))
    feed(made, "A,7", "B,x")
    assert told(made, "sources", "read", "erp", "--out", str(out))[0] == 0


def test_a_part_is_not_written(tmp_path: Path, told: Told) -> None:
    made = shop(tmp_path / "shop", erp(), *offers("A"))
    feed(made, "A,7")
    for more in (("--limit", "1"), ("--item", "A")):
        assert told(made, "sources", "read", "erp", "--out", "out.csv", *more)[0] == 64
    assert told(made, "sources", "read", "erp", "--out", "out.xlsx")[0] == 64
    made.documents(erp(encoding="cp1250"), *offers("A"))
    nowhere = made.root / "nowhere" / "out.csv"
    code, _, err = told(made, "sources", "read", "erp", "--out", str(nowhere))
    assert (code, f"{nowhere} cannot be written" in err) == (1, True)
