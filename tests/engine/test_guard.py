"""Guards, rule by rule: what is refused, what is let through, and what `--allow` lifts."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.engine.guard import DEFAULTS, limits_of
from reconciler.engine.guard_rules import RULES
from reconciler.model.changes import CREATED_AGAIN, Change, Verb
from reconciler.render.guard_text import allowance

from .build import key
from .judged import end, found, price, refused, stock


def test_a_plan_is_told_the_limits_that_it_is_judged_by() -> None:
    """Each that holds for a change, once, as reconcile.yaml spells it; a lifted rule has what it was lifted to."""
    guards = {
        "price_floor": ["10 PLN", "90 CZK"],
        "zeros": "off",
        "labels": [
            {"match": {"season": "sale"}, "price_change": Decimal("80.5")},
            {"match": {"a": "b"}, "updates": 1},
        ],
    }
    labels = {"K1": {"season": "sale"}, "K3": {"season": "other"}}
    changes = [price("10 PLN", "11 PLN", name) for name in ("K1", "K2", "K3")]
    told = limits_of(changes, guards, lambda k: labels.get(k.name, {}), {"price-shift": "", "ends": "300"})
    assert told["price-change"] == ("80.5", "50")
    assert told["price-floor"] == (["10 PLN", "90 CZK"],)
    assert told["ends"] == ({"count": 300},)
    assert not {"price-shift", "zeros", "updates"} & told.keys()
    assert limits_of([], {}, lambda _: {}, {}) == {}
    assert json.loads(json.dumps(told)) == {rule: list(limits) for rule, limits in told.items()}


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        ("149.00 PLN", "14.90 PLN", {"price-shift", "price-change"}),
        ("14.90 PLN", "149.00 PLN", {"price-shift", "price-change"}),
        ("1.49 PLN", "149.00 PLN", {"price-shift", "price-change"}),
        ("149.00 PLN", "1.49 PLN", {"price-shift", "price-change"}),
        ("149.99 PLN", "15.00 PLN", {"price-shift", "price-change"}),
        ("149.00 PLN", "74.50 PLN", set()),
        ("149.00 PLN", "74.49 PLN", {"price-change"}),
        ("100.00 PLN", "150.00 PLN", set()),
        ("100.00 PLN", "150.01 PLN", {"price-change"}),
        ("100.00 PLN", "100.00 CZK", {"currency"}),
        (None, "14.90 PLN", set()),
    ],
)
def test_a_price_moves_within_its_limits(before: str | None, after: str, rules: set[str]) -> None:
    """By default a price moves by half at most, keeps its decimal point and its currency; a new one is free."""
    assert refused([price(before, after)]) == rules


@pytest.mark.parametrize(
    ("guards", "after", "rules"),
    [
        ({"price_floor": ["100 PLN"]}, "99.99 PLN", {"price-floor"}),
        ({"price_floor": ["100 PLN"]}, "100.00 PLN", set()),
        ({"price_floor": ["100 CZK"]}, "99.99 PLN", set()),
        ({"price_ceiling": ["120 PLN", "9 EUR"]}, "120.01 PLN", {"price-ceiling"}),
        ({"price_ceiling": ["120 PLN"]}, "120.00 PLN", set()),
        ({"price_change": 5}, "115.51 PLN", {"price-change"}),
        ({"price_change": 5}, "115.50 PLN", set()),
        ({"price_change": "off"}, "20.00 PLN", set()),
        ({"price_change": "off", "price_shift": "off"}, "11.00 PLN", set()),
        ({"price_change": "off"}, "11.00 PLN", {"price-shift"}),
    ],
)
def test_limits_of_the_project_hold_instead_of_the_defaults(
    guards: dict[str, Any], after: str, rules: set[str]
) -> None:
    """`guards` sets floors, ceilings and shares, exactly to the grosz, by currency, and switches rules off."""
    assert refused([price("110.00 PLN", after)], guards) == rules


def test_floors_hold_for_new_offers_and_every_site() -> None:
    """A floor is judged on creations and on prices abroad too."""
    guards = {"price_floor": ["10 PLN", "50 CZK"]}
    rows = [price(None, "9.00 PLN"), price("60 CZK", "49 CZK", "K2", path="price.allegro-cz")]
    assert [each.rows[0].key.name for each in found(rows, {**guards, "price_change": "off"})] == [
        "K1",
        "K2",
    ]


@pytest.mark.parametrize(
    ("count", "population", "guards", "is_refused"),
    [
        (10, 100, {}, False),
        (11, 100, {}, True),
        (101, 100_000, {}, True),
        (100, 100_000, {}, False),
        (3, 9, {}, False),
        (2, 10, {}, True),
        (2, 100, {"ends": {"count": 1}}, True),
        (90, 100, {"ends": "off"}, False),
        (50, 100, {"ends": {"share": 50}}, False),
        (51, 100, {"ends": {"share": 50}}, True),
    ],
)
def test_so_many_offers_end_in_one_plan(
    count: int, population: int, guards: dict[str, Any], is_refused: bool
) -> None:
    """Ends are limited by count and by share; a share is not judged below ten offers."""
    rows = [end(f"K{number}", Verb.DELETE if number % 2 else Verb.END) for number in range(count)]
    assert refused(rows, guards, population=population) == ({"ends"} if is_refused else set())


@pytest.mark.parametrize(("count", "is_refused"), [(25, False), (26, True)])
def test_so_many_offers_are_set_to_zero(count: int, is_refused: bool) -> None:
    """A quarter of the offers may be set to zero; what was zero before does not count."""
    rows = [stock(5, 0, f"K{number}") for number in range(count)] + [stock(0, 0, f"Z{n}") for n in range(60)]
    assert refused(rows) == ({"zeros"} if is_refused else set())


def test_so_many_offers_are_changed() -> None:
    """`updates` counts what is there already, not what is created."""
    rows = [price("10 PLN", "11 PLN", f"K{n}") for n in range(6)] + [
        price(None, "11 PLN", f"N{n}") for n in range(90)
    ]
    assert refused(rows, {"updates": {"count": 5}}) == {"updates"}
    assert refused(rows, {"updates": {"count": 6}}) == set()


def creation(name: str, *, again: bool = False) -> Change:
    """A creation, maybe of something that is managed."""
    return replace(price(None, "11 PLN", name), reason=CREATED_AGAIN if again else "")


@pytest.mark.parametrize(
    ("new", "again", "population", "guards", "is_refused"),
    [
        (50, 0, 20, {}, False),  # a small shop grows
        (100, 0, 30, {}, False),
        (101, 0, 202, {}, False),
        (102, 0, 203, {}, True),
        (1000, 0, 0, {}, False),  # an empty account is filled
        (1001, 0, 0, {}, True),
        (1001, 0, 100_000, {}, True),
        (0, 80, 0, {}, True),  # the list came out empty
        (20, 80, 0, {}, True),
        (0, 40, 40, {}, False),
        (0, 41, 40, {}, True),  # more than half of it is missing
        (0, 1, 1, {}, False),
        (0, 9, 0, {}, False),  # too few to speak of a share
        (3, 0, 100, {"creates": {"count": 2}}, True),
        (0, 11, 89, {"creates": {"share": 10}}, True),
        (0, 10, 90, {"creates": {"share": 10}}, False),
        (2000, 2000, 0, {"creates": "off"}, False),
    ],
)
def test_so_many_offers_are_created(
    new: int, again: int, population: int, guards: dict[str, Any], is_refused: bool
) -> None:
    """Creations are limited by count, and by share as far as something managed is missing, or they are many."""
    rows = [creation(f"N{n}") for n in range(new)] + [creation(f"A{n}", again=True) for n in range(again)]
    violations = found(rows, guards, population=population)
    assert {each.rule for each in violations} == ({"creates"} if is_refused else set())
    for each in violations:
        limit = allowance(each)
        assert refused(rows, guards, population=population, allow={"creates": str(limit)}) == set()
        assert refused(rows, guards, population=population, allow={"creates": str((limit or 0) - 1)}) == {
            "creates"
        }


def test_held_creations_are_not_counted() -> None:
    """What is shown and not sent makes no second shop."""
    held = [price(None, "11 PLN", f"H{n}", held=True) for n in range(80)]
    assert refused([replace(each, reason=CREATED_AGAIN) for each in held], population=0) == set()


def test_what_is_held_and_what_is_only_told_is_not_judged() -> None:
    """A held price is not written, and a report is no change: neither refuses a plan."""
    told = Change(key=key("K2"), verb=Verb.REPORT, remote_id="2", fields=price("149 PLN", "14.9 PLN").fields)
    assert refused([price("149 PLN", "14.9 PLN", held=True), told]) == set()


@pytest.mark.parametrize(
    ("allow", "left"),
    [
        ({}, {"price-shift", "price-change"}),
        ({"price-shift": ""}, {"price-change"}),
        ({"price-shift": "", "price-change": ""}, set()),
        ({"price-shift": "", "price-change": "95"}, set()),
        ({"price-shift": "", "price-change": "89"}, {"price-change"}),
        ({"ends": ""}, {"price-shift", "price-change"}),
    ],
)
def test_allow_lifts_one_rule_for_one_run(allow: dict[str, str], left: set[str]) -> None:
    """`--allow RULE[=N]` lifts the rule that it names, as far as it says, and no other."""
    assert refused([price("149.00 PLN", "14.90 PLN")], allow=allow) == left


def test_what_was_allowed_is_still_named() -> None:
    """A lifted violation stays in the plan, marked as allowed, with its rows."""
    [told] = found([end(f"K{n}") for n in range(20)], allow={"ends": "20"})
    assert told.allowed
    assert len(told.rows) == 20


def test_a_labelled_guard_holds_for_its_offers_only() -> None:
    """Offers with a label have the limits of that label, all others those of the project."""
    guards = {"price_change": 5, "labels": [{"match": {"season": "sale"}, "price_change": 40}]}
    rows = [price("100 PLN", "70 PLN", "S"), price("100 PLN", "70 PLN", "T")]
    [told] = found(rows, guards, labels={"S": {"season": "sale"}})
    assert [row.key.name for row in told.rows] == ["T"]


def test_labelled_groups_do_not_slip_through_the_account_wide_count() -> None:
    """Ends are counted over the account: splitting them by labels does not get more of them through."""
    guards = {"ends": {"count": 10}, "labels": [{"match": {"brand": "acme"}, "price_change": 40}]}
    rows = [end(f"K{n}") for n in range(16)]
    labels = {f"K{n}": {"brand": "acme"} for n in range(8)}
    assert refused(rows, guards, labels=labels) == {"ends"}


def test_every_default_is_a_rule() -> None:
    """What holds by default is judged by a function."""
    assert set(DEFAULTS) <= set(RULES)
