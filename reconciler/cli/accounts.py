"""What each account of a plan or of an apply comes to: its exit code, and a line of the table."""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from reconciler.cli.exit_codes import Exit, worst
from reconciler.model.accounts import AccountEnd
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.offers import Key
from reconciler.model.outcomes import Report, Result, StopReason
from reconciler.model.plan import AccountPlan, Plan, Problem
from reconciler.model.report_json import Json
from reconciler.render.totals import changing, is_as_declared
from reconciler.render.words import counted

#: The exit code of an account whose planning was ended.
_PROBLEMS = {
    "authentication": Exit.AUTHENTICATION,
    "guard": Exit.GUARD,
    "stale": Exit.STALE,
    "locked": Exit.LOCKED,
}
#: The exit code of a run that was stopped.
STOPPED = {
    StopReason.AUTHENTICATION: Exit.AUTHENTICATION,
    StopReason.OVERTAKEN: Exit.LOCKED,
    StopReason.LOCKED: Exit.LOCKED,
    StopReason.DOCUMENTS: Exit.ERROR,
    StopReason.GUARD: Exit.GUARD,
    StopReason.STALE: Exit.STALE,
    StopReason.FAILED: Exit.PARTLY,
    StopReason.INTERRUPTED: Exit.PARTLY,
}


def of_problem(problem: Problem) -> Exit:
    """Return what it comes to that the planning of an account was ended."""
    return _PROBLEMS.get(problem.reason, Exit.ERROR)


def refusal(part: AccountPlan, allow: Mapping[str, str]) -> Exit:
    """Return why nothing of a part is applied; OK where it may be."""
    if part.problem is not None:
        return of_problem(part.problem)
    refused = any(not each.allowed and each.rule not in allow for each in part.violations)
    return Exit.GUARD if refused else Exit.OK


def of_plan(plan: Plan, *, detailed: bool = False) -> list[AccountEnd]:
    """Return what each account of a plan comes to."""
    return [_planned(part, plan.diagnostics, detailed=detailed) for part in plan.accounts]


def _planned(part: AccountPlan, found: Iterable[Diagnostic], *, detailed: bool) -> AccountEnd:
    mistakes = [each for each in found if _is_mistake_of(each, part)]
    code = worst(
        (
            refusal(part, {}),
            Exit.ERROR if mistakes or part.unread else Exit.OK,
            Exit.CHANGES if detailed and not is_as_declared(part) else Exit.OK,
        )
    )
    return AccountEnd(
        account=part.account,
        marketplace=part.marketplace,
        planned=len(changing(part)),
        held=len(part.held),
        exit_code=code,
        problem=_problem(part, mistakes),
    )


def _is_mistake_of(each: Diagnostic, part: AccountPlan) -> bool:
    return each.severity is Severity.ERROR and each.about is not None and each.about.account in (part.account, "")


def _problem(part: AccountPlan, mistakes: list[Diagnostic]) -> str:
    """Say in a few words what is wrong with an account, the worst first."""
    if part.problem is not None:
        return part.problem.summary.removeprefix(f"account {part.account}: ")
    said = []
    if rules := dict.fromkeys(each.rule for each in part.violations if not each.allowed):
        said.append(f"refused by {', '.join(rules)}")
    if part.unread:
        said.append(f"cannot be read: {', '.join(part.unread)}")
    if mistakes:
        more = f" and {len(mistakes) - 1:,} more" if len(mistakes) > 1 else ""
        said.append(f"{mistakes[0].code}: {mistakes[0].summary}{more}")
    elif part.held:
        said.append(f"{counted(len(part.held), 'resource')} held back")
    return "; ".join(said)


def of_report(plan: Plan, report: Report) -> list[AccountEnd]:
    """Return what each account of a plan came to when it was applied, in resources, as the plan counts them."""
    rows: dict[str, Counter[Result]] = {}
    stale: Counter[str] = Counter()
    whole: dict[str, dict[Key, bool]] = {}  # whether all that was done to a resource was applied
    for each in report.outcomes:
        rows.setdefault(each.key.account, Counter())[each.result] += 1
        stale[each.key.account] += each.stale
        done = whole.setdefault(each.key.account, {})
        done[each.key] = done.get(each.key, True) and each.result is Result.APPLIED
    stops = {each.account: each for each in report.stops}
    ends = []
    lifted = replace(plan, accounts=tuple(replace(each, violations=()) for each in plan.accounts))
    for part, before in zip(plan.accounts, of_plan(lifted), strict=True):  # a guard that refused is a stop
        counts, stop = rows.get(part.account, Counter()), stops.get(part.account)
        code = STOPPED[stop.reason] if stop else _code(counts, stale[part.account], part)
        done = whole.get(part.account, {})
        left = sum(not each for each in done.values())
        said = stop.summary.removeprefix(f"account {part.account}: ") if stop else before.problem
        if left and not stop:
            said = "; ".join(filter(None, (f"{left:,} not applied", said)))
        ends.append(
            AccountEnd(
                account=part.account,
                marketplace=part.marketplace,
                planned=before.planned,
                held=before.held,
                applied=sum(done.values()),
                exit_code=code,
                problem=said,
            )
        )
    return ends


def _code(counts: Mapping[Result, int], stale: int, part: AccountPlan) -> Exit:
    whole = sum(counts.values())
    left = whole - counts.get(Result.APPLIED, 0)
    if left and left == whole == stale:
        return Exit.STALE
    return Exit.PARTLY if left or part.held or part.unread else Exit.OK


def ends_to_json(ends: Iterable[AccountEnd]) -> list[Json]:
    """Turn the table into JSON's own types."""
    return [
        {
            "account": each.account,
            "marketplace": each.marketplace,
            "planned": each.planned,
            "applied": each.applied,
            "held": each.held,
            "problem": each.problem,
            "exit_code": int(each.exit_code),
        }
        for each in ends
    ]
