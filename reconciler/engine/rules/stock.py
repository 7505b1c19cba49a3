"""What an offer may sell of an article that several offers sell: one fixed order of steps. Pure.

Sum over warehouses -> share over siblings -> less what was sold since -> less the buffer -> under the minimum none
-> no more than the cap -> not under none -> whole pieces. A set is as many as its scarcest part gives.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from reconciler.engine.rules.sharing import Demand, Pieces, Pool, share_out
from reconciler.engine.rules.stock_rule import StockRule
from reconciler.engine.rules.tables import Table
from reconciler.model.offers import Key, Origin
from reconciler.model.sourced import Sibling
from reconciler.model.tables import TableRow
from reconciler.model.trace import TraceStep

#: What is left of one row for sale; None where the row does not say.
Available = Callable[[TableRow], Pieces | None]
FULL = "full"


class StockClaim(NamedTuple):
    """An offer that wants stock: `parts` are the pieces of each article in one of the offer, the main first."""

    key: Key
    rule: StockRule
    parts: Mapping[str, int]


class Allotted(NamedTuple):
    """What one offer gets. Without a `part` an article has no row, or no number, and `missing` says which.

    `part` are the pieces (sets) that are this offer's after sharing. `rowless`: an article has no row, and all
    that have one have a number. `unusable`: an article has a row that cannot be used.
    """

    claim: StockClaim
    part: int | None
    shared_out: "_SharedOut"
    missing: str = ""
    rowless: bool = False
    unusable: bool = False

    @property
    def rows(self) -> dict[str, str]:
        """Return the rows that decided it: `erp/K-300` -> digest."""
        table = self.shared_out.table
        return {f"{table.source.name}/{item}": table.digest(item) for item in self.claim.parts}

    @property
    def shared(self) -> bool:
        """Tell whether the offer sees the same pieces as its siblings."""
        return self.claim.rule.share.kind == FULL

    @property
    def siblings(self) -> Mapping[str, tuple[Sibling, ...]]:
        """Return all offers of the articles that several offers sell."""
        every = self.shared_out.siblings
        return every and {item: every[item] for item in self.claim.parts if item in every}

    @property
    def quantity(self) -> int | None:
        """Return what is offered; None where nobody knows."""
        return None if self.part is None else offered(self.part, self.claim.rule)

    def less(self, sold: Mapping[str, int]) -> int:
        """Return what is offered when so many of each article were sold that the source does not know yet."""
        if self.part is None:
            return 0
        if not any(sold.values()):
            return offered(self.part, self.claim.rule)
        left = (
            (self.shared_out.pieces(self.claim, item) - sold.get(item, 0)) // each
            for item, each in self.claim.parts.items()
        )
        return offered(min(left), self.claim.rule)

    @property
    def because(self) -> str:
        """Say in one line how the number came to be."""
        if self.part is None:
            return self.missing
        summed = _summed(self.claim, self.shared_out)
        return ", ".join((*summed, *(text for _, text in _after(self.part, self.claim.rule))))

    def steps(self, origin: Callable[[str], Origin]) -> tuple[TraceStep, ...]:
        """Return all steps, each with the place that decided it."""
        if self.part is None:
            return (TraceStep(self.missing, origin("stock.from").mark),)
        place = origin("stock.from").mark
        summed = (TraceStep(text, place) for text in _summed(self.claim, self.shared_out))
        return (
            *summed,
            *(TraceStep(text, origin(path).mark) for path, text in _after(self.part, self.claim.rule)),
        )


def offered(part: int, rule: StockRule) -> int:
    """Return what of a part is offered: the steps after sharing, in their order."""
    left = part - rule.buffer
    if left < max(rule.minimum, 1):
        return 0
    return left if rule.cap is None else min(left, rule.cap)


def allotted(
    claims: Iterable[StockClaim], table: Table, available: Available, standing: Iterable[StockClaim] = ()
) -> dict[Key, Allotted]:
    """Share out what there is among all claims on one source.

    Those that are `standing` get nothing of it, and are siblings: they may show pieces yet.
    """
    every = sorted(claims, key=itemgetter(0))  # by their keys
    by_item: dict[str, list[StockClaim]] = {}
    for claim in every:
        for item in claim.parts:
            by_item.setdefault(item, []).append(claim)
    pools: dict[str, Pool | _Lack] = {}  # forgotten at the end: there are as many as articles
    shares: dict[tuple[str, Key], int] = {}
    for item, mine in by_item.items():
        pool = pools[item] = _pool(item, table, available)
        if isinstance(pool, _Lack):
            continue
        if len(mine) == 1 and mine[0].rule.share.kind == FULL:  # nearly all: nothing to share out
            rule = mine[0].rule
            shares[item, mine[0].key] = pool.whole(rule.warehouses) // mine[0].parts[item]
            continue
        demands = [Demand(each.key, each.rule, each.parts[item]) for each in mine]
        for key, pieces in share_out(demands, pool).items():
            shares[item, key] = pieces
    siblings: dict[str, tuple[Sibling, ...]] = {}
    shared_out = _SharedOut(_Pools(table, available), shares, table, siblings)
    found = {claim.key: _allotted(claim, pools, shared_out) for claim in every}
    others = _standing(standing)
    for item, mine in by_item.items():
        if len(mine) > 1 or item in others:
            siblings[item] = (*(_sibling(found[each.key], item) for each in mine), *others.get(item, ()))
    return found


def _standing(claims: Iterable[StockClaim]) -> dict[str, list[Sibling]]:
    """Return what stands by, by article: no part of it is theirs."""
    found: dict[str, list[Sibling]] = {}
    for each in sorted(claims, key=itemgetter(0)):
        for item, takes in each.parts.items():
            found.setdefault(item, []).append(Sibling(each.key.account, each.key.name, takes, 0))
    return found


def _sibling(allotted: Allotted, item: str) -> Sibling:
    claim = allotted.claim
    takes = claim.parts[item]
    part = None if allotted.shared else allotted.shared_out.shares.get((item, claim.key), 0) * takes
    return Sibling(claim.key.account, claim.key.name, takes, part)


class _Pools(NamedTuple):
    """What there is of an article, reckoned when somebody asks."""

    table: Table
    available: Available

    def of(self, item: str) -> "Pool | _Lack":
        """Return the pieces of an article by warehouse, or why there is no number."""
        return _pool(item, self.table, self.available)


class _SharedOut(NamedTuple):
    """What there was of each article, and what each offer got: one for all offers."""

    pools: "_Pools"
    shares: Mapping[tuple[str, Key], int]
    table: Table
    siblings: Mapping[str, tuple[Sibling, ...]]

    def pieces(self, claim: StockClaim, item: str) -> int:
        """Return the pieces of an article that are an offer's: all that it sees, or those of its sets."""
        pool = self.pools.of(item)
        if claim.rule.share.kind == FULL and isinstance(pool, Pool):
            return pool.whole(claim.rule.warehouses)
        return self.shares[item, claim.key] * claim.parts[item]


