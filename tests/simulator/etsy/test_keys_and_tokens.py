"""Applications by their keys, sellers by their tokens; how an application gets them."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from . import example as ex
from .conftest import KEY, WRONG, Shop, told

BACK = "https://app.example.com/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-1234"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKED = {
    "response_type": "code",
    "client_id": "app",
    "redirect_uri": BACK,
    "scope": "listings_r listings_w shops_r",
    "state": "s1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
TOKEN = "/v3/public/oauth/token"


def connect(shop: Shop, wrong: bool = False, **changes: str | None):
    asked = {name: value for name, value in {**ASKED, **changes}.items() if value is not None}
    return shop.client.get("/oauth/connect", params=asked, headers=WRONG if wrong else {})


def answer(reply) -> dict[str, str]:
    assert reply.status_code == 302, reply.text
    address = urlsplit(reply.headers["location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == BACK
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def code_of(shop: Shop, **changes: str) -> str:
    shop.set(auto_approve_login="sklep")
    return answer(connect(shop, **changes))["code"]


def token(shop: Shop, wrong: bool = False, **form: str):
    return shop.client.post(TOKEN, data={"client_id": "app", **form}, headers=WRONG if wrong else {})


def redeem(shop: Shop, code: str, **changes: str):
    form = {"redirect_uri": BACK, "code": code, "code_verifier": VERIFIER, **changes}
    return token(shop, grant_type="authorization_code", **form)


def refresh(shop: Shop, used: str, client: str = "app"):
    return token(shop, grant_type="refresh_token", refresh_token=used, client_id=client)


def bearer(pair: dict) -> dict:
    return {"headers": {"Authorization": f"Bearer {pair['access_token']}"}}


@pytest.mark.parametrize(
    ("key", "status", "said"),
    [
        (None, 401, "Missing x-api-key header."),
        ("app", 403, "Shared secret is required in x-api-key header."),
        ("app:", 403, "Shared secret is required"),
        ("app:wrong", 401, "Invalid API key"),
        ("nobody:hush", 401, "Invalid API key"),
    ],
)
def test_every_request_has_the_key_with_its_secret(shop, key, status, said):
    request = shop.client.build_request("GET", f"/v3/application/listings/{ex.MUG}", headers=WRONG)
    del request.headers["x-api-key"]
    if key is not None:
        request.headers["x-api-key"] = key
    assert said in told(shop.client.send(request), status)


def test_the_practice_key_and_token_are_ready(shop):
    assert shop.get("/users/me", headers={"x-api-key": "simulator:simulator"}).json()["shop_id"] == ex.SHOP
    shop.simulator.add_client("late", "pssst")
    assert shop.get("/users/me", headers={"x-api-key": "late:pssst"}).status_code == 200


def test_a_code_becomes_a_pair_once(shop):
    shop.set(auto_approve_login="sklep")
    back = answer(connect(shop))
    assert back["state"] == "s1"
    pair = redeem(shop, back["code"]).json()
    assert pair["access_token"].startswith(f"{ex.USER}.")
    assert pair["refresh_token"].startswith(f"{ex.USER}.")
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 3600)
    assert shop.get("/users/me", **bearer(pair)).json()["user_id"] == ex.USER
    assert told(redeem(shop, back["code"]), 400) == "invalid_grant"


def test_a_person_chooses_on_the_page(shop):
    page = connect(shop)
    assert page.headers["content-type"].startswith("text/html")
    assert "Grant access as sklep" in page.text
    assert answer(shop.client.post("/_sim/authorize", data={**ASKED, "login": "sklep"}))["code"]
    assert answer(shop.client.post("/_sim/authorize", data={**ASKED, "login": ""}))["error"] == "access_denied"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"state": None}, "invalid_request"),
        ({"scope": None}, "invalid_request"),
        ({"scope": "listings_x"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_the_page_goes_back_with_the_reason(shop, changes, error):
    shop.set(auto_approve_login="sklep")
    assert answer(connect(shop, wrong=True, **changes))["error"] == error


def test_an_address_without_tls_is_no_callback(shop):
    shop.set(auto_approve_login="sklep")
    for address in ("http://app.example.com/", "http://localhost:8123/", "", "app:/callback"):
        assert told(connect(shop, redirect_uri=address), 400) == "invalid_request"
    assert told(connect(shop, client_id="nobody"), 400) == "invalid_client"
    shop.set(loopback_callback=True)
    assert connect(shop, redirect_uri="http://localhost:8123/").status_code == 302
    assert told(connect(shop, redirect_uri="http://app.example.com/"), 400) == "invalid_request"


def test_a_code_is_bound_to_its_verifier_its_address_and_ten_minutes(shop):
    code = code_of(shop)
    assert told(redeem(shop, code, code_verifier="x" * 43), 400) == "invalid_grant"
    assert told(redeem(shop, code, redirect_uri=f"{BACK}/2"), 400) == "invalid_grant"
    shop.simulator.add_client("other", "s")
    assert told(redeem(shop, code, client_id="other"), 400) == "invalid_grant"
    shop.wait(601)
    assert told(redeem(shop, code), 400) == "invalid_grant"
    assert redeem(shop, code_of(shop)).status_code == 200


def test_an_access_token_lasts_an_hour_and_belongs_to_its_application(shop):
    pair = redeem(shop, code_of(shop)).json()
    other = {"headers": {**bearer(pair)["headers"], "x-api-key": "simulator:simulator"}}
    assert told(shop.get("/users/me", **other), 401) == "invalid_token"
    shop.wait(3599)
    assert shop.get("/users/me", **bearer(pair)).status_code == 200
    shop.wait(2)
    reply = shop.get("/users/me", **bearer(pair))
    assert reply.json() == {"error": "invalid_token", "error_description": "access token is expired"}


def test_a_refresh_token_works_once(shop):
    pair = refresh(shop, f"{ex.USER}.first").json()
    assert shop.get("/users/me", **bearer(pair)).status_code == 200
    again = refresh(shop, f"{ex.USER}.first")
    assert again.json() == {"error": "invalid_grant", "error_description": "refresh_token is revoked"}
    assert refresh(shop, pair["refresh_token"]).status_code == 200
    assert told(refresh(shop, "nothing"), 400) == "invalid_grant"
    shop.set(refresh_grace_seconds=60)
    assert refresh(shop, f"{ex.USER}.first").json() == pair


def test_a_refresh_token_lasts_ninety_days(shop):
    shop.wait(90 * 86_400 + 1)
    assert told(refresh(shop, f"{ex.USER}.first"), 400) == "invalid_grant"


def test_unknown_grants_and_applications(shop):
    assert told(token(shop, wrong=True, grant_type="client_credentials"), 400) == "unsupported_grant_type"
    assert told(refresh(shop, f"{ex.USER}.first", client="nobody"), 400) == "invalid_client"


def test_a_token_has_the_scopes_that_were_asked_for(shop):
    pair = redeem(shop, code_of(shop, scope="listings_r shops_r")).json()
    assert shop.get("{shop}/listings", **bearer(pair)).status_code == 200
    path = f"/listings/{ex.MUG}"
    assert told(shop.ask("DELETE", path, **bearer(pair)), 403) == "insufficient_scope"
    kept = refresh(shop, pair["refresh_token"]).json()
    assert told(shop.ask("DELETE", path, **bearer(kept)), 403) == "insufficient_scope"
    shop.set(withheld_scopes=["listings_r"])
    assert told(shop.get("{shop}/listings"), 403) == "insufficient_scope"


def test_some_reads_need_the_key_alone(shop):
    request = shop.client.build_request("GET", f"/v3/application/listings/{ex.MUG}")
    del request.headers["Authorization"]
    assert shop.client.send(request).json()["title"] == "A mug"
    request = shop.client.build_request("GET", "/v3/application/users/me", headers=WRONG)
    del request.headers["Authorization"]
    assert told(shop.client.send(request), 401) == "invalid_token"


def test_tokens_are_taken_back(shop):
    shop.simulator.revoke("sklep")
    assert told(refresh(shop, f"{ex.USER}.first"), 400) == "invalid_grant"
    pair = redeem(shop, code_of(shop)).json()
    shop.trouble(do="expire_token")
    assert told(shop.get("/users/me", **bearer(pair)), 401) == "invalid_token"
    shop.trouble(do="revoke_refresh", when={"path": TOKEN})
    assert told(refresh(shop, pair["refresh_token"]), 400) == "invalid_grant"


def test_nothing_secret_is_recorded(open_shop, tmp_path, monkeypatch):
    record = tmp_path / "record.jsonl"
    monkeypatch.setenv("RECONCILE_SIMULATOR_RECORD", str(record))
    shop = open_shop()
    pair = redeem(shop, code_of(shop)).json()
    shop.get("/users/me", **bearer(pair))
    told_all = record.read_text()
    for secret in (pair["access_token"], pair["refresh_token"], KEY["x-api-key"], VERIFIER):
        assert secret not in told_all
