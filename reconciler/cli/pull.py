"""`reconcile pull`: from the marketplace to documents: new ones, or the values of those that are there."""

from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import accounts_option, output_options, project_folder, taking_options
from reconciler.model.modules import Module
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
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="NAME",
    help="Only this offer, by its key or id, or Kind/name; * and ? stand for letters.",
)
@click.option("--update", is_flag=True, help="Take live values that differ into the documents that define them.")
@taking_options("--update", also=", also where it is `off`")
@output_options()
def command(
    accounts: tuple[str, ...],
    into: str | None,
    targets: tuple[str, ...],
    update: bool,
    only: tuple[str, ...],
    override: bool,
    auto_approve: bool,
    as_json: bool,
    no_color: bool,
) -> int:
    """Write documents for what is on the marketplace.

    Changes nothing there. Documents that exist are kept. With --target only what is named gets a document, and
    nothing that others share.

    With --update it is the other way round: documents that exist get the live values that differ, in the line
    where the value is defined; comments and all else stay as they are. The files are shown first.
    """
    console = Console.open(json=as_json, no_color=no_color)
    if update:
        if into:
            raise click.UsageError("--into is for new documents; --update writes to those that are there.")
        if as_json and not auto_approve:
            raise click.UsageError("--json leaves nobody to ask: give --auto-approve.")
        return updated(accounts, targets, only, console, override=override, auto_approve=auto_approve)
    if only or override or auto_approve:
        raise click.UsageError("--only, --override and --auto-approve go with --update.")
    return _pull(accounts, into, targets, console)


def _pull(accounts: tuple[str, ...], into: str | None, targets: tuple[str, ...], console: Console) -> int:
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.pull import pull

    target = Path(into) if into else project_folder()
    pulled = pull(workspace(), accounts, target, console.progress(), targets)
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


def updated(
    accounts: tuple[str, ...],
    targets: tuple[str, ...],
    only: tuple[str, ...],
    console: Console,
    *,
    override: bool,
    auto_approve: bool,
    drift: bool = False,
) -> int:
    """Show what goes into which files, ask, and write it; with `drift` only what has drifted."""
    from reconciler.cli.project import workspace
    from reconciler.cli.prompt import consent
    from reconciler.render.taking_text import taking_text, taking_to_json
    from reconciler.runtime.commands.update import make_update, write_update
    from reconciler.runtime.options import PlanOptions

    options = PlanOptions(accounts=accounts, targets=targets, only=frozenset(map(Module, only)))
    found = make_update(workspace(), options, console.progress(), override=override, drift=drift)
    taking = found.taking
    if not console.json:
        console.show(taking_text(taking, console.style))
    if taking.files:
        if not (auto_approve or consent("Write these values into the documents?", console.error_style)):
            console.say("Not written: only `yes` is taken as consent.")
            return Exit.ERROR
        write_update(workspace(), found)
    if console.json:
        console.write(to_text(taking_to_json(taking, written=bool(taking.files))))
    elif taking.files:
        console.show(["Written.", "", f"Next: {console.style('strong', 'reconcile plan')}"])
    if not taking.refused:
        return Exit.OK
    return Exit.PARTLY if taking.files else Exit.ERROR
