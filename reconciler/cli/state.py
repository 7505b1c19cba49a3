"""`reconcile state`: what is managed, since when, by which project and run."""

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import output_options


@click.group("state")
def command() -> None:
    """Tell what is managed: what the removal of its document may end. The marketplace is not asked."""


@command.command("list")
@click.option("--account", metavar="NAME", help="Only this account.")
@click.option("--others", is_flag=True, help="What other projects manage on the same logins, too.")
@output_options()
def list_(account: str | None, others: bool, as_json: bool, no_color: bool) -> int:
    """List what is managed: since when, and by which run."""
    from reconciler.cli.project import workspace
    from reconciler.model.report_json import to_text
    from reconciler.render.state_text import state_text, state_to_json
    from reconciler.runtime.commands.state import state

    console = Console.open(json=as_json, no_color=no_color)
    rows = state(workspace(), account, others=others)
    if console.json:
        console.write(to_text(state_to_json(rows)))
    else:
        console.show(state_text(rows, console.style))
    return Exit.OK


@command.command("show")
@click.argument("name")
@click.option("--account", metavar="NAME", help="Only this account.")
@output_options()
def show(name: str, account: str | None, as_json: bool, no_color: bool) -> int:
    """Show what is known of one resource: an offer's key, or Kind/name."""
    from reconciler.cli.project import workspace
    from reconciler.model.report_json import to_text
    from reconciler.render.state_text import shown_text, state_to_json
    from reconciler.runtime.commands.state import shown_state

    console = Console.open(json=as_json, no_color=no_color)
    rows = shown_state(workspace(), name, account)
    if console.json:
        console.write(to_text(state_to_json(rows)))
    else:
        console.show(shown_text(rows, console.style))
    return Exit.OK
