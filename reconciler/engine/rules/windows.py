"""Prices that hold for a time: effective documents and a moment -> the documents of that moment. Pure.

A window begins at its `from` and is over at its `until`, which is not in it: one may begin where another ends.
What a window does not name keeps the price that is said beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from reconciler.documents.effective import NEVER, WINDOWS, Effective, PriceChange, Window
from reconciler.documents.kinds import OFFER
from reconciler.documents.moments import MomentFault, moment_of, told
from reconciler.engine.rules.findings import Told
from reconciler.engine.rules.given import Market
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.values import Money

_TIMES = frozenset({"from", "until"})
_BASE = "base"


class OfAMoment(Struct, frozen=True, kw_only=True):
    """Documents as they are at one moment, what is wrong, and what is to be said of it.

    `others` are documents as they are beside the windows, and in those that do not hold, one for each window: what
    is wrong in them is wrong today.
    """

    documents: list[Effective]
    diagnostics: tuple[Diagnostic, ...] = ()
    others: tuple[Effective, ...] = ()


class _Span(NamedTuple):
    """One window in UTC, `begins` <= moment < `ends`."""

    begins: datetime
    ends: datetime
    window: Window
    row: Mapping[str, Any]


def of_a_moment(documents: Sequence[Effective], markets: Mapping[str, Market], now: datetime) -> OfAMoment:
    """Put the prices of the windows that hold now in their place, and take the windows away."""
    calendar = Calendar(markets, now)
    found = [calendar.of(each) for each in documents]
    return OfAMoment(
        documents=found,
        diagnostics=(*calendar.told.diagnostics, *calendar.notes()),
        others=tuple(calendar.others),
    )


class Calendar(Struct, frozen=True):
    """Windows are read once for each list that says them, however many offers inherit it."""

    markets: Mapping[str, Market]
    now: datetime
    told: Told = field(default_factory=Told)
    others: list[Effective] = field(default_factory=list)
    _known: dict[tuple[int, str], tuple[Sequence[Any], tuple[_Span, ...]]] = field(default_factory=dict)
    _holds: dict[tuple[str, int, str], tuple[Effective, _Span, list[str]]] = field(default_factory=dict)

    def of(self, offer: Effective) -> Effective:
        """Return an offer as it is now."""
        section = offer.body.get("price") if offer.document.kind == OFFER else None
        if not isinstance(section, Mapping) or "windows" not in section:
            return offer
        plain = {site: said for site, said in section.items() if site != "windows"}
        spans = self._spans(offer, section["windows"], plain)
        edges = {moment for each in spans for moment in (each.begins, each.ends) if moment > self.now}
        until = self.markets[offer.account].change(min(edges)) if edges else NEVER
        holds = next((each for each in spans if each.begins <= self.now < each.ends), None)
        if holds is None:
            return _with(offer, plain, None, until)
        key = offer.account, id(section["windows"]), holds.window.words
        self._holds.setdefault(key, (offer, holds, []))[2].append(offer.document.name)
        return _with(offer, plain, holds, until)

    def _spans(
        self, offer: Effective, rows: Sequence[Mapping[str, Any]], plain: Mapping[str, Any]
    ) -> tuple[_Span, ...]:
        where = id(rows), offer.account
        known = self._known.get(where)
        if known is None or known[0] is not rows:
            market = self.markets.get(offer.account)
            spans = tuple(self._read(offer, rows, market)) if market else ()
            known = self._known[where] = rows, spans
            self.others.append(_with(offer, plain, None))
            self.others.extend(
                _with(offer, plain, each) for each in spans if not each.begins <= self.now < each.ends
            )
        return known[1]

    def _read(self, offer: Effective, rows: Sequence[Mapping[str, Any]], market: Market) -> Iterator[_Span]:
        """Yield the windows of a list; what is wrong is told, and such a window does not hold."""
        before: list[_Span] = []
        for number, row in enumerate(rows):
            begins, ends = (
                self._moment(offer, f"{WINDOWS}.{number}.{word}", row[word], market.zone)
                for word in ("from", "until")
            )
            self._check_sites(offer, f"{WINDOWS}.{number}", row, market)
            if begins is None or ends is None:
                continue
            words = f"window {row['from']} until {row['until']} ({market.zone.key})"
            span = _Span(
                begins, ends, Window(number=number, sites=frozenset(row.keys() - _TIMES), words=words), row
            )
            if ends <= begins:
                self.told.error(
                    "D653",
                    f"the window of {offer.document.name} is over before it begins: {words}",
                    offer,
                    f"{WINDOWS}.{number}.until",
                    hint="`until` is the first moment at which the window does not hold any more.",
                )
                continue
            self._check_apart(offer, span, before)
            before.append(span)
            yield span

    def _moment(self, offer: Effective, path: str, text: str, zone: ZoneInfo) -> datetime | None:
        try:
            return moment_of(text, zone)
        except MomentFault as fault:
            self.told.error(fault.code, fault.summary, offer, path, hint=fault.hint)
            return None

    def _check_apart(self, offer: Effective, span: _Span, before: Sequence[_Span]) -> None:
        for other in before:
            if span.begins < other.ends and other.begins < span.ends:
                self.told.error(
                    "D654",
                    f"two windows of {offer.document.name} hold at the same time: this one, and that of "
                    f"{other.row['from']} until {other.row['until']}",
                    offer,
                    f"{WINDOWS}.{span.window.number}.from",
                    hint="Let one end where the other begins: `until` of the one may be `from` of the other.",
                )
                return

    def _check_sites(self, offer: Effective, path: str, row: Mapping[str, Any], market: Market) -> None:
        """A price of a site has its currency: also one that holds in a year."""
        for word, said in row.items():
            if word in _TIMES or (word == _BASE and not market.spec.base_said):
                continue
            site = market.base_market if word == _BASE else word
            known = market.spec.marketplaces.get(site)
            if known is None:
                names = ", ".join(market.spec.marketplaces)
                self._wrong_site(offer, f"{path}.{word}", f"{market.spec.title} has no site `{site}`", names)
            elif isinstance(said, str) and Money.parse(said).currency != known.currency:
                summary = f"a price on {site} is in {known.currency}, and the window says {said}"
                self._wrong_site(offer, f"{path}.{word}", summary, known.currency)

    def _wrong_site(self, offer: Effective, path: str, summary: str, known: str) -> None:
        self.told.error("D656", summary, offer, path, hint=f"Known here: {known}.")

    def notes(self) -> Iterator[Diagnostic]:
        """Say which windows hold. When prices change next, all offers of an account say together (`summed`)."""
        for (account, _, words), (offer, span, names) in self._holds.items():
            after = told(span.ends, self.markets[account].zone)
            yield Diagnostic(
                severity=Severity.NOTE,
                code="P761",
                summary=f"prices of {_of(names)} are those of the {words}",
                detail=f"From {after} on the prices beside it hold, or those of the next window.",
                mark=offer.origin(f"{WINDOWS}.{span.window.number}").mark,
            )


def _with(offer: Effective, plain: Mapping[str, Any], span: _Span | None, until: PriceChange = NEVER) -> Effective:
    own = {site: said for site, said in span.row.items() if site not in _TIMES} if span else {}
    # What is `null` in a window is left as it is, and not cleared: the offer stays on that market.
    section = {site: said for site, said in {**plain, **own}.items() if said is not None or site not in own}
    body = {**offer.body, "price": section}
    if not section:
        del body["price"]
    return offer.in_window(body, span.window if span else None, until)


def _of(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names):,} offers ({names[0]}, …)"
