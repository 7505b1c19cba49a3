"""`sources list`, `sources read` and `sources check`: what people and machines are told of sources."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import world
from world import World

from reconciler.cli.main import run

from .serving import as_json, serving
from .shop import erp, feed, offers, shop, values

SCHEMAS = Path(__file__).parents[2] / "schemas"
Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command; return its exit code, and what it says on both streams."""

    def call(made: World, *arguments: str) -> tuple[int, str, str]:
        code = run(["-C", str(made.root), *arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def body(told: Told, made: World, schema: str, *arguments: str) -> tuple[int, Any]:
    """Run a command with `--json`; its document is what the published schema says."""
    code, out, _ = told(made, *arguments, "--json")
    found = json.loads(out)
    described = json.loads((SCHEMAS / f"{schema}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(described).validate(found)
    return code, found


# --- list ---------------------------------------------------------------------------------------------------


def test_list(tmp_path: Path, told: Told) -> None:
    """Before and after the first reading: where from, how many rows, how old, and who follows."""
    made = shop(tmp_path / "shop", erp(freshness="2h"), erp(name="spare"), *offers("A", "B"), live=2)
    code, out, _ = told(made, "sources", "list")
    assert code == 0
    assert [line.split() for line in out.splitlines()] == [
        ["erp", "csv", "stock.csv", "not", "read", "yet", "2", "offers", "follow", "it"],
        ["spare", "csv", "stock.csv", "not", "read", "yet", "no", "offer", "follows", "it"],
    ]
    feed(made, "A,7", "B,8")
    made.plan()
    code, found = body(told, made, "sources", "sources", "list")
    (first, second), said = found["sources"], found["diagnostics"]
    assert (code, said) == (0, [])
    assert {key: first[key] for key in ("name", "state", "rows", "freshness", "offers", "place")} == {
        "name": "erp",
        "state": "ok",
        "rows": 2,
        "freshness": 7200,
        "offers": 2,
        "place": "stock.csv",
    }
    assert (second["state"], second["as_of"]) == ("unread", None)
    assert "ok            2 rows as of " in told(made, "sources", "list")[1]


def test_list_tells_no_secret(tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an address only host and path, of a variable its name."""
    monkeypatch.setenv("ERP_URL", "postgresql://me:hunter2@db.example/erp")
    http = {"type": "http", "path": None, "url": "https://erp.example/stock?key=hunter2"}
    sql = {"type": "sql", "path": None, "url": "ERP_URL", "query": "sql/stock.sql"}
    odd = [
        erp(name=name, type=kind, path=None, url=url, query=query)
        for name, kind, url, query in (
            ("c", "http", "https://me:hunter2@erp.example/stock", None),
            ("d", "sql", "postgresql://me:hunter2@db.example/erp", "select 1"),
            ("e", "http", "https://[hunter2", None),
        )
    ]
    made = shop(
        tmp_path / "shop", erp(name="a", **http), erp(name="b", **sql), *odd, *offers("A", stock={"from": "a"})
    )
    _, out, err = told(made, "sources", "list")
    assert "c  http  erp.example/stock " in out
    assert "d  sql   db.example/erp " in out
    assert "a  http  erp.example/stock " in out
    assert "b  sql   ERP_URL sql/stock.sql" in out
    for form in ((), ("--json",)):
        assert "hunter2" not in "".join(map(str, told(made, "sources", "list", *form)))
    assert not err


def test_no_source(tmp_path: Path, told: Told) -> None:
    made = shop(tmp_path / "shop", world.offer("A"))
    for command in ("list", "check"):
        code, out, _ = told(made, "sources", command)
        assert (code, out.startswith("There is no Source.")) == (0, True)


def test_a_document_with_mistakes(tmp_path: Path, told: Told) -> None:
    """It is in the list with its mistakes, and costs the others nothing."""
    made = shop(tmp_path / "shop", erp(), erp(name="two", item="ean"), *offers("A"))
    feed(made, "A,7")
    for command in ("list", "check"):
        code, found = body(told, made, "sources", "sources", command)
        assert code == 1
        assert [(each["name"], each["state"]) for each in found["sources"]][1] == ("two", "mistakes")
        assert [each["code"] for each in found["diagnostics"]] == ["D602"]
    code, _, err = told(made, "sources", "read", "two")
    assert (code, "error[D602]" in err) == (1, True)
    made.write("documents/001.yaml", "kind: Source\nname: two\ntype: csv\ncolums: {item: text}\n")
    code, _, err = told(made, "sources", "check", "two")
    assert code == 1
    assert "documents/001.yaml:4:1: error[D204]" in err
    assert "error[D621]: there is no Source `two`" in err


# --- read ---------------------------------------------------------------------------------------------------


PRIVATE = {
    "item": "text",
    "quantity": {"type": "whole", "empty": 0},
    "net": {"type": "money", "currency": "PLN"},
    "cost": {"type": "money", "currency": "PLN", "private": True},
    "live": "yes_no",
}
ROWS = ("A,7,1250.5,900,tak", "B,,,,nie", "kubek żółty,12,3,,")


def test_read(tmp_path: Path, told: Told) -> None:
    made = shop(tmp_path / "shop", erp(columns=PRIVATE), *offers("A"))
    feed(made, *ROWS, headings="item,quantity,net,cost,live")
    code, out, _ = told(made, "sources", "read", "erp")
    assert code == 0
    assert out.splitlines()[:5] == [
        "item         quantity  net (PLN)  live",
        "A                   7    1250.50  yes",
        "B                   0          -  no",
        "kubek żółty        12          3  -",
        "",
    ]
    assert "Private, and not shown without --show-private: cost" in out
    assert "900" not in out
    assert "900" in told(made, "sources", "read", "erp", "--show-private")[1]


def test_read_as_json(tmp_path: Path, told: Told) -> None:
    made = shop(tmp_path / "shop", erp(columns=PRIVATE), *offers("A"))
    feed(made, *ROWS, headings="item,quantity,net,cost,live")
    code, found = body(told, made, "source-rows", "sources", "read", "erp")
    assert (code, found["hidden"], found["total"]) == (0, ["cost"], 3)
    assert found["rows"][0] == {"item": "A", "quantity": 7, "net": "1250.50", "live": True}
    assert found["rows"][1] == {"item": "B", "quantity": 0, "net": None, "live": False}
    _, found = body(told, made, "source-rows", "sources", "read", "erp", "--limit", "1", "--show-private")
    assert (found["hidden"], found["total"], len(found["rows"])) == ([], 3, 1)
    assert found["rows"][0]["cost"] == "900"


def test_what_a_source_says_steers_nothing(tmp_path: Path, told: Told) -> None:
    """Letters that turn a line around are written out, in bad rows, too; in a pipe nothing is cut."""
    columns = {"item": "text", "quantity": "whole", "note": "text"}
    made = shop(tmp_path / "shop", erp(columns=columns, rows={"bad": 1}), *offers("A"))
    feed(made, f"A,7,{'x' * 200}", "\u202eB,8,[red]", "\u202eC,\u202e9,x", headings="item,quantity,note")
    for arguments in (("read", "erp"), ("check",), ("read", "erp", "--json"), ("check", "--json")):
        _, out, _ = told(made, "sources", *arguments)
        assert "\\u202e" in out
        assert "\u202e" not in out
    out = told(made, "sources", "read", "erp")[1]
    assert "x" * 200 in out
    assert "[red]" in out


def test_read_a_part(tmp_path: Path, told: Told) -> None:
    made = shop(tmp_path / "shop", erp(), *offers("A"))
    feed(made, *(f"K-{number:03},{number}" for number in range(30)))
    out = told(made, "sources", "read", "erp")[1]
    assert "K-019" in out
    assert "K-020" not in out
    assert "… and 10 more" in out
    assert "… and 28 more" in told(made, "sources", "read", "erp", "--limit", "2")[1]
    assert "K-029" in told(made, "sources", "read", "erp", "--limit", "0")[1]
    code, out, _ = told(made, "sources", "read", "erp", "--item", "K-007")
    assert (code, out.splitlines()[1]) == (0, "K-007         7")
    code, _, err = told(made, "sources", "read", "erp", "--item", "k-007")
    assert code == 1
    assert "erp has no row of k-007" in err
    assert "Did you mean `K-007`?" in err


def test_read_means_now(tmp_path: Path, told: Told) -> None:
    """However young the last reading is; a plan right after it shares that."""
    answers = iter([7, 8])
    with serving(lambda _: as_json({"items": [{"item": "A", "quantity": next(answers)}]})) as line:
        http = {"type": "http", "path": None, "url": f"{line.url}/stock", "records": "items"}
        made = shop(tmp_path / "shop", erp(**http), *offers("A"))
        for quantity in (7, 8):
            _, found = body(told, made, "source-rows", "sources", "read", "erp")
            assert found["rows"] == [{"item": "A", "quantity": quantity}]
        assert values(made.plan(), "A") == {"stock.quantity": 8}
    assert len(line.asked) == 2


def test_read_what_is_not_there(tmp_path: Path, told: Told) -> None:
    made = shop(tmp_path / "shop", erp(), *offers("A"))
    code, out, err = told(made, "sources", "read", "erpp")
    assert (code, out) == (1, "")
    assert "error[D621]: there is no Source `erpp`" in err
    assert told(made, "sources", "check", "erp", "erpp")[0] == 1
    code, out, _ = told(made, "sources", "read", "erp")
    assert code == 3
    assert "erp  not readable: stock.csv: no such file or directory" in out


# --- read --out ---------------------------------------------------------------------------------------------

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


# --- check --------------------------------------------------------------------------------------------------


def test_check(tmp_path: Path, told: Told) -> None:
    """States with their remedies, bad rows with their places; the exit code is that of a refused plan."""
    made = shop(tmp_path / "shop", erp(), *offers("A"))
    feed(made, "A,7", "B,8", "C,9", "D,1")
    code, out, _ = told(made, "sources", "check")
    assert code == 0
    assert "erp  ok: 4 rows as of " in out
    assert "Good. A plan can use it." in out
    feed(made, "A,7", "B,8")
    code, out, _ = told(made, "sources", "check", "erp")
    assert code == 3
    assert "erp  short: 2 rows, where the last good reading had 4; 20 % fewer are allowed" in out
    assert "--allow shrink" in out
    assert "reconcile plan --allow source=erp" in out
    feed(made, "A,7", "B,8,9", "C,x", "A,8")
    code, found = body(told, made, "sources", "sources", "check", "erp")
    (status,) = found["sources"]
    assert (code, status["state"]) == (3, "failed")
    assert [each["place"] for each in status["bad"]] == ["line 2", "line 3", "line 4", "line 5"]
    out = told(made, "sources", "check")[1]
    assert "    line 3: it has 3 cells instead of 2" in out
    assert '    line 4: quantity: "x" is no number' in out
    assert run(["-C", str(made.root), "plan"]) == 3


def test_check_of_several(tmp_path: Path, told: Told) -> None:
    made = shop(tmp_path / "shop", erp(), erp(name="two", path="two.csv"), *offers("A"))
    feed(made, "A,7")
    code, out, _ = told(made, "sources", "check")
    assert code == 3
    assert "Not good: 1 of 2 sources." in out
    assert "two  not readable: two.csv: no such file or directory" in out
    feed(made, "A,7", name="other.csv")
    code, out, _ = told(made, "sources", "check", "--source", f"two={made.root / 'other.csv'}")
    assert (code, "Good. A plan can use all 2 sources." in out) == (0, True)
    assert told(made, "sources", "check", "erp")[0] == 0


def test_check_looks_at_the_map(tmp_path: Path, told: Told) -> None:
    made = shop(tmp_path / "shop", erp(map="skus.csv"), *offers("A"))
    feed(made, "A,7")
    made.write("skus.csv", "offer,sku\nA,K-1\n")
    code, found = body(told, made, "sources", "sources", "check")
    assert (code, [each["code"] for each in found["diagnostics"]]) == (1, ["D607"])


def test_many_bad_rows_are_cut(tmp_path: Path, told: Told) -> None:
    made = shop(tmp_path / "shop", erp(), *offers("A"))
    feed(made, *(f"K-{number},x" for number in range(30)))
    _, out, _ = told(made, "sources", "check")
    assert "line 21: " in out
    assert "line 22: " not in out
    assert "… and 10 rows more that cannot be used" in out
    assert len(body(told, made, "sources", "sources", "check")[1]["sources"][0]["bad"]) == 30
