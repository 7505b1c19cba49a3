"""Sums of what the marketplace charges for at once."""

from collections.abc import Iterable, Iterator

from reconciler.model.changes import Change, FieldChange
from reconciler.model.values import Money


def charges(changes: Iterable[Change]) -> Iterator[tuple[Change, FieldChange, Money]]:
    """Yield what of changes costs money as soon as it is done; what is held back costs nothing."""
    for change in changes:
        for field in change.fields:
            if field.cost and not field.held:
                yield change, field, field.cost


def added_up(costs: Iterable[Money]) -> tuple[Money, ...]:
    """Add amounts up, one sum for each currency, in the order of their names."""
    found: dict[str, Money] = {}
    for each in costs:
        before = found.get(each.currency)
        found[each.currency] = Money(each.amount + (before.amount if before else 0), each.currency)
    return tuple(found[currency] for currency in sorted(found))
