"""`reconcile apply`: makes a plan true. A saved one as it was reviewed, or a fresh one that is approved now."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from reconciler.cli.accounts import STOPPED, ends_to_json, of_plan, of_report, refusal
from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit, worst
from reconciler.cli.failures import Halfway, Refusal
from reconciler.cli.options import (
    lock_timeout_option,
    output_options,
    parallelism_option,
    planning_options,
    shown_options,
    wait_option,
)
from reconciler.cli.plan import planned, show_accounts, verdict, write_plan
from reconciler.cli.prompt import approved
from reconciler.model.bounds import PLAN
from reconciler.model.outcomes import Report, Result, StopReason
from reconciler.model.plan import Plan
from reconciler.model.plan_json import load_plan
from reconciler.model.report_json import report_in_pieces
from reconciler.render.plan_text import plan_text
from reconciler.render.report_text import managed_text, report_text
from reconciler.render.totals import acts, awaited, changing, total
from reconciler.runtime.options import ApplyOptions

_FRESH = {
    "accounts": (),
    "targets": (),
    "files": (),
    "changed_since": "",
    "select": {},
    "only": (),
    "refresh": "auto",
    "uncached": False,
    "sources": {},
}


@click.command("apply")
@click.argument("saved", metavar="[PLAN.json]", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--reviewed",
    metavar="PLAN.json",
    type=click.Path(exists=True, dir_okay=False),
    help="Apply what this plan contained and nothing else, also when the documents have moved on since.",
)
@click.option("--reviewed-only", is_flag=True, help="With --reviewed: refuse where anything would be left out.")
@click.option("--approved-by", metavar="NAMES", default="", help="Who has approved it; kept in the history.")
@click.option("--auto-approve", is_flag=True, help="Do not ask. For machines.")
@planning_options()
@parallelism_option()
@lock_timeout_option()
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
    reviewed: str | None,
    reviewed_only: bool,
    approved_by: str,
    auto_approve: bool,
    parallelism: int,
    lock_timeout: float,
    wait: float | None,
    canary: int,
    show_unsynced: bool,
    by: str,
    verbose: bool,
    as_json: bool,
    no_color: bool,
    **narrowing: Any,
) -> int:
    """Make a plan true, and nothing else.

    With PLAN.json exactly that plan is applied, without a question: it was reviewed. Without it a plan is made,
    shown, and applied when you type `yes`.

    With --reviewed PLAN.json, after a merge, that plan is applied where the documents are still those
    that it was made of. Else a new one is made, and only what the reviewed one contained is applied.

    Every write is checked against the value that the plan saw: what has moved since is skipped and said so.
    """
    console = Console.open(json=as_json, no_color=no_color)
    _insist_on_one_plan(saved, reviewed, strict=reviewed_only)
    _check_usage(saved or reviewed, narrowing, needs_consent=as_json and not auto_approve)
    options = ApplyOptions(
        parallelism=parallelism,
        allow=narrowing["allow"],
        lock_timeout=lock_timeout,
        canary=canary,
        wait=wait,
        approved_by=" ".join(approved_by.split()),
    )
    if not (saved or reviewed):
        earlier = _finish_interrupted(options, narrowing["accounts"], console)
        if _ends_all(earlier, narrowing["accounts"]):
            return told(earlier, console, verbose=verbose)
    plan, saved = _plan_of(saved, reviewed, narrowing, console, strict=reviewed_only), saved or reviewed
    refused = _refused(plan, narrowing["allow"])
    if console.json and refused:
        write_plan(plan, console)
    elif not console.json and (refused or not saved):
        _show(plan, console, verbose=verbose, show_unsynced=show_unsynced, by_offer=by == "offer")
    if refused:
        return refused
    if not acts(plan):
        return _nothing(plan, options, console, shown=not saved)
    if not (saved or auto_approve or approved(_to_be_changed(plan, options.allow), console.error_style)):
        console.say("Not applied: only `yes` is taken as consent.")
        return Exit.ERROR
    if saved and not console.json:
        console.show([total(plan)])
    return told(applied(plan, options, console), console, plan=plan, verbose=verbose)


def _show(plan: Plan, console: Console, *, verbose: bool, show_unsynced: bool, by_offer: bool) -> None:
    console.show(plan_text(plan, console.style, verbose=verbose, show_unsynced=show_unsynced, by_offer=by_offer))
    show_accounts(of_plan(plan), console)


def told(report: Report, console: Console, *, plan: Plan | None = None, verbose: bool) -> Exit:
    """Print the report of a run and return what the shell is told."""
    if console.json:
        _write(report, plan, console)
    else:
        console.show(["", *report_text(report, console.style, plan=plan, verbose=verbose)])
        show_accounts(of_report(plan, report) if plan else [], console)
    return outcome_code(report, plan)


def _write(report: Report, plan: Plan | None, console: Console) -> None:
    ends = of_report(plan, report) if plan else []
    console.write_pieces(report_in_pieces(report, ends=ends_to_json(ends)))


def outcome_code(report: Report, plan: Plan | None = None) -> Exit:
    """Return what the shell is told: stopped by somebody, all applied, all stale, or something in between.

    Of several accounts of a plan it is the worst.
    """
    if plan is not None and len(plan.accounts) > 1:
        return worst(Exit(each.exit_code) for each in of_report(plan, report))
    if report.stops:
        return worst(STOPPED[stop.reason] for stop in report.stops)
    left = [each for each in report.outcomes if each.result is not Result.APPLIED]
    if not left:
        return Exit.PARTLY if report.held or report.unread else Exit.OK
    nothing_done = len(left) == len(report.outcomes)
    return Exit.STALE if nothing_done and all(each.stale for each in left) else Exit.PARTLY


def _insist_on_one_plan(saved: str | None, reviewed: str | None, *, strict: bool) -> None:
    if (saved and reviewed) or (strict and not reviewed):
        raise click.UsageError("Give one plan; --reviewed-only goes with --reviewed.")


def _check_usage(saved: str | None, narrowing: dict[str, Any], *, needs_consent: bool) -> None:
    if needs_consent and not saved:
        raise click.UsageError("--json leaves nobody to ask: give a saved plan, or --auto-approve.")
    if narrowing["refresh"] == "none":
        raise click.UsageError("--refresh none is for looking: what it plans is never applied. Give it to `plan`.")
    if saved and any(narrowing[name] != usual for name, usual in _FRESH.items()):
        raise click.UsageError("A saved plan is applied as it is: give --target, --only and the like to `plan`.")


def _saved(file: Path) -> Plan:
    from reconciler.runtime.reading import read_file

    try:
        return load_plan(read_file(file, PLAN))
    except OSError as wrong:
        raise Refusal(f"{file} cannot be read: {wrong.strerror}") from wrong


def _plan_of(
    saved: str | None, reviewed: str | None, narrowing: dict[str, Any], console: Console, *, strict: bool
) -> Plan:
    if reviewed:
        return _chosen(_saved(Path(reviewed)), console, strict=strict)
    return _saved(Path(saved)) if saved else planned(narrowing, console)


def _chosen(reviewed: Plan, console: Console, *, strict: bool) -> Plan:
    """Return what of a reviewed plan is applied, and say what is left out; when `strict`, StalePlan for that."""
    from reconciler.cli.project import workspace
    from reconciler.render.reviewed_text import reviewed_text
    from reconciler.runtime.commands.reviewed import choose
    from reconciler.runtime.errors import StalePlan

    chosen = choose(workspace(), reviewed, console.progress())
    if chosen.narrowed is None:
        return chosen.plan
    left_out = chosen.narrowed.left_out
    console.say(*reviewed_text(left_out, chosen.narrowed.gone, console.error_style))
    if strict and left_out:
        raise StalePlan(
            "the reviewed plan is not what would be applied now; nothing was sent", "review a new plan"
        )
    return chosen.plan


def _refused(plan: Plan, allow: dict[str, str]) -> Exit:
    """Return OK, or why this plan is shown in full and not applied: every account is refused, the worst counts."""
    said = [refusal(part, allow) for part in plan.accounts]
    return Exit.OK if Exit.OK in said else worst(said)


def _to_be_changed(plan: Plan, allow: Mapping[str, str]) -> list[str]:
    return [
        part.account
        for part in plan.accounts
        if refusal(part, allow) is Exit.OK and (changing(part) or part.released or len(plan.accounts) == 1)
    ]


def _nothing(plan: Plan, options: ApplyOptions, console: Console, *, shown: bool) -> Exit:
    """Nothing is to be sent. What was found to be as declared is remembered, and managed from then on."""
    report = (
        applied(plan, options, console)
        if any(part.compared or part.released for part in plan.accounts)
        else _empty(plan)
    )
    if console.json:
        _write(report, plan, console)
    else:
        console.show([*([] if shown else [total(plan)]), *managed_text(report)])
    waits = Exit.PARTLY if options.wait is not None and awaited(plan) else Exit.OK
    stopped = outcome_code(report, plan) if report.stops else Exit.OK
    return worst((waits, verdict(plan, detailed=False), stopped))


def _empty(plan: Plan) -> Report:
    return Report(plan_id=plan.id, outcomes=(), started_at=plan.created_at, finished_at=plan.created_at)


def _ends_all(earlier: Report, accounts: tuple[str, ...]) -> bool:
    """Tell whether what stopped an earlier run stops this one: it costs its account, where there are several.

    There the rest goes on; the account is asked again when its turn comes, and says why it cannot go on.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.project.accounts import project_of
    from reconciler.runtime.project.choosing import chosen_accounts

    if not earlier.stops:
        return False
    alone = len(chosen_accounts(accounts, project_of(workspace()).accounts)) == 1
    return alone or any(each.reason is StopReason.INTERRUPTED for each in earlier.stops)


def _finish_interrupted(options: ApplyOptions, accounts: tuple[str, ...], console: Console) -> Report:
    """An earlier run that was cut off is finished before a new plan is made: what it did is observed first.

    With --wait, so is one that left rows settling.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.apply import resume

    report = resume(workspace(), options, console.progress(), accounts)
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
