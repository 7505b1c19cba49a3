"""A command that is refused as a whole costs the rows that are meant, and no others."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import world
from undo.taking_back import undo_plan
from world import World

from reconciler.engine.halving import PATIENCE
from reconciler.model.outcomes import Report, Result
from reconciler.model.values import Money
from reconciler.runtime.commands.history import history
from reconciler.runtime.project.workspace import Workspace

FIRST = 17_000_000_000
WORDS = "It cannot be changed."


def shop(root: Path, count: int, documents: list[dict[str, Any]]) -> World:
    """A seller with so many offers, named by their numbers."""
    live = [world.live_offer(number, name(number), sold=0) for number in range(count)]
    return World.make(root, world.seller(live), documents)


def name(number: int) -> str:
    return f"K{number:04}"


def one_price(root: Path, count: int) -> World:
    """All offers get the same price: one command with one value."""
    return shop(root, count, [world.offer(name(number), price="55 PLN") for number in range(count)])


def own_prices(root: Path, count: int) -> World:
    """Each offer gets a price of its own: one command with a list of changes."""
    return shop(root, count, [world.offer(name(n), price=f"5{n:02}.50 PLN") for n in range(count)])


def refuse(made: World, *numbers: int, **how: Any) -> None:
    """Let the marketplace refuse every command that has one of these offers; without any, all commands."""
    meant = {"offers": [str(FIRST + number) for number in numbers]} if numbers else {}
    made.set(faults={"schedule": [{"do": "refuse_rows", **meant, **how}]})


def commands(made: World) -> list[dict[str, Any]]:
    """The commands that were sent, accepted or not."""
    return [each for each in made.writes() if "-commands" in each["url"]]


def refused(report: Report) -> dict[str, tuple[str, str]]:
    """The refused rows, with the marketplace's words and ours; all others are applied."""
    assert {each.result for each in report.outcomes} <= {Result.APPLIED, Result.REFUSED}, world.undone(report)
    return {
        each.key.name: (each.fault.message, each.detail)
        for each in report.outcomes
        if each.result is Result.REFUSED and each.fault
    }


def once_each(report: Report, count: int) -> None:
    """Every row has one outcome."""
    assert Counter(each.key.name for each in report.outcomes) == Counter(name(n) for n in range(count))


def prices(made: World) -> dict[int, str]:
    return {int(k) - FIRST: body["sellingMode"]["price"]["amount"] for k, body in made.stored().items()}


@pytest.mark.parametrize("named", ["path", "json-path", "pointer"])
@pytest.mark.parametrize("bad", [(2,), (0, 7, 11)])
@pytest.mark.parametrize(("count", "make"), [(30, one_price), (12, own_prices)])
def test_named_rows_are_refused_and_the_others_sent_again(
    tmp_path: Path, count: int, make: Any, bad: tuple[int, ...], named: str
) -> None:
    """The others go with one more command; each row is refused with the marketplace's words."""
    made = make(tmp_path, count)
    refuse(made, *bad, named=named)
    plan = made.plan()
    made.forget_requests()
    report = made.apply(plan)
    once_each(report, count)
    assert refused(report) == {name(number): (WORDS, "") for number in bad}
    assert len(commands(made)) == 2
    now = prices(made)
    wanted = {int(c.key.name[1:]): c.fields[0].after for c in plan.changes}
    assert all((Money.parse(f"{now[n]} PLN") == wanted[n]) == (n not in bad) for n in wanted)


@pytest.mark.parametrize(
    ("count", "bad", "make"),
    [
        (2, (1,), one_price),
        (12, (2,), own_prices),
        (25, (0, 24), own_prices),
        (25, (3, 4, 5, 6), own_prices),
        (64, (10,), one_price),
        (64, (0, 1, 2, 30, 31, 63), one_price),
    ],
)
def test_where_no_row_is_named_the_command_is_halved(
    tmp_path: Path, count: int, bad: tuple[int, ...], make: Any
) -> None:
    """Only the bad rows are refused, and the commands are no more than the bound."""
    made = make(tmp_path, count)
    refuse(made, *bad)
    report = made.apply(made.plan())
    once_each(report, count)
    assert refused(report) == {name(number): (WORDS, "") for number in bad}
    assert len(commands(made)) <= 1 + 2 * len(bad) * math.ceil(math.log2(count))
    assert history(Workspace(made.root), None, 1)[0].counts == {
        Result.APPLIED: count - len(bad),
        Result.REFUSED: len(bad),
    }
    made.set(faults={"schedule": []})
    made.converge()


