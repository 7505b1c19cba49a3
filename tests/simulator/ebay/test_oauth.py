"""Logging in: the page of consent with a RuName, tokens, their scopes and their ends."""

from __future__ import annotations

import base64
from urllib.parse import parse_qsl, urlsplit

import pytest

from reconciler.simulator.ebay.scopes import BASE

from . import example as ex
from .conftest import ACCOUNT, INVENTORY, WRONG, errors

TOKEN, CONSENT = "/identity/v1/oauth2/token", "/oauth2/authorize"
SCOPES = f"{BASE} {BASE}/sell.inventory {BASE}/sell.account"
PRACTICE = {"grant_type": "refresh_token", "refresh_token": "practice-refresh"}


def basic(name: str = ex.CLIENT, secret: str = ex.SECRET) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{name}:{secret}'.encode()).decode()}"}


def token(shop, form: dict[str, str], **headers: str):
    return shop.client.post(TOKEN, data=form, headers={**basic(), **headers})


def consent(shop, **more: str):
    asked = {"client_id": ex.CLIENT, "redirect_uri": ex.RU_NAME, "response_type": "code", "scope": SCOPES, **more}
    return shop.get(CONSENT, params=asked)


def code(shop, **more: str) -> str:
    where = consent(shop, login=ex.LOGIN, **more).headers["location"]
    assert where.startswith("https://shop.example/in?")
    return dict(parse_qsl(urlsplit(where).query))["code"]


def redeem(shop, given: str, **more: str):
    return token(shop, {"grant_type": "authorization_code", "code": given, "redirect_uri": ex.RU_NAME, **more})


def test_a_code_leads_to_a_pair_of_tokens(shop):
    """The RuName stands for the address; signs of the code must be encoded; state comes back."""
    where = urlsplit(consent(shop, login=ex.LOGIN, state="a b").headers["location"])
    query = dict(parse_qsl(where.query))
    assert (query["state"], query["expires_in"], "#" in query["code"], where.fragment) == ("a b", "299", True, "")
    pair = redeem(shop, query["code"]).json()
    assert (pair["expires_in"], pair["refresh_token_expires_in"]) == (7200, 47_304_000)
    assert pair["token_type"] == "User Access Token"
    shop.client.headers["Authorization"] = f"Bearer {pair['access_token']}"
    assert shop.get(f"{INVENTORY}/inventory_item").status_code == 200
    assert shop.get("/commerce/identity/v1/user/").status_code == 403  # that scope was not asked for
    shop.wait(7201)
    assert shop.get(f"{INVENTORY}/inventory_item").status_code == 401


def test_a_code_is_good_once_for_five_minutes_and_for_its_runame(shop):
    first, second, third = (code(shop) for _ in range(3))
    assert redeem(shop, first).status_code == 200
    assert redeem(shop, first).json()["error"] == "invalid_grant"
    assert redeem(shop, second, redirect_uri="https://shop.example/in").json()["error"] == "invalid_grant"
    shop.wait(300)
    assert redeem(shop, third).json()["error"] == "invalid_grant"


def test_a_refresh_token_stays_and_is_not_told_again(shop):
    answers = [token(shop, PRACTICE).json() for _ in range(2)]
    assert all("refresh_token" not in one for one in answers)
    assert answers[0]["access_token"] != answers[1]["access_token"]
    for one in answers:  # an older access token goes on
        shop.client.headers["Authorization"] = f"Bearer {one['access_token']}"
        assert shop.get(f"{ACCOUNT}/privilege").status_code == 200
    narrow = token(shop, {**PRACTICE, "scope": f"{BASE}/sell.inventory.readonly"}).json()
    shop.client.headers["Authorization"] = f"Bearer {narrow['access_token']}"
    assert shop.get(f"{INVENTORY}/inventory_item").status_code == 200
    assert errors(shop.put_item("X1", ex.item())) == [1100]
    shop.simulator.revoke(ex.LOGIN, "refresh")
    assert token(shop, PRACTICE).json()["error"] == "invalid_grant"


def test_a_refresh_token_ends_after_18_months(shop):
    shop.wait(47_304_001)
    assert token(shop, PRACTICE).json()["error"] == "invalid_grant"


def test_a_token_of_the_application_sees_what_is_public(shop):
    answer = token(shop, {"grant_type": "client_credentials", "scope": BASE}).json()
    assert answer["token_type"] == "Application Access Token"
    shop.client.headers["Authorization"] = f"Bearer {answer['access_token']}"
    path = "/commerce/taxonomy/v1/get_default_category_tree_id?marketplace_id=EBAY_PL"
    assert shop.get(path).json()["categoryTreeId"] == "212"
    assert errors(shop.get(f"{INVENTORY}/inventory_item")) == [1100]


@pytest.mark.parametrize(
    ("form", "headers", "status", "error"),
    [
        (PRACTICE, basic(secret="no"), 401, "invalid_client"),
        (PRACTICE, {"Authorization": "Basic ***"}, 401, "invalid_client"),
        ({"grant_type": "password"}, {}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "scope": f"{BASE}/sell.inventory"}, {}, 400, "invalid_scope"),
        ({**PRACTICE, "scope": "sell.inventory"}, {}, 400, "invalid_scope"),
        ({**PRACTICE, "refresh_token": "x"}, {}, 400, "invalid_grant"),
    ],
)
def test_what_a_request_for_tokens_may_not_be(shop, form, headers, status, error):
    reply = token(shop, form, **headers, **WRONG)
    assert (reply.status_code, reply.json()["error"]) == (status, error)


def test_the_page_asks_which_seller_and_takes_a_no(shop):
    page = consent(shop)
    assert f'value="{ex.LOGIN}"' in page.text
    asked = {"client_id": ex.CLIENT, "redirect_uri": ex.RU_NAME, "response_type": "code", "login": ""}
    refused = shop.client.post("/_sim/authorize", data=asked)
    assert (refused.status_code, "error=access_denied" in refused.headers["location"]) == (302, True)
    agreed = shop.client.post("/_sim/authorize", data={**asked, "login": ex.LOGIN})
    assert "code=" in agreed.headers["location"]
    assert consent(shop, redirect_uri="https://shop.example/in").status_code == 400
    assert "error=invalid_scope" in consent(shop, login=ex.LOGIN, scope="x").headers["location"]


def test_a_runame_without_an_address_leads_to_a_page_to_copy_from(shop):
    """As `reconcile simulate --client ID:SECRET` registers one."""
    shop.simulator.add_client("mine", "secret")
    reply = consent(shop, client_id="mine", redirect_uri="mine-RuName", login=ex.LOGIN)
    where = reply.headers["location"]
    assert where.startswith("http://api/_sim/accepted?")
    assert "Copy the address" in shop.get(where.removeprefix("http://api")).text
    shop.simulator.add_ru_name("mine", "other", declined="https://shop.example/no")
    refused = consent(shop, client_id="mine", redirect_uri="other", login="nobody")
    assert refused.headers["location"].startswith("https://shop.example/no?error=")


def test_a_bad_token_and_a_withheld_scope(shop):
    reply = shop.get(f"{ACCOUNT}/privilege", headers={"Authorization": "Bearer x"})
    assert (reply.status_code, errors(reply)) == (401, [1001])
    shop.set(withheld_scopes=["sell.account", "sell.account.readonly"])
    reply = shop.get(f"{ACCOUNT}/privilege")
    assert (reply.status_code, errors(reply)) == (403, [1100])
