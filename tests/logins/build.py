"""The product's own parts, put together for one account."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

from reconciler.documents.specs import load_spec
from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.providers.base import Credentials
from reconciler.runtime.auth.tokens import StoredTokens
from reconciler.runtime.clock import WallClock
from reconciler.runtime.connection.runner import Runner
from reconciler.runtime.connection.transport import Hosts, Transport
from reconciler.runtime.keys import Keys
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.budgets import Budgets
from reconciler.runtime.progress import Silent
from reconciler.runtime.ratelimit.throttle import Throttle

from .conftest import CLIENT, KEY, SECRET


def stored(
    ledger: Ledger, refresh_token: str = "", *, kind: type[StoredTokens] = StoredTokens, **changes: Any
) -> StoredTokens:
    """The stored pair of account main."""
    told: dict[str, Any] = {
        "account": "main",
        "slot": "main",
        "credentials": Credentials(client_id=CLIENT, client_secret=SECRET, refresh_token=refresh_token),
        "hosts": "http://api http://auth",
        "ledger": ledger,
        "keys": Keys({"RECONCILE_KEY": KEY}),
        "clock": WallClock(),
        "refresh_life": ALLEGRO.refresh_life,
        "note": lambda _text: None,
        "lease_life": 1.0,
    }
    return kind(**{**told, **changes})


@asynccontextmanager
async def runner_of(base: str, ledger: Ledger, tokens: StoredTokens, note: Callable[[str], None] | None = None):
    """A runner that speaks to a marketplace over HTTP."""
    transport = Transport(Hosts(api=base, auth=base, upload=f"{base}/upload"), ALLEGRO.media)
    progress = Silent()
    if note:
        progress.note = note  # type: ignore[method-assign]
    throttle = Throttle(
        load_spec("allegro").budgets, Budgets(ledger.pace, "app"), WallClock(), user="u", virtual=False
    )
    try:
        yield Runner(
            provider=ALLEGRO,
            transport=transport,
            throttle=throttle,
            clock=WallClock(),
            tokens=tokens,
            progress=progress,
            read_file=lambda _path: b"",
            remember=lambda _fact: None,
        )
    finally:
        await transport.close()
