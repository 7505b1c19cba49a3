"""One change: a header line, and one line for each field, in columns."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.explained import Explained
from reconciler.model.listed import Listed
from reconciler.model.marks import Mark
from reconciler.model.offers import OFFER, Key
from reconciler.render.cause_text import ASIDE
from reconciler.render.cells import cells, in_the_middle, padded, shortened
from reconciler.render.difference import Drawn, Pen, difference
from reconciler.render.grouping import common_fields
from reconciler.render.lowest_text import lowest_text
from reconciler.render.style import Style
from reconciler.render.words import counted, listed

#: symbol and meaning (see `style`) of each verb
VERBS: Mapping[Verb, tuple[str, str]] = {
    Verb.CREATE: ("+", "create"),
    Verb.UPDATE: ("~", "update"),
    Verb.ACTIVATE: ("↑", "activate"),
    Verb.END: ("-", "end"),
    Verb.DELETE: ("x", "end"),
    Verb.ADOPT: ("<=", "adopt"),
    Verb.RENAME: ("=>", "rename"),
    Verb.REPORT: ("!", "report"),
}
_WIDEST = 44
_NAMES = 4


class _Row(Struct, frozen=True):
    label: str
    drawn: Drawn
    seen: int  # width of the body without its colours
    aside: str
    because: str = ""


def draw_group(group: tuple[Change, ...], pen: Pen) -> Iterator[str]:
    """Draw changes that are alike: once, with the count and the first names."""
    first, style = group[0], pen.style
    symbol, meaning = VERBS[first.verb]
    many = style("strong", counted(len(group), *nouns(first.key.kind)))
    yield f"  {style(meaning, symbol)} {many}, all alike"
    yield from _reason(first, style)
    differ = [_is_seen_in_one(group, place) for place in range(len(first.fields))]
    yield from _fields(common_fields(group), first, pen, words=any(differ))
    if any(differ):
        yield style("dim", f"      the same words in each; shown as they stand in {called(first)}")
    yield style("dim", f"      {names_of(group)}")
    yield ""


def _is_seen_in_one(group: tuple[Change, ...], place: int) -> bool:
    """Tell whether the same words change in texts that differ otherwise."""
    first = group[0].fields[place]
    return any(each.fields[place].after != first.after for each in group)


def names_of(group: tuple[Change, ...]) -> str:
    """Return the first names of a group, and how to see all of them."""
    names = listed([called(each) if each.document else each.key.name for each in group], _NAMES)
    return f"{names}  (-v lists all)" if len(group) > _NAMES else names


def draw_change(change: Change, pen: Pen, account: str = "") -> Iterator[str]:
    """Draw one change; with its account, where those of several stand together."""
    yield _header(change, pen.style, account)
    yield from _reason(change, pen.style)
    yield from _fields(change.fields, change, pen)
    yield ""


def nouns(kind: str) -> tuple[str, str]:
    """Return `offer`, `offers` for a kind of document."""
    one = "".join(f" {c.lower()}" if c.isupper() else c for c in kind).strip()
    return one, one[:-1] + "ies" if one.endswith("y") else one + "s"


def name_of(key: Key) -> str:
    """Return the name of an offer, and `Kind/name` of everything else."""
    return key.name if key.kind == OFFER else str(key)


def called(each: Change | Explained | Listed) -> str:
    """Return what people call it: the name of its document, and beside it the sku that its key has, if any."""
    return f"{each.document} (sku {each.key.name})" if each.document else name_of(each.key)


def _header(change: Change, style: Style, account: str) -> str:
    symbol, meaning = VERBS[change.verb]
    on = f" on {account}" if account else ""
    number = f"  #{change.remote_id}" if change.remote_id else ""
    place = f"  {change.mark.file}:{change.mark.line}" if change.mark else ""
    room = style.width - cells(on) - cells(number) - cells(place) - 7
    name = in_the_middle(called(change), max(room, style.width // 2))
    left = room - cells(name)
    title = f"  {shortened(change.title, left)}" if change.title and left > 12 else ""
    return f"  {style(meaning, symbol)} {style('strong', name + on)}{style('dim', title + number + place)}"


def _reason(change: Change, style: Style) -> Iterator[str]:
    if change.reason:
        because = "" if change.verb is Verb.REPORT else "because "
        yield style("dim", f"      {because}{change.reason}")


def _fields(fields: tuple[FieldChange, ...], change: Change, pen: Pen, *, words: bool = False) -> Iterator[str]:
    rows = [_row(field, change, pen, words=words) for field in fields]
    if not rows:
        return
    style = pen.style
    label = min(max(cells(row.label) for row in rows), style.width // 3)
    body = max((row.seen for row in rows if row.aside and row.seen <= _WIDEST), default=0)
    for row in rows:
        aside = " " * max(body - row.seen, 0) + "  " + style("dim", row.aside) if row.aside else ""
        yield f"      {row.drawn.dressed(style)} {padded(row.label, label)}  {row.drawn.body}{aside}".rstrip(" ")
        yield from row.drawn.below
        if row.because:
            yield style("dim", f"          {row.because}")


def _row(field: FieldChange, change: Change, pen: Pen, *, words: bool) -> _Row:
    drawn = difference(field.before, field.after, pen, words=words)
    said = aside(field, change.mark, short=change.verb is not Verb.CREATE)
    return _Row(field.path, drawn, cells(drawn.body), said, field.because)


def aside(field: FieldChange, near: Mark | None, *, short: bool = True) -> str:
    """Say where the value is written (a line only, in the file just named), and what else is to be known."""
    place = _place(field.mark, near, short=short)
    said = [place] if place else []
    if field.uncommitted:
        said.append("(dirty)")
    if field.drift:
        said.append("(drift: changed on the marketplace)")
    if field.cause in ASIDE:
        said.append(ASIDE[field.cause])
    if field.held:
        said.append(f"(manual: apply with --only {field.module})")
    if field.cost:
        said.append(f"(costs {field.cost} at once)")
    if field.lowest:
        said.append(f"({lowest_text(field.lowest)})")
    return " ".join(said)


def _place(mark: Mark | None, near: Mark | None, *, short: bool) -> str:
    if mark is None:
        return ""
    if near is None or mark.file != near.file:
        return f"{mark.file}:{mark.line}"
    return f"line {mark.line}" if short else ""
