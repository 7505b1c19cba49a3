"""How a write of one offer is followed to its end."""

import pytest
from msgspec.structs import replace
from script import errors, play, reply
from wire import action, context, target

from reconciler.model.outcomes import FaultKind, Result
from reconciler.model.values import Money
from reconciler.providers.allegro.provider import ALLEGRO

PLACE = "https://api.allegro.pl/sale/product-offers/555/operations/op-1"
ACCEPTED = reply(202, {"id": "555"}, location=PLACE, retry_after="5")
RUNNING = reply(202, {"offer": {"id": "555"}, "operation": {"id": "op-1", "status": "IN_PROGRESS"}})
DONE = reply(303, None, location="https://api.allegro.pl/sale/product-offers/555")

CREATE = action("create", target({"stock.quantity": 1}, remote_id=None))
EDIT = action("edit", target({"stock.quantity": 1}, remote_id="555"))


def test_an_accepted_creation_is_remembered_before_it_is_followed() -> None:
    told = play(ALLEGRO.perform(CREATE, context()), ACCEPTED, RUNNING, RUNNING, DONE)
    (outcome,) = told.result
    assert (outcome.result, outcome.remote_id) == (Result.APPLIED, "555")
    assert told.order[:3] == ["Request", "Remember", "Sleep"]
    assert told.paths[1:] == ["GET /sale/product-offers/555/operations/op-1"] * 3
    assert told.sleeps == [5.0, 7.5, 11.25]


@pytest.mark.parametrize("body", [{"offer": {"id": "555"}}, {}])
def test_the_id_is_found_wherever_it_stands(body: object) -> None:
    told = play(ALLEGRO.perform(CREATE, context()), reply(202, body, location=PLACE), DONE)
    assert told.remembered == [("created", "Offer/kubek", "555")]


def test_a_failed_creation_names_the_draft_that_it_left() -> None:
    told = play(ALLEGRO.perform(CREATE, context()), ACCEPTED, errors(422, "X", path="name"))
    (outcome,) = told.result
    assert (outcome.result, outcome.remote_id) == (Result.REFUSED, "555")
    assert (outcome.fault.code, outcome.fault.path) == ("X", "name")


@pytest.mark.parametrize("answer", [errors(404), errors(503), errors(403)])
def test_an_operation_that_cannot_be_asked_stays_open(answer: object) -> None:
    (outcome,) = play(ALLEGRO.perform(EDIT, context()), ACCEPTED, answer).result
    assert (outcome.result, outcome.fault.kind) == (Result.UNKNOWN, FaultKind.UNKNOWN)


def test_nobody_waits_for_ever() -> None:
    told = play(ALLEGRO.perform(EDIT, context()), ACCEPTED, then=RUNNING)
    assert told.result[0].result is Result.UNKNOWN
    assert told.result[0].fault.code == "StillProcessing"
    assert sum(told.sleeps) == 7200
    assert told.result[0].settling


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (errors(422), Result.REFUSED),
        (errors(403), Result.REFUSED),
        (errors(429), Result.REFUSED),
        (errors(504), Result.UNKNOWN),
        (reply(0), Result.UNKNOWN),
    ],
)
def test_a_creation_that_fails_at_once(answer: object, result: Result) -> None:
    told = play(ALLEGRO.perform(CREATE, context()), answer)
    assert told.result[0].result is result
    assert len(told.requests) == 1


def test_a_busy_offer_is_waited_for() -> None:
    told = play(ALLEGRO.perform(EDIT, context()), errors(409), errors(409), reply(200, {}))
    assert told.result[0].result is Result.APPLIED
    assert told.sleeps == [2.0, 3.0]


def test_an_offer_that_stays_busy_is_refused() -> None:
    told = play(ALLEGRO.perform(EDIT, context()), then=errors(409, "OfferConflictException"))
    (outcome,) = told.result
    assert (outcome.result, outcome.fault.kind) == (Result.REFUSED, FaultKind.CONFLICT)
    assert sum(told.sleeps) == 1800


