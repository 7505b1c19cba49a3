"""The stock of all offers together: what each may sell of what its siblings sell, too."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from reconciler.documents.effective import Effective
from reconciler.documents.expressions import EvaluationFault, Rates, compile_expression, type_of
from reconciler.engine.rules.faults import RuleFault
from reconciler.engine.rules.findings import Told, key_of
from reconciler.engine.rules.given import Given
from reconciler.engine.rules.idle import WORDS
from reconciler.engine.rules.kept import KeptRules
from reconciler.engine.rules.stock import Allotted, Available, StockClaim, allotted
from reconciler.engine.rules.stock_rule import PERCENT, StockRule, stock_rule_of
from reconciler.engine.rules.tables import Table
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Key
from reconciler.model.tables import LoweredBy, TableRow

QUANTITY = "quantity"
#: The keys of `stock` that make its rule.
STOCK_RULE = frozenset(("from", *WORDS))


def is_sourced(offer: Effective) -> bool:
    """Tell whether an offer's stock follows a source."""
    return "from" in (offer.body.get("stock") or {})


class Stocks(Struct, frozen=True):
    """Gathers the claims of all offers, and shares out what there is.

    `standing` are offers that claim nothing, and show pieces for as long as they are on sale.
    """

    given: Given
    told: Told
    rules: dict[Key, StockRule] = field(default_factory=dict)
    claims: dict[str, list[StockClaim]] = field(default_factory=lambda: defaultdict(list))
    standing: dict[str, list[StockClaim]] = field(default_factory=lambda: defaultdict(list))
    missing: dict[Key, str] = field(default_factory=dict)
    offers: dict[Key, Effective] = field(default_factory=dict)
    _parts_of: dict[tuple[str, str], list[StockClaim]] = field(default_factory=lambda: defaultdict(list))
    _typed: dict[Hashable, StockRule | RuleFault] = field(default_factory=dict)
    _kept: KeptRules[StockRule] = field(default_factory=KeptRules)

    def claim(self, offer: Effective) -> None:
        """Note what an offer wants, or why it cannot have it."""
        key = key_of(offer)
        rule = self._rule_of(offer)
        if isinstance(rule, str):
            self.missing[key] = rule
            return
        name = rule.source
        self.rules[key], self.offers[key] = rule, offer
        if offer.modes[Module.STOCK][0] is Mode.OFF or offer.body["stock"].get("status") == "ended":
            self.standing[name].append(StockClaim(key, rule, self._taken(offer, name)))
            return
        parts = self._parts(offer, name)
        if parts is None:
            self.missing[key] = "a part of its bundle does not say its `item`"
            return
        claim = StockClaim(key, rule, parts)
        if rule.share.kind == PERCENT:
            self._parts_of[name, next(iter(parts))].append(claim)
        closed = self.given.closed(name)
        if closed:
            self.missing[key] = closed
            return
        self.claims[name].append(claim)

    def share_out(self) -> Mapping[Key, Allotted]:
        """Return what every offer that claimed gets."""
        self._insist_on_parts()
        found: dict[Key, Allotted] = {}
        for name, claims in self.claims.items():
            table = self.given.tables[name]
            found.update(allotted(claims, table, available_of(table), self.standing[name]))
        return found

    def _insist_on_parts(self) -> None:
        """Say where the percentages of one article come to more than all of it: the last get less."""
        for (_source, item), claims in self._parts_of.items():
            mine, total = _most(claims)
            if total > 100:
                names = ", ".join(each.key.name for each in mine[:3])
                self.told.error(
                    "D618",
                    f"the shares of {item} come to {total:f}%: {names}",
                    self.offers[mine[-1].key],
                    "stock.share",
                    hint="Let them come to 100% at the most, or let one of them be `split`.",
                )

    def _rule_of(self, offer: Effective) -> StockRule | str:
        stock = offer.body["stock"]
        if known := self._kept.of(stock):
            return known
        said = {key: value for key, value in stock.items() if key in STOCK_RULE}
        rule = self._rule(offer, str(said["from"]), said)
        return rule if isinstance(rule, str) else self._kept.keep(stock, rule)

    def _rule(self, offer: Effective, name: str, said: Mapping[str, Any]) -> StockRule | str:
        source = self.given.sources.get(name)
        if source is None:
            if name in self.given.broken:
                return self.given.closed(name)
            self.told.error(
                "D611", f"there is no Source `{name}`", offer, "stock.from", hint=self.given.near(name)
            )
            return f"there is no Source `{name}`"
        if not isinstance(source.orders, LoweredBy):
            self.told.error(
                "D614",
                f"nobody lowers Source `{name}` for what is sold on marketplaces",
                offer,
                "stock.from",
                detail="Without that, what was sold would be filled up again from it, and sold twice.",
                hint="Say in the Source who does: `orders: {by: wfirma, within: 15m}`.",
            )
            return f"nobody lowers Source `{name}` for sales"
        if not source.available and source.column(QUANTITY) is None:
            hint = f"Declare a column `{QUANTITY}`, or write `available:` over its columns."
            self.told.error(
                "D612", f"Source `{name}` does not say what is available", offer, "stock.from", hint=hint
            )
            return f"Source `{name}` gives no stock"
        text = _text(said)
        if text not in self._typed:
            try:
                self._typed[text] = stock_rule_of(said, source)
            except RuleFault as fault:
                self._typed[text] = fault
        found = self._typed[text]
        if isinstance(found, StockRule):
            return found
        self.told.error("D612", found.summary, offer, ".".join(("stock", *found.path)), hint=found.hint)
        return "its stock rule has a mistake"

    def _parts(self, offer: Effective, source: str) -> dict[str, int] | None:
        """Return how many pieces of each article one piece of an offer takes; None where it does not say all."""
        for index, row in enumerate(offer.body.get("bundle") or ()):
            if "item" not in row:
                self.told.error(
                    "D615",
                    "a part of a set does not say which article it is, and the stock of the set follows a source",
                    offer,
                    f"bundle.items.{index}",
                    hint="Write `item:` beside its product.",
                )
                return None
        return self._taken(offer, source)

    def _taken(self, offer: Effective, source: str) -> dict[str, int]:
        """Return the pieces that one of an offer takes of each article that it names."""
        parts = {self.given.item(source, offer.document.name, offer.body.get("item")): 1}
        for row in offer.body.get("bundle") or ():
            if "item" in row:
                parts[row["item"]] = parts.get(row["item"], 0) + row["quantity"]
        return parts


