"""A plan as a comment on a pull request: what a decision needs in the first twenty lines, the rest folded."""

import re
from collections.abc import Iterator, Sequence

from reconciler.model.changes import Verb
from reconciler.model.diagnostics import Diagnostic, Severity, in_reading_order
from reconciler.model.plan import AccountPlan, Plan
from reconciler.render.ages_text import told_ages
from reconciler.render.cause_text import causes_told
from reconciler.render.diagnostics_text import diagnostics_text, findings
from reconciler.render.fees_text import fees_said
from reconciler.render.folded_markdown import Section, sections
from reconciler.render.gone_markdown import GoneTold, gone_of
from reconciler.render.guard_text import allowances
from reconciler.render.markdown import Fold, code, folded, table, text
from reconciler.render.modules_markdown import module_rows
from reconciler.render.refusals_markdown import RefusedRow, refusal_rows, refusals_of, said_of, summed
from reconciler.render.style import PLAIN
from reconciler.render.summary import Summary, summary_of
from reconciler.render.totals import SAID
from reconciler.render.words import counted, lasting

#: What a comment may have; GitHub takes 65,536.
MOST = 60_000
#: Lines that are read before anything is scrolled.
_TOP = 20
_REFUSED = 3  # rows of refusals among them; the last one counts the rest
#: What could end the comment that tells whose it is.
_NAMELESS = re.compile(r"[^A-Za-z0-9_.-]")
_UNFOLDED = 30_000  # of the comment, for the list of what ends


def plan_markdown(plan: Plan, *, verbose: bool = False, following: str = "") -> Iterator[str]:
    """Yield the comments of a plan, one for each account. `following` is the command that applies the plan."""
    for number, part in enumerate(plan.accounts):
        if number:
            yield ""
        mine = plan.diagnostics if len(plan.accounts) == 1 else _of_account(plan, part)
        yield from account_markdown(plan, part, mine, verbose=verbose, following=following)
    if not plan.accounts:
        yield "### No plan"
        found = list(diagnostics_text(plan.diagnostics, PLAIN))
        yield from folded(findings(plan.diagnostics), found, MOST).lines


def marker(account: str) -> str:
    """Return the line by which the comment of an account is known again; nothing is seen of it."""
    return f"<!-- reconcile:{_NAMELESS.sub('-', account)} -->"


def _of_account(plan: Plan, part: AccountPlan) -> tuple[Diagnostic, ...]:
    """Return what was found about an account, and with the first one what is about none of them."""
    first = plan.accounts[0] is part
    return tuple(
        each for each in plan.diagnostics if (each.about.account == part.account if each.about else first)
    )


def account_markdown(
    plan: Plan, part: AccountPlan, found: Sequence[Diagnostic], *, verbose: bool = False, following: str = ""
) -> Iterator[str]:
    """Yield the comment of one account, of `MOST` characters at most; what is cut is counted."""
    told, refused, gone = summary_of(part), summed(refusals_of(part)), gone_of(part)
    lines = [
        marker(part.account),
        f"### {_headline(part, told, refused)} · {text(part.marketplace)} / {text(part.login or part.account)}",
        f"{' · '.join(_facts(plan, part, found))}\\",
        f"**Next:** {_next(part, found, refused, following)}",
        *_top(part, told, refused, gone),
        *_for_good(told),
    ]
    room = MOST - sum(len(line) + 1 for line in lines)
    yield from lines
    over = refused[_REFUSED - 1 :] if len(refused) > _REFUSED else ()
    for fold in _shared(list(sections(part, told, over, found, verbose=verbose)), room):
        yield from ("", *fold.lines)


