"""What leaves for Etsy byte by byte, and how its refusals are read."""

from __future__ import annotations

from decimal import Decimal
from email import message_from_bytes

import orjson
import pytest

from reconciler.documents.document import Account
from reconciler.model.outcomes import FaultKind
from reconciler.model.wire import Response
from reconciler.providers.base import Credentials, Token
from reconciler.providers.conversation import Request
from reconciler.providers.etsy.objects import policy_name, processing_name
from reconciler.providers.etsy.provider import ETSY
from reconciler.providers.forms import anything
from reconciler.runtime.auth.credentials import credentials
from reconciler.runtime.connection.masking import mask_of
from reconciler.runtime.connection.transport import _content
from reconciler.runtime.errors import AuthenticationFailed

READ = Request(method="GET", path="/v3/application/users/me", expects=anything)
WRITE = Request(method="PATCH", path="/v3/application/shops/1/listings/2", expects=anything)
KEY = Credentials(token="7.secret", client_id="keystring", client_secret="shared-secret-of-the-app")


def test_every_request_names_the_application_and_a_token_request_carries_no_token() -> None:
    headers = ETSY.bearer(Token("7.secret"), KEY, READ)
    assert headers["x-api-key"] == "keystring:shared-secret-of-the-app"
    assert headers["Authorization"] == "Bearer 7.secret"
    asked = Request(method="POST", host="auth", path="/v3/public/oauth/token", expects=anything)
    assert not {"x-api-key", "Authorization"} & ETSY.bearer(Token(""), KEY, asked).keys()


def test_a_ready_token_needs_the_application_beside_it() -> None:
    account = Account(name="shop", marketplace="etsy", environment="production", login="potter")
    with pytest.raises(AuthenticationFailed, match="RECONCILE_SHOP_CLIENT_ID is not set"):
        credentials(account, {"RECONCILE_SHOP_TOKEN": "7.secret"}, api_key=True)
    known = {
        "RECONCILE_SHOP_CLIENT_ID": "a",
        "RECONCILE_SHOP_CLIENT_SECRET": "b",
        "RECONCILE_SHOP_TOKEN": "7.secret",
    }
    found = credentials(account, known, api_key=True)
    assert (found.token, found.client_id, found.client_secret) == ("7.secret", "a", "b")


def test_the_secret_of_the_application_is_masked_in_what_comes_back() -> None:
    said = Response(403, {}, b'{"error": "unknown key keystring:shared-secret-of-the-app"}')
    assert b"shared-secret" not in mask_of(READ, "7.secret", KEY.client_secret).response(said).body


@pytest.mark.parametrize("price", ["19.90", "0.10", "1234567.89", "100"])
def test_a_price_is_a_number_with_exactly_its_digits(price: str) -> None:
    request = Request(method="PUT", path="/x", expects=anything, json={"price": Decimal(price)})
    assert _content(request, None, "application/json") == (f'{{"price":{price}}}'.encode(), "application/json")


def test_a_picture_is_a_part_of_a_form() -> None:
    picture = bytes(range(256)) * 3
    request = Request(
        method="POST", path="/x", expects=anything, form={"rank": "2"}, file="images/a.png",
        part="image", content_type="image/png",
    )  # fmt: skip
    body, media = _content(request, picture, "application/json")
    whole = message_from_bytes(b"Content-Type: " + media.encode() + b"\r\n\r\n" + (body or b""))
    rank, image = whole.get_payload()  # type: ignore[misc]
    assert (rank.get_param("name", header="content-disposition"), rank.get_payload()) == ("rank", "2")
    assert image.get_filename() == "a.png"
    assert image.get_content_type() == "image/png"
    assert image.get_payload(decode=True) == picture


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (400, {"error": "Title is too long"}, FaultKind.REJECTED, "Title is too long"),
        (400, [{"path": "price", "message": "is no number"}], FaultKind.REJECTED, "price: is no number"),
        (
            400,
            {"error": "invalid_grant", "error_description": "too old"},
            FaultKind.AUTH,
            "invalid_grant; too old",
        ),
        (401, {"error": "invalid_token"}, FaultKind.AUTH, "invalid_token"),
        (404, {"error": "Resource not found"}, FaultKind.MISSING, "Resource not found"),
        (409, {"error": "exists"}, FaultKind.CONFLICT, "exists"),
        (429, {"error": "slow down"}, FaultKind.THROTTLED, "slow down"),
        (500, {"error": "oh"}, FaultKind.TRANSIENT, "oh"),
    ],
)
def test_a_refusal_is_read_in_each_of_its_forms(status: int, body: object, kind: FaultKind, said: str) -> None:
    fault = ETSY.answer(WRITE, Response(status, {}, orjson.dumps(body))).fault
    assert fault is not None
    assert (fault.kind, fault.message) == (kind, said)


@pytest.mark.parametrize(
    ("request_", "kind"), [(READ, FaultKind.TRANSIENT), (WRITE, FaultKind.UNKNOWN)], ids=["read", "write"]
)
def test_a_gateway_is_not_the_marketplace(request_: Request, kind: FaultKind) -> None:
    """A 404 in HTML knows of no listing, and a success in HTML leaves a write open."""
    for status in (200, 404):
        fault = ETSY.answer(request_, Response(status, {}, b"<html>")).fault
        assert fault is not None
        assert fault.kind is kind


def test_what_has_no_name_is_called_by_what_it_says() -> None:
    taken = {"accepts_returns": True, "accepts_exchanges": False, "return_deadline": 14}
    assert policy_name(taken) == "returns, 14 days"
    assert policy_name({"accepts_returns": False, "accepts_exchanges": False}) == "no returns"
    days = {"min_processing_days": 1, "max_processing_days": 1}
    assert processing_name({"readiness_state": "ready_to_ship", **days}) == "ready to ship, 1 day"
