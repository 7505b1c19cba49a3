"""`reconcile apply`: makes a plan true. A saved one as it was reviewed, or a fresh one that is approved now."""

from pathlib import Path
from typing import Any

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.failures import Halfway, Refusal
from reconciler.cli.options import (
    output_options,
    parallelism_option,
    planning_options,
    shown_options,
    wait_option,
)
from reconciler.cli.plan import planned, verdict
from reconciler.cli.prompt import approved
from reconciler.model.bounds import PLAN
from reconciler.model.outcomes import Report, Result, StopReason
from reconciler.model.plan import Plan
from reconciler.model.plan_json import dump_plan, load_plan
from reconciler.model.report_json import dump_report
from reconciler.render.plan_text import plan_text
from reconciler.render.report_text import managed_text, report_text
from reconciler.render.totals import acts, awaited, total
from reconciler.runtime.options import ApplyOptions

#: The exit code of a run that was stopped; what a person has to see to comes first.
_STOPPED = {
    StopReason.AUTHENTICATION: Exit.AUTHENTICATION,
    StopReason.OVERTAKEN: Exit.LOCKED,
    StopReason.LOCKED: Exit.LOCKED,
    StopReason.STALE: Exit.STALE,
    StopReason.FAILED: Exit.PARTLY,
    StopReason.INTERRUPTED: Exit.PARTLY,
}
_FRESH = {"accounts": (), "targets": (), "files": (), "select": {}, "only": (), "refresh": "auto"}


@click.command("apply")
@click.argument("saved", metavar="[PLAN.json]", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--auto-approve", is_flag=True, help="Do not ask. For machines.")
@planning_options()
@parallelism_option()
@click.option(
    "--lock-timeout",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Wait so long while somebody else applies to the account.",
)
@wait_option()
@click.option(
    "--canary",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Apply N offers first, look whether they are active and valid, then go on or stop.",
)
@shown_options()
@output_options()
def command(
    saved: str | None,
    auto_approve: bool,
    parallelism: int,
    lock_timeout: float,
    wait: float | None,
    canary: int,
    show_unsynced: bool,
    verbose: bool,
    as_json: bool,
    no_color: bool,
    **narrowing: Any,
) -> int:
    """Make a plan true, and nothing else.

    With PLAN.json (of `reconcile plan --out`) exactly that plan is applied, without a question: it was reviewed.
    Without it a plan is made, shown, and applied when you type `yes`.

    Every write is checked against the value that the plan saw: where the marketplace has moved since, that one
    write is skipped and said so.
    """
    console = Console.open(json=as_json, no_color=no_color)
    _check_usage(saved, narrowing, needs_consent=as_json and not auto_approve and not saved)
    options = ApplyOptions(
        parallelism=parallelism, allow=narrowing["allow"], lock_timeout=lock_timeout, canary=canary, wait=wait
    )
    if not saved:
        earlier = _finish_interrupted(options, console)
        if earlier.stops:
            return told(earlier, console, verbose=verbose)
    plan = _saved(Path(saved)) if saved else planned(narrowing, console)
    refused = _refused(plan, narrowing["allow"])
    if console.json and refused:
        console.write(dump_plan(plan))
    elif not console.json and (refused or not saved):
        console.show(plan_text(plan, console.style, verbose=verbose, show_unsynced=show_unsynced))
    if refused:
        return refused
    if not acts(plan):
        _nothing(plan, options, console, shown=not saved)
        return Exit.PARTLY if wait is not None and awaited(plan) else Exit.OK
    if not (saved or auto_approve or approved([part.account for part in plan.accounts], console.error_style)):
        console.say("Not applied: only `yes` is taken as consent.")
        return Exit.ERROR
    if saved and not console.json:
        console.show([total(plan)])
    return told(applied(plan, options, console), console, plan=plan, verbose=verbose)


def told(report: Report, console: Console, *, plan: Plan | None = None, verbose: bool) -> Exit:
    """Print the report of a run and return what the shell is told."""
    if console.json:
        console.write(dump_report(report))
    else:
        console.show(["", *report_text(report, console.style, plan=plan, verbose=verbose)])
    return outcome_code(report)


def outcome_code(report: Report) -> Exit:
    """Return what the shell is told: stopped by somebody, all applied, all stale, or something in between."""
    reasons = {stop.reason for stop in report.stops}
    if reasons:
        return next(code for reason, code in _STOPPED.items() if reason in reasons)
    left = [each for each in report.outcomes if each.result is not Result.APPLIED]
    if not left:
        return Exit.OK
    nothing_done = len(left) == len(report.outcomes)
    return Exit.STALE if nothing_done and all(each.stale for each in left) else Exit.PARTLY


def _check_usage(saved: str | None, narrowing: dict[str, Any], *, needs_consent: bool) -> None:
    if needs_consent:
        raise click.UsageError("--json leaves nobody to ask: give a saved plan, or --auto-approve.")
    if saved and any(narrowing[name] != usual for name, usual in _FRESH.items()):
        raise click.UsageError("A saved plan is applied as it is: give --target, --only and the like to `plan`.")


def _saved(file: Path) -> Plan:
    from reconciler.runtime.reading import read_file

    try:
        return load_plan(read_file(file, PLAN))
    except OSError as wrong:
        raise Refusal(f"{file} cannot be read: {wrong.strerror}") from wrong


def _refused(plan: Plan, allow: dict[str, str]) -> Exit:
    """Return OK, or why this plan is shown in full and not applied."""
    said = verdict(plan, detailed=False)
    lifted = said is Exit.GUARD and all(each.rule in allow for each in plan.refused)
    return Exit.OK if lifted else said


def _nothing(plan: Plan, options: ApplyOptions, console: Console, *, shown: bool) -> None:
    """Nothing is to be sent. What was found to be as declared is remembered, and managed from then on."""
    report = (
        applied(plan, options, console)
        if any(part.compared or part.released for part in plan.accounts)
        else _empty(plan)
    )
    if console.json:
        console.write(dump_report(report))
        return
    console.show([*([] if shown else [total(plan)]), *managed_text(report)])


def _empty(plan: Plan) -> Report:
    return Report(plan_id=plan.id, outcomes=(), started_at=plan.created_at, finished_at=plan.created_at)


def _finish_interrupted(options: ApplyOptions, console: Console) -> Report:
    """An earlier run that was cut off is finished before a new plan is made: what it did is observed first.

    With --wait, so is one that left rows settling.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.apply import resume

    report = resume(workspace(), options, console.progress())
    say_finished(report, console)
    return report


def say_finished(report: Report, console: Console) -> None:
    """Say what became of runs that earlier processes left open; what was stopped again is told at length."""
    if report.outcomes and not report.stops:
        applied, rows = report.counts()[Result.APPLIED], len(report.outcomes)
        console.say(f"Finished what earlier runs left open: {applied:,} of {rows:,} applied.")


def applied(plan: Plan, options: ApplyOptions, console: Console) -> Report:
    """Apply a plan. A bug in the middle of it is told with what became of every row."""
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.apply import Broken, apply_plan

    try:
        return apply_plan(workspace(), plan, options, console.progress())
    except Broken as ended:
        if not console.json:
            told(ended.report, console, plan=plan, verbose=False)
        raise Halfway(ended.report) from ended.__cause__
