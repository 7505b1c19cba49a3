"""Commands for many offers, and what their reports say."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from script import errors, play, reply
from wire import COMMAND, action, context, target

from reconciler.model.outcomes import FaultKind, Result
from reconciler.model.values import Money
from reconciler.providers.allegro.provider import ALLEGRO

PLN, CZK = Money(Decimal("49.9"), "PLN"), Money(Decimal(289), "CZK")


def report(total: int, success: int, failed: int, completed: str | None = None) -> Any:
    count = {"total": total, "success": success, "failed": failed}
    return reply(200, {"id": COMMAND, "completedAt": completed, "taskCount": count})


def task(offer: str, status: str = "SUCCESS", **more: Any) -> dict[str, Any]:
    return {"offer": {"id": offer}, "field": "price", "status": status, "message": "", "errors": [], **more}


def tasks(*rows: dict[str, Any]) -> Any:
    return reply(200, {"tasks": list(rows)})


SENT = reply(201, {"id": COMMAND, "taskCount": {"total": 0, "success": 0, "failed": 0}})


def two(after: Any) -> Any:
    return (target(after, "101"), target(after, "102", "talerz"))


CRITERIA = [{"type": "CONTAINS_OFFERS", "offers": [{"id": "101"}, {"id": "102"}]}]


@pytest.mark.parametrize(
    ("operation", "after", "path", "body"),
    [
        (
            "price",
            {"price.base": PLN},
            "price-change",
            {"modification": {"type": "FIXED_PRICE", "price": {"amount": "49.90", "currency": "PLN"}}},
        ),
        (
            "price",
            {"price.allegro-cz": CZK},
            "price-change",
            {
                "modification": {
                    "type": "FIXED_PRICE",
                    "price": {"amount": "289", "currency": "CZK"},
                    "marketplaceId": "allegro-cz",
                }
            },
        ),
        (
            "quantity",
            {"stock.quantity": 5},
            "quantity-change",
            {"modification": {"changeType": "FIXED", "value": 5}},
        ),
        ("activate", {"stock.status": "active"}, "publication", {"publication": {"action": "ACTIVATE"}}),
        ("end", {"stock.status": "ended"}, "publication", {"publication": {"action": "END"}}),
        (
            "modify",
            {
                "delivery.prices": "kurier",
                "delivery.handling": "PT48H",
                "settings.additional_services": "pakowanie",
                "settings.size_table": "koszulki",
                "settings.invoice": "vat",
            },
            "modification",
            {
                "modification": {
                    "delivery": {"shippingRates": {"id": "rates-2"}, "handlingTime": "P2D"},
                    "additionalServicesGroup": {"id": "services-1"},
                    "sizeTable": {"id": "table-1"},
                    "payments": {"invoice": "VAT"},
                }
            },
        ),
    ],
)
def test_one_value_for_many_offers(operation: str, after: Any, path: str, body: Any) -> None:
    total = 2 * len(after)
    told = play(ALLEGRO.perform(action(operation, *two(after)), context()), SENT, report(total, total, 0))
    assert told.paths[0] == f"PUT /sale/offer-{path}-commands/{COMMAND}"
    assert told.bodies[0] == {"offerCriteria": CRITERIA, **body}
    assert told.requests[0].weight == 2
    assert told.requests[0].safe
    assert [each.result for each in told.result] == [Result.APPLIED] * 2


def test_a_value_for_each_offer() -> None:
    act = action(
        "bulk", target({"price.base": PLN, "stock.quantity": 3}), target({"price.allegro-cz": CZK}, "102")
    )
    told = play(ALLEGRO.perform(act, context()), SENT, report(3, 3, 0))
    (post, poll) = told.requests
    assert (post.method, post.path) == ("POST", "/sale/offer-bulk-modification-commands")
    assert post.media == "application/vnd.allegro.beta.v1+json"
    assert poll.media == ""
    assert post.json == {
        "commandId": COMMAND,
        "modifications": [
            {
                "offerId": "101",
                "prices": {"allegro-pl": {"changeType": "FIXED", "value": {"amount": "49.90", "currency": "PLN"}}},
                "stock": {"changeType": "FIXED", "value": 3},
            },
            {
                "offerId": "102",
                "prices": {"allegro-cz": {"changeType": "FIXED", "value": {"amount": "289", "currency": "CZK"}}},
            },
        ],
    }


PRICE = action("price", *two({"price.base": PLN}))


def test_counters_of_zero_are_no_success() -> None:
    told = play(ALLEGRO.perform(PRICE, context()), SENT, report(0, 0, 0), report(2, 1, 0), report(2, 2, 0))
    assert told.sleeps == [1.0, 1.5, 2.25]
    assert {each.result for each in told.result} == {Result.APPLIED}


def test_partial_failure_is_told_offer_by_offer() -> None:
    broken = task(
        "102", "FAIL", message="", errors=[{"code": "NOPE", "userMessage": "Nie można", "path": "price"}]
    )
    told = play(
        ALLEGRO.perform(PRICE, context()),
        SENT,
        report(2, 1, 1, "2026-07-01T10:00:00Z"),
        tasks(task("101"), broken),
    )
    one, other = told.result
    assert one.result is Result.APPLIED
    assert (other.result, other.fault.code, other.fault.message) == (Result.REFUSED, "NOPE", "Nie można")
    assert told.requests[2].query == (("limit", "1000"), ("offset", "0"))


def test_one_failed_field_is_a_failed_offer() -> None:
    act = action("bulk", target({"price.base": PLN, "stock.quantity": 3}))
    rows = [
        {"subject": {"offerId": "101", "field": "stock"}, "status": "SUCCESS", "errors": []},
        {
            "subject": {"offerId": "101", "field": "price"},
            "status": "FAIL",
            "message": "rule attached",
            "errors": [],
        },
    ]
    (outcome,) = play(ALLEGRO.perform(act, context()), SENT, report(2, 1, 1), tasks(*rows)).result
    assert (outcome.result, outcome.fault.message, outcome.fault.path) == (
        Result.REFUSED,
        "rule attached",
        "price",
    )


def test_rows_behind_the_first_page_are_reached_and_no_further() -> None:
    targets = [target({"price.base": PLN}, str(n), f"k{n}") for n in range(2100)]
    first, second = [task(str(n)) for n in range(1000)], [task(str(n)) for n in range(999, 1999)]
    told = play(
        ALLEGRO.perform(action("price", *targets), context()),
        SENT,
        report(2100, 2099, 1),
        tasks(*first),
        tasks(*second),
    )
    assert [r.query for r in told.requests[2:]] == [(("limit", "1000"), ("offset", str(n))) for n in (0, 999)]
    assert [each.result for each in told.result[:1999]] == [Result.APPLIED] * 1999
    assert {each.result for each in told.result[1999:]} == {Result.UNKNOWN}


def test_a_used_id_was_accepted_before() -> None:
    told = play(ALLEGRO.perform(PRICE, context()), errors(409, "CommandAlreadyExists"), report(2, 2, 0))
    assert {each.result for each in told.result} == {Result.APPLIED}


def test_a_lost_answer_is_settled_by_the_report() -> None:
    told = play(ALLEGRO.perform(PRICE, context()), errors(504), report(2, 2, 0))
    assert {each.result for each in told.result} == {Result.APPLIED}


def test_a_lost_answer_without_a_report_stays_open() -> None:
    told = play(ALLEGRO.perform(PRICE, context()), errors(504), errors(404))
    assert {each.result for each in told.result} == {Result.UNKNOWN}
    assert told.result[0].fault.kind is FaultKind.TRANSIENT


@pytest.mark.parametrize(
    "answer", [errors(403, "AccessDenied"), errors(422, path="modification.price"), errors(429)]
)
def test_a_refused_command_refuses_all(answer: Any) -> None:
    told = play(ALLEGRO.perform(PRICE, context()), answer)
    assert {each.result for each in told.result} == {Result.REFUSED}
    assert len(told.requests) == 1


def test_an_accepted_command_whose_report_is_out_of_reach_is_open() -> None:
    told = play(ALLEGRO.perform(PRICE, context()), SENT, errors(403))
    assert {each.result for each in told.result} == {Result.UNKNOWN}


def test_tasks_out_of_reach_leave_open_who_failed() -> None:
    told = play(ALLEGRO.perform(PRICE, context()), SENT, report(2, 1, 1), errors(503))
    assert {each.result for each in told.result} == {Result.UNKNOWN}


def test_an_unfinished_row_is_open() -> None:
    told = play(
        ALLEGRO.perform(PRICE, context()),
        SENT,
        report(2, 1, 0, "2026-07-01T10:00:00Z"),
        tasks(task("101"), task("102", "NEW")),
    )
    assert [each.result for each in told.result] == [Result.APPLIED, Result.UNKNOWN]


def test_an_unknown_reference_refuses_the_command() -> None:
    told = play(ALLEGRO.perform(action("modify", *two({"delivery.prices": "?"})), context()))
    assert {each.fault.code for each in told.result} == {"UnknownReference"}


BEGAN = datetime(2026, 7, 1, 10, tzinfo=UTC)


def created(at: str, *counts: int) -> Any:
    """A report that says when its command came in."""
    total, success, failed = counts or (0, 0, 0)
    count = {"total": total, "success": success, "failed": failed}
    return reply(200, {"id": COMMAND, "createdAt": at, "completedAt": None, "taskCount": count})


@pytest.mark.parametrize("ends", [(2, 2, 0), (0, 0, 0)])
def test_a_used_id_of_a_command_before_this_run_is_not_ours(ends: tuple[int, int, int]) -> None:
    """The report is older than the run: what it says became of another command, and nobody waits for its end."""
    answers = errors(409, "CommandIdAlreadyUsed"), created("2026-07-01T09:59:00.000Z", *ends)
    told = play(ALLEGRO.perform(PRICE, context(began=BEGAN)), *answers)
    assert len(told.requests) == 2
    for outcome in told.result:
        assert (outcome.result, outcome.settling) == (Result.UNKNOWN, False)
        assert outcome.fault.code == "CommandIdTaken"
        assert "2026-07-01T09:59:00" in outcome.fault.message


@pytest.mark.parametrize("at", ["2026-07-01T10:00:30.000Z", "2026-07-01T09:59:58.000Z", None, "soon"])
def test_a_used_id_of_this_run_is_ours(at: Any) -> None:
    """A clock may be a few seconds off, and a report that does not say when it began is no proof of anything."""
    answers = errors(409, "CommandIdAlreadyUsed"), created(at, 2, 2, 0)
    told = play(ALLEGRO.perform(PRICE, context(began=BEGAN)), *answers)
    assert {each.result for each in told.result} == {Result.APPLIED}


@pytest.mark.parametrize(
    "answer", [reply(200, b"<html>wait</html>"), reply(201), reply(200, {"ok": True}), reply(200, [])]
)
def test_an_answer_that_is_not_the_apis_accepts_nothing(answer: Any) -> None:
    """A page of somebody in between is no acceptance: without a report the rows are unknown, and do not settle."""
    told = play(ALLEGRO.perform(PRICE, context()), answer, errors(404))
    assert {(each.result, each.settling) for each in told.result} == {(Result.UNKNOWN, False)}
    told = play(ALLEGRO.perform(PRICE, context()), answer, report(2, 2, 0))
    assert {each.result for each in told.result} == {Result.APPLIED}


def test_a_report_that_is_not_the_apis_leaves_an_accepted_command_open() -> None:
    told = play(ALLEGRO.perform(PRICE, context()), SENT, reply(200, b"<html>wait</html>"))
    assert {(each.result, each.settling) for each in told.result} == {(Result.UNKNOWN, True)}
