"""A file that is cut off anywhere changes no offer: at every byte, through the planner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from torture.cuts import SETTINGS, Cut, Setting, cut

from reconciler.connectors.base import SourceFault
from reconciler.connectors.cells import typed_rows
from reconciler.connectors.tables.csv import csv_records
from tests.rules.shop import Shop, changes, erp, follows, refusals, there, told

from .declared import stock

TWO = {"A": {"PL1": 0, "CZ": 5}, "B": {"PL1": 3, "CZ": 4}}
GUARDED, _, UNGUARDED, _, WITH_AN_END, _ = SETTINGS


@pytest.mark.parametrize("setting", [GUARDED, UNGUARDED, WITH_AN_END], ids=lambda each: each.name)
def test_no_prefix_of_a_file_changes_anything(tmp_path: Path, setting: Setting) -> None:
    found = cut(tmp_path, setting, items=6)
    assert found.cuts == len(found.whole)
    assert not found.changed
    assert found.refused >= 0.4 * found.cuts  # or the guards have not been asked


def test_the_file_is_cut_at_places_that_matter(tmp_path: Path) -> None:
    """What protects where every prefix is taken is what was known of the articles: without it some would end."""
    found = Cut.shop(
        tmp_path, Setting("", {**UNGUARDED.source, "rows": UNGUARDED.source["rows"]}, known=False), 12
    )
    for at, letter in enumerate(found.whole):
        if letter == ord("\n"):
            found.judge(at + 1)
    assert found.zeroed


# --- what is known of each article -----------------------------------------------------------------------------


def shop(root: Path, **settings: Any) -> Shop:
    """Two offers whose articles have rows of two warehouses; their numbers are written."""
    source = erp(missing="keep", rows={"shrink": "60%"}, **settings)
    live = [there(1, "A"), there(2, "B")]
    made = Shop.make(root, live, [follows("A"), follows("B")], TWO, source=source)
    made.apply()
    return made


def test_an_article_that_lost_the_row_of_a_warehouse_is_left_as_it_is_until_somebody_says_so(
    tmp_path: Path,
) -> None:
    made = shop(tmp_path)
    made.feed({"A": {"PL1": 0}, "B": {"PL1": 7, "CZ": 4}})
    for _ in range(2):  # also when that was the last good reading
        plan = made.plan()
        assert changes(plan).get("A") is None
        (found,) = told(plan, "P617")
        assert found["detail"] == "A: rows: 1 of its 2 are there; to take it so, once: --allow shrink"
        made.apply()
    assert made.state("B") == ("ACTIVE", 11)
    assert changes(made.plan("--allow", "shrink")) == {"A": {"stock.quantity": (5, 0)}}
    assert changes(made.plan()) == {"A": {"stock.quantity": (5, 0)}}


def test_what_was_allowed_to_have_fewer_rows_has_them_from_then_on(tmp_path: Path) -> None:
    """Also where nothing has several rows any more."""
    made = shop(tmp_path)
    made.feed({"A": {"PL1": 4}, "B": {"PL1": 3}})
    assert changes(made.plan()) == {}
    made.apply("--allow", "shrink=erp")
    made.feed({"A": {"PL1": 2}, "B": {"PL1": 3}})
    plan = made.plan()
    assert changes(plan) == {"A": {"stock.quantity": (4, 2)}}
    assert not told(plan, "P617")


def test_what_was_allowed_is_so_for_what_was_there(tmp_path: Path) -> None:
    """Of B there was no row when A was allowed to have one, so nobody has said how many B has."""
    made = shop(tmp_path)
    made.feed({"A": {"PL1": 4, "CZ": 0, "DE": 0}})
    made.plan()
    made.feed({"A": {"PL1": 4, "CZ": 0}})
    assert changes(made.plan("--allow", "shrink=erp")) == {"A": {"stock.quantity": (5, 4)}}
    made.feed({"A": {"PL1": 4, "CZ": 0}, "B": {"PL1": 3}})
    plan = made.plan()
    assert changes(plan) == {"A": {"stock.quantity": (5, 4)}}
    assert [each["detail"][:2] for each in told(plan, "P617")] == ["B:"]


def test_an_article_that_comes_back_with_one_of_its_rows_is_no_whole_one(tmp_path: Path) -> None:
    made = shop(tmp_path)
    for pieces in ({"B": {"PL1": 3, "CZ": 4}}, {"A": {"PL1": 0}, "B": {"PL1": 3, "CZ": 4}}):
        made.feed(pieces)
        assert changes(made.plan()) == {}
    made.feed(TWO)
    made.rest()


def test_what_says_where_it_ends_may_lose_rows(tmp_path: Path) -> None:
    made = shop(tmp_path)
    made.declare(follows("A"), follows("B"), source=erp(missing="zero", rows={"shrink": "80%"}))
    made.made.write("erp.csv", "item,warehouse,quantity\nA,PL1,2\nEND\n")
    assert changes(made.plan()) == {"A": {"stock.quantity": (5, 2)}, "B": {"stock.quantity": (7, 0)}}
    made.made.write("erp.csv", "item,warehouse,quantity\nA,PL1,2\n")
    assert refusals(made.plan(code=3)) == {"source"}


# --- what proves that a reading is whole -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"type": "csv", "path": "erp.csv"}, "Have a last line written, and say what it says"),
        (
            {
                "type": "http",
                "url": "https://erp.example/stock",
                "format": "json",
                "records": "items",
                "paging": {"page": "page"},
            },
            "Say where the number of all records is",
        ),
        ({"type": "csv", "path": "feeds/stock-*.csv", "end": "END"}, "Let one file hold all rows"),
        ({"type": "sheet", "path": "feeds/stock-?.xlsx"}, "Let one file hold all rows"),
    ],
)
def test_a_missing_row_means_none_only_where_something_proves_the_end(
    tmp_path: Path, settings: dict[str, Any], hint: str
) -> None:
    made = shop(tmp_path)
    source = {**erp(path=None, type=None), **settings, "missing": "zero"}
    made.declare(follows("A"), follows("B"), source=source)
    found = [each for each in made.ask("validate", code=1)["diagnostics"] if each["code"] == "D631"]
    assert [each["summary"] for each in found] == [
        "nothing proves that a reading is whole, so a missing row is not known to mean none in stock"
    ]
    assert hint in found[0]["hint"]
    assert found[0]["mark"]["line"]


def test_that_each_file_has_its_end_does_not_prove_that_no_file_is_away(tmp_path: Path) -> None:
    """Of A one file holds the empty warehouse; the other one, with its pieces, is being renamed just now."""
    made = shop(tmp_path)
    several = {"path": "stock-*.csv", "end": "END", "missing": "keep", "rows": {"shrink": "80%"}}
    made.declare(follows("A"), follows("B"), source=erp(**several))
    heading = "item,warehouse,quantity"
    made.made.write("stock-1.csv", f"{heading}\nA,PL1,0\nB,PL1,3\nB,CZ,4\nEND\n")
    other = made.made.write("stock-2.csv", f"{heading}\nA,CZ,5\nEND\n")
    made.rest()
    other.rename(other.with_suffix(".part"))
    plan = made.plan()
    assert changes(plan) == {}
    assert [each["detail"] for each in told(plan, "P617")] == [
        "A: rows: 1 of its 2 are there; to take it so, once: --allow shrink"
    ]
    copy = made.made.root / "stock-1.csv"  # in the place of all, one of them proves no more
    assert changes(made.plan("--source", f"erp={copy}")) == {}


def test_a_file_in_place_of_a_sheet_proves_nothing(tmp_path: Path) -> None:
    """A sheet is whole or cannot be opened; a CSV that is read for it may be cut."""
    made = shop(tmp_path)
    sheet = erp(type="sheet", path="erp.xlsx", missing="zero", end=None, rows={"shrink": "80%"})
    made.declare(follows("A"), follows("B"), source=sheet)
    path = made.made.write("part.csv", "item,warehouse,quantity\nB,PL1,3\nB,CZ,4\n")
    plan = made.plan("--source", f"erp={path}")
    assert changes(plan) == {}
    assert [each["summary"] for each in told(plan, "P615")] == ["erp has no row of 1 offer, left as it is: A"]


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("", "no last line says `END`: it was cut off"),
        ("EN", "no last line says `END`: it was cut off"),
        ("END\nb,PL1,1,1.00\n", "line 3 says that the file ends, and line 4 follows"),
    ],
)
def test_a_file_without_its_end_counts_for_nothing(last: str, said: str) -> None:
    with pytest.raises(SourceFault, match=said.replace("`", ".")) as fault:
        _rows(last)
    assert fault.value.short == ("cut off" in said)


def test_what_is_written_of_a_source_says_where_it_ends(tmp_path: Path) -> None:
    made = shop(tmp_path)
    made.declare(follows("A"), follows("B"), source=erp(missing="zero", rows={"shrink": "80%"}))
    made.made.write("erp.csv", "item,warehouse,quantity\nA,PL1,2\nA,CZ,0\nEND\n")
    made.ask("sources", "read", "erp", "--out", str(tmp_path / "out.csv"))
    assert changes(made.plan("--source", f"erp={tmp_path / 'out.csv'}")) == changes(made.plan()) != {}


@pytest.mark.parametrize("last", ["END", "END\n", " END \r\n", '"END"\n', "END,,,\n"])
def test_the_last_line_is_no_row(last: str) -> None:
    assert [row[0] for row in _rows(last)] == ["a"]


def _rows(last: str) -> tuple[tuple[Any, ...], ...]:
    source = stock(end="END")
    data = f"item,warehouse,quantity,net\na,PL1,1,1.00\n{last}".encode()
    return typed_rows(source, csv_records(data, source)).rows
