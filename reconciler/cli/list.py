"""`reconcile list`: everything that is declared or on sale, with its state."""

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import output_options, select_option
from reconciler.model.listed import ListedState


@click.command("list")
@click.option("--account", "accounts", multiple=True, metavar="NAME", help="Only this account.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind, such as Offer.")
@click.option("--target", "targets", multiple=True, metavar="NAME", help="Only these; * and ? stand for letters.")
@select_option()
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([each.value for each in ListedState]),
    metavar="STATE",
    help=f"Only in this state: {', '.join(ListedState)}.",
)
@click.option("--offline", is_flag=True, help="Do not ask the marketplace: tell what is remembered.")
@output_options()
def command(
    accounts: tuple[str, ...],
    kinds: tuple[str, ...],
    targets: tuple[str, ...],
    select: dict[str, str],
    states: tuple[str, ...],
    offline: bool,
    as_json: bool,
    no_color: bool,
) -> int:
    """List every declared resource and every live offer without a document.

    Each with its state, its id, its file and the modules that the project owns. Nothing is sent. With --offline
    the state is that of the last look: `in sync` is what was declared then. What has a document with mistakes is
    `unclear`; these are listed first, and the exit code is 1.
    """
    from reconciler.cli.project import workspace
    from reconciler.model.report_json import to_text
    from reconciler.render.diagnostics_text import diagnostics_text
    from reconciler.render.listed_text import listed_text, listed_to_json
    from reconciler.runtime.commands.list import ListOptions, list_all
    from reconciler.runtime.options import PlanOptions

    console = Console.open(json=as_json, no_color=no_color)
    _check_kinds(kinds)
    options = ListOptions(
        chosen=PlanOptions(accounts=accounts, targets=targets, select=select),
        kinds=kinds,
        states=tuple(ListedState(each) for each in states),
        offline=offline,
    )
    found = list_all(workspace(), options, console.progress())
    if console.json:
        console.write(to_text(listed_to_json(found.rows, found.diagnostics)))
    else:
        if found.diagnostics:
            console.show([*diagnostics_text(found.diagnostics, console.style), ""])
        console.show(listed_text(found.rows, console.style, width=console.columns))
    return Exit.ERROR if found.diagnostics else Exit.OK


def _check_kinds(kinds: tuple[str, ...]) -> None:
    from reconciler.documents.kinds import named_kinds
    from reconciler.documents.near import did_you_mean

    for each in kinds:
        if each not in named_kinds():
            hint = did_you_mean(each, named_kinds(), otherwise=f"The kinds are {', '.join(named_kinds())}.")
            raise click.BadParameter(f"there is no kind {each!r}. {hint}", param_hint="--kind")
