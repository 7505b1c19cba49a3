"""`plan --source NAME=FILE`: another file in the place of a source, read as files of its kind are."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.model.values import Money

from .sheets import ods, xlsx
from .shop import erp, feed, offers, shop, values

DATABASE = {"type": "sql", "path": None, "url": "ERP_URL", "query": "select item, quantity, net from stock"}
COLUMNS = {"item": "text", "quantity": "whole", "net": {"type": "money", "currency": "PLN"}}
TABLE = [["item", "quantity", "net"], ["A", 7, 19.91]]


@pytest.mark.parametrize(("name", "made_of"), [("stock.xlsx", xlsx), ("stock.ods", ods), ("STOCK.XLSX", xlsx)])
def test_a_sheet_in_place_of_a_database(name, made_of, tmp_path: Path) -> None:
    """Its numbers are floats, as those of every sheet: money, too."""
    made = shop(
        tmp_path / "shop",
        erp(**DATABASE, columns=COLUMNS),
        *offers("A", price={"base": {"formula": "erp.net * 10"}}),
    )
    file = made.write(name, made_of({"Stock": TABLE}))
    plan = made.plan(sources={"erp": str(file)})
    assert [(each.state, each.rows, each.why) for each in plan.sources] == [("ok", 1, "")]
    assert values(plan, "A") == {"stock.quantity": 7, "price.base": Money(Decimal("199.1"), "PLN")}


def test_a_csv_in_place_of_a_sheet(tmp_path: Path) -> None:
    """What a sheet is told of its headings and its name means nothing in a CSV file."""
    sheet = {"type": "sheet", "path": "stock.xlsx", "sheet": "Stock", "header": 3}
    made = shop(tmp_path / "shop", erp(**sheet), *offers("A"))
    plan = made.plan(sources={"erp": str(feed(made, "A,7"))})
    assert values(plan, "A") == {"stock.quantity": 7}


def test_a_sheet_in_place_of_a_csv(tmp_path: Path) -> None:
    """What a CSV file is told of its lines and signs means nothing in a sheet."""
    made = shop(tmp_path / "shop", erp(header=True, skip=2, delimiter=";", encoding="cp1250"), *offers("A"))
    file = made.write("copy.xlsx", xlsx({"Stock": [["item", "quantity"], ["A", 7.0]]}))
    assert values(made.plan(sources={"erp": str(file)}), "A") == {"stock.quantity": 7}


def test_a_csv_in_place_of_a_csv_is_a_copy_of_its_feed(tmp_path: Path) -> None:
    """So it is read with its settings."""
    made = shop(tmp_path / "shop", erp(delimiter=";", decimal=",", skip=1), *offers("A"))
    file = made.write("copy.csv", "Stan na dzisiaj\nitem;quantity\nA;1.000,0\n")
    assert values(made.plan(sources={"erp": str(file)}), "A") == {"stock.quantity": 1000}


def test_a_csv_in_place_of_an_answer_has_decimal_points(tmp_path: Path) -> None:
    """How an answer writes its numbers is its own matter."""
    http = {"type": "http", "path": None, "url": "https://erp.example/stock", "decimal": ","}
    made = shop(tmp_path / "shop", erp(**http), *offers("A"))
    assert values(made.plan(sources={"erp": str(feed(made, "A,7.0"))}), "A") == {"stock.quantity": 7}


def test_in_place_of_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that no Source has is a mistake of the command: nothing is asked."""
    made = shop(tmp_path / "shop", erp(), *offers("A"))
    file = feed(made, "A,7")
    for command in ("plan", "apply"):
        assert run(["-C", str(made.root), command, "--source", f"erpp={file}"]) == 1
        said = capsys.readouterr().err
        assert "error[D621]: there is no Source `erpp`" in said
        assert "Did you mean `erp`?" in said
    assert not made.sent()


def test_where_a_file_in_place_is_looked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the folder in which the command runs; what a document or its variable names is in the project."""
    made = shop(tmp_path / "shop", erp(path="STOCK_FILE"), *offers("A"))
    feed(made, "A,7", name="stock.csv")
    monkeypatch.chdir(tmp_path)
    assert run(["-C", "shop", "sources", "check", "--source", "erp=stock.csv"]) == 3
    said = capsys.readouterr().out
    assert "stock.csv: no such file or directory" in said
    assert "the path of `--source` starts in the folder in which the command runs" in said
    assert run(["-C", "shop", "sources", "check", "--source", "erp=shop/stock.csv"]) == 0
    monkeypatch.setenv("STOCK_FILE", "stock.csv")
    assert run(["-C", "shop", "sources", "check"]) == 0
    monkeypatch.setenv("STOCK_FILE", "other.csv")
    assert run(["-C", "shop", "sources", "check"]) == 3
    assert "paths start at the project's folder, that in STOCK_FILE too" in capsys.readouterr().out


def test_a_saved_plan_is_read_from_nowhere_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = shop(tmp_path / "shop", erp(), *offers("A"))
    file = feed(made, "A,7")
    saved = str(tmp_path / "plan.json")
    assert run(["-C", str(made.root), "plan", "--out", saved]) == 0
    assert run(["-C", str(made.root), "apply", saved, "--source", f"erp={file}"]) == 64
    assert "A saved plan is applied as it is" in capsys.readouterr().err


def test_a_connector_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A source with such a mistake is not read, and its offers wait."""
    made = shop(tmp_path / "shop", erp(type="cvs"), erp(name="two", delimiter=";;"), *offers("A"))
    feed(made, "A,7")
    assert run(["-C", str(made.root), "plan"]) == 1
    said = capsys.readouterr()
    assert "error[D605]: no connector `cvs` is installed" in said.out + said.err
    assert "bug" not in said.err
