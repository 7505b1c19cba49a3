"""What was sold on the marketplace and may not have lowered its source yet. Pure.

A source does not know at once what was sold. Pieces that have gone from what was written are taken off its number
until the source has had its time to be lowered for them (`orders: {by, within}`). Offers that see all pieces of an
article heed what its other offers have sold, too: those of this account as they are there now, those of others as
they were seen last.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from reconciler.engine.stock import QUANTITY
from reconciler.model.memory import Baseline, Counted
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.sourced import Followed, Sibling

Gone = tuple[tuple[str, int], ...]
Baselines = Callable[[Key], Baseline | None]


def last_look(baseline: Baseline | None, live: Live) -> Counted | None:
    """Return the last look at a number that followed a source.

    One at a declared number may be weeks old: what has gone since then, the source has long been lowered for.
    """
    if baseline is None or baseline.remote_id != live.remote_id or baseline.declared.get(QUANTITY) is not None:
        return None
    return baseline.counted


def gone_from(then: Counted | None, live: Live, followed: Followed, now: datetime) -> Gone:
    """Return what has gone from an offer and may not have lowered its source yet: moments (ISO) and pieces.

    What is missing now was sold at some moment since the last look: it counts from now on, which is the latest.
    """
    if then is None:
        return ()
    missing = max(then.left - int(live.fields.get(QUANTITY) or 0), _counted_since(then, live))
    since = (*then.gone, (now.isoformat(timespec="seconds"), missing)) if missing > 0 else then.gone
    return _still_open(since, followed, now)


def _counted_since(then: Counted, live: Live) -> int:
    """Return how many more the marketplace has counted as sold: also those that a write has hidden.

    A number that is written while somebody buys covers that purchase, and so does one that a person raises.
    """
    sold = live.facts.get("sold")
    return 0 if sold is None or then.sold is None else int(sold) - then.sold


def _still_open(gone: Gone, followed: Followed, now: datetime) -> Gone:
    as_of = now - followed.age  # by the account's clock: a machine's may be another
    return tuple(each for each in gone if datetime.fromisoformat(each[0]) + followed.within > as_of)


def keys_elsewhere(desired: Iterable[Desired], account: str) -> set[Key]:
    """Return the offers of other accounts that sell the same pieces as those of this one."""
    return {_key(each) for siblings, _ in _shared_articles(desired) for each in siblings if each.account != account}


def open_pieces(
    pairs: Iterable[tuple[Desired, Live | None]], baseline: Baselines, elsewhere: Baselines, now: datetime
) -> Mapping[tuple[str, str], int]:
    """Return what has gone of each article that offers see all of: (source, item) -> pieces.

    `elsewhere` knows what is remembered of offers of other accounts.
    """
    pairs = list(pairs)
    there = {desired.key: live for desired, live in pairs if desired.sourced and live is not None}
    return {
        where: sum(each.takes * _gone_of(each, there, baseline, elsewhere, followed, now) for each in siblings)
        for siblings, (where, followed) in _shared_articles(desired for desired, _ in pairs)
    }


def _shared_articles(
    desired: Iterable[Desired],
) -> Iterator[tuple[tuple[Sibling, ...], tuple[tuple[str, str], Followed]]]:
    """Yield the offers of each article that somebody sees all of: once, however many see it."""
    told: set[tuple[str, str]] = set()
    for each in desired:
        followed = each.sourced.stock if each.sourced else None
        if followed is None or not followed.shared:
            continue
        for item, siblings in followed.siblings.items():
            where = (followed.source, item)
            if where not in told:
                told.add(where)
                yield siblings, (where, followed)


def _gone_of(
    sibling: Sibling,
    there: Mapping[Key, Live],
    baseline: Baselines,
    elsewhere: Baselines,
    followed: Followed,
    now: datetime,
) -> int:
    key = _key(sibling)
    live = there.get(key)
    if live is not None:
        gone = gone_from(last_look(baseline(key), live), live, followed, now)
    else:
        known = elsewhere(key) or baseline(key)
        gone = _still_open(known.counted.gone, followed, now) if known and known.counted else ()
    return sum(pieces for _, pieces in gone)


def _key(sibling: Sibling) -> Key:
    return Key(sibling.account, OFFER, sibling.name)
