"""`reconcile adopt`: a document says which live resource it means, or takes what has drifted there."""

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import output_options, taking_options
from reconciler.cli.pull import updated


@click.command("adopt")
@click.argument("name", required=False)
@click.argument("remote_id", metavar="[ID]", required=False)
@click.option("--list", "list_all", is_flag=True, help="List the live offers that share a key, or have none.")
@click.option("--account", metavar="NAME", help="Only in this account.")
@click.option("--drift", is_flag=True, help="Take what has drifted into the documents, each value to its line.")
@taking_options("--drift")
@output_options()
def command(
    name: str | None,
    remote_id: str | None,
    list_all: bool,
    account: str | None,
    drift: bool,
    only: tuple[str, ...],
    override: bool,
    auto_approve: bool,
    as_json: bool,
    no_color: bool,
) -> int:
    """Let the document NAME mean the live offer ID, where its key does not tell which one.

    Writes `adopt: "ID"` into the document, and nothing else; nothing is sent. NAME is an offer's key or Kind/name.

    With --drift it takes the values that `reconcile drift` shows as changed on the marketplace, of NAME or of all,
    into the lines that define them. What the documents have changed since stays as they say.
    """
    console = Console.open(json=as_json, no_color=no_color)
    if drift:
        if list_all or remote_id is not None:
            raise click.UsageError("--drift takes a NAME at most.")
        if as_json and not auto_approve:
            raise click.UsageError("--json leaves nobody to ask: give --auto-approve.")
        accounts, targets = (account,) if account else (), (name,) if name else ()
        return updated(accounts, targets, only, console, override=override, auto_approve=auto_approve, drift=True)
    if only or override or auto_approve:
        raise click.UsageError("--only, --override and --auto-approve go with --drift.")
    if list_all == (name is not None or remote_id is not None):
        raise click.UsageError("Give NAME and ID, or --list.")
    if list_all:
        return _list(account, console)
    if name is None or remote_id is None:
        raise click.UsageError("Give NAME and ID: `reconcile adopt --list` lists the ids.")
    return _adopt(name, remote_id, account, console)


def _list(account: str | None, console: Console) -> int:
    from reconciler.cli.project import workspace
    from reconciler.model.report_json import to_text
    from reconciler.render.adopting_text import ambiguous_text, ambiguous_to_json
    from reconciler.runtime.commands.adopt import list_ambiguous

    found = list_ambiguous(workspace(), account, console.progress())
    if console.json:
        console.write(to_text(ambiguous_to_json(found)))
    else:
        console.show(ambiguous_text(found, console.style, width=console.columns))
    return Exit.OK


def _adopt(name: str, remote_id: str, account: str | None, console: Console) -> int:
    from reconciler.cli.project import workspace
    from reconciler.model.report_json import to_text
    from reconciler.render.adopting_text import adopted_text, adopted_to_json
    from reconciler.runtime.commands.adopt import adopt

    done = adopt(workspace(), name, remote_id, account, console.progress())
    if console.json:
        console.write(to_text(adopted_to_json(done)))
    else:
        console.show(adopted_text(done, console.style))
    return Exit.OK
