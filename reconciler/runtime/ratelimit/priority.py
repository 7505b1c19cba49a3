"""Which operation goes first among those that could: stock to zero, then prices, then stock, then the rest."""

from collections.abc import Mapping
from contextvars import ContextVar

from reconciler.model.plan import Action
from reconciler.model.values import Value

TO_ZERO, PRICE, STOCK, REST, RESYNC = range(5)

#: The lane of what is being done now: its requests queue by it.
LANE: ContextVar[int] = ContextVar("LANE", default=REST)


def lane(action: Action) -> int:
    """Return the priority of an action; the most urgent of what it carries."""
    return min((_lane(target.after) for target in action.targets), default=REST)


def _lane(after: Mapping[str, Value]) -> int:
    if after.get("stock.quantity") == 0 or after.get("stock.status") == "ended":
        return TO_ZERO
    if any(path.startswith("price.") for path in after):
        return PRICE
    return STOCK if any(path.startswith("stock.") for path in after) else REST
