"""The bar codes of goods: so many digits, and the last one follows from the others."""

import re

_DIGITS = bytes.maketrans(b"0123456789", bytes(range(10)))
_GTIN = re.compile(r"\d{8}|\d{12,14}", re.ASCII)


def is_gtin(text: str) -> bool:
    """Tell whether a text has the digits of a GTIN. The last of them may be wrong."""
    return _GTIN.fullmatch(text) is not None


def due_digit(gtin: str) -> str:
    """Return what the last digit of a GTIN has to be.

    >>> due_digit("5901234123457")
    '7'
    """
    digits = gtin.encode().translate(_DIGITS)
    return str(-(3 * sum(digits[-2::-2]) + sum(digits[-3::-2])) % 10)
