"""What was reviewed is what runs: a live value that has moved since the plan refuses that one write, and says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pictures
import pytest
import world
from simulator import example
from world import World, differences, undone

from reconciler.model.outcomes import Report, Result
from reconciler.runtime.clock import slept
from reconciler.runtime.connection import runner
from reconciler.runtime.errors import StalePlan

PIXEL = pictures.png()
ONE, TWO = "17000000001", "17000000002"


def two_offers(root: Path, *documents: dict[str, Any], **live: Any) -> World:
    """Two offers on sale, A and B; by default both documents declare the same."""
    account = world.seller([world.live_offer(1, "A", **live), world.live_offer(2, "B", **live)])
    return World.make(root, account, list(documents))


def results(report: Report) -> dict[str, tuple[Result, bool]]:
    """What became of each key, worst first."""
    order = [Result.APPLIED, Result.SKIPPED, Result.REFUSED, Result.UNKNOWN]
    found: dict[str, tuple[Result, bool]] = {}
    for each in report.outcomes:
        was, stale = found.get(each.key.name, (Result.APPLIED, False))
        found[each.key.name] = (max(was, each.result, key=order.index), stale or each.stale)
    return found


MOVES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "price by a command": ({"price": "55 PLN"}, {"sellingMode": {"price": example.money("60.00")}}),
    "stock by a command": ({"stock": {"always": 4}}, {"stock": {"available": 9}}),
    "price list by a command": (
        {"delivery": "Z Czechami"},
        {"delivery": {"shippingRates": {"id": "a1000000-0000-4000-8000-000000000003"}}},
    ),
    "handling time by a command": ({"delivery": {"handling": "P3D"}}, {"delivery": {"handlingTime": "PT120H"}}),
    "invoice by a command": ({"settings": {"invoice": "vat_margin"}}, {"payments": {"invoice": "NO_INVOICE"}}),
    "title by an edit": ({"content": {"title": "Inny tytuł kubka"}}, {"name": "Ktoś inny był szybszy"}),
    "description by an edit": (
        {"content": {"description": "<p>Nowy</p>"}},
        {"description": {"sections": [{"items": [{"type": "TEXT", "content": "<p>Inny</p>"}]}]}},
    ),
    "images by an edit": ({"content": {"images": ["images/c.png"]}}, {"images": [f"{example.CDN}/aaaaaa/first"]}),
    "a parameter by an edit": (
        {"content": {"parameters": {"Stan": "Używany"}}},
        {"parameters": [{"id": "11323", "name": "Stan", "values": ["Inny"], "valuesIds": None}]},
    ),
    "a place by an edit": ({"settings": {"location": {"city": "Łódź"}}}, {"location": {"city": "Gdynia"}}),
    "tax by an edit": (
        {"settings": {"tax": {"PL": 8}}},
        {"taxSettings": {"subject": "GOODS", "rates": [{"rate": "5.00", "countryCode": "PL"}]}},
    ),
    "a price abroad by a command": (
        {"price": {"allegro-cz": "300 CZK"}},
        {"additionalMarketplaces": {"allegro-cz": {"sellingMode": {"price": example.money("400.00", "CZK")}}}},
    ),
    "status by a command": ({"stock": {"status": "ended"}}, {"publication": {"status": "INACTIVE"}}),
}


@pytest.mark.parametrize("case", MOVES)
def test_a_moved_value_refuses_one_write_and_the_others_go_through(tmp_path: Path, case: str) -> None:
    """Offer A moved between plan and apply: its write is stale and says what is there; B is applied; A keeps its value."""
    sections, move = MOVES[case]
    third = example.rates_set("a1000000-0000-4000-8000-000000000003", "Trzeci", example.rate(example.LOCKER))
    made = two_offers(tmp_path, world.offer("A", **sections), world.offer("B", **sections))
    with made.simulator() as simulator:
        account = world.seller([world.live_offer(1, "A"), world.live_offer(2, "B")])
        simulator.seed(account | {"shipping_rates": [*account["shipping_rates"], third]})
    made.write("images/c.png", PIXEL)
    plan = made.plan()
    made.panel(ONE, move)
    moved = made.stored()[ONE]
    made.forget_requests()
    report = made.apply(plan)
    assert results(report) == {"A": (Result.SKIPPED, True), "B": (Result.APPLIED, False)}, undone(report)
    assert "moved" in next(each.detail for each in report.outcomes if each.key.name == "A")
    now = made.stored()
    assert {n: v for n, v in now[ONE].items() if n != "updatedAt"} == {
        n: v for n, v in moved.items() if n != "updatedAt"
    }
    assert not [each for each in made.writes() if ONE in each["url"] or ONE in (each["request_body"] or "")]
    assert not made.plan(targets=("B",)).actions


def test_a_value_that_already_stands_is_not_stale(tmp_path: Path) -> None:
    """When somebody has done by hand what the plan asks for, the row is applied: it is where it should be."""
    made = two_offers(tmp_path, world.offer("A", price="55 PLN"), world.offer("B", price="55 PLN"))
    plan = made.plan()
    made.panel(ONE, {"sellingMode": {"price": example.money("55.00")}})
    assert not undone(made.apply(plan))


def test_a_move_elsewhere_on_the_offer_does_not_matter(tmp_path: Path) -> None:
    """Only the fields that a write carries are its base: another field may have moved."""
    made = two_offers(
        tmp_path, world.offer("A", price="55 PLN"), world.offer("B", content={"title": "Inny tytuł kubka"})
    )
    plan = made.plan()
    made.panel(ONE, {"name": "Ktoś zmienił tytuł tutaj"})
    made.panel(TWO, {"sellingMode": {"price": example.money("1.00")}})
    assert not undone(made.apply(plan))
    stored = made.stored()
    assert stored[ONE]["name"] == "Ktoś zmienił tytuł tutaj"
    assert stored[TWO]["sellingMode"]["price"]["amount"] == "1.00"


def test_what_an_edit_repeats_is_what_is_there_now(tmp_path: Path) -> None:
    """A write that repeats unowned parts takes them from now, not from the time of the plan."""
    made = two_offers(tmp_path, world.offer("A", settings={"safety": "Nowa uwaga."}))
    plan = made.plan()
    fresh = {"sections": [{"items": [{"type": "TEXT", "content": "<p>Świeży opis</p>"}]}]}
    made.panel(ONE, {"description": fresh, "images": [f"{example.CDN}/aaaaaa/second"]})
    assert not undone(made.apply(plan))
    stored = made.stored()[ONE]
    assert stored["description"] == fresh
    assert stored["images"] == [f"{example.CDN}/aaaaaa/second"]


def test_an_offer_that_somebody_else_created_is_not_created_again(tmp_path: Path) -> None:
    """An offer with our key that appeared meanwhile makes the creation stale; nothing is sent to it, nothing doubled."""
    document = world.whole_offer("N", settings={**world.whole_offer("N")["settings"], "tags": ["Nowość"]})
    made = World.make(tmp_path, world.seller([]), [document, world.whole_offer("M")])
    plan = made.plan()
    with made.simulator() as simulator:
        body = example.request_body(external={"id": "N"}, images=[f"{example.CDN}/aaaaaa/first"])
        body["delivery"] = {"shippingRates": {"id": example.RATES}, "handlingTime": "PT24H"}
        simulator.create_in_panel(made.login, body)
    made.forget_requests()
    report = made.apply(plan)
    assert results(report) == {"N": (Result.SKIPPED, True), "M": (Result.APPLIED, False)}, undone(report)
    stored = made.stored()
    assert sorted((body.get("external") or {}).get("id") for body in stored.values()) == ["M", "N"]
    theirs = next(i for i, body in stored.items() if body["external"]["id"] == "N")
    assert made.tags()[theirs] == []


@pytest.mark.parametrize(
    "sections",
    [{"price": "55 PLN"}, {"content": {"title": "Inny tytuł kubka"}}, {"settings": {"tags": ["Nowość"]}}],
)
def test_an_offer_that_was_removed_is_said_and_the_rest_goes_on(tmp_path: Path, sections: dict[str, Any]) -> None:
    """A draft that was deleted between plan and apply is stale, whatever writes it; the other offer is applied."""
    status = {"status": "ENDED", "endedBy": "USER"}
    made = two_offers(tmp_path, world.offer("A", **sections), world.offer("B", **sections), publication=status)
    plan = made.plan()
    with made.simulator() as simulator:
        simulator.seed(world.seller([world.live_offer(2, "B", publication=status)]))
    report = made.apply(plan)
    assert results(report) == {"A": (Result.SKIPPED, True), "B": (Result.APPLIED, False)}, undone(report)


def test_an_object_that_moved_is_not_replaced(tmp_path: Path) -> None:
    """A delivery price list is replaced as a whole, so a change by somebody else makes its write stale."""
    methods = {world.LOCKER_NAME: "9.99 PLN"}
    made = two_offers(tmp_path, {"kind": "DeliveryPriceList", "name": "Standard", "methods": methods})
    plan = made.plan()
    with made.simulator() as simulator:
        account = world.seller([world.live_offer(1, "A")])
        other = example.rates_set(example.RATES, "Standard", example.rate(example.COURIER, "30.00"))
        simulator.seed(account | {"shipping_rates": [other, account["shipping_rates"][1]]})
    report = made.apply(plan)
    assert results(report) == {"Standard": (Result.SKIPPED, True)}, undone(report)


def test_apply_twice_is_apply_once(tmp_path: Path) -> None:
    """A plan is executed once: the second time nothing is sent, and it is said when it was applied."""
    made = two_offers(
        tmp_path,
        world.offer("A", price="55 PLN", stock={"always": 3}),
        world.offer("B", content={"title": "Inny tytuł kubka"}),
        world.whole_offer("N"),
    )
    plan = made.plan()
    assert not undone(made.apply(plan))
    before = made.stored()
    made.forget_requests()
    with pytest.raises(StalePlan, match="applied"):
        made.apply(plan)
    assert not made.writes()
    assert made.stored() == before
    assert not differences(made.plan())


@pytest.mark.parametrize(
    ("declared", "live", "meanwhile"), [("active", "ENDED", "ACTIVE"), ("ended", "ACTIVE", "ENDED")]
)
def test_what_somebody_else_has_done_by_then_is_not_refused(
    tmp_path: Path, declared: str, live: str, meanwhile: str
) -> None:
    """To activate or to end twice is refused by the marketplace; what is there already is applied, and not sent."""
    publication = example.offer_body("1")["publication"]
    made = two_offers(
        tmp_path, world.offer("A", stock={"status": declared}), publication={**publication, "status": live}
    )
    plan = made.plan()
    made.panel(ONE, {"publication": {"status": meanwhile}})
    made.forget_requests()
    assert not undone(made.apply(plan))
    assert not made.writes()


def test_what_somebody_edits_while_an_offer_is_busy_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 409 makes the write wait; what was looked at before is looked at again when the offer is free."""
    made = two_offers(tmp_path, world.offer("A", content={"title": "Nasz tytuł kubka"}))
    plan = made.plan()
    made.set(faults={"schedule": [{"do": "409", "times": 1, "when": {"method": ["PATCH"]}}]})

    async def edited_meanwhile(*waiting: Any) -> bool:
        made.panel(ONE, {"name": "Cudzy tytuł kubka"})
        return await slept(*waiting)

    monkeypatch.setattr(runner, "slept", edited_meanwhile)
    (outcome,) = made.apply(plan).outcomes
    assert (outcome.result, outcome.stale) == (Result.SKIPPED, True)
    assert made.stored()[ONE]["name"] == "Cudzy tytuł kubka"
