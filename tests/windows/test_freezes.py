"""Times in which nothing is written, or nothing of some modules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.project.workspace import Workspace
from tests import world
from tests.rules.shop import Shop, there
from tests.undo.taking_back import Cut, CutsAfter, runs

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


@pytest.fixture
def busy(tmp_path: Path) -> Shop:
    """A shop with a cup whose price and title are to change, and an ended jug that is to be sold for another price."""
    shop = Shop.make(tmp_path, [there(1, "kubek"), there(2, "dzban")], [], {})
    shop.end("dzban")
    jug = world.offer("dzban", price="11.99 PLN", stock={"always": 5, "status": "active"})
    shop.declare(world.offer("kubek", price="39.99 PLN", content={"title": "Kubek ceramiczny nowy"}), jug)
    return shop


def standing(shop: Shop) -> tuple[str, str, str]:
    """Title and price of the cup, and whether the jug is for sale."""
    cup = shop.offer("kubek")
    return cup["name"], cup["sellingMode"]["price"]["amount"], shop.state("dzban")[0]


def test_a_freeze_of_modules_holds_back_their_fields_and_what_cannot_be_without_them(busy: Shop) -> None:
    before = standing(busy)
    freeze(busy, {**HOLDS, "modules": ["price", "bundle"]}, {**OVER, "modules": ["content"]})
    (note,) = (each for each in busy.plan()["diagnostics"] if each["code"] == "P764")
    assert note["summary"].startswith("price, bundle of account main: frozen until 2200-01-01T00:00")
    report = busy.apply(code=5)
    held = {(each["key"]["name"], each["detail"]) for each in report["outcomes"] if each["result"] == "skipped"}
    assert {name for name, _ in held} == {"kubek", "dzban"}
    assert all(why.startswith("held back: frozen until 2200") and "Black Friday" in why for _, why in held)
    assert standing(busy) == ("Kubek ceramiczny nowy", before[1], "ENDED")
    freeze(busy, {**HOLDS, "modules": ["content"]})
    busy.apply()
    assert standing(busy) == ("Kubek ceramiczny nowy", "39.99", "ACTIVE")


def test_nothing_is_created_in_part_and_what_is_lifted_is_sent(busy: Shop) -> None:
    busy.declare(world.whole_offer("nowy"))
    freeze(busy, {**HOLDS, "modules": ["delivery"]})
    busy.apply(code=5)
    assert busy.made.by_key("nowy") is None
    busy.apply("--allow", "freeze")
    assert busy.made.by_key("nowy") is not None


@pytest.mark.parametrize("arguments", [("undo",), ("revert",), ("resync", "--account", "main")])
def test_every_command_that_writes_obeys(busy: Shop, arguments: tuple[str, ...]) -> None:
    busy.apply()
    if arguments == ("revert",):
        busy.made.panel(
            busy.offer("kubek")["id"], {"sellingMode": {"price": {"amount": "41.00", "currency": "PLN"}}}
        )
    if arguments == ("undo",):
        arguments = ("undo", runs(busy.made)[0].id)
    consent = "--yes" if arguments[0] == "resync" else "--auto-approve"
    freeze(busy, HOLDS)
    refused = json.dumps(busy.ask(*arguments, consent, code=3))
    assert "main is frozen until 2200-01-01T00:00" in refused
    busy.ask(*arguments, consent, "--allow", "freeze")


def test_a_resync_leaves_out_what_is_frozen(busy: Shop) -> None:
    busy.apply()
    freeze(busy, {**HOLDS, "modules": ["content"]})
    report = busy.ask("resync", "--account", "main", "--yes", code=5)
    ends = {(each["result"], "frozen" in each["detail"]) for each in report["outcomes"]}
    assert ends == {("applied", False), ("skipped", True)}


def test_what_an_interrupted_run_has_left_is_not_sent_in_a_freeze(tmp_path: Path) -> None:
    names = [f"A{number}" for number in range(40)]
    shop = Shop.make(tmp_path, [there(number, name) for number, name in enumerate(names, 1)], [], {})
    shop.declare(*(world.offer(name, price=f"{40 + number / 4:.2f} PLN") for number, name in enumerate(names)))

    def prices() -> list[str]:
        return [shop.offer(name)["sellingMode"]["price"]["amount"] for name in names]

    with pytest.raises(Cut):
        apply_plan(Workspace(tmp_path), shop.made.plan(), ApplyOptions(parallelism=1), CutsAfter(1))
    before = prices()
    assert "49.99" in before
    freeze(shop, HOLDS)
    assert "is not gone on with" in json.dumps(shop.ask("apply", "--auto-approve", code=3))
    freeze(shop, {**HOLDS, "modules": ["price"]})
    shop.apply(code=5)
    assert prices() == before
    freeze(shop)
    shop.apply()
    assert prices() == [f"{40 + number / 4:.2f}" for number in range(40)]
