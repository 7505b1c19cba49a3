"""What a stock number that a person wrote comes to: a piece is sold once, and never filled up again. Pure.

A number alone is a baseline: what is written is the difference to the number that was declared at the last apply,
whatever has been sold since. A count is written as it is, once. Both need to know what was declared before; where
nobody remembers, nothing is written. `always` is filled up on each run, and no business of this module.

How many were sold since a look is known within bounds only. Allegro tells "The number of sold items in the last 30
days on the base marketplace." (OpenAPI description, OfferListingDtoV1Stock.sold, 2026-07-18; the same of each
additional marketplace), so old sales leave the number while new ones come in. Nothing is written on account of a
bound: it only decides whether what is missing is called sold, perhaps sold, or somebody else's doing.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from msgspec import Struct, field

from reconciler.model.changes import Change
from reconciler.model.diagnostics import Diagnostic, Severity, warning
from reconciler.model.memory import Baseline, Counted
from reconciler.model.modules import StockForm
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.outcomes import Arrival
from reconciler.model.undone import Reason
from reconciler.model.values import Gain, Value

QUANTITY, STATUS = "stock.quantity", "stock.status"
#: What `--allow` takes to write declared numbers that nobody remembers.
START = "stock-baseline"
#: When the days of a count begin and end is told nowhere: near its edge nothing is concluded from it.
_EDGE = timedelta(days=1)
_Moved = list[tuple[str, Value]]


class Stock(Struct, frozen=True, kw_only=True):
    """What becomes of a declared number.

    `moved` are the fields that differ, less those of the stock that are as they should be, and `after` what
    they shall be where that is not what is declared. `declared` is the number to remember, `replaced` the one
    that it takes the place of, and `counted` the look from which sales are reckoned from here on, if that is
    another one. `notes` and `undone` are said of an offer that follows a source. `sold` pieces were sold since
    the look before, `perhaps` may have been, and `strange` are those that no sales explain. `unknown` tells
    that the number differs and that nobody remembers what was declared. `passing`: what is reckoned with will be
    over one day, such as a sale that may not have lowered its source yet.
    """

    moved: _Moved
    after: Mapping[str, Value] = field(default_factory=dict)
    declared: int | None = None
    replaced: int | None = None
    counted: Counted | None = None
    sold: int = 0
    perhaps: int = 0
    strange: int = 0
    unknown: bool = False
    passing: bool = False
    notes: tuple[Diagnostic, ...] = ()
    undone: tuple[tuple[Reason, str], ...] = ()

    @property
    def left(self) -> tuple[tuple[Reason, str], ...]:
        """Return the number as undone where nobody may write it."""
        return ((Reason.STOCK, QUANTITY),) if self.unknown else self.undone


def filled_up(
    desired: Desired, live: Live, moved: _Moved, remembered: Callable[[Key], Baseline | None], now: datetime
) -> Stock | None:
    """Return what is to be remembered of a number that is filled up: its pieces are of no article any more."""
    number = desired.fields.get(QUANTITY)
    if desired.stock_form is not StockForm.ALWAYS or number is None:
        return None
    baseline = remembered(desired.key)
    if baseline is None or baseline.counted is None or not baseline.counted.of:
        return None
    return Stock(moved=moved, counted=look(int(number), live, now))


class Sales(Struct, frozen=True, kw_only=True):
    """How many pieces were sold since a look: `least` for certain, and `most` where there is a bound."""

    least: int
    most: int | None

    def may_leave(self, pieces: int) -> tuple[int, int]:
        """Return how few and how many of so many pieces sales can have left."""
        fewest = 0 if self.most is None else pieces - self.most
        return max(0, fewest), max(0, pieces - self.least)


def sales_since(then: Counted, sold: int | None, now: datetime, days: int) -> Sales:
    """Bound what was sold since a look by the counts of then and of now, each of the last `days` days.

    While the days of now reach back to the look, every sale since is counted: no more than that were sold. Of what
    was counted then some may have left the count, so the difference is the least. When the look lies before these
    days, all that is counted was sold since, and nobody knows what else.
    """
    if sold is None or then.sold is None:
        return Sales(least=0, most=None)
    age, (sure, _, at_most) = now - datetime.fromisoformat(then.at), _terms(days)
    if age > at_most:
        return Sales(least=sold, most=None)
    return Sales(least=max(0, sold - then.sold), most=sold if age < sure else None)


@cache
def _terms(days: int) -> tuple[timedelta, timedelta, timedelta]:
    """Return how old a look may be: to count for certain, until it is made anew, and to count at all."""
    term = timedelta(days=days)
    return term - _EDGE, term / 2, term + _EDGE


def arrival(before: Value, written: Value, then: Counted, live: Live, now: datetime, days: int) -> Arrival:
    """Tell whether a written number has come, from what is there and what was sold since the plan looked.

    A difference leaves the sales on both sides of it missing; a number as it is only those that came after it.
    """
    there, had = int(live.fields.get(QUANTITY) or 0), int(before or 0)
    sales = sales_since(then, live.facts.get("sold"), now, days)
    fewest, most = sales.may_leave(had + written.amount if isinstance(written, Gain) else written)
    if not isinstance(written, Gain):
        most = written
    come = fewest <= there <= most
    fewest, most = sales.may_leave(had)
    gone = fewest <= there <= most
    if come:
        return Arrival.UNSURE if gone else Arrival.COME
    return Arrival.NOT_YET if gone else Arrival.STRANGE


#: Forms that are written once, or as a difference.
_LITERAL = (StockForm.BASELINE, StockForm.COUNT)


def is_literal(desired: Desired) -> bool:
    """Tell whether an offer declares a number that is written once, or as a difference."""
    number = desired.fields.get(QUANTITY)
    return desired.key.kind == OFFER and number is not None and desired.stock_form in _LITERAL


def created(desired: Desired, now: datetime) -> Stock | None:
    """Return what is to be remembered of the number of a new offer; None where its sales are not reckoned."""
    number = desired.fields.get(QUANTITY)
    literal = is_literal(desired)
    if number is None or not (literal or desired.stock_form is StockForm.SOURCED):
        return None
    followed = desired.sourced.stock if desired.sourced and not literal else None
    counted = Counted(left=int(number), sold=0, at=_told(now), of=followed.articles if followed else ())
    return Stock(moved=[], declared=int(number) if literal else None, counted=counted)


def look(pieces: int, live: Live, now: datetime) -> Counted:
    """Return the look at which so many pieces are there, or will be when this is written."""
    return Counted(left=pieces, sold=live.facts.get("sold"), at=_told(now))


class _Pair(Struct, frozen=True, kw_only=True):
    """A declared number and what is there, with the other fields that differ."""

    number: int
    there: int
    live: Live
    others: _Moved
    now: datetime
    differences: bool

    def look(self, pieces: int) -> Counted:
        return look(pieces, self.live, self.now)

    def left_alone(self, **more: Any) -> Stock:
        """What was sold out stays so: to put it on sale again would sell pieces that are not there."""
        sold_out = not self.there and self.live.fields.get(STATUS) == "ended"
        return Stock(moved=[each for each in self.others if not sold_out or each[0] != STATUS], **more)

    def written(self, after: Value, pieces: int, replaced: int | None) -> Stock:
        """Write a number or a difference that comes to so many pieces."""
        return Stock(
            moved=[(QUANTITY, self.there), *self.others] if pieces != self.there else self.others,
            after={QUANTITY: after},
            declared=self.number,
            replaced=replaced,
            counted=self.look(pieces),
        )


def judged(
    desired: Desired,
    live: Live,
    moved: _Moved,
    baseline: Baseline | None,
    days: int,
    now: datetime,
    *,
    start: bool,
    differences: bool = True,
) -> Stock:
    """Judge the stock of one pair; the marketplace counts the sales of so many `days`.

    `start` writes a declared number of which nobody remembers the one before. Where the marketplace takes no
    `differences`, the number that one comes to is written.
    """
    pair = _Pair(
        number=int(desired.fields[QUANTITY]),
        there=int(live.fields.get(QUANTITY) or 0),
        live=live,
        others=[each for each in moved if each[0] != QUANTITY],
        now=now,
        differences=differences,
    )
    if baseline is None or baseline.remote_id != live.remote_id or baseline.declared.get(QUANTITY) is None:
        return _first(pair, start=start)
    before, then = int(baseline.declared[QUANTITY]), baseline.counted
    if before == pair.number:
        return _unchanged(pair, then, days)
    if desired.stock_form is StockForm.COUNT:
        return pair.written(pair.number, pair.number, before)
    return _changed(pair, before, then, days)


def _first(pair: _Pair, *, start: bool) -> Stock:
    if pair.there == pair.number or start or not pair.number:  # zero puts nothing on sale that is not there
        return pair.written(pair.number, pair.number, None)
    return pair.left_alone(unknown=True)


def _unchanged(pair: _Pair, then: Counted | None, days: int) -> Stock:
    """Tell sales from what they do not explain. What they explain is reckoned from anew before it is too old."""
    if then is None:
        return pair.left_alone(declared=pair.number, counted=pair.look(pair.there))
    sales = sales_since(then, pair.live.facts.get("sold"), pair.now, days)
    fewest, most = sales.may_leave(then.left)
    strange = pair.there - most if pair.there > most else min(0, pair.there - fewest)
    sold = min(sales.least, then.left)
    old = pair.now - datetime.fromisoformat(then.at) > _terms(days)[1]
    return pair.left_alone(
        declared=pair.number,
        counted=pair.look(pair.there) if old and not strange else None,
        sold=sold,
        perhaps=max(0, then.left - pair.there - sold + min(0, strange)),
        strange=strange,
    )


def _changed(pair: _Pair, before: int, then: Counted | None, days: int) -> Stock:
    """Write a difference: pieces that came, or that went otherwise than by a sale through this offer."""
    by, there = pair.number - before, pair.there
    sales = sales_since(then, pair.live.facts.get("sold"), pair.now, days) if then else None
    if then and sales and _is_there(then.left, by, there, sales):
        sold = min(sales.least, max(0, then.left + by))
        return pair.left_alone(declared=pair.number, replaced=before, counted=pair.look(there), sold=sold)
    target = max(0, there + by) if pair.number else 0
    if target == there:
        return pair.left_alone(declared=pair.number, replaced=before, counted=pair.look(there))
    # what is empty has ended: it is resumed with a number
    return pair.written(Gain(by) if target and there and pair.differences else target, target, before)


def _is_there(left: int, by: int, there: int, sales: Sales) -> bool:
    """Tell whether a difference stands there already: no sales lead to this number without it."""
    fewest, most = sales.may_leave(left)
    return there == left + by - sales.least and not fewest <= there <= most


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def ended_by_sales(path: str, live: Live) -> bool:
    """Tell whether a field is the status that the last piece has left behind: nobody has ended it."""
    return path == STATUS and live.fields.get(STATUS) == "ended" and not live.fields.get(QUANTITY)


def not_on_sale(desired: Desired, live: Live, change: Change | None) -> Value:
    """Return the pieces that a change adds to what has ended and stays so; None where there are none.

    Where the document wants it ended, or the marketplace refuses to resume it, that is said already.
    """
    planned = {each.path: each for each in change.fields} if change else {}
    pieces, status = planned.get(QUANTITY), planned.get(STATUS)
    if pieces is None or live.fields.get(STATUS) != "ended":
        return None
    more = pieces.after.amount if isinstance(pieces.after, Gain) else pieces.after - (pieces.before or 0)
    if more <= 0:
        return None
    if status is None:  # a receipt resumes what no document speaks of
        return pieces.after if desired.fields.get(STATUS) is None else None
    return pieces.after if status.held and status.after == "active" else None


# --- what is said ----------------------------------------------------------------------------------------------


def told(found: Iterable[tuple[Desired, Live, Stock]]) -> tuple[Diagnostic, ...]:
    """Say once for an account what was sold or may have been, what no sale explains, what nobody remembers."""
    sold: list[tuple[Desired, int]] = []
    perhaps: list[tuple[Desired, int]] = []
    strange: list[tuple[Desired, int]] = []
    unknown: list[tuple[Desired, Live]] = []
    for desired, live, stock in found:
        if stock.unknown:
            unknown.append((desired, live))
        if stock.sold:
            sold.append((desired, stock.sold))
        if stock.perhaps:
            perhaps.append((desired, stock.perhaps))
        if stock.strange:
            strange.append((desired, stock.strange))
    return (*_of_sales(sold), *_of_strangers(strange), *_of_unknown(unknown), *_of_the_gone(perhaps))


def _of_sales(sold: list[tuple[Desired, int]]) -> Iterable[Diagnostic]:
    if sold:
        names = _named(f"{desired.key.name} ({pieces:,})" for desired, pieces in sold)
        pieces = sum(each for _, each in sold)
        yield Diagnostic(
            severity=Severity.NOTE,
            code="P501",
            summary=f"{_count(pieces, 'piece')} of {_count(len(sold), 'offer')} sold, not put back: {names}",
            detail="since an apply last counted; a stock number is written when it changes, as a difference",
        )


def _of_the_gone(perhaps: list[tuple[Desired, int]]) -> Iterable[Diagnostic]:
    if perhaps:
        names = _named(f"{desired.key.name} ({pieces:,})" for desired, pieces in perhaps)
        pieces = sum(each for _, each in perhaps)
        have = "has" if pieces == 1 else "have"
        yield Diagnostic(
            severity=Severity.NOTE,
            code="P504",
            summary=f"{_count(pieces, 'piece')} of {_count(len(perhaps), 'offer')} {have} gone, and may have been "
            f"sold: {names}",
            detail="the marketplace counts the sales of the last days only, so nobody can tell; it is left alone",
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


def told_of_ended(restocked: list[tuple[Desired, Value]]) -> Iterable[Diagnostic]:
    """Say once for an account which pieces nobody can buy, though they were declared."""
    if restocked:
        names = _named(f"{desired.key.name} ({pieces})" for desired, pieces in restocked)
        one = len(restocked) == 1
        yield warning(
            "P505",
            f"the new pieces of {_count(len(restocked), 'offer')} are not on sale, since "
            f"{'it has' if one else 'they have'} ended and {'is' if one else 'are'} not resumed: {names}",
            mark=restocked[0][0].origin(QUANTITY).mark,
            hint="declare `status: active` beside the number; what is held goes with --only stock",
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
