"""Effective documents and readings -> filled documents: stock numbers and prices by their rules. Pure.

What cannot be filled in is taken out of its document, and `Sourced.withheld` says why: it is neither changed nor
cleared. A mistake in a rule is told once for the place where it stands, however many offers inherit it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple

from msgspec import Struct

from reconciler.documents.effective import NEVER, Effective
from reconciler.documents.kinds import OFFER
from reconciler.engine.rules.findings import Told, key_of
from reconciler.engine.rules.given import UNREAD, Given, Market
from reconciler.engine.rules.idle import tell_idle
from reconciler.engine.rules.prices import BASE, PriceFilled, Prices
from reconciler.engine.rules.renewal import RENEWAL, has_to_end
from reconciler.engine.rules.stock import Allotted
from reconciler.engine.rules.stock_rule import StockRule
from reconciler.engine.rules.stocks import STOCK_RULE, Stocks, is_sourced, items_of
from reconciler.engine.rules.tables import Table
from reconciler.engine.rules.unknown import Unknown, doubt, tell_unknown
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.modules import StockForm
from reconciler.model.offers import Key
from reconciler.model.sourced import NONE, Followed, Sourced, Tolerance
from reconciler.model.tables import MissingRow
from reconciler.model.trace import TraceStep
from reconciler.model.values import plain

QUANTITY = "stock.quantity"
#: Stands for the articles of all offers, where a table says which are whose.
ANY_OFFER = "*"


class FilledIn(Struct, frozen=True, kw_only=True):
    """The documents with what their rules came to, and what was found wrong or is to be said.

    `articles` are those that an offer follows: this has a say in all offers of them. With `ANY_OFFER` among them
    any offer may be of one, whatever it is called. `items` are all articles that any offer is of, whether it
    follows them or not, as far as no table says whose is which; `tables` are the rows that were read.
    """

    documents: list[Effective]
    diagnostics: tuple[Diagnostic, ...] = ()
    articles: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    tables: Mapping[str, Table] = NONE


def fill(documents: Sequence[Effective], given: Given, markets: Mapping[str, Market]) -> FilledIn:
    """Fill in all documents: those of all accounts, since offers of one article share its stock."""
    told = Told()
    if not any(has_rules(each) for each in documents):
        return FilledIn(
            documents=[without_rules(each, told) for each in documents],
            diagnostics=told.diagnostics,
            items=_items_of_all(documents),
            tables=given.tables,
        )
    offers = [each for each in documents if each.document.kind == OFFER]
    stocks, prices = Stocks(given, told), Prices(given, told)
    sourced = [each for each in offers if is_sourced(each)]
    for offer in sourced:
        stocks.claim(offer)
    shares = stocks.share_out()
    unknown: dict[str, list[Unknown]] = {}
    followed = items_of(sourced, given)
    filled = []
    for each in documents:
        if each.document.kind == OFFER:
            body = _without_rules(each.body)
            if has_to_end(each, followed, given, told):
                body["settings"] = {**(body.get("settings") or {}), RENEWAL: False}
            each = _filled(each, body, given, markets, stocks, shares, prices, unknown)  # noqa: PLW2901
        filled.append(each)
    for source, lost in unknown.items():
        tell_unknown(told, given.sources[source], lost)
    articles = frozenset((*followed, ANY_OFFER) if followed and given.maps else followed)
    return FilledIn(
        documents=filled,
        diagnostics=told.diagnostics,
        articles=articles,
        items=_items_of_all(documents),
        tables=given.tables,
    )


def _items_of_all(documents: Sequence[Effective]) -> frozenset[str]:
    """Return the articles of all offers, and of the parts of their bundles."""
    offers = [each for each in documents if each.document.kind == OFFER]
    own = (each.body.get("item") or each.document.name for each in offers)
    parts = (row.get("item") for each in offers for row in each.body.get("bundle") or ())
    return frozenset(filter(None, chain(own, parts)))


def has_rules(document: Effective) -> bool:
    """Tell whether a document has a rule for its stock or for a price: all such are filled in together."""
    if document.document.kind != OFFER:
        return False
    prices = document.body.get("price") or {}
    return is_sourced(document) or any(isinstance(said, Mapping) for said in prices.values())


def without_rules(document: Effective, told: Told) -> Effective:
    """Take away what only rules read, of an offer that follows none."""
    if document.document.kind != OFFER:
        return document
    rows = document.body.get("bundle")
    if not tell_idle(document, told) and not (rows and any("item" in row for row in rows)):
        return document
    return document.filled(_without_rules(document.body), None)


def _without_rules(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body of its own without what only rules read."""
    out = dict(body)
    stock = out.get("stock")
    if stock and not STOCK_RULE.isdisjoint(stock):
        out["stock"] = {key: value for key, value in stock.items() if key not in STOCK_RULE}
    if out.get("bundle"):
        out["bundle"] = [{key: value for key, value in row.items() if key != "item"} for row in out["bundle"]]
    return out


class _Fields:
    """What comes to one document's fields, while it is gathered."""

    __slots__ = ("daily", "follows", "noted", "rated", "refused", "sources", "tolerances", "withheld")

    def __init__(self) -> None:
        self.withheld: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self.tolerances: dict[str, Tolerance] = {}
        self.sources: dict[str, str] = {}
        self.follows: Followed | None = None
        self.daily = self.rated = self.noted = False

    def sourced(self, told: "_Told", until: str) -> Sourced:
        """Return them, without the mappings that hold nothing: there are many offers."""
        return Sourced(
            told,
            self.withheld or NONE,
            self.refused or NONE,
            self.tolerances or NONE,
            _shared(tuple(self.sources.items())),
            self.follows,
            self.noted,
            until,
        )


