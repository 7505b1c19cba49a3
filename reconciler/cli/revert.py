"""`reconcile revert`: a plan that puts back what has drifted, shown, approved and applied as any other."""

from pathlib import Path
from typing import Any

import click

from reconciler.cli.apply import applied, told
from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import output_options, planning_options
from reconciler.cli.plan import plan_options, verdict, write_plan
from reconciler.cli.prompt import approved
from reconciler.cli.saving import save_plan
from reconciler.model.typed import typed
from reconciler.render.plan_text import plan_text
from reconciler.render.totals import effective
from reconciler.render.words import counted
from reconciler.runtime.options import ApplyOptions


@click.command("revert")
@planning_options()
@click.option(
    "--out",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Save the plan and apply nothing; `reconcile apply FILE` applies exactly it.",
)
@click.option("--auto-approve", is_flag=True, help="Do not ask. For machines.")
@click.option("-v", "--verbose", is_flag=True, help="Show every change and row; group and cut nothing.")
@output_options()
def command(
    out: str | None, auto_approve: bool, verbose: bool, as_json: bool, no_color: bool, **narrowing: Any
) -> int:
    """Put back what has drifted: what moved on the marketplace, and not in the documents.

    What the documents have changed is left to `apply`. Of a module with both nothing is sent: half of a
    price or a stock would be what nobody meant. What is gone from the account is created by `apply` only.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.drift import make_revert

    console = Console.open(json=as_json, no_color=no_color)
    if as_json and not (auto_approve or out):
        raise click.UsageError("--json leaves nobody to ask: give --out FILE, or --auto-approve.")
    found = make_revert(workspace(), plan_options(**narrowing), console.progress())
    plan = found.plan
    said = verdict(plan, detailed=False)
    goes_on = said is Exit.OK and bool(effective(plan))
    if out:
        save_plan(Path(out), plan, console.progress())
    if console.json and (out or not goes_on):
        write_plan(plan, console)
    elif not console.json:
        following = typed("apply", out) if out and goes_on else ""
        console.show(plan_text(plan, console.style, verbose=verbose, following=following))
        if left := len({each.key for each in found.left_out}):
            console.show([f"{counted(left, 'resource')} with other changes left to `reconcile apply`."])
    if out or not goes_on:
        return said
    if not (auto_approve or approved([part.account for part in plan.accounts], console.error_style)):
        console.say("Not applied: only `yes` is taken as consent.")
        return Exit.ERROR
    options = ApplyOptions(allow=narrowing["allow"])
    return told(applied(plan, options, console), console, plan=plan, verbose=verbose)
