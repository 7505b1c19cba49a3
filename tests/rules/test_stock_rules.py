"""The rules of stock that a source decides, by their numbers: what the number is, and when there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import world
from tests.rules.shop import Shop, changes, erp, follows, refusals, there, told

TWO_WAREHOUSES = {"K-300": {"PL1": 40, "CZ": 33}}


def test_rule_01_stock_is_the_sum_over_all_warehouses(tmp_path: Path) -> None:
    """73 = 40 + 33, and one line says so."""
    shop = Shop.make(tmp_path, [there(1, "K-300")], [follows("K-300")], TWO_WAREHOUSES)
    plan = shop.plan()
    assert changes(plan) == {"K-300": {"stock.quantity": (5, 73)}}
    (field,) = plan["accounts"][0]["changes"][0]["fields"]
    assert field["because"] == "erp K-300: CZ 33 + PL1 40 = 73"
    shop.apply()
    assert shop.state("K-300") == ("ACTIVE", 73)
    shop.rest()


def test_rule_01_named_warehouses_count_alone(tmp_path: Path) -> None:
    """Ours are called as the Source maps them; its own names hold where nothing is mapped."""
    mapped = erp(warehouses={"polska": "PL1", "czechy": "CZ"})
    shop = Shop.make(
        tmp_path,
        [there(1, "K-300"), there(2, "K-301")],
        [follows("K-300", warehouses=["polska"]), follows("K-301", warehouses=["polska", "czechy"])],
        {**TWO_WAREHOUSES, "K-301": {"PL1": 1, "CZ": 2, "BER": 4}},
        source=mapped,
    )
    planned = changes(shop.plan())
    assert [planned[each]["stock.quantity"][1] for each in ("K-300", "K-301")] == [40, 3]


def test_rule_02_the_first_apply_writes_the_sources_number_whatever_was_there(tmp_path: Path) -> None:
    """A literal number was there, with a baseline, and sales since: none of that decides any more."""
    shop = Shop.make(tmp_path, [there(1, "A", 9)], [world.offer("A", stock=9)], {"A": {"PL1": 40, "CZ": 33}})
    shop.apply()
    shop.sell("A", 4)
    shop.declare(follows("A"))
    assert changes(shop.plan()) == {"A": {"stock.quantity": (5, 73)}}
    shop.apply()
    assert shop.state("A") == ("ACTIVE", 73)
    shop.rest()


@pytest.mark.parametrize("pieces", [2, 73, 5_000])
def test_rule_02_up_or_down(tmp_path: Path, pieces: int) -> None:
    """Nobody has ever applied anything here: there is no number to start from, and none is asked for."""
    shop = Shop.make(tmp_path, [there(1, "A", 60)], [follows("A")], {"A": {"PL1": pieces}})
    assert changes(shop.plan()) == {"A": {"stock.quantity": (60, pieces)}}
    assert not told(shop.plan(), "P503")
    shop.apply()
    assert shop.state("A") == ("ACTIVE", pieces)


def siblings(*shares: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Offers A, B, C … of one article, live and declared, each with its share."""
    names = [chr(ord("A") + number) for number in range(len(shares))]
    live = [there(number, name) for number, name in enumerate(names, 1)]
    return live, [
        {**follows(name, share=share), "item": "K-300"} for name, share in zip(names, shares, strict=True)
    ]


@pytest.mark.parametrize(
    ("shares", "pieces"),
    [
        (("split", "split", "split"), [25, 24, 24]),
        (("40%", "60%"), [29, 43]),
        (("40%", "split", "split"), [29, 22, 22]),
        (({"priority": 2}, {"priority": 1}), [0, 73]),
        (({"priority": 1}, "split", "10%"), [66, 0, 7]),
        (("full", "full"), [73, 73]),
        (("full", "split", "split"), [73, 37, 36]),
    ],
)
def test_rule_10_shares_of_an_article_never_pass_its_stock_unless_full_is_said(
    tmp_path: Path, shares: tuple[Any, ...], pieces: list[int]
) -> None:
    shop = Shop.make(tmp_path, *siblings(*shares), TWO_WAREHOUSES)
    shop.apply()
    held = [shop.state(chr(ord("A") + number))[1] for number in range(len(shares))]
    assert held == pieces
    assert sum(number for number, share in zip(held, shares, strict=True) if share != "full") <= 73
    shop.rest()


