"""What leaves for eBay byte by byte, and how its answers are read."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO
from typing import Any

import orjson
import pytest

from reconciler.documents.specs import load_spec
from reconciler.model.offers import Key, Live
from reconciler.model.outcomes import FaultKind, Outcome, Result
from reconciler.model.plan import Action, Target
from reconciler.model.values import Money
from reconciler.model.wire import Response, Sleep
from reconciler.providers.base import Context, Credentials, MarketplaceFault, Reading, Token
from reconciler.providers.conversation import Answer, Conversation, Remember, Request
from reconciler.providers.ebay import report
from reconciler.providers.ebay.provider import EBAY
from reconciler.providers.forms import anything
from reconciler.runtime.connection.transport import _content

READING = Reading(account="shop", spec=load_spec("ebay"), base_market="ebay-de")
READ = Request(method="GET", path="/sell/inventory/v1/inventory_item/A", expects=anything)
WRITE = Request(method="PUT", path="/sell/inventory/v1/inventory_item/A", expects=anything)
Said = tuple[int, Any]


def held(conversation: Conversation[Any], answers: Iterable[Said]) -> tuple[list[Request], Any]:
    """Hold a conversation with these answers; return what was asked, and its value."""
    asked: list[Request] = []
    left = iter(answers)
    try:
        effect = next(conversation)
        while True:
            if isinstance(effect, Sleep | Remember):
                effect = conversation.send(None)
                continue
            asked.append(effect)
            status, body = next(left)
            said = EBAY.answer(effect, Response(status, {}, orjson.dumps(body) if body is not None else b""))
            effect = conversation.send(said)
    except StopIteration as end:
        return asked, end.value


def context(**more: Any) -> Context:
    """What an action needs; every name is known by its own number."""
    numbers = {"Paket": "71", "Sofort": "81", "30 Tage": "91", "lager": "lager"}
    return Context(reading=READING, identify=lambda _, name: numbers.get(name), live={}, images={}, **more)


def action(operation: str, *targets: Target) -> Action:
    """An action of an offer."""
    return Action(id="1", kind="Offer", operation=operation, wave=1, targets=targets)


def target(sku: str, **after: Any) -> Target:
    """A target that has an address; `__` stands for a dot."""
    fields = {path.replace("__", "."): value for path, value in after.items()}
    return Target(key=Key("shop", "Offer", sku), remote_id=sku, before={}, after=fields)


OFFER = {
    "offerId": "1001", "sku": "A", "marketplaceId": "EBAY_DE", "format": "FIXED_PRICE", "availableQuantity": 5,
    "categoryId": "20625", "listingDescription": "<p>x</p>", "status": "PUBLISHED",
    "listing": {"listingId": "11", "listingStatus": "ACTIVE", "soldQuantity": 0},
    "includeCatalogProductDetails": True, "quantityLimitPerBuyer": 2,
}  # fmt: skip
ITEM = {
    "sku": "A", "locale": "de_DE", "condition": "NEW",
    "product": {"title": "x", "aspects": {"Farbe": ["rot"], "Marke": ["Acme"]}, "brand": "Acme", "mpn": "1"},
    "availability": {"shipToLocationAvailability": {
        "quantity": 5, "allocationByFormat": {"auction": 0, "fixedPrice": 5},
    }},
}  # fmt: skip


def test_an_item_is_repeated_but_for_what_only_answers_say() -> None:
    changed = target("A", content__title="y", content__parameters={"farbe": ["blau", "rot"], "Marke": None})
    asked, (done,) = held(EBAY.perform(action("edit", changed), context()), [(200, ITEM), (204, None)])
    assert [(each.method, each.path) for each in asked] == [
        ("GET", "/sell/inventory/v1/inventory_item/A"),
        ("PUT", "/sell/inventory/v1/inventory_item/A"),
    ]
    assert asked[1].json == {
        "condition": "NEW",
        "product": {"title": "y", "aspects": {"Farbe": ["blau", "rot"]}, "mpn": "1"},
        "availability": {"shipToLocationAvailability": {"quantity": 5}},
    }
    assert done.result is Result.APPLIED


def test_an_offer_is_repeated_but_for_what_is_fixed() -> None:
    changed = target("A", content__category="7", settings__buyer_limit=None, delivery__prices="Paket")
    asked, _ = held(
        EBAY.perform(action("offer", changed), context()), [(200, {"offers": [OFFER]}), (200, {"offerId": "1001"})]
    )
    assert asked[0].query == (("sku", "A"), ("marketplace_id", "EBAY_DE"), ("format", "FIXED_PRICE"))
    assert (asked[1].method, asked[1].path) == ("PUT", "/sell/inventory/v1/offer/1001")
    assert asked[1].json == {
        "availableQuantity": 5,
        "categoryId": "7",
        "listingDescription": "<p>x</p>",
        "includeCatalogProductDetails": True,
        "listingPolicies": {"fulfillmentPolicyId": "71"},
    }


def test_items_are_asked_for_25_at_a_time() -> None:
    names = [f"A{number}" for number in range(30)]
    asked, found = held(EBAY.find(READING, names), [(200, {"responses": []})] * 2)
    assert [len(each.json["requests"]) for each in asked] == [25, 5]
    assert found == ()


def test_prices_and_pieces_of_many_go_together_with_exactly_their_digits() -> None:
    targets = [
        target("A", price__base=Money(Decimal("12.90"), "EUR"), stock__quantity=3),
        target("B", price__base=Money(Decimal("0.10"), "EUR")),
    ]
    live = {
        each.key: Live(key=each.key, kind="Offer", remote_id=each.key.name, fields={}, wire={"offer": offer})
        for each, offer in zip(targets, (OFFER, {**OFFER, "offerId": "1002", "sku": "B"}), strict=True)
    }
    rows = [{"statusCode": 200, "offerId": "1001", "sku": "A"}, {"statusCode": 200, "offerId": "1002"}]
    known = Context(reading=READING, identify=lambda _kind, _name: None, live=live, images={})
    asked, done = held(EBAY.perform(action("price_quantity", *targets), known), [(207, {"responses": rows})])
    assert orjson.loads(_content(asked[0], None, "application/json")[0] or b"") == {
        "requests": [
            {
                "sku": "A",
                "shipToLocationAvailability": {"quantity": 3},
                "offers": [
                    {"offerId": "1001", "price": {"value": "12.90", "currency": "EUR"}, "availableQuantity": 3}
                ],
            },
            {"offers": [{"offerId": "1002", "price": {"value": "0.10", "currency": "EUR"}}]},
        ]
    }
    assert [each.result for each in done] == [Result.APPLIED, Result.APPLIED]


@pytest.mark.parametrize(
    ("row", "result"),
    [
        ({"statusCode": 200, "offerId": "1001"}, Result.APPLIED),
        ({"statusCode": 400, "offerId": "1001", "errors": [{"errorId": 25004}]}, Result.REFUSED),
        ({"statusCode": 500, "sku": "A", "errors": [{"errorId": 25001}]}, Result.UNKNOWN),
        ({"statusCode": 404, "sku": "A", "errors": [{"errorId": 25713}]}, Result.REFUSED),
        ({"statusCode": 200, "offerId": "7"}, Result.UNKNOWN),
    ],
)
def test_a_row_of_a_call_for_many_stands_for_itself(row: dict[str, Any], result: Result) -> None:
    changed = target("A", stock__quantity=3)
    live = {changed.key: Live(key=changed.key, kind="Offer", remote_id="A", fields={}, wire={"offer": OFFER})}
    known = Context(reading=READING, identify=lambda _kind, _name: None, live=live, images={})
    _, (done,) = held(EBAY.perform(action("price_quantity", changed), known), [(207, {"responses": [row]})])
    assert done.result is result


def test_a_creation_is_three_steps_and_each_may_have_been_done() -> None:
    new = target(
        "N/1 ü", content__title="x", price__base=Money(Decimal("1.00"), "EUR"), stock__quantity=2,
        stock__status="active", settings__ships_from="lager",
    )  # fmt: skip
    first = Target(key=new.key, remote_id=None, before={}, after=new.after)
    staged = {**OFFER, "sku": "N/1 ü", "status": "UNPUBLISHED"}
    answers = [(201, {}), (404, {"errors": [{"errorId": 25713}]}), (201, {"offerId": "1001"})]
    answers += [(200, {"offers": [staged]}), (200, {"feeSummaries": []}), (200, {"listingId": "1"})]
    asked, (done,) = held(EBAY.perform(action("create", first), context()), answers)
    assert [(each.method, each.path) for each in asked] == [
        ("PUT", "/sell/inventory/v1/inventory_item/N%2F1%20%C3%BC"),
        ("GET", "/sell/inventory/v1/offer"),
        ("POST", "/sell/inventory/v1/offer"),
        ("GET", "/sell/inventory/v1/offer"),
        ("POST", "/sell/inventory/v1/offer/get_listing_fees"),
        ("POST", "/sell/inventory/v1/offer/1001/publish"),
    ]
    assert asked[2].json == {
        "sku": "N/1 ü", "marketplaceId": "EBAY_DE", "format": "FIXED_PRICE", "listingDuration": "GTC",
        "includeCatalogProductDetails": False, "merchantLocationKey": "lager", "availableQuantity": 2,
        "pricingSummary": {"price": {"value": "1.00", "currency": "EUR"}},
    }  # fmt: skip
    assert (done.result, done.remote_id) == (Result.APPLIED, "N/1 ü")
    again, _ = held(
        EBAY.perform(action("create", new), context()),
        [(200, {"sku": "N/1 ü"}), (204, None), (200, {"offers": [staged]}), (204, None),
         (200, {"offers": [{**OFFER, "sku": "N/1 ü"}]})],
    )  # fmt: skip
    assert [each.method for each in again] == ["GET", "PUT", "GET", "PUT", "GET"]


def test_a_write_says_its_language_and_a_token_request_carries_no_token() -> None:
    asked, _ = held(
        EBAY.perform(action("edit", target("A", content__title="y")), context()), [(200, ITEM), (204, None)]
    )
    sent = EBAY.bearer(Token("v^1.secret"), Credentials(), asked[1])
    assert (sent["Content-Language"], sent["Authorization"]) == ("de-DE", "Bearer v^1.secret")
    login = Request(method="POST", host="auth", path="/identity/v1/oauth2/token", expects=anything)
    assert "Authorization" not in EBAY.bearer(Token("x"), Credentials(), login)


def test_a_login_names_its_way_back_and_its_scopes_and_keeps_its_refresh_token() -> None:
    known = Credentials(client_id="app", client_secret="secret", refresh_token="r")
    page = EBAY.authorization_url("https://auth.ebay.com", known, "app-RuName", "st", "unused")
    assert page.startswith("https://auth.ebay.com/oauth2/authorize?client_id=app&redirect_uri=app-RuName&")
    assert "sell.inventory" in page
    (asked,), token = held(EBAY.authorize(known), [(200, {"access_token": "a", "expires_in": 7200})])
    assert (asked.host, asked.basic, dict(asked.form or {})["grant_type"]) == (
        "auth",
        ("app", "secret"),
        "refresh_token",
    )
    assert (token.access, token.refresh, token.expires_in) == ("a", "r", 7200)
    (asked,), token = held(
        EBAY.exchange_code(known, "c", "app-RuName", ""), [(200, {"access_token": "a", "refresh_token": "r2"})]
    )
    form = {"grant_type": "authorization_code", "code": "c", "redirect_uri": "app-RuName"}
    assert (asked.form, token.refresh) == (form, "r2")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"errors": [{"errorId": 25002, "longMessage": "No."}]}, FaultKind.REJECTED),
        (400, {"errors": [{"errorId": 25019}]}, FaultKind.REJECTED),
        (400, {"errors": [{"errorId": 25097}]}, FaultKind.REJECTED),
        (400, {"errors": [{"errorId": 25713}]}, FaultKind.MISSING),
        (404, {"errors": [{"errorId": 25710}]}, FaultKind.MISSING),
        (400, {"errors": [{"errorId": 25702}]}, FaultKind.MISSING),
        (500, {"errors": [{"errorId": 25001}]}, FaultKind.UNKNOWN),
        (500, {"errors": [{"errorId": 25025}]}, FaultKind.CONFLICT),
        (401, {"errors": [{"errorId": 1001}]}, FaultKind.AUTH),
        (403, {"errors": [{"errorId": 1100}]}, FaultKind.AUTH),
        (429, {"errors": [{"errorId": 2001}]}, FaultKind.THROTTLED),
        (400, {"error": "invalid_grant", "error_description": "gone"}, FaultKind.AUTH),
        (503, {}, FaultKind.TRANSIENT),
    ],
)
def test_a_refusal_is_read_by_its_number(status: int, body: object, kind: FaultKind) -> None:
    fault = EBAY.answer(WRITE, Response(status, {}, orjson.dumps(body))).fault
    assert fault is not None
    assert fault.kind is kind


def test_a_system_error_of_a_read_can_be_asked_again() -> None:
    body = orjson.dumps({"errors": [{"errorId": 25001}]})
    fault = EBAY.answer(READ, Response(500, {}, body)).fault
    assert fault is not None
    assert fault.kind is FaultKind.TRANSIENT


@pytest.mark.parametrize(
    ("request_", "kind"), [(READ, FaultKind.TRANSIENT), (WRITE, FaultKind.UNKNOWN)], ids=["read", "write"]
)
def test_a_gateway_is_not_the_marketplace(request_: Request, kind: FaultKind) -> None:
    for status in (200, 404):
        fault = EBAY.answer(request_, Response(status, {}, b"<html>")).fault
        assert fault is not None
        assert fault.kind is kind


def test_a_dropped_value_is_told_beside_what_was_done() -> None:
    said = {"warnings": [{"errorId": 25028, "longMessage": "mpn was dropped."}]}
    changed = target("A", content__title="y")
    _, (done,) = held(EBAY.perform(action("edit", changed), context()), [(200, ITEM), (200, said)])
    assert isinstance(done, Outcome)
    assert (done.result, done.detail) == (Result.APPLIED, "mpn was dropped.")


def packed(xml: str, name: str = "report.xml") -> bytes:
    """A report as a ZIP."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as into:
        into.writestr(name, xml)
    return file.getvalue()


