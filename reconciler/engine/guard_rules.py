"""The rules of guards, one function each: what is judged, under which limit, and which rows break it.

A price is any amount of money that a buyer pays: of an offer, of a delivery method, of a service. A discount is
judged by what it leaves of the price, so a new one is judged as well: it left all of it before.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from reconciler.engine.fees import totals
from reconciler.engine.figures import Figure, Sort, in_all
from reconciler.engine.source_guards import emptied, follows
from reconciler.model.changes import CREATED_AGAIN, Change, FieldChange, Verb
from reconciler.model.offers import OFFER
from reconciler.model.plan import Breach, Violation
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import Money

MIN_POPULATION = 10
#: So many offers that nobody remembers are new to any shop, however small; above that their share is judged, too.
_FREE = 100
_SHIFTS = (Decimal(10), Decimal(100), Decimal("0.1"), Decimal("0.01"))
_STATUS = "stock.status"


class Case(Struct, frozen=True, kw_only=True):
    """What one rule judges: the changes that would be written, and their numbers, under one limit."""

    changes: tuple[Change, ...]
    figures: tuple[Figure, ...]
    population: Mapping[str, int]
    limit: Any
    spec: MarketplaceSpec
    base_currency: str

    def prices(self) -> list[Figure]:
        """Return the amounts of money."""
        return [each for each in self.figures if each.is_price]

    def of(self, sort: Sort) -> list[Figure]:
        """Return the numbers of one sort."""
        return [each for each in self.figures if each.sort is sort]

    def offers(self) -> list[Change]:
        """Return the changes of offers."""
        return [each for each in self.changes if each.key.kind == OFFER]


Rule = Callable[[Case], Iterable[Violation]]


def _price_change(case: Case) -> Iterable[Violation]:
    limit = Decimal(case.limit)
    rows = [each for each in case.figures if each.percent is not None and abs(each.percent) > limit]
    if rows:
        yield _violation("price-change", f"prices may move by {limit} % at most", rows)


def _price_shift(case: Case) -> Iterable[Violation]:
    rows = [each for each in case.figures if _shifted(each)]
    if rows:
        yield _violation("price-shift", "a decimal point has moved (x10, x100, /10, /100)", rows)


def _shifted(each: Figure) -> bool:
    """A shift by whole powers of ten, to within half a percent: 149.00 -> 14.90, and 149.99 -> 15.00 too."""
    if not each.before or each.sort is Sort.STOCK:
        return False
    if each.sort is Sort.DISCOUNT:
        before, after = Decimal(each.before), Decimal(each.after)
    elif each.before.currency == each.after.currency:
        before, after = each.before.amount, each.after.amount
    else:
        return False
    return before > 0 and any(abs(after - before * by) <= before * by / 200 for by in _SHIFTS)


def _bound(
    rule: str, said: str, chosen: Callable[[Case], list[Figure]], breaks: Callable[[Decimal, Decimal], bool]
) -> Rule:
    def check(case: Case) -> Iterable[Violation]:
        bounds = case.limit
        for bound in bounds if isinstance(bounds, list | tuple) else (bounds,):
            limit = bound if isinstance(bound, Money) else Money.parse(str(bound))
            rows = [
                each
                for each in chosen(case)
                if each.after.currency == limit.currency and breaks(each.after.amount, limit.amount)
            ]
            if rows:
                yield _violation(rule, f"{said} {limit}", rows)

    return check


def _currency(case: Case) -> Iterable[Violation]:
    kept = [each for each in case.prices() if each.before and each.before.currency != each.after.currency]
    if kept:
        yield _violation("currency", "a price keeps its currency", kept)
    strange = [each for each in case.of(Sort.PRICE) if not each.before and _is_strange(each, case)]
    if strange:
        yield _violation("currency", "a new price has the currency of its site", strange)


def _is_strange(each: Figure, case: Case) -> bool:
    """A site that the spec does not know is not judged."""
    site = each.path.partition(".")[2]
    market = case.spec.marketplaces.get(site)
    wanted = case.base_currency if site == "base" else market.currency if market else ""
    return bool(wanted) and each.after.currency != wanted


def _stock_change(case: Case) -> Iterable[Violation]:
    """Only growth by much and to a multiple is a slip: a restock from 3 to 300 is everyday.

    Nothing in stock, or a new offer, counts as one piece.
    """
    pieces, times = case.limit.get("pieces", 0), Decimal(case.limit.get("times", 0))
    rows = [
        each
        for each in case.of(Sort.STOCK)
        if each.after - (each.before or 0) > pieces and each.after > times * max(each.before or 0, 1)
    ]
    if rows:
        multiple = f" and to more than {times:f} times what it was" if times else ""
        yield _violation("stock-change", f"no stock may grow by more than {pieces:,} pieces{multiple}", rows)


def _stock_ceiling(case: Case) -> Iterable[Violation]:
    rows = [each for each in case.of(Sort.STOCK) if each.after > case.limit]
    if rows:
        yield _violation("stock-ceiling", f"no stock may be over {case.limit:,} pieces", rows)


def _volume(rule: str, said: str, counts: Callable[[Change], bool]) -> Rule:
    def check(case: Case) -> Iterable[Violation]:
        rows = [change for change in case.offers() if counts(change)]
        yield from _too_many(rule, said, rows, case.limit) or _too_large_a_share(
            rule, said, rows, len(rows), case.population.get(OFFER, 0), case.limit
        )

    return check


def _ends(case: Case) -> Iterable[Violation]:
    """Judge what ends or is deleted, each kind against what there is of it."""
    by_kind: dict[str, list[Change]] = defaultdict(list)
    for change in case.changes:
        if change.verb is Verb.DELETE or (change.verb is not Verb.CREATE and any(map(_is_end, change.fields))):
            by_kind[change.key.kind].append(change)
    for kind, rows in by_kind.items():
        said = "ended" if kind == OFFER else f"deleted ({case.spec.kinds[kind].label})"
        population = case.population.get(kind, 0)
        yield from _too_many("ends", said, rows, case.limit) or _too_large_a_share(
            "ends", said, rows, len(rows), population, case.limit
        )


def _is_end(each: FieldChange) -> bool:
    return each.path == _STATUS and each.after == "ended"


def _too_many(rule: str, said: str, rows: list[Change], limit: Mapping[str, Any]) -> list[Violation]:
    most = limit.get("count")
    if most is None or len(rows) <= most:
        return []
    return [_violation(rule, f"{said} in one plan: {most:,} {_noun(rows)} at most, {len(rows):,} here", rows)]


def _too_large_a_share(
    rule: str, said: str, rows: list[Change], number: int, population: int, limit: Mapping[str, Any]
) -> list[Violation]:
    """Refuse all rows when so many of them are too large a share."""
    share = limit.get("share")
    if share is None or population < MIN_POPULATION or number * 100 <= share * population:
        return []
    percent = Decimal(number * 100) / population
    of = f"{share} % of the {_noun(rows)} at most, {percent:.1f} % here"
    return [_violation(rule, f"{said} in one plan: {of}", rows)]


def _noun(rows: list[Change]) -> str:
    return "offers" if rows[0].key.kind == OFFER else "objects"


def _creates(case: Case) -> Iterable[Violation]:
    """Judge creations: a list that came out empty must not make a second shop.

    What is managed and missing belongs to the offers of the account, so its share is that of a whole.
    """
    rows = [change for change in case.offers() if change.verb is Verb.CREATE]
    again = [change for change in rows if change.reason == CREATED_AGAIN]
    new = [change for change in rows if change.reason != CREATED_AGAIN]
    rows, population = [*again, *new], case.population.get(OFFER, 0) + len(again)
    number = len(rows) if len(new) > _FREE else len(again)
    return _too_many("creates", "created", rows, case.limit) or _too_large_a_share(
        "creates", "created", rows, number, population, case.limit
    )


def _zeroes(change: Change) -> bool:
    return any(each.path == "stock.quantity" and each.before and in_all(each) == 0 for each in change.fields)


def _violation(rule: str, message: str, rows: Iterable[Figure | Change]) -> Violation:
    return Violation(rule=rule, message=message, rows=tuple(map(_breach, rows)))


def _breach(row: Figure | Change) -> Breach:
    return row.breach() if isinstance(row, Figure) else Breach(key=row.key, mark=row.mark)


def _zero_wave(case: Case) -> Iterable[Violation]:
    """A feed that breaks off, or is of another year, looks like a shop that sold everything at once.

    One offer is no wave, however small the shop is: it has sold out.
    """
    share = case.limit.get("share") if isinstance(case.limit, Mapping) else None
    for source, rows in emptied(case.changes).items():
        all_of_it = case.population.get(follows(source), 0)
        if "count" in case.limit and len(rows) > case.limit["count"]:
            yield _violation("zero-wave", f"at most {case.limit['count']} offers may run out at once", rows)
        elif len(rows) == 1 or share is None or all_of_it < MIN_POPULATION:
            continue
        elif len(rows) * 100 > all_of_it * Decimal(share):
            said = (
                f"{len(rows):,} of {all_of_it:,} offers that follow {source} would run out at once; the limit is"
            )
            yield _violation("zero-wave", f"{said} {share} %", rows)


def _margin(case: Case) -> Iterable[Violation]:
    rows = [
        Breach(key=change.key, path=each.path, before=each.before, after=each.after, mark=each.mark)
        for change in case.changes
        for each in change.fields
        if each.refused and not each.held
    ]
    if rows:
        first = next(each.refused for change in case.changes for each in change.fields if each.refused)
        yield Violation(
            rule="margin", message=f"a price leaves less than its rule wants: {first}", rows=tuple(rows)
        )


def _fees(case: Case) -> Iterable[Violation]:
    """Nothing that costs money is done unless somebody has said up to what."""
    charged = [(change, each) for change in case.changes for each in change.fields if each.cost and not each.held]
    limits = {} if isinstance(case.limit, Decimal) else {each.currency: each for each in map(_money, case.limit)}
    for currency, total in totals([each.cost for _, each in charged if each.cost]).items():
        most = Money(case.limit, currency) if isinstance(case.limit, Decimal) else limits.get(currency)
        if most is None or total.amount > most.amount:
            rows = [
                Breach(key=change.key, path=each.path, before=None, after=each.cost, mark=each.mark)
                for change, each in charged
                if each.cost and each.cost.currency == currency
            ]
            allowed = f"no more than {most}" if most else "nothing"
            said = f"the marketplace charges {total} at once; {allowed} may be charged"
            yield Violation(rule="fees", message=said, rows=tuple(rows))


def _money(limit: Any) -> Money:
    return limit if isinstance(limit, Money) else Money.parse(str(limit))


RULES: Mapping[str, Rule] = {
    "fees": _fees,
    "zero_wave": _zero_wave,
    "margin": _margin,
    "price_shift": _price_shift,
    "price_change": _price_change,
    "price_floor": _bound(
        "price-floor",
        "no price may be under",
        lambda case: case.of(Sort.PRICE),
        lambda price, least: price < least,
    ),
    "price_ceiling": _bound(
        "price-ceiling", "no price may be over", Case.prices, lambda price, most: price > most
    ),
    "delivery_ceiling": _bound(
        "delivery-ceiling",
        "no delivery may cost more than",
        lambda case: case.of(Sort.DELIVERY),
        lambda price, most: price > most,
    ),
    "currency": _currency,
    "stock_change": _stock_change,
    "stock_ceiling": _stock_ceiling,
    "ends": _ends,
    "zeros": _volume("zeros", "set to zero", _zeroes),
    "creates": _creates,
    "updates": _volume("updates", "changed", lambda change: change.verb is not Verb.CREATE),
}
