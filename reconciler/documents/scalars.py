"""Plain YAML scalars by the 1.2 core schema, money-safe: decimals stay decimal, everything odd stays text."""

import re
from decimal import Decimal

Scalar = str | int | bool | Decimal | None

_WORDS: dict[str, Scalar] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
#: Only a text that starts like this can be a number or a word: the test that most values fail at once.
FIRST = frozenset("0123456789+-.~nNtTfF")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE]([-+]?[0-9]+))?", re.ASCII)

#: No price, weight or count needs more; a longer one is an identifier that lacks its quotes, or an attack.
MAX_DIGITS = 30
MAX_EXPONENT = 30


class NumberTooLarge(ValueError):  # noqa: N818 - a finding, turned into a Diagnostic by the caller
    """A plain scalar that reads as a number beyond any use."""


def plain_scalar(text: str) -> Scalar:
    """Return the value of an unquoted scalar. Leading zeros, `no`, `22:15` and dates are text.

    Raise NumberTooLarge when it is a number of more than MAX_DIGITS digits.

    >>> plain_scalar("12.90"), plain_scalar("0570"), plain_scalar("no"), plain_scalar("73")
    (Decimal('12.90'), '0570', 'no', 73)
    """
    if (text[:1] not in FIRST and text) or " " in text:
        return text  # no number and no word has a space in it
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        _bounded(text)
        return int(text)
    if found := _DECIMAL.fullmatch(text):
        _bounded(text)
        if found[1] and abs(int(found[1])) > MAX_EXPONENT:
            raise NumberTooLarge(text)
        return Decimal(text)
    return text


def written(number: int | Decimal) -> str:
    """Return the plainest spelling of a number, which keeps the digits after the point."""
    return format(number, "f") if isinstance(number, Decimal) else str(number)


def _bounded(text: str) -> None:
    if len(text) > MAX_DIGITS + 6:
        raise NumberTooLarge(text)
