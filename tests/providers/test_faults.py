"""What failed responses mean."""

import pytest
from script import errors, reply

from reconciler.model.outcomes import Fault, FaultKind
from reconciler.model.wire import Response
from reconciler.providers.allegro.faults import answer
from reconciler.providers.conversation import Request
from reconciler.providers.forms import anything


def classify(response: Response) -> Fault | None:
    return answer(Request(method="GET", path="/x", expects=anything, elsewhere=True), response).fault


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FaultKind.REJECTED),
        (401, FaultKind.AUTH),
        (403, FaultKind.AUTH),
        (404, FaultKind.MISSING),
        (409, FaultKind.CONFLICT),
        (412, FaultKind.CONFLICT),
        (413, FaultKind.REJECTED),
        (422, FaultKind.REJECTED),
        (429, FaultKind.THROTTLED),
        (500, FaultKind.TRANSIENT),
        (503, FaultKind.TRANSIENT),
        (504, FaultKind.TRANSIENT),
        (0, FaultKind.TRANSIENT),
    ],
)
def test_each_status_has_its_kind(status: int, kind: FaultKind) -> None:
    fault = classify(errors(status))
    assert fault is not None
    assert (fault.kind, fault.code, fault.trace_id) == (kind, "VALIDATION_ERROR", "trace-1")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 303])
def test_success_is_no_fault(status: int) -> None:
    assert classify(reply(status)) is None


def test_an_authorization_error_has_a_body_of_its_own() -> None:
    fault = classify(reply(401, {"error": "invalid_token", "error_description": "Token expired"}))
    assert fault is not None
    assert (fault.kind, fault.code, fault.message) == (FaultKind.AUTH, "invalid_token", "Token expired")


def test_a_spent_refresh_token_is_a_matter_of_authorization() -> None:
    fault = classify(reply(400, {"error": "invalid_grant"}))
    assert fault is not None
    assert fault.kind is FaultKind.AUTH


def test_a_wrong_media_type_calls_no_offer_missing() -> None:
    fault = classify(errors(404, "NotFoundException", "Feature unavailable for this media type"))
    assert fault is not None
    assert fault.kind is FaultKind.REJECTED


def test_a_gateway_answers_in_html() -> None:
    fault = classify(reply(502, b"<html>Bad\n Gateway</html>"))
    assert fault is not None
    assert (fault.code, fault.message) == ("HTTP502", "<html>Bad Gateway</html>")


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"errors": []}', b"\xff\xfe"])
def test_a_failure_without_words_still_says_something(body: bytes) -> None:
    fault = classify(reply(422, body))
    assert fault is not None
    assert fault.message


def test_all_errors_are_told_and_the_first_is_located() -> None:
    body = {
        "errors": [
            {"code": "A", "userMessage": "Za krótki", "details": "name", "path": "name"},
            {"code": "B", "message": "Unknown"},
        ]
    }
    fault = classify(reply(422, body))
    assert fault is not None
    assert (fault.code, fault.message, fault.path) == ("A", "Za krótki (name); Unknown", "name")
