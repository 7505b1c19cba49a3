"""Pages whose rows move while they are read: what comes twice tells that something else may not have come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from world import World

from reconciler.model.plan import Plan

from .serving import Answer, Asked, as_json, serving
from .shop import erp, offers, shop, values

ROWS = [{"item": name, "quantity": 7} for name in "ABCDEF"]
SIZE = 2
PAGED = {"paging": {"offset": "offset", "limit": "limit", "size": SIZE}, "total": "total"}


def pages(first: list[dict[str, Any]], then: list[dict[str, Any]]) -> Any:
    """An address whose first page is of one list, and every later one of another."""

    def answer(asked: Asked) -> Answer:
        at, size = int(asked.query.get("offset", "0")), int(asked.query.get("limit", "100"))
        rows = first if at == 0 else then
        return as_json({"items": rows[at : at + size], "total": len(rows)})

    return answer


def planned(root: Path, answer: Any, **said: Any) -> Plan:
    """The plan of six offers that follow the address, where a row that is missing is none in stock."""
    with serving(answer) as line:
        http = {"type": "http", "path": None, "url": f"{line.url}/stock", "records": "items"}
        made: World = shop(
            root,
            erp(**{**http, "missing": "zero", "rows": {"bad": 2, "shrink": "80%"}, **said}),
            *offers(*"ABCDEF"),
            live=6,
        )
        return made.plan()


@pytest.mark.parametrize("second", [ROWS[1], {**ROWS[1], "quantity": "many"}], ids=["as good", "unusable"])
def test_where_a_row_comes_twice_what_has_none_is_left_as_it_is(tmp_path: Path, second: dict[str, Any]) -> None:
    """B moves to the second page while C moves to the first: there are as many rows as there should be."""
    moved = [ROWS[0], ROWS[2], second, *ROWS[3:]]
    plan = planned(tmp_path / "shop", pages(ROWS, moved), **PAGED)
    assert [each.state for each in plan.sources] == ["ok"]
    assert {name: values(plan, name) for name in "ABCD"} == {
        "A": {"stock.quantity": 7},
        "B": {},
        "C": {},
        "D": {"stock.quantity": 7},
    }
    assert "erp has no row of 1 offer, left as it is: C" in [each.summary for each in plan.diagnostics]


def test_what_no_page_has_is_none(tmp_path: Path) -> None:
    without = [*ROWS[:2], *ROWS[3:]]
    plan = planned(tmp_path / "shop", pages(without, without), **PAGED)
    assert values(plan, "C") == {"stock.quantity": 0}


def test_what_stands_twice_in_one_answer_hides_nothing(tmp_path: Path) -> None:
    """It is a mistake of the list, which was read at once: what it does not name is not there."""
    without = [*ROWS[:2], ROWS[1], *ROWS[3:]]
    plan = planned(tmp_path / "shop", pages(without, without))
    assert (values(plan, "B"), values(plan, "C")) == ({}, {"stock.quantity": 0})
