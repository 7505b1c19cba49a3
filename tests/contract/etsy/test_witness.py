"""The witness is believed only as far as it is tested: what is right passes, and each mutation of it is caught."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from contract.corrections import Correction
from contract.etsy import corrections
from contract.etsy.document import VARIABLE, load, locate
from contract.etsy.witness import violations
from contract.plugin import judge

Exchange = dict[str, Any]
BASE = "/v3/application"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module", autouse=True)
def _document() -> None:
    locate()


def exchange(
    method: str, url: str, kind: str = "", sent: Any = "", status: int = 200, answer: Any = None
) -> Exchange:
    headers = {"x-api-key": "***", "authorization": "***", **({"content-type": kind} if kind else {})}
    return {
        "marketplace": "etsy",
        "method": method,
        "url": url,
        "request_headers": headers,
        "request_body": sent if isinstance(sent, str) else json.dumps(sent),
        "status": status,
        "response_headers": {"content-type": "application/json;charset=UTF-8"} if answer is not None else {},
        "response_body": "" if answer is None else json.dumps(answer),
        "at": "2026-08-20T10:00:00Z",
        "seller": "1",
    }


LIST = exchange(
    "GET",
    f"{BASE}/shops/1/listings?state=active&includes=Images,Inventory",
    answer={"count": 1, "results": [{"listing_id": 1, "price": {"amount": 1, "divisor": 100}}]},
)
PATCH = exchange(
    "PATCH",
    f"{BASE}/shops/1/listings/2",
    FORM,
    "title=A&tags=a,b&is_taxable=true&shop_section_id=",
    answer={"listing_id": 2},
)
OFFERING = {"price": 1.5, "quantity": 1, "is_enabled": True, "readiness_state_id": None}
PUT = exchange(
    "PUT",
    f"{BASE}/listings/2/inventory",
    "application/json",
    {"products": [{"sku": None, "offerings": [OFFERING]}]},
    answer={"products": []},
)
UPLOAD = exchange(
    "POST",
    f"{BASE}/shops/1/listings/2/images",
    "multipart/form-data; boundary=x",
    '--x\r\ncontent-disposition: form-data; name="image"; filename="a"\r\n\r\nA\r\n--x--',
    201,
    {"rank": 1},
)
DELETE = exchange("DELETE", f"{BASE}/listings/2", status=204)
REFUSED = exchange(
    "GET", f"{BASE}/users/me", status=401, answer={"error": "invalid_token", "error_description": "x"}
)
PLACES = exchange(
    "POST",
    f"{BASE}/shops/1/listings",
    FORM,
    "quantity=1&title=A&description=B&price=1.0&who_made=i_did&when_made=1990s&taxonomy_id=1",
    400,
    [{"path": "/title", "type": "a", "message": "b"}],
)
TOKEN = exchange(
    "POST",
    "/v3/public/oauth/token",
    FORM,
    "grant_type=refresh_token&client_id=a&refresh_token=b",
    answer={"access_token": "1.a", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "1.b"},
)
RIGHT = {
    "list": LIST,
    "patch": PATCH,
    "put": PUT,
    "upload": UPLOAD,
    "delete": DELETE,
    "refused": REFUSED,
    "places": PLACES,
    "token": TOKEN,
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(name):
    assert violations(RIGHT[name]) == []


WRONG: list[tuple[Exchange, dict[str, Any], str]] = [
    (LIST, {"url": f"{BASE}/shops/1/listing"}, "no such operation"),
    (LIST, {"url": f"{BASE}/shops/one/listings"}, "path parameter shop_id"),
    (LIST, {"url": f"{BASE}/shops/1/listings?states=active"}, "query parameter states: unknown"),
    (LIST, {"url": f"{BASE}/shops/1/listings?state=gone"}, "query parameter state"),
    (LIST, {"url": f"{BASE}/shops/1/listings?includes=Images&includes=Shop"}, "given 2 times"),
    (LIST, {"url": f"{BASE}/shops/1/listings?includes=Stock"}, "query parameter includes"),
    (LIST, {"request_headers": {"authorization": "***"}}, "header x-api-key"),
    (LIST, {"request_headers": {"x-api-key": "***"}}, "header Authorization"),
    (LIST, {"response_body": '{"count": "1"}'}, '"1" is not of type "integer"'),
    (LIST, {"response_body": '{"count": 1, "total": 1}'}, "unknown property total"),
    (LIST, {"response_body": '{"results": [{"listing_id": 1, "sku": "a"}]}'}, "unknown property sku"),
    (LIST, {"response_body": '{"results": [{"price": 1.5}]}'}, "results[0].price"),
    (LIST, {"response_body": ""}, "declared and missing"),
    (LIST, {"response_headers": {"content-type": "text/html"}}, "content type: text/html"),
    (LIST, {"status": 201}, "response 201: undeclared"),
    (PATCH, {"request_body": "price=1"}, "unknown parameter price"),
    (PATCH, {"request_body": "tags=a&tags=b"}, "given twice"),
    (PATCH, {"request_body": "is_taxable=1"}, "is not of type"),
    (PATCH, {"request_body": "state=draft"}, "$.state"),
    (PATCH, {"request_body": "image_ids=0"}, "$.image_ids[0]"),
    (PATCH, {"request_headers": {**PATCH["request_headers"], "content-type": "application/json"}}, "request content type"),
    (PUT, {"request_body": "{}"}, '"products" is a required property'),
    (PUT, {"request_body": '{"products": [{"product_id": 1, "offerings": []}]}'}, "unknown property product_id"),
    (PUT, {"request_body": '{"products": [{"offerings": [{"price": {"amount": 1}}]}]}'}, "$.products[0].offerings[0]"),
    (UPLOAD, {"request_body": UPLOAD["request_body"].replace('"image"', '"picture"')}, "unknown parameter picture"),
    (DELETE, {"response_body": "{}"}, "the document declares none"),
    (DELETE, {"request_body": "{}"}, "the operation takes none"),
    (REFUSED, {"response_body": '{"errors": []}'}, "instead of error"),
    (REFUSED, {"status": 400, "response_body": '{"error": "a", "error_description": "b"}'}, "instead of error"),
    (PLACES, {"response_body": '[{"path": "/title"}]'}, "none of places"),
    (PLACES, {"request_body": "title=A"}, "is a required property"),
    (TOKEN, {"request_body": "grant_type=refresh_token&client_id=a"}, "refresh_token is missing"),
    (TOKEN, {"request_body": f"{TOKEN['request_body']}&client_secret=c"}, "unknown parameter client_secret"),
    (TOKEN, {"response_body": '{"access_token": "1.a"}'}, "is a required property"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "changes", "said"), WRONG)
def test_what_is_wrong_is_caught(right, changes, said):
    wrong = {**copy.deepcopy(right), **changes}
    found = violations(wrong)
    assert any(said in one for one in found), found


def test_a_deliberately_wrong_request_is_judged_by_its_answer_alone():
    wrong = {**copy.deepcopy(PATCH), "request_body": "price=1"}
    wrong["request_headers"]["x-deliberately-wrong"] = "on purpose"
    assert violations(wrong) == []
    assert violations({**wrong, "response_body": '{"id": 1}'})


def test_what_corrects_nothing_is_no_correction():
    """Each correction still finds what it replaces; there may be none."""
    assert all(isinstance(one, Correction) for one in corrections.CORRECTIONS)
    assert load(locate())["openapi"].startswith("3.")


def test_without_the_document_one_line_says_so(tmp_path, monkeypatch):
    """Exchanges are counted, and none is said to be valid."""
    from contract.etsy import witness

    monkeypatch.setenv(VARIABLE, str(tmp_path / "nothing.json"))
    witness.witness.cache_clear()
    record = tmp_path / "record.jsonl"
    record.write_text((json.dumps(LIST) + "\n") * 3)
    verdict = judge(record)
    witness.witness.cache_clear()
    assert (verdict.exchanges, verdict.faults) == (3, {})
    assert [times for told, times in verdict.unjudged.items() if "ETSY_OPENAPI" in told] == [3]
