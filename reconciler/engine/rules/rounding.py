"""Rounding of a price: to an ending, to a step or to whole amounts, and then within bounds. Always exact.

What a price may be rounded to is a grid: an offset and a period. `0.99` is every amount that ends in .99 (period
1), `9` every whole amount whose last digit is 9 (period 10), `0.50` as a step every multiple of it.
"""

from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import cached_property

from msgspec import Struct

#: Wide enough for every sum of a grid and a price; the caller's context never counts.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
UP, DOWN, NEAREST = "up", "down", "nearest"
_ZERO, _ONE, _TWO = Decimal(0), Decimal(1), Decimal(2)
_whole_times, _times, _over = EXACT.divide_int, EXACT.multiply, EXACT.divide
_plus, _minus = EXACT.add, EXACT.subtract


class Rounding(Struct, frozen=True, kw_only=True, dict=True):
    """One of an ending `to`, a `step` and `whole`; and `how`: up, down or nearest (halfway goes up)."""

    to: Decimal | None = None
    step: Decimal | None = None
    whole: bool = False
    how: str = NEAREST

    def __str__(self) -> str:
        if self.whole:
            return f"whole {self.how}"
        return f"ending {self.to} {self.how}" if self.to is not None else f"step {self.step} {self.how}"

    @cached_property
    def period(self) -> Decimal:
        """How far two amounts of the grid are apart."""
        if self.to is not None:
            whole = int(self.to)
            return Decimal(10 ** len(str(whole))) if whole else _ONE
        return self.step if self.step is not None else _ONE

    @cached_property
    def half(self) -> Decimal:
        """Half of that."""
        return _over(self.period, _TWO)

    @cached_property
    def offset(self) -> Decimal:
        """The least amount of the grid that is not negative."""
        return self.to if self.to is not None else _ZERO

    @property
    def lowest(self) -> Decimal:
        """The lowest amount of the grid that can be a price."""
        return self.offset or self.period

    def at_most(self, value: Decimal) -> Decimal:
        """Return the highest amount of the grid that is not above a value of 0 or more; it may be negative."""
        # Nothing is taken from the value itself: it may have more digits than any context keeps.
        found = _plus(_times(_whole_times(value, self.period), self.period), self.offset)
        return found if found <= value else _minus(found, self.period)

    def at_least(self, value: Decimal) -> Decimal:
        """Return the lowest amount of the grid that is not below a value of 0 or more."""
        low = self.at_most(value)
        return low if low == value else _plus(low, self.period)

    def of(self, value: Decimal) -> Decimal:
        """Return the amount of the grid that a value of 0 or more is rounded to."""
        low = self.at_most(value)
        if low == value or self.how == DOWN:
            return low
        return low if self.how == NEAREST and value < _plus(low, self.half) else _plus(low, self.period)


def within(
    value: Decimal, rounding: Rounding | None, floor: Decimal | None, ceiling: Decimal | None
) -> tuple[Decimal, Decimal]:
    """Return a value rounded, and that within its bounds: there, the next amount of the grid that lies inside.

    Where none does, it is the bound that is nearer to the value.
    """
    found = value if rounding is None else rounding.of(value)
    low = _ZERO if floor is None else floor
    if floor is not None and found < floor:
        inside = floor if rounding is None else rounding.at_least(floor)
    elif ceiling is not None and found > ceiling:
        inside = ceiling if rounding is None else rounding.at_most(ceiling)
    else:
        return found, found
    if low <= inside and inside > 0 and (ceiling is None or inside <= ceiling):
        return found, inside
    return found, _nearer(value, floor, ceiling)


def _nearer(value: Decimal, floor: Decimal | None, ceiling: Decimal | None) -> Decimal:
    if floor is None or ceiling is None:
        return ceiling if ceiling is not None else value if floor is None else floor
    return floor if value < _over(_plus(floor, ceiling), _TWO) else ceiling
