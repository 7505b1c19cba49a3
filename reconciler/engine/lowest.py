"""The lowest price of the 30 days before a reduction, from what was seen of it, and never more than that. Pure.

Between two looks nobody sees a price. Where no more than `GAP` lies between them, the days count as seen; a longer
time is one of which nothing is known, and what lies before it is no proof of the 30 days.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from reconciler.engine.stock import STATUS
from reconciler.model.changes import Change, FieldChange
from reconciler.model.offers import OFFER, Key, Live
from reconciler.model.plan import AccountPlan
from reconciler.model.prices import DAYS, NOT_SEEN, OFF_SALE, Lowest, PriceKey, SeenPrice
from reconciler.model.values import Money, Value

#: Two looks may lie so far apart: one each night, and one that failed.
GAP = timedelta(days=2)
_PRICES = "price."
_NO_PRICE = frozenset({OFF_SALE, NOT_SEEN})


def lowest(history: Sequence[SeenPrice], looks: Sequence[datetime], now: datetime, currency: str) -> Lowest:
    """Return the lowest price of the `DAYS` days until a look, `now`, in a currency.

    `history` are the moments from which on something else was seen, `looks` those of complete reads; both ascend.
    """
    start = now - timedelta(days=DAYS)
    since = max(_without_gap(looks, now), _known_from(history, now))
    prices = (Money.parse(each.said) for each in _within(history, looks, start, now))
    found = min((each for each in prices if each.currency == currency), key=lambda each: each.amount, default=None)
    return Lowest(price=found, until=_iso(now), since=_iso(since) if since > start else "")


def _without_gap(looks: Sequence[datetime], now: datetime) -> datetime:
    """Return the first of the looks that lead to this one without a gap."""
    first = now
    for look in reversed(looks):
        if first - look > GAP:
            break
        first = min(first, look)
    return first


def _known_from(history: Sequence[SeenPrice], now: datetime) -> datetime:
    """Return when an offer was first seen, or was seen again."""
    first, before = now, NOT_SEEN
    for each in history:
        if before == NOT_SEEN:
            first = each.at
        before = each.said
    return now if before == NOT_SEEN else first


def _within(
    history: Sequence[SeenPrice], looks: Sequence[datetime], start: datetime, now: datetime
) -> Iterator[SeenPrice]:
    """Yield the prices that were seen after the start, and the one that held then where no gap lies around it."""
    for number, each in enumerate(history):
        last = number + 1 == len(history)
        until = now if last else history[number + 1].at
        if each.said in _NO_PRICE or until <= start or each.at > now:
            continue
        before = bisect_left(looks, until)
        seen = until if last else max([each.at, *looks[max(before - 1, 0) : before]])
        if seen >= start or until - seen <= GAP:
            yield each


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def prices_of(offers: Iterable[Live]) -> dict[PriceKey, str]:
    """Return what a look says of all prices; of what could not be read, nothing."""
    return {
        (live.remote_id, path): said_of(value, live.fields[STATUS])
        for live in offers
        if live.kind == OFFER and STATUS in live.fields
        for path, value in live.fields.items()
        if type(value) is Money and is_price(path, value)  # few are: each is asked at once
    }


def is_price(path: str, value: Value) -> bool:
    """Tell whether a field is the price of an offer on a market."""
    return path.startswith(_PRICES) and isinstance(value, Money)


def said_of(price: Money, status: Value) -> str:
    """Return what is noted of a price, in one spelling: of one that nobody can buy at, that it is off sale."""
    if status != "active":
        return OFF_SALE
    whole, _, cents = f"{price.amount:f}".partition(".")
    return f"{whole}.{cents.rstrip('0'):0<2} {price.currency}"


def moved(last: Mapping[PriceKey, str], seen: Mapping[PriceKey, str]) -> dict[PriceKey, str]:
    """Return what a complete look shows that is not as it was seen last; what it does not show is not seen."""
    found = {key: said for key, said in seen.items() if last.get(key) != said}
    gone = {key: NOT_SEEN for key, said in last.items() if key not in seen and said != NOT_SEEN}
    return found | gone


def with_lowest(part: AccountPlan, tell: Callable[[PriceKey, str], Lowest]) -> AccountPlan:
    """Return a plan with the lowest price beside each reduction; `tell` is asked with the currency."""
    return replace(part, changes=tuple(_told(each, tell) for each in part.changes))


def reduced(changes: Iterable[Change]) -> frozenset[str]:
    """Return the numbers of the offers whose prices are reduced."""
    return frozenset(
        each.remote_id
        for each in changes
        if each.remote_id and any(_falls(each.key, field) for field in each.fields)
    )


def _told(change: Change, tell: Callable[[PriceKey, str], Lowest]) -> Change:
    number = change.remote_id
    if number is None or not any(_falls(change.key, field) for field in change.fields):
        return change
    fields = tuple(
        replace(each, lowest=tell((number, each.path), each.after.currency)) if _falls(change.key, each) else each
        for each in change.fields
    )
    return replace(change, fields=fields)


def _falls(key: Key, field: FieldChange) -> bool:
    before, after = field.before, field.after
    if key.kind != OFFER or not is_price(field.path, after) or not isinstance(before, Money):
        return False
    return bool(before.currency == after.currency and after.amount < before.amount)
