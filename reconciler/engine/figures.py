"""The numbers of a plan that guards look at: prices wherever they stand, discounts, pieces. Of any kind.

Which these are the spec says, by the type of a field. What is not written is not here: a held field, a report,
and a number that stays as it is inside a value that changes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.offers import Key
from reconciler.model.paths import inside
from reconciler.model.plan import Breach
from reconciler.model.spec import MarketplaceSpec, Type
from reconciler.model.values import Gain, Money, Value, canonical_json

_QUANTITY = "stock.quantity"
_ALL = Decimal(100)
_MONEY = re.compile(r"\d{1,12}(?:\.\d{1,4})? [A-Z]{3}")
#: What stands beside the percentages of a discount.
_NO_DISCOUNT = frozenset({"minimum", "slot"})


#: The steps from a field's value to a part of it.
Trail = tuple[str, ...]


class Sort(StrEnum):
    """What a number is, as far as rules tell numbers apart."""

    PRICE = "price"  # what an offer costs
    DELIVERY = "delivery"
    EXTRA = "extra"  # a price of anything else: a service
    DISCOUNT = "discount"  # in percent
    STOCK = "stock"


_PRICES = frozenset({Sort.PRICE, Sort.DELIVERY, Sort.EXTRA})


class Figure(Struct, frozen=True, kw_only=True):
    """One number that would be written: what it was (None where there was none) and what it would be."""

    key: Key
    path: str
    sort: Sort
    before: Value
    after: Value
    mark: Mark | None

    @property
    def is_price(self) -> bool:
        """Tell whether it is an amount of money."""
        return self.sort in _PRICES

    @property
    def percent(self) -> Decimal | None:
        """By how much a buyer pays more or less; a discount counts by what it leaves of the price."""
        if self.sort is Sort.DISCOUNT:
            before, after = _ALL - (self.before or 0), _ALL - self.after
        elif self.is_price and self.before is not None and self.before.currency == self.after.currency:
            before, after = self.before.amount, self.after.amount
        else:
            return None
        return (after - before) * 100 / before if before else None

    def breach(self) -> Breach:
        """Return the row that shows it."""
        percent = self.percent
        return Breach(
            key=self.key,
            path=self.path,
            before=self.before,
            after=self.after,
            percent=None if percent is None else percent.quantize(Decimal("0.1")),
            mark=self.mark,
        )


def sent(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return what would be written: without held fields, and without what has nothing else."""
    kept: list[Change] = []
    for each in changes:
        if each.verb is Verb.REPORT:
            continue
        fields = [part for part in each.fields if not part.held]
        if len(fields) == len(each.fields):
            kept.append(each)
        elif fields:
            kept.append(replace(each, fields=tuple(fields)))
    return tuple(kept)


def figures(changes: Iterable[Change], spec: MarketplaceSpec) -> tuple[Figure, ...]:
    """List the numbers of changes that are sent. Linear in their values."""
    return tuple(
        Figure(
            key=change.key,
            path=inside(each.path, *part),
            sort=sort,
            before=before,
            after=after,
            mark=each.place(".".join(part)),
        )
        for change in changes
        for each in change.fields
        for part, sort, before, after in _numbers(change.key.kind, each, spec)
        if before != after
    )


def _numbers(kind: str, each: FieldChange, spec: MarketplaceSpec) -> Iterator[tuple[Trail, Sort, Value, Value]]:
    known = spec.kinds[kind].field(each.path)
    if known is None:
        return
    if each.path == _QUANTITY:
        if (pieces := in_all(each)) is not None:
            yield (), Sort.STOCK, each.before, pieces
    elif known.type is Type.DISCOUNT:
        for part, before, after in _leaves(each.before, each.after, ()):
            if _is_discount(part, after):
                yield part, Sort.DISCOUNT, before if isinstance(before, int) else None, after
    else:
        sort = _sort(each.module, known.type)
        for part, before, after in _leaves(each.before, each.after, ()):
            if (amount := _amount(after)) is not None:
                yield part, sort, _amount(before), amount


def _amount(value: Value) -> Money | None:
    """Return an amount of money; within an object of a marketplace it is written as text (`5.00 PLN`)."""
    if not isinstance(value, str):
        return value if isinstance(value, Money) else None
    return Money.parse(value) if _MONEY.fullmatch(value) else None


def _sort(module: Module | None, shape: Type) -> Sort:
    if module is Module.PRICE:
        return Sort.PRICE
    return Sort.DELIVERY if shape is Type.RATES else Sort.EXTRA


def in_all(each: FieldChange) -> int | None:
    """Return how many pieces a change of stock leads to."""
    if isinstance(each.after, Gain):
        return int(each.before or 0) + each.after.amount
    return each.after if isinstance(each.after, int) else None


def _is_discount(part: Trail, value: Value) -> bool:
    return isinstance(value, int) and part[-1] not in _NO_DISCOUNT


def _leaves(before: Value, after: Value, path: Trail) -> Iterator[tuple[Trail, Value, Value]]:
    """List the single values of what shall be, each with what stands in its place now."""
    if isinstance(after, Mapping):
        there = before if isinstance(before, Mapping) else {}
        for name, value in after.items():
            yield from _leaves(there.get(name), value, (*path, name))
    elif isinstance(after, list):
        pairs = _paired(before if isinstance(before, Sequence) and not isinstance(before, str) else (), after)
        for index, (was, value) in enumerate(pairs):
            yield from _leaves(was, value, (*path, str(index)))
    else:
        yield path, before, after


def _paired(before: Sequence[Value], after: list[Value]) -> Iterator[tuple[Value, Value]]:
    """Pair the rows of two lists: by all that they say besides numbers; else by their place."""
    named = {_apart_from_numbers(row): row for row in before}
    for index, row in enumerate(after):
        there = before[index] if index < len(before) and len(before) == len(after) else None
        yield named.get(_apart_from_numbers(row), there), row


def _apart_from_numbers(row: Any) -> str:
    return canonical_json(_named(row))


def _named(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _named(each) for name, each in value.items() if name == "slot" or not _is_number(each)}
    return [_named(each) for each in value] if isinstance(value, list) else value


def _is_number(value: Any) -> bool:
    return _amount(value) is not None or (isinstance(value, int) and not isinstance(value, bool))
