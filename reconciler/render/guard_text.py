"""The guards' refusal, drawn as a box that nobody overlooks."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from reconciler.model.plan import Violation
from reconciler.render.style import Style
from reconciler.render.words import counted

_ROWS = 8
_PERCENT = re.compile(r"\(([+-]\d+(?:\.\d+)?) %\)$")
#: Rules whose limit is a number of offers.
_COUNTED = frozenset({"creates", "ends", "zeros", "updates"})


def guard_box(violations: Sequence[Violation], style: Style, *, verbose: bool) -> Iterator[str]:
    """Draw what the guards refuse: rule, limit, rows, and how to allow it once."""
    refused = [each for each in violations if not each.allowed]
    if not refused:
        return
    yield style("error", "╷")
    rules = counted(len({each.rule for each in refused}), "guard")
    for line in (f"{style('error', 'Refused')} by {rules}. Nothing will be sent.", ""):
        yield _barred(line, style)
    for each in refused:
        for line in _violation(each, style, verbose=verbose):
            yield _barred(line, style)
    yield _barred("If this is what you want, add to the command, for this one run:", style)
    yield _barred(f"    {allowances(refused)}", style)
    yield style("error", "╵")
    yield ""


def allowed_notes(violations: Sequence[Violation], style: Style) -> Iterator[str]:
    """Say which guards were lifted for this run."""
    for each in violations:
        if each.allowed:
            rows = counted(len(each.rows), "row")
            yield f"{style('warning', 'Allowed:')} {each.rule} ({each.message}) was lifted for {rows}."


def allowances(refused: Sequence[Violation]) -> str:
    """Return the flags that let the whole plan pass, as narrow as they can be said."""
    needed: dict[str, int | None] = {}
    for each in refused:
        number = allowance(each)
        known = needed.get(each.rule)
        needed[each.rule] = max(number, known) if number is not None and known is not None else number
    return " ".join(f"--allow {rule}={n}" if n is not None else f"--allow {rule}" for rule, n in needed.items())


def allowance(violation: Violation) -> int | None:
    """Return the least whole limit that would let the rows pass; None for a rule without a number."""
    if violation.rule in _COUNTED:
        return len(violation.rows)
    shares = [abs(Decimal(found[1])) for row in violation.rows if (found := _PERCENT.search(row))]
    return int(max(shares)) + 1 if violation.rule == "price-change" and shares else None


def _violation(each: Violation, style: Style, *, verbose: bool) -> Iterator[str]:
    yield f"{style('strong', each.rule)}: {each.message} ({counted(len(each.rows), 'row')})"
    shown = each.rows if verbose else each.rows[:_ROWS]
    for row in shown:
        yield f"    {row}"
    if len(each.rows) > len(shown):
        yield style("dim", f"    … and {len(each.rows) - len(shown):,} more (-v lists all)")
    yield ""


def _barred(line: str, style: Style) -> str:
    return f"{style('error', '│')} {line}".rstrip(" ")
