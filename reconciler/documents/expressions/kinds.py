"""What an expression and its parts are: kinds of values, and how they are called to a person."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from reconciler.model.tables import Column, ColumnType


class Kind(StrEnum):
    """What a value is. Whole numbers and decimals are one; a `date` is a day, a `time` a moment."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    YES_NO = "yes or no"
    DATE = "date"
    TIME = "time"
    TEXTS = "list of texts"


class Typed(Struct, frozen=True):
    """A kind, and the currency of money; one that is empty takes its partner's, as a bare number does."""

    kind: Kind
    currency: str = ""

    def __str__(self) -> str:
        """Say it to a person.

        >>> str(Typed(Kind.MONEY, "PLN"))
        'money in PLN'
        """
        return f"{self.kind} in {self.currency}" if self.currency else str(self.kind)


TEXT = Typed(Kind.TEXT)
NUMBER = Typed(Kind.NUMBER)
YES_NO = Typed(Kind.YES_NO)
DATE = Typed(Kind.DATE)

_OF_COLUMNS: Mapping[ColumnType, Kind] = {
    ColumnType.TEXT: Kind.TEXT,
    ColumnType.WHOLE: Kind.NUMBER,
    ColumnType.DECIMAL: Kind.NUMBER,
    ColumnType.MONEY: Kind.MONEY,
    ColumnType.YES_NO: Kind.YES_NO,
    ColumnType.DATE: Kind.DATE,
    ColumnType.TIME: Kind.TIME,
}


def type_of(column: Column) -> Typed:
    """Return what a column's cells are in an expression."""
    return Typed(_OF_COLUMNS[column.type], column.currency)


def counts(type_: Typed | None) -> bool:
    """Tell whether one can reckon with it. None is the type of what is always missing."""
    return type_ is None or type_.kind in (Kind.NUMBER, Kind.MONEY)


def is_money(type_: Typed | None) -> bool:
    """Tell whether it is money."""
    return type_ is not None and type_.kind is Kind.MONEY


def meet(left: Typed | None, right: Typed | None) -> Typed | None:
    """Return the type that both can be: what is missing can be all, a bare number the money of its partner.

    Raise ValueError when there is none.
    """
    if left is None or left == right:
        return right
    if right is None:
        return left
    if not (counts(left) and counts(right)) or (left.currency and right.currency):
        raise ValueError
    return Typed(Kind.MONEY, left.currency or right.currency)


def words(type_: Typed | None) -> str:
    """Say a type to a person."""
    return "None" if type_ is None else str(type_)