def _shared(every: Sequence[Section], room: int) -> Iterator[Fold]:
    """Yield all that is folded, in its order: each has the same room, and those that are cut what others leave."""
    share = room // max(len(every), 1) - 1
    folds = [section.within(share) for section in every]
    cut = sum(not fold.whole for fold in folds)
    left = room - sum(fold.size + 1 for fold in folds if fold.whole)
    for section, fold in zip(every, folds, strict=True):
        yield fold if fold.whole else section.within(left // cut - 1)


def _top(part: AccountPlan, told: Summary, refused: Sequence[RefusedRow], gone: GoneTold) -> Iterator[str]:
    """Yield the rest of the first lines: what is refused, what goes, and how much of each module."""
    refusals = list(refusal_rows(refused, _REFUSED))
    modules = list(module_rows(part, told, refused))
    if refusals:
        yield from ("", *table(("", "refused by", "was", "would be", "declared in"), refusals, frozenset({2, 3})))
    around = 4 + 3 * bool(refusals) + 2 * bool(gone.rows) + 3 * bool(modules)
    fits = around + len(refusals) + len(gone.rows) + len(modules) <= _TOP
    if gone.rows:
        yield from ("", gone.heading(named=not fits))
    if fits:
        yield from gone.within(_UNFOLDED)
    if modules:
        yield from ("", *table(("module", "offers", "what"), modules, frozenset({1})))
    if gone.rows and not fits:
        yield from ("", *gone.within(_UNFOLDED))


def _headline(part: AccountPlan, told: Summary, refused: Sequence[RefusedRow]) -> str:
    said = ", ".join(f"{told.verbs[verb]:,} {words}" for verb, words in SAID.items() if told.verbs[verb])
    live = f" on {counted(part.counts['live'], 'live offer')}" if "live" in part.counts else ""
    what = f"{said}{live}" if said else "Nothing to apply"
    if part.problem is not None:
        return f"No plan: {text(part.problem.summary.removeprefix(f'account {part.account}: '))}"
    return f"Refused: {said_of(refused)} · {what}" if refused else what


def _facts(plan: Plan, part: AccountPlan, found: Sequence[Diagnostic]) -> Iterator[str]:
    fields = [field for change in part.changes if change.verb is not Verb.REPORT for field in change.fields]
    if plan.base and part.changes:
        yield causes_told(part.changes, "of this pull request")
    if drift := sum(field.drift for field in fields):
        yield f"{counted(drift, 'field')} moved on the marketplace"
    if held := sum(field.held for field in fields):
        yield f"{counted(held, 'field')} held back"
    if found:
        yield findings(found)
    yield from map(text, fees_said(part))
    if part.forecast.requests:
        yield f"needs {counted(sum(part.forecast.requests.values()), 'request')}, {lasting(part.forecast.seconds)}"
    if ages := told_ages(plan, part):
        yield text(f"read: {ages}")
    yield f"plan {code(plan.digest[:8] or plan.id[:8])}, made {code(plan.created_at[:16].replace('T', ' '))}"


def _next(part: AccountPlan, found: Sequence[Diagnostic], refused: Sequence[RefusedRow], following: str) -> str:
    """Say what to do, with the place or the command."""
    mistakes = [each for each in in_reading_order(found) if each.severity is Severity.ERROR]
    if part.problem is not None:
        return text(part.problem.hint) or "look at the run, then plan again."
    if refused:
        place = next((each.row.mark for each in refused if each.row and each.row.mark), None)
        where = f"correct {code(f'{place.file}:{place.line}')}, or " if place else ""
        allowed = code(allowances([each for each in part.violations if not each.allowed]))
        return f"{where}allow it for one run with {allowed}."
    if mistakes:
        place = next((each.mark for each in mistakes if each.mark), None)
        where = f", first at {code(f'{place.file}:{place.line}')}" if place else ""
        return f"correct {counted(len(mistakes), 'mistake')}{where}; what they concern is held back."
    if not part.changes and not part.released:
        return "nothing."
    return f"approve; {code(following or 'reconcile apply PLAN.json')} applies exactly this."


def _for_good(told: Summary) -> Iterator[str]:
    if told.lasting:
        yield from ("", "**Not taken back**", "")
        yield from (f"- {text(each)}" for each in told.lasting)
