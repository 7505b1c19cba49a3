"""How a run that ends badly is told: what, why and what to do; and which exit code that is."""

import re
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

import click

from reconciler.cli.exit_codes import Exit
from reconciler.cli.output import OutputFailed
from reconciler.model.outcomes import Report
from reconciler.model.plan import FORMAT_VERSION
from reconciler.model.plan_json import UnreadablePlan
from reconciler.model.report_json import diagnostic_to_json, fault_to_json, report_to_json
from reconciler.render.diagnostics_text import diagnostics_text, findings
from reconciler.render.style import Style
from reconciler.runtime.errors import (
    AuthenticationFailed,
    BadDocuments,
    GuardRefused,
    LedgerFailed,
    Locked,
    MarketplaceFailed,
    RunStopped,
    StalePlan,
)


class Refusal(Exception):  # noqa: N818 - a command that declines is no error of the program
    """The command itself cannot go on: a file that is not there, a folder that is not empty."""

    def __init__(self, summary: str, hint: str = "") -> None:
        super().__init__(summary)
        self.summary = summary
        self.hint = hint


class Halfway(Exception):  # noqa: N818 - the bug is its cause
    """A bug of ours ended an apply in the middle. `report` tells what became of every row all the same."""

    def __init__(self, report: Report) -> None:
        super().__init__("an apply was ended by a bug")
        self.report = report


EXPECTED = (RunStopped, UnreadablePlan, Refusal, OutputFailed)
#: Each kind of end: what `--json` calls it, and what the shell is told.
_ENDS: Mapping[type[BaseException], tuple[str, Exit]] = {
    BadDocuments: ("documents", Exit.ERROR),
    AuthenticationFailed: ("authentication", Exit.AUTHENTICATION),
    GuardRefused: ("guard", Exit.GUARD),
    StalePlan: ("stale", Exit.STALE),
    Locked: ("locked", Exit.LOCKED),
    MarketplaceFailed: ("marketplace", Exit.ERROR),
    LedgerFailed: ("ledger", Exit.ERROR),
    **dict.fromkeys(EXPECTED, ("refused", Exit.ERROR)),
    click.UsageError: ("usage", Exit.USAGE),
    click.ClickException: ("refused", Exit.ERROR),
    KeyboardInterrupt: ("interrupted", Exit.INTERRUPTED),
    click.Abort: ("interrupted", Exit.INTERRUPTED),
    BaseException: ("bug", Exit.ERROR),
}
#: Parts of a traceback that are ours, line by line. What an exception says is foreign, and stays one line.
_OURS = re.compile(r"[ |+-]*(File \"|Traceback|Exception Group Traceback|-|$)|\n")
_BUG = "This is a bug in reconcile, not in your documents."


def ending(problem: BaseException) -> tuple[str, Exit]:
    """Return what an end is called, and its exit code."""
    return next(told for kind, told in _ENDS.items() if isinstance(problem, kind))


def failure_text(problem: BaseException, style: Style) -> Iterator[str]:
    """Yield what is said of an end, however it came about."""
    if isinstance(problem, click.ClickException):
        yield from _wrong_usage(problem)
    elif isinstance(problem, KeyboardInterrupt | click.Abort):
        yield from ("", "Interrupted.")
    elif isinstance(problem, EXPECTED):
        yield from _expected(problem, style)
    else:
        yield from _bug(problem, style)


def _wrong_usage(wrong: click.ClickException) -> Iterator[str]:
    """Yield what click has to say; what was typed stands in its last line."""
    context = wrong.ctx if isinstance(wrong, click.UsageError) else None
    if isinstance(wrong, click.exceptions.NoArgsIsHelpError):
        yield from wrong.format_message().splitlines()
        return
    if context:
        yield from context.get_usage().splitlines()
        yield f"Try '{context.command_path} {context.help_option_names[0]}' for help."
        yield ""
    yield f"Error: {wrong.format_message()}"


def _expected(problem: BaseException, style: Style) -> Iterator[str]:
    """Yield the findings, the summary, the marketplace's words and the hint."""
    if isinstance(problem, BadDocuments):
        yield from diagnostics_text(problem.diagnostics, style)
        yield f"{style('error', 'Error:')} {findings(problem.diagnostics)}. Nothing was sent."
        return
    yield f"{style('error', 'Error:')} {getattr(problem, 'summary', problem)}"
    fault = problem.fault if isinstance(problem, MarketplaceFailed) else None
    if fault:
        trace = f" (trace id {fault.trace_id})" if fault.trace_id else ""
        yield f"    the marketplace says: {fault.message or fault.code}{trace}"
    hint = getattr(problem, "hint", "")
    if hint:
        yield f"    {hint}"


def _bug(problem: BaseException, style: Style) -> Iterator[str]:
    """Yield a mistake of ours, loudly: nobody should take it for one of theirs."""
    for part in traceback.format_exception(problem):
        yield from part.rstrip("\n").split("\n") if _OURS.match(part) else [part.rstrip("\n")]
    yield ""
    yield style("error", _BUG)
    yield "Please report it: the text above, and the command that you ran. Look through it first for what is not"
    yield "public. What was sent before this is on the marketplace; plan again to see what is left."


def failure_json(problem: BaseException, report: Report | None = None) -> dict[str, Any]:
    """Return an end as JSON, for whoever asked with `--json`: `schemas/failure.schema.json`."""
    reason, code = ending(problem)
    fault = problem.fault if isinstance(problem, MarketplaceFailed) else None
    diagnostics = problem.diagnostics if isinstance(problem, BadDocuments) else ()
    return {
        "format_version": FORMAT_VERSION,
        "error": {
            "exit_code": int(code),
            "reason": reason,
            "summary": _summary(problem),
            "hint": str(getattr(problem, "hint", "")),
            "fault": fault_to_json(fault) if fault else None,
            "diagnostics": [diagnostic_to_json(each) for each in diagnostics],
        },
        "report": report_to_json(report) if report else None,
    }


def _summary(problem: BaseException) -> str:
    if isinstance(problem, click.ClickException):
        return problem.format_message()
    if isinstance(problem, KeyboardInterrupt | click.Abort):
        return "interrupted"
    if isinstance(problem, EXPECTED):
        return str(getattr(problem, "summary", problem))
    return f"{_BUG} {type(problem).__name__}: {problem}"
