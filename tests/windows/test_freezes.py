"""Times in which nothing is applied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import world
from tests.rules.shop import Shop, there

HOLDS = {"from": "2020-01-01T00:00", "until": "2200-01-01T00:00", "why": "Black Friday"}
OVER = {"from": "2020-01-01T00:00", "until": "2020-02-01T00:00"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with one cup whose price is to change."""
    cup = world.offer("kubek", price="39.99 PLN")
    return Shop.make(
        tmp_path_factory.mktemp("freezes") / "shop", [there(1, "kubek")], [cup], {"kubek": {"main": 5}}
    )


@pytest.fixture
def shop(made: Shop) -> Iterator[Shop]:
    """The shop, whose project file is as before when the test is over."""
    file = made.made.root / "reconcile.yaml"
    before = file.read_bytes()
    yield made
    file.write_bytes(before)


def freeze(shop: Shop, *rows: dict[str, Any]) -> None:
    """Say freezes in the project."""
    body = json.loads((shop.made.root / "reconcile.yaml").read_text(encoding="utf-8"))
    shop.made.project({**body, "freeze": list(rows)})


def test_a_freeze_refuses_an_apply_and_a_plan_says_so(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    shop.plan("--out", str(file))
    freeze(shop, OVER, HOLDS)
    plan = shop.plan()
    (note,) = (each for each in plan["diagnostics"] if each["code"] == "P764")
    assert "frozen until 2200-01-01T00:00 (Europe/Warsaw): Black Friday (reconcile.yaml:" in note["summary"]
    for arguments in ([], [str(file)]):
        refused = json.dumps(shop.ask("apply", "--auto-approve", *arguments, code=3))
        assert "main is frozen until 2200-01-01T00:00" in refused
        assert "--allow freeze" in refused
    assert shop.offer("kubek")["sellingMode"]["price"]["amount"] == "49.99"


def test_a_freeze_is_lifted_by_hand_and_refuses_nothing_where_nothing_is_to_do(shop: Shop) -> None:
    freeze(shop, HOLDS)
    shop.apply("--allow", "freeze")
    assert shop.offer("kubek")["sellingMode"]["price"]["amount"] == "39.99"
    shop.apply()
    freeze(shop, OVER)
    assert [each["code"] for each in shop.plan()["diagnostics"]] == []


@pytest.mark.parametrize(
    ("row", "code", "line"),
    [
        ({**HOLDS, "until": "2100-03-28T02:30"}, "D651", "2100-03-28T02:30"),
        ({**HOLDS, "from": "2025-10-26T02:30"}, "D652", "2025-10-26T02:30"),
        ({**HOLDS, "from": HOLDS["until"]}, "D653", "until"),
    ],
)
def test_mistakes_of_a_freeze_end_the_command_at_their_place(
    shop: Shop, row: dict[str, Any], code: str, line: str
) -> None:
    freeze(shop, row)
    (wrong,) = shop.ask("validate", code=1)["diagnostics"]
    assert wrong["code"] == code
    lines = (shop.made.root / "reconcile.yaml").read_text(encoding="utf-8").splitlines()
    assert line in lines[wrong["mark"]["line"] - 1]
    assert code in json.dumps(shop.ask("apply", "--auto-approve", code=1))
