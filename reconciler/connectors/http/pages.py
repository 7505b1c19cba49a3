"""One page of an answer, whatever its format, and what a cell of it can be."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from msgspec import Struct

from reconciler.connectors.base import Raw

#: Digits of a number, before and after its point. No stock and no price has more.
_DIGITS = 40
_LARGEST = 10**_DIGITS
RawCells = tuple[Raw, ...]


class Page(Struct, frozen=True, kw_only=True):
    """What one answer holds.

    `rows` are cells, or why a row cannot be read. `listed` is how many records the source put there, before any
    filter of ours. `told` is what the paths of paging and total find.
    """

    rows: tuple[RawCells | str, ...]
    listed: int
    told: Mapping[str, Any]


class ReadsPage(Protocol):
    """Reads the bytes of one page. SourceFault where they are not what was declared."""

    def __call__(self, body: bytes) -> Page:
        """Return what the page holds."""
        ...


def wrong_cell(value: Any) -> str:
    """Say why a value cannot be a cell; empty for one that can."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return "" if value.isascii() or _is_text(value) else "is no text that can be written"
    if isinstance(value, int):
        return "" if -_LARGEST < value < _LARGEST else f"has more than {_DIGITS} digits"
    if isinstance(value, Decimal):
        return _wrong_decimal(value)
    if isinstance(value, list):
        return "is a list"
    return "is an object" if isinstance(value, dict) else "is computed, not picked"


def _wrong_decimal(value: Decimal) -> str:
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return "is no number"
    within = exponent >= -_DIGITS and len(digits) + exponent <= _DIGITS and len(digits) <= _DIGITS
    return "" if within else f"has more than {_DIGITS} digits"


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_web_page(body: bytes) -> bool:
    """Tell whether an answer is a page for people: a login, or an error of something in between."""
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html"))
