"""What a template may spend: every step and every character is paid for, so that time and memory are bounded.

A count and not a clock: the same template fails in the same place on a fast and on a slow machine.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

MAX_STEPS = 300_000
MAX_TEXT = 200_000
MAX_ITEMS = 10_000
MAX_BITS = 512
_CHARACTERS_A_STEP = 16


class Exhausted(Exception):  # noqa: N818 - a finding, turned into a TemplateFault
    """A template wants more than it may spend; the message says of what."""


class Fuel:
    """The steps that are left to one rendering."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MAX_STEPS

    def refill(self) -> None:
        """Start a rendering."""
        self._left = MAX_STEPS

    def burn(self, steps: int = 1) -> bool:
        """Pay for so many steps, and return True (so that a condition can pay as well)."""
        self._left -= steps
        if self._left < 0:
            raise Exhausted("it takes too many steps")
        return True

    def weigh(self, value: Any) -> Any:
        """Pay for a value by its size, and return it. Raise Exhausted when it is too large by itself."""
        if value.__class__ is int or value.__class__ is bool or value is None:
            check_number(value)
            self.burn()
            return value
        items, characters = size_of(value)
        self.burn(items + characters // _CHARACTERS_A_STEP)
        return value


def check_text(length: int) -> None:
    """Refuse a text before it is made."""
    if length > MAX_TEXT:
        raise Exhausted(f"a text becomes longer than {MAX_TEXT:,} characters")


def check_items(count: int) -> None:
    """Refuse a list before it is made."""
    if count > MAX_ITEMS:
        raise Exhausted(f"a list becomes longer than {MAX_ITEMS:,} entries")


def check_number(value: Any) -> None:
    """Refuse a number that only an attack needs."""
    too_long = isinstance(value, int) and value.bit_length() > MAX_BITS
    if too_long or (isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) > 100):
        raise Exhausted("a number becomes too large")


def size_of(value: Any) -> tuple[int, int]:
    """Return how many values and characters a value has, each counted as often as it is reached.

    A list of two lists of two lists … is small in memory and endless to whoever walks it: hence the cap.
    """
    items = characters = 0
    stack = [value]
    while stack:
        inner = stack.pop()
        items += 1
        if isinstance(inner, str):
            characters += len(inner)
        elif isinstance(inner, Mapping):
            check_items(items + len(stack) + 2 * len(inner))
            stack.extend(inner.keys())
            stack.extend(inner.values())
        elif isinstance(inner, list | tuple):
            check_items(items + len(stack) + len(inner))
            stack.extend(inner)
        else:
            check_number(inner)
    check_text(characters)
    return items, characters
