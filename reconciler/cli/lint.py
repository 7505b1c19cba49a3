"""`reconcile lint`: what is allowed in documents and still a pity."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.machine import MACHINE, folder_in_repository, write_located
from reconciler.cli.options import accounts_option, format_option, output_options
from reconciler.model.report_json import Json
from reconciler.render.machine import located
from reconciler.render.style import Style
from reconciler.render.words import counted

if TYPE_CHECKING:
    from reconciler.runtime.commands.lint import Cause, Linted

_FIRST = 3


@click.command("lint")
@click.option("--check", is_flag=True, help="Exit with 2 where anything is found.")
@click.option("--all", "every", is_flag=True, help="Show all places, not only the first of each cause.")
@accounts_option()
@format_option(("text", "json", *MACHINE))
@output_options()
def command(check: bool, every: bool, accounts: tuple[str, ...], form: str, as_json: bool, no_color: bool) -> int:
    """Find what is allowed in documents and still a pity, by cause: wasted titles, shared GTINs, no safety data.

    Nothing is asked of the marketplace. A rule is switched off by `lint: {L001: off}` in reconcile.yaml, and for
    one line by a comment in it or above it: `# reconcile: ignore L001`.

    SARIF, JUnit, code quality (GitLab) and annotations (GitHub) are all places as other programs read them.
    """
    from reconciler.cli.project import workspace
    from reconciler.model.report_json import to_text
    from reconciler.runtime.commands.lint import lint

    console = Console.open(json=as_json or form == "json", no_color=no_color)
    project = workspace()
    found = lint(project, accounts)
    if console.json:
        console.write(to_text(_json(found)))
    elif form in MACHINE:
        places = (one for each in found.causes for one in each.findings)
        write_located(form, located(places, folder=folder_in_repository(project.root)), console, "lint")
    else:
        console.show(_text(found, console.style, most=None if every else _FIRST))
    return Exit.CHANGES if check and found.causes else Exit.OK


def _text(found: "Linted", style: Style, most: int | None) -> Iterator[str]:
    for each in found.causes:
        yield from _cause(each, style, most)
        yield ""
    ignored = f" {counted(found.ignored, 'place')} ignored by comments." if found.ignored else ""
    documents = counted(found.documents, "document")
    if not found.causes:
        yield f"{style('added', 'Nothing found.')} {documents} looked at.{ignored}"
        return
    places = counted(sum(len(each.findings) for each in found.causes), "place")
    causes = counted(len(found.causes), "cause")
    yield f"{style('warning', 'Found:')} {causes}, {places}, in {documents}.{ignored}"


def _cause(cause: "Cause", style: Style, most: int | None) -> Iterator[str]:
    label = style("warning", f"warning[{cause.code}]")
    yield f"{label}: {cause.cause}: {counted(len(cause.findings), 'place')}"
    for each in cause.findings[:most]:
        yield f"    {style('strong', f'{each.mark}:')} {each.summary}"
    if most is not None and len(cause.findings) > most:
        yield style("dim", f"    … and {len(cause.findings) - most:,} more")
    yield style("dim", f"    hint: {cause.findings[0].hint}")


def _json(found: "Linted") -> Json:
    from reconciler.model.plan import FORMAT_VERSION
    from reconciler.model.report_json import diagnostic_to_json

    return {
        "format_version": FORMAT_VERSION,
        "documents": found.documents,
        "ignored": found.ignored,
        "causes": [{"code": each.code, "cause": each.cause, "count": len(each.findings)} for each in found.causes],
        "diagnostics": [diagnostic_to_json(one) for each in found.causes for one in each.findings],
    }
