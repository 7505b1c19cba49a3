"""`reconcile show`: a saved plan or report, as text, as Markdown for a pull request, as a page, or as JSON."""

import shlex
from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit
from reconciler.cli.failures import Refusal
from reconciler.cli.machine import MACHINE, folder_in_repository, write_located
from reconciler.cli.options import format_option, output_options, project_folder, shown_options
from reconciler.model.bounds import PLAN
from reconciler.model.diagnostics import has_errors
from reconciler.model.outcomes import Report
from reconciler.model.plan import Plan
from reconciler.model.plan_json import plan_in_pieces
from reconciler.model.report_json import report_in_pieces
from reconciler.model.saved import load_saved
from reconciler.render.machine import of_plan
from reconciler.render.plan_text import plan_text
from reconciler.render.report_markdown import report_markdown
from reconciler.render.report_text import report_text
from reconciler.render.totals import acts
from reconciler.runtime.collector import collector_off

FORMATS = ("text", "markdown", "html", "json", *MACHINE)
LANGUAGES = ("en", "pl")


@click.command("show")
@click.argument("saved", metavar="PLAN.json", type=click.Path(exists=True, dir_okay=False))
@format_option(FORMATS)
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False), help="The file of an HTML page.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of an HTML page."
)
@shown_options()
@output_options()
def command(
    saved: str,
    form: str,
    out: str | None,
    lang: str,
    show_unsynced: bool,
    by: str,
    verbose: bool,
    as_json: bool,
    no_color: bool,
) -> int:
    """Show a plan of `plan --out` once more, or the report of `apply --json`.

    Markdown is a comment for a pull request: one for each account, of 60,000 characters at most; that of a report
    takes the place of the plan's. HTML is one file that opens offline (`--out`). SARIF, JUnit,
    code quality (GitLab) and annotations (GitHub) have what was found and what guards refuse at file:line. Nothing
    is read from the marketplace, and nothing is changed.
    """
    if (form == "html") != bool(out) or (form == "html" and as_json):
        raise click.UsageError("A page needs a file, and only a page does: `--format html --out report.html`.")
    console = Console.open(json=as_json or form == "json", no_color=no_color)
    found = read_saved(Path(saved))
    if out:
        return _save_page(found, Path(out), lang, console)
    if console.json:
        console.write_pieces(report_in_pieces(found) if isinstance(found, Report) else plan_in_pieces(found))
    elif isinstance(found, Report):
        if form in MACHINE:
            raise click.UsageError("A report is shown as text, as Markdown or as JSON.")
        if form == "markdown":
            console.show_unlimited(report_markdown(found))
            return Exit.OK
        console.show(report_text(found, console.style, verbose=verbose))
    elif form in MACHINE:
        write_located(form, of_plan(found, _folder()), console, "plan")
    elif form == "markdown":
        following = shlex.join(["reconcile", "apply", saved])
        with collector_off():
            from reconciler.render.plan_markdown import plan_markdown

            console.show_unlimited(plan_markdown(found, verbose=verbose, following=following))
    else:
        following = _following(found, saved)
        console.show(
            plan_text(
                found,
                console.style,
                verbose=verbose,
                show_unsynced=show_unsynced,
                by_offer=by == "offer",
                following=following,
            )
        )
    return Exit.OK


def _save_page(found: Plan | Report, file: Path, language: str, console: Console) -> int:
    from reconciler.cli.saving import save
    from reconciler.render.html.page import html_page
    from reconciler.render.html.plan_data import plan_data
    from reconciler.render.html.report_data import report_data

    data = report_data(found) if isinstance(found, Report) else plan_data(found)
    save(file, html_page(data, language))
    console.say(f"{file} written.")
    return Exit.OK


def _folder() -> str:
    """Return where the project lies in its repository; a plan is shown outside of any project, too."""
    from reconciler.runtime.project.workspace import find_project

    found = find_project(project_folder())
    return folder_in_repository(found) if isinstance(found, Path) else ""


def _following(plan: Plan, saved: str) -> str:
    applies = not has_errors(plan.diagnostics) and not plan.refused and acts(plan)
    return shlex.join(["reconcile", "apply", saved]) if applies else ""


def read_saved(file: Path) -> Plan | Report:
    """Read a plan or a report. Refusal where the file cannot be read."""
    from reconciler.runtime.reading import read_file

    try:
        with collector_off():
            return load_saved(read_file(file, PLAN))
    except OSError as wrong:
        raise Refusal(f"{file} cannot be read: {wrong.strerror}") from wrong
