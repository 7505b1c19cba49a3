"""What rules are given: the declared sources, and what was read of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from reconciler.documents.effective import Effective, PriceChange
from reconciler.documents.expressions import Kind, Typed, type_of
from reconciler.documents.moments import told
from reconciler.documents.near import did_you_mean
from reconciler.engine.rules.tables import Table
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.tables import LoweredBy, ReadingState, Readout, Source

_NAME = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?")
#: The day of filling in by the account's clock.
TODAY = "today"
#: Why nothing is filled in where nobody has asked the sources.
UNREAD = "its source was not read"


class Market(Struct, frozen=True, kw_only=True):
    """What rules have to know of an account: its marketplace, the site of its plain prices, its time zone."""

    spec: MarketplaceSpec
    base_market: str
    zone: ZoneInfo

    def today(self, now: datetime) -> date:
        """Return the day by the clock of the account, as of its windows of prices."""
        return now.astimezone(self.zone).date()

    def midnight(self, now: datetime) -> PriceChange:
        """Return when that day is over."""
        tomorrow = datetime.combine(self.today(now) + timedelta(days=1), time(0), self.zone)
        return self.change(tomorrow.astimezone(UTC))

    def change(self, moment: datetime) -> PriceChange:
        """Return a moment, in UTC, at which prices may be others."""
        return PriceChange(moment.isoformat(), told(moment, self.zone), self.zone.key)


class Given(Struct, frozen=True, kw_only=True, dict=True):
    """The sources of a project by name, those whose documents have mistakes, and the readings that there are.

    `maps` are the tables from offer keys to items, by source. `now` is the moment of filling in, and `moment` the
    one whose prices are meant.
    """

    sources: Mapping[str, Source] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    readings: Mapping[str, Readout] = field(default_factory=dict)
    maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    now: datetime
    moment: datetime
    show_private: bool = False

    @cached_property
    def names(self) -> Mapping[str, Typed]:
        """What formulas may name: `erp.net`, and `net` alone where one source only has such a column."""
        found: dict[str, Typed] = {TODAY: Typed(Kind.DATE)}
        homes: dict[str, list[str]] = {}
        for source in self.sources.values():
            for column in source.columns:
                found[f"{source.name}.{column.name}"] = type_of(column)
                homes.setdefault(column.name, []).append(source.name)
        for name, owners in homes.items():
            if len(owners) == 1:
                found[name] = found[f"{owners[0]}.{name}"]
        return found

    @cached_property
    def homes(self) -> Mapping[str, tuple[str, str]]:
        """Name in a formula -> source and column."""
        found: dict[str, tuple[str, str]] = {}
        for name in self.names:
            source, dot, column = name.partition(".")
            if dot:
                found[name] = (source, column)
        for name in self.names:
            if "." not in name and name != TODAY:
                found[name] = next(each for each in found.values() if each[1] == name)
        return found

    @cached_property
    def private(self) -> frozenset[str]:
        """The names of what is shown only when asked for."""
        if self.show_private:
            return frozenset()
        hidden = {(s.name, c.name) for s in self.sources.values() for c in s.columns if c.private}
        return frozenset(name for name, home in self.homes.items() if home in hidden)

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The rows of every source whose reading is as it should be, by item."""
        return {
            name: Table(self.sources[name], reading)
            for name, reading in self.readings.items()
            if name in self.sources and reading.state is ReadingState.OK
        }

    @cached_property
    def standings(self) -> Mapping[str, tuple[datetime, timedelta]]:
        """Of when the numbers of every source are, and how long a sale may take to lower them."""
        found = {}
        for name, reading in self.readings.items():
            orders = self.sources[name].orders
            within = orders.within if isinstance(orders, LoweredBy) else timedelta(0)
            found[name] = min(self.now, reading.as_of), within
        return found

    def closed(self, source: str) -> str:
        """Say why a source fills nothing in; empty where it does."""
        if source in self.broken:
            return f"Source `{source}` has mistakes"
        reading = self.readings.get(source)
        if reading is None:
            return UNREAD
        return "" if reading.state is ReadingState.OK else f"Source `{source}`: {reading.why}"

    def near(self, name: str) -> str:
        """Return the hint for a name that no source has."""
        known = self.sources
        otherwise = f"The sources are {', '.join(known)}." if known else "Write a document of `kind: Source`."
        return did_you_mean(name, known, otherwise=otherwise)

    def item(self, source: str, offer: str, said: str | None) -> str:
        """Return the article of an offer: what it says, what the source's map says, or its own name."""
        if said or not self.maps:
            return said or offer
        return self.maps.get(source, {}).get(offer) or offer


def used_in(documents: Sequence[Effective], sources: Mapping[str, Source]) -> frozenset[str]:
    """Return the sources that these documents name: others are not read."""
    return sources_named((document.body for document in documents), sources)


def sources_named(bodies: Iterable[Mapping[str, Any]], sources: Mapping[str, Source]) -> frozenset[str]:
    """Return the sources that rules in these bodies of offers name."""
    if not sources:
        return frozenset()
    columns = {column.name: source.name for source in sources.values() for column in source.columns}
    found: set[str] = set()
    texts: set[str] = set()
    seen: set[int] = set()  # the mappings that say rules: offers that inherit all of one share it
    for body in bodies:
        stock, prices = body.get("stock") or {}, body.get("price") or {}
        if isinstance(stock, Mapping) and "from" in stock:
            found.add(stock["from"])
        windows = prices.get("windows") or ()
        for said in chain(prices.values(), *(window.values() for window in windows)):
            if isinstance(said, Mapping) and id(said) not in seen:
                seen.add(id(said))
                found.add(str(said.get("rates", "")))
                texts.update((str(said.get("formula", "")), str((said.get("margin") or {}).get("cost", ""))))
    for text in texts:
        for name in _NAME.findall(text):
            found.add(name.partition(".")[0] if "." in name else columns.get(name, ""))
    return frozenset(found & sources.keys())
