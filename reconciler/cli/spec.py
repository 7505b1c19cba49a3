"""`reconcile spec`: the facts of a marketplace, shown or checked."""

from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.failures import Refusal
from reconciler.model.bounds import DOCUMENT
from reconciler.render.diagnostics_text import diagnostics_text, findings


@click.group("spec")
def command() -> None:
    """Show or check the facts of a marketplace.

    Which fields belong to which module, what they are limited to, how they are written, and at which rate.
    """


@command.command("show")
@click.argument("marketplace", required=False)
@click.option("--markdown", is_flag=True, help="Markdown tables, as in the documentation.")
@click.option("--no-color", is_flag=True, help="No colours.")
def show(marketplace: str | None, markdown: bool, no_color: bool) -> int:
    """Show the facts of a marketplace as tables; of the only one that is installed, where none is named."""
    from reconciler.documents.resources import spec_names
    from reconciler.documents.specs import load_spec
    from reconciler.render.spec_text import spec_markdown, spec_text

    console = Console.open(no_color=no_color)
    known = spec_names()
    if marketplace is None and len(known) > 1:
        raise Refusal("which marketplace is meant?", f"there are: {', '.join(known)}")
    if marketplace is not None and marketplace not in known:
        raise Refusal(f"there is no spec of {marketplace}", f"there are: {', '.join(known)}")
    spec = load_spec(marketplace or known[0])
    console.show(spec_markdown(spec) if markdown else spec_text(spec, console.style))
    return Exit.OK


@command.command("compare")
@click.argument("marketplaces", nargs=-1)
@click.option("--markdown", is_flag=True, help="Markdown tables, as in the documentation.")
@click.option("--no-color", is_flag=True, help="No colours.")
def compare(marketplaces: tuple[str, ...], markdown: bool, no_color: bool) -> int:
    """Show what each module means on each marketplace, side by side: what it takes, costs, and does not have."""
    from reconciler.documents.resources import spec_names
    from reconciler.documents.specs import load_spec
    from reconciler.render.compared_text import compared_markdown, compared_text

    console = Console.open(no_color=no_color)
    known = spec_names()
    if unknown := [each for each in marketplaces if each not in known]:
        raise Refusal(f"there is no spec of {unknown[0]}", f"there are: {', '.join(known)}")
    specs = [load_spec(name) for name in dict.fromkeys(marketplaces) or known]
    console.show(compared_markdown(specs) if markdown else compared_text(specs, console.style))
    return Exit.OK


@command.command("check")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--no-color", is_flag=True, help="No colours.")
def check(file: str | None, no_color: bool) -> int:
    """Check a spec file, or all specs that are installed."""
    from reconciler.documents.resources import spec_names, spec_text
    from reconciler.documents.specs import check_spec
    from reconciler.runtime.reading import read_file

    console = Console.open(no_color=no_color)
    texts = (
        {file: read_file(Path(file), DOCUMENT)}
        if file
        else {f"specs/{name}.yaml": spec_text(name).encode() for name in spec_names()}
    )
    found = [problem for name, text in texts.items() for problem in check_spec(name, text)]
    console.show(diagnostics_text(found, console.style))
    console.show([f"{', '.join(texts)}: {findings(found) or 'no findings'}."])
    return Exit.ERROR if found else Exit.OK
