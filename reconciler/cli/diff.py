"""`reconcile diff`: what two revisions of the documents mean differently."""

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import accounts_option, output_options


@click.command("diff")
@click.argument("before", metavar="REV1")
@click.argument("after", metavar="[REV2]", required=False, default="")
@accounts_option()
@click.option("-v", "--verbose", is_flag=True, help="Show every change and row; group and cut nothing.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when anything differs.")
@output_options()
def command(
    before: str,
    after: str,
    accounts: tuple[str, ...],
    verbose: bool,
    detailed_exitcode: bool,
    as_json: bool,
    no_color: bool,
) -> int:
    """Show what the documents mean differently from a git revision to another, or to the files here.

    All that documents inherit is merged: an edited template shows at every offer that it changes. The marketplace
    is not asked, and nothing is checked out. Numbers come from the rows of sources that were read last.
    """
    from reconciler.cli.project import workspace
    from reconciler.model.changes_json import change_to_json
    from reconciler.model.plan import FORMAT_VERSION
    from reconciler.model.report_json import key_to_json, to_text
    from reconciler.render.difference import Pen
    from reconciler.render.revisions_text import revisions_text
    from reconciler.runtime.commands.diff import compare_revisions

    console = Console.open(json=as_json, no_color=no_color)
    found = compare_revisions(workspace(), before, after, accounts, console.progress())
    if console.json:
        body = {
            "format_version": FORMAT_VERSION,
            "before": found.before,
            "after": found.after,
            "changes": [change_to_json(each) for each in found.changes],
            "left_out": [key_to_json(each) for each in found.left_out],
        }
        console.write(to_text(body))
    else:
        pen = Pen(style=console.style, verbose=verbose)
        console.show(revisions_text(found.changes, found.left_out, pen))
    return Exit.CHANGES if detailed_exitcode and found.changes else Exit.OK
