"""What was found and what guards refuse, at file:line, as one list: each format is a spelling of it."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.diagnostics import Diagnostic, Severity, in_reading_order
from reconciler.model.marks import Mark
from reconciler.model.plan import Plan
from reconciler.model.tables import ReadingState, SourceRead
from reconciler.render.guard_text import breach_text
from reconciler.render.refusals_markdown import RefusedRow, refusals_of

#: Where something is shown that was written nowhere: each format needs a place.
PROJECT = "reconcile.yaml"
_WORST = {severity: place for place, severity in enumerate(Severity)}


class Located(Struct, frozen=True, kw_only=True):
    """One thing that is wrong: the rule (a code, or a guard), one sentence, what belongs to it, and the place.

    `refused`: a guard says so, and nothing of the plan is applied.
    """

    severity: Severity
    rule: str
    summary: str
    more: tuple[str, ...] = ()
    mark: Mark
    refused: bool = False


def located(
    found: Iterable[Diagnostic],
    plan: Plan | None = None,
    *,
    sources: Iterable[SourceRead] = (),
    unchecked: Iterable[tuple[str, str, str]] = (),
    folder: str = "",
) -> tuple[Located, ...]:
    """List what is wrong, the worst first: what guards refuse, errors, warnings, notes; each in reading order.

    `unchecked`: accounts of which nothing is known, as (reason, summary, hint). `folder` is where the project
    lies in its repository, `shop/` or nothing: what reads these formats knows files from the repository's root.
    """
    every = [_of_guard(plan)] if plan else []
    every.append([_of_problem(*each) for each in unchecked])
    every.append([_of_source(each) for each in sources if each.state is not ReadingState.OK])
    every.append([_of_diagnostic(each) for each in in_reading_order(found)])
    rows = [each for part in every for each in part]
    rows.sort(key=lambda each: (not each.refused, _WORST[each.severity]))
    return tuple(replace(each, mark=replace(each.mark, file=f"{folder}{each.mark.file}")) for each in rows)


def of_plan(plan: Plan, folder: str = "") -> tuple[Located, ...]:
    """List what is wrong with a plan, and with what it was made of."""
    problems = [
        (part.problem.reason, part.problem.summary, part.problem.hint) for part in plan.accounts if part.problem
    ]
    return located(plan.diagnostics, plan, sources=plan.sources, unchecked=problems, folder=folder)


def _of_guard(plan: Plan) -> Sequence[Located]:
    return [_refused(each) for part in plan.accounts for each in refusals_of(part)]


def _refused(each: RefusedRow) -> Located:
    said = " ".join(breach_text(each.row, place=False).split()) if each.row else each.message
    more = [each.message] if each.row else []
    more += [f"also refused by {', '.join(each.rules[1:])}"] if each.rules[1:] else []
    mark = each.row.mark if each.row and each.row.mark else Mark(PROJECT)
    severity, rule = Severity.ERROR, each.rules[0]
    return Located(severity=severity, rule=rule, summary=said, more=tuple(more), mark=mark, refused=True)


def _of_diagnostic(each: Diagnostic) -> Located:
    more = (each.detail, f"hint: {each.hint}" if each.hint else "")
    return Located(
        severity=each.severity,
        rule=each.code,
        summary=each.summary,
        more=tuple(filter(None, more)),
        mark=each.mark or Mark(PROJECT),
    )


def _of_problem(reason: str, summary: str, hint: str) -> Located:
    more = (f"hint: {hint}",) if hint else ()
    return Located(severity=Severity.ERROR, rule=reason, summary=summary, more=more, mark=Mark(PROJECT))


def _of_source(each: SourceRead) -> Located:
    more = (f"hint: {each.hint}",) if each.hint else ()
    summary = f"source {each.name} cannot be used ({each.state}): {each.why}"
    return Located(severity=Severity.ERROR, rule="source", summary=summary, more=more, mark=Mark(PROJECT))
