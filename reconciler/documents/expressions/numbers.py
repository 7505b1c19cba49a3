"""How expressions reckon: 34 digits, half up, in a context that nobody else uses.

The thread's own context is neither asked nor changed: each operation is a method of `CONTEXT`.
"""

from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    DivisionUndefined,
    InvalidOperation,
    Overflow,
)

#: The digits that a number keeps, and the most that a person may write.
DIGITS = 34
CONTEXT = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_UP,
    Emin=-6143,
    Emax=6144,
    traps=[DivisionByZero, Overflow, InvalidOperation],
)
ZERO = Decimal(0)


def floor(value: Decimal) -> Decimal:
    """Return the next whole number that is not above."""
    return value.to_integral_value(ROUND_FLOOR, CONTEXT)


def ceil(value: Decimal) -> Decimal:
    """Return the next whole number that is not below."""
    return value.to_integral_value(ROUND_CEILING, CONTEXT)


def why(fault: ArithmeticError) -> str:
    """Say to a person why a number cannot be had."""
    undefined = isinstance(fault, InvalidOperation) and DivisionUndefined in fault.args[0]
    if undefined or isinstance(fault, DivisionByZero):
        return "it divides by zero"
    return f"a number in it has more than {DIGITS} digits"
