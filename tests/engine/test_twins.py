"""Which creation has a twin among the live offers without a document."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.engine.twins import held_back, look_alikes, twins

from .build import desired, key, live

TITLE, CATEGORY = "Kubek ceramiczny czerwony duży", "257931"
MINE = {"content.title": TITLE, "content.category": CATEGORY, "content.product": {"gtin": "5901234123457"}}
ROW = {"content.title": f" {TITLE}  ", "content.category": CATEGORY, "stock.status": "active"}
PRODUCT = {"id": "p1", "gtins": ["5901234123457"]}


def twin_of(row: dict[str, Any], name: str | None = None, **facts: Any) -> list[str]:
    found = twins([desired("K1", MINE)], [live(name, {**ROW, **row}, remote_id="7", **facts)])
    return [each.remote_id for each in found.values()]


@pytest.mark.parametrize(
    ("row", "is_one"),
    [
        ({"content.product": PRODUCT}, True),
        ({}, True),
        ({"content.product": {"id": "p2", "gtins": []}}, False),
        ({"content.title": "Kubek ceramiczny zielony duży"}, False),
        ({"content.category": "1"}, False),
        ({"stock.status": "ended"}, False),
        ({"stock.status": "draft"}, True),
    ],
)
def test_a_twin_has_the_title_the_category_and_the_product(row: dict[str, Any], is_one: bool) -> None:
    """Where nobody knows the product, what the list shows must do; what has ended is history."""
    assert twin_of(row) == ["7"] * is_one


def test_what_cannot_be_taken_over_is_no_twin() -> None:
    assert twin_of({}, format="auction") == []


def test_of_two_twins_the_first_is_named() -> None:
    found = twins([desired("K1", MINE)], [live("B", ROW, remote_id="9"), live("A", ROW, remote_id="8")])
    assert {each.key.name: live.remote_id for each, live in zip([desired()], found.values(), strict=True)} == {
        "K1": "8"
    }


def test_only_what_neither_side_names_looks_alike() -> None:
    """A is declared and listed, B is adopted, C is missing: only the offer without a document is looked at."""
    documents = [desired("A", MINE), desired("B", MINE, adopt="2"), desired("C", MINE)]
    rows = [live(name, ROW, remote_id=number) for name, number in (("A", "1"), ("X", "2"), ("Y", "3"))]
    missing, alike = look_alikes(documents, rows)
    assert [each.key.name for each in missing] == ["C"]
    assert [each.remote_id for each in alike] == ["3"]


def test_both_ways_out_are_named_where_the_twin_was_ours() -> None:
    twin = live("old", ROW, remote_id="7")
    assert held_back(desired("K1", MINE), twin, None).hint.count("moved") == 0
    said = held_back(desired("K1", MINE), twin, key("old"))
    assert "`moved: {from: old}`" in said.hint
    assert '`adopt: "7"`' in said.hint
