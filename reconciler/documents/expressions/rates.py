"""What the currencies are worth that an expression converts between."""

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct, field

from reconciler.documents.expressions.faults import EvaluationFault

_ONE = Decimal(1)


class Rates(Struct, frozen=True):
    """`units` maps a currency to the value of one unit of it in the currency `base`."""

    units: Mapping[str, Decimal] = field(default_factory=dict)
    base: str = ""

    def unit(self, currency: str) -> Decimal:
        """Return the value of one unit in the base currency. Raise EvaluationFault where it is not known."""
        if currency == self.base:
            return _ONE
        if currency not in self.units:
            raise EvaluationFault(f"there is no rate of {currency}")
        return self.units[currency]
