"""`reconcile sources`: the tables that stock and prices come from, and how they stand."""

from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit, worst
from reconciler.cli.options import output_options, source_option
from reconciler.model.diagnostics import has_errors
from reconciler.model.source_status import SourceState
from reconciler.model.typed import typed

#: Rows that are shown where nobody says how many.
_SHOWN = 20
_SHEETS = (".xlsx", ".ods")


@click.group("sources")
def command() -> None:
    """Look at the tables that stock and prices come from. They are read, and never written."""


@command.command("list")
@output_options()
def list_(as_json: bool, no_color: bool) -> int:
    """List all sources: where they are read from, what was read last, and how many offers follow each.

    Nothing is read now: `reconcile sources check` does.
    """
    from reconciler.cli.project import workspace
    from reconciler.model.report_json import to_text
    from reconciler.render.diagnostics_text import diagnostics_text
    from reconciler.render.source_status_text import sources_list, sources_to_json
    from reconciler.runtime.commands.sources import list_sources

    console = Console.open(json=as_json, no_color=no_color)
    found = list_sources(workspace())
    if console.json:
        console.write(to_text(sources_to_json(found.sources, found.diagnostics)))
    else:
        console.show(
            [*diagnostics_text(found.diagnostics, console.style), *sources_list(found.sources, console.style)]
        )
    return Exit.ERROR if has_errors(found.diagnostics) else Exit.OK


@command.command("check")
@click.argument("source_names", metavar="[NAME]...", nargs=-1)
@source_option()
@output_options()
def check(source_names: tuple[str, ...], sources: dict[str, str], as_json: bool, no_color: bool) -> int:
    """Read these sources now, or all, and tell whether a plan could use them.

    Rows that cannot be used are listed with their places. Exits with 3 where a plan would be refused for a source.
    """
    from reconciler.cli.project import workspace
    from reconciler.model.report_json import to_text
    from reconciler.render.diagnostics_text import diagnostics_text
    from reconciler.render.source_status_text import sources_checked, sources_list, sources_to_json
    from reconciler.runtime.commands.sources import check_sources

    console = Console.open(json=as_json, no_color=no_color)
    found = check_sources(workspace(), source_names, sources, console.progress())
    if console.json:
        console.write(to_text(sources_to_json(found.sources, found.diagnostics)))
    else:
        told = sources_checked if found.sources else sources_list
        console.show([*diagnostics_text(found.diagnostics, console.style), *told(found.sources, console.style)])
    mistakes = Exit.ERROR if has_errors(found.diagnostics) else Exit.OK
    return worst((mistakes, *(_end(each.state) for each in found.sources)))


@command.command("read")
@click.argument("source_name", metavar="NAME")
@click.option("--out", metavar="FILE.csv", type=click.Path(dir_okay=False), help="Write all rows to a CSV file.")
@click.option("--limit", metavar="N", type=click.IntRange(min=0), help="Show N rows, 0 for all. [default: 20]")
@click.option("--item", metavar="ITEM", help="Only the rows of this article.")
@click.option("--show-private", is_flag=True, help="Show private columns, too.")
@source_option()
@output_options()
def read(
    source_name: str,
    out: str | None,
    limit: int | None,
    item: str | None,
    show_private: bool,
    sources: dict[str, str],
    as_json: bool,
    no_color: bool,
) -> int:
    """Read a source now and show its rows, as stock and price rules see them.

    With --out all rows are written to a file, of the same time, which `plan --source NAME=FILE.csv` takes in the
    place of the source: a pull request is planned without the database. Exits with 3 where a plan is refused.
    """
    from reconciler.cli.project import workspace
    from reconciler.model.report_json import to_text
    from reconciler.render.source_status_text import rows_to_json, source_rows
    from reconciler.runtime.commands.sources import read_source, rows_of, write_rows

    console = Console.open(json=as_json, no_color=no_color)
    if out and (item is not None or limit is not None):
        raise click.UsageError(
            "--out writes all rows: a file with some of them would pass for a source that lost the rest."
        )
    if out and Path(out).suffix.lower() in _SHEETS:
        raise click.UsageError("--out writes a CSV file: name it FILE.csv.")
    found = read_source(workspace(), source_name, sources, console.progress())
    rows = rows_of(found, item, show_private=show_private)
    if out:
        write_rows(found, Path(out), show_private=show_private)
        following = typed("plan", "--source", f"{source_name}={out}")
        console.say(f"{len(found.reading.rows):,} rows written to {out}: {following}")
    if console.json:
        console.write(to_text(rows_to_json(rows, limit or None)))
    else:
        console.show(source_rows(rows, console.style, _SHOWN if limit is None else limit or None))
    return _end(found.status.state)


def _end(state: SourceState) -> Exit:
    if state is SourceState.MISTAKES:
        return Exit.ERROR
    return Exit.OK if state is SourceState.OK else Exit.GUARD
