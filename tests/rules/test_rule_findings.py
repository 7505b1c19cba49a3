"""Mistakes in sources and rules: each with its code, its place and what to do, by `validate` and by `plan`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import world
from tests.rules.shop import ERP, Shop, erp, follows, there, told

HINT = "Say which Source it follows: `stock: {from: erp}`; or take it away."


def said(root: Path, *documents: Any) -> list[dict[str, Any]]:
    """What `validate` finds; documents are written in block style, so that each key has a line of its own."""
    shop = Shop.make(root, [], [], {"A": {"PL1": 5}})
    shop.made.documents()
    for number, body in enumerate(documents):
        shop.made.write(f"documents/{number:03}.yaml", yaml.safe_dump(body, sort_keys=False))
    return list(shop.ask("validate", code=1)["diagnostics"])


def only(found: list[dict[str, Any]], code: str) -> tuple[str, str, str]:
    """The one finding: its place, what it says, and its hint."""
    (one,) = found
    assert one["code"] == code
    mark = one["mark"]
    return (
        f"{mark['file'].removeprefix('documents/')}:{mark['line']}:{mark['column']}",
        one["summary"],
        one["hint"],
    )


NET = {"item": "text", "quantity": "whole", "net": {"type": "money", "currency": "PLN"}}
WHO = "Name the program that does: `orders: {by: wfirma, within: 15m}`."
COLUMNS = "The columns are item, warehouse, quantity."


@pytest.mark.parametrize(
    ("code", "place", "summary", "hint", "source"),
    [
        ("D602", "001.yaml:12:7", "Source `erp` has no column `code`", COLUMNS, erp(item="code")),
        ("D602", "001.yaml:12:12", "Source `erp` has no column `store`", COLUMNS, erp(warehouse="store")),
        ("D602", "001.yaml:9:5", "the column `net` does not say its currency", "Write `{type: money, currency: PLN}`.", erp(columns={**NET, "net": {"type": "money"}})),
        ("D602", "001.yaml:10:12", "the column `quantity` is whole, and `empty` is not", "", erp(columns={**ERP["columns"], "quantity": {"type": "whole", "empty": "none"}})),
        ("D603", "001.yaml:9:9", "nothing of this project writes orders into Source `erp`", WHO, erp(orders="ours")),
        ("D604", "001.yaml:12:23", "there is no `reservd`", "The names are item, quantity, warehouse.", erp(available="quantity - reservd")),
        ("D605", "001.yaml:3:7", "no connector `cvs` is installed", "`csv`", erp(type="cvs")),
        ("D606", "001.yaml:3:7", "a source of type csv needs `path` or `url`", "", erp(path=None)),
        ("D606", "001.yaml:12:10", "the decimal sign is a point or a comma", "", erp(decimal=";")),
        ("D607", "001.yaml:2:7", "the map of erp: skus.csv: no such file", "It is a CSV file with the columns `offer` and `item`.", erp(map="skus.csv")),
    ],
)  # fmt: skip
def test_mistakes_in_a_source(
    tmp_path: Path, code: str, place: str, summary: str, hint: str, source: dict[str, Any]
) -> None:
    where, what, how = only(said(tmp_path, follows("A"), source), code)
    assert (where, what.startswith(summary), hint in how, bool(hint) == bool(how)) == (place, True, True, True)


def test_d601_two_sources_of_one_name(tmp_path: Path) -> None:
    (found,) = said(tmp_path, follows("A"), ERP, ERP)
    assert only([found], "D601")[:2] == ("002.yaml:2:7", "the name `erp` is taken by another Source")
    assert found["detail"] == "It was given before at documents/001.yaml:2:7."


LOWERED = "Say in the Source who does: `orders: {by: wfirma, within: 15m}`."
PART = [{"product": {"gtin": world.THIRD_GTIN}, "quantity": 2}]
PRICED = {"base": {"formula": "erp.nett * 2"}}


def rated(rates: str) -> dict[str, Any]:
    """A rule that names the source of its rates."""
    return {"base": {"formula": "erp.net", "rates": rates}}


@pytest.mark.parametrize(
    ("code", "place", "summary", "hint", "offer", "source"),
    [
        ("D611", "000.yaml:4:9", "there is no Source `epr`", "The sources are erp.", world.offer("A", stock={"from": "epr"}), ERP),
        ("D612", "000.yaml:6:5", "Source `erp` has no warehouse `PL9`", "There is `PL1`.", follows("A", warehouses=["PL9"]), erp(warehouses={"PL1": "3"})),
        ("D612", "000.yaml:6:3", "Source `erp` knows no warehouses", "say which it is with `warehouse:`", follows("A", warehouses=["PL9"]), erp(columns={"item": "text", "quantity": "whole"})),
        ("D612", "000.yaml:4:9", "Source `erp` does not say what is available", "`available:`", follows("A"), erp(columns={"item": "text", "net": "decimal"})),
        ("D612", "000.yaml:5:10", "a share of 100.5% is more than there is", "", follows("A", share="100.5%"), ERP),
        ("D613", "000.yaml:5:14", "there is no `erp.nett`", "Did you mean `erp.net`?", world.offer("A", price=PRICED), erp(columns=NET)),
        ("D613", "000.yaml:6:12", "there is no Source `erpp`", "Did you mean `erp`?", world.offer("A", price=rated("erpp")), erp(columns=NET)),
        ("D613", "000.yaml:6:12", "Source `erp`: a Source of rates needs a column `currency`", "Add `currency: text`.", world.offer("A", price=rated("erp")), erp(columns=NET)),
        ("D614", "000.yaml:4:9", "nobody lowers Source `erp` for what is sold on marketplaces", LOWERED, follows("A"), erp(orders=None)),
        ("D615", "000.yaml:6:3", "a part of a set does not say which article it is", "Write `item:` beside its product.", {**follows("A"), "bundle": PART}, ERP),
        ("D616", "000.yaml:6:12", "A renews itself, and the stock of its article follows a source", "Take `renewal` away", {**follows("A"), "settings": {"renewal": True}}, ERP),
    ],
)  # fmt: skip
def test_mistakes_in_a_rule(
    tmp_path: Path, code: str, place: str, summary: str, hint: str, offer: dict[str, Any], source: dict[str, Any]
) -> None:
    where, what, how = only(said(tmp_path, offer, source), code)
    assert (where, what.startswith(summary), hint in how, bool(hint) == bool(how)) == (place, True, True, True)


def test_a_source_with_a_mistake_is_not_called_missing(tmp_path: Path) -> None:
    """Whoever follows it is told nothing else: the mistake stands where it is made."""
    assert only(said(tmp_path, follows("A"), erp(pth="x")), "D204")[0] == "001.yaml:12:1"


def shares(*said_of_each: tuple[str, Any]) -> list[dict[str, Any]]:
    """Offers of one article: each with its percentage, of the warehouses that it names."""
    return [
        {**follows(f"A{number}", share=share, warehouses=where), "item": "K-300"}
        for number, (share, where) in enumerate(said_of_each)
    ]


def test_d618_shares_that_come_to_more_than_all(tmp_path: Path) -> None:
    found = said(tmp_path, *shares(("60%", "all"), ("30%", ["CZ"]), ("50%", ["PL1"])), ERP)
    assert only(found, "D618") == (
        "002.yaml:5:10",
        "the shares of K-300 come to 110%: A0, A2",
        "Let them come to 100% at the most, or let one of them be `split`.",
    )


def test_d618_is_not_said_of_shares_that_never_meet(tmp_path: Path) -> None:
    shop = Shop.make(tmp_path, [], [], {})
    shop.declare(*shares(("40%", "all"), ("60%", ["CZ"]), ("60%", ["PL1"])))
    assert shop.ask("validate")["diagnostics"] == []


def test_d618_is_not_said_of_an_article_in_two_sources(tmp_path: Path) -> None:
    """Each has its own pieces: 60 % of what lies here, and 60 % of what the supplier has."""
    shop = Shop.make(tmp_path, [], [], {})
    mine, theirs = shares(("60%", "all"), ("60%", "all"))
    theirs["stock"]["from"] = "supplier"
    shop.declare(mine, theirs, {**ERP, "name": "supplier"})
    assert shop.ask("validate")["diagnostics"] == []


def test_d617_and_p615_are_told_where_the_source_is_read(tmp_path: Path) -> None:
    shop = Shop.make(tmp_path, [there(1, "B")], [follows("B")], {"A": {"PL1": 5}})
    assert shop.ask("validate")["diagnostics"] == []
    (found,) = told(shop.plan(code=1), "D617")
    assert (found["mark"]["file"], found["mark"]["line"]) == ("documents/000.yaml", 5)
    assert found["hint"] == "Correct its `item`, or say in the Source what it means: `missing: keep`, or `zero`."
    shop.declare(follows("B"), source=erp(missing="keep"))
    (found,) = told(shop.plan(), "P615")
    assert (found["mark"]["file"], found["mark"]["line"], found["hint"]) == ("documents/001.yaml", 3, "")


def test_p614_what_is_not_in_stock_is_not_created(tmp_path: Path) -> None:
    document = world.whole_offer("A", stock={"from": "erp", "status": "active"})
    shop = Shop.make(tmp_path, [], [document], {"A": {"PL1": 0}})
    plan = shop.plan()
    (found,) = told(plan, "P614")
    assert found["summary"] == "A is not on the marketplace, and is created when there is stock"
    assert (found["severity"], found["mark"]["line"], found["hint"]) == ("note", 34, "")
    assert plan["accounts"][0]["undone"] == {"source": ["Offer/A"]}
    shop.feed({"A": {"PL1": 3}})
    shop.apply()
    assert shop.state("A") == ("ACTIVE", 3)


def test_d619_words_of_a_stock_rule_without_a_source(tmp_path: Path) -> None:
    found = said(tmp_path, world.offer("A", stock={"buffer": 2}), ERP)
    assert only(found, "D619") == (
        "000.yaml:4:11",
        "`buffer` is a word for stock that follows a source, and A follows none",
        HINT,
    )


def test_d619_beside_a_number_of_the_same_document(tmp_path: Path) -> None:
    found = said(tmp_path, world.offer("A", stock={"quantity": 5, "share": "split", "cap": 3}), ERP)
    assert only(found, "D619")[1] == "`cap` is a word for stock that follows a source, and A follows none"


def test_d619_beside_a_price_that_follows_one(tmp_path: Path) -> None:
    found = said(
        tmp_path, world.offer("A", price={"base": {"formula": "10 * erp.quantity"}}, stock={"cap": 2}), ERP
    )
    assert "D619" in {each["code"] for each in found}


def test_d619_is_not_said_where_a_number_takes_the_place_of_a_source(tmp_path: Path) -> None:
    """What all the folder follows, one offer does not: nothing is wrong with either."""
    shop = Shop.make(tmp_path, [there(1, "A"), there(2, "B")], [world.offer("A", stock=5), world.offer("B")], {})
    shop.feed({"B": {"PL1": 5}})
    defaults = {"kind": "Defaults", "Offer": {"stock": {"from": "erp", "buffer": 0, "cap": 9}}}
    shop.declare(defaults, world.offer("A", stock=5), world.offer("B"))
    assert shop.ask("validate")["diagnostics"] == []
    defaults = {"kind": "Defaults", "Offer": {"stock": {"buffer": 0, "cap": 9}}}
    shop.declare(defaults, world.offer("A", stock=5), follows("B"))
    assert shop.ask("validate")["diagnostics"] == []


@pytest.mark.parametrize("beside", [{"sync": {"stock": "off"}}, {"stock": {"from": "erp", "status": "ended"}}])
def test_d615_is_not_said_of_a_set_that_claims_nothing(beside: dict[str, Any], tmp_path: Path) -> None:
    """It follows no number: what its parts are called is its own business."""
    made = Shop.make(tmp_path, [there(1, "A")], [{**follows("A"), "bundle": PART, **beside}], {"A": {"PL": 5}})
    assert told(made.ask("validate"), "D615") == []
