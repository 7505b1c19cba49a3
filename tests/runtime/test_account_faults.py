"""Trouble of an account and of the way to it: a true report, nothing twice, and an empty plan when it is over."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import world
from torture import shop
from world import World, differences, undone

from reconciler.model.outcomes import Result
from reconciler.runtime.errors import AuthenticationFailed, MarketplaceFailed, RunStopped

FINE = {"force_status": None, "force_times": 0, "drop_after_commit": 0, "schedule": []}


def made_of(root: Path, *documents: dict[str, Any]) -> World:
    """Two offers on sale, A and B, and a marketplace in its usual mood."""
    return World.make(root, world.seller([world.live_offer(1, "A"), world.live_offer(2, "B")]), list(documents))


def every_way(*, creations: int = 2) -> list[dict[str, Any]]:
    """Documents that need every way of writing: objects, creations, edits, commands, tags, ends."""
    policy = {
        "kind": "OfferTag",
        "name": "Lato",
        "hidden": False,
    }
    return [
        policy,
        world.offer(
            "A",
            content={"title": "Inny tytuł kubka"},
            price="55 PLN",
            stock={"always": 3},
            settings={"tags": ["Lato"]},
        ),
        world.offer("B", delivery={"handling": "P3D"}, stock={"status": "ended"}),
        *(world.whole_offer(f"N{number}") for number in range(creations)),
    ]


def assert_settled(made: World, offers: int = 4) -> None:
    """The trouble is over: one more apply at most, no offer twice, nothing left to do."""
    made.set(faults=FINE)
    report = made.apply(made.plan())
    assert not undone(report), undone(report)
    again = made.plan(refresh="full")
    assert not differences(again), differences(again)
    keys = Counter((body.get("external") or {}).get("id") for body in made.stored().values())
    assert set(keys.values()) == {1}, keys
    assert len(keys) == offers


PATHS = {
    "everything": "",
    "creations and edits": "/sale/product-offers",
    "commands": "/sale/offer-",
    "tags": "/sale/offer-tags",
    "pictures": "/upload",
}


@pytest.mark.parametrize("status", [429, 503, 500])
@pytest.mark.parametrize("where", PATHS)
def test_a_short_trouble_is_waited_out_or_told(tmp_path: Path, where: str, status: int) -> None:
    """Some requests fail and then it is fine again: what is not sure is told, and nothing happens twice."""
    made = made_of(tmp_path, *every_way())
    plan = made.plan()
    made.set(faults={"force_status": status, "force_times": 3, "force_path": PATHS[where]})
    report = made.apply(plan)
    assert sum(report.counts().values()) == sum(len(action.targets) for action in plan.actions)
    _told_truly(made, report)
    assert_settled(made)


@pytest.mark.parametrize("status", [429, 503])
def test_reads_are_tried_again(tmp_path: Path, status: int) -> None:
    """A plan outlives a moment of trouble: reading again harms nobody."""
    made = made_of(tmp_path, world.offer("A", price="55 PLN"))
    made.set(faults={"force_status": status, "force_times": 3})
    assert len(made.plan().actions) == 1


def test_a_write_that_was_throttled_is_sent_again(tmp_path: Path) -> None:
    """A 429 says that nothing was done: also a creation may go out again, and all is applied."""
    made = made_of(tmp_path, *every_way())
    plan = made.plan()
    made.set(
        faults={
            "force_status": 429,
            "force_times": 2,
            "force_path": "/sale/product-offers",
            "force_method": "POST",
        }
    )
    report = made.apply(plan)
    assert not undone(report), undone(report)
    (timeline,) = report.timelines
    assert (sum(timeline.throttled), sum(timeline.again)) == (2, 2)


@pytest.mark.parametrize("count", [1, 2, 30])
@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/sale/product-offers", "POST"),
        ("/sale/product-offers", "PATCH"),
        ("/sale/offer-bulk-modification-commands", ""),
        ("/sale/offer-publication-commands", ""),
        ("/sale/offer-tags", "POST"),
        ("/sale/offers", "POST"),
        ("/upload", "POST"),
        ("", ""),
    ],
)
def test_a_write_whose_answer_is_lost_is_not_done_twice(
    tmp_path: Path, path: str, method: str, count: int
) -> None:
    """The marketplace did it and the answer never came: the report is true, and no offer is created again."""
    made = made_of(tmp_path, *every_way())
    plan = made.plan()
    made.set(faults={"drop_after_commit": count, "force_path": path, "force_method": method})
    report = made.apply(plan)
    _told_truly(made, report)
    assert_settled(made)


def _told_truly(made: World, report: Any) -> None:
    """What is called applied is there, whatever happened to the requests."""
    applied = {each.key for each in report.outcomes if each.result is Result.APPLIED}
    open_keys = {each.key for each in report.outcomes if each.result is not Result.APPLIED}
    made.set(faults=FINE)
    left = {change.key for change in made.plan(refresh="full").changes}
    assert not (applied - open_keys) & left


NOT_LET_IN: dict[str, dict[str, Any]] = {
    "the token is refused": {"faults": {"schedule": [{"do": "401", "times": None}]}},
    "a right is missing": {"withheld_scopes": ["sale:offers:read"]},
}


@pytest.mark.parametrize("why", NOT_LET_IN)
def test_an_account_that_is_not_let_in_is_said_once(tmp_path: Path, why: str) -> None:
    """A refused token or a missing right ends the command with a sentence, and nothing was written."""
    made = made_of(tmp_path, world.offer("A", price="55 PLN"))
    made.set(**NOT_LET_IN[why])
    with pytest.raises(AuthenticationFailed) as told:
        made.plan()
    assert told.value.summary
    assert told.value.hint
    assert not made.writes()


NOT_ALLOWED: dict[str, dict[str, Any]] = {
    "the token is refused": {"faults": {"schedule": [{"do": "401", "times": None, "when": {"method": "PATCH"}}]}},
    "a right is missing": {"withheld_scopes": ["sale:offers:write"]},
}


@pytest.mark.parametrize("why", NOT_ALLOWED)
def test_a_right_that_is_missing_for_writes_stops_the_run(tmp_path: Path, why: str) -> None:
    """A missing right holds for every offer: the rest is skipped for the same reason, not tried one by one."""
    documents = [world.offer(f"K{n}", content={"title": f"Tytuł numer {n} tutaj"}) for n in range(40)]
    live = [world.live_offer(n, f"K{n}") for n in range(40)]
    made = World.make(tmp_path, world.seller(live), documents)
    plan = made.plan()
    made.set(**NOT_ALLOWED[why])
    made.forget_requests()
    report = made.apply(plan)
    assert report.counts()[Result.APPLIED] == 0
    assert sum(report.counts().values()) == 40
    assert len(made.writes()) < 40
    made.set(faults={"schedule": []}, withheld_scopes=[])
    made.converge()


def test_a_token_of_another_login_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """The login in the project is the one that the token must have; otherwise nothing is listed, nothing is sent."""
    made = made_of(tmp_path, world.offer("A", price="55 PLN"))
    main = {"marketplace": "allegro", "environment": "simulator", "login": "inny"}
    made.project({"accounts": {"main": main}})
    made.forget_requests()
    with pytest.raises(AuthenticationFailed):
        made.plan()
    assert {each["url"] for each in made.sent()} <= {"/me"}


def test_a_plan_of_another_login_is_not_applied(tmp_path: Path) -> None:
    """A plan was reviewed for one seller: with another one behind the same name it is stale, and nothing is sent."""
    from reconciler.runtime.errors import StalePlan

    made = made_of(tmp_path, world.offer("A", price="55 PLN"))
    plan = made.plan()
    with made.simulator() as simulator:
        other = world.seller(
            [world.live_offer(9, "A")], login="drugi", user_id="555", clients=[], refresh_token=None
        )
        simulator.seed(other)
    made.project({"accounts": {"main": {"marketplace": "allegro", "environment": "simulator", "login": "drugi"}}})
    made.forget_requests()
    with pytest.raises(StalePlan):
        made.apply(plan)
    assert not made.writes()


def test_a_marketplace_that_never_answers_is_said(tmp_path: Path) -> None:
    """A trouble that does not end becomes a sentence, not a loop."""
    made = made_of(tmp_path, world.offer("A", price="55 PLN"))
    made.set(faults={"force_status": 503, "force_times": 10_000})
    with pytest.raises(MarketplaceFailed) as told:
        made.plan()
    assert told.value.summary


TROUBLES: dict[str, dict[str, Any]] = {
    "an answer in HTML": {"do": "502", "body": "html", "times": 2},
    "an empty answer": {"do": "504", "body": "empty", "times": 2},
    "a block with a stated end": {"do": "429", "retry_after": 7, "times": 2},
    "a block without an end": {"do": "429", "penalty_seconds": 90, "times": 1},
    "a connection reset before": {"do": "drop_before", "times": 2},
    "a connection reset after": {"do": "drop_after", "times": 2},
    "an answer cut in half": {"do": "truncate", "times": 1},
    "half an answer": {"do": "garble", "times": 1},
    "an offer that is busy": {"do": "409", "times": 2},
    "a fifth of all requests": {"do": "503", "ratio": 0.2},
    "an edit that fails later": {"do": "operation_fails", "times": 1},
    "an edit that hangs for an hour": {"do": "operation_hangs", "seconds": 3600, "times": 1},
    "a third of the tasks": {"do": "tasks_fail", "share": 0.3, "times": 1},
    "a list that is too short": {"do": "short_list", "missing": 1, "times": 1},
}


@pytest.mark.parametrize("when", [{}, {"method": "POST"}, {"method": "PUT"}, {"path": "/sale/product-offers"}])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_happens_in_between_it_ends_well(tmp_path: Path, trouble: str, when: dict[str, str]) -> None:
    """Each trouble the marketplace knows, anywhere on the way: a true report or a sentence, then an empty plan."""
    made = made_of(tmp_path, *every_way())
    plan = made.plan()
    made.set(faults={"schedule": [{**TROUBLES[trouble], "when": when}]})
    report = None
    with suppress(RunStopped):
        report = made.apply(plan)
    if report is not None:
        _told_truly(made, report)
    assert_settled(made)


def test_a_list_that_is_too_short_creates_and_ends_nothing(tmp_path: Path) -> None:
    """A listing that does not add up says nothing of what is missing: the plan creates nothing and says why."""
    made = made_of(tmp_path, world.offer("A", price="55 PLN"), world.whole_offer("N"))
    made.set(faults={"schedule": [{"do": "short_list", "missing": 1, "times": None}]})
    plan = made.plan()
    assert {change.key.name for change in plan.changes} <= {"A"}
    assert not plan.accounts[0].complete
    assert "P103" in {each.code for each in plan.diagnostics}


def test_a_listing_that_lags_ends_in_an_empty_plan(tmp_path: Path) -> None:
    """The list trails writes by seconds: what was written is read back in patience, and not planned again."""
    made = made_of(tmp_path, *every_way())
    made.set(list_lag_seconds=8.0)
    report = made.apply(made.plan())
    assert not undone(report), undone(report)
    assert not differences(made.plan())


@pytest.mark.parametrize("ratio", [0.0, 1.0])
def test_edits_that_take_long_are_followed(tmp_path: Path, ratio: float) -> None:
    """Slow operations, locks after edits and slow commands: applied means done and read back."""
    made = made_of(tmp_path, *every_way())
    slow = {
        "operation_seconds": [120, 600],
        "command_seconds": [60, 90],
        "edit_lock_seconds": 5.0,
        "activation_seconds": [30, 40],
    }
    made.set(accepted_ratio=ratio, **slow)
    report = made.apply(made.plan())
    assert not undone(report), undone(report)
    assert not differences(made.plan())


def test_a_read_that_fails_among_several_is_the_fault_of_its_row(tmp_path: Path) -> None:
    """The offers of a bundle cannot be looked for: nothing is sent for that bundle, and everything else is done."""
    offers = [shop.live_offer(1, "A", shop.example.PRODUCT), shop.live_offer(2, "B", world.SECOND_PRODUCT)]
    documents = [
        world.offer("A", content={"title": "Kubek ceramiczny A duży"}),
        world.offer("B"),
        shop.bundle("zestaw", ("A", "B")),
    ]
    made = World.make(tmp_path, world.seller(offers), documents)
    plan = made.plan()
    lost = {"do": "refuse", "status": 400, "code": "Odd", "message": "no list today", "times": None}
    made.set(faults={"schedule": [lost | {"when": {"method": "GET", "path": "/sale/offers"}}]})
    results = {str(each.key): (each.result, each.detail) for each in made.apply(plan).outcomes}
    assert results.pop("Offer/A") == (Result.APPLIED, "")
    ((bundle, (result, why)),) = results.items()
    assert (bundle, result) == ("Bundle/zestaw", Result.SKIPPED)
    assert why.startswith("nothing was sent for it: ")
    assert "no list today" in why
    made.set(faults=FINE)
    made.converge()
