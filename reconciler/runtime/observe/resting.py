"""Which offers of an account stay at rest: what the ledger remembers, the events and the list are as they were.

The list decides last: a row with the digest that it had is not decoded. Whatever else may have moved is asked
before it, since of what is not at rest the list has to be decoded.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Desired, Key
from reconciler.model.resting import AtRest, Rest, Rests, at_rest, places_of
from reconciler.providers.base import Inventory
from reconciler.runtime.connection.session import Session
from reconciler.runtime.observe.directory import Index
from reconciler.runtime.observe.events import EventsFollowed, follow_events, follow_notes
from reconciler.runtime.observe.turns import turn_of
from reconciler.runtime.rests.book import AccountRests

_NUMBERS = (Module.PRICE, Module.STOCK)


class Sleepers(Struct, frozen=True, kw_only=True):
    """The offers of an account whose documents are as they were at rest.

    `known` is what was noted of the account, `wake` gives what the documents want of some of them, and `in_order`
    puts what is desired in the order of the documents. `numbers` are the names of those whose documents say other
    numbers, perhaps: price and stock of these are desired already. `narrowed`: they are none of what is looked at,
    and only told apart from it. With `only`, these modules are.
    """

    known: AccountRests
    rests: Rests
    wake: Callable[[Collection[Rest]], tuple[Desired, ...]]
    in_order: Callable[[Iterable[Desired]], tuple[Desired, ...]]
    numbers: frozenset[str] = frozenset()
    narrowed: bool = False
    only: frozenset[Module] = frozenset()

    def only_listed(self, rests: Rests) -> Rests:
        """Return those of these whose rows need not be decoded."""
        return rests.without(places_of(rests.name, self.numbers))

    def stirred(self, still: Rests, inventory: Inventory) -> tuple[Rests, tuple[Desired, ...]]:
        """Return those of which the numbers alone are looked at, and what documents want of those that are awake.

        The former are `still` at rest but for their documents and the list, and it has them as it had.
        """
        numbers = self._in_numbers(still, inventory) if self.numbers else Rests()
        asleep, ids = {*inventory.resting, *numbers.remote_id}, self.rests.remote_id
        if len(asleep) == len(ids):
            return numbers, ()
        woken = self.rests.at(place for place, each in enumerate(ids) if each not in asleep)
        return numbers, self.wake(woken)

    def counted(self, resting: Rests) -> AtRest:
        """Return what these count as that stay at rest; nothing is said of what is none of a look."""
        shapes = self.known.shapes
        if self.only:
            shapes = {number: shape.of_modules(self.only) for number, shape in shapes.items()}
        found = at_rest(resting, shapes)
        return replace(found, counts={}, stock_of={}) if self.narrowed else found

    def _in_numbers(self, still: Rests, inventory: Inventory) -> Rests:
        rows, told = inventory.digests, zip(still.name, still.remote_id, still.row, strict=True)
        return still.without(
            place
            for place, (name, remote_id, row) in enumerate(told)
            if name not in self.numbers or rows.get(remote_id) != row
        )

    def now_desired(
        self, desired: Iterable[Desired], numbers: Rests, woken: Collection[Desired]
    ) -> tuple[Desired, ...]:
        """Return what is desired with all that the documents of the woken want, be it instead of numbers only."""
        every = self._besides(desired, numbers) if self.numbers else desired
        return self.in_order((*every, *woken)) if woken else tuple(every)

    def _besides(self, desired: Iterable[Desired], numbers: Rests) -> Iterator[Desired]:
        shapes = {number: shape.besides(_NUMBERS) for number, shape in self.known.shapes.items()}
        besides = {name: shapes[shape] for name, shape in zip(numbers.name, numbers.shape, strict=True)}
        for each in desired:
            if each.key.kind != OFFER or each.key.name not in self.numbers:
                yield each
            elif each.key.name in besides:
                yield replace(each, besides=besides[each.key.name])


class RememberedOffers(Struct, frozen=True):
    """What the ledger remembers of all offers that a project manages: one text for each name, equal or not.

    `mark` is what all of it together is known by; empty where that cannot be told.
    """

    mark: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    def besides(self, rests: Rests) -> dict[str, str]:
        """Return what is remembered of the offers that are not among these."""
        names = self.texts.keys() - frozenset(rests.name)
        return {name: self.texts[name] for name in sorted(names)}


def remembered_offers(opened: Session, known: AccountRests) -> RememberedOffers:
    """Return what is remembered: as it was noted of an account, where nothing was written since."""
    mark = opened.ledger.mark_of(opened.place)  # before it is read: what comes meanwhile is not missed
    if mark and mark == known.memory:
        noted = dict(zip(known.rests.name, known.rests.memory, strict=True))
        return RememberedOffers(mark, {**noted, **known.besides})
    return RememberedOffers(mark, opened.ledger.known_of(opened.place, OFFER))


class LeftByLook(Struct, frozen=True, kw_only=True):
    """What a look at an account leaves for the next one.

    `rows` are the digests of the rows that were decoded, and `read_at` when what they lack was read in full (ISO;
    empty where that is not kept), both by remote id. `stretches` are those of the list (`RowsKnown`). `memory` is
    what the ledger remembers; `events` how far the events were followed, `cache` the mark of the cache that holds
    the full reads.
    """

    rows: Mapping[str, bytes] = field(default_factory=dict)
    stretches: Mapping[bytes, bytes] = field(default_factory=dict)
    read_at: Mapping[str, str] = field(default_factory=dict)
    memory: RememberedOffers = field(default_factory=RememberedOffers)
    events: int = 0
    cache: str = ""


def left_by(
    opened: Session,
    listed: Inventory,
    read_at: Mapping[str, str],
    memory: RememberedOffers,
    events: int,
    cache: str,
) -> LeftByLook:
    """Return what a look leaves that has read this list.

    `cache` is the mark that the look began with. One that was begun anew meanwhile has lost what was read before,
    and numbers events anew: nobody believes what such a look leaves.
    """
    return LeftByLook(
        rows=listed.digests,
        stretches=listed.stretches,
        read_at=read_at,
        memory=memory,
        events=events,
        cache=cache if cache == opened.cache.mark() else "",
    )


def whereabouts(opened: Session) -> str:
    """Return the site of an account and its base market: somewhere else everything is something else."""
    return f"{opened.place.site} {opened.identity.base_market}"


def kinds_referred_to(sleepers: Sleepers | None) -> frozenset[str]:
    """Return the kinds whose names have to be known, so that what refers to them may stay at rest."""
    if sleepers is None or sleepers.narrowed or not len(sleepers.rests):
        return frozenset()
    return frozenset(sleepers.known.references)


def _undisturbed(
    opened: Session,
    sleepers: Sleepers,
    desired: Iterable[Desired],
    references: Index,
    memory: RememberedOffers,
) -> Rests:
    """Return the offers of which nothing but the marketplace could say that they moved."""
    known, rests = sleepers.known, sleepers.rests
    if (known.site, known.cache) != (whereabouts(opened), opened.cache.mark()):
        return Rests()
    if not (sleepers.narrowed or _are_called_so(known.references, references)):
        return Rests()
    if known.images and not known.images.items() <= opened.ledger.images(opened.place).items():
        return Rests()
    awaited = _names_of_writes(opened)
    theirs = opened.ledger.foreign(opened.place)
    taken = {each.remote_id for each in theirs.values()} | {each.adopt for each in desired if each.adopt}
    awaited |= {key.name for key in theirs}
    disturbed = {*places_of(rests.name, awaited), *places_of(rests.remote_id, taken)}
    if memory.mark != known.memory or not memory.mark:
        told = zip(map(memory.texts.get, rests.name), rests.memory, strict=True)
        disturbed.update(place for place, (now, then) in enumerate(told) if now != then)
    return rests.without(disturbed)


async def still_at_rest(
    opened: Session,
    sleepers: Sleepers | None,
    desired: Iterable[Desired],
    references: Mapping[str, Mapping[str, str]],
    memory: RememberedOffers,
    refresh: str,
) -> tuple[Rests, EventsFollowed | None]:
    """Return what stays at rest but for the list, and what events told, where they were asked."""
    still = _undisturbed(opened, sleepers, desired, references, memory) if sleepers else Rests()
    kept = {each: at for each, at in zip(still.remote_id, still.read_at, strict=True) if at}
    if sleepers is None or not kept:
        return still, None
    if refresh == "list":
        followed = follow_notes(opened, sleepers.known.events)
        return still.without(places_of(still.remote_id, followed.noted)), followed
    followed = await follow_events(opened, sleepers.known.events)
    if sleepers.narrowed:
        return still, replace(followed, besides=len(kept))
    turn, paid = turn_of(opened, kept, len(kept))
    followed = replace(followed, turn=turn, paid=paid)
    gone = followed.moved | followed.noted | turn | (frozenset() if followed.gapless else kept.keys())
    return still.without(places_of(still.remote_id, gone)), followed


def those(rests: Rests, asleep: AbstractSet[str]) -> Rests:
    """Return those of these offers whose ids are among some."""
    if len(rests) == len(asleep):
        return rests  # nothing is among them that was not believed to be
    return rests.without(place for place, each in enumerate(rests.remote_id) if each not in asleep)


def _are_called_so(before: Index, now: Index) -> bool:
    """Tell whether every name that was referred to means what it meant."""
    return all(
        now.get(kind, {}).get(label) == remote_id
        for kind, labels in before.items()
        for label, remote_id in labels.items()
    )


def _names_of_writes(opened: Session) -> set[str]:
    """Return the offers to which something was written that does not show yet."""
    since = opened.clock.now() - timedelta(days=7)
    writes = opened.ledger.pending.writes(opened.place, since)
    return {each.target.key.name for each in writes if each.target.key.kind == OFFER}


def keys_of(rests: Rests, account: str) -> Iterator[Key]:
    """Yield the keys of offers at rest."""
    return (Key(account, OFFER, name) for name in rests.name)
