"""What of a resource comes from sources: which rows, by which rule, and what is done when they cannot be read."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from reconciler.model.trace import TraceStep
from reconciler.model.values import Money

#: One for all: there are as many of them as offers.
NONE: Mapping[str, Any] = MappingProxyType({})


class Tolerance(Struct, frozen=True, kw_only=True):
    """Differences of a price that are left alone: smaller than `percent` of the live one, or than `amount`.

    A live price outside of `floor` and `ceiling` is never left alone.
    """

    percent: Decimal | None = None
    amount: Money | None = None
    floor: Money | None = None
    ceiling: Money | None = None

    def covers(self, wanted: Money, live: Money) -> bool:
        """Tell whether a live price may stay although another one is wanted."""
        if wanted.currency != live.currency or wanted.amount == live.amount:
            return False
        if self.floor is not None and live.amount < self.floor.amount:
            return False
        if self.ceiling is not None and live.amount > self.ceiling.amount:
            return False
        gap = abs(wanted.amount - live.amount)
        if self.percent is not None:
            return gap * 100 < abs(live.amount) * self.percent
        return self.amount is not None and gap < self.amount.amount


class Sibling(NamedTuple):
    """An offer that sells pieces of an article, and how many one of it takes.

    `part` are the pieces of the article that are its own; None where it sees all of them.
    """

    account: str
    name: str
    takes: int
    part: int | None


class Followed(NamedTuple):
    """How an offer follows a stock: the source, of when its numbers are, and what its ends mean.

    `as_of` is told by this machine's clock, which may be another than the account's.
    `pieces` tells what is offered when so many of each article were sold that the source does not know yet.
    `within` is how long sales may take to lower the source. `items` are what a piece of the offer takes of each
    article; `shared` tells that the offer sees all of their pieces. `siblings` are all offers, this one too, of
    the articles that several offers sell.
    """

    source: str
    as_of: datetime
    within: timedelta
    items: Mapping[str, int]
    pieces: Callable[[Mapping[str, int]], int]
    shared: bool = True
    siblings: Mapping[str, tuple[Sibling, ...]] = NONE
    at_zero: str = "end"
    on_restock: str = "resume"
    only: str = ""

    @property
    def articles(self) -> tuple[tuple[str, str, int], ...]:
        """Return what one piece of the offer is of: source, article, and how many of it."""
        return tuple((self.source, item, takes) for item, takes in sorted(self.items.items()))


class Provenance(Protocol):
    """Tells how the fields of one resource came to be, when somebody asks: most are never asked about."""

    def because(self, path: str) -> str:
        """Return one line on how a value came to be; empty for what comes from no source."""
        ...

    def rows(self, path: str) -> Mapping[str, str]:
        """Return the rows that decided a value: `erp/K-300` -> digest of what they say."""
        ...

    def trace(self, path: str) -> tuple[TraceStep, ...]:
        """Return all steps to a value, each with its place."""
        ...


class Sourced(NamedTuple):
    """What of one resource comes from sources, by field path.

    `withheld` says why a field is neither changed nor cleared, `refused` why its value may not be written, and
    `tolerances` which differences are left alone. `sources` names all that have a say. `told` explains it.
    `noted`: something is said of it that is no part of it. `until` is when other rates may hold (ISO, UTC), empty
    where it has none.
    """

    told: Provenance
    withheld: Mapping[str, str] = NONE
    refused: Mapping[str, str] = NONE
    tolerances: Mapping[str, Tolerance] = NONE
    sources: Mapping[str, str] = NONE
    stock: Followed | None = None
    noted: bool = False
    until: str = ""

    @property
    def is_settled(self) -> bool:
        """Tell whether all that its rules fill in is filled in, and nothing else is to be said of it.

        What one offer gets of an article that others sell, too, is known with these only.
        """
        if self.withheld or self.refused or self.noted:
            return False
        return "stock.quantity" not in self.sources or (self.stock is not None and not self.stock.siblings)

    def rows(self) -> Mapping[str, str]:
        """Return the rows that decided any of its fields: `erp/K-300` -> digest of what they say."""
        found: dict[str, str] = {}
        for path in self.sources:
            found.update(self.told.rows(path))
        return found
