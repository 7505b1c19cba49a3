"""Exchanges written by hand that the document allows."""

import json
from typing import Any

PUBLIC = "application/vnd.allegro.public.v1+json"
BETA = "application/vnd.allegro.beta.v1+json"
COMMAND = "3f1b6f0e-2f5c-4f0a-9d52-0a3e6c1f7b11"

Exchange = dict[str, Any]


def exchange(
    method: str, url: str, request: Any = None, *, status: int = 200, answer: Any = None, **headers: str
) -> Exchange:
    """An exchange with the public media type on both sides."""
    sent = {"accept": PUBLIC, "authorization": "***", "user-agent": "Example/1.0 (+https://example.org)"}
    if request is not None:
        sent["content-type"] = PUBLIC
    return {
        "method": method,
        "url": url,
        "request_headers": sent,
        "request_body": None if request is None else json.dumps(request),
        "status": status,
        "response_headers": {**({"content-type": PUBLIC} if answer is not None else {}), **headers},
        "response_body": None if answer is None else json.dumps(answer),
        "at": "2026-07-01T10:00:00Z",
        "seller": "one",
    }


def refusal(code: str = "OfferNotFoundException") -> dict[str, Any]:
    return {
        "errors": [
            {"code": code, "message": "m", "userMessage": "m", "details": None, "path": None, "metadata": {}}
        ]
    }


def accepted() -> dict[str, Any]:
    operation = {"id": COMMAND, "status": "IN_PROGRESS", "startedAt": "2026-07-01T10:00:00Z"}
    return {"offer": {"id": "7700000001"}, "operation": operation}


def report() -> dict[str, Any]:
    counts = {"total": 0, "success": 0, "failed": 0}
    return {"id": COMMAND, "createdAt": "2026-07-01T10:00:00Z", "completedAt": None, "taskCount": counts}


OFFER = "/sale/product-offers/7700000001"
PATCH = exchange(
    "PATCH",
    OFFER,
    {
        "name": "Dwa słowa i trzecie",
        "sellingMode": {"price": {"amount": "19.99", "currency": "PLN"}},
        "stock": {"available": 5},
        "delivery": {"handlingTime": "PT24H"},
        "description": {"sections": [{"items": [{"type": "TEXT", "content": "<p>a</p>"}]}]},
    },
    status=202,
    answer={"id": "7700000001"},
    location=f"{OFFER}/operations/{COMMAND}",
    **{"retry-after": "5"},
)
PRICE_COMMAND = exchange(
    "PUT",
    f"/sale/offer-price-change-commands/{COMMAND}",
    {
        "modification": {"type": "FIXED_PRICE", "price": {"amount": "10.00", "currency": "PLN"}},
        "offerCriteria": [{"type": "CONTAINS_OFFERS", "offers": [{"id": "7700000001"}]}],
    },
    status=201,
    answer=report(),
)
LIST = exchange(
    "GET",
    "/sale/offers?limit=1000&offset=0&publication.status=ACTIVE&publication.status=ENDED&external.id=a&external.id=b",
    answer={"offers": [], "count": 0, "totalCount": 0},
)
BULK = exchange(
    "POST",
    "/sale/offer-bulk-modification-commands",
    {
        "commandId": COMMAND,
        "modifications": [
            {"offerId": "7700000001", "stock": {"changeType": "FIXED", "value": 3}},
            {
                "offerId": "7700000001",
                "prices": {"allegro-pl": {"changeType": "FIXED", "value": {"amount": "1.00", "currency": "PLN"}}},
            },
        ],
    },
    status=409,
    answer=refusal("CommandAlreadyExists"),
)
BULK["request_headers"].update({"accept": BETA, "content-type": BETA})
BULK["response_headers"]["content-type"] = BETA
IMAGE = exchange(
    "POST",
    "/upload/sale/images",
    status=201,
    answer={"location": "https://a.example/1", "expiresAt": "2026-07-02T10:00:00Z"},
)
IMAGE["request_headers"]["content-type"] = "image/jpeg"
IMAGE["request_body"] = {"base64": "/9j/4AA="}
TOKEN = exchange(
    "POST",
    "/auth/oauth/token",
    status=200,
    answer={"access_token": "a", "token_type": "bearer", "expires_in": 43199},
)
TOKEN["request_headers"]["content-type"] = "application/x-www-form-urlencoded"
TOKEN["request_body"] = "grant_type=refresh_token&refresh_token=r"
TOKEN["response_headers"]["content-type"] = "application/json"

RIGHT = {
    "an offer patched, accepted for later": PATCH,
    "a price command": PRICE_COMMAND,
    "a page of the list": LIST,
    "an operation that is done": exchange("GET", f"{OFFER}/operations/{COMMAND}", status=303, location=OFFER),
    "an operation that is running": exchange(
        "GET", f"{OFFER}/operations/{COMMAND}", status=202, answer=accepted()
    ),
    "a draft deleted": exchange("DELETE", "/sale/offers/7700000001", status=204),
    "an offer not found": exchange("GET", OFFER, status=404, answer=refusal()),
    "an expired token": exchange("GET", "/sale/offers", status=401, answer={"error": "invalid_token"}),
    "a limit hit, though undeclared": exchange("GET", "/sale/offers", status=429, answer=refusal("Limit")),
    "a gateway that times out": exchange("GET", "/sale/offers", status=504),
    "a connection dropped": exchange("GET", "/sale/offers", status=0),
    "a beta command refused": BULK,
    "an image uploaded": IMAGE,
    "a token refreshed": TOKEN,
    "the control plane": exchange("POST", "/_sim/clock", {"forward": "PT1H"}, answer={"anything": 1}),
    "catalogue filters": exchange(
        "GET", "/sale/products?phrase=a&category.id=1&127448=127448_2", answer={"products": []}
    ),
}
