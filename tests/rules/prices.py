"""Rules for prices, as tests write them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reconciler.documents.expressions import Kind, Rates, Typed
from reconciler.engine.rules.price import Priced, PriceRule, priced
from reconciler.engine.rules.price_rule import rule_of
from reconciler.model.tables import Cell

NAMES = {
    "erp.net": Typed(Kind.MONEY, "PLN"),
    "erp.fee": Typed(Kind.MONEY, "PLN"),
    "erp.cost": Typed(Kind.MONEY, "PLN"),
    "erp.factor": Typed(Kind.NUMBER),
    "erp.name": Typed(Kind.TEXT),
    "erp.promo": Typed(Kind.MONEY, "PLN"),
    "erp.category": Typed(Kind.TEXT),
    "shop.price": Typed(Kind.MONEY, "EUR"),
    "base": Typed(Kind.MONEY, "PLN"),
}
NO_RATES = Rates(units={}, base="PLN")
#: The net price alone: what it comes to is what the test says.
NET = "erp.net"


def rule(body: Mapping[str, Any], currency: str = "PLN", decimals: int = 2) -> PriceRule:
    """A rule as a person writes it; the net price is its formula when it has none."""
    names = {**NAMES, NET: Typed(Kind.MONEY, currency)}
    return rule_of({"formula": NET, **body}, names, currency, decimals)


def cells(**said: str | int | None) -> dict[str, Cell]:
    """The row of an item: `net="34.10"` is `erp.net`. What is not said is empty."""
    found: dict[str, Cell] = dict.fromkeys(NAMES)
    for name, value in said.items():
        found[name if name == "base" else f"erp.{name}"] = Decimal(value) if isinstance(value, str) else value
    return found


def price_of(body: Mapping[str, Any], net: str | Decimal, currency: str = "PLN", decimals: int = 2) -> Priced:
    """What a rule comes to for a net price."""
    return priced(rule(body, currency, decimals), {**cells(), NET: Decimal(net)}, NO_RATES)
