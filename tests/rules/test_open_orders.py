"""What is sold and has not lowered its source yet is never filled up again: also where a write or a person hides it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.cli.main import run
from reconciler.engine.open_orders import gone_from
from reconciler.model.memory import Counted
from reconciler.model.offers import Live
from reconciler.model.sourced import Followed
from tests import world
from tests.published import fits

from .shop import ERP, Shop, changes, feed, follows, there, told

SECOND = "drugi"


def shop(root: Path, pieces: int) -> Shop:
    return Shop.make(root, [there(1, "K-1")], [follows("K-1")], {"K-1": {"PL": pieces}})


def test_what_is_bought_while_a_number_is_written_is_taken_off_by_the_next_apply(tmp_path: Path) -> None:
    """The purchase comes after the last look at the offer, so the number that is written covers it."""
    made = shop(tmp_path, 40)
    made.apply()
    made.feed({"K-1": {"PL": 60}})
    made.made.set(sales={"every_seconds": 5}, command_seconds=[9, 9])
    made.apply()
    made.made.set(sales={"every_seconds": 0})
    sold = _sold(made, "K-1")
    assert sold > 2
    made.apply()
    assert made.state("K-1") == ("ACTIVE", 60 - sold)


def test_a_person_who_raises_a_number_hides_no_sale(tmp_path: Path) -> None:
    made = shop(tmp_path, 5)
    made.apply()
    made.sell("K-1", 2)
    made.made.panel(made.offer("K-1")["id"], {"stock": {"available": 50}})
    made.apply()
    assert made.state("K-1") == ("ACTIVE", 3)


def test_an_offer_that_sees_all_pieces_heeds_what_offers_of_other_accounts_sold(tmp_path: Path) -> None:
    made = _two_accounts(tmp_path)
    made.apply()
    with made.made.simulator() as simulator:
        simulator.sell(SECOND, simulator.offer_by_external_id(SECOND, "L-1")["id"], 2)
    made.apply()  # the second account sees it, and the first hears of it
    made.apply()
    assert made.state("K-1") == ("ACTIVE", 3)
    made.rest()
    made.feed({"K-1": {"PL": 3}})
    made.wait(20)
    assert changes(made.plan()) == {}


def _two_accounts(root: Path, *, pieces: int = 5, **rule: str) -> Shop:
    made = world.World.make(root, world.seller([there(1, "K-1")]), [])
    with made.simulator() as simulator:
        simulator.seed(world.seller([there(2, "L-1")], login=SECOND, user_id="44300200"))
    place = {"marketplace": "allegro", "environment": "simulator"}
    accounts = {"main": {**place, "login": made.login}, "second": {**place, "login": SECOND}}
    made.project({"accounts": accounts, "guards": {**world.SWITCH_OFF_GUARDS, "zero_wave": "off"}})
    found = Shop(made)
    both = (
        {**follows("K-1", **rule), "account": "main"},
        {**follows("L-1", **rule), "account": "second", "item": "K-1"},
    )
    found.declare(*both, source=ERP)
    made.write("erp.csv", feed({"K-1": {"PL": pieces}}))
    return found


def _sold(made: Shop, key: str) -> int:
    with made.made.simulator() as simulator:
        return next(
            each.sold for each in simulator.mark_all(made.made.login) if each.body["external"]["id"] == key
        )


def test_a_piece_goes_from_one_offer_to_another_only_when_it_was_taken_from_the_one(tmp_path: Path) -> None:
    """The other account is not applied meanwhile: its offer goes on showing more than its part."""
    made = _two_accounts(tmp_path, pieces=10, share="split")
    made.apply()
    assert (made.state("K-1"), _second(made)) == (("ACTIVE", 5), 5)
    made.sell("K-1", 4)
    made.apply()
    made.feed({"K-1": {"PL": 6}})
    made.wait(20)
    plan = made.plan("--account", "main")
    assert changes(plan) == {}
    assert [each["summary"] for each in told(plan, "P631")] == [
        "K-1 (17000000001) gets 2 more when the other offers of its article are within their parts"
    ]
    made.apply("--account", "main")
    assert (made.state("K-1"), _second(made)) == (("ACTIVE", 1), 5)
    made.apply()
    made.apply()
    assert (made.state("K-1"), _second(made)) == (("ACTIVE", 3), 3)
    made.rest()


def test_what_an_offer_has_sold_beyond_its_part_is_given_to_no_other(tmp_path: Path) -> None:
    """Its part is made smaller than what it has sold: the others get what is left, and not their whole new parts."""
    made = Shop.make(tmp_path, [there(1, "K-1"), there(2, "K-2")], [], {"K-1": {"PL": 10}})
    split = follows("K-1", share="split")
    made.declare(split, {**follows("K-2", share="60%"), "item": "K-1"})
    made.apply()
    made.apply()
    assert (made.state("K-1"), made.state("K-2")) == (("ACTIVE", 4), ("ACTIVE", 6))
    made.sell("K-2", 5)
    made.apply()
    made.declare(split, {**follows("K-2", share="20%"), "item": "K-1"})  # two are its part, and five are sold
    made.apply()
    made.apply()
    assert (made.state("K-1")[1], made.state("K-2")[1]) == (5, 0)
    made.feed({"K-1": {"PL": 5}})
    made.wait(20)
    made.apply()
    made.apply()
    assert (made.state("K-1"), made.state("K-2")) == (("ACTIVE", 4), ("ACTIVE", 1))
    made.rest()


@pytest.mark.parametrize(
    ("share", "old", "new"), [("full", ("ACTIVE", 5), ("ACTIVE", 5)), ("split", ("ENDED", 0), None)]
)
def test_what_was_just_sold_is_no_new_offer_s(
    share: str, old: tuple[str, int], new: tuple[str, int] | None, tmp_path: Path
) -> None:
    """15 of 20 were bought a moment ago, and the source does not know: where they are split, all of them wait."""
    made = shop(tmp_path, 20)
    made.apply()
    made.sell("K-1", 15)
    beside = world.whole_offer("N", item="K-1", stock={"from": "erp", "share": share, "status": "active"})
    made.declare(follows("K-1", share=share), beside)
    plan = fits("plan", made.plan())
    assert len(told(plan, "P631")) == (share == "split")
    made.apply()
    assert (made.state("K-1"), made.made.by_key("N") and made.state("N")) == (old, new)


HALF = {"from": "erp", "share": "split"}
#: What becomes of the document of the other half -> its state then, and the first one's pieces in the end.
LEAVES: dict[str, tuple[dict[str, Any] | str | None, tuple[str, int], int]] = {
    "has a mistake": ("kind: Offer\nname: K-2\nprise: 1 PLN\n", ("ACTIVE", 10), 10),
    "cannot be read": ("kind: [", ("ACTIVE", 10), 10),
    "follows nothing that there is": (
        world.offer("K-2", item="K-1", stock=HALF | {"from": "nix"}),
        ("ACTIVE", 10),
        10,
    ),
    "has a share that is none": (
        world.offer("K-2", item="K-1", stock=HALF | {"share": "halb"}),
        ("ACTIVE", 10),
        10,
    ),
    "is not synced": (world.offer("K-2", item="K-1", stock=HALF, sync={"stock": "off"}), ("ACTIVE", 10), 10),
    "ends": (world.offer("K-2", item="K-1", stock=HALF | {"status": "ended"}), ("ENDED", 10), 20),
    "is gone": (None, ("ENDED", 10), 20),
    "is of another article": (world.offer("K-2", item="K-9", stock=HALF), ("ACTIVE", 3), 20),
    "has a number of its own": (world.offer("K-2", item="K-1", stock={"count": 4}), ("ACTIVE", 10), 10),
    "is gone, and its stock was not synced": (None, ("ACTIVE", 10), 20),
    "is filled up": (world.offer("K-2", item="K-1", stock={"always": 4}), ("ACTIVE", 4), 20),
}


@pytest.mark.parametrize("way", LEAVES)
def test_what_another_one_still_shows_is_not_given_away(way: str, tmp_path: Path) -> None:
    """Two halves of 20: the first gets nothing of the second, until that was seen to be off sale, or lowered."""
    document, state, end = LEAVES[way]
    pieces = {"K-1": {"PL": 20}, "K-9": {"PL": 3}}
    half = world.offer("K-1", stock=HALF)
    made = Shop.make(tmp_path, [there(1, "K-1"), there(2, "K-2")], [], pieces)
    made.declare(half, world.offer("K-2", item="K-1", stock=HALF))
    fits("plan", made.plan())
    made.apply()
    made.apply()
    assert (made.state("K-1"), made.state("K-2")) == (("ACTIVE", 10), ("ACTIVE", 10))
    if "not synced" in way and document is None:
        made.declare(half, LEAVES["is not synced"][0])  # type: ignore[arg-type]
        made.apply()
    made.declare(half, *([document] if isinstance(document, dict) else []))
    if isinstance(document, str):
        made.made.write("documents/second.yaml", document)
    run(["-C", str(tmp_path), "apply", "--auto-approve"])
    assert (made.state("K-1"), made.state("K-2")) == (("ACTIVE", 10), state)
    for _ in range(2):
        run(["-C", str(tmp_path), "apply", "--auto-approve"])
    assert (made.state("K-1"), made.state("K-2")) == (("ACTIVE", end), state)


@pytest.mark.parametrize("way", LEAVES)
def test_what_one_of_another_account_still_shows_is_not_given_away(way: str, tmp_path: Path) -> None:
    """The same in two accounts: the first knows what the second one's offer showed when it was seen last."""
    document, state, end = LEAVES[way]
    made = _two_accounts(tmp_path, pieces=20, share="split")
    made.made.write("erp.csv", feed({"K-1": {"PL": 20}, "K-9": {"PL": 3}}))
    for _ in range(3):
        made.apply()
    assert (made.state("K-1"), _second(made)) == (("ACTIVE", 10), 10)
    half = {**follows("K-1", share="split"), "account": "main"}
    if "not synced" in way and document is None:
        made.declare(half, _as_second(LEAVES["is not synced"][0]))
        made.apply()
    made.declare(half, *([_as_second(document)] if isinstance(document, dict) else []))
    if isinstance(document, str):
        made.made.write("second/defaults.yaml", "kind: Defaults\naccount: second\n")
        made.made.write("second/second.yaml", document.replace("K-2", "L-1"))
    left_out = told(made.plan("--account", "main"), "P113")
    assert all("shared articles is given to no other offer" in each["summary"] for each in left_out)
    assert left_out or not isinstance(document, str)
    run(["-C", str(tmp_path), "apply", "--auto-approve", "--account", "main"])
    assert made.state("K-1") == ("ACTIVE", 10)
    for _ in range(3):
        run(["-C", str(tmp_path), "apply", "--auto-approve"])
    with made.made.simulator() as simulator:
        second = simulator.offer_by_external_id(SECOND, "L-1")
    assert (made.state("K-1"), (second["publication"]["status"], second["stock"]["available"])) == (
        ("ACTIVE", end),
        state,
    )


