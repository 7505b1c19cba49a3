"""Many prices or stock numbers that move by one rule: `+5.0 %`, `+3.50 PLN`, `+50`; and what keeps out of it.

A price list is raised by a factor and rounded: to the digits of the currency, or to an ending such as .99. The
rule is the factor that explains the most prices; prices that it does not explain are its exceptions.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct

from reconciler.model.values import Gain, Money, Value

#: Fewer are read faster one by one.
FEWEST = 8
#: What is shown of a percentage, and the steps in which rules are said.
_STEPS = (Decimal(5), Decimal(1), Decimal("0.5"), Decimal("0.1"), Decimal("0.01"))
#: A price that was rounded to an ending is off by more than this many per cent only by another rule.
_MOST_OFF = Decimal(3)
_HUNDRED = Decimal(100)
#: So many rules of one currency are looked for; prices that follow more of them follow none.
_MOST_RULES = 5
#: Fewer different prices have an ending in common by chance.
_ENDINGS = 4

Move = tuple[Value, Value]
#: By how much rounding may move a price, and the ending to which all were rounded.
Unit = tuple[Decimal, str]
#: An end of an interval: where, 1 for the upper, of which price.
End = tuple[Decimal, int, int]


class Cluster(Struct, frozen=True):
    """A rule in words, and the numbers (places in what was looked at) of what keeps to it.

    `by` is the same for who says it in another language: per cent, an amount or pieces; prices may have been
    rounded to an `ending`, such as `.99`.
    """

    said: str
    members: tuple[int, ...]
    by: Decimal | Money | Gain
    ending: str = ""


def rules(moves: Sequence[Move]) -> tuple[Cluster, ...]:
    """Find the rules by which values move, those of most values first; what is in none of them is in no rule."""
    if all(isinstance(each, Money) for move in moves for each in move):
        return _prices(moves)
    if all(type(before) is int and (type(after) is int or isinstance(after, Gain)) for before, after in moves):
        return _by_amount({n: gain_of(*move) for n, move in enumerate(moves)})
    return ()


def gain_of(before: int, after: Value) -> int:
    """Return by how many pieces a stock number moves."""
    return after.amount if isinstance(after, Gain) else after - before


def _by_amount(amounts: dict[int, int]) -> tuple[Cluster, ...]:
    counts = Counter(amounts.values())
    found: dict[int, list[int]] = {}
    for number, amount in amounts.items():
        if counts[amount] >= FEWEST:
            found.setdefault(amount, []).append(number)
    every = (Cluster(f"{amount:+,}", tuple(members), Gain(amount)) for amount, members in found.items())
    return tuple(sorted(every, key=lambda rule: -len(rule.members)))


def _prices(moves: Sequence[Move]) -> tuple[Cluster, ...]:
    left = {n: move for n, move in enumerate(moves) if move[0].currency == move[1].currency and move[0].amount > 0}
    found: list[Cluster] = []
    for currency in sorted({move[0].currency for move in left.values()}):
        mine = {n: move for n, move in left.items() if move[0].currency == currency}
        ordered: dict[Unit, list[End]] = {}
        while len(mine) >= FEWEST and len(found) < _MOST_RULES:
            best = max(_factor(mine, ordered), _amount(mine), key=lambda rule: len(rule.members))
            if len(best.members) < FEWEST:
                break
            found.append(best)
            ruled = set(best.members)
            mine = {n: move for n, move in mine.items() if n not in ruled}
    return tuple(found)


def _amount(moves: dict[int, Move]) -> Cluster:
    differences = {n: after.amount - before.amount for n, (before, after) in moves.items()}
    amount, _ = Counter(differences.values()).most_common(1)[0]
    currency = next(iter(moves.values()))[0].currency
    sign = "+" if amount > 0 else "-"
    said = f"{sign}{Money(abs(amount), currency)}"
    return Cluster(said, tuple(n for n, each in differences.items() if each == amount), Money(amount, currency))


def _factor(moves: dict[int, Move], ordered: dict[Unit, list[End]]) -> Cluster:
    """Find the percentage within whose rounding the most prices lie: the point that the most intervals cover.

    `ordered` keeps the ends of intervals: they are computed and sorted once, though several rules are looked for.
    """
    unit = _rounding([after.amount for _, after in moves.values()])
    if unit not in ordered:
        spans = {n: _span(before.amount, after.amount, unit) for n, (before, after) in moves.items()}
        ordered[unit] = sorted((at, end, n) for n, span in spans.items() for end, at in enumerate(span))
    ends = ordered[unit] = [each for each in ordered[unit] if each[2] in moves]
    covered = most = 0
    best = (Decimal(0), Decimal(0))
    for place, (at, end, _) in enumerate(ends):
        covered += -1 if end else 1
        if covered > most:
            most, best = covered, (at, ends[place + 1][0])
    share = _round(*best)
    apart = {n for at, end, n in ends if (at < share if end else at > share)}
    members = tuple(n for n in moves if n not in apart)
    ending = f", to {unit[1]}" if unit[1] else ""
    digits = 1 if share == share.quantize(Decimal("0.1")) else 2
    return Cluster(f"{share:+,.{digits}f} %{ending}", members, Decimal(f"{share:.{digits}f}"), unit[1])


def _rounding(after: Sequence[Decimal]) -> Unit:
    """Return by how much rounding may have moved a price, and the ending to which all of them were rounded."""
    endings = {each % 1 for each in after}
    if len(endings) == 1 and len(set(after)) >= _ENDINGS and (ending := next(iter(endings))):
        return Decimal("0.5"), f"{ending:f}"[1:]
    if endings == {Decimal(0)}:
        return Decimal("0.5"), ""
    return Decimal("0.005"), ""


def _span(before: Decimal, after: Decimal, unit: Unit) -> tuple[Decimal, Decimal]:
    share = (after - before) * _HUNDRED / before
    off = min(unit[0] * _HUNDRED / before, _MOST_OFF)
    return share - off, share + off


def _round(low: Decimal, high: Decimal) -> Decimal:
    """Return the roundest percentage of an interval."""
    middle = (low + high) / 2
    for step in _STEPS:
        near = (middle / step).to_integral_value() * step
        if low <= near <= high:
            return near
    return middle


def outside(count: int, found: Iterable[Cluster]) -> list[int]:
    """Return the numbers of what keeps to none of the rules."""
    members = {number for rule in found for number in rule.members}
    return [number for number in range(count) if number not in members]
