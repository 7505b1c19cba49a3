"""Prices as they are seen and written, noted in the ledger, and what it says of a reduction."""

from collections.abc import Collection, Iterable, Mapping

from reconciler.engine.lowest import is_price, lowest, moved, prices_of, reduced, said_of, with_lowest
from reconciler.engine.stock import STATUS
from reconciler.model.memory import Written
from reconciler.model.offers import OFFER, Key, Live
from reconciler.model.plan import AccountPlan
from reconciler.model.prices import OFF_SALE, Lowest, PriceKey
from reconciler.runtime.connection.session import Session
from reconciler.runtime.errors import LedgerFailed


def note_seen(
    opened: Session, offers: Iterable[Live], *, complete: bool, some: Collection[str] | None = None
) -> None:
    """Note which prices a complete list shows that were others before. A ledger that cannot be written is told.

    Without `complete`, some are as of an earlier look, and it is no look at all of them. With `some`, all others
    that are not among the offers are as they were.
    """
    prices, place = opened.ledger.prices, opened.place
    seen = prices_of(offers)
    try:
        last = prices.last(place, None if some is None else {*some, *(number for number, _ in seen)})
        prices.saw(place, moved(last, seen), opened.clock.now(), complete=complete)
    except LedgerFailed as failed:
        opened.progress.note(f"{failed.summary}; the prices of this look are not remembered")


def note_written(opened: Session, written: Mapping[Key, Written]) -> None:
    """Note the prices that a run wrote and read back. Of what is off sale, the next look tells."""
    wrote = {
        (each.remote_id, path): said_of(value, each.after.get(STATUS, "active"))
        for key, each in written.items()
        if key.kind == OFFER
        for path, value in each.after.items()
        if is_price(path, value)
    }
    if not wrote:
        return
    history = opened.ledger.prices.history(opened.place, {number for number, _ in wrote})
    last = {key: seen[-1].said for key, seen in history.items()}
    resumed = {each.remote_id for each in written.values() if STATUS in each.after}
    now = {
        key: said
        for key, said in wrote.items()
        if last.get(key) != said and (last.get(key) != OFF_SALE or key[0] in resumed)
    }
    opened.ledger.prices.saw(opened.place, now, opened.clock.now())


def told_lowest(opened: Session, part: AccountPlan) -> AccountPlan:
    """Return a plan with the lowest price that is known of the days before, beside each reduction."""
    numbers = reduced(part.changes)
    if not numbers:
        return part
    history = opened.ledger.prices.history(opened.place, numbers)
    reads, now = opened.ledger.prices.reads(opened.place), opened.clock.now()

    def tell(key: PriceKey, currency: str) -> Lowest:
        return lowest(history.get(key, []), reads, now, currency)

    return with_lowest(part, tell)
