"""What was seen of the price of an offer on a market, and the lowest of it before a reduction."""

from datetime import datetime

from msgspec import Struct

from reconciler.model.values import Money

#: So many days before a reduction count.
DAYS = 30
#: What stands in the place of a price: nobody could buy it then, or nobody knows what it was.
OFF_SALE, NOT_SEEN = "off sale", "not seen"

#: An offer's number on the marketplace, and the path of a price: `price.base` is that of its own market.
PriceKey = tuple[str, str]


class SeenPrice(Struct, frozen=True):
    """From this moment on an amount was seen (`49.99 PLN`), or one of the words above."""

    at: datetime
    said: str


class Lowest(Struct, frozen=True, kw_only=True):
    """The lowest price that was seen in the `DAYS` days until a look, `until` (ISO, UTC); None where none was.

    `since` (ISO, UTC) is from when on it is known without a gap; empty where that is all of these days.
    """

    price: Money | None
    until: str
    since: str = ""
