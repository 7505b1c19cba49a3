"""What became of a plan: counts that add up, every row that was not applied, and how to go on."""

from collections.abc import Iterable, Iterator

from reconciler.model.marks import Mark
from reconciler.model.offers import Key
from reconciler.model.outcomes import NOT_ALLOWED, Fault, FaultKind, Outcome, Report, Result
from reconciler.model.plan import Plan
from reconciler.render.change_text import name_of
from reconciler.render.cost_text import took_text
from reconciler.render.fault_text import fault_lines
from reconciler.render.style import Style
from reconciler.render.totals import left_undone
from reconciler.render.words import counted

_MOST = 50
_HELD = 10
_SAID: dict[Result, tuple[str, str]] = {
    Result.REFUSED: ("refused by the marketplace", "error"),
    Result.UNKNOWN: ("unknown: sent, and nobody could see what became of it", "warning"),
    Result.SKIPPED: ("skipped", "warning"),
}
_WARNED = "applied, and the marketplace says besides"
_OURS = "cannot be sent: nothing was asked of the marketplace"
_SETTLING = "settling: accepted by the marketplace, which does not show it yet"


def report_text(report: Report, style: Style, *, plan: Plan | None = None, verbose: bool = False) -> Iterator[str]:
    """Yield the lines of a report. The plan, where it is at hand, tells the files and lines of the rows."""
    yield from report_rows(report, style, plan=plan, verbose=verbose)
    yield _counts(report, style)
    if plan and (left := left_undone(plan, lifted=True)):
        yield style("warning", left)
    yield from took_text(report, style, verbose=verbose)
    yield from managed_text(report)
    yield from earlier_text(report)
    yield from held_text(report, style)
    if steps := list(next_steps(report)):
        yield ""
        yield from steps


def report_rows(report: Report, style: Style, *, plan: Plan | None = None, verbose: bool = False) -> Iterator[str]:
    """Yield every row that was not applied, or is warned of, by what became of it; a blank line behind each."""
    places = _places(plan) if plan else {}
    ours = [each for each in report.outcomes if is_ours(each)]
    yield from _group(ours, style("error", f"{len(ours):,} {_OURS}"), style, places, verbose=verbose)
    for result, (said, meaning) in _SAID.items():
        rows = [
            each for each in report.outcomes if each.result is result and not each.settling and not is_ours(each)
        ]
        yield from _group(rows, style(meaning, f"{len(rows):,} {said}"), style, places, verbose=verbose)
    rows = [each for each in report.outcomes if each.result is Result.APPLIED and each.detail]
    yield from _group(rows, style("warning", f"{len(rows):,} {_WARNED}"), style, places, verbose=verbose)
    rows = [each for each in report.outcomes if each.settling]
    yield from _group(rows, style("warning", f"{len(rows):,} {_SETTLING}"), style, places, verbose=verbose)


def is_ours(each: Outcome) -> bool:
    """Tell whether a row was refused by us, before anything was sent for it."""
    return each.result is Result.REFUSED and each.fault is not None and each.fault.ours


def managed_text(report: Report) -> Iterator[str]:
    """Say what an apply has made ours or let go, and what that means."""
    if report.managed:
        what = counted(report.managed, "resource")
        yield f"{what} managed from now on: removing a document may end what it declares (docs/ownership.md)."
    if report.released:
        yield f"{counted(report.released, 'resource')} released: kept on the account and managed no longer."


def earlier_text(report: Report) -> Iterator[str]:
    """Say which accounts had been done by an earlier apply of the same plan."""
    for account, run in report.earlier.items():
        yield f"Account {account} had its part of this plan by run {run[:8]}: nothing was sent to it now."


def held_text(report: Report, style: Style) -> Iterator[str]:
    """Say what the plan had held back, and why."""
    if report.held:
        one = len(report.held) == 1
        yield f"{counted(len(report.held), 'resource')} held back, and nothing sent for {'it' if one else 'them'}:"
        for key, why in list(report.held.items())[:_HELD]:
            yield f"  {style('strong', name_of(key))}  {why}"
        if len(report.held) > _HELD:
            yield style("dim", f"  … and {len(report.held) - _HELD:,} more: reconcile plan")
    if report.unread:
        yield f"Nothing counted as removed: {', '.join(report.unread)} cannot be read."


