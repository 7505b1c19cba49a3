"""`reconcile explain`: why a field is as it is."""

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import output_options, source_option


@click.command("explain")
@click.argument("offer")
@click.argument("field", required=False)
@click.option("--account", metavar="NAME", help="Only the offer of this account.")
@click.option("--offline", is_flag=True, help="Ask neither the marketplace nor a source that is not a file.")
@source_option()
@click.option("--show-private", is_flag=True, help="Show what columns that are `private` say.")
@output_options()
def command(
    offer: str,
    field: str | None,
    account: str | None,
    offline: bool,
    sources: dict[str, str],
    show_private: bool,
    as_json: bool,
    no_color: bool,
) -> int:
    """Explain a value: which file says it, who decided that it is synced, what is live, and what comes next.

    OFFER is the name of an offer, or Kind/name of another document; FIELD is a field such as price.base, or a
    module such as price. Nothing is sent. Mistakes of other documents are left to `validate`.
    """
    from reconciler.cli.project import workspace
    from reconciler.model.report_json import to_text
    from reconciler.render.diagnostics_text import diagnostics_text
    from reconciler.render.explained_text import explained_text, explained_to_json
    from reconciler.runtime.commands.explain import explain

    console = Console.open(json=as_json, no_color=no_color)
    found = explain(
        workspace(),
        offer,
        field,
        account,
        offline=offline,
        progress=console.progress(),
        sources=sources,
        private=show_private,
    )
    if console.json:
        console.write(to_text(explained_to_json(found.found, found.diagnostics)))
    else:
        if found.diagnostics:
            console.show([*diagnostics_text(found.diagnostics, console.style), ""])
        console.show(explained_text(found.found, console.style, whole=field is not None))
    return Exit.ERROR if found.diagnostics else Exit.OK
