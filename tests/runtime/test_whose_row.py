"""An answer that shows another offer under our id is nobody's word: nothing is planned on it, and nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import world
from simulator import example
from world import World

from reconciler.model.outcomes import Result
from reconciler.model.wire import Response
from reconciler.providers.conversation import Request
from reconciler.runtime.connection.transport import Transport

ONE, TWO, THREE = "17000000001", "17000000002", "17000000003"
Garble = Callable[[Request, Any], Any]


@pytest.fixture
def garbled(monkeypatch: pytest.MonkeyPatch) -> Callable[[Garble | None], None]:
    """Put something between the marketplace and its client that changes answers; None takes it away."""
    send = Transport.send

    def put(garble: Garble | None) -> None:
        async def sent(self: Transport, request: Request, headers: Any, body: bytes | None) -> Response:
            answer = await send(self, request, headers, body)
            if garble is not None and answer.status == 200 and answer.body:
                body = json.dumps(garble(request, json.loads(answer.body)))
                return Response(answer.status, answer.headers, body.encode())
            return answer

        monkeypatch.setattr(Transport, "send", sent)

    return put


def swapped(request: Request, body: Any) -> Any:
    """The list gives the first two offers each other's ids."""
    if request.path != "/sale/offers":
        return body
    other = {ONE: TWO, TWO: ONE}
    return {**body, "offers": [{**each, "id": other.get(each["id"], each["id"])} for each in body["offers"]]}


def detail_of_another(request: Request, body: Any) -> Any:
    """The full read of the first offer shows the second one's key and content."""
    if request.method != "GET" or request.path != f"/sale/product-offers/{ONE}":
        return body
    return {**body, "name": "Talerz płytki biały", "external": {"id": "B"}}


def three(root: Path, **sections: Any) -> World:
    live = [world.live_offer(number, key) for number, key in enumerate("ABC", start=1)]
    return World.make(root, world.seller(live), [world.offer(key, **sections) for key in "ABC"])


@pytest.mark.parametrize(
    "sections", [{"price": "55 PLN"}, {"stock": {"always": 4}}, {"delivery": {"prices": "Z Czechami"}}]
)
def test_swapped_ids_in_a_list_write_nothing(
    garbled: Callable[[Garble | None], None], tmp_path: Path, sections: dict[str, Any]
) -> None:
    """Between plan and write the list swaps two ids: both rows are stale and say whose they are; the third is applied."""
    made = three(tmp_path, **sections)
    plan = made.plan()
    made.forget_requests()
    garbled(swapped)
    report = made.apply(plan)
    garbled(None)
    ends = {each.key.name: (each.result, each.stale) for each in report.outcomes}
    stale = (Result.SKIPPED, True)
    assert ends == {"A": stale, "B": stale, "C": (Result.APPLIED, False)}, world.undone(report)
    said = {each.key.name: each.detail for each in report.outcomes}
    assert "it bears the key B" in said["A"]
    assert "it bears the key A" in said["B"]
    assert not [each for each in made.writes() if ONE in each["request_body"] or TWO in each["request_body"]]


def test_a_plan_made_on_swapped_ids_is_refused(garbled: Callable[[Garble | None], None], tmp_path: Path) -> None:
    """The plan itself saw them swapped; what is written is looked at under its id, and bears another key."""
    made = three(tmp_path, price="55 PLN")
    garbled(swapped)
    plan = made.plan()
    garbled(None)
    report = made.apply(plan)
    ends = {each.key.name: each.result for each in report.outcomes}
    assert ends == {"A": Result.SKIPPED, "B": Result.SKIPPED, "C": Result.APPLIED}, world.undone(report)


def test_a_full_read_of_another_offer_writes_nothing(
    garbled: Callable[[Garble | None], None], tmp_path: Path
) -> None:
    """The detail that an edit is checked against bears another key than ours."""
    made = three(tmp_path, content={"title": "Inny tytuł kubka"})
    plan = made.plan()
    made.forget_requests()
    garbled(detail_of_another)
    report = made.apply(plan)
    garbled(None)
    ends = {each.key.name: (each.result, each.stale) for each in report.outcomes}
    assert ends["A"] == (Result.SKIPPED, True), world.undone(report)
    assert ends["B"] == ends["C"] == (Result.APPLIED, False), world.undone(report)
    assert "it bears the key B" in next(each.detail for each in report.outcomes if each.key.name == "A")
    assert not [each for each in made.writes() if ONE in each["url"]]


def test_a_full_read_of_another_offer_is_not_planned_on(
    garbled: Callable[[Garble | None], None], tmp_path: Path
) -> None:
    """List and full read disagree on the key: the offer is left out, nothing is created, and the plan says so."""
    made = three(tmp_path, content={"description": "<p>Nowy</p>"})
    garbled(detail_of_another)
    plan = made.plan()
    garbled(None)
    assert {change.key.name for change in plan.changes} == {"B", "C"}
    assert any(line.startswith("warning P103") for line in world.diagnostics(plan)), world.diagnostics(plan)
    assert {change.key.name for change in made.plan().changes} == {"A", "B", "C"}


@pytest.mark.parametrize("theirs", [None, "CUDZY-1"])
def test_an_adopted_offer_has_another_key_on_purpose(tmp_path: Path, theirs: str | None) -> None:
    """An offer that is adopted bears no key yet, or keeps the one that it has: it is written to."""
    live = [world.live_offer(1, theirs), world.live_offer(2, "B")]
    document = world.offer("A", adopt=ONE, price="55 PLN", content={"title": "Inny tytuł kubka"})
    made = World.make(tmp_path, world.seller(live), [document])
    made.converge()
    assert made.stored()[ONE]["sellingMode"]["price"] == example.money("55.00")