def _as_second(document: Any) -> dict[str, Any]:
    return {**document, "name": "L-1", "account": "second"}


def test_an_end_that_fails_gives_nothing_away(tmp_path: Path) -> None:
    """Its document is gone and the marketplace does not end it: what it shows is not offered twice."""
    made = Shop.make(tmp_path, [there(1, "K-1"), there(2, "K-2")], [], {"K-1": {"PL": 20}})
    made.declare(world.offer("K-1", stock=HALF), world.offer("K-2", item="K-1", stock=HALF))
    made.apply()
    made.apply()
    made.declare(world.offer("K-1", stock=HALF))
    refused = {"do": "503", "times": None, "when": {"method": "PUT", "path": "/sale/offer-publication-commands"}}
    made.made.set(faults={"schedule": [refused]})
    for _ in range(3):
        run(["-C", str(tmp_path), "apply", "--auto-approve"])
    assert (made.state("K-1"), made.state("K-2")) == (("ACTIVE", 10), ("ACTIVE", 10))


def test_a_sale_is_open_by_the_age_of_the_numbers_however_long_the_reading_of_offers_took() -> None:
    """The file is of 12:00, and what was sold at 11:50 may lower it until 12:05: now it is 12:20."""
    at = datetime(2026, 11, 28, 12, tzinfo=UTC)
    then = Counted(left=5, sold=None, at=at.isoformat(), gone=())
    live = Live(kind="Offer", remote_id="1", key=None, fields={"stock.quantity": 5}, facts={})
    followed = Followed(
        source="erp", as_of=at, within=timedelta(minutes=15), items={"K-1": 1}, pieces=lambda _sold: 5
    )
    for ahead in (timedelta(0), timedelta(hours=1)):
        shifted = replace(then, gone=(((at - timedelta(minutes=10) + ahead).isoformat(), 2),))
        now = at + timedelta(minutes=20) + ahead
        assert sum(pieces for _, pieces in gone_from(shifted, live, followed, now, ahead)) == 2


def _second(made: Shop) -> int:
    with made.made.simulator() as simulator:
        return int(simulator.offer_by_external_id(SECOND, "L-1")["stock"]["available"])  # type: ignore[index]