def _text(said: Mapping[str, Any]) -> Hashable:
    """Tell one rule from another: by its values, which are mostly plain, or else as it is written."""
    values = tuple(said.items())
    try:
        hash(values)
    except TypeError:
        return str(values)
    return values


def _most(claims: list[StockClaim]) -> tuple[list[StockClaim], Decimal]:
    """Return the percentages that meet in one warehouse, and what they come to: where they come to most."""
    named = {each for claim in claims for each in claim.rule.warehouses or ()}
    meeting = [
        [each for each in claims if each.rule.warehouses is None or where in each.rule.warehouses]
        for where in (*sorted(named), "")
    ]
    totals = [(sum((each.rule.share.number for each in mine), Decimal(0)), mine) for mine in meeting]
    total, mine = max(totals, key=lambda each: each[0])
    return mine, total


def available_of(table: Table) -> Available:
    """Return what is left for sale of a row, by the source's expression or its quantity."""
    source = table.source
    if not source.available:
        place = table.place(QUANTITY)
        return lambda row: row[place]  # type: ignore[return-value]  # a quantity is a number, by its column
    found = compile_expression(source.available, {each.name: type_of(each) for each in source.columns})

    def available(row: TableRow) -> Decimal | None:
        try:
            return found.run(table.cells(row), NO_RATES)  # type: ignore[return-value]  # checked to be a number
        except EvaluationFault:
            return None

    return available


NO_RATES = Rates()


def items_of(offers: Iterable[Effective], given: Given) -> dict[str, list[Effective]]:
    """Return offers that follow a source by article; without those whose stock is not synced."""
    found: dict[str, list[Effective]] = defaultdict(list)
    for offer in offers:
        if offer.modes[Module.STOCK][0] is not Mode.OFF:
            found[given.item(offer.body["stock"]["from"], offer.document.name, offer.body.get("item"))].append(
                offer
            )
    return found
