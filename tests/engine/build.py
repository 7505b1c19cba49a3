"""Short ways to say desired, live and changes in tests of the pure core."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from reconciler.documents.specs import load_spec
from reconciler.engine.diff import Scope
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.values import Money

SPEC = load_spec("allegro")
OFFERS = SPEC.kinds[OFFER]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SCOPE = Scope(now=NOW)
AUTO = dict.fromkeys(Module, (Mode.AUTO, "default"))


def key(name: str = "K1", kind: str = OFFER) -> Key:
    return Key("main", kind, name)


def desired(
    name: str = "K1", fields: Mapping[str, Any] | None = None, *, kind: str = OFFER, **more: Any
) -> Desired:
    return Desired(key=key(name, kind), fields=fields or {}, **{"modes": AUTO, **more})


def live(
    name: str | None = "K1",
    fields: Mapping[str, Any] | None = None,
    *,
    remote_id: str = "1",
    kind: str = OFFER,
    **facts: Any,
) -> Live:
    named = key(name, kind) if name else key(remote_id, kind)
    return Live(
        key=named, kind=kind, remote_id=remote_id, fields=fields or {}, facts={"external_id": name, **facts}
    )


def pln(amount: str) -> Money:
    return Money.parse(f"{amount} PLN")
