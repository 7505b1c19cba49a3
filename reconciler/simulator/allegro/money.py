"""Amounts as texts: what a currency allows and how an amount reads back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reconciler.simulator.allegro.defaults import DECIMALS
from reconciler.simulator.allegro.refusals import fault
from reconciler.simulator.allegro.shapes import Faults, decimal_of
from reconciler.simulator.merge import dig


def check_money(value: Any, currency: str, path: str, faults: Faults, code: str = "prices.price.amount") -> None:
    """An amount of 0 or more in this currency, with no more decimals than the currency has."""
    amount = decimal_of(dig(value, "amount") or "")
    if amount is None:
        return  # the shape has complained already
    if dig(value, "currency") != currency:
        message = f"The currency must be {currency}."
        faults.append(fault(f"{code}.invalidCurrency", message, f"{path}.currency"))
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > DECIMALS.get(currency, 2):
        # A crown has no decimals here: "100.00" CZK is refused as "100.50" is (issues #7323, #8661).
        message = f"The amount has too many decimals for {currency}."
        faults.append(fault(f"{code}.invalidPrecision", message, f"{path}.amount"))
    if amount < 0:
        faults.append(fault(f"{code}.invalid", "The amount must not be negative.", f"{path}.amount"))


def two_decimals(value: Any) -> Any:
    """The same money with two decimals, as it reads back (issue #1507)."""
    amount = decimal_of(dig(value, "amount") or "")
    return value if amount is None else {**value, "amount": f"{amount:.2f}"}


def rounded(amount: Decimal, currency: str) -> str:
    """An amount computed by the marketplace, to the decimals of its currency."""
    return f"{amount:.{DECIMALS.get(currency, 2)}f}"