def test_rule_10_shares_over_all_accounts(tmp_path: Path) -> None:
    """Siblings in another account count, also when only one account is planned."""
    accounts = {
        name: {"marketplace": "allegro", "environment": "simulator", "login": login}
        for name, login in (("main", world.LOGIN), ("second", "drugi"))
    }
    mine, theirs = siblings("split", "split")[1]
    shop = Shop.make(tmp_path, [there(1, "A")], [{**mine, "account": "main"}], TWO_WAREHOUSES)
    with shop.made.simulator() as simulator:
        simulator.seed(world.seller([there(2, "B")]) | {"login": "drugi", "user_id": "555"})
    shop.made.project({"accounts": accounts, "guards": world.SWITCH_OFF_GUARDS})
    shop.declare({**mine, "account": "main"}, {**theirs, "account": "second"})
    assert changes(shop.plan("--account", "main")) == {"A": {"stock.quantity": (5, 37)}}
    assert changes(shop.plan("--account", "second")) == {"B": {"stock.quantity": (5, 36)}}


def test_rule_10_percentages_over_all_of_it_are_a_mistake(tmp_path: Path) -> None:
    shop = Shop.make(tmp_path, *siblings("60%", "50%"), TWO_WAREHOUSES)
    (found,) = told(shop.plan(code=1), "D618")
    assert found["summary"] == "the shares of K-300 come to 110%: A, B"


def test_rule_13_the_stock_of_a_bundle_is_the_minimum_over_its_parts(tmp_path: Path) -> None:
    """One cup, two saucers: 73 cups and 51 saucers are 25 sets; 24 cups are 24 sets."""
    rows = [{"item": "S-1", "product": {"gtin": world.THIRD_GTIN}, "quantity": 2}]
    shop = Shop.make(
        tmp_path,
        [there(1, "SET")],
        [{**follows("SET"), "item": "K-300", "bundle": rows, "sync": {"bundle": "off"}}],
        {**TWO_WAREHOUSES, "S-1": {"PL1": 50, "CZ": 1}},
    )
    plan = shop.plan()
    assert changes(plan) == {"SET": {"stock.quantity": (5, 25)}}
    (field,) = plan["accounts"][0]["changes"][0]["fields"]
    assert set(field["rows"]) == {"erp/K-300", "erp/S-1"}
    shop.feed({"K-300": {"PL1": 24, "CZ": 0}, "S-1": {"PL1": 50, "CZ": 1}})
    assert changes(shop.plan()) == {"SET": {"stock.quantity": (5, 24)}}
    shop.feed({"K-300": {"PL1": 24, "CZ": 0}, "S-1": {"PL1": 1, "CZ": 0}})
    assert changes(shop.plan()) == {"SET": {"stock.quantity": (5, 0)}}


def test_rule_13_a_bundle_is_created_with_what_its_parts_give(tmp_path: Path) -> None:
    """Two of the further product in each set: 51 of them are 25 sets, though there are 73 cups."""
    document = world.whole_offer(
        "SET",
        stock={"from": "erp", "status": "active"},
        item="K-300",
        bundle=[{"item": "S-1", "product": {"gtin": world.THIRD_GTIN}, "quantity": 2}],
    )
    shop = Shop.make(tmp_path, [], [document], {**TWO_WAREHOUSES, "S-1": {"PL1": 50, "CZ": 1}})
    assert changes(shop.plan())["SET"]["stock.quantity"] == (None, 25)
    shop.apply()
    assert shop.state("SET") == ("ACTIVE", 25)
    shop.rest()


@pytest.mark.parametrize("orders", [None, "none"])
def test_rule_14_a_source_of_which_nobody_says_who_lowers_it_gives_no_stock(
    tmp_path: Path, orders: str | None
) -> None:
    """Else what was sold on the marketplace would be filled up again, and sold twice."""
    shop = Shop.make(tmp_path, [there(1, "K-300")], [follows("K-300")], TWO_WAREHOUSES, source=erp(orders=orders))
    plan = shop.plan(code=1)
    (found,) = told(plan, "D614")
    assert found["severity"] == "error"
    assert found["hint"] == "Say in the Source who does: `orders: {by: wfirma, within: 15m}`."
    assert changes(plan) == {}


