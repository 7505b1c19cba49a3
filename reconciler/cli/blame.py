"""`reconcile blame`: who wrote the value of a field, when, and where it was declared."""

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import output_options
from reconciler.model.history_json import blame_to_json
from reconciler.model.report_json import to_text
from reconciler.render.history_text import blame_text


@click.command("blame")
@click.argument("offer")
@click.argument("field", required=False)
@click.option("--account", metavar="NAME", help="Only the offer of this account.")
@output_options()
def command(offer: str, field: str | None, account: str | None, as_json: bool, no_color: bool) -> int:
    """Tell who wrote a value: the run, its commit and author, the file and line, and when.

    OFFER is the name of an offer, or Kind/name of another document; FIELD is a field such as price.base, or a
    module such as price.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.history import blame

    console = Console.open(json=as_json, no_color=no_color)
    blamed = blame(workspace(), offer, field, account)
    if console.json:
        console.write(to_text(blame_to_json(blamed)))
    else:
        console.show(blame_text(blamed, console.style))
    return Exit.OK
