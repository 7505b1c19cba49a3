"""Rates of currencies from the rows of a Source: of each currency the newest that holds today.

Columns: `currency` (its letters), `rate` (money: what `per` units are worth, in the currency of the column, which
is the base), `per` (1 when there is no such column) and `valid_on` (the day on which a rate begins to hold).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import NamedTuple

from msgspec import field

from reconciler.documents.expressions import EvaluationFault, Rates
from reconciler.documents.near import did_you_mean
from reconciler.engine.rules.faults import RuleFault
from reconciler.model.tables import CURRENCY, RATE, VALID_ON, Column, ColumnType, TableRow

_COLUMNS: Mapping[str, tuple[str, tuple[ColumnType, ...]]] = {
    CURRENCY: ("text", (ColumnType.TEXT,)),
    RATE: ("{type: money, currency: CZK}", (ColumnType.MONEY,)),
    "per": ("whole", (ColumnType.WHOLE, ColumnType.DECIMAL)),
    VALID_ON: ("date", (ColumnType.DATE,)),
}
_NEEDED = frozenset({CURRENCY, RATE})
_over = Context(prec=34, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow]).divide


class _Dated(NamedTuple):
    day: date
    rate: Decimal | None
    per: Decimal | None
    twice: bool = False


class ReadRates(Rates, frozen=True):
    """Rates that were read: `why` tells of a currency that stands there why it has no usable one."""

    why: Mapping[str, str] = field(default_factory=dict)

    def unit(self, currency: str) -> Decimal:
        """Return the value of one unit in the base currency. Raise EvaluationFault where it is not known."""
        if currency in self.why and currency != self.base:
            raise EvaluationFault(self.why[currency])
        return Rates.unit(self, currency)  # `super()` does not know a class with slots


def rates_of(
    rows: Iterable[TableRow],
    columns: tuple[Column, ...],
    today: date,
    oldest: timedelta | None = None,
    unusable: Callable[[str], str] = lambda _currency: "",
) -> ReadRates:
    """Return the rates that hold today.

    One that began to hold longer ago than `oldest` is not used, and none stands in for one that cannot be used:
    whoever needs it is told why. `unusable` tells it of the rows of a currency that are left out.
    Raise RuleFault when the columns are not those of rates.
    """
    at = rate_columns(columns)
    base = columns[at[RATE]].currency
    newest: dict[str, _Dated] = {}
    to_come: dict[str, date] = {}
    for row in rows:
        currency, found = _read(row, at, today)
        if found.day > today:
            to_come[currency] = min(found.day, to_come.get(currency, found.day))
        else:
            newest[currency] = _newer(newest.get(currency), found)
    units: dict[str, Decimal] = {}
    why = {each: f"no rate of {each} holds before {day}" for each, day in to_come.items() if each not in newest}
    for currency, found in newest.items():
        if found.rate is not None and found.per is not None:
            units[currency] = _over(found.rate, found.per)
        if said := unusable(currency) or _unusable(currency, found, today, oldest):
            why[currency] = said
    return ReadRates(units=units, base=base, why=why)


def rate_columns(columns: tuple[Column, ...]) -> Mapping[str, int]:
    """Return where the columns of rates stand. Raise RuleFault when these are none."""
    at = {each.name: place for place, each in enumerate(columns) if each.name in _COLUMNS}
    for name, (said, types) in _COLUMNS.items():
        if name not in at:
            if name in _NEEDED:
                near = did_you_mean(name, (each.name for each in columns), otherwise=f"Add `{name}: {said}`.")
                raise RuleFault(("columns",), f"a Source of rates needs a column `{name}`", near)
        elif columns[at[name]].type not in types:
            hint = f"Write `{name}: {said}`."
            wrong = (
                f"the column `{name}` of rates is {columns[at[name]].type.value}, and should be {types[0].value}"
            )
            raise RuleFault(("columns", name), wrong, hint)
    return at


def _read(row: TableRow, at: Mapping[str, int], today: date) -> tuple[str, _Dated]:
    """Return a row's currency and rate: today's where there is no column for days, none where the day is empty."""
    day = row[at[VALID_ON]] if VALID_ON in at else today
    per = row[at["per"]] if "per" in at else 1
    rate = row[at[RATE]]
    if not isinstance(day, date):
        return str(row[at[CURRENCY]]), _Dated(date.min, None, None)
    return str(row[at[CURRENCY]]), _Dated(day, _positive(rate), _positive(per))


def _positive(cell: object) -> Decimal | None:
    return Decimal(cell) if isinstance(cell, int | Decimal) and cell > 0 else None


def _newer(before: _Dated | None, found: _Dated) -> _Dated:
    if before is None or found.day > before.day:
        return found
    differs = found.day == before.day and found[:3] != before[:3]
    return before._replace(twice=True) if differs else before


def _unusable(currency: str, found: _Dated, today: date, oldest: timedelta | None) -> str:
    if found.twice:
        return f"there are two rates of {currency} of {found.day}"
    if found.rate is None or found.per is None:
        return f"the rate of {currency} is not a number above 0 of a known day"
    if oldest is not None and today - found.day > oldest:
        days = (today - found.day).days
        return f"the newest rate of {currency} is of {found.day}, {days} days ago: too old"
    return ""
