"""Numbers as files, drivers and JSON give them, made exact.

A written number has a decimal sign and maybe a sign between thousands (the other of `.` and `,`, or a space),
which counts only between groups of three digits: `1,23` with the decimal sign `.` is no number, rather than 123.
"""

import math
import re
from decimal import Decimal

#: What the expressions count with: a number of more digits would be rounded on its first use.
DIGITS = 34
#: A written number may have its digits, signs between thousands and a currency; what is longer is no number.
_LONGEST = 80
#: Whole numbers up to here are exact in a float.
_EXACT_FLOAT = 2**53
_CURRENCY = re.compile(r"(?:([^\W\d_]+)\s*)?([^a-zA-Z]*?)(?:\s*([^\W\d_]+))?")

NumberForm = re.Pattern[str]


class CellFault(Exception):  # noqa: N818 - a fact about a cell
    """A cell that its column cannot hold; the text goes on after the cell: `is no whole number`."""


def form_of(decimal: str) -> NumberForm:
    """Return what numbers look like that are written with a decimal sign, `.` or `,`."""
    other = "," if decimal == "." else "."
    groups = rf"[1-9][0-9]{{0,2}}(?P<between>[{other} \u00a0\u202f])[0-9]{{3}}(?:(?P=between)[0-9]{{3}})*"
    return re.compile(rf"(?P<whole>-?(?:[0-9]+|{groups}))(?:[{decimal}](?P<fraction>[0-9]+))?")


def written(text: str, form: NumberForm) -> Decimal:
    """Return the number that a text is; CellFault when it is none."""
    found = form.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise CellFault("is no number")
    whole, between, fraction = found.group("whole", "between", "fraction")
    if between:
        whole = whole.replace(between, "")
    number = Decimal(f"{whole}.{fraction}" if fraction else whole)
    return _held(number) if len(text) > DIGITS or not number else number  # a short one has few digits


def whole(raw: object, form: NumberForm) -> int:
    """Return a whole number; `12.0` is one, `12.5` is not."""
    number = decimal(raw, form)
    if isinstance(raw, float) and abs(raw) > _EXACT_FLOAT:
        raise CellFault("is a float that does not keep all digits")
    if number != number.to_integral_value():
        raise CellFault("is no whole number")
    return int(number)


def decimal(raw: object, form: NumberForm) -> Decimal:
    """Return a number exactly; a float is taken as its shortest decimal."""
    if isinstance(raw, str):
        return written(raw, form)
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise CellFault("is no number")
    if isinstance(raw, float):
        if not math.isfinite(raw):
            raise CellFault("is no number")
        return _held(Decimal(repr(raw)))
    if isinstance(raw, int):
        if abs(raw) >= 10**DIGITS:
            raise CellFault(f"has more than {DIGITS} digits")
        return Decimal(raw)
    return _held(raw)


def money(raw: object, form: NumberForm, currency: str, *, floats: bool) -> Decimal:
    """Return an amount; beside a written one the column's own currency may stand, and no other."""
    if isinstance(raw, float) and not floats:
        raise CellFault("is a float: money has to come as a text or as an exact decimal")
    if not isinstance(raw, str) or (raw[-1:].isdigit() and not raw[:1].isalpha()):
        return decimal(raw, form)
    found = _CURRENCY.fullmatch(raw) if len(raw) <= _LONGEST else None
    if found is None:
        raise CellFault("is no amount")
    before, number, after = found.groups()
    if before and after:
        raise CellFault("is no amount")
    named = before or after or currency
    if named.upper() != currency.upper():
        raise CellFault(f"is no amount in {currency}")
    return written(number, form)


def digits(raw: float | Decimal) -> str:
    """Return the plain digits of a whole number that stands for a text: `5901234123457.0` is an EAN."""
    if isinstance(raw, float) and not abs(raw) <= _EXACT_FLOAT:
        raise CellFault("is a float that does not keep all digits, and no text")
    number = _held(Decimal(raw)) if not isinstance(raw, float) or raw.is_integer() else Decimal(repr(raw))
    if number != number.to_integral_value():
        raise CellFault("is a number with a fraction, and no text")
    return str(int(number))


def _held(number: Decimal) -> Decimal:
    """Return a number that can be counted with exactly; there is one zero."""
    if not number:
        return Decimal(0)
    if not number.is_finite():
        raise CellFault("is no number")
    _sign, figures, _exponent = number.as_tuple()
    if len(figures) > DIGITS:
        figures = tuple(int(each) for each in "".join(map(str, figures)).rstrip("0"))
    if len(figures) > DIGITS or not -DIGITS <= number.adjusted() < DIGITS:
        raise CellFault(f"has more than {DIGITS} digits")
    return number
