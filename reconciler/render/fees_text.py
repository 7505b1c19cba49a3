"""What a plan costs at once, in sum and up to what it is allowed."""

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.fees import added_up, charges
from reconciler.model.plan import AccountPlan
from reconciler.model.values import Money, Value
from reconciler.render.words import counted, listed

RULE = "fees"


def fees_said(part: AccountPlan) -> Iterator[str]:
    """Yield a sentence for each currency in which the changes of an account cost money at once."""
    found = [cost for _, _, cost in charges(part.changes)]
    for total in added_up(found):
        rows = sum(each.currency == total.currency for each in found)
        yield f"{total} charged at once for {counted(rows, 'offer')}; {_allowed(part, total)}"


def allowed_fees(part: AccountPlan, currency: str) -> tuple[str, ...] | None:
    """Return up to what may be charged in a currency, one amount for each limit that holds; None: any sum."""
    limits = part.limits.get(RULE)
    if limits is None:
        return None
    return tuple(dict.fromkeys(found for limit in limits for found in _amounts(limit, currency)))


def _amounts(limit: Value, currency: str) -> Sequence[str]:
    """Read a limit as `limits_of` tells it: amounts, a number in the fee's own currency, or a list of amounts."""
    if isinstance(limit, Mapping):
        return ()
    if isinstance(limit, list | tuple):
        return tuple(str(each) for each in limit if str(each).endswith(f" {currency}"))
    said = str(limit)
    return (said,) if said.endswith(f" {currency}") else () if " " in said else (f"{said} {currency}",)


def _allowed(part: AccountPlan, total: Money) -> str:
    amounts = allowed_fees(part, total.currency)
    if amounts is None:
        return "any sum is allowed"
    return f"up to {listed(list(amounts), len(amounts))} is allowed" if amounts else "nothing is allowed"
