"""`reconcile graph`: who refers to whom among the documents."""

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import select_option, target_option


@click.command("graph")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "dot", "mermaid"]),
    default="text",
    show_default=True,
    help="For people, for Graphviz, or for Markdown on GitHub and GitLab.",
)
@click.option("--apart", is_flag=True, help="Draw every offer by itself, also where many refer to the same.")
@select_option()
@target_option()
@click.option("--no-color", is_flag=True, help="No colours.")
def command(form: str, apart: bool, select: dict[str, str], targets: tuple[str, ...], no_color: bool) -> int:
    """Tell which documents refer to which: offers, templates, price lists, policies, Defaults, sources.

    Offers of one folder that refer to the same things are drawn as one. With --target or --select it is the part
    around these documents: what they refer to, and what refers to them.
    """
    from reconciler.cli.project import workspace
    from reconciler.render.graph_text import graph_dot, graph_mermaid, graph_text
    from reconciler.runtime.commands.graph import make_graph

    console = Console.open(no_color=no_color)
    graph = make_graph(workspace(), select, targets, apart=apart)
    if form == "text":
        console.show(graph_text(graph, console.style))
    else:
        console.show_unlimited((graph_dot if form == "dot" else graph_mermaid)(graph))
    return Exit.OK
