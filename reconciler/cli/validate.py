"""`reconcile validate`: everything that can be known without the marketplace."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import accounts_option, output_options
from reconciler.model.diagnostics import has_errors
from reconciler.model.offers import OFFER
from reconciler.model.report_json import Json, diagnostic_to_json, to_text
from reconciler.render.diagnostics_text import diagnostics_text, findings
from reconciler.render.style import Style
from reconciler.render.words import counted

if TYPE_CHECKING:
    from reconciler.runtime.commands.validate import Validation


@click.command("validate")
@accounts_option()
@output_options()
def command(accounts: tuple[str, ...], as_json: bool, no_color: bool) -> int:
    """Check all documents, without the marketplace.

    Syntax, grammar, references between documents, templates, images, and the limits of each marketplace: all
    findings in one go, each with its file, line and column.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.validate import validate

    console = Console.open(json=as_json, no_color=no_color)
    begun = time.perf_counter()
    found = validate(workspace(), accounts)
    if console.json:
        console.write(to_text(_json(found)))
    else:
        console.show(_text(found, console.style))
        console.say(f"Checked in {time.perf_counter() - begun:.2f} s.")
    return Exit.ERROR if has_errors(found.diagnostics) else Exit.OK


def _text(found: "Validation", style: Style) -> Iterator[str]:
    if found.diagnostics:
        yield from diagnostics_text(found.diagnostics, style)
        yield ""
    documents = counted(len(found.documents.documents), "document")
    offers = counted(sum(each.key.kind == OFFER for each in found.desired), "offer")
    said = f"{documents} read, {offers} resolved: syntax, grammar, references, templates, limits."
    if has_errors(found.diagnostics):
        yield f"{style('error', 'Not valid:')} {findings(found.diagnostics)} in {documents}."
        return
    warned = f" {findings(found.diagnostics)}." if found.diagnostics else ""
    yield f"{style('added', 'Valid.')} {said}{warned}"


def _json(found: "Validation") -> Json:
    kinds = Counter(document.kind for document in found.documents.documents)
    return {
        "format_version": 1,
        "valid": not has_errors(found.diagnostics),
        "documents": dict(sorted(kinds.items())),
        "offers": sum(each.key.kind == OFFER for each in found.desired),
        "diagnostics": [diagnostic_to_json(each) for each in found.diagnostics],
    }
