"""What we have to say about the user's documents, as data: collected, sorted, shown all at once."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.marks import Mark
from reconciler.model.offers import Key


class Severity(StrEnum):
    """How bad: an error forbids apply, a warning is shown, a note is only told."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Diagnostic(Struct, frozen=True, kw_only=True):
    """One finding: what (summary), where (mark), why (detail) and what to do (hint).

    `about` is the resource that it concerns: an error about one costs that resource and what refers to it. Its
    account is empty where the document holds for several, or nobody can say for which.
    """

    severity: Severity
    code: str
    summary: str
    detail: str = ""
    hint: str = ""
    mark: Mark | None = None
    about: Key | None = None


def error(
    code: str,
    summary: str,
    *,
    mark: Mark | None = None,
    detail: str = "",
    hint: str = "",
    about: Key | None = None,
) -> Diagnostic:
    """Return an error diagnostic."""
    return Diagnostic(
        severity=Severity.ERROR, code=code, summary=summary, mark=mark, detail=detail, hint=hint, about=about
    )


def warning(
    code: str,
    summary: str,
    *,
    mark: Mark | None = None,
    detail: str = "",
    hint: str = "",
    about: Key | None = None,
) -> Diagnostic:
    """Return a warning diagnostic."""
    return Diagnostic(
        severity=Severity.WARNING, code=code, summary=summary, mark=mark, detail=detail, hint=hint, about=about
    )


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Tell whether any of them is an error."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def stops(diagnostics: Iterable[Diagnostic]) -> bool:
    """Tell whether any of them costs its whole account: an error that is about no resource."""
    return any(d.severity is Severity.ERROR and d.about is None for d in diagnostics)


def in_reading_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by file, line and column, those without a place first; drop repetitions.

    What is said of a shared document in each of its accounts is said once, of none of them by name.
    """
    unique: dict[Diagnostic, Diagnostic] = {}
    for each in diagnostics:
        shared = replace(each, about=each.about._replace(account="")) if each.about else each
        known = unique.setdefault(shared, each)
        if known != each:
            unique[shared] = shared
    return tuple(
        sorted(
            unique.values(),
            key=lambda d: (str(d.mark.file), d.mark.line, d.mark.column) if d.mark else ("", 0, 0),
        )
    )
