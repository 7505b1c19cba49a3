"""`reconcile pull`: from the marketplace to documents, for a seller who starts with offers that exist."""

from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import accounts_option, output_options, project_folder
from reconciler.model.report_json import to_text
from reconciler.render.report_text import pulled_text


@click.command("pull")
@accounts_option()
@click.option(
    "--into",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Where the documents go.  [default: the project's folder]",
)
@output_options()
def command(accounts: tuple[str, ...], into: str | None, as_json: bool, no_color: bool) -> int:
    """Write documents for what is on the marketplace.

    Changes nothing there. Documents that exist are kept.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.pull import pull

    console = Console.open(json=as_json, no_color=no_color)
    pulled = pull(workspace(), accounts, Path(into) if into else project_folder(), console.progress())
    if console.json:
        body = {
            "format_version": 1,
            "files": list(pulled.files),
            "documents": dict(pulled.documents),
            "notes": list(pulled.notes),
        }
        console.write(to_text(body))
    else:
        console.show(pulled_text(pulled.files, dict(pulled.documents), pulled.notes))
        console.show(["", f"Next: {console.style('strong', 'reconcile plan')}"])
    return Exit.OK
