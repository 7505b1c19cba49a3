"""What was sold on the marketplace and may not have lowered its source yet. Pure.

A source does not know at once what was sold. Pieces that have gone from what was written are taken off its number
until the source has had its time to be lowered for them (`orders: {by, within}`).

Offers that see all pieces of an article heed what its other offers have sold, too. Where they share them out, a
piece goes from one to another in two applies: it is given to one when it was seen to be taken from the other. That
other one may have no part any more: what its pieces are of is remembered.
Offers of this account are looked at as they are there now, those of other accounts as they were seen last.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field

from reconciler.engine.stock import QUANTITY, STATUS
from reconciler.model.memory import Baseline, Counted
from reconciler.model.modules import StockForm
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.sourced import NONE, Followed, Sibling

Gone = tuple[tuple[str, int], ...]
_NOT_AHEAD = timedelta(0)


def last_look(baseline: Baseline | None, live: Live) -> Counted | None:
    """Return the last look at a number that followed a source.

    One at a declared number may be weeks old: what has gone since then, the source has long been lowered for.
    """
    if baseline is None or baseline.remote_id != live.remote_id or baseline.declared.get(QUANTITY) is not None:
        return None
    return baseline.counted


def gone_from(
    then: Counted | None, live: Live, followed: Followed, now: datetime, ahead: timedelta = _NOT_AHEAD
) -> Gone:
    """Return what has gone from an offer and may not have lowered its source yet: moments (ISO) and pieces.

    What is missing now was sold at some moment since the last look: it counts from now on, which is the latest.
    `now` is told by the account's clock, which is so far `ahead` of this machine's.
    """
    if then is None:
        return ()
    missing = max(then.left - int(live.fields.get(QUANTITY) or 0), _counted_since(then, live))
    since = (*then.gone, (now.isoformat(timespec="seconds"), missing)) if missing > 0 else then.gone
    return _still_open(since, followed, ahead)


def _counted_since(then: Counted, live: Live) -> int:
    """Return how many more the marketplace has counted as sold: also those that a write has hidden.

    A number that is written while somebody buys covers that purchase, and so does one that a person raises.
    """
    sold = live.facts.get("sold")
    return 0 if sold is None or then.sold is None else int(sold) - then.sold


def _still_open(gone: Gone, followed: Followed, ahead: timedelta) -> Gone:
    as_of = followed.as_of + ahead
    return tuple(each for each in gone if datetime.fromisoformat(each[0]) + followed.within > as_of)


class Siblings(Struct, frozen=True):
    """What is known of offers that sell the same pieces, by source and item.

    `gone` are the pieces that were sold of an article and are open yet. `beyond` are those that an offer shows
    or has sold beyond its part: they are its buyers', until it has been lowered and the source, too.
    """

    gone: Mapping[tuple[str, str], int] = field(default_factory=dict)
    beyond: Mapping[tuple[str, str], Mapping[Key, int]] = field(default_factory=dict)

    def sold(self, followed: Followed, sets: int) -> Mapping[str, int]:
        """Return the pieces that are sold and open yet: of all siblings where they see the same ones."""
        if not sets and not self.gone:
            return NONE
        if not followed.shared:
            return {item: sets * each for item, each in followed.items.items()}
        return {
            item: max(sets * each, self.gone.get((followed.source, item), 0))
            for item, each in followed.items.items()
        }

    def waiting(self, key: Key, followed: Followed) -> int:
        """Return how many of an offer's part other offers show yet, or have sold."""
        if followed.shared or not self.beyond:
            return 0
        found = 0
        for item, each in followed.items.items():
            others = self.beyond.get((followed.source, item), {})
            found = max(found, -(-sum(pieces for other, pieces in others.items() if other != key) // each))
        return found


def keys_elsewhere(desired: Iterable[Desired], account: str) -> set[Key]:
    """Return the offers of other accounts that sell the same pieces as those of this one."""
    return {_key(each) for _, _, siblings in _articles(desired) for each in siblings if each.account != account}


def siblings_of(
    pairs: Iterable[tuple[Desired, Live | None]],
    every: Iterable[Live],
    baseline: Callable[[Key], Baseline | None],
    elsewhere: Callable[[Key], Baseline | None],
    now: datetime,
    ahead: timedelta,
) -> Siblings:
    """Return what is to be known of all articles that several offers sell, or have sold.

    `every` are the offers of this account that the project manages. `elsewhere` knows what is remembered of offers
    of other accounts.
    """
    pairs = list(pairs)
    articles = list(_articles(desired for desired, _ in pairs))
    former = _former([desired for desired, _ in pairs], every, baseline)
    if not articles and not former:
        return Siblings()
    looks = _Looks(
        {d.key: live for d, live in pairs if d.sourced and live is not None}, baseline, elsewhere, now, ahead
    )
    gone: dict[tuple[str, str], int] = {}
    beyond: dict[tuple[str, str], Mapping[Key, int]] = {}
    for where, followed, siblings in articles:
        open_ = {each: looks.gone(each, followed) for each in siblings}
        gone[where] = sum(each.takes * sets for each, sets in open_.items())
        others = {
            _key(each): max(0, each.takes * (looks.shown(each) + sets) - each.part)
            for each, sets in open_.items()
            if each.part is not None
        }
        if any(others.values()):
            beyond[where] = others
    for where, key, followed, takes, known, live in former:
        open_sets = sum(sets for _, sets in gone_from(known, live, followed, now, ahead))
        if pieces := takes * (_shown(live) + open_sets):
            beyond[where] = {**beyond.get(where, {}), key: pieces}
    return Siblings(gone, beyond)


def _articles(
    desired: Iterable[Desired],
) -> Iterator[tuple[tuple[str, str], Followed, tuple[Sibling, ...]]]:
    """Yield the offers of each article that several offers sell: once, however many there are."""
    told: set[tuple[str, str]] = set()
    for each in desired:
        followed = each.sourced.stock if each.sourced else None
        for item, siblings in followed.siblings.items() if followed else ():
            where = (followed.source, item) if followed else ("", "")
            if followed and where not in told:
                told.add(where)
                yield where, followed, siblings


def _former(
    desired: Iterable[Desired], every: Iterable[Live], baseline: Callable[[Key], Baseline | None]
) -> list[tuple[tuple[str, str], Key, Followed, int, Counted, Live]]:
    """Return the offers whose pieces are of an article that they claim no part of: it is shared out without them.

    Their documents say something else now, are gone, or cannot be read; and nothing has lowered them since. What
    was let go of shows its pieces for somebody else.
    """
    desired = list(desired)
    following = {each.key: each.sourced.stock for each in desired if each.sourced and each.sourced.stock}
    parted = {(each.source, item): each for each in following.values() if not each.shared for item in each.items}
    if not parted:
        return []
    claimed = {(key, each.source, item) for key, each in following.items() for item in each.items}
    claimed |= {
        (_key(other), each.source, item)
        for each in parted.values()
        for item, others in each.siblings.items()
        for other in others
    }
    filled_up = {each.key: each.fields.get(QUANTITY) for each in desired if each.stock_form is StockForm.ALWAYS}
    found = []
    for live in every:
        key = live.key
        if key is None or live.kind != OFFER or live.fields.get(QUANTITY) == filled_up.get(key, -1):
            continue
        known = last_look(baseline(key), live)
        if known is None:
            continue
        for source, item, takes in known.of:
            followed = parted.get((source, item))
            if followed and (key, source, item) not in claimed:
                found.append(((source, item), key, followed, takes, known, live))
    return found


def _shown(live: Live) -> int:
    return 0 if live.fields.get(STATUS) == "ended" else int(live.fields.get(QUANTITY) or 0)


class _Looks(Struct, frozen=True):
    """What is seen of offers of this account, and remembered of others."""

    there: Mapping[Key, Live]
    baseline: Callable[[Key], Baseline | None]
    elsewhere: Callable[[Key], Baseline | None]
    now: datetime
    ahead: timedelta

    def gone(self, sibling: Sibling, followed: Followed) -> int:
        """Return the sets that were sold and are open yet."""
        key = _key(sibling)
        live = self.there.get(key)
        if live is not None:
            gone = gone_from(last_look(self.baseline(key), live), live, followed, self.now, self.ahead)
        else:
            known = self._remembered(key)
            gone = _still_open(known.gone, followed, self.ahead) if known else ()
        return sum(pieces for _, pieces in gone)

    def shown(self, sibling: Sibling) -> int:
        """Return the sets that a buyer can have."""
        live = self.there.get(_key(sibling))
        if live is None:
            known = self._remembered(_key(sibling))
            return known.left if known else 0
        return _shown(live)

    def _remembered(self, key: Key) -> Counted | None:
        known = self.elsewhere(key) or self.baseline(key)
        return known.counted if known else None


def _key(sibling: Sibling) -> Key:
    return Key(sibling.account, OFFER, sibling.name)
