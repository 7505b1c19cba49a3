"""The prices of one offer after another, each by the rule of its document."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from msgspec import Struct, field

from reconciler.documents.effective import Effective
from reconciler.documents.expressions import ExpressionFault, Kind, Rates, Typed, compile_expression
from reconciler.engine.rules.faults import RuleFault
from reconciler.engine.rules.findings import Told
from reconciler.engine.rules.given import TODAY, Given, Market
from reconciler.engine.rules.kept import KeptRules
from reconciler.engine.rules.price import Priced, PriceRule, priced
from reconciler.engine.rules.price_rule import rule_of
from reconciler.engine.rules.price_told import because, steps
from reconciler.engine.rules.rates import rate_columns, rates_of
from reconciler.engine.rules.tables import RowsDiffer
from reconciler.model.marks import Mark
from reconciler.model.sourced import Tolerance
from reconciler.model.spec import MarketSpec
from reconciler.model.tables import Cell
from reconciler.model.trace import TraceStep
from reconciler.model.values import Money

BASE = "base"
_NO_RATES = Rates()
_PARTS = ("formula", "round", "floor", "ceiling", "margin")


class PriceFilled(NamedTuple):
    """What one rule came to: the price as people write it, or why there is none.

    `unusable`: because of a row that cannot be used.
    """

    price: Money | None = None
    missing: str = ""
    unusable: bool = False
    refused: str = ""
    source: str = ""
    tolerance: Tolerance | None = None
    told: tuple[PriceRule, Mapping[str, Cell], Priced] | None = None

    @property
    def daily(self) -> bool:
        """Tell whether it is another price tomorrow, maybe."""
        return self.told is not None and TODAY in self.told[1]

    @property
    def is_rated(self) -> bool:
        """Tell whether rates have a say in it: those of another day may."""
        return self.told is not None and bool(self.told[0].rates)

    @property
    def baseless(self) -> bool:
        """Tell whether it is reckoned from the plain price, and there is none."""
        return self.told is not None and self.told[1].get(BASE, self) is None


class Prices(Struct, frozen=True):
    """Rules are typed once for each text, and rates are looked up once for each day that it is somewhere."""

    given: Given
    told: Told
    _rules: dict[tuple[str, str, int, str], PriceRule | RuleFault] = field(default_factory=dict)
    _rates: dict[tuple[str, date], Rates | str] = field(default_factory=dict)
    _currencies: dict[str, str] = field(default_factory=dict)
    _kept: KeptRules[PriceRule] = field(default_factory=KeptRules)

    def fill(self, offer: Effective, market: Market) -> dict[str, PriceFilled]:
        """Return what the price rules of an offer come to, by site; `base` first, which the others may name."""
        section: Mapping[str, Any] = offer.body.get("price") or {}
        found: dict[str, PriceFilled] = {}
        said = section.get(BASE)
        base = _amount(said)
        if isinstance(said, Mapping):
            found[BASE] = self._one(offer, BASE, said, market, None)
            base = found[BASE].price
        for site, said in section.items():
            if site != BASE and isinstance(said, Mapping):
                found[site] = self._one(offer, site, said, market, base)
        return found

    def because(self, filled: PriceFilled) -> str:
        """Return how a price came to be, in one line."""
        if filled.told is None or filled.price is None:
            return ""
        rule, values, found = filled.told
        return because(rule, values, found, self.given.private)

    def rows(self, offer: Effective, site: str, filled: Mapping[str, PriceFilled]) -> dict[str, str]:
        """Return the rows that decided a price: those of what it is reckoned from, and of its rates, too."""
        told = filled[site].told if site in filled else None
        if told is None:
            return {}
        names = _names(told[0])
        homes = {self.given.homes[name][0] for name in names if name in self.given.homes}
        items = {
            (source, self.given.item(source, offer.document.name, offer.body.get("item"))) for source in homes
        }
        items |= {(told[0].rates, each) for each in _converted(told[0]) if self._is_rated(told[0].rates, each)}
        found = {f"{source}/{item}": self.given.tables[source].digest(item) for source, item in sorted(items)}
        return {**self.rows(offer, BASE, filled), **found} if BASE in names and site != BASE else found

    def _is_rated(self, rates: str, currency: str) -> bool:
        return bool(rates and self.given.tables[rates].rows(currency))

    def trace(self, offer: Effective, site: str, filled: PriceFilled) -> tuple[TraceStep, ...]:
        """Return the steps of a price for `explain`."""
        if filled.told is None:
            return (TraceStep(filled.missing),) if filled.missing else ()
        rule, values, found = filled.told
        marks: dict[str, Mark] = {}
        for part in _PARTS:
            mark = offer.origin(f"price.{site}.{part}").mark
            if mark is not None:
                marks[part] = mark
        return steps(rule, values, found, marks, self.given.private)

    def _one(
        self,
        offer: Effective,
        site: str,
        body: Mapping[str, Any],
        market: Market,
        base: Money | None,
    ) -> PriceFilled:
        beside = site, market.base_market, base.currency if base else ""
        if known := self._kept.of(body, beside):
            return self._filled(offer, known, base, market)
        rule = self._rule_at(offer, site, body, market, base)
        if isinstance(rule, str):
            return PriceFilled(missing=rule)
        return self._filled(offer, self._kept.keep(body, rule, beside), base, market)

    def _rule_at(
        self,
        offer: Effective,
        site: str,
        body: Mapping[str, Any],
        market: Market,
        base: Money | None,
    ) -> PriceRule | str:
        """Return the rule of a price, or why there is none."""
        of = self._site(site, body, market)
        if of is None:
            return f"{market.spec.title} has no site `{site}`"
        known = self.given.names
        if site != BASE:
            home = market.spec.marketplaces[market.base_market]
            known = {**known, BASE: Typed(Kind.MONEY, base.currency if base else home.currency)}
        return self._rule(offer, site, body, known, of.currency, of.decimals) or "its rule has a mistake"

    def _site(self, site: str, body: Mapping[str, Any], market: Market) -> MarketSpec | None:
        """Return the site of a price. Where an account says none, its plain price is in its formula's currency."""
        sites = market.spec.marketplaces
        if site != BASE or market.spec.base_said:
            return sites.get(market.base_market if site == BASE else site)
        text = str(body.get("formula", ""))
        if text not in self._currencies:
            try:
                self._currencies[text] = compile_expression(text, self.given.names).type.currency
            except ExpressionFault:
                self._currencies[text] = ""
        mine = self._currencies[text]
        return next((each for each in sites.values() if mine and each.currency == mine), sites[market.base_market])

    def _rule(
        self,
        offer: Effective,
        site: str,
        body: Mapping[str, Any],
        known: Mapping[str, Typed],
        currency: str,
        decimals: int,
    ) -> PriceRule | None:
        key = (str(body), currency, decimals, known[BASE].currency if BASE in known else "")
        if key not in self._rules:
            try:
                self._rules[key] = rule_of(body, known, currency, decimals)
                self._insist_on_rates(str(body.get("rates", "")))
            except RuleFault as fault:
                self._rules[key] = fault
        found = self._rules[key]
        if isinstance(found, PriceRule):
            return found
        path = ".".join(("price", site, *found.path))
        offset = found.offset if found.path[-1:] in (("formula",), ("cost",)) else None
        self.told.error("D613", found.summary, offer, path, hint=found.hint, offset=offset)
        return None

    def _insist_on_rates(self, name: str) -> None:
        """Raise RuleFault where what a rule names as its rates is no Source of such."""
        if not name or name in self.given.broken:
            return
        if name not in self.given.sources:
            raise RuleFault(("rates",), f"there is no Source `{name}`", self.given.near(name))
        try:
            rate_columns(self.given.sources[name].columns)
        except RuleFault as fault:
            raise RuleFault(("rates",), f"Source `{name}`: {fault.summary}", fault.hint) from fault

    def _filled(self, offer: Effective, rule: PriceRule, base: Money | None, market: Market) -> PriceFilled:
        values: dict[str, Cell] = {}
        first = ""
        for name in _names(rule):
            if name in (BASE, TODAY):
                values[name] = market.today(self.given.moment) if name == TODAY else base.amount if base else None
                continue
            source, column = self.given.homes[name]
            first = first or source
            closed = self.given.closed(source)
            if closed:
                return PriceFilled(missing=closed, source=source)
            item = self.given.item(source, offer.document.name, offer.body.get("item"))
            table = self.given.tables[source]
            if unusable := table.unusable(item):
                return PriceFilled(missing=unusable, source=source, unusable=True)
            if not table.rows(item):
                return PriceFilled(missing=f"{source} has no row of {item}", source=source)
            try:
                values[name] = table.value(item, column, told=name not in self.given.private)
            except RowsDiffer as differ:
                return PriceFilled(missing=str(differ), source=source)
        rates = self._rates_of(rule.rates, market)
        if isinstance(rates, str):
            return PriceFilled(missing=rates, source=rule.rates)
        found = priced(rule, values, rates, self.given.private)
        told = rule, values, found
        source, tolerance = first or rule.rates, _tolerance(rule)
        return PriceFilled(found.price, found.missing, False, found.refused, source, tolerance, told)

    def _rates_of(self, name: str, market: Market) -> Rates | str:
        """Return the rates that hold on an account's day, or why there are none."""
        if not name:
            return _NO_RATES
        today = market.today(self.given.now)
        if (name, today) not in self._rates:
            self._rates[name, today] = self._read_rates(name, today)
        return self._rates[name, today]

    def _read_rates(self, name: str, today: date) -> Rates | str:
        if closed := self.given.closed(name):
            return closed
        source, table = self.given.sources[name], self.given.tables[name]
        return rates_of(table.every, source.columns, today, source.freshness, table.unusable)


def _names(rule: PriceRule) -> tuple[str, ...]:
    """Return the names that a rule uses, those of its margin included."""
    if rule.margin is None:
        return rule.formula.names
    return tuple(dict.fromkeys((*rule.formula.names, *rule.margin.cost.names)))


def _converted(rule: PriceRule) -> set[str]:
    """Return the currencies whose rates may have a say in a price."""
    found = {*rule.formula.converts, rule.formula.type.currency, rule.currency}
    return {*found, *rule.margin.cost.converts, rule.margin.cost.type.currency} if rule.margin else found


def _amount(said: Any) -> Money | None:
    return Money.parse(said) if isinstance(said, str) else None


def _tolerance(rule: PriceRule) -> Tolerance | None:
    if rule.ignore_below is None:
        return None
    percent = None if isinstance(rule.ignore_below, Money) else rule.ignore_below
    amount = rule.ignore_below if isinstance(rule.ignore_below, Money) else None
    return Tolerance(percent=percent, amount=amount, floor=rule.floor, ceiling=rule.ceiling)
