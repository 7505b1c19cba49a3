"""What became of a plan, as a comment in the place of the plan's: how much, and what was not applied, and why."""

from collections.abc import Iterator

from msgspec.structs import replace

from reconciler.model.outcomes import Outcome, Report, Result
from reconciler.render.cells import shortened
from reconciler.render.change_text import name_of
from reconciler.render.cost_text import took_text
from reconciler.render.fault_text import fault_lines
from reconciler.render.markdown import code, folded, table, text
from reconciler.render.plan_markdown import MOST, marker
from reconciler.render.report_text import earlier_text, held_text, is_ours, managed_text, next_steps, report_rows
from reconciler.render.style import PLAIN
from reconciler.render.words import counted, lasting

_FIRST = 10  # rows that were not applied, before the fold
_LONG = 300
_NEXT = "Next: "
#: What is looked at first.
_ORDER = (Result.REFUSED, Result.UNKNOWN, Result.SKIPPED)


def report_markdown(report: Report) -> Iterator[str]:
    """Yield the comments of a report, one for each account that it tells of."""
    keys = (*(each.key for each in report.outcomes), *report.held)
    accounts = dict.fromkeys((*(key.account for key in keys), *(each.account for each in report.stops)))
    for number, account in enumerate(accounts):
        if number:
            yield ""
        mine = replace(
            report,
            outcomes=tuple(each for each in report.outcomes if each.key.account == account),
            stops=tuple(each for each in report.stops if each.account == account),
            held={key: why for key, why in report.held.items() if key.account == account},
            earlier={name: run for name, run in report.earlier.items() if name == account},
        )
        yield marker(account)
        yield from _comment(mine, account, whole=len(accounts) == 1)
    if not accounts:
        yield "### Nothing was to be applied"


def _comment(report: Report, account: str, *, whole: bool) -> Iterator[str]:
    """Yield the comment of one account. `whole`: requests and time are of it alone."""
    left = sorted(
        (each for each in report.outcomes if each.result is not Result.APPLIED),
        key=lambda each: (_ORDER.index(each.result), each.settling),
    )
    lines = [f"### {_headline(report)} · account {text(account)}", f"{' · '.join(_facts(report, whole=whole))}\\"]
    steps = list(next_steps(report))
    lines.append(f"**Next:** {_next(steps)}")
    advice = [each for each in steps if not each.startswith(_NEXT)]
    lines += ["", *(f"- {text(each)}" for each in advice)] if advice else []
    for stop in report.stops:
        lines += ["", f"**Stopped:** {text(stop.summary)}"]
    if left:
        lines += ["", *table(("not applied", "", "why"), map(_cells, left[:_FIRST]))]
    if len(left) > _FIRST:
        lines += ["", f"and {len(left) - _FIRST:,} more rows, below"]
    yield from lines
    room = MOST - sum(len(line) + 1 for line in lines)
    rows = list(report_rows(report, PLAIN, verbose=True)) if left else []
    notes = [*earlier_text(report), *held_text(report, PLAIN), *(managed_text(report) if whole else ())]
    took = list(took_text(report, PLAIN, verbose=True)) if whole else []
    sections = [("Notes", notes), ("Requests and time", took), (f"Not applied ({len(left):,})", rows)]
    for title, section in sections:
        if section:
            fold = folded(title, section, room)
            room -= fold.size + 1
            yield from ("", *fold.lines)


def _headline(report: Report) -> str:
    counts = report.counts()
    number = len(report.outcomes)
    if not number:
        return "Nothing applied"
    said = [f"{count:,} {result}" for result, count in counts.items() if count and result is not Result.APPLIED]
    settling = f" ({report.settling():,} settling)" if report.settling() else ""
    of = f"{counts[Result.APPLIED]:,} of {counted(number, 'change')}"
    return f"Applied {of}" + (f": {', '.join(said)}{settling}" if said else "")


def _facts(report: Report, *, whole: bool) -> Iterator[str]:
    yield f"from {code(_moment(report.started_at))} to {code(_moment(report.finished_at))}"
    if whole:
        yield f"{counted(sum(report.requests.values()), 'request')}, {lasting(report.seconds)}"
    if report.held:
        yield f"{counted(len(report.held), 'resource')} held back"
    yield f"plan {code(report.plan_id[:8])}"


def _moment(iso: str) -> str:
    return iso[:16].replace("T", " ")


def _next(steps: list[str]) -> str:
    told = [each.removeprefix(_NEXT) for each in steps if each.startswith(_NEXT)]
    return "; ".join(code(each) if each.startswith("reconcile ") else text(each) for each in told) or "nothing."


def _cells(each: Outcome) -> tuple[str, str, str]:
    what = "not sent" if is_ours(each) else "settling" if each.settling else str(each.result)
    told = list(fault_lines(each.fault, PLAIN)) if each.fault else []
    told += [each.detail] if each.detail else []
    return text(name_of(each.key)), what, text(shortened(" · ".join(map(str.strip, told)), _LONG))
