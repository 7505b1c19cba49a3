"""Values of fields: JSON's own, plus Money and Gain. No floats anywhere.

A canonical value is None, bool, int, str, Money, Gain, or a list or dict of these. The same value always has the
same text (`canonical_json`), so that it can be compared, stored and digested.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import NoneType
from typing import Any

import orjson
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
    if text[-3:-2] == ".":  # as most prices are
        return text
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
    amount = value["amount"]
    return _amount_in(f"{amount} {value['currency']}") if isinstance(amount, str) else None


@lru_cache(maxsize=4096)
def _amount_in(text: str) -> Decimal | None:
    """Many offers have one price, and a plan says each of them four times."""
    try:
        return Money.parse(text).amount
    except ValueError:
        return None


def canonical_json(value: Value) -> str:
    """Return the one text of a value: sorted keys, no spaces, Unicode kept, money without trailing zeros."""
    text = _quickly(value)
    return _in_full(value) if text is None else text.decode()


#: What has no parts in which a float might stand.
_NO_FLOAT = _AS_IT_IS | {Money, Gain}
#: How orjson writes what it knows; what it does not, `_known` turns into what it does.
_AS_WE_WRITE = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def _quickly(value: Value) -> bytes | None:
    """Return the canonical text from orjson, in a tenth of the time; None of what it cannot write.

    That are half characters, keys that are no texts, numbers beyond those of a machine, and what nobody may write.
    """
    return None if _has_float(value) else _dumped(value)


def _dumped(value: Value) -> bytes | None:
    try:
        return orjson.dumps(value, _known, _AS_WE_WRITE)
    except TypeError:
        return None


def _has_float(value: Value) -> bool:
    """Look for a float, which orjson would write: at the types of all parts at once, then into parts."""
    kind = type(value)
    parts = value.values() if kind is dict else value if kind in (list, tuple) else ()
    if not parts or _AS_IT_IS.issuperset(map(type, parts)):
        return isinstance(value, float)
    return any(_has_float(each) for each in parts if type(each) not in _AS_IT_IS)


def _known(value: Value) -> Value:
    """Turn what orjson does not know into what it does; TypeError for what is no canonical value."""
    if type(value) is Money:  # as most are
        return _normal_money(value)
    if isinstance(value, _KNOWN):
        return _normal(value)
    raise TypeError(f"{type(value).__name__} is no canonical value")


#: What `_known` turns into what orjson knows.
_KNOWN = (Money, Gain, Mapping, tuple, Decimal)


def _in_full(value: Value) -> str:
    return _CANONICAL.encode(value if type(value) in _AS_IT_IS else _normal(value))


#: Made once: `json.dumps` makes one for each value, which takes longer than to write a short one.
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=4096)
def _normal_money(value: Money) -> Value:
    """Many offers have one price, and the digest of a plan takes in each of them four times."""
    return {"amount": f"{value.amount.normalize():f}", "currency": value.currency}


def _normal(value: Value) -> Value:
    if type(value) is dict:
        return {str(k): v if type(v) in _AS_IT_IS else _normal(v) for k, v in value.items()}
    if isinstance(value, Money):
        return _normal_money(value)
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
    return _digest_of_money(value) if type(value) is Money else _digest(value, _quickly(value))


@lru_cache(maxsize=4096)
def _digest_of_money(value: Money) -> str:
    return _digest(value, _quickly(value))


def digest_around(value: Value, parts: Iterable[Value]) -> str:
    """Return the digest of what was put together here around `parts`: only these may hold what is no value."""
    return _digest(value, _around(value, parts))


def text_around(value: Value, parts: Iterable[Value]) -> str:
    """Return the canonical text of what was put together here around `parts`."""
    text = _around(value, parts)
    return _in_full(value) if text is None else text.decode()


def _around(value: Value, parts: Iterable[Value]) -> bytes | None:
    parts = [each for each in parts if type(each) not in _NO_FLOAT]
    return None if parts and any(map(_has_float, parts)) else _dumped(value)


def _digest(value: Value, text: bytes | None) -> str:
    return hashlib.sha256(text or _in_full(value).encode()).hexdigest()
