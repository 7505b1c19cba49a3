"""One table for all accounts: what was planned and applied, what is wrong in a few words, and each exit code."""

from collections.abc import Iterator, Sequence

from reconciler.model.accounts import AccountEnd
from reconciler.render.cells import shortened
from reconciler.render.style import Style
from reconciler.render.words import counted

_NARROWEST = 24


def accounts_text(ends: Sequence[AccountEnd], style: Style) -> Iterator[str]:
    """Yield the table; nothing for a single account, of which all is said already."""
    if len(ends) < 2:
        return
    heads = (
        "account",
        "marketplace",
        "planned",
        *(() if ends[0].applied is None else ("applied",)),
        "held",
        "exit",
    )
    rows = [_cells(each) for each in ends]
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    room = max(style.width - sum(widths) - 2 * len(widths), _NARROWEST)
    yield style("strong", f"{_line(heads, widths)}  problem")
    for each, row in zip(ends, rows, strict=True):
        problem = style("error" if each.exit_code else "dim", shortened(each.problem, room))
        yield f"{_line(row, widths)}  {problem}".rstrip(" ")
    bad = sum(bool(each.problem) for each in ends)
    yield (
        f"{counted(len(ends), 'account')}, {bad:,} with problems." if bad else f"{counted(len(ends), 'account')}."
    )


def _cells(each: AccountEnd) -> tuple[str, ...]:
    applied = () if each.applied is None else (f"{each.applied:,}",)
    held = f"{each.held:,}" if each.held else "-"
    return each.account, each.marketplace, f"{each.planned:,}", *applied, held, str(each.exit_code)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Names to the left, numbers to the right."""
    return "  ".join(
        f"{cell:<{width}}" if column < 2 else f"{cell:>{width}}"
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
