"""What is folded in a comment: the largest moves, what is alike and its exceptions, drift, findings, all rows."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.plan import AccountPlan, Violation
from reconciler.model.prices import DAYS
from reconciler.model.values import Money
from reconciler.render.alike import Alike, alike_in, by_title
from reconciler.render.cells import shortened
from reconciler.render.change_text import called
from reconciler.render.cost_text import cost_text
from reconciler.render.diagnostics_text import diagnostics_text, findings
from reconciler.render.difference import Pen
from reconciler.render.grouping import Group, Row, grouped
from reconciler.render.guard_text import breach_text
from reconciler.render.lowest_text import lowest_text
from reconciler.render.markdown import Block, Fold, code, folded, folded_table, packed, text
from reconciler.render.notes_text import account_notes
from reconciler.render.plan_text import group_text
from reconciler.render.refusals_markdown import RefusedRow
from reconciler.render.rules import gain_of
from reconciler.render.style import PLAIN, Style
from reconciler.render.summary import Summary
from reconciler.render.value_text import from_to, one_line, pair, percent
from reconciler.render.word_diff import Effort
from reconciler.render.words import counted, listed

_MOVES = 10
_CLUSTERS = 20
_NAMES = 4
_LONG = 60
_WIDE = Style(width=140)  # names and titles are cut in the middle, and no line is broken
#: Pairs of words that are compared in one comment: a tenth of a second.
_EFFORT = 500_000


class Section(Struct, frozen=True):
    """Something to fold: given so many characters, what of it there is room for."""

    within: Callable[[int], Fold]


def sections(
    part: AccountPlan,
    told: Summary,
    refused: Sequence[RefusedRow],
    found: Sequence[Diagnostic],
    *,
    verbose: bool = False,
) -> Iterator[Section]:
    """Yield what there is to fold, in the order in which it is read. `refused` is what has no row above."""
    if rules := list(dict.fromkeys(map(_rule, filter(lambda each: not each.allowed, part.violations)))):
        yield _text("What guards refuse", [*rules, *(["", *map(_refused, refused)] if refused else [])])
    if told.moves:
        yield _moves(told)
    effort = Effort(_EFFORT)
    titled = {
        title: list(grouped(changes, effort) if not verbose else (Group((each,)) for each in changes))
        for title, changes in by_title(part.changes).items()
    }
    if rows := [_cluster(each) for groups in titled.values() for group in groups for each in alike_in(group)]:
        yield _table("What is alike", ("offers", "what", "from"), rows[:_CLUSTERS], frozenset({0}))
    if drift := [row for change in part.changes for row in _drift(change)]:
        yield _table("Moved on the marketplace", ("", "field", "is there", "would be"), drift, frozenset({2, 3}))
    if found:
        yield _text(f"Findings: {findings(found)}", list(diagnostics_text(found, PLAIN)))
    for title, groups in titled.items():
        yield _groups(title, groups, Pen(style=PLAIN if verbose else _WIDE, verbose=verbose, effort=effort))
    if notes := list(account_notes(part, PLAIN, verbose=False, show_unsynced=True)):
        yield _text("Notes", notes)
    if part.forecast.requests:
        yield _text("Requests and time", list(cost_text(part.forecast, PLAIN)))


def _rule(each: Violation) -> str:
    return f"{each.rule}: {each.message} ({counted(len(each.rows), 'row')})"


def _refused(each: RefusedRow) -> str:
    return f"{', '.join(each.rules)}: {breach_text(each.row) if each.row else each.message}"


def _text(title: str, lines: list[str]) -> Section:
    return Section(lambda room: folded(title, lines, room))


def _table(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()
) -> Section:
    return Section(lambda room: folded_table(title, head, rows, room, right))


def _moves(told: Summary) -> Section:
    most = told.moves[:_MOVES]
    head: tuple[str, ...] = ("", "was", "would be", "change", "declared in")
    rows = list(map(_move, most))
    if any(field.lowest for _, field in most):
        head = (*head, f"lowest of {DAYS} days")
        rows = [(*cells, _lowest(field)) for cells, (_, field) in zip(rows, most, strict=True)]
    return _table(f"Largest price moves ({len(most)})", head, rows, frozenset({1, 2, 3}))


def _lowest(field: FieldChange) -> str:
    return text(lowest_text(field.lowest, short=True)) if field.lowest else ""


def _move(row: Row) -> tuple[str, ...]:
    change, field = row
    was, would = pair(field.before, field.after)
    path = "" if field.path == "price.base" else f" {code(field.path)}"
    share = percent(field.before, field.after)
    return f"{text(called(change))}{path}", text(was), text(would), share, _place(field, change)


def _place(field: FieldChange, change: Change) -> str:
    mark = field.mark or change.mark
    return code(f"{mark.file}:{mark.line}") if mark else ""


def _drift(change: Change) -> Iterator[tuple[str, ...]]:
    if change.verb is not Verb.REPORT:
        for field in change.fields:
            if field.drift:
                was, would = (shortened(each, _LONG) for each in pair(field.before, field.after))
                yield text(called(change)), code(field.path), text(was), text(would)


def _cluster(each: Alike) -> tuple[str, ...]:
    """Return the row of what is alike: the rule that values keep to, its exceptions, or the one difference."""
    count, path = f"{len(each.members):,}", code(each.fields[0].path)
    if each.rule:
        return count, f"{path} {text(each.rule.said)}", ""
    if each.apart:
        others = sorted(each.members, key=_extent, reverse=True)
        return count, f"exceptions: {text(listed([_exception(other) for other in others], _NAMES))}", ""
    said = "; ".join(f"{code(field.path)} {text(_short(field))}" for field in each.fields[:_NAMES])
    return count, said, _place(each.fields[0], replace(each.members[0], mark=None))


def _extent(change: Change) -> Decimal:
    """Return how far a price moves, as a share, or a stock number, in pieces: what is far is looked at first."""
    before, after = change.fields[0].before, change.fields[0].after
    if isinstance(before, Money) and isinstance(after, Money):
        return abs(after.amount / before.amount - 1) if before.amount else Decimal(0)
    return Decimal(abs(gain_of(before, after))) if type(before) is int else Decimal(0)


def _short(field: FieldChange) -> str:
    said = from_to(field.before, field.after)
    return said if len(said) <= 120 else f"becomes {one_line(field.after)[:80]} …"


def _exception(change: Change) -> str:
    field = change.fields[0]
    return f"{called(change)} {from_to(field.before, field.after)}"


def _groups(title: str, groups: Sequence[Group], pen: Pen) -> Section:
    total = sum(len(each.members) for each in groups)

    def within(room: int) -> Fold:
        blocks = (Block(len(each.members), list(group_text(each, pen))) for each in groups)
        return packed(f"{title} ({total:,})", blocks, total, "row", room)

    return Section(within)
