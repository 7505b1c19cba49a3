"""eBay's witness is believed only as far as it is tested: what is right passes, and each mutation of it is caught."""

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract import witnesses
from contract.document import DocumentMissingError, resolve
from contract.ebay.corrections import BY_HAND, CORRECTIONS, TOLERATED
from contract.ebay.document import APIS, VARIABLE, load, locate
from contract.ebay.witness import apis, violations
from contract.plugin import judge

Exchange = dict[str, Any]
INVENTORY = "/sell/inventory/v1"


@pytest.fixture(scope="module", autouse=True)
def _document() -> None:
    locate()


def exchange(method: str, url: str, request: Any, status: int, answer: Any, **headers: str) -> Exchange:
    sent = {"authorization": "***", "accept": "application/json", **headers}
    if request is not None:
        sent |= {"content-type": "application/json", "content-language": "de-DE"}
    kind = {"content-type": "application/json;charset=UTF-8"} if answer is not None else {}
    return {
        "method": method,
        "url": url,
        "request_headers": sent,
        "request_body": "" if request is None else json.dumps(request),
        "status": status,
        "response_headers": kind,
        "response_body": "" if answer is None else json.dumps(answer),
        "marketplace": "ebay",
    }


ERROR = {"errors": [{"errorId": 25709, "domain": "API_INVENTORY", "category": "REQUEST", "message": "m"}]}
PUT = exchange(
    "PUT",
    f"{INVENTORY}/inventory_item/K-1",
    {"product": {"title": "a", "aspects": {"Farbe": ["rot"]}, "imageUrls": ["https://a"]}},
    204,
    None,
)
PRICES = exchange(
    "POST",
    f"{INVENTORY}/bulk_update_price_quantity",
    {"requests": [{"sku": "K-1", "shipToLocationAvailability": {"quantity": 1}}]},
    207,
    {"responses": [{"statusCode": 400, "sku": "K-1", "errors": ERROR["errors"]}]},
)
ZERO = {"value": "0.00", "currency": "EUR"}
FEES = exchange(
    "POST",
    f"{INVENTORY}/offer/get_listing_fees",
    {"offers": [{"offerId": "9"}]},
    200,
    {
        "feeSummaries": [
            {
                "marketplaceId": "EBAY_DE",
                "fees": [{"feeType": "InsertionFee", "amount": ZERO, "promotionalDiscount": ZERO}],
            }
        ]
    },
)
TASKS = exchange(
    "GET",
    "/sell/feed/v1/inventory_task?feed_type=LMS_ACTIVE_INVENTORY_REPORT&look_back_days=1",
    None,
    200,
    {"total": 1, "tasks": [{"taskId": "t", "filterCriteria": {"listingFormat": "AUCTION"}}]},
)
PROGRAMS = exchange(
    "GET",
    "/sell/account/v1/program/get_opted_in_programs",
    None,
    200,
    {"programs": [{"programType": "OUT_OF_STOCK_CONTROL"}]},
)
LIST = exchange(
    "GET", f"{INVENTORY}/inventory_item?limit=200&offset=1", None, 200, {"total": 0, "inventoryItems": []}
)
REFUSED = exchange("GET", f"{INVENTORY}/offer?sku=A", None, 404, ERROR)
IMAGE = exchange(
    "POST",
    "/upload/commerce/media/v1_beta/image/create_image_from_url",
    {"imageUrl": "https://a"},
    201,
    {"imageUrl": "https://a", "expirationDate": "2026-01-01T00:00:00.000Z"},
)
TOKEN = exchange(
    "POST",
    "/identity/v1/oauth2/token",
    None,
    200,
    {"access_token": "***", "expires_in": 7200, "token_type": "User Access Token"},
) | {"request_body": "grant_type=refresh_token&refresh_token=a"}
TOKEN["request_headers"]["content-type"] = "application/x-www-form-urlencoded"
RIGHT = {
    "fees": FEES,
    "tasks": TASKS,
    "programs": PROGRAMS,
    "put": PUT,
    "prices": PRICES,
    "list": LIST,
    "refused": REFUSED,
    "image": IMAGE,
    "token": TOKEN,
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(name: str) -> None:
    assert violations(RIGHT[name]) == []


def member(**changes: Any) -> Callable[[Exchange], None]:
    return lambda subject: subject.update(changes)


def body(side: str, *path: str | int, to: Any) -> Callable[[Exchange], None]:
    def mutate(subject: Exchange) -> None:
        value = at = json.loads(subject[f"{side}_body"])
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = to
        subject[f"{side}_body"] = json.dumps(value)

    return mutate


def header(side: str, name: str, value: str | None) -> Callable[[Exchange], None]:
    def mutate(subject: Exchange) -> None:
        subject[f"{side}_headers"].pop(name, None)
        if value is not None:
            subject[f"{side}_headers"][name] = value

    return mutate


WRONG: list[tuple[Exchange, Callable[[Exchange], None], str]] = [
    (PUT, header("request", "content-language", None), "header Content-Language: required and missing"),
    (PUT, header("request", "content-type", "text/plain"), "request content type: text/plain"),
    (PUT, body("request", "product", "titel", to="a"), "unknown property titel"),
    (PUT, body("request", "product", "aspects", "Farbe", to="rot"), '"rot" is not of type "array"'),
    (PUT, body("request", "condition", to=1), '1 is not of type "string"'),
    (PUT, member(status=202), "response 202: undeclared"),
    (PUT, member(response_body="{}"), "response 204 body: none is declared"),
    (PRICES, body("response", "responses", 0, "colour", to=1), "unknown property colour"),
    (PRICES, body("request", "requests", 0, "shipToLocationAvailability", "quantity", to="1"), "is not of type"),
    (LIST, member(url=f"{INVENTORY}/inventory_item?page=1"), "query parameter page: unknown"),
    (LIST, header("request", "accept", "text/html"), "header Accept: text/html"),
    (LIST, header("response", "content-type", "text/html"), "response 200 content type: text/html"),
    (LIST, member(response_body=""), "response 200 body: declared and missing"),
    (LIST, member(url=f"{INVENTORY}/inventory_items"), "nobody has written down this answer"),
    (FEES, body("request", "offers", 0, to="9"), "request body"),
    (FEES, body("response", "feeSummaries", 0, "fees", 0, "amount", "value", to=0), '0 is not of type "string"'),
    (FEES, body("response", "feeSummaries", 0, "offerId", to="9"), "unknown property offerId"),
    (TASKS, member(url="/sell/feed/v1/inventory_task?site=EBAY_DE"), "query parameter site: unknown"),
    (TASKS, body("response", "tasks", 0, "file", to="a"), "unknown property file"),
    (PROGRAMS, body("response", "programs", 0, to="a"), "response body"),
    (REFUSED, member(response_body="{}"), "errors"),
    (REFUSED, body("response", "errors", 0, "code", to="a"), "unknown property code"),
    (REFUSED, member(status=418), "response 418: is none that eBay answers"),
    (IMAGE, body("response", "url", to="a"), "'url' was unexpected"),
    (TOKEN, member(request_body="grant_type=refresh_token"), "request: refresh_token is missing"),
    (
        TOKEN,
        member(request_body="grant_type=client_credentials&scope=a&client_id=b"),
        "request: client_id is unknown",
    ),
    (TOKEN, header("request", "authorization", None), "request: a form and Basic"),
    (TOKEN, body("response", "expires_in", to=60), "7200 was expected"),
]


@pytest.mark.parametrize(("right", "mutate", "message"), WRONG, ids=[each[2] for each in WRONG])
def test_each_mutation_is_caught(right: Exchange, mutate: Callable[[Exchange], None], message: str) -> None:
    subject = copy.deepcopy(right)
    mutate(subject)
    assert any(message in found for found in violations(subject)), violations(subject)


def test_a_request_that_is_wrong_on_purpose_is_marked_with_its_reason() -> None:
    subject = copy.deepcopy(PUT)
    header("request", "x-deliberately-wrong", "why")(subject)
    header("request", "content-language", None)(subject)
    assert violations(subject) == []
    header("request", "x-deliberately-wrong", " ")(subject)
    assert "says no reason" in violations(subject)[0]


def test_an_exchange_goes_to_the_judge_of_its_marketplace() -> None:
    assert witnesses.violations(LIST) == []
    assert "no such operation" in witnesses.violations({**LIST, "marketplace": "allegro"})[0]
    assert "nobody judges" in witnesses.violations({**LIST, "marketplace": "elsewhere"})[0]


def test_without_the_descriptions_it_is_said_and_nothing_is_believed(tmp_path: Path, monkeypatch) -> None:
    """One line for all exchanges; what is judged besides is judged all the same."""
    record = tmp_path / "record.jsonl"
    record.write_text("".join(f"{json.dumps(one)}\n" for one in (LIST, PUT)))
    apis.cache_clear()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    try:
        with pytest.raises(DocumentMissingError, match=VARIABLE):
            locate()
        verdict = judge(record)
    finally:
        monkeypatch.undo()
        apis.cache_clear()
    assert (verdict.exchanges, verdict.faults, list(verdict.unjudged.values())) == (2, {}, [2])


def test_a_correction_that_corrects_nothing_any_more_is_found(tmp_path: Path) -> None:
    name = "sell_inventory_v1"
    document = load(locate(), name)
    (tmp_path / f"{name}_oas3.json").write_text(json.dumps(document))
    with pytest.raises(ValueError, match="stale correction"):
        load(tmp_path, name)


def test_everything_that_weakens_the_witness_has_a_reason() -> None:
    assert all(one.reason for found in CORRECTIONS.values() for one in found)
    assert all(TOLERATED.values())
    assert all(one.source.startswith("developer.ebay.com") for one in BY_HAND)


def test_every_operation_of_the_practice_ebay_is_described() -> None:
    """But those written down by hand: pictures, identity, tokens."""
    pytest.importorskip("reconciler.simulator.ebay.simulator")
    from reconciler.simulator.ebay.routes import ROUTES

    routes = [route for found in ROUTES._routes.values() for _, route in found]
    missing = [
        route.name
        for route in routes
        if not any(
            api.find(route.method, route.path) for prefix, api in apis().items() if route.path.startswith(prefix)
        )
    ]
    assert all(("/media/" in one or "/identity/" in one) for one in missing), missing


def test_scopes_and_headers_are_those_of_the_descriptions() -> None:
    """Each operation asks for a scope that its description names, and for the language where that is required."""
    pytest.importorskip("reconciler.simulator.ebay.simulator")
    from reconciler.simulator.ebay.routes import ROUTES
    from reconciler.simulator.ebay.scopes import address_of

    for _, route in (each for found in ROUTES._routes.values() for each in found):
        api = next((one for prefix, one in apis().items() if route.path.startswith(prefix)), None)
        operation = api.find(route.method, route.path) if api else None
        if operation is None:
            continue
        named = {scope for each in operation.source["security"] for scopes in each.values() for scope in scopes}
        assert {address_of(scope) for scope in route.scopes} <= named, route.name
        required = operation.parameters("header").get("Content-Language", {}).get("required", False)
        assert route.language == required, route.name


def test_the_descriptions_are_those_that_were_read() -> None:
    versions = {name: resolve(load(locate(), name), "#/info/version") for name in APIS.values()}
    assert versions["sell_inventory_v1"] == "1.18.4", os.environ.get(VARIABLE)
    assert versions["sell_account_v1"] == "v1.9.3"
