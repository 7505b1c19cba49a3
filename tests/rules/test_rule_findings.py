"""Mistakes in sources and rules: each with its code, its place and what to do, by `validate` and by `plan`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests import world
from tests.rules.shop import ERP, Shop, follows, there

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
