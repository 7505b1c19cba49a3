"""Tokens and codes as they lie in the store; what they are good for is each marketplace's own."""

from __future__ import annotations

import secrets
from typing import Any

import orjson

from reconciler.simulator.world import World


def keep(
    world: World,
    token: str,
    kind: str,
    seller: str,
    client: str,
    expires: float | None,
    body: Any = None,
    scopes: str | None = None,
) -> None:
    """Store one; `body` is what comes with it, such as the challenge of a code."""
    packed = None if body is None else orjson.dumps(body)
    world.store.run(
        "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?, NULL, ?, ?)",
        token, kind, seller, client, expires, packed, scopes,
    )  # fmt: skip


def secret() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(48)
