"""Whatever is sent, the marketplace answers as it does: it never breaks."""

from __future__ import annotations

import json
from random import Random

import pytest

from reconciler.simulator.etsy.routes import ROUTES

from . import example as ex
from .conftest import WRONG, Shop

ODD = [
    None,
    True,
    -1,
    0,
    1,
    2**63,
    2**64 - 1,
    10**30,
    1e308,
    0.5,
    "",
    "x",
    "\x00",
    "ż" * 200,
    [],
    [1],
    {},
    {"a": 1},
    [[]],
]
TEXTS = [
    "",
    "0",
    "-1",
    "1",
    "9" * 18,
    "9" * 40,
    "1e999",
    "NaN",
    "true",
    "null",
    "%00",
    "%ff",
    "%ED%A0%80",
    "a,b,,",
    "ż",
    "٣",
    "x" * 500,
]


def spoil(value, dice: Random):
    """The same document with one odd value at some place."""
    if isinstance(value, dict) and value and dice.random() < 0.8:
        name = dice.choice(list(value))
        return {**value, name: spoil(value[name], dice)}
    if isinstance(value, list) and value and dice.random() < 0.8:
        place = dice.randrange(len(value))
        return [*value[:place], spoil(value[place], dice), *value[place + 1 :]]
    return dice.choice(ODD)


def test_any_inventory(shop):
    dice = Random(7)
    seen = set()
    for _ in range(300):
        body = spoil(ex.shirts(), dice)
        reply = shop.ask(
            "PUT",
            f"/listings/{ex.SHIRT}/inventory",
            content=json.dumps(body).encode(),
            headers={**WRONG, "Content-Type": "application/json"},
        )
        seen.add(reply.status_code)
    assert seen <= {200, 400}
    assert 400 in seen


def filled(path: str, dice: Random) -> str:
    known = {
        "shop_id": ex.SHOP,
        "listing_id": ex.MUG,
        "property_id": ex.COLOUR,
        "language": "de",
        "user_id": ex.USER,
    }
    known |= {"shipping_profile_id": ex.PROFILE, "return_policy_id": ex.POLICY, "shop_section_id": ex.SECTION}
    for name in [one[1:-1] for one in path.split("/") if one.startswith("{")]:
        value = known.get(name, 1) if dice.random() < 0.9 else dice.choice(TEXTS) or "%20"
        path = path.replace(f"{{{name}}}", str(value))
    return path


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"]
)
def test_any_body_and_query_of_any_operation(shop: Shop, kind: str):
    dice = Random(kind)
    seen = set()
    for route in (route for found in ROUTES._routes.values() for _, route in found):
        for _ in range(3):
            fields = {name: dice.choice(TEXTS) for name in route.fields if dice.random() < 0.6}
            parts = "".join(
                f'--x\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
                for name, text in fields.items()
            )
            body = {
                "application/x-www-form-urlencoded": "&".join(f"{name}={text}" for name, text in fields.items()),
                "application/json": json.dumps(dice.choice(ODD)),
            }.get(kind, f"{parts}--x--")
            query = "&".join(f"{name}={dice.choice(TEXTS)}" for name in route.query.split() if dice.random() < 0.4)
            url = f"{filled(route.path, dice)}?{query}"
            content = None if route.method == "GET" else body.encode()
            reply = shop.ask(route.method, url, content=content, headers={**WRONG, "Content-Type": kind})
            seen.add(reply.status_code)
    assert seen <= {200, 201, 204, 400, 401, 403, 404, 409, 501}, seen


@pytest.mark.parametrize("key", ["app:ż", "ż:hush", "app:hush:more", ":", "::"])
def test_any_key(shop, key):
    headers = {**WRONG, "x-api-key": key.encode()}
    assert shop.get("/users/me", headers=headers).status_code in {401, 403}


def test_any_challenge(shop):
    shop.set(auto_approve_login="sklep")
    asked = {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": "https://a.example",
        "scope": "shops_r",
        "state": "1",
    }
    reply = shop.client.get(
        "/oauth/connect", params={**asked, "code_challenge": "ż", "code_challenge_method": "S256"}
    )
    code = reply.headers["location"].partition("code=")[2].partition("&")[0]
    form = {
        "client_id": "app",
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": "https://a.example",
        "code_verifier": "x" * 43,
    }
    assert shop.client.post("/v3/public/oauth/token", data=form).status_code == 400
