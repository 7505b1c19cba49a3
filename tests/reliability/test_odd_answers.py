"""Answers that are none: each costs its own row at most, no report is false, and an apply later settles it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import world
from world import World, differences, undone

from reconciler.model.outcomes import Result, StopReason
from reconciler.runtime.errors import MarketplaceFailed

FINE: dict[str, Any] = {"schedule": []}
PAGE = {"text": "<html>Please log in to the hotel's network</html>"}
FIRST = "/sale/product-offers/17000000001"


def lie(path: str, *methods: str, times: int | None = 1, **answer: Any) -> dict[str, Any]:
    """A rule: the work of these requests is done, and the answer is another."""
    when = {"path": path, **({"method": list(methods)} if methods else {})}
    return {"schedule": [{"do": "lie", "when": when, "times": times, **answer}]}


def shop(root: Path, *documents: dict[str, Any]) -> World:
    return World.make(root, world.seller([world.live_offer(1, "A"), world.live_offer(2, "B")]), list(documents))


def titled(key: str) -> dict[str, Any]:
    return world.offer(key, content={"title": f"Zupełnie nowy tytuł {key}"})


def assert_settled(made: World, offers: int) -> None:
    """No lies any more: one more apply at most, nothing twice, nothing left to do."""
    made.set(faults=FINE)
    report = made.apply(made.plan())
    assert not undone(report), undone(report)
    assert not differences(made.plan(refresh="full"))
    keys = Counter((body.get("external") or {}).get("id") for body in made.stored().values())
    assert set(keys.values()) == {1}
    assert len(keys) == offers


@pytest.mark.parametrize(
    "answer",
    [
        {"body": {}},
        {"body": {"errors": [{"code": "X", "message": "Not today."}]}},
        {"body": []},
        {"body": None},
        PAGE,
    ],
)
@pytest.mark.parametrize("path", ["/sale/offers", "/sale/shipping-rates"])
def test_a_list_that_is_none_is_no_empty_account(tmp_path: Path, path: str, answer: dict[str, Any]) -> None:
    prices = {
        "kind": "DeliveryPriceList",
        "name": "Standard",
        "methods": {world.LOCKER_NAME: {"first": "9.99 PLN"}},
    }
    made = shop(tmp_path, prices, world.whole_offer("A"), world.whole_offer("B"))
    made.set(faults=lie(path, "GET", times=None, **answer))
    with pytest.raises(MarketplaceFailed):
        made.plan()
    assert not made.writes()


def test_an_offer_whose_answer_is_none_is_left_out_and_the_others_go_on(tmp_path: Path) -> None:
    described = {"content": {"description": "<p>Nowy opis</p>"}}
    made = shop(tmp_path, world.offer("A", **described), world.offer("B", **described))
    made.set(faults=lie(FIRST, "GET", times=None, **PAGE))
    plan = made.plan()
    assert [each.key.name for each in plan.changes] == ["B"]
    assert [each.code for each in plan.diagnostics] == ["P106"]
    assert "A (17000000001)" in plan.diagnostics[0].summary
    assert not undone(made.apply(plan))
    assert_settled(made, offers=2)


ODD_WRITES: dict[str, tuple[dict[str, Any], str, str]] = {
    "edit": (titled("A"), FIRST, "PATCH"),
    "price": (world.offer("A", price="55 PLN"), "/sale/offer-price-change-commands", "PUT"),
    "creation": (world.whole_offer("N"), "/sale/product-offers", "POST"),
    "tag": ({"kind": "OfferTag", "name": "Lato", "hidden": False}, "/sale/offer-tags", "POST"),
    "image": (world.whole_offer("N"), "/sale/images", "POST"),
}
ODD_ANSWERS: dict[str, dict[str, Any]] = {
    "page": PAGE,
    "list": {"body": []},
    "null": {"body": None},
    "no parts": {"body": {}},
    "errors": {"body": {"errors": [{"code": "X", "message": "Not today."}]}},
    "nowhere": {"status": 202, "body": {}},
    "port": {"status": 202, "body": {}, "headers": {"Location": ":8080/x"}},
    "redirect": {"status": 307, "headers": {"Location": "https://evil.example/"}},
}


@pytest.mark.parametrize("odd", ODD_ANSWERS.values(), ids=ODD_ANSWERS)
@pytest.mark.parametrize("name", ODD_WRITES)
def test_a_write_whose_answer_is_none_is_looked_for(tmp_path: Path, name: str, odd: dict[str, Any]) -> None:
    document, path, method = ODD_WRITES[name]
    made = shop(tmp_path, document, world.offer("B", price="77 PLN"))
    plan = made.plan()
    made.set(faults=lie(path, method, **odd))
    report = made.apply(plan)
    results = {outcome.key.name: outcome.result for outcome in report.outcomes}
    assert results["B"] is Result.APPLIED
    assert {results[document["name"]]} <= {Result.APPLIED, Result.UNKNOWN}
    assert_settled(made, offers=3 if document["name"] == "N" else 2)


@pytest.mark.parametrize(
    "body", [{"errors": [None]}, {"errors": "no"}, {"errors": {}}, {"errors": [[]]}, [], None, 7, {"error": 7}]
)
def test_a_refusal_in_odd_words_is_a_refusal(tmp_path: Path, body: Any) -> None:
    made = shop(tmp_path, titled("A"), titled("B"))
    plan = made.plan()
    made.set(faults=lie(FIRST, "PATCH", status=422, body=body))
    refused = [each for each in made.apply(plan).outcomes if each.result is Result.REFUSED]
    assert [each.key.name for each in refused] == ["A"]
    assert refused[0].fault is not None
    assert refused[0].fault.message


@pytest.mark.parametrize(
    "change",
    [
        {"publication": {"status": "SUSPENDED"}},
        {"stock": {"available": "7"}},
        {"sellingMode": {"price": {"amount": "NaN", "currency": "PLN"}}},
    ],
)
def test_a_row_that_cannot_be_read_is_left_out_and_the_others_go_on(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    made = shop(tmp_path, world.offer("A", price="55 PLN"), world.offer("B", price="55 PLN"))
    rows = [
        {"id": f"1700000000{n}", "name": "Kubek", "external": {"id": key}, "category": {"id": "1"}, **usual}
        for n, key, usual in ((1, "A", change), (2, "B", {"publication": {"status": "ACTIVE"}}))
    ]
    rows[0] = {"stock": {"available": 3}, "publication": {"status": "ACTIVE"}, **rows[0]}
    rows[1] |= {"stock": {"available": 3}, "sellingMode": {"price": {"amount": "1.00", "currency": "PLN"}}}
    made.set(faults=lie("/sale/offers", "GET", times=None, body={"offers": rows, "totalCount": 2}))
    plan = made.plan()
    assert [each.key.name for each in plan.changes] == ["B"]
    assert [each.code for each in plan.diagnostics] == ["P106"]


def test_what_lost_its_document_and_cannot_be_read_is_neither_deleted_nor_forgotten(tmp_path: Path) -> None:
    tag = {"kind": "OfferTag", "name": "Lato", "hidden": False}
    made = shop(tmp_path, tag)
    made.converge()
    made.documents()
    made.set(
        faults={
            "schedule": [
                {"do": "lie", "when": {"path": "/sale/offer-tags", "after_requests": 1}, "times": None, **PAGE}
            ]
        }
    )
    plan = made.plan()
    assert not plan.changes
    assert [(each.code, str(each.severity)) for each in plan.diagnostics] == [("P106", "warning")]
    made.set(faults=FINE)
    assert [str(each.verb) for each in made.plan().changes] == ["delete"]


def described(count: int) -> list[dict[str, Any]]:
    """Documents that ask for a full read of each offer."""
    return [world.offer(f"K{n}", content={"description": "<p>Nowy opis</p>"}) for n in range(count)]


@pytest.mark.parametrize(("unreadable", "ends"), [(9, False), (10, True)])
def test_after_ten_in_a_row_it_is_no_matter_of_the_offers(tmp_path: Path, unreadable: int, ends: bool) -> None:
    """Whoever answers nothing that can be read is not asked a hundred thousand times."""
    live = [world.live_offer(n, f"K{n}") for n in range(unreadable)]
    made = World.make(tmp_path, world.seller(live), described(unreadable))
    made.set(faults=lie("/sale/product-offers/", "GET", times=None, **PAGE))
    if ends:
        with pytest.raises(MarketplaceFailed, match="it is not JSON"):
            made.plan()
        return
    plan = made.plan()
    assert not plan.changes
    assert [each.code for each in plan.diagnostics] == ["P106"] * unreadable


def test_a_catalogue_that_does_not_answer_costs_the_offers_that_ask_it(tmp_path: Path) -> None:
    asks = world.offer("A", content={"product": {"gtin": world.THIRD_GTIN}}, price="55 PLN")
    made = shop(tmp_path, asks, world.offer("B", price="55 PLN"))
    made.set(faults=lie("/sale/products", "GET", times=None, **PAGE))
    plan = made.plan()
    assert [each.key.name for each in plan.changes] == ["B"]
    assert [(each.code, each.detail.partition(":")[0]) for each in plan.diagnostics] == [
        ("P106", "content.product")
    ]


def test_a_list_that_is_gone_in_the_middle_ends_the_run_with_its_report(tmp_path: Path) -> None:
    made = shop(tmp_path, world.offer("A", price="55 PLN"), titled("B"))
    plan = made.plan()
    made.set(faults=lie("/sale/offers", "GET", times=None, **PAGE))
    report = made.apply(plan)
    assert [stop.reason for stop in report.stops] == [StopReason.FAILED]
    assert {outcome.key.name for outcome in report.outcomes} == {"A", "B"}
    assert all(outcome.detail for outcome in report.outcomes if outcome.result is not Result.APPLIED)
    assert_settled(made, offers=2)
