"""What may end up in a traceback or a log shows no secret; and a refusal that quotes one is cleaned."""

from __future__ import annotations

import asyncio
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest
from providers.script import play, reply

from reconciler.model.outcomes import FaultKind
from reconciler.model.wire import Response
from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.providers.base import Credentials, DeviceCode, MarketplaceFault, Token
from reconciler.providers.conversation import Request
from reconciler.providers.forms import anything
from reconciler.runtime.auth.sealing import TokenPair
from reconciler.runtime.auth.tokens import ReadyToken
from reconciler.runtime.connection.masking import mask_of
from reconciler.runtime.connection.transport import NoAnswer
from reconciler.runtime.keys import Keys, SealingKey
from reconciler.runtime.ledger import Ledger

from .build import runner_of, stored
from .conftest import KEY, SECRET

QUOTED = "the-token+1/2"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_nothing_shows_a_secret(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    given = Credentials(token="secret-1", client_secret="secret-2", refresh_token="secret-3")
    tokens = stored(ledger, credentials=given, keys=Keys({"RECONCILE_KEY": "secret-4"}))

    async def shown() -> str:
        async with runner_of("http://x", ledger, tokens) as runner:
            runner._token = Token("secret-5", "secret-6")
            return repr(runner)

    pair = TokenPair(
        access="secret-7", refresh="secret-8", access_until=NOON, refresh_until=NOON, client="c", hosts="h"
    )
    request = Request(
        expects=anything, method="POST", path="/", form={"refresh_token": "secret-9"}, basic=("app", "secret-0")
    )
    things = [
        given,
        tokens,
        Token("secret-5"),
        pair,
        request,
        SealingKey(b"secret", "x"),
        Response(200, {}, b"secret"),
        mask_of(request, "secret-5"),
    ]
    code = DeviceCode(device_code="secret", user_code="u", address="a", expires_in=1, interval=1)
    ready = ReadyToken(account="main", credentials=given, remedy="another")
    text = " ".join(map(repr, [*things, code, ready])) + asyncio.run(shown())
    assert "secret" not in text.replace("client_secret", "").replace("secret=", "")
    ledger.close()


def test_a_refusal_that_quotes_a_token_is_cleaned() -> None:
    """Token endpoints like to say which token they refuse; the sentence goes into messages and into the ledger."""
    body = b'{"error": "invalid_grant", "error_description": "Invalid refresh token: the-token of hush"}'
    form = {"grant_type": "refresh_token", "refresh_token": "the-token"}
    request = Request(expects=anything, method="POST", path="/", host="auth", form=form, basic=("app", "hush"))
    cleaned = mask_of(request, "").response(Response(400, {}, body))
    assert cleaned.body == b'{"error": "invalid_grant", "error_description": "Invalid refresh token: *** of ***"}'
    expired = mask_of(Request(expects=anything, method="GET", path="/me"), "abc").response(
        Response(401, {}, b"expired: abc")
    )
    assert expired.body == b"expired: ***"


def test_a_failure_of_the_wire_that_quotes_a_token_is_cleaned(tmp_path: Path) -> None:
    """The text of a broken answer quotes the line that is broken, and is told."""

    async def quote(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line = next(each for each in head.split(b"\r\n") if b"uthorization" in each)
        writer.write(b"HTTP/1.1 200 OK\r\n" + line.replace(b":", b"") + b"\r\n\r\n")
        writer.close()

    async def told() -> str:
        server = await asyncio.start_server(quote, "127.0.0.1", 0)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with runner_of(base, ledger, stored(ledger)) as runner:
            with pytest.raises(NoAnswer) as failure:
                await runner._send(Request(expects=anything, method="GET", path="/me"), Token(QUOTED), None)
        server.close()
        return "".join(traceback.format_exception(failure.value))

    ledger = Ledger(tmp_path / "ledger.db")
    said = asyncio.run(told())
    ledger.close()
    assert "Bearer ***" in said
    assert QUOTED not in said


DEVICE = {
    "device_code": "d",
    "user_code": "ABCD",
    "verification_uri": "https://x",
    "expires_in": 20,
    "interval": 5,
}
APPLICATION = Credentials(client_id="app", client_secret=SECRET)


def refusal(error: str):
    return reply(400, {"error": error})


def polled(*answers):
    return play(
        ALLEGRO.poll_device(APPLICATION, play(ALLEGRO.begin_device(APPLICATION), reply(200, DEVICE)).result),
        *answers,
    )


def test_a_device_code_is_polled_at_its_pace() -> None:
    """Every interval, five seconds slower when told to, until the pair is there."""
    pair = reply(200, {"access_token": "a", "refresh_token": "r", "expires_in": 43199})
    told = polled(refusal("authorization_pending"), refusal("slow_down"), pair)
    assert told.sleeps == [5, 5, 10]
    assert told.result == Token("a", "r", 43199)


def test_a_device_code_ends() -> None:
    """Refused, unknown, or not confirmed in time: a fault, and no poll after it."""
    for error in ("access_denied", "invalid_request", "expired_token"):
        assert raised(error).fault.code == error
    late = raised(*["authorization_pending"] * 4)
    assert (late.fault.code, late.fault.kind) == ("expired_token", FaultKind.AUTH)


def raised(*said: str) -> MarketplaceFault:
    try:
        polled(*map(refusal, said))
    except MarketplaceFault as fault:
        return fault
    raise AssertionError("it was let in")


def test_the_authorization_page_is_asked_with_a_challenge() -> None:
    address = ALLEGRO.authorization_url("https://auth", APPLICATION, "http://127.0.0.1:1/callback", "s", "c")
    assert address.startswith("https://auth/auth/oauth/authorize?response_type=code&client_id=app&")
    assert "code_challenge=c&code_challenge_method=S256" in address
    assert "state=s" in address
    assert SECRET not in address
    assert KEY not in address