def test_tags_are_replaced_as_a_list() -> None:
    told = play(
        ALLEGRO.perform(action("tag", target({"settings.tags": ["wyprzedaż", "#7"]})), context()), reply(200)
    )
    assert (told.paths, told.bodies) == (
        ["POST /sale/offers/101/tags"],
        [{"tags": [{"id": "tag-2"}, {"id": "7"}]}],
    )


def test_promotion_adds_and_removes() -> None:
    before = {"settings.promotion": {"package": "emphasized1d", "extras": ["old"]}}
    after = {"settings.promotion": {"package": None, "extras": ["departmentPage"]}}
    goal = target(after)
    goal = type(goal)(key=goal.key, remote_id="101", before=before, after=after)
    told = play(ALLEGRO.perform(action("promote", goal), context()), reply(200, {}))
    assert not told.requests[0].safe
    assert told.bodies == [
        {
            "modifications": [
                {
                    "modificationType": "REMOVE_WITH_END_OF_CYCLE",
                    "packageType": "BASE",
                    "packageId": "emphasized1d",
                },
                {"modificationType": "CHANGE", "packageType": "EXTRA", "packageId": "departmentPage"},
                {"modificationType": "REMOVE_WITH_END_OF_CYCLE", "packageType": "EXTRA", "packageId": "old"},
            ]
        }
    ]


@pytest.mark.parametrize(
    ("answer", "result"),
    [(reply(204), Result.APPLIED), (errors(404), Result.APPLIED), (errors(403), Result.REFUSED)],
)
def test_a_draft_is_deleted_and_stays_deleted(answer: object, result: Result) -> None:
    told = play(ALLEGRO.perform(action("delete", target({})), context()), answer)
    assert (told.paths, told.result[0].result) == (["DELETE /sale/offers/101"], result)


def test_patience_bounds_the_following() -> None:
    """With a timeout of a minute an edit and a command are followed for a minute, and called accepted, not failed."""
    patient = replace(context(), timeout=60.0)
    told = play(ALLEGRO.perform(EDIT, patient), ACCEPTED, then=RUNNING)
    assert sum(told.sleeps) == 60.0
    (outcome,) = told.result
    assert (outcome.result, outcome.settling) == (Result.UNKNOWN, True)
    assert "after 60 s" in outcome.fault.message
    command = action("price", target({"price.base": Money.parse("12 PLN")}, remote_id="555"))
    zero = reply(200, {"id": command.id, "taskCount": {"total": 0, "success": 0, "failed": 0}})
    told = play(ALLEGRO.perform(command, patient), reply(201, {}), then=zero)
    assert sum(told.sleeps) == 60.0
    assert (told.result[0].result, told.result[0].settling) == (Result.UNKNOWN, True)


def test_only_what_was_accepted_settles() -> None:
    """202 and then silence settles; a refusal, a lost answer and a success do not."""
    answers = {
        True: [ACCEPTED, errors(503)],
        False: [reply(200, {})],
    }
    for settling, script in answers.items():
        (outcome,) = play(ALLEGRO.perform(EDIT, context()), *script).result
        assert outcome.settling is settling
    for script in ([ACCEPTED, errors(422)], [errors(422)], [errors(504)]):
        (outcome,) = play(ALLEGRO.perform(CREATE, context()), *script).result
        assert not outcome.settling


PAGE = reply(200, b"<html>wait</html>")


@pytest.mark.parametrize(
    "answer", [PAGE, reply(202, {"id": "555"}), reply(202, b"<html>wait</html>", location=PLACE)]
)
def test_an_edit_that_nobody_of_the_api_accepted_does_not_settle(answer: object) -> None:
    """A page in HTML, and a 202 that does not say where to follow it."""
    (outcome,) = play(ALLEGRO.perform(EDIT, context()), answer).result
    assert (outcome.result, outcome.settling) == (Result.UNKNOWN, False)


@pytest.mark.parametrize("answer", [PAGE, reply(201), reply(201, {})])
def test_a_creation_without_an_id_is_unknown(answer: object) -> None:
    """Nothing is remembered, nothing settles, and the run goes on."""
    told = play(ALLEGRO.perform(CREATE, context()), answer)
    (outcome,) = told.result
    assert (outcome.result, outcome.settling, outcome.remote_id) == (Result.UNKNOWN, False, None)
    assert not told.remembered