def test_one_bad_row_among_a_thousand(tmp_path: Path) -> None:
    """A price command of 1,000 rows, one of which is bad: 21 commands."""
    made = one_price(tmp_path, 1000)
    refuse(made, 617)
    report = made.apply(made.plan())
    once_each(report, 1000)
    assert set(refused(report)) == {name(617)}
    assert len(commands(made)) == 21


def test_a_thousand_bad_rows_do_not_flood(tmp_path: Path) -> None:
    """When nothing goes through, the halving ends: the rows are refused with the words, and with why not alone."""
    made = one_price(tmp_path, 1000)
    refuse(made)
    report = made.apply(made.plan())
    once_each(report, 1000)
    said = refused(report)
    assert len(said) == 1000
    assert {words for words, _ in said.values()} == {WORDS}
    assert any("not sent alone" in ours for _, ours in said.values())
    assert len(commands(made)) <= PATIENCE + 10


def test_a_bad_place_does_not_cost_its_neighbours(tmp_path: Path) -> None:
    """A hundred bad rows that stand together: no other row is refused for them."""
    made = one_price(tmp_path, 300)
    refuse(made, *range(100))
    report = made.apply(made.plan())
    assert sorted(refused(report)) == [name(number) for number in range(100)]


def test_a_marketplace_that_names_one_row_at_a_time(tmp_path: Path) -> None:
    """Its second refusal is halved besides: one command for each bad row would be as many as there are rows."""
    made = one_price(tmp_path, 64)
    refuse(made, 3, 20, 41, named="path", first=True)
    report = made.apply(made.plan())
    assert set(refused(report)) == {name(3), name(20), name(41)}
    assert len(commands(made)) <= 2 + 2 * 3 * 6


@pytest.mark.parametrize(
    ("status", "path"),
    [(403, None), (404, None), (415, None), (422, "modification.price.amount"), (422, "$.modification.price")],
)
def test_what_is_wrong_with_the_whole_command_is_not_halved(tmp_path: Path, status: int, path: str | None) -> None:
    """A missing right, an unknown address or a bad value is one for all rows."""
    made = one_price(tmp_path, 30)
    rule = {"do": "refuse", "times": None, "status": status, "when": {"path": "/sale/offer-price-change-commands"}}
    made.set(faults={"schedule": [{**rule, "path": path} if path else rule]})
    report = made.apply(made.plan())
    once_each(report, 30)
    assert not [each for each in report.outcomes if each.result is Result.APPLIED]
    assert len(commands(made)) == 1


def test_what_was_accepted_before_its_answer_was_lost_is_not_sent_again(tmp_path: Path) -> None:
    """The repeated command is refused, yet its report is there: nothing is split, and pieces come once."""
    made = gains(tmp_path, 30)
    when = {"path": "/sale/offer-quantity-change-commands"}
    made.set(
        faults={
            "schedule": [
                {"do": "drop_after", "when": when},
                {"do": "refuse", "status": 422, "when": {**when, "after_requests": 1}},
            ]
        }
    )
    report = made.apply(made.plan())
    assert not world.undone(report)
    assert len(made.commands()) == 1
    assert {body["stock"]["available"] for body in made.stored().values()} == {15}


def gains(root: Path, count: int) -> World:
    """Offers with ten pieces, remembered, whose documents declare fifteen: `+5` for each."""
    live = [
        world.live_offer(number, name(number), stock={"available": 10, "unit": "UNIT"}) for number in range(count)
    ]
    made = World.make(root, world.seller(live), stocks(count, 10))
    made.converge()
    made.documents(*stocks(count, 15))
    made.forget_requests()
    return made


def stocks(count: int, pieces: int) -> list[dict[str, Any]]:
    return [world.offer(name(number), stock={"quantity": pieces}) for number in range(count)]


@pytest.mark.parametrize("named", ["path", ""])
def test_pieces_come_once(tmp_path: Path, named: str) -> None:
    """Differences of a refused command are delivered once, those of good rows only, and come back with an undo."""
    made = gains(tmp_path, 30)
    refuse(made, 4, named=named)
    report = made.apply(made.plan())
    assert set(refused(report)) == {name(4)}
    assert pieces(made) == {number: 10 if number == 4 else 15 for number in range(30)}
    made.set(faults={"schedule": []})
    back = made.apply(undo_plan(made))
    assert not world.undone(back)
    assert set(pieces(made).values()) == {10}


def pieces(made: World) -> dict[int, int]:
    return {int(key) - FIRST: body["stock"]["available"] for key, body in made.stored().items()}
