"""Between the wire and the canonical vocabulary, as far as every marketplace needs it.

A pointer (`/stock/available`) is split once into steps. Reading never fails on a missing or null part: it
gives None, since marketplaces leave out, null and empty the same thing at will.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any

from reconciler.model.values import Money, Value, plain
from reconciler.providers.forms import Unreadable, a_record, a_text, checked, kind_of, text

Steps = tuple[str | int, ...]

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:0+(?:\.0+)?S)?)?")
_BEGINS_NUMBER = re.compile(r"[+-]?\.?\d")
_HUMP = re.compile(r"(?<!^)([A-Z])")
UNLIMITED = "unlimited"


@cache
def steps(pointer: str) -> Steps:
    """Split a JSON pointer; digits are positions in a list.

    >>> steps("/productSet/0/quantity")
    ('productSet', 0, 'quantity')
    """
    return tuple(int(part) if part.isdigit() else part for part in pointer.split("/")[1:])


def pick(body: Any, path: Steps) -> Any:
    """Read what stands at a path, or None."""
    for step in path:
        if type(body) is dict or isinstance(body, Mapping):  # the first is what JSON is, and asked at once
            body = body.get(step)
        elif isinstance(body, list) and isinstance(step, int) and step < len(body):
            body = body[step]
        else:
            return None
    return body


def place(body: dict[str, Any], path: Steps, value: Any) -> None:
    """Write a value at a path of names, making the objects in between."""
    *parents, last = (str(step) for step in path)
    for step in parents:
        body = body.setdefault(step, {})
    body[last] = value


#: The powers of ten between which an amount lies; written out, one outside would fill the memory.
_SMALLEST, _LARGEST = -12, 15
_MOST_DIGITS = 30


def amount(wire: Any) -> Decimal:
    """Read a decimal: text or, in old answers, a number. Unreadable when it is none, or none of this world."""
    if type(wire) not in (str, int, float):
        raise Unreadable(f"{kind_of(wire)} is no amount")
    try:
        written = str(wire)
        read = Decimal(written)
    except (InvalidOperation, ValueError):  # ValueError: more digits than Python turns into text
        raise Unreadable("it is no amount") from None
    long = len(written) > _MOST_DIGITS and len(read.as_tuple().digits) > _MOST_DIGITS
    if long or not read.is_finite() or not _SMALLEST <= read.adjusted() <= _LARGEST:
        raise Unreadable("it is no amount")
    return read


def money(wire: Any) -> Money | None:
    """Read `{amount, currency}`. Unreadable when it is something else."""
    if not wire or (said := a_record(wire).get("amount")) is None:
        return None
    currency = a_text(wire.get("currency"))
    return _money_of(said, currency) if type(said) is str else Money(amount(said), currency)


@lru_cache(maxsize=4096)
def _money_of(said: str, currency: str) -> Money:
    """Many offers have one price."""
    return Money(amount(said), currency)


def wire_money(value: Money, decimals: int | None = None) -> dict[str, str]:
    """Write an amount with the currency's digits. A digit too many is kept: rounding is not ours to do.

    >>> wire_money(Money(Decimal("49.9"), "PLN")), wire_money(Money(Decimal("289.00"), "CZK"), 0)
    ({'amount': '49.90', 'currency': 'PLN'}, {'amount': '289', 'currency': 'CZK'})
    """
    amount = value.amount
    if decimals is not None:
        rounded = amount.quantize(Decimal(1).scaleb(-decimals))
        amount = rounded if rounded == amount else amount
    return {"amount": plain(amount), "currency": value.currency}


@lru_cache(maxsize=4096)
def duration(wire: str | None) -> str | None:
    """Bring an ISO 8601 duration of weeks, days and hours to hours. What is something else stays as it is.

    >>> duration("P2D"), duration("PT48H"), duration("PT0S"), duration("P1M")
    ('PT48H', 'PT48H', 'PT0H', 'P1M')
    """
    if wire is None or checked(text, wire) == "P":
        return wire
    found = _DURATION.fullmatch(wire)
    if not found:
        return wire
    weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    return wire if minutes % 60 else f"PT{(weeks * 7 + days) * 24 + hours + minutes // 60}H"


def wire_duration(value: str, spellings: Mapping[str, str]) -> str | None:
    """Write hours in the spelling that the field wants; whole days as days where it states none."""
    if value == UNLIMITED:
        return None
    if value in spellings:
        return spellings[value]
    found = re.fullmatch(r"PT(\d+)H", value)
    if not found:
        return value
    hours = int(found[1])
    return f"P{hours // 24}D" if hours and hours % 24 == 0 else value


def number(wire: Any) -> str | None:
    """Write a decimal without trailing zeros: `23.00` is `23`, a word is lower case.

    >>> number("23.00"), number("7.50"), number("EXEMPT"), number(None)
    ('23', '7.5', 'exempt', None)
    """
    if wire is None:
        return None
    if type(wire) is str and not _BEGINS_NUMBER.match(wire):
        return wire.lower()
    written = f"{amount(wire):f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


@cache
def snake(name: str) -> str:
    """Turn `postCode` into `post_code`."""
    return _HUMP.sub(lambda hump: "_" + hump[1].lower(), name)


@cache
def camel(name: str) -> str:
    """Turn `post_code` into `postCode`."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How the members of nested objects are spelled on both sides, where it is not just the other case.

    Members are named by their parent and their own key (ours), since neither a key nor a value alone tells: a
    city may be written in capitals, and a `name` may be anything. `renamed` maps them to the wire's key;
    `words` hold a word of a closed set, lower case here and upper case there; `prices` are `5.00 PLN` here
    and an object there.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    prices: frozenset[str] = frozenset()
    _known: dict[tuple[str, str], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        members = ((key.partition("."), theirs) for key, theirs in self.renamed.items())
        object.__setattr__(self, "_known", {(where, theirs): key for (where, _, key), theirs in members})

    def read(self, wire: Any, parent: str) -> Value:
        """Bring a wire value into our spelling; null members are left out, as unset."""
        if isinstance(wire, dict):
            named = ((self._ours(name, parent), value) for name, value in wire.items())
            return {name: self._read(value, parent, name) for name, value in named if value is not None}
        if isinstance(wire, list):
            return [self.read(item, parent) for item in wire]
        return f"{amount(wire):f}" if isinstance(wire, float) else wire

    def _read(self, wire: Any, parent: str, name: str) -> Value:
        member = f"{parent}.{name}"
        if member in self.prices:
            return str(money(wire))
        if member in self.words and isinstance(wire, str):
            return wire.lower()
        return self.read(wire, name)

    def _ours(self, name: str, parent: str) -> str:
        return self._known.get((parent, name)) or snake(name)

    def write(self, value: Value, parent: str) -> Any:
        """Bring our value into the wire's spelling."""
        if isinstance(value, Mapping):
            return {
                self.renamed.get(f"{parent}.{name}") or camel(name): self._write(part, parent, name)
                for name, part in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.write(item, parent) for item in value]
        return value

    def _write(self, value: Value, parent: str, name: str) -> Any:
        member = f"{parent}.{name}"
        if member in self.prices and isinstance(value, str):
            return wire_money(Money.parse(value))
        if member in self.words and isinstance(value, str):
            return value.upper()
        return self.write(value, name)
