"""Many offers, one field: a table, which is how a price list or a stock count is read; and lists of what ends."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from reconciler.model.changes import Change, FieldChange
from reconciler.model.values import Money
from reconciler.render.cells import cells, in_the_middle, padded, shortened
from reconciler.render.change_text import VERBS, aside, called, names_of, nouns
from reconciler.render.difference import with_percent
from reconciler.render.rules import Cluster, outside, rules
from reconciler.render.style import Style
from reconciler.render.value_text import from_to, percent
from reconciler.render.words import counted

_WIDEST_NAME = 64
_NARROWEST_TITLE = 12
_TITLE = 40


def draw_table(members: tuple[Change, ...], style: Style) -> Iterator[str]:
    """Draw changes of one field: a line for each rule that many keep to, and one for each of all others."""
    found = rules([(each.fields[0].before, each.fields[0].after) for each in members])
    yield f"{_heading(members, style)}: {members[0].fields[0].path}"
    rest = [members[number] for number in outside(len(members), found)]
    few = sum(len(rule.members) for rule in found) > 4 * len(rest)
    apart = counted(len(rest), "exception") if few else counted(len(rest), "other")
    for rule in found:
        yield from _ruled(rule, tuple(members[number] for number in rule.members), apart if rest else "", style)
    if found and rest:
        yield f"      {style('strong', apart)}, each by its own"
    yield from _rows(rest, style)
    yield ""


def draw_zeros(members: tuple[Change, ...], style: Style) -> Iterator[str]:
    """Draw what goes to zero: a line for each."""
    yield f"{_heading(members, style)}: {members[0].fields[0].path} {style('removed', 'to zero')}"
    yield from _rows(members, style)
    yield ""


def draw_ends(members: tuple[Change, ...], style: Style) -> Iterator[str]:
    """Draw what ends or is deleted: a line for each, with the reason where it is not the same for all."""
    reasons = {each.reason for each in members}
    same = f" because {members[0].reason}" if len(reasons) == 1 and members[0].reason else ""
    yield f"{_heading(members, style)} {members[0].verb}{same}"
    name = _column([called(each) for each in members], style, style.width // 2)
    for each in members:
        place = each.mark or next((field.mark for field in each.fields if field.mark), None)
        parts = (
            "" if same else each.reason,
            ", ".join(f"{field.path} {from_to(field.before, field.after)}" for field in _telling(each)),
            shortened(each.title, _TITLE) if style.limited else each.title,
            f"#{each.remote_id}" if each.remote_id else "",
            f"{place.file}:{place.line}" if place else "",
        )
        told = style("dim", "  ".join(part for part in parts if part))
        yield f"      {_named(each, name)}  {told}".rstrip(" ")
    yield ""


def _telling(change: Change) -> list[FieldChange]:
    """Return what tells more of an end than that it is one."""
    return [field for field in change.fields if field.path != "stock.status"]


def _heading(members: tuple[Change, ...], style: Style) -> str:
    first = members[0]
    symbol, meaning = VERBS[first.verb]
    return f"  {style(meaning, symbol)} {style('strong', counted(len(members), *nouns(first.key.kind)))}"


def _ruled(rule: Cluster, members: tuple[Change, ...], but: str, style: Style) -> Iterator[str]:
    """Draw a rule: how many keep to it, the least and the greatest value of them, and the first names."""
    one, many = nouns(members[0].key.kind)
    yield f"      {style('strong', rule.said)} on {counted(len(members), one, many)}{f', {but}' if but else ''}"
    ordered = sorted(members, key=_height)
    one_value = _height(ordered[0]) == _height(ordered[-1])
    yield from _rows(ordered[:1] if one_value else [ordered[0], ordered[-1]], style, indent=10)
    yield style("dim", f"          {names_of(members)}")


def _height(change: Change) -> Decimal:
    before = change.fields[0].before
    return before.amount if isinstance(before, Money) else Decimal(before)


def _column(names: Sequence[str], style: Style, beside: int = 0) -> int:
    """Return how wide the column of names is: as the widest, but on a terminal the rest has to fit."""
    widest = max(map(cells, names), default=0)
    room = max(style.width - beside, style.width // 4)
    return min(widest, _WIDEST_NAME, room) if style.limited else widest


def _named(change: Change, width: int) -> str:
    return padded(in_the_middle(called(change), width), width)


def _rows(members: Sequence[Change], style: Style, indent: int = 6) -> Iterator[str]:
    if not members:
        return
    rows = [(each, _values(each, style)) for each in members]
    width = max(cells(body) for _, body in rows)
    name = _column([called(each) for each in members], style, indent + width + 2)
    if style.limited:
        place = max(cells(aside(each.fields[0], None)) for each in members)
        title = min(max(style.width - indent - name - width - place - 6, 0), _TITLE)
    else:
        title = max(cells(each.title) for each in members)
    for each, body in rows:
        told = aside(each.fields[0], None)
        if title >= _NARROWEST_TITLE:
            told = f"{padded(shortened(each.title, title), title)}  {told}"
        yield f"{' ' * indent}{_named(each, name)}  {padded(body, width)}  {style('dim', told)}".rstrip(" ")


def _values(change: Change, style: Style) -> str:
    field = change.fields[0]
    return with_percent(from_to(field.before, field.after), percent(field.before, field.after), style)