@lru_cache(maxsize=1024)
def _shared(sources: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Return one mapping for all offers whose fields follow the same sources."""
    return MappingProxyType(dict(sources))


class _Told(NamedTuple):
    """How the fields of one offer came to be: reckoned again when somebody asks, which is seldom."""

    offer: Effective
    share: Allotted | None
    market: Market | None
    prices: Prices

    def because(self, path: str) -> str:
        """Return one line."""
        if path == QUANTITY:
            return self.share.because if self.share else ""
        cost = self._cost(path)
        return self.prices.because(cost) if cost else ""

    def rows(self, path: str) -> Mapping[str, str]:
        """Return the rows that decided it."""
        if path == QUANTITY:
            return self.share.rows if self.share else {}
        return self.prices.rows(self.offer, path.removeprefix("price."), self._costs(path))

    def trace(self, path: str) -> tuple[TraceStep, ...]:
        """Return all steps."""
        if path == QUANTITY:
            return self.share.steps(self.offer.origin) if self.share else ()
        cost = self._cost(path)
        return self.prices.trace(self.offer, path.removeprefix("price."), cost) if cost else ()

    def _cost(self, path: str) -> PriceFilled | None:
        return self._costs(path).get(path.removeprefix("price."))

    def _costs(self, path: str) -> Mapping[str, PriceFilled]:
        if self.market is None or not path.startswith("price."):
            return {}
        return self.prices.fill(self.offer, self.market)


def _filled(
    offer: Effective,
    body: dict[str, Any],
    given: Given,
    markets: Mapping[str, Market],
    stocks: Stocks,
    shares: Mapping[Any, Allotted],
    prices: Prices,
    unknown: dict[str, list[Unknown]],
) -> Effective:
    if not has_rules(offer):
        tell_idle(offer, stocks.told)
        return offer.filled(body, None) if body != offer.body else offer
    found = _Fields()
    key = key_of(offer)
    share = shares.get(key)
    if is_sourced(offer):
        _fill_stock(offer, key, body, found, given, stocks, share, unknown)
    else:
        tell_idle(offer, stocks.told)
    market = markets.get(offer.account)
    if market is not None:
        _fill_prices(offer, body, found, prices, market, unknown)
    until = market.midnight(given.now).at if market is not None and found.rated else ""
    filled = offer.filled(body, found.sourced(_Told(offer, share, market, prices), until))
    if market is None or not found.daily:
        return filled
    ends = [each for each in (offer.until, market.midnight(given.moment)) if each != NEVER]
    return filled.in_window(body, offer.window, min(ends, key=lambda each: datetime.fromisoformat(each.at)))


def _fill_stock(
    offer: Effective,
    key: Key,
    body: dict[str, Any],
    found: _Fields,
    given: Given,
    stocks: Stocks,
    share: Allotted | None,
    unknown: dict[str, list[Unknown]],
) -> None:
    source = str(offer.body["stock"]["from"])
    rule = stocks.rules.get(key)
    found.sources[QUANTITY] = source
    if share is None or rule is None:
        why = stocks.missing.get(key)
        if why is not None and why != UNREAD:
            found.withheld[QUANTITY] = why
        return
    if why := share.missing if share.unusable else doubt(share, given.tables[source]):
        unknown.setdefault(source, []).append(Unknown(offer, why, unusable=True))
        found.withheld[QUANTITY] = why
        return
    if share.quantity is None:
        none = share.rowless and given.sources[source].missing is MissingRow.ZERO and given.tables[source].whole
        unknown.setdefault(source, []).append(Unknown(offer, share.missing, share.rowless, zero=none))
        found.noted = True
        if not none:
            found.withheld[QUANTITY] = share.missing
            return
    quantity = share.quantity or 0
    body["stock"] = {**body["stock"], "quantity": {StockForm.SOURCED.value: quantity}}
    found.follows = _followed(given, source, rule, share)


def _followed(given: Given, source: str, rule: StockRule, share: Allotted) -> Followed:
    as_of, within = given.standings[source]
    return Followed(
        source,
        as_of,
        within,
        share.claim.parts,
        share.less,
        share.shared,
        share.siblings,
        rule.at_zero,
        rule.on_restock,
        rule.only,
    )


def _fill_prices(
    offer: Effective,
    body: dict[str, Any],
    found: _Fields,
    prices: Prices,
    market: Market,
    unknown: dict[str, list[Unknown]],
) -> None:
    costs = prices.fill(offer, market)
    if not costs:
        return
    section = dict(body["price"])
    for site, filled in costs.items():
        path = f"price.{site}"
        if filled.source:
            found.sources[path] = filled.source
        if filled.price is None:
            del section[site]
            if filled.missing != UNREAD:
                found.withheld[path] = filled.missing
            told_of_base = filled.baseless and BASE in costs
            if filled.source in prices.given.tables and not told_of_base:
                lost = Unknown(offer, filled.missing, unusable=filled.unusable, unpriced=not filled.unusable)
                unknown.setdefault(filled.source, []).append(lost)
            continue
        found.daily, found.rated = found.daily or filled.daily, found.rated or filled.is_rated
        section[site] = f"{plain(filled.price.amount)} {filled.price.currency}"
        if filled.refused:
            found.refused[path] = filled.refused
        if filled.tolerance:
            found.tolerances[path] = filled.tolerance
    body["price"] = section
