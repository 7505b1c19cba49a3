"""Ends of a run that are nobody's bug: each says what, why and what to do, and has its exit code in `cli`."""

from pathlib import Path

from reconciler.model.diagnostics import Diagnostic
from reconciler.model.outcomes import Fault


class RunStopped(Exception):  # noqa: N818 - a run that stops is no error of the program
    """The base of all: `summary` in one sentence, `hint` what to do."""

    def __init__(self, summary: str, hint: str = "") -> None:
        super().__init__(summary)
        self.summary = summary
        self.hint = hint


class BadDocuments(RunStopped):
    """The documents have errors; nothing was sent."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("the documents have errors; nothing was sent")
        self.diagnostics = diagnostics


class AuthenticationFailed(RunStopped):
    """No token, a refused token, a missing right (`denied`), or a token of another login."""

    def __init__(self, summary: str, hint: str = "", *, denied: bool = False) -> None:
        super().__init__(summary, hint)
        self.denied = denied


class GuardRefused(RunStopped):
    """A guard refuses the plan and nobody has allowed it."""


class StalePlan(RunStopped):
    """The plan was made for something else than what is there now."""


class MarketplaceFailed(RunStopped):
    """The marketplace did not answer as it should, and nothing can be concluded.

    `lone` tells that it is the answer to one question: others may well be answered.
    """

    def __init__(self, summary: str, fault: Fault | None = None, hint: str = "", *, lone: bool = False) -> None:
        super().__init__(summary, hint)
        self.fault = fault
        self.lone = lone


class Locked(RunStopped):
    """Another apply of the same account is running."""


class LedgerFailed(RunStopped):
    """The ledger cannot be read or written: nothing is sent without it."""


class LedgerUnwritable(LedgerFailed):
    """The file of the ledger cannot be written, for want of rights; it may be there to be read all the same."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(
            f"the ledger {file} cannot be written ({why})",
            "nothing was sent; only commands that look can do without: plan, validate, history, blame, state",
        )
        self.file = file
