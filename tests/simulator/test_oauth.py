"""How an application gets its tokens: codes, devices, scopes, revocation."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from . import example as ex
from .conftest import WRONG, Shop
from .test_headers_and_tokens import BASIC, FORM, me, refresh

BACK = "http://localhost:8123/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-1234"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKED = {"response_type": "code", "client_id": "app", "redirect_uri": BACK, "state": "s1"}
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def sellers(shop):
    """Two sellers and one application, which belongs to neither."""
    shop.simulator.seed(ex.account(login="inny", user_id="2", offers=[], refresh_token=None))
    return shop


def authorize(shop: Shop, headers: dict | None = None, **more):
    return shop.client.get("/auth/oauth/authorize", params={**ASKED, **PKCE, **more}, headers=headers or {})


def answer(reply) -> dict:
    assert reply.status_code == 302, reply.text
    address = urlsplit(reply.headers["location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == BACK
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def code_of(shop: Shop, login: str = "sklep", **more) -> str:
    shop.set(auto_approve_login=login)
    return answer(authorize(shop, **more))["code"]


def token(shop: Shop, form: dict, *, public: bool = False):
    if public:  # nothing but the verifier proves who it is
        headers = {name: value for name, value in shop.client.headers.items() if name != "authorization"}
        request = shop.client.build_request(
            "POST", "/auth/oauth/token", data={**form, "client_id": "app"}, headers=headers | FORM
        )
        del request.headers["Authorization"]
        return shop.client.send(request)
    return shop.client.post("/auth/oauth/token", data=form, auth=BASIC, headers=FORM)


def redeem(shop: Shop, code: str, verifier: str = VERIFIER, back: str = BACK, *, public: bool = False):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    return token(shop, form, public=public)


def ask_device(shop: Shop, **form: str) -> dict:
    return shop.client.post(
        "/auth/oauth/device", data={"client_id": "app", **form}, auth=BASIC, headers=FORM
    ).json()


def poll(shop: Shop, code: str) -> str:
    """The error of one poll, or nothing."""
    return token(shop, {"grant_type": DEVICE, "device_code": code}).json().get("error", "")


def who(shop: Shop, pair: dict) -> str:
    return shop.get("/me", headers={"Authorization": f"Bearer {pair['access_token']}"}).json()["login"]


def test_a_code_becomes_a_pair_once(shop):
    """Back at once with code and state; the code works once, for whoever knows the verifier."""
    shop.set(auto_approve_login="sklep")
    told = answer(authorize(shop))
    assert told["state"] == "s1"
    pair = redeem(shop, told["code"]).json()
    assert pair["expires_in"] == 43_199
    assert who(shop, pair) == "sklep"
    assert refresh(shop, pair["refresh_token"]).status_code == 200
    again = redeem(shop, told["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_public_client_proves_itself_by_the_verifier(shop):
    """An application without a secret needs no Basic when it sends the verifier."""
    assert redeem(shop, code_of(shop), public=True).status_code == 200


@pytest.mark.parametrize(("verifier", "back"), [("another", BACK), (VERIFIER, "http://localhost:1/x")])
def test_a_code_is_bound(shop, verifier, back):
    """Another verifier or another address gets nothing, and does not use the code up."""
    code = code_of(shop)
    assert redeem(shop, code, verifier, back).json()["error"] == "invalid_grant"
    assert redeem(shop, code).status_code == 200


def test_a_code_expires(shop):
    """Ten minutes later it is worth nothing."""
    code = code_of(shop)
    shop.wait(601)
    assert redeem(shop, code).json()["error"] == "invalid_grant"


def test_a_code_without_a_challenge_needs_the_secret_alone(shop):
    """PKCE is optional."""
    shop.set(auto_approve_login="sklep")
    code = answer(shop.client.get("/auth/oauth/authorize", params=ASKED))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    assert token(shop, form).status_code == 200


def test_the_approving_login_decides_whose_token_it_is(sellers):
    """One application, several sellers: the token is of who let it in."""
    pairs = {login: redeem(sellers, code_of(sellers, login)).json() for login in ("sklep", "inny")}
    assert {login: who(sellers, pair) for login, pair in pairs.items()} == {"sklep": "sklep", "inny": "inny"}
    told = answer(authorize(sellers, WRONG, login="sklep"))
    assert who(sellers, redeem(sellers, told["code"]).json()) == "sklep"


def test_a_page_lets_the_seller_choose(sellers):
    """Without a login known a form shows the sellers, and its button leads back."""
    page = authorize(sellers)
    assert page.headers["content-type"].startswith("text/html")
    assert ">Yes, as sklep<" in page.text
    assert ">Yes, as inny<" in page.text
    form = {**ASKED, **PKCE, "login": "inny"}
    told = answer(sellers.client.post("/_sim/authorize", data=form))
    assert who(sellers, redeem(sellers, told["code"]).json()) == "inny"
    refused = answer(sellers.client.post("/_sim/authorize", data={**form, "login": ""}))
    assert (refused["error"], refused["state"]) == ("access_denied", "s1")


def test_an_unknown_application_is_not_sent_back(shop):
    """Nobody is sent to the address of an application that nobody knows."""
    reply = authorize(shop, client_id="nobody")
    assert (reply.status_code, "location" in reply.headers) == (400, False)


def test_an_unknown_scope_is_told_to_the_application(shop):
    """The fault goes back to the address."""
    shop.set(auto_approve_login="sklep")
    assert answer(authorize(shop, scope="allegro:api:magic"))["error"] == "invalid_scope"


def test_a_device_polls_too_fast(shop):
    """slow_down, and five seconds more between the polls from then on."""
    code = ask_device(shop)["device_code"]
    assert poll(shop, code) == "authorization_pending"
    shop.wait(5)
    assert poll(shop, code) == "authorization_pending"
    shop.wait(1)
    assert poll(shop, code) == "slow_down"
    shop.wait(6)
    assert poll(shop, code) == "slow_down"
    shop.wait(15)
    assert poll(shop, code) == "authorization_pending"


def test_a_device_is_refused(shop):
    """A seller who says no is told as access_denied."""
    told = ask_device(shop)
    shop.client.post("/_sim/deny", json={"user_code": told["user_code"]})
    assert poll(shop, told["device_code"]) == "access_denied"


def test_a_device_code_expires(shop):
    """After its hour it is expired; one that never was is an invalid request."""
    told = ask_device(shop)
    assert (told["expires_in"], told["interval"]) == (3600, 5)
    shop.wait(3601)
    assert poll(shop, told["device_code"]) == "expired_token"
    assert poll(shop, "nonsense") == "invalid_request"


def test_a_device_is_approved_on_a_page(sellers):
    """The address that the device shows leads to a form with the sellers."""
    told = ask_device(sellers)
    page = sellers.client.get(told["verification_uri_complete"])
    assert told["user_code"] in page.text
    sellers.client.post(told["verification_uri"], data={"user_code": told["user_code"], "login": "inny"})
    pair = token(sellers, {"grant_type": DEVICE, "device_code": told["device_code"]}).json()
    assert who(sellers, pair) == "inny"


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_a_revoked_pair_is_gone(shop, which):
    """Either of the two takes both away; a token that never was is no error."""
    pair = refresh(shop, "first-refresh").json()
    for sent in (pair[which], "nonsense"):
        reply = shop.client.post("/auth/oauth/revoke", data={"token": sent}, auth=BASIC, headers=FORM)
        assert (reply.status_code, reply.content) == (200, b"")
    assert me(shop, pair["access_token"]) == 401
    assert refresh(shop, pair["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_lives_three_months(shop):
    """Used within ninety days it goes on, afterwards it does not."""
    pair = refresh(shop, "first-refresh").json()
    shop.wait(89 * 86_400)
    pair = refresh(shop, pair["refresh_token"]).json()
    shop.wait(91 * 86_400)
    assert refresh(shop, pair["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_token_without_a_scope_is_forbidden(shop):
    """Each operation asks for its own scope, and names it."""
    pair = redeem(shop, code_of(shop, scope="allegro:api:sale:offers:read")).json()
    assert pair["scope"] == "allegro:api:sale:offers:read"
    bearer = {"Authorization": f"Bearer {pair['access_token']}"}
    assert shop.get("/sale/offers", headers=bearer).status_code == 200
    assert shop.get("/marketplaces", headers=bearer).status_code == 200
    refused = {
        "sale:offers:write": shop.patch(ex.OFFER, {"stock": {"available": 3}}, **bearer),
        "sale:settings:read": shop.get("/sale/shipping-rates", headers=bearer),
        "sale:settings:write": shop.post("/sale/offer-tags", {"name": "x", "hidden": False}, **bearer),
        "profile:read": shop.get("/me", headers=bearer),
    }
    for scope, reply in refused.items():
        error = reply.json()["errors"][0]
        assert (reply.status_code, error["code"]) == (403, "AccessDenied")
        assert error["metadata"]["scope"] == f"allegro:api:{scope}"


def test_a_state_of_a_command_needs_the_scope_of_writing(shop):
    """Reading how a command went is not reading offers."""
    shop.set(withheld_scopes=["sale:offers:write"])
    path = "/sale/offer-publication-commands/44444444-4444-4444-8444-444444444444"
    assert shop.get(path).status_code == 403
    assert shop.get("/sale/offers").status_code == 200


def test_a_scope_that_comes_later_needs_a_new_login(shop):
    """Withheld when the pair was issued, a scope is missing after every refresh."""
    shop.set(withheld_scopes=["sale:offers:read"])
    pair = refresh(shop, "first-refresh").json()
    shop.set(withheld_scopes=[])
    pair = refresh(shop, pair["refresh_token"]).json()
    assert shop.get("/sale/offers", headers={"Authorization": f"Bearer {pair['access_token']}"}).status_code == 403
    pair = redeem(shop, code_of(shop)).json()
    assert shop.get("/sale/offers", headers={"Authorization": f"Bearer {pair['access_token']}"}).status_code == 200


def test_seeding_one_seller_leaves_the_applications_of_others(sellers):
    """A client_id belongs to no seller, so replacing one seller does not take it away."""
    sellers.simulator.seed(ex.account(login="inny", user_id="2", offers=[], clients=[], refresh_token=None))
    assert refresh(sellers, "first-refresh").status_code == 200


def test_an_access_token_names_the_application_and_the_user(shop):
    """It is a JWT, whose payload anybody can read (issues #674, #1578)."""
    pair = refresh(shop, "first-refresh").json()
    payload = pair["access_token"].split(".")[1]
    told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert (told["client_id"], told["user_name"]) == ("app", shop.get("/me").json()["id"])
    assert told["scope"] == pair["scope"].split()
