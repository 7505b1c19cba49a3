"""An address that the marketplace gives away for one use: what may be sent there, and what is said of it."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.model.wire import Response
from reconciler.providers.conversation import Request
from reconciler.providers.forms import anything
from reconciler.runtime.connection.masking import mask_of
from reconciler.runtime.connection.transport import Hosts, Transport

HOSTS = Hosts(
    api="https://api.shop.example",
    auth="https://shop.example/auth",
    upload="https://up.shop.example",
    signed=("files.example",),
)
SIGNED = "https://eu.files.example/put/a.png?signature=4f1dc0ffee5a1ad5"


@pytest.mark.parametrize(
    ("address", "is_theirs"),
    [
        (SIGNED, True),
        ("https://files.example/", True),
        ("https://api.shop.example/put?x=1", True),
        ("https://shop.example/put", True),  # a host that is asked anyway
        ("http://eu.files.example/put", False),
        ("https://eu.files.example:8443/put", False),
        ("https://evilfiles.example/put", False),
        ("https://files.example.evil.example/put", False),
        ("https://files.example@evil.example/put", False),
        ("https://user@files.example/put", False),
        ("https://api.shop.example.evil.example/put", False),
        ("https://api.shop.example:8443/put", False),
        ("https://evil.example/https://files.example/put", False),
        ("https://files.example//evil.example/put", False),
        ("https://[files.example/put", False),
        ("https://files.example:port/put", False),
        ("https://169.254.169.254/latest", False),
        ("file:///etc/passwd", False),
        ("//files.example/put", False),
        ("/put", False),
    ],
)
def test_where_it_may_lead(address: str, *, is_theirs: bool) -> None:
    async def trusts() -> bool:
        transport = Transport(HOSTS, "application/json")
        try:
            return transport.trusts(address)
        finally:
            await transport.close()

    assert asyncio.run(trusts()) is is_theirs


def test_its_signature_is_a_secret() -> None:
    request = Request(method="PUT", path="/put", signed=SIGNED, expects=anything)
    mask = mask_of(request, "")
    assert mask.text(f"no answer from {SIGNED}") == "no answer from https://eu.files.example/put/a.png?***"
    quoted = Response(403, {}, b"<Resource>signature%3D4f1dc0ffee5a1ad5</Resource>")
    assert b"4f1dc0ffee5a1ad5" not in mask.response(quoted).body
    assert SIGNED not in repr(request)
