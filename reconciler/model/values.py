"""Values of fields: JSON's own, plus Money and Gain. No floats anywhere.

A canonical value is None, bool, int, str, Money, Gain, or a list or dict of these. The same value always has the
same text (`canonical_json`), so that it can be compared, stored and digested.
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import NoneType
from typing import Any

from msgspec import Struct

Value = Any  # recursive: None | bool | int | str | Money | list[Value] | dict[str, Value]

#: What marks a mapping as money in JSON.
MONEY_KEYS = frozenset({"amount", "currency"})
#: What marks a mapping as a difference of pieces in JSON.
GAIN_KEYS = frozenset({"gain"})
#: What JSON has as it stands: most of what is written and digested, so these are asked for before anything else.
_AS_IT_IS = frozenset({str, int, bool, NoneType})


class Money(Struct, frozen=True):
    """An amount of one currency. `49.9 PLN` equals `49.90 PLN`."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.currency}"

    @classmethod
    def parse(cls, text: str) -> "Money":
        """Read `49.99 PLN`. Raise ValueError when it is something else."""
        amount, _, currency = text.strip().partition(" ")
        currency = currency.strip()
        if len(currency) != 3 or not currency.isascii() or not currency.isupper():
            raise ValueError(f"`{text}` is not an amount and a currency, such as `49.99 PLN`")
        try:
            value = Decimal(amount)
        except InvalidOperation as wrong:
            raise ValueError(f"`{amount}` is not a decimal number") from wrong
        if not value.is_finite():
            raise ValueError(f"`{amount}` is not a finite number")
        return cls(value, currency)


class Gain(Struct, frozen=True):
    """A difference of pieces, up or down: what is written where the number itself is not ours to know."""

    amount: int

    def __str__(self) -> str:
        return f"{self.amount:+,}"


def plain(amount: Decimal) -> str:
    """Write a decimal without exponent, with at least two digits after the point unless it is whole.

    >>> plain(Decimal("49.9")), plain(Decimal("289")), plain(Decimal("289.00"))
    ('49.90', '289', '289.00')
    """
    text = f"{amount:f}"
    whole, point, digits = text.partition(".")
    return f"{whole}.{digits.ljust(2, '0')}" if point else whole


def jsonable(value: Value) -> Value:
    """Turn a canonical value into JSON's own types; Money becomes {amount, currency}."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is dict:
        return {str(name): each if type(each) in _AS_IT_IS else jsonable(each) for name, each in value.items()}
    match value:
        case Money():
            return {"amount": plain(value.amount), "currency": value.currency}
        case Gain():
            return {"gain": value.amount}
        case Mapping():
            return {str(k): jsonable(v) for k, v in value.items()}
        case list() | tuple():
            return [jsonable(v) for v in value]
        case Decimal():
            return plain(value)
        case float():
            raise TypeError("a float is never a canonical value")
        case _:
            return value


def from_jsonable(value: Value) -> Value:
    """Undo `jsonable`: a mapping of exactly amount and currency is Money, one of a gain alone is a Gain."""
    if isinstance(value, dict):
        if len(value) == 2 and value.keys() == MONEY_KEYS and (amount := _amount_of(value)) is not None:
            return Money(amount, value["currency"])
        if len(value) == 1 and value.keys() == GAIN_KEYS and isinstance(value["gain"], int):
            return Gain(value["gain"])
        return {k: from_jsonable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [from_jsonable(v) for v in value]
    return value


def _amount_of(value: Mapping[str, Value]) -> Decimal | None:
    """Return the amount of what is money; None of a mapping that only has its keys."""
    try:
        money = Money.parse(f"{value['amount']} {value['currency']}")
    except ValueError:
        return None
    return money.amount if isinstance(value["amount"], str) else None


def canonical_json(value: Value) -> str:
    """Return the one text of a value: sorted keys, no spaces, Unicode kept, money without trailing zeros."""
    return _CANONICAL.encode(value if type(value) in _AS_IT_IS else _normal(value))


#: Made once: `json.dumps` makes one for each value, which takes longer than to write a short one.
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _normal(value: Value) -> Value:
    if type(value) is dict:
        return {str(k): v if type(v) in _AS_IT_IS else _normal(v) for k, v in value.items()}
    if isinstance(value, Money):
        return {"amount": f"{value.amount.normalize():f}", "currency": value.currency}
    if isinstance(value, list | tuple):
        return [v if type(v) in _AS_IT_IS else _normal(v) for v in value]
    if isinstance(value, Gain):
        return {"gain": value.amount}
    if isinstance(value, Mapping):
        return {str(k): _normal(v) for k, v in value.items()}
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, float):
        raise TypeError("a float is never a canonical value")
    return value


def digest(value: Value) -> str:
    """Return the SHA-256 of a value's canonical text, in hexadecimal."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
