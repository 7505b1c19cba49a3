"""`reconcile sync`: switches modules for many documents at once, in their files."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import accounts_option, output_options, select_option
from reconciler.model.modules import Level, Mode, Module

if TYPE_CHECKING:
    from reconciler.model.plan import Plan
    from reconciler.model.toggling import Toggling
    from reconciler.runtime.commands.sync import SyncOptions


@click.group("sync")
def command() -> None:
    """Switch modules on, off or to manual in the documents, for many offers at once. Nothing is sent."""


def _switching(function: Callable[..., int]) -> Callable[..., int]:
    """Give a verb its arguments, which all of them share."""
    options = (
        click.argument(
            "modules",
            metavar="MODULE...",
            nargs=-1,
            required=True,
            type=click.Choice([module.value for module in Module]),
        ),
        select_option(),
        click.option(
            "--name",
            "targets",
            multiple=True,
            metavar="GLOB",
            help="Only this offer, or Kind/name of another document; * and ? stand for letters.",
        ),
        click.option("--all", "whole", is_flag=True, help="Everything, also what comes later."),
        accounts_option(),
        click.option(
            "--level",
            type=click.Choice([level.value for level in Level]),
            help="Where to say it.  [default: where the fewest places say it]",
        ),
        click.option("--yes", is_flag=True, help="Do not ask. For machines."),
        output_options(),
    )
    for option in reversed(options):
        function = option(function)
    return function


@command.command("enable")
@_switching
def enable(**asked: Any) -> int:
    """Keep modules equal to the documents: `auto`.

    MODULE is settings, content, delivery, price, stock or bundle. The change of the files is shown, and what the
    next plan would do; then a `yes` writes them. Comments, order and quotes stay as they are.
    """
    return _switch(Mode.AUTO, **asked)


@command.command("disable")
@_switching
def disable(**asked: Any) -> int:
    """Never write modules to the marketplace: `off`.

    MODULE is settings, content, delivery, price, stock or bundle. The change of the files is shown, and what the
    next plan would do; then a `yes` writes them. Comments, order and quotes stay as they are.
    """
    return _switch(Mode.OFF, **asked)


@command.command("manual")
@_switching
def manual(**asked: Any) -> int:
    """Plan modules, and apply them only when --only names them: `manual`.

    MODULE is settings, content, delivery, price, stock or bundle. The change of the files is shown, and what the
    next plan would do; then a `yes` writes them. Comments, order and quotes stay as they are.
    """
    return _switch(Mode.MANUAL, **asked)


@command.command("status")
@accounts_option()
@output_options()
def status(accounts: tuple[str, ...], as_json: bool, no_color: bool) -> int:
    """Count the resources of each account that have each toggle of each module, and tell which levels say so.

    Offers have all six modules; a delivery price list is in `delivery`, a bundle in `bundle`, all else in
    `settings`. The marketplace is not asked.
    """
    from reconciler.cli.project import workspace
    from reconciler.model.report_json import to_text
    from reconciler.render.toggling_text import status_text, status_to_json
    from reconciler.runtime.commands.sync_status import sync_status

    console = Console.open(json=as_json, no_color=no_color)
    rows = sync_status(workspace(), accounts, console.progress())
    if console.json:
        console.write(to_text(status_to_json(rows)))
    else:
        console.show(status_text(rows, console.style))
    return Exit.OK


def _switch(
    mode: Mode,
    *,
    modules: tuple[str, ...],
    select: dict[str, str],
    targets: tuple[str, ...],
    whole: bool,
    accounts: tuple[str, ...],
    level: str | None,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> int:
    from reconciler.cli.project import workspace
    from reconciler.cli.prompt import consent
    from reconciler.runtime.commands.sync import SyncOptions, make_toggling, write_toggling
    from reconciler.runtime.options import PlanOptions

    console = Console.open(json=as_json, no_color=no_color)
    if whole == bool(select or targets):
        raise click.UsageError("Say which: --select LABEL=VALUE, --name GLOB, or --all.")
    if as_json and not yes:
        raise click.UsageError("--json leaves nobody to ask: give --yes.")
    options = SyncOptions(
        modules=tuple(dict.fromkeys(map(Module, modules))),
        mode=mode,
        chosen=PlanOptions(accounts=accounts, targets=targets, select=select),
        level=Level(level) if level else None,
    )
    toggling = make_toggling(workspace(), options, console.progress())
    plan = _shown(toggling, options, console)
    if toggling.files:
        if not (yes or consent("Write these toggles into the documents?", console.error_style)):
            console.say("Not written: only `yes` is taken as consent.")
            return Exit.ERROR
        write_toggling(workspace(), toggling)
    _told(toggling, plan, console)
    return Exit.OK


def _shown(toggling: "Toggling", options: "SyncOptions", console: Console) -> "Plan | None":
    """Show the files as they become, and the plan that comes of them; without a plan, say why there is none."""
    from reconciler.cli.failures import EXPECTED, failure_text
    from reconciler.cli.project import workspace
    from reconciler.render.plan_text import plan_text
    from reconciler.render.toggling_text import toggling_text
    from reconciler.runtime.commands.sync import next_plan

    if not console.json:
        console.show(toggling_text(toggling, console.style))
    if not toggling.files:
        return None
    try:
        plan = next_plan(workspace(), toggling, options, console.progress())
    except EXPECTED as ended:
        console.say("The next plan cannot be shown:", *failure_text(ended, console.error_style))
        return None
    if not console.json:
        console.show(["", console.style("strong", "The next plan:"), "", *plan_text(plan, console.style)])
    return plan


def _told(toggling: "Toggling", plan: "Plan | None", console: Console) -> None:
    from reconciler.model.plan_json import plan_to_json
    from reconciler.model.report_json import to_text
    from reconciler.render.toggling_text import toggling_to_json

    if console.json:
        body = toggling_to_json(toggling, written=bool(toggling.files))
        console.write(to_text({**body, "plan": plan_to_json(plan) if plan else None}))
    elif toggling.files:
        console.show(["Written.", "", f"Next: {console.style('strong', 'reconcile plan')}"])
