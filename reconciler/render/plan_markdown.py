"""A plan as a comment on a pull request: what a decision needs in the first twenty lines, the rest folded."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.plan import AccountPlan, Plan, Violation
from reconciler.render.change_text import name_of
from reconciler.render.diagnostics_text import diagnostics_text, findings
from reconciler.render.guard_text import breach_text
from reconciler.render.markdown import folded, table, text
from reconciler.render.notes_text import account_notes
from reconciler.render.plan_text import account_changes
from reconciler.render.style import PLAIN
from reconciler.render.summary import Summary, summary_of
from reconciler.render.totals import SAID, is_held
from reconciler.render.value_text import from_to, percent
from reconciler.render.words import counted, lasting, listed

#: What a comment may have; GitHub takes 65,536.
MOST = 60_000
_REFUSED = 2  # rows of a refusal above the fold, and one that counts the rest
_FIRST = 3
#: What could end the comment that tells whose it is.
_NAMELESS = re.compile(r"[^A-Za-z0-9_.-]")
_MOVES = 10
_UNFOLDED = 30_000  # of the comment, for the list of what ends


def plan_markdown(plan: Plan, *, verbose: bool = False) -> Iterator[str]:
    """Yield the comments of a plan, one for each account."""
    for number, part in enumerate(plan.accounts):
        if number:
            yield ""
        mine = plan.diagnostics if len(plan.accounts) == 1 else _of_account(plan, part)
        yield from account_markdown(plan, part, mine, verbose=verbose)
    if not plan.accounts:
        yield "### No plan"
        yield from folded(findings(plan.diagnostics), list(diagnostics_text(plan.diagnostics, PLAIN)), MOST)


def _of_account(plan: Plan, part: AccountPlan) -> tuple[Diagnostic, ...]:
    """Return what was found about an account, and with the first one what is about none of them."""
    first = plan.accounts[0] is part
    return tuple(
        each for each in plan.diagnostics if (each.about.account == part.account if each.about else first)
    )


def account_markdown(
    plan: Plan, part: AccountPlan, found: Sequence[Diagnostic], *, verbose: bool = False
) -> Iterator[str]:
    """Yield the comment of one account, of `MOST` characters at most; what is cut is counted."""
    told = summary_of(part)
    lines = [*_top(plan, part, told, found), *_gone(told), *_for_good(told)]
    room = MOST - sum(len(line) + 1 for line in lines)
    sections = (
        (f"Largest price moves ({min(_MOVES, len(told.moves))})", [_move(*row) for row in told.moves[:_MOVES]]),
        (f"Findings: {findings(found)}", list(diagnostics_text(found, PLAIN))),
        ("Notes", list(account_notes(part, PLAIN, verbose=False, show_unsynced=False))),
        ("Every change", list(account_changes(part, PLAIN, verbose=verbose))),
    )
    yield from lines
    for title, section in sections:
        if section and room > 1000:
            block = ["", *folded(title, section, room)]
            room -= sum(len(line) + 1 for line in block)
            yield from block
        elif section:
            yield ""
            yield f"{title}: left out, {len(section):,} lines."


def _top(plan: Plan, part: AccountPlan, told: Summary, found: Sequence[Diagnostic]) -> Iterator[str]:
    """Yield what a decision needs: at most twenty lines."""
    yield f"<!-- reconcile:{_NAMELESS.sub('-', part.account)} -->"
    yield f"### {_headline(part, told)} · {text(part.marketplace)} / {text(part.login or part.account)}"
    yield " · ".join(_facts(plan, part, found))
    refused = [each for each in part.violations if not each.allowed]
    if refused:
        yield ""
        yield from table(("rule", "refused"), _refusals(refused))
    if told.ends or told.zeros:
        yield ""
        yield f"**Ends {len(told.ends):,}, to zero {len(told.zeros):,}** (all of them below)"
    rows = list(_modules(part, told))
    if rows:
        yield ""
        yield from table(("module", "changes", "what"), rows, frozenset({1}))


def _headline(part: AccountPlan, told: Summary) -> str:
    refused = {each.rule for each in part.violations if not each.allowed}
    number = sum(told.verbs.values())
    said = ", ".join(f"{told.verbs[verb]:,} {words}" for verb, words in SAID.items() if told.verbs[verb])
    live = f" on {counted(part.counts['live'], 'live offer')}" if "live" in part.counts else ""
    what = f"{said}{live}" if number else "Nothing to apply"
    return f"Refused by {', '.join(map(text, sorted(refused)))}: {what}" if refused else what


def _facts(plan: Plan, part: AccountPlan, found: Sequence[Diagnostic]) -> Iterator[str]:
    fields = [field for change in part.changes if change.verb is not Verb.REPORT for field in change.fields]
    if drift := sum(field.drift for field in fields):
        yield f"{counted(drift, 'field')} moved on the marketplace"
    if held := sum(field.held for field in fields):
        yield f"{counted(held, 'field')} held back"
    if found:
        yield findings(found)
    if part.forecast.requests:
        yield f"needs {counted(sum(part.forecast.requests.values()), 'request')}, {lasting(part.forecast.seconds)}"
    yield f"plan {text(plan.digest[:8] or plan.id[:8])}, made {text(plan.created_at[:16].replace('T', ' '))}"


def _refusals(refused: Sequence[Violation]) -> Iterator[tuple[str, str]]:
    rows = [(each.rule, row) for each in refused for row in (*map(breach_text, each.rows),) or (each.message,)]
    yield from ((f"**{text(rule)}**", text(row)) for rule, row in rows[:_REFUSED])
    if len(rows) > _REFUSED:
        yield "", f"and {len(rows) - _REFUSED:,} more rows, in the report"


def _modules(part: AccountPlan, told: Summary) -> Iterator[tuple[str, str, str]]:
    rows: dict[str, list[tuple[Change, FieldChange]]] = {}
    for change in part.changes:
        if change.verb is not Verb.REPORT and not is_held(change):
            for field in change.fields:
                if field.module and not field.held:
                    rows.setdefault(str(field.module), []).append((change, field))
    for module, found in sorted(rows.items()):
        paths = Counter(field.path.partition(".")[2] or field.path for _, field in found)
        said = listed([f"{path} {count:,}" for path, count in paths.most_common()], _FIRST)
        special = {"price": _prices(told), "stock": _stock(told), "delivery": _delivery(told)}.get(module)
        yield module, f"{len({change.key for change, _ in found}):,}", special or text(said)


def _prices(told: Summary) -> str:
    if not told.moves:
        return ""
    return f"{told.up:,} up, {told.down:,} down; largest: {text(_move(*told.moves[0]))}"


def _stock(told: Summary) -> str:
    return f"{told.stock:,} changed, {len(told.zeros):,} to zero, {told.on_sale:,} put on sale"


def _delivery(told: Summary) -> str:
    used = [f"{text(name_of(each.key))} (**{counted(each.uses, 'offer')}**)" for each in told.used[:_FIRST]]
    return ", ".join(used)


def _move(change: Change, field: FieldChange) -> str:
    share = percent(field.before, field.after)
    return f"{name_of(change.key)}: {field.path} {from_to(field.before, field.after)} ({share})"


def _gone(told: Summary) -> Iterator[str]:
    """Yield each end and each zero: they are not folded, as long as a comment can hold them."""
    rows = [f"- {text(name_of(each.key))} ends{_because(each)}{_place(each)}" for each in told.ends]
    rows += [
        f"- {text(name_of(change.key))} goes to 0: {text(from_to(field.before, field.after))}{_place(change)}"
        for change, field in told.zeros
    ]
    if rows:
        yield ""
    room = _UNFOLDED
    for number, row in enumerate(rows):
        room -= len(row) + 1
        if room < 0:
            yield f"- and {len(rows) - number:,} more that a comment has no room for: see the plan"
            return
        yield row


def _because(change: Change) -> str:
    return f": {text(change.reason)}" if change.reason else ""


def _place(change: Change) -> str:
    mark = change.mark or next((field.mark for field in change.fields if field.mark), None)
    return f" · {text(f'{mark.file}:{mark.line}')}" if mark else ""


def _for_good(told: Summary) -> Iterator[str]:
    if told.lasting:
        yield ""
        yield "**Not taken back**"
        yield ""
        yield from (f"- {text(each)}" for each in told.lasting)
