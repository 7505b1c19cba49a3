"""`reconcile history`: the runs, and what one of them did."""

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import output_options
from reconciler.model.history_json import runs_to_json, shown_to_json
from reconciler.model.report_json import to_text
from reconciler.render.history_text import history_text, shown_text


@click.group("history", invoke_without_command=True)
@click.option("--account", metavar="NAME", help="Only the runs on this account.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, metavar="N", help="The latest N runs."
)
@output_options()
@click.pass_context
def command(context: click.Context, account: str | None, limit: int, as_json: bool, no_color: bool) -> int | None:
    """List the runs: when, on which account, what for, whose, and what became of their rows."""
    if context.invoked_subcommand:
        return None
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.history import history

    console = Console.open(json=as_json, no_color=no_color)
    runs = history(workspace(), account, limit)
    if console.json:
        console.write(to_text(runs_to_json(runs)))
    else:
        console.show(history_text(runs, console.style))
    return Exit.OK


@command.command("show")
@click.argument("run")
@output_options()
def show(run: str, as_json: bool, no_color: bool) -> int:
    """Show everything that one run did: each field before and after, the outcome, and where it was written.

    RUN is the id of a run, or the beginning of it.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.history import shown

    console = Console.open(json=as_json, no_color=no_color)
    told, rows = shown(workspace(), run)
    if console.json:
        console.write(to_text(shown_to_json(told, rows)))
    else:
        console.show(shown_text(told, rows, console.style))
    return Exit.OK
