"""`reconcile resync`: sends every owned field again. A last resort, asked for by name and agreed to."""

from typing import Any

import click

from reconciler.cli.apply import outcome_code
from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import allow_option, file_option, output_options, select_option, target_option
from reconciler.cli.plan import verdict
from reconciler.cli.prompt import approved
from reconciler.model.history import ResyncStatus
from reconciler.model.history_json import status_to_json
from reconciler.model.modules import Module
from reconciler.model.outcomes import Report
from reconciler.model.plan import Plan
from reconciler.model.plan_json import plan_in_pieces
from reconciler.model.report_json import report_in_pieces, to_text
from reconciler.render.report_text import report_text
from reconciler.render.resync_text import resync_text, status_text


@click.group("resync", invoke_without_command=True)
@click.option("--account", metavar="NAME", help="The account. There is no resync of everything.")
@click.option(
    "--only", multiple=True, type=click.Choice([each.value for each in Module]), help="Only this module."
)
@target_option()
@select_option()
@file_option()
@click.option("--images", is_flag=True, help="Images too, on a marketplace where a resync leaves them out.")
@click.option("--all-modules", is_flag=True, help="Also modules that are off or manual.")
@click.option("--yes", is_flag=True, help="Do not ask. For machines.")
@click.option("--restart", is_flag=True, help="Give up the unfinished resync of this account, and begin again.")
@allow_option()
@click.option(
    "--parallelism",
    type=click.IntRange(1, 200),
    default=10,
    show_default=True,
    metavar="N",
    help="Requests in flight at once.",
)
@click.option(
    "--lock-timeout",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Wait so long while somebody else resyncs the account.",
)
@output_options()
@click.pass_context
def command(context: click.Context, /, yes: bool, as_json: bool, no_color: bool, **asked: Any) -> int | None:
    """Send every owned field of every offer again, whether it differs or not.

    It makes much traffic and is a last resort, for the day on which the marketplace shows something else than it
    says. It prints how many offers, requests and hours that takes, and needs your `yes`. It runs behind normal
    runs, may be interrupted, and goes on when it is started again. Values that changed meanwhile are left alone.
    """
    if context.invoked_subcommand:
        return None
    if not asked["account"]:
        raise click.UsageError("say which account: --account NAME")
    if as_json and not yes:
        raise click.UsageError("--json leaves nobody to ask: give --yes.")
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.resync import ResyncOptions, resume_resync, start_resync, unfinished_resync

    console = Console.open(json=as_json, no_color=no_color)
    only = frozenset(Module(each) for each in asked["only"])
    options = ResyncOptions(**{**asked, "account": _one(asked["account"]), "only": only})
    left = None if options.restart else unfinished_resync(workspace(), options)
    if left is not None:
        _show(status_text([left], console.style), console)
        if not _agreed(options.account, yes, console):
            return Exit.ERROR
        return _told(resume_resync(workspace(), options, console.progress()), console)
    plan = _planned(options, console)
    said = verdict(plan, detailed=False)
    _show(resync_text(plan, console.style), console)
    if said is not Exit.OK or not plan.actions:
        return _not_started(plan, said, console)
    if not _agreed(options.account, yes, console):
        return Exit.ERROR
    return _told(start_resync(workspace(), plan, options, console.progress()), console)


def _one(pattern: str) -> str:
    """Return the account that a name or wildcard means: a resync is of one."""
    from reconciler.cli.project import workspace
    from reconciler.runtime.project.accounts import project_of
    from reconciler.runtime.project.choosing import chosen_accounts

    found = chosen_accounts((pattern,), project_of(workspace()).accounts)
    if len(found) > 1:
        raise click.UsageError(f"--account {pattern} means {len(found)} accounts; a resync is of one.")
    return found[0]


@command.command("status")
@click.option("--account", metavar="NAME", help="Only this account.")
@output_options()
def status(account: str | None, as_json: bool, no_color: bool) -> int:
    """Show how far a resync is: done, left, refused, the rate that was measured, and the time left."""
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.resync_status import resync_statuses

    console = Console.open(json=as_json, no_color=no_color)
    found: tuple[ResyncStatus, ...] = resync_statuses(workspace(), account)
    if console.json:
        console.write(to_text(status_to_json(found)))
    else:
        console.show(status_text(found, console.style))
    return Exit.OK


def _planned(options: Any, console: Console) -> Plan:
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.resync import make_resync

    return make_resync(workspace(), options, console.progress())


def _show(lines: Any, console: Console) -> None:
    if not console.json:
        console.show(lines)


def _not_started(plan: Plan, said: Exit, console: Console) -> Exit:
    if console.json:
        console.write_pieces(plan_in_pieces(plan))
    elif said is Exit.OK:
        console.show(["There is nothing to send."])
    return said


def _agreed(account: str, yes: bool, console: Console) -> bool:
    if yes or approved([account], console.error_style):
        return True
    console.say("Nothing was sent: only `yes` is taken as consent.")
    return False


def _told(report: Report, console: Console) -> Exit:
    if console.json:
        console.write_pieces(report_in_pieces(report))
    else:
        console.show(["", *report_text(report, console.style)])
    return outcome_code(report)
