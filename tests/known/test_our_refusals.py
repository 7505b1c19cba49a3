"""What we refuse ourselves is never said to be the marketplace's word."""

from __future__ import annotations

from reconciler.model.offers import OFFER, Key
from reconciler.model.outcomes import Fault, FaultKind, Outcome, Report, Result
from reconciler.providers.faults import refused
from reconciler.render.report_text import report_text
from reconciler.render.style import PLAIN


def row(name: str, fault: Fault) -> Outcome:
    """A refused row."""
    return Outcome(action="a", key=Key("main", OFFER, name), result=Result.REFUSED, fault=fault)


def test_the_two_are_headed_apart() -> None:
    """Each with its own count; both are refused rows of the whole."""
    theirs = Fault(kind=FaultKind.REJECTED, code="Wrong", message="The marketplace says no.")
    rows = (row("A", theirs), row("B", refused("UnknownReference", "There is no tag.")), row("C", theirs))
    report = Report(plan_id="p", outcomes=rows, started_at="", finished_at="")
    text = list(report_text(report, PLAIN))
    ours, others = (
        text.index("1 cannot be sent: nothing was asked of the marketplace"),
        text.index("2 refused by the marketplace"),
    )
    assert ours < text.index("  B") < others < text.index("  A")
    assert "3 refused of 3 planned" in "\n".join(text)
