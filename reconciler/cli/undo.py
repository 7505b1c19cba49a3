"""`reconcile undo`: a plan that puts back what a run replaced, shown, approved and applied as any other."""

from pathlib import Path

import click

from reconciler.cli.apply import applied, say_finished, told
from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import (
    allow_option,
    lock_timeout_option,
    output_options,
    parallelism_option,
    wait_option,
)
from reconciler.cli.plan import verdict
from reconciler.cli.prompt import approved
from reconciler.cli.saving import save_plan
from reconciler.model.outcomes import Report
from reconciler.model.plan import Plan
from reconciler.model.plan_json import plan_in_pieces
from reconciler.model.typed import typed
from reconciler.render.plan_text import plan_text
from reconciler.render.totals import effective
from reconciler.runtime.options import ApplyOptions


@click.command("undo")
@click.argument("run")
@click.option(
    "--out",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Save the plan and apply nothing; `reconcile apply FILE` applies exactly it.",
)
@click.option("--auto-approve", is_flag=True, help="Do not ask. For machines.")
@allow_option()
@parallelism_option()
@lock_timeout_option()
@wait_option()
@click.option("-v", "--verbose", is_flag=True, help="Show every change and row; group and cut nothing.")
@output_options()
def command(
    run: str,
    out: str | None,
    auto_approve: bool,
    allow: dict[str, str],
    parallelism: int,
    lock_timeout: float,
    wait: float | None,
    verbose: bool,
    as_json: bool,
    no_color: bool,
) -> int:
    """Put back what a run has replaced, where nobody has changed it since.

    RUN is the id of a run, or the beginning of it (`reconcile history` lists them). What the run created is ended,
    or deleted while it is a draft. What cannot be restored is said, with the reason.

    The documents still declare what is undone: revert the commit too, or the next plan brings it back.
    """
    console = Console.open(json=as_json, no_color=no_color)
    if as_json and not (auto_approve or out):
        raise click.UsageError("--json leaves nobody to ask: give --out FILE, or --auto-approve.")
    options = ApplyOptions(parallelism=parallelism, allow=allow, lock_timeout=lock_timeout, wait=wait)
    if not out:
        earlier = _finish_interrupted(run, options, console)
        if earlier.stops:
            return told(earlier, console, verbose=verbose)
    plan = _planned(run, options, console)
    said = verdict(plan, detailed=False)
    goes_on = said is Exit.OK and bool(effective(plan))
    if out:
        save_plan(Path(out), plan, console.progress())
    if console.json and (out or not goes_on):
        console.write_pieces(plan_in_pieces(plan))
    elif not console.json:
        following = typed("apply", out) if out and goes_on else ""
        console.show(plan_text(plan, console.style, verbose=verbose, following=following))
    if out or not goes_on:
        return said
    if not (auto_approve or approved([part.account for part in plan.accounts], console.error_style)):
        console.say("Not applied: only `yes` is taken as consent.")
        return Exit.ERROR
    return told(applied(plan, options, console), console, plan=plan, verbose=verbose)


def _finish_interrupted(run: str, options: ApplyOptions, console: Console) -> Report:
    """An undo that was killed is finished first, and then planned anew: what it did is observed."""
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.undo import finish_interrupted

    report = finish_interrupted(workspace(), run, options, console.progress())
    say_finished(report, console)
    return report


def _planned(run: str, options: ApplyOptions, console: Console) -> Plan:
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.undo import make_undo

    return make_undo(workspace(), run, options.allow, console.progress(), lock_timeout=options.lock_timeout)
