"""Who may ask, and in which form: headers, media types, tokens."""

from __future__ import annotations

import pytest

from . import example as ex
from .conftest import PUBLIC, WRONG, Shop

BASIC = ("app", "hush")
FORM = {"Accept": "application/json", "User-Agent": "Tests/1.0"}


def refresh(shop, token: str):
    form = {"grant_type": "refresh_token", "refresh_token": token}
    headers = {"Authorization": ""}
    return shop.client.post("/auth/oauth/token", data=form, auth=BASIC, headers=FORM | headers)


def me(shop, token: str) -> int:
    return shop.get("/me", headers={"Authorization": f"Bearer {token}"}).status_code


def test_the_practice_token_names_the_seller(shop):
    """A seeded seller has a bearer token that works at once and never expires."""
    shop.wait(400 * 86_400)
    assert shop.get("/me").json()["login"] == "sklep"
    assert shop.get("/me").json()["baseMarketplace"] == {"id": "allegro-pl"}


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "application/json",
        "text/*",
        "application/vnd.allegro.beta.v1+json",
        f"{PUBLIC}x",
        f"{PUBLIC};q=0",
        f"{PUBLIC}; Q=0.000, */*",
        "application/*;q=0, */*",
    ],
)
def test_a_wrong_accept_is_not_found(shop, accept):
    """A wrong media type answers like a path that does not exist."""
    reply = shop.get("/sale/offers", headers={"Accept": accept, **WRONG})
    assert reply.status_code == 404
    assert reply.json()["errors"][0]["code"] == "NotFoundException"


@pytest.mark.parametrize(
    "accept",
    [
        PUBLIC.upper(),
        f"Application/JSON, {PUBLIC.title()};charset=UTF-8",
        f"application/json;q=0.9,{PUBLIC} ; q=0.1",
        f"{PUBLIC};q=nonsense",
        "application/*",
        "*/*;q=0.1",
        "text/html, */*;q=0.8",
    ],
)
def test_accept_is_read_as_http_says(shop, accept):
    """Without case, with parameters, ranges and weights (RFC 9110, 12.5.1)."""
    assert shop.get("/sale/offers", headers={"Accept": accept, **WRONG}).status_code == 200


@pytest.mark.parametrize("kind", [PUBLIC.upper(), f"{PUBLIC.title()} ; charset=UTF-8", f"{PUBLIC};v=1"])
def test_content_type_is_read_without_case(shop, kind):
    """The same holds for the type of a body, which may have parameters."""
    assert shop.post("/sale/offer-tags", {"name": "x"}, kind=kind, **WRONG).status_code == 200
    upload = shop.client.post(
        "/upload/sale/images", content=b"\xff\xd8\xff", headers={"Content-Type": "Image/JPEG"}
    )
    assert upload.status_code == 201


def test_a_missing_user_agent_is_forbidden(shop):
    """Requests without a User-Agent are refused."""
    assert shop.get("/me", headers={"User-Agent": "", **WRONG}).status_code == 403


def test_a_wrong_content_type_is_refused(shop):
    """A body has to come in Allegro's media type."""
    assert shop.post("/sale/offer-tags", {"name": "x"}, kind="application/json", **WRONG).status_code == 415


def test_an_unknown_token_is_401_in_oauth_form(shop):
    """Most operations answer 401 with `error`; reads of one offer with `errors`."""
    bad = {"Authorization": "Bearer nobody"}
    assert shop.get("/me", headers=bad).json()["error"] == "invalid_token"
    reply = shop.get(f"/sale/product-offers/{ex.OFFER}", headers=bad)
    assert (reply.status_code, reply.json()["errors"][0]["code"]) == (401, "invalid_token")


def test_a_refresh_rotates_and_kills_the_earlier_access_token(shop):
    """Each use gives a new pair; the access token before it stops working."""
    first = refresh(shop, "first-refresh").json()
    assert first["expires_in"] == 43_199
    assert me(shop, first["access_token"]) == 200
    second = refresh(shop, first["refresh_token"]).json()
    assert (me(shop, first["access_token"]), me(shop, second["access_token"])) == (401, 200)


def test_a_used_refresh_token_lives_sixty_seconds_longer(shop):
    """A retry within the grace gets the same pair; later it is invalid_grant."""
    first = refresh(shop, "first-refresh").json()
    shop.wait(50)
    assert refresh(shop, "first-refresh").json()["access_token"] == first["access_token"]
    shop.wait(20)
    late = refresh(shop, "first-refresh")
    assert (late.status_code, late.json()["error"]) == (400, "invalid_grant")


def test_an_access_token_expires_after_twelve_hours(shop):
    """43,199 seconds later the token is refused."""
    token = refresh(shop, "first-refresh").json()["access_token"]
    shop.wait(43_200)
    assert me(shop, token) == 401


def test_an_application_token_reads_dictionaries_only(shop):
    """client_credentials reaches categories, and no seller's data."""
    form = {"grant_type": "client_credentials"}
    reply = shop.client.post("/auth/oauth/token", data=form, auth=BASIC, headers=FORM)
    token = {"Authorization": f"Bearer {reply.json()['access_token']}"}
    assert shop.get("/sale/categories", headers=token).status_code == 200
    assert shop.get("/sale/offers", headers=token).status_code == 403


def test_the_device_flow_waits_for_a_person(shop):
    """Polling is pending until the code is approved, then gives a pair."""
    told = shop.client.post("/auth/oauth/device", data={"client_id": "app"}, auth=BASIC, headers=FORM).json()
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": told["device_code"],
    }
    pending = shop.client.post("/auth/oauth/token", data=form, auth=BASIC, headers=FORM)
    assert (pending.status_code, pending.json()["error"]) == (400, "authorization_pending")
    shop.client.post("/_sim/approve", json={"user_code": told["user_code"], "login": "sklep"})
    pair = shop.client.post("/auth/oauth/token", data=form, auth=BASIC, headers=FORM).json()
    assert me(shop, pair["access_token"]) == 200


def test_another_sellers_offer_does_not_exist(shop):
    """Other sellers' offers answer 404, and do not stand in the list."""
    shop.simulator.seed(ex.account(login="inny", user_id="2", offers=[], clients=[], refresh_token=None))
    other = Shop(shop.simulator, "inny")
    assert other.get(f"/sale/product-offers/{ex.OFFER}").status_code == 404
    assert other.patch(ex.OFFER, {"stock": {"available": 1}}).status_code == 404
    assert other.get("/sale/offers").json()["totalCount"] == 0


def test_the_upload_host_is_apart(shop):
    """Images go to the upload host; the API host does not know the path."""
    assert shop.post("/sale/images", {"url": "https://example.com/a.jpg"}, **WRONG).status_code == 404
    reply = shop.post("/upload/sale/images", {"url": "https://example.com/a.jpg"})
    assert reply.status_code == 201
    assert reply.json()["location"].startswith("https://a.allegroimg.com/original/")


def test_a_binary_upload_is_checked(shop):
    """A picture's bytes must be of the declared type."""
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    for content, kind, status in ((png, "image/png", 201), (png, "image/jpeg", 422), (png, "image/gif", 415)):
        reply = shop.client.post("/upload/sale/images", content=content, headers={"Content-Type": kind, **WRONG})
        assert reply.status_code == status
    assert PUBLIC in shop.get("/me").headers["content-type"]
