"""The comments on a pull request: one for each account, found again by its first line."""

from collections.abc import Iterable, Iterator, Sequence

from reconciler.model.diagnostics import Diagnostic, Severity, has_errors
from reconciler.model.outcomes import Report
from reconciler.model.plan import Plan
from reconciler.render.diagnostics_text import findings
from reconciler.render.gate import through
from reconciler.render.markdown import code, text
from reconciler.render.plan_markdown import marker, plan_markdown
from reconciler.render.report_markdown import report_markdown
from reconciler.render.words import counted

#: What an exit code of `plan` means to who reads the comment; anything else is a failure.
_ENDED = {4: "the marketplace did not let it in", 7: "another run had the account"}

#: So many mistakes are told in a comment; the job has all of them.
_TOLD = 20


def comments_of(found: Plan | Report, following: str) -> Iterator[tuple[str, str]]:
    """Yield account and comment. `following` is the command that applies a plan, for who reads it."""
    if isinstance(found, Report):
        accounts = {*(each.key.account for each in found.outcomes), *(stop.account for stop in found.stops)}
        lines = report_markdown(found)
    else:
        accounts = {part.account for part in found.accounts}
        lines = plan_markdown(found, following=following)
    yield from _cut({marker(account): account for account in accounts}, lines)


def without_plan(account: str, code_of_exit: int, run: str, found: Sequence[Diagnostic] = ()) -> str:
    """Return the comment in place of a plan that was not made: an older one must not stand there.

    `found` are the findings on the documents, where it is known that these are why.
    """
    where = f" [The job]({run}) tells more." if run.startswith("https://") and run.isprintable() else ""
    head = [marker(account), f"### No plan · {text(account)}"]
    if has_errors(found):
        said = f"The documents have mistakes ({findings(found)}): nothing is planned until they are mended.{where}"
        return through([*head, said, "", *_mistakes(found)])
    why = _ENDED.get(code_of_exit, "the documents have mistakes, or it failed")
    return through([*head, f"It ended with {code(str(code_of_exit))}: {why}.{where}"])


def _mistakes(found: Sequence[Diagnostic]) -> Iterator[str]:
    """Yield the first errors, a line each: the place, what is wrong, and the remedy."""
    errors = [each for each in dict.fromkeys(found) if each.severity is Severity.ERROR]
    for each in errors[:_TOLD]:
        place = f"{code(f'{each.mark.file}:{each.mark.line}:{each.mark.column}')} " if each.mark else ""
        hint = f" ({text(each.hint)})" if each.hint else ""
        yield f"- {place}{code(each.code)} {text(each.summary)}{hint}"
    if len(errors) > _TOLD:
        yield f"- and {counted(len(errors) - _TOLD, 'more error')}"


def _cut(marks: dict[str, str], lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what follows each mark; no text of an offer can be a line of its own that is one."""
    account, body = "", list[str]()
    for line in lines:
        if line in marks:
            if account:
                yield account, through(body)
            account, body = marks[line], []
        body.append(line)
    if account:
        yield account, through(body)
