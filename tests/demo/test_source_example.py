"""The example whose stock and prices come from sources: applied once, then its data change."""

from __future__ import annotations

import csv
import shutil
import sqlite3
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
import world
from world import World

from demo import source_example
from reconciler.model.plan import Plan

EXAMPLE = Path(__file__).parents[2] / "examples" / "offers" / "06-stock-from-sources"
CUT = 9_000  # of the 16,128 bytes of the warehouse's file


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A fresh clone, applied; nobody changes its files."""
    root = tmp_path_factory.mktemp("sources") / "shop"
    made = World(Path(shutil.copytree(EXAMPLE, root)), "cztery-katy")
    plan = made.plan()
    assert [each for each in plan.diagnostics if each.severity != "note"] == []
    report = made.apply(plan)
    assert not world.undone(report), world.undone(report)
    sent, told = sum(report.requests.values()), sum(plan.forecast.requests.values())
    assert abs(sent - told) <= 0.08 * told
    made.stored()
    return made


@pytest.fixture
def shop(applied: World, tmp_path: Path) -> World:
    """A copy of it to change."""
    return World(Path(shutil.copytree(applied.root, tmp_path / "shop")), applied.login)


def _rows(root: Path) -> Mapping[str, int]:
    """What the warehouse's file comes to, reckoned without the product."""
    found: dict[str, int] = {}
    with (root / "data" / "magazyn.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            free = int(row["stan"]) - int(row["rezerwacja"] or 0)
            found[row["symbol"]] = found.get(row["symbol"], 0) + free
    return found


def _shelves(root: Path) -> Mapping[str, tuple[int, Decimal]]:
    with sqlite3.connect(root / "data" / "hurtownia.db") as base:
        query = "SELECT sku, pieces - ordered, CAST(net AS TEXT) FROM products JOIN shelves ON product_id = id"
        return {sku: (pieces, Decimal(net)) for sku, pieces, net in base.execute(query)}


def _live(made: World) -> Mapping[str, dict[str, object]]:
    return {each["external"]["id"]: each for each in made.stored().values()}


def _pieces(made: World) -> Mapping[str, int]:
    return {key: each["stock"]["available"] for key, each in _live(made).items()}


def _fields(plan: Plan) -> list[tuple[str, str, object, object]]:
    return [
        (change.key.name, each.path, each.before, each.after) for change in plan.changes for each in change.fields
    ]


def _say(made: World, path: str, key: str, rest: str) -> None:
    """Have the line that begins so end otherwise."""
    lines = (made.root / path).read_text("utf-8").splitlines()
    (at,) = [number for number, line in enumerate(lines) if line.startswith(key)]
    lines[at] = f"{key}{rest}"
    made.write(path, "\n".join((*lines, "")))


def test_stock_is_what_the_rules_say(applied: World) -> None:
    """All 500 numbers, reckoned from the files: two warehouses, the wholesaler's database, and sets."""
    rows, shelves, pieces = _rows(applied.root), _shelves(applied.root), _pieces(applied)
    every = source_example.articles()
    own = {each.name: min(60, max(0, rows[each.code] - 1)) for each in every if each.code in rows}
    theirs = {
        each.name: 0 if shelves[each.code][0] - 5 < 3 else min(20, shelves[each.code][0] - 5)
        for each in every
        if each.code in shelves
    }
    sets = {
        f"zestaw-z-herbata-{number:02d}": min(
            10, min(rows[f"KUB-{number:03d}"], rows[f"HER-{number:03d}"] // 2) - 1
        )
        for number in range(1, source_example.SETS + 1)
    }
    assert (len(own), len(theirs), len(sets)) == (432, 56, 12)
    assert pieces == {**own, **theirs, **sets}


def test_prices_in_two_currencies(applied: World) -> None:
    """The wholesaler's prices end in 9.99 and are never below their formula; every offer costs crowns, too."""
    shelves, live = _shelves(applied.root), _live(applied)
    for each in source_example.articles():
        body: dict = live[each.name]
        price = Decimal(body["sellingMode"]["price"]["amount"])
        crowns = Decimal(body["additionalMarketplaces"]["allegro-cz"]["sellingMode"]["price"]["amount"])
        assert crowns % 10 == 9
        assert abs(crowns - price / Decimal("0.1741") * Decimal("1.03")) <= 5
        if each.code in shelves:
            formula = shelves[each.code][1] * Decimal("1.23") * Decimal("1.25")
            assert formula <= price < formula + 10
            assert price % 10 == Decimal("9.99")


def test_the_next_plan_is_empty(applied: World) -> None:
    """Nothing is left to do, and nothing that is declared is undone."""
    plan = applied.plan()
    assert plan.changes == ()
    assert plan.accounts[0].undone == {}


def test_one_row_is_one_change(shop: World) -> None:
    """What follows the row changes, with the way from the row to the number; applied, all is equal again."""
    _say(shop, "data/magazyn.csv", "KUB-020;Poznań;", "0;0")
    plan = shop.plan()
    assert _fields(plan) == [("kufel-groszki-kub-020", "stock.quantity", 60, 11)]
    (because,) = [each.because for change in plan.changes for each in change.fields]
    assert because == "magazyn KUB-020: CZ 12 + PL 0 = 12, less buffer 1 -> 11"
    shop.converge()


def test_a_part_of_a_set_changes_the_set(shop: World) -> None:
    """A tea runs out: its own offer and the set that it is in."""
    (tea,) = [each.name for each in source_example.articles() if each.code == "HER-012"]
    _say(shop, "data/magazyn.csv", "HER-012;Poznań;", "3;0")  # and none in Brno: one set of two teas, less one
    assert {(name, after) for name, _, _, after in _fields(shop.plan())} == {(tea, 2), ("zestaw-z-herbata-12", 0)}


def test_a_rate_changes_prices_abroad_alone(shop: World) -> None:
    """The crown is worth more: prices in crowns fall, those in zloty stay."""
    _say(shop, "data/kursy.csv", "CZK;1;0,1741;", "2025-09-01\nCZK;1;0,1935;2025-09-02")
    fields = _fields(shop.plan())
    assert {path for _, path, _, _ in fields} == {"price.allegro-cz"}
    assert all(after.amount <= before.amount for _, _, before, after in fields)


@pytest.mark.parametrize(
    "text",
    [lambda whole: whole[:CUT], lambda whole: whole[: whole.rindex("\n", 0, CUT) + 1], lambda _whole: ""],
    ids=["within a line", "at the end of a line", "empty"],
)
def test_a_feed_that_broke_off_is_refused(shop: World, text: object) -> None:
    """No number changes, no offer ends, and the plan says which source it is."""
    whole = (shop.root / "data" / "magazyn.csv").read_text("utf-8")
    shop.write("data/magazyn.csv", text(whole))
    plan = shop.plan()
    (refusal,) = plan.refused
    assert refusal.rule == "source"
    assert refusal.message.startswith("magazyn ")
    assert plan.changes == ()


def test_its_files_are_those_of_the_script(tmp_path: Path) -> None:
    """What is written by `demo.source_example` is what is committed: texts, cells, tables."""
    source_example.write(tmp_path)
    made = [each.relative_to(tmp_path) for each in tmp_path.rglob("*") if each.is_file()]
    assert len(made) == 14
    for path in made:
        assert _content(tmp_path / path) == _content(EXAMPLE / path), path


def _content(file: Path) -> object:
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as book:
            return {name: book.read(name) for name in book.namelist()}
    if file.suffix == ".db":
        with sqlite3.connect(file) as base:
            return list(base.iterdump())
    return file.read_text("utf-8")
