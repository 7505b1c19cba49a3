"""Many offers, one field: a table, which is how a price list or a stock count is read."""

from collections.abc import Iterator

from reconciler.model.changes import Change
from reconciler.render.change_text import VERBS, aside, name_of, nouns, with_percent
from reconciler.render.style import Style
from reconciler.render.value_text import from_to, percent
from reconciler.render.words import counted, shortened

_WIDEST_NAME = 64
_NARROWEST_TITLE = 12


def draw_table(members: tuple[Change, ...], style: Style) -> Iterator[str]:
    """Draw changes of one field: a line for each, with name, values, title and place."""
    first = members[0]
    symbol, meaning = VERBS[first.verb]
    many = style("strong", counted(len(members), *nouns(first.key.kind)))
    yield f"  {style(meaning, symbol)} {many}: {first.fields[0].path}"
    rows = [(each, *_values(each, style)) for each in members]
    name = min(max(len(name_of(each.key)) for each in members), _WIDEST_NAME)
    width = max(row[2] for row in rows)
    place = max(len(_place(each)) for each in members)
    title = style.width - name - width - place - 12
    for each, body, seen in rows:
        values = body + " " * (width - seen)
        yield f"      {name_of(each.key):<{name}}  {values}  {style('dim', _told(each, title))}".rstrip(" ")
    yield ""


def _values(change: Change, style: Style) -> tuple[str, int]:
    field = change.fields[0]
    plain = from_to(field.before, field.after)
    return with_percent(plain, percent(field.before, field.after), style)


def _told(change: Change, room: int) -> str:
    """Return the title, as far as there is room, and the place, which is never cut."""
    title = f"{shortened(change.title, room):<{room}}  " if room >= _NARROWEST_TITLE else ""
    return title + aside(change.fields[0], None)


def _place(change: Change) -> str:
    mark = change.fields[0].mark
    return f"{mark.file}:{mark.line}" if mark else ""