def wave(root: Path, offers: int, gone: int, *, whole: int = 0, **guards: Any) -> dict[str, Any]:
    """A plan in which so many of the offers that follow a source come to nothing, as its guards see it."""
    names = [f"A{number:02}" for number in range(offers)]
    rows = {name: {"PL1": 0 if number < gone else 5} for number, name in enumerate(names)}
    live = [there(number, name) for number, name in enumerate(names, 1)]
    others = [world.offer(f"B{number:02}", stock=5) for number in range(whole)]
    live += [there(900 + number, f"B{number:02}") for number in range(whole)]
    shop = Shop.make(root, live, [*map(follows, names), *others], rows)
    shop.made.project(
        {
            "accounts": {
                "main": {"marketplace": "allegro", "environment": "simulator", "login": world.LOGIN},
            },
            "guards": {**world.SWITCH_OFF_GUARDS, **guards},
        }
    )
    return shop.ask("plan", code=3 if gone > 1 and gone * 20 > offers >= 10 and not guards else 0)


def test_rule_15_a_wave_of_zeros_is_refused(tmp_path: Path) -> None:
    """2 of 20 are 10 %; the rows are named, and nothing is sent."""
    plan = wave(tmp_path, 20, 2)
    assert refusals(plan) == {"zero-wave"}
    (violation,) = plan["accounts"][0]["violations"]
    assert [each["key"]["name"] for each in violation["rows"]] == ["A00", "A01"]


@pytest.mark.parametrize(
    ("offers", "gone", "refused"),
    [(21, 2, True), (9, 9, False), (10, 1, False), (10, 2, True), (40, 2, False), (40, 3, True)],
)
def test_rule_15_more_than_five_percent_from_ten_offers_on(
    tmp_path: Path, offers: int, gone: int, refused: bool
) -> None:
    assert (refusals(wave(tmp_path, offers, gone)) == {"zero-wave"}) is refused


def test_rule_15_the_offers_of_the_source_are_counted_and_no_others(tmp_path: Path) -> None:
    """Two of ten that follow the source are many, however large the rest of the shop is."""
    assert refusals(wave(tmp_path, 10, 2, whole=60)) == {"zero-wave"}


def test_rule_15_a_project_may_say_another_share(tmp_path: Path) -> None:
    assert refusals(wave(tmp_path, 20, 2, zero_wave={"share": 10})) == set()


def test_rule_15_one_plan_may_be_let_pass(tmp_path: Path) -> None:
    live = [there(number, f"A{number:02}") for number in range(1, 13)]
    documents = [follows(f"A{number:02}") for number in range(1, 13)]
    shop = Shop.make(
        tmp_path,
        live,
        documents,
        {f"A{n:02}": {"PL1": 0} for n in range(1, 13)},
        guards={"zero_wave": {"share": 5}},
    )
    shop.apply(code=3)
    assert {shop.state(f"A{n:02}") for n in range(1, 13)} == {("ACTIVE", 5)}
    shop.apply("--allow", "zero-wave")
    assert {shop.state(f"A{n:02}") for n in range(1, 13)} == {("ENDED", 0)}


def test_rule_16_offers_without_a_row_are_an_error_unless_the_source_says_what_they_come_to(
    tmp_path: Path,
) -> None:
    """The error costs its offer, and nothing else."""
    shop = Shop.make(tmp_path, [there(1, "A"), there(2, "B")], [follows("A"), follows("B")], {"A": {"PL1": 8}})
    plan = shop.plan(code=1)
    (found,) = told(plan, "D617")
    assert found["summary"] == "erp has no row of B, which B follows"
    assert changes(plan) == {"A": {"stock.quantity": (5, 8)}}


def test_rule_16_with_keep_they_are_listed_and_left(tmp_path: Path) -> None:
    """Nothing is cleared, and none of it is said to be in order."""
    kept = erp(missing="keep")
    shop = Shop.make(tmp_path, [there(1, "A"), there(2, "B")], [follows("A"), follows("B")], {}, source=kept)
    shop.feed({"A": {"PL1": 5}})
    plan = shop.plan()
    (found,) = told(plan, "P615")
    assert found["summary"] == "erp has no row of 1 offer, left as it is: B"
    assert changes(plan) == {}
    assert plan["accounts"][0]["undone"]
    shop.apply()
    assert shop.state("B") == ("ACTIVE", 5)


def test_rule_16_with_zero_they_are_listed_and_none_is_in_stock(tmp_path: Path) -> None:
    shop = Shop.make(
        tmp_path,
        [there(1, "A"), there(2, "B")],
        [follows("A"), follows("B")],
        {"A": {"PL1": 5}},
        source=erp(missing="zero"),
    )
    plan = shop.plan()
    assert [each["summary"] for each in told(plan, "P615")] == [
        "erp has no row of 1 offer, counted as none in stock: B"
    ]
    assert changes(plan) == {"B": {"stock.quantity": (5, 0)}}
