"""Which offers of an account stay at rest: what the ledger remembers, the events and the list are as they were.

The list decides last: a row with the digest that it had is not decoded. Whatever else may have moved is asked
before it, since of what is not at rest the list has to be decoded.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import timedelta

from msgspec import Struct, field

from reconciler.model.offers import OFFER, Desired, Key
from reconciler.model.resting import Rest
from reconciler.runtime.connection.session import Session
from reconciler.runtime.observe.directory import Index
from reconciler.runtime.rests.book import AccountRests


class Sleepers(Struct, frozen=True, kw_only=True):
    """The offers of an account whose documents are as they were at rest, by remote id.

    `known` is what was noted of the account, `wake` gives what the documents want of some of them.
    """

    known: AccountRests
    rests: Mapping[str, Rest]
    wake: Callable[[Collection[Rest]], tuple[Desired, ...]]


class LeftByLook(Struct, frozen=True, kw_only=True):
    """What a look at an account leaves for the next one.

    `rows` are the digests of the rows that were decoded, `read_at` when what they lack was read in full (ISO;
    empty where that is not kept), both by remote id. `memory` is what the ledger remembers, by name; `events` how
    far the events were followed, `cache` the mark of the cache that holds the full reads.
    """

    rows: Mapping[str, bytes] = field(default_factory=dict)
    read_at: Mapping[str, str] = field(default_factory=dict)
    memory: Mapping[str, str] = field(default_factory=dict)
    events: int = 0
    cache: str = ""


def whereabouts(opened: Session) -> str:
    """Return the site of an account and its base market: somewhere else everything is something else."""
    return f"{opened.place.site} {opened.identity.base_market}"


def kinds_referred_to(sleepers: Sleepers | None) -> frozenset[str]:
    """Return the kinds whose names have to be known, so that what refers to them may stay at rest."""
    return frozenset(sleepers.known.references) if sleepers is not None and sleepers.rests else frozenset()


def undisturbed(
    opened: Session,
    sleepers: Sleepers,
    desired: Iterable[Desired],
    references: Index,
    memory: Mapping[str, str],
) -> dict[str, Rest]:
    """Return the offers of which nothing but the marketplace could say that they moved, by remote id."""
    known = sleepers.known
    if (known.site, known.cache) != (whereabouts(opened), opened.cache.mark()):
        return {}
    if not _are_called_so(known.references, references):
        return {}
    if known.images and not known.images.items() <= opened.ledger.images(opened.place).items():
        return {}
    awaited = _names_of_writes(opened)
    theirs = opened.ledger.foreign(opened.place)
    taken = {each.remote_id for each in theirs.values()} | {each.adopt for each in desired if each.adopt}
    awaited |= {key.name for key in theirs}
    return {
        remote_id: rest
        for remote_id, rest in sleepers.rests.items()
        if memory.get(rest.name) == rest.memory and rest.name not in awaited and remote_id not in taken
    }


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


def keys_of(rests: Iterable[Rest], account: str) -> Iterator[Key]:
    """Yield the keys of offers at rest."""
    return (Key(account, OFFER, each.name) for each in rests)
