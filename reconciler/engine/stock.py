"""What a stock number that a person wrote comes to: a piece is sold once, and never filled up again. Pure.

A number alone is a baseline: what is written is the difference to the number that was declared at the last apply,
whatever has been sold since. A count is written as it is, once. Both need to know what was declared before; where
nobody remembers, nothing is written. `always` is filled up on each run, and no business of this module.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.model.diagnostics import Diagnostic, Severity, warning
from reconciler.model.memory import Baseline
from reconciler.model.modules import StockForm
from reconciler.model.offers import OFFER, Desired, Live
from reconciler.model.values import Gain, Value

QUANTITY, STATUS = "stock.quantity", "stock.status"
#: What `--allow` takes to write declared numbers that nobody remembers.
START = "stock-baseline"
_Moved = list[tuple[str, Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What becomes of a declared number.

    `moved` are the fields that differ, less those of the stock that are as they should be, and `after` what they
    shall be where that is not what is declared. `declared` is the number to remember, with the sales `restarted`
    from now. `sold` are the pieces sold since the last apply, `strange` those that sales do not explain, and
    `unknown` tells that the number differs and that nobody remembers what was declared.
    """

    moved: _Moved
    after: Mapping[str, Value] = field(default_factory=dict)
    declared: int | None = None
    restarted: bool = False
    sold: int = 0
    strange: int = 0
    unknown: bool = False


def is_literal(desired: Desired) -> bool:
    """Tell whether an offer declares a number that is written once, or as a difference."""
    number = desired.fields.get(QUANTITY)
    return desired.key.kind == OFFER and desired.stock_form is not StockForm.ALWAYS and number is not None


def judged(desired: Desired, live: Live, moved: _Moved, baseline: Baseline | None, *, start: bool) -> Stock:
    """Judge the stock of one pair. `start` writes a declared number of which nobody remembers the one before."""
    if not is_literal(desired):
        return Stock(moved=moved)
    number, there = int(desired.fields[QUANTITY]), int(live.fields.get(QUANTITY) or 0)
    known = baseline is not None and baseline.remote_id == live.remote_id
    before = baseline.declared.get(QUANTITY) if baseline and known else None
    if before is None:
        return _first(number, there, live, moved, start=start)
    sold = _sold(live, baseline)
    if desired.stock_form is StockForm.COUNT and before != number:
        return Stock(moved=moved, declared=number, restarted=True)
    if before == number or there == number - sold:
        left = _not_resumed([each for each in moved if each[0] != QUANTITY], live)
        return Stock(moved=left, declared=number, sold=min(sold, before), strange=there - max(0, number - sold))
    return _delivered(number, there, number - int(before), live, moved)


def _sold(live: Live, baseline: Baseline | None) -> int:
    now, then = live.facts.get("sold"), baseline.sold if baseline else None
    return max(0, int(now) - then) if now is not None and then is not None else 0


def _first(number: int, there: int, live: Live, moved: _Moved, *, start: bool) -> Stock:
    if there == number or start or not number:  # zero puts nothing on sale that is not there
        return Stock(moved=moved, declared=number, restarted=True)
    left = [each for each in moved if each[0] != QUANTITY]
    return Stock(moved=_not_resumed(left, live), unknown=True)


def _delivered(number: int, there: int, by: int, live: Live, moved: _Moved) -> Stock:
    """Write a difference: pieces that came, or that went otherwise than by a sale through this offer."""
    others = [each for each in moved if each[0] != QUANTITY]
    target = max(0, there + by) if number else 0
    if target == there:
        return Stock(moved=_not_resumed(others, live), declared=number)
    after: Value = Gain(by) if target and there else target  # what is empty has ended: it is resumed with a number
    return Stock(moved=[(QUANTITY, there), *others], after={QUANTITY: after}, declared=number)


def _not_resumed(moved: _Moved, live: Live) -> _Moved:
    """What was sold out stays so: to put it on sale again would sell pieces that are not there."""
    if live.fields.get(QUANTITY) or live.fields.get(STATUS) != "ended":
        return moved
    return [each for each in moved if each[0] != STATUS]


# --- what is said ----------------------------------------------------------------------------------------------


def told(found: Iterable[tuple[Desired, Live, Stock]]) -> tuple[Diagnostic, ...]:
    """Say once for an account what was sold, what nobody can explain, and what nobody remembers."""
    sold: list[tuple[Desired, int]] = []
    strange: list[tuple[Desired, int]] = []
    unknown: list[tuple[Desired, Live]] = []
    for desired, live, stock in found:
        if stock.unknown:
            unknown.append((desired, live))
        if stock.sold:
            sold.append((desired, stock.sold))
        if stock.strange:
            strange.append((desired, stock.strange))
    return (*_of_sales(sold), *_of_strangers(strange), *_of_unknown(unknown))


def _of_sales(sold: list[tuple[Desired, int]]) -> Iterable[Diagnostic]:
    if sold:
        names = _named(f"{desired.key.name} ({pieces:,})" for desired, pieces in sold)
        pieces = sum(each for _, each in sold)
        yield Diagnostic(
            severity=Severity.NOTE,
            code="P501",
            summary=f"{_count(pieces, 'piece')} of {_count(len(sold), 'offer')} sold, not put back: {names}",
            detail="since the last apply; a stock number is written when it changes, as a difference",
        )


def _of_strangers(strange: list[tuple[Desired, int]]) -> Iterable[Diagnostic]:
    if strange:
        names = _named(f"{desired.key.name} ({pieces:+,})" for desired, pieces in strange)
        yield warning(
            "P502",
            f"the stock of {_count(len(strange), 'offer')} was changed by somebody else: {names}",
            mark=strange[0][0].origin(QUANTITY).mark,
            detail="it is left alone: only a change of the declared number is written",
            hint="declare `{count: N}` after a stock count, or `{always: N}` for what is to be filled up",
        )


def _of_unknown(unknown: list[tuple[Desired, Live]]) -> Iterable[Diagnostic]:
    if unknown:
        names = _named(
            f"{desired.key.name} (declared {desired.fields[QUANTITY]:,}, live {live.fields.get(QUANTITY) or 0:,})"
            for desired, live in unknown
        )
        yield warning(
            "P503",
            f"the stock of {_count(len(unknown), 'offer')} differs, and nobody remembers the last apply: {names}",
            mark=unknown[0][0].origin(QUANTITY).mark,
            detail="nothing is written for it: what was sold would be put on sale again",
            hint=f"declare what is there; or write the declared numbers once with --allow {START}",
        )


def _named(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:3]) + (f" and {len(every) - 3:,} more" if len(every) > 3 else "")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