ROW = (
    "<SKUDetails><SKU>{sku}</SKU><Price currencyID='EUR'>{price}</Price><Quantity>3</Quantity>"
    "<ItemID>7</ItemID></SKUDetails>"
)
HEAD = "<BulkDataExchangeResponses xmlns='urn:ebay:apis:eBLBaseComponents'><ActiveInventoryReport>"
END = "</ActiveInventoryReport></BulkDataExchangeResponses>"


def reported(file: bytes) -> Any:
    """What the report says."""
    conversation = report.listed(READING)
    made = next(conversation)
    assert made.headers == {"X-EBAY-C-MARKETPLACE-ID": "EBAY_DE"}
    step = conversation.send(Answer(202, {"location": "https://api.ebay.com/sell/feed/v1/task/task-1"}))
    while not isinstance(step, Request) or not step.path.endswith("download_result_file"):
        done = {"taskId": "task-1", "status": "COMPLETED"}
        step = conversation.send(None if isinstance(step, Sleep) else Answer(200, {}, done))
    try:
        conversation.send(EBAY.answer(step, Response(200, {}, file)))
    except StopIteration as end:
        return end.value
    raise AssertionError("it goes on")


def test_a_report_is_read_by_its_skus_and_a_sku_that_is_listed_twice_is_none() -> None:
    rows = "".join(ROW.format(sku=sku, price="12.90") for sku in ("A", "B", "B"))
    found = report.by_sku(reported(packed(HEAD + rows + END)))
    assert {sku: (row.price, row.currency, row.quantity) for sku, row in found.items()} == {
        "A": ("12.90", "EUR", 3)
    }


@pytest.mark.parametrize(
    "file",
    [
        b"no zip",
        packed("<broken"),
        packed(HEAD + ROW.format(sku="A", price="1").replace("<Quantity>3", "<Quantity>many") + END),
        packed(HEAD + END, name="a.txt"),
    ],
    ids=["no zip", "no XML", "no number", "no report"],
)
def test_a_report_that_cannot_be_read_is_no_empty_one(file: bytes) -> None:
    with pytest.raises(MarketplaceFault, match="the report cannot be read"):
        reported(file)


def test_entities_of_a_report_are_not_resolved() -> None:
    evil = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    found = reported(packed(evil + HEAD + ROW.format(sku="&e;", price="1") + END))
    assert not any("root" in row.sku for row in found)
