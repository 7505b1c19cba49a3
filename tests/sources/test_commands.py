"""`sources list`, `sources read` and `sources check`: what people and machines are told of sources."""

from __future__ import annotations

from pathlib import Path

import pytest
import world

from reconciler.cli.main import run

from .serving import as_json, serving
from .shop import erp, feed, offers, shop, values
from .telling import PRIVATE, ROWS, Told, body

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
    feed(made, f"A,7,{'x' * 200}", "B,8,\u202e[red]", "\u202eC,\u202e9,x", headings="item,quantity,note")
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