def _group(
    rows: list[Outcome], heading: str, style: Style, places: dict[Key, Mark], *, verbose: bool
) -> Iterator[str]:
    if rows:
        yield heading
        yield from _rows(rows, style, places, verbose=verbose)
        yield ""


def next_steps(report: Report) -> Iterator[str]:
    """Yield how to go on where not everything was applied; the last line is what to do first."""
    counts = report.counts()
    if report.settling():
        yield "Settling rows need only time: `reconcile apply --wait 30m` stays with them; or plan again later."
    if counts[Result.UNKNOWN] > report.settling():
        yield "Unknown rows are looked up before anything is sent again: running apply once more is safe."
    if late := sum(each.lapsed for each in report.outcomes):
        over = "a window of prices, or the day of a rule, is over since the plan"
        yield f"{counted(late, 'row')} left out: {over}: plan again."
    if any(each.stale and not each.lapsed for each in report.outcomes):
        yield "Stale rows moved on the marketplace after the plan was made: plan again to see them."
    yield from dict.fromkeys(_refusal(each.fault) for each in report.outcomes if each.result is Result.REFUSED)
    if report.stops:
        yield from (f"Stopped: {each.summary.rstrip('.')}." for each in report.stops)
        yield from dict.fromkeys(f"Next: {each.hint}." for each in report.stops)
    elif sum(counts.values()) > counts[Result.APPLIED]:
        yield "Next: reconcile plan"


def _refusal(fault: Fault | None) -> str:
    """Say what a refused row needs."""
    if fault is not None and fault.kind is FaultKind.CONFLICT:
        return "Busy rows need only time: the marketplace is still at an earlier edit of theirs. Plan again later."
    if fault is not None and fault.code == NOT_ALLOWED:
        return "What costs money needs leave: plan again, and allow it with --allow fees."
    return "Refused rows need another value: correct the documents, then plan again."


def _rows(rows: list[Outcome], style: Style, places: dict[Key, Mark], *, verbose: bool) -> Iterator[str]:
    shown = rows if verbose else rows[:_MOST]
    width = max(len(name_of(each.key)) for each in shown)
    for each in shown:
        yield from _row(each, width, style, places.get(each.key))
    if len(rows) > len(shown):
        yield style("dim", f"  … and {len(rows) - len(shown):,} more (-v lists all)")


def _row(each: Outcome, width: int, style: Style, mark: Mark | None) -> Iterator[str]:
    number = f"  #{each.remote_id}" if each.remote_id else ""
    place = f"  {mark.file}:{mark.line}" if mark else ""
    yield f"  {style('strong', f'{name_of(each.key):<{width}}')}{style('dim', number + place)}".rstrip(" ")
    if each.fault:
        yield from (f"      {line}" for line in fault_lines(each.fault, style))
    if each.detail:
        yield f"      {each.detail}"


def _counts(report: Report, style: Style) -> str:
    counts = report.counts()
    settling = f" ({report.settling():,} settling)" if report.settling() else ""
    notes = {Result.UNKNOWN: settling}
    said = ", ".join(f"{n:,} {result.value}{notes.get(result, '')}" for result, n in counts.items() if n)
    whole = f"{said} of {len(report.outcomes):,} planned." if said else "nothing was to be sent."
    clean = counts[Result.APPLIED] == len(report.outcomes)
    return f"{style('added' if clean else 'warning', 'Apply complete:' if clean else 'Apply ended:')} {whole}"


def _places(plan: Plan) -> dict[Key, Mark]:
    return {change.key: change.mark for change in plan.changes if change.mark}


def pulled_text(files: Iterable[str], documents: dict[str, int], notes: Iterable[str]) -> Iterator[str]:
    """Yield what `pull` wrote."""
    for kind, count in documents.items():
        yield f"  {count:>7,}  {kind}"
    yield from (f"  note: {note}" for note in notes)
    yield f"{counted(len(list(files)), 'file')} written."