class _Lack(NamedTuple):
    """Why there is no number of an article."""

    why: str
    rowless: bool
    unusable: bool = False


def _allotted(claim: StockClaim, pools: Mapping[str, Pool | _Lack], shared_out: _SharedOut) -> Allotted:
    _, shares, table, _ = shared_out
    lacks: list[_Lack] = []
    for item in claim.parts:
        pool = pools[item]
        if isinstance(pool, _Lack):
            lacks.append(pool)
        elif claim.rule.warehouses is not None and not pool.knows(claim.rule.warehouses):
            why = f"{table.source.name} has no row of {item} in {', '.join(claim.rule.named)}"
            lacks.append(_Lack(why, rowless=True))
    if not lacks:
        return Allotted(claim, min([shares[item, claim.key] for item in claim.parts]), shared_out)
    # What has a row and no number is nothing that anybody meant.
    worst = min(lacks, key=lambda each: (not each.unusable, each.rowless))
    return Allotted(
        claim=claim,
        part=None,
        shared_out=shared_out,
        missing=worst.why,
        rowless=worst.rowless,
        unusable=worst.unusable,
    )


def _pool(item: str, table: Table, available: Available) -> Pool | _Lack:
    """Return the pieces of an article by warehouse, or why there is no number."""
    if unusable := table.unusable(item):
        return _Lack(unusable, rowless=False, unusable=True)
    rows = table.rows(item)
    if not rows:
        return _Lack(f"{table.source.name} has no row of {item}", rowless=True)
    pieces: dict[str, Pieces] = {}
    for row in rows:
        number = available(row)
        if number is None:
            where = table.warehouse(row)
            why = f"{table.source.name} has no number for {item}{f' in {where}' if where else ''}"
            return _Lack(why, rowless=False)
        pieces[table.warehouse(row)] = number
    return Pool(pieces)


def _summed(claim: StockClaim, shared_out: _SharedOut) -> tuple[str, ...]:
    """Say what there is of each part, and what of it is this offer's."""
    pools, shares, table, _ = shared_out
    source, rule, said = table.source.name, claim.rule, []
    for item, pieces in claim.parts.items():
        pool = pools.of(item)
        if isinstance(pool, _Lack):
            continue
        there = {each: Decimal(number) for each, number in pool.of(rule.warehouses).items()}
        total = sum(there.values(), Decimal(0))
        named = " + ".join(f"{rule.ours(each) or 'stock'} {number:f}" for each, number in sorted(there.items()))
        text = f"{source} {item}: {named} = {total:f}" if len(there) > 1 else f"{source} {item}: {named}"
        if rule.share.kind != FULL:
            text += f", share {rule.share} -> {shares[item, claim.key] * pieces}"
        if pieces > 1 or len(claim.parts) > 1:
            text += f", {pieces} a set -> {shares[item, claim.key]}"
        said.append(text)
    return tuple(said)


def _after(part: int, rule: StockRule) -> tuple[tuple[str, str], ...]:
    """Return the steps after sharing that change anything, with the fields that decide them."""
    found: list[tuple[str, str]] = []
    left = part - rule.buffer
    if rule.buffer:
        found.append(("stock.buffer", f"less buffer {rule.buffer:,} -> {left:,}"))
    if 0 < left < rule.minimum:
        found.append(("stock.minimum", f"under the minimum of {rule.minimum:,} -> 0"))
        return tuple(found)
    if left < 0:
        found.append(("stock.from", f"{left:,} -> 0"))
    if rule.cap is not None and left > rule.cap:
        found.append(("stock.cap", f"cap {rule.cap:,} -> {rule.cap:,}"))
    return tuple(found)
