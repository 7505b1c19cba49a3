"""How a run that ends badly is told: what, why and what to do; and which exit code that is."""

import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.cli.exit_codes import Exit
from reconciler.model.plan_json import UnreadablePlan
from reconciler.model.report_json import diagnostic_to_json
from reconciler.render.diagnostics_text import diagnostics_text, findings
from reconciler.render.style import Style
from reconciler.runtime.errors import (
    AuthenticationFailed,
    BadDocuments,
    GuardRefused,
    Locked,
    MarketplaceFailed,
    RunStopped,
    StalePlan,
)

CODES: Mapping[type[Exception], Exit] = {
    AuthenticationFailed: Exit.AUTHENTICATION,
    GuardRefused: Exit.GUARD,
    StalePlan: Exit.STALE,
    Locked: Exit.LOCKED,
}


class Refusal(Exception):  # noqa: N818 - a command that declines is no error of the program
    """The command itself cannot go on: a file that is not there, a folder that is not empty."""

    def __init__(self, summary: str, hint: str = "") -> None:
        super().__init__(summary)
        self.summary = summary
        self.hint = hint


EXPECTED = (RunStopped, UnreadablePlan, Refusal)


def exit_code(problem: Exception) -> Exit:
    """Return the exit code of an expected end."""
    return next((code for kind, code in CODES.items() if isinstance(problem, kind)), Exit.ERROR)


def failure_text(problem: Exception, style: Style) -> Iterator[str]:
    """Yield the message of an expected end: the findings, the summary, the marketplace's words, the hint."""
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


def failure_json(problem: Exception) -> dict[str, Any]:
    """Return an expected end as JSON, for whoever asked with `--json`."""
    diagnostics = problem.diagnostics if isinstance(problem, BadDocuments) else ()
    return {
        "format_version": 1,
        "error": {
            "exit_code": int(exit_code(problem)),
            "summary": str(getattr(problem, "summary", problem)),
            "hint": str(getattr(problem, "hint", "")),
            "diagnostics": [diagnostic_to_json(each) for each in diagnostics],
        },
    }


def bug_text(problem: BaseException, style: Style) -> Iterator[str]:
    """Yield a mistake of ours, loudly: nobody should take it for one of theirs."""
    yield "".join(traceback.format_exception(problem)).rstrip()
    yield ""
    yield f"{style('error', 'This is a bug in reconcile, not in your documents.')}"
    yield "Please report it: the text above, and the command that you ran. Look through it first for what is not"
    yield "public. What was sent before this is on the marketplace; plan again to see what is left."
