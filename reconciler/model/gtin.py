"""The bar codes of goods: so many digits, and the last one follows from the others."""

import re

_GTIN = re.compile(r"\d{8}|\d{12,14}", re.ASCII)


def is_gtin(text: str) -> bool:
    """Tell whether a text has the digits of a GTIN. The last of them may be wrong."""
    return _GTIN.fullmatch(text) is not None


def due_digit(gtin: str) -> str:
    """Return what the last digit of a GTIN has to be.

    >>> due_digit("5901234123457")
    '7'
    """
    weighed = 3 * sum(map(int, gtin[-2::-2])) + sum(map(int, gtin[-3::-2]))
    return str(-weighed % 10)
