"""`reconcile fmt`: one canonical form for the text of all documents."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.options import in_project, output_options
from reconciler.render.style import Style
from reconciler.render.words import counted

if TYPE_CHECKING:
    from reconciler.runtime.commands.fmt import Formatting


@click.command("fmt")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--check", is_flag=True, help="Write nothing; exit with 2 where a file would be changed.")
@click.option(
    "--no-cache", "uncached", is_flag=True, help="Look at every file anew, whatever was in this form before."
)
@output_options()
def command(files: tuple[str, ...], check: bool, uncached: bool, as_json: bool, no_color: bool) -> int:
    """Write all documents in one form, or only these files and folders.

    The order of sections, two spaces a level, and the quotes that `pull` writes. Documents mean the same as
    before, comments stay where they belong, and what is formatted once is not changed a second time.
    """
    from reconciler.cli.project import workspace
    from reconciler.model.plan import FORMAT_VERSION
    from reconciler.model.report_json import to_text
    from reconciler.runtime.commands.fmt import make_formatting, write_formatting

    console = Console.open(json=as_json, no_color=no_color)
    project = workspace()
    chosen = [in_project(each) for each in files]
    found = make_formatting(project, chosen, cached=not uncached, progress=console.progress())
    if not check:
        write_formatting(project, found)
    if console.json:
        left = [{"file": path, "why": why} for path, why in found.left.items()]
        body = {"format_version": FORMAT_VERSION, "written": not check, "files": list(found.files), "left": left}
        console.write(to_text(body))
    else:
        console.show(_text(found, console.style, check=check))
    return Exit.CHANGES if check and found.files else Exit.OK


def _text(found: "Formatting", style: Style, *, check: bool) -> Iterator[str]:
    for path in found.files:
        yield f"{'would be formatted' if check else 'formatted'}: {path}"
    for path, why in found.left.items():
        yield f"left as it is: {path}: {why}"
    looked_at = counted(found.looked_at, "file")
    if not found.files:
        yield f"{style('added', 'Nothing to do.')} {looked_at} looked at."
    elif check:
        yield f"{style('warning', 'Not formatted:')} {len(found.files):,} of {looked_at}. Run `reconcile fmt`."
    else:
        yield f"{style('added', 'Formatted:')} {len(found.files):,} of {looked_at}."
