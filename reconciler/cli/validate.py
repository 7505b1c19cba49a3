"""`reconcile validate`: everything that can be known without the marketplace, or all that a plan would find."""

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click
from msgspec.structs import asdict

from reconciler.cli.accounts import of_problem
from reconciler.cli.console import Console
from reconciler.cli.exit_codes import Exit, worst
from reconciler.cli.machine import MACHINE, file_located, folder_in_repository, report_option, write_located
from reconciler.cli.options import (
    accounts_option,
    changed_since_option,
    format_option,
    no_cache_option,
    output_options,
    source_option,
)
from reconciler.model.diagnostics import has_errors
from reconciler.model.plan import FORMAT_VERSION, Problem
from reconciler.model.report_json import Json, diagnostic_to_json, to_text
from reconciler.model.tables import ReadingState, SourceRead
from reconciler.render.diagnostics_text import diagnostics_text, findings
from reconciler.render.machine import Located, located
from reconciler.render.sources_text import sources_text
from reconciler.render.style import Style
from reconciler.render.words import counted

if TYPE_CHECKING:
    from reconciler.runtime.commands.validate import Online, Validation


@click.command("validate")
@click.option("--online", is_flag=True, help="Ask sources and the marketplace, too: find what a plan would find.")
@source_option()
@accounts_option()
@no_cache_option()
@changed_since_option()
@format_option(("text", "json", *MACHINE))
@report_option()
@output_options()
def command(
    online: bool,
    sources: dict[str, str],
    accounts: tuple[str, ...],
    uncached: bool,
    changed_since: str,
    form: str,
    reports: dict[str, str],
    as_json: bool,
    no_color: bool,
) -> int:
    """Check all documents, without the marketplace.

    Syntax, grammar, references between documents, templates, images, and the limits of each marketplace: all
    findings in one go, each with its file, line and column.

    With --online sources are read and the marketplace is asked for categories, parameters, products and all that
    documents name: the findings are those of `reconcile plan`. There is no plan, and nothing to apply.

    SARIF, JUnit, code quality (GitLab) and annotations (GitHub) are the findings as other programs read them;
    --report writes them to files besides, in one go: a pipeline needs several.
    """
    from reconciler.cli.project import workspace
    from reconciler.runtime.commands.validate import validate

    if sources and not online:
        raise click.UsageError("--source goes with --online: without it no source is read.")
    console = Console.open(json=as_json or form == "json", no_color=no_color)
    begun = time.perf_counter()
    if online:
        from reconciler.runtime.commands.validate_online import validate_online
        from reconciler.runtime.options import PlanOptions

        options = PlanOptions(accounts=accounts, sources=sources, changed_since=changed_since)
        found = validate_online(workspace(), options, console.progress())
    else:
        found = validate(workspace(), accounts, changed_since, cached=not uncached, progress=console.progress())
    if reports:
        file_located(reports, _located(found), lambda: to_text(_json(found)), "validate")
    if console.json:
        console.write(to_text(_json(found)))
    elif form in MACHINE:
        write_located(form, _located(found), console, "validate")
    else:
        console.show(_text(found, console.style))
        asked = f", with {counted(found.online.requests, 'request')}" if found.online else ""
        console.say(f"Checked in {time.perf_counter() - begun:.2f} s{asked}.")
    return _end(found)


def _located(found: "Validation") -> tuple[Located, ...]:
    from reconciler.cli.project import workspace

    unchecked = [(each.reason, each.summary, each.hint) for each in _unchecked(found).values()]
    folder = folder_in_repository(workspace().root)
    return located(found.diagnostics, sources=_unread(found), unchecked=unchecked, folder=folder)


def _end(found: "Validation") -> Exit:
    mistakes = Exit.ERROR if has_errors(found.diagnostics) or _unread(found) else Exit.OK
    return worst((mistakes, *(of_problem(each) for each in _unchecked(found).values())))


def _unread(found: "Validation") -> list[SourceRead]:
    """Return the sources of which nothing can be checked."""
    return [each for each in (found.online.sources if found.online else ()) if each.state is not ReadingState.OK]


def _unchecked(found: "Validation") -> Mapping[str, Problem]:
    return found.online.unchecked if found.online else {}


def _text(found: "Validation", style: Style) -> Iterator[str]:
    yield from sources_text(_unread(found), style)
    if found.diagnostics:
        yield from diagnostics_text(found.diagnostics, style)
        yield ""
    if has_errors(found.diagnostics):
        # not of so many documents: those with mistakes are not among the ones that were read
        files = len({each.mark.file for each in found.diagnostics if each.mark})
        where = f" in {counted(files, 'file')}" if files else ""
        yield f"{style('error', 'Not valid:')} {findings(found.diagnostics)}{where}."
    for account, problem in _unchecked(found).items():
        yield f"{style('error', 'Not checked:')} account {account}: {problem.summary}"
        if problem.hint:
            yield style("dim", f"    {problem.hint}")
    for source in _unread(found):
        yield f"{style('error', 'Not checked:')} what comes from {source.name}."
    if _end(found) is Exit.OK:
        yield f"{style('added', 'Valid.')} {_valid(found)}"


def _valid(found: "Validation") -> str:
    documents = counted(found.kinds().total(), "document")
    offers = counted(found.offers, "offer")
    asked = ", what the marketplace knows" if found.online else ""
    left = f" {counted(found.not_selected, 'resource')} not selected." if found.not_selected else ""
    warned = f" {findings(found.diagnostics)}." if found.diagnostics else ""
    checked = f"syntax, grammar, references, templates, limits{asked}"
    return f"{documents} read, {offers} resolved: {checked}.{left}{warned}"


def _json(found: "Validation") -> Json:
    return {
        "format_version": FORMAT_VERSION,
        "valid": _end(found) is Exit.OK,
        "documents": dict(sorted(found.kinds().items())),
        "offers": found.offers,
        "not_selected": found.not_selected,
        "diagnostics": [diagnostic_to_json(each) for each in found.diagnostics],
        "online": _online(found.online) if found.online else None,
    }


def _online(asked: "Online") -> Json:
    told = {"name", "state", "as_of", "rows", "why", "hint"}
    return {
        "sources": [{key: said for key, said in asdict(each).items() if key in told} for each in asked.sources],
        "unchecked": [
            {"account": account, "reason": each.reason, "summary": each.summary, "hint": each.hint}
            for account, each in asked.unchecked.items()
        ],
        "requests": asked.requests,
    }
