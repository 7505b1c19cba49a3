"""What was sold on the marketplace and may not have lowered its source yet. Pure.

A source does not know at once what was sold. Pieces that have gone from what was written are taken off its number
until the source has had its time to be lowered for them (`orders: {by, within}`).

Offers that see all pieces of an article heed what its other offers have sold, too. Where they share them out, a
piece goes from one to another in two applies: it is given to one when it was seen to be taken from the other. That
other one may have no part any more: what its pieces are of is remembered.
Offers of this account are looked at as they are there now, those of other accounts as they were seen last.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from reconciler.engine.stock import QUANTITY, STATUS
from reconciler.model.memory import Baseline, Counted
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.sourced import NONE, Followed, Sibling
from reconciler.model.values import digest

Gone = tuple[tuple[str, int], ...]
#: What an ended status is remembered by.
_ENDED = digest("ended")[:16]
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
    elsewhere: Mapping[Key, Baseline],
    now: datetime,
    ahead: timedelta,
) -> Siblings:
    """Return what is to be known of all articles that several offers sell, or have sold.

    `every` are the offers of this account that the project manages. `elsewhere` is what is remembered of offers of
    other accounts: of siblings, and of what the project manages there and knows to be of an article.
    """
    pairs = list(pairs)
    articles = list(_articles(desired for desired, _ in pairs))
    claims = _claims([desired for desired, _ in pairs])
    former = [*_former(claims, every, baseline), *_former_elsewhere(claims, elsewhere)]
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
    for each in former:
        sets = each.shown + sum(pieces for _, pieces in each.gone(now, ahead))
        if pieces := each.takes * sets:
            beyond[each.where] = {**beyond.get(each.where, {}), each.key: pieces}
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


class _Claims(Struct, frozen=True):
    """The articles that are shared out, each with an offer that follows it, and who claims a part of which."""

    parted: Mapping[tuple[str, str], Followed]
    claimed: frozenset[tuple[Key, str, str]]

    def unclaimed(self, key: Key, known: Counted) -> Iterator[tuple[tuple[str, str], Followed, int]]:
        """Yield the articles that the pieces of an offer are of, and of which it claims no part."""
        for source, item, takes in known.of:
            followed = self.parted.get((source, item))
            if followed and (key, source, item) not in self.claimed:
                yield (source, item), followed, takes


def parted_articles(desired: Iterable[Desired]) -> dict[tuple[str, str], Followed]:
    """Return the articles (source, item) of which these offers have parts, each with one that follows it."""
    following = (each.sourced.stock for each in desired if each.sourced and each.sourced.stock)
    return {(each.source, item): each for each in following if not each.shared for item in each.items}


def _claims(desired: Sequence[Desired]) -> _Claims:
    parted = parted_articles(desired)
    if not parted:
        return _Claims(parted, frozenset())
    following = {each.key: each.sourced.stock for each in desired if each.sourced and each.sourced.stock}
    mine = {(key, each.source, item) for key, each in following.items() for item in each.items}
    others = {
        (_key(other), each.source, item)
        for each in parted.values()
        for item, siblings in each.siblings.items()
        for other in siblings
    }
    return _Claims(parted, frozenset(mine | others))


class _Former(Struct, frozen=True):
    """An offer whose pieces are of an article that it claims no part of: it is shared out without it.

    Its document says something else now, is gone, or cannot be read; and nothing has lowered it since. `live` is
    what is there now; None for one of another account, of which what was seen last is known.
    """

    where: tuple[str, str]
    key: Key
    followed: Followed
    takes: int
    known: Counted
    live: Live | None

    @property
    def shown(self) -> int:
        return self.known.left if self.live is None else _shown(self.live)

    def gone(self, now: datetime, ahead: timedelta) -> Gone:
        if self.live is None:
            return _still_open(self.known.gone, self.followed, ahead)
        return gone_from(self.known, self.live, self.followed, now, ahead)


def _former(
    claims: _Claims, every: Iterable[Live], baseline: Callable[[Key], Baseline | None]
) -> Iterator[_Former]:
    """Yield those of this account. What was let go of shows its pieces for somebody else."""
    for live in every if claims.parted else ():
        key = live.key
        known = last_look(baseline(key), live) if key is not None and live.kind == OFFER else None
        if key is not None and known is not None:
            for where, followed, takes in claims.unclaimed(key, known):
                yield _Former(where, key, followed, takes, known, live)


def _former_elsewhere(claims: _Claims, elsewhere: Mapping[Key, Baseline]) -> Iterator[_Former]:
    """Yield those of other accounts: a number that a document declares is of no article."""
    for key, each in elsewhere.items():
        if each.counted is not None and each.declared.get(QUANTITY) is None and not _is_ended(each):
            for where, followed, takes in claims.unclaimed(key, each.counted):
                yield _Former(where, key, followed, takes, each.counted, None)


def _is_ended(each: Baseline) -> bool:
    """Tell whether an offer was last seen ended, as its document has it."""
    return each.digests.get(STATUS) == _ENDED


def _shown(live: Live) -> int:
    return 0 if live.fields.get(STATUS) == "ended" else int(live.fields.get(QUANTITY) or 0)


class _Looks(Struct, frozen=True):
    """What is seen of offers of this account, and remembered of others."""

    there: Mapping[Key, Live]
    baseline: Callable[[Key], Baseline | None]
    elsewhere: Mapping[Key, Baseline]
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
            gone = _still_open(known.counted.gone, followed, self.ahead) if known and known.counted else ()
        return sum(pieces for _, pieces in gone)

    def shown(self, sibling: Sibling) -> int:
        """Return the sets that a buyer can have."""
        live = self.there.get(_key(sibling))
        if live is None:
            known = self._remembered(_key(sibling))
            return known.counted.left if known and known.counted and not _is_ended(known) else 0
        return _shown(live)

    def _remembered(self, key: Key) -> Baseline | None:
        return self.elsewhere.get(key) or self.baseline(key)


def _key(sibling: Sibling) -> Key:
    return Key(sibling.account, OFFER, sibling.name)
