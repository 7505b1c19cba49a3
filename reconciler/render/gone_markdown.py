"""What ends and what goes to zero, in a comment: a line for each offer, never folded."""

from collections.abc import Iterator

from msgspec import Struct

from reconciler.model.changes import Change, FieldChange
from reconciler.model.plan import AccountPlan
from reconciler.render.cells import in_the_middle
from reconciler.render.change_text import called
from reconciler.render.grouping import ENDS, is_zero
from reconciler.render.markdown import code, text
from reconciler.render.totals import changing
from reconciler.render.value_text import one_line
from reconciler.render.words import listed

_NAMES = 3
_WIDEST = 48
_STOCK = "stock.quantity"


class GoneTold(Struct, frozen=True, kw_only=True):
    """The lines of what ends or goes to zero, and how many of both there are."""

    ends: int
    zeros: int
    names: tuple[str, ...]
    rows: tuple[str, ...]

    def heading(self, *, named: bool) -> str:
        """Return the line above the list. `named`: the list stands further below, so the first are named here."""
        names = listed([in_the_middle(each, _WIDEST) for each in self.names], _NAMES)
        below = f": {text(names)} (each has its line below)" if named else ""
        return f"**Ends {self.ends:,}, to zero {self.zeros:,}**{below}"

    def within(self, room: int) -> Iterator[str]:
        """Yield the lines that a comment has room for; the rest is counted."""
        for number, row in enumerate(self.rows):
            room -= len(row) + 1
            if room < 0:
                yield f"- and {len(self.rows) - number:,} more that a comment has no room for: see the plan"
                return
            yield row


def gone_of(part: AccountPlan) -> GoneTold:
    """Find what ends and what goes to zero; an offer that does both has one line."""
    names: list[str] = []
    rows: list[str] = []
    ends = zeros = 0
    for change in changing(part):
        end = change.verb in ENDS
        zero = next((each for each in change.fields if is_zero(each) and not each.held), None)
        ends += end
        zeros += zero is not None
        if end or zero:
            names.append(called(change))
            rows.append(f"- {_row(change, zero)}")
    return GoneTold(ends=ends, zeros=zeros, names=tuple(names), rows=tuple(rows))


def _row(change: Change, zero: FieldChange | None) -> str:
    deeds = [f"goes from {text(one_line(zero.before))} to 0"] if zero else []
    if change.verb in ENDS:
        deeds.append("is deleted" if change.verb.value == "delete" else "ends")
    stock = next((each for each in change.fields if each.path == _STOCK and not zero and each.before), None)
    said = f"{text(called(change))} {' and '.join(deeds)}"
    parts = [f"{said}: {text(change.reason)}" if change.reason else said]
    parts += [f"{text(one_line(stock.before))} in stock"] if stock else []
    mark = change.mark or next((each.mark for each in change.fields if each.mark), None)
    parts += [code(f"{mark.file}:{mark.line}")] if mark else []
    return " · ".join(parts)
