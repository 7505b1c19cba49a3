"""`reconcile release`: lets go of resources, so that removing their documents ends nothing."""

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import output_options
from reconciler.render.words import counted


@click.command("release")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--account", metavar="NAME", help="Only in this account.")
@output_options()
def command(names: tuple[str, ...], account: str | None, as_json: bool, no_color: bool) -> int:
    """Let go of resources: they stay on the account, and removing their documents ends nothing.

    NAME is an offer's key or Kind/name; wildcards work as in a shell. Nothing is sent to the marketplace. What
    still has a document is managed again with the next apply: remove the document, or list the name in a document
    of `kind: Released`.
    """
    from reconciler.cli.project import workspace
    from reconciler.model.plan import FORMAT_VERSION
    from reconciler.model.report_json import key_to_json, to_text
    from reconciler.runtime.commands.state import release

    console = Console.open(json=as_json, no_color=no_color)
    released = release(workspace(), names, account)
    if console.json:
        keys = [key_to_json(each.key) for each in released]
        console.write(to_text({"format_version": FORMAT_VERSION, "released": keys}))
        return Exit.OK
    for each in released:
        console.show([f"  {each.key} of account {each.key.account}, #{each.remote_id}"])
    console.show(
        [f"Released {counted(len(released), 'resource')}: nothing was sent, and they stay on the account."]
    )
    return Exit.OK
