"""The lowest price before a reduction as JSON."""

from reconciler.model.prices import Lowest
from reconciler.model.report_json import Json, moment_from_json
from reconciler.model.values import Money, from_jsonable


def lowest_to_json(each: Lowest) -> Json:
    """Turn it into JSON; its price stays Money, as all values of a plan do until it is written."""
    return {"price": each.price, "until": each.until, "since": each.since or None}


def lowest_from_json(body: Json) -> Lowest:
    """Read it. TypeError or ValueError for what nobody has written so."""
    price = from_jsonable(body["price"])
    if price is not None and not isinstance(price, Money):
        raise TypeError("a price is an amount of money")
    return Lowest(
        price=price,
        until=moment_from_json(body["until"]),
        since=moment_from_json(body["since"]) if body["since"] else "",
    )
