"""One change: a header line, and one line for each field, in columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.marks import Mark
from reconciler.model.offers import OFFER, Key
from reconciler.model.values import Value
from reconciler.render.grouping import common_fields
from reconciler.render.inner_text import Inner, brief, inner_changes, new_parts
from reconciler.render.style import Style, visible
from reconciler.render.value_text import CLEARED, LONG, from_to, one_line, percent
from reconciler.render.word_diff import word_diff
from reconciler.render.words import counted, listed, shortened

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """What drawing needs: the style, whether all is wanted, and a permit for each nested value drawn."""

    style: Style
    verbose: bool
    permits: Iterator[int]


@dataclass(frozen=True, slots=True)
class _Row:
    symbol: str
    label: str
    body: str
    seen: int  # width of the body without its colours
    aside: str
    below: tuple[str, ...] = ()


def draw_group(group: tuple[Change, ...], pen: Pen) -> Iterator[str]:
    """Draw changes that are alike: once, with the count and the first names."""
    first, style = group[0], pen.style
    symbol, meaning = VERBS[first.verb]
    many = style("strong", counted(len(group), *nouns(first.key.kind)))
    yield f"  {style(meaning, symbol)} {many}, all alike"
    yield from _reason(first, style)
    yield from _fields(common_fields(group), first, pen)
    names = listed([each.key.name for each in group], _NAMES)
    more = "  (-v lists all)" if len(group) > _NAMES else ""
    yield style("dim", f"      {names}{more}")
    yield ""


def draw_change(change: Change, pen: Pen) -> Iterator[str]:
    """Draw one change."""
    yield _header(change, pen.style)
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


def _header(change: Change, style: Style) -> str:
    symbol, meaning = VERBS[change.verb]
    name = name_of(change.key)
    number = f"  #{change.remote_id}" if change.remote_id else ""
    place = f"  {change.mark.file}:{change.mark.line}" if change.mark else ""
    room = style.width - len(name) - len(number) - len(place) - 7
    title = f"  {shortened(change.title, room)}" if change.title and room > 12 else ""
    return f"  {style(meaning, symbol)} {style('strong', name)}{style('dim', title + number + place)}"


def _reason(change: Change, style: Style) -> Iterator[str]:
    if change.reason:
        yield style(
            "dim",
            f"      because {change.reason}" if change.verb is not Verb.REPORT else f"      {change.reason}",
        )


def _fields(fields: tuple[FieldChange, ...], change: Change, pen: Pen) -> Iterator[str]:
    rows = [_row(field, change, pen) for field in fields]
    if not rows:
        return
    style = pen.style
    label = max(len(row.label) for row in rows)
    body = max((row.seen for row in rows if row.aside and row.seen <= _WIDEST), default=0)
    for row in rows:
        aside = " " * max(body - row.seen, 0) + "  " + style("dim", row.aside) if row.aside else ""
        meaning = _MEANINGS[row.symbol]
        yield f"      {style(meaning, row.symbol)} {row.label:<{label}}  {row.body}{aside}".rstrip(" ")
        yield from row.below


_MEANINGS = {"+": "create", "-": "end", "~": "update"}


def _row(field: FieldChange, change: Change, pen: Pen) -> _Row:
    symbol, body, seen, below = _difference(field, pen, len(field.path) + 12)
    return _Row(
        symbol, field.path, body, seen, aside(field, change.mark, short=change.verb is not Verb.CREATE), below
    )


def _difference(field: FieldChange, pen: Pen, indent: int) -> tuple[str, str, int, tuple[str, ...]]:
    """Return symbol, body, its visible width, and the lines below."""
    before, after = field.before, field.after
    room = max(pen.style.width - indent, 24)
    if before is None:
        return "+", *_whole(after, room, pen)
    if after is None:
        text = f"{_limited(one_line(before), room - 18, pen)} -> {CLEARED} (cleared)"
        return "-", text, len(text), ()
    plain = from_to(before, after)
    if len(plain) <= room and not _nested(before, after):
        return "~", *with_percent(plain, percent(before, after), pen.style), ()
    if isinstance(before, str) and isinstance(after, str):
        text = _words(before, after, pen)
        return "~", text, visible(text), ()
    return "~", *_inside(before, after, pen)


def _whole(value: Value, room: int, pen: Pen) -> tuple[str, int, tuple[str, ...]]:
    """Draw a new value: on one line, or its parts below where they are too many or everything is wanted."""
    text = one_line(value)
    parts = new_parts(value) if len(text) > room or pen.verbose else ()
    if parts:
        label = max(len(part.label) for part in parts)
        return "", 0, tuple(_inner_line(part, label, pen) for part in parts)
    text = _limited(text, room, pen)
    return text, len(text), ()


def _words(before: str, after: str, pen: Pen) -> str:
    """Draw the words that changed; in long texts only while there are permits, for they take time."""
    if min(len(before), len(after)) > LONG and next(pen.permits, None) is None:
        return f"{counted(len(before), 'character')} -> {counted(len(after), 'character')} (-v shows where)"
    return word_diff(before, after, pen.style, most=50 if pen.verbose else 3)


def with_percent(plain: str, share: str, style: Style) -> tuple[str, int]:
    """Add how much a price moves, and return the text with its visible width."""
    if not share:
        return plain, len(plain)
    meaning = "removed" if share[0] == "-" else "added"
    return f"{plain}  {style(meaning, f'({share})')}", len(plain) + len(share) + 4


def _nested(before: Value, after: Value) -> bool:
    kinds = (Mapping, list)
    if not isinstance(before, kinds) and not isinstance(after, kinds):
        return False
    return max(_size(before), _size(after)) > 1


def _size(value: Value) -> int:
    return len(value) if isinstance(value, Mapping | list) else 1


def _inside(before: Value, after: Value, pen: Pen) -> tuple[str, int, tuple[str, ...]]:
    if next(pen.permits, None) is None:
        text = brief(before, after)
        return text, len(text), ()
    inner = inner_changes(before, after)
    label = max((len(each.label) for each in inner), default=0)
    lines = tuple(_inner_line(each, label, pen) for each in inner)
    return "", 0, lines


def _inner_line(inner: Inner, label: int, pen: Pen) -> str:
    field = FieldChange(path=inner.label, module=None, before=inner.before, after=inner.after)
    if inner.label == "order":
        symbol, body = "~", f"{one_line(inner.before)} -> {one_line(inner.after)}"
        body = shortened(body, pen.style.width - 20) if not pen.verbose else body
    else:
        symbol, body = _flat(field, pen)
    return f"          {pen.style(_MEANINGS[symbol], symbol)} {inner.label:<{label}}  {body}"


def _flat(field: FieldChange, pen: Pen) -> tuple[str, str]:
    """Draw a difference inside a nested value; what is nested in there is flattened."""
    room = max(pen.style.width - len(field.path) - 16, 24)
    if field.after is None:
        return "-", _limited(one_line(field.before), room, pen)
    if field.before is None:
        return "+", _limited(one_line(field.after), room, pen)
    if isinstance(field.before, Mapping | list):
        return "~", f"{one_line(field.before)} -> {one_line(field.after)}"
    return _difference(field, pen, len(field.path) + 16)[:2]


def _limited(text: str, room: int, pen: Pen) -> str:
    return text if pen.verbose else shortened(text, room)


def aside(field: FieldChange, near: Mark | None, *, short: bool = True) -> str:
    """Say where the value is written (a line only, in the file just named), if not committed, drift or held."""
    place = _place(field.mark, near, short=short)
    said = [place] if place else []
    if field.uncommitted:
        said.append("(dirty)")
    if field.drift:
        said.append("(drift: changed on the marketplace)")
    if field.held:
        said.append(f"(manual: apply with --only {field.module})")
    return " ".join(said)


def _place(mark: Mark | None, near: Mark | None, *, short: bool) -> str:
    if mark is None:
        return ""
    if near is None or mark.file != near.file:
        return f"{mark.file}:{mark.line}"
    return f"line {mark.line}" if short else ""
