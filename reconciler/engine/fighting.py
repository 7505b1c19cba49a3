"""Two programs that undo each other: how often somebody else has ended an offer that was resumed here. Pure.

An end by a person or another program is one, and so are pieces that have gone without having been sold. What ran
out is none: a warehouse may run out and get more several times a day.
"""

from datetime import datetime, timedelta

from reconciler.engine.stock import QUANTITY
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.memory import Counted
from reconciler.model.offers import Desired, Live

#: Ends for want of stock; all others are somebody's decision, or a date's.
EMPTY = "empty_stock"
#: So many foreign ends in a day, and two programs fight over an offer (allegro-api #5447, 2022).
FIGHT = 2
_DAY = timedelta(days=1)


def taken_away(known: Counted | None, live: Live, now: datetime) -> tuple[str, ...]:
    """Return when, within the last day, all pieces had gone from an offer and no buyer had them (ISO)."""
    if known is None:
        return ()
    kept = tuple(each for each in known.taken if now - datetime.fromisoformat(each) < _DAY)
    sold = live.facts.get("sold")
    if live.facts.get("ended_by") != EMPTY or not known.left or sold is None or known.sold is None:
        return kept
    unsold = known.left - int(live.fields.get(QUANTITY) or 0) - (sold - known.sold)
    return (*kept, now.isoformat(timespec="seconds")) if unsold > 0 else kept


def foreign_ends(live: Live, taken: tuple[str, ...], resumed: int) -> int:
    """Return how often somebody else ended it within a day, this end included; the others were `resumed`."""
    return len(taken) + (resumed + 1 if live.facts.get("ended_by") == "user" else 0)


def fight(desired: Desired, live: Live, ends: int) -> Diagnostic:
    """Say that a status is left alone."""
    return Diagnostic(
        severity=Severity.WARNING,
        code="P613",
        summary=f"{desired.key.name} ({live.remote_id}) was ended {ends} times in a day by somebody else and "
        "resumed here: its status is left alone",
        mark=desired.origin(QUANTITY).mark,
        detail="two programs that both keep the stock of an offer undo each other",
        hint="switch the other one off for this offer, or `sync: {stock: off}` here",
        about=desired.key,
    )
