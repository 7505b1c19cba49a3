"""The guards' refusal, drawn as a box that nobody overlooks."""

from collections.abc import Iterator, Sequence

from reconciler.model.plan import AccountPlan, Breach, Violation
from reconciler.render.change_text import name_of
from reconciler.render.style import Style
from reconciler.render.value_text import one_line
from reconciler.render.words import counted

_ROWS = 8
#: Rules whose limit is a number of offers.
_COUNTED = frozenset({"creates", "ends", "zeros", "updates"})


def guard_box(parts: Sequence[AccountPlan], style: Style, *, verbose: bool) -> Iterator[str]:
    """Draw what the guards refuse: rule, limit, rows, and how to allow it once. An account is refused apart."""
    stopped = {part.account: [each for each in part.violations if not each.allowed] for part in parts}
    stopped = {account: refused for account, refused in stopped.items() if refused}
    refused = [each for violations in stopped.values() for each in violations]
    if not refused:
        return
    yield style("error", "╷")
    rules = counted(len({each.rule for each in refused}), "guard")
    where = f" to {', '.join(stopped)}" if len(stopped) < len(parts) else ""
    for line in (f"{style('error', 'Refused')} by {rules}. Nothing will be sent{where}.", ""):
        yield _barred(line, style)
    for each in refused:
        for line in _violation(each, style, verbose=verbose, accounts=len(parts) > 1):
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
    if violation.rule == "stock-change":
        return max((_grown(row) for row in violation.rows), default=0)
    shares = [abs(row.percent) for row in violation.rows if row.percent is not None]
    return int(max(shares)) + 1 if violation.rule == "price-change" and shares else None


def _grown(row: Breach) -> int:
    return int(row.after) - int(row.before or 0)


def _violation(each: Violation, style: Style, *, verbose: bool, accounts: bool) -> Iterator[str]:
    yield f"{style('strong', each.rule)}: {each.message} ({counted(len(each.rows), 'row')})"
    shown = each.rows if verbose else each.rows[:_ROWS]
    names = [_name(row, accounts=accounts) for row in shown]
    numbers = [_numbers(row) for row in shown]
    widths = max(map(len, names), default=0), max(map(len, numbers), default=0)
    for row, name, said in zip(shown, names, numbers, strict=True):
        place = f"  {style('dim', str(row.mark))}" if row.mark else ""
        yield f"    {name:<{widths[0]}}{said:<{widths[1]}}{place}".rstrip(" ")
    if len(each.rows) > len(shown):
        yield style("dim", f"    … and {len(each.rows) - len(shown):,} more (-v lists all)")
    yield ""


def breach_text(row: Breach, *, place: bool = True) -> str:
    """Say one row that a guard refuses: its name, both values, and where it is declared."""
    return f"{_name(row, accounts=False)}{_numbers(row)}{f'  {row.mark}' if row.mark and place else ''}"


def _name(row: Breach, *, accounts: bool) -> str:
    account = f"{row.key.account}: " if accounts else ""
    return f"{account}{name_of(row.key)}"


def _numbers(row: Breach) -> str:
    if not row.path:
        return ""
    if row.before is None and row.after is None:
        return f"  {row.path}"
    before = "new" if row.before is None else one_line(row.before)
    percent = "" if row.percent is None else f" ({row.percent:+,.1f} %)"
    return f"  {row.path}  {before} -> {one_line(row.after)}{percent}"


def _barred(line: str, style: Style) -> str:
    return f"{style('error', '│')} {line}".rstrip(" ")
