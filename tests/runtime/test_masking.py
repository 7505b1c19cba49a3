"""A secret that somebody quotes back is masked, however it is spelled; and nothing else is."""

from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.wire import Response
from reconciler.providers.conversation import Request
from reconciler.providers.forms import anything
from reconciler.runtime.connection.masking import mask_of

USER, SECRET, TOKEN = "app-1", "p/a+s=s&w\"ö'r<d> %1😀", "eyJ.a-b_c.tok/en+=="
REQUEST = Request(
    expects=anything, method="POST", path="/", form={"refresh_token": "re/fresh+1=="}, basic=(USER, SECRET)
)
MASK = mask_of(REQUEST, TOKEN)
BASIC = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()


def _lower(text: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), text)


SPELLINGS = {
    "as it is": lambda s: s,
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64, no padding": lambda s: base64.b64encode(s.encode()).decode().rstrip("="),
    "base64 for addresses": lambda s: base64.urlsafe_b64encode(s.encode()).decode(),
    "quoted": lambda s: quote(s, safe=""),
    "quoted, slashes kept": quote,
    "quoted in lower case": lambda s: _lower(quote(s, safe="")),
    "quoted twice": lambda s: quote(quote(s, safe=""), safe=""),
    "in a form": quote_plus,
    "JSON": lambda s: json.dumps(s)[1:-1],
    "JSON, slashes escaped": lambda s: json.dumps(s)[1:-1].replace("/", r"\/"),
    "JSON, unicode kept": lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    "JSON in JSON": lambda s: json.dumps(json.dumps(s)[1:-1])[1:-1],
    "JSON, all escaped": lambda s: "".join(c if c.isalnum() and c.isascii() else json.dumps(c)[1:-1] for c in s),
    "HTML": html.escape,
    "HTML, by numbers": lambda s: "".join(c if c.isalnum() and c.isascii() else f"&#{ord(c)};" for c in s),
    "HTML, by hex": lambda s: "".join(c if c.isalnum() and c.isascii() else f"&#x{ord(c):X};" for c in s),
    "base64, quoted": lambda s: quote(base64.b64encode(s.encode()).decode(), safe=""),
    "quoted in HTML": lambda s: html.escape(quote(s, safe="/&")),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", [SECRET, TOKEN, "re/fresh+1==", BASIC, f"{USER}:{SECRET}"])
def test_every_spelling_is_masked(spelling: str, secret: str) -> None:
    spelled = SPELLINGS[spelling](secret)
    said = MASK.text(f"<p>You sent: [{spelled}] and no more</p>")
    assert re.fullmatch(r"<p>You sent: \[\*\*\*(=|%3D)*\] and no more</p>", said), said


@pytest.mark.parametrize("header", ["Basic ", "Bearer ", "Authorization: Bearer ", '{"token": "'])
def test_a_header_in_base64_is_masked(header: str) -> None:
    """What is before and after the secret shifts its base64; of its ends some bits stay."""
    packed = base64.b64encode(f"{header}{TOKEN}, and more".encode()).decode()
    said = MASK.text(f"[{packed}]")
    assert "***" in said
    left = "".join(said.split("***"))
    assert len(packed) - len(left) >= len(base64.b64encode(TOKEN.encode())) - 6


@given(st.text(min_size=4), st.sampled_from(sorted(SPELLINGS)))
def test_any_secret_is_masked_in_any_spelling(secret: str, spelling: str) -> None:
    try:
        secret.encode()
    except UnicodeEncodeError:
        return  # half a character is no secret that anybody was given
    spelled = SPELLINGS[spelling](secret)
    mask = mask_of(Request(expects=anything, method="GET", path="/"), secret)
    assert "***" in mask.text(f"[{spelled}]")


def test_a_refusal_is_masked_in_its_headers_and_body() -> None:
    said = MASK.response(
        Response(
            502, {"www-authenticate": f"Basic {BASIC}"}, b"Bad gateway: Authorization: Basic " + BASIC.encode()
        )
    )
    assert BASIC not in str(said.headers)
    assert said.body == b"Bad gateway: Authorization: Basic ***"


def test_an_acceptance_that_quotes_the_token_is_masked_and_an_ordinary_one_is_the_same_object() -> None:
    request, token = Request(expects=anything, method="GET", path="/"), "a-token-of-some-length"
    body = json.dumps({"note": f"Bearer {token}"}).encode()
    said = mask_of(request, token).response(Response(200, {}, body))
    assert json.loads(said.body) == {"note": "Bearer ***"}
    ordinary = Response(200, {}, b'{"a": 1}')
    assert mask_of(request, token).response(ordinary) is ordinary


def test_what_a_login_gives_is_left_whole() -> None:
    """A marketplace may give the same refresh token again."""
    request = Request(
        expects=anything,
        method="POST",
        path="/",
        host="auth",
        form={"refresh_token": "the-same-refresh-token"},
        basic=(USER, SECRET),
    )
    answer = Response(200, {}, b'{"refresh_token": "the-same-refresh-token"}')
    assert mask_of(request, "").response(answer) is answer


def test_what_is_no_secret_stays() -> None:
    form = {"grant_type": "refresh_token", "client_id": "app", "refresh_token": "secret-1"}
    said = mask_of(Request(expects=anything, method="POST", path="/", form=form), "").text(urlencode(form))
    assert said == "grant_type=refresh_token&client_id=app&refresh_token=***"
