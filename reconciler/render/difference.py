"""How one value became another: on one line, by words, or item by item. Whoever shows a change draws it so."""

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.model.values import Gain, Value
from reconciler.render.cells import cells, shortened
from reconciler.render.inner_text import Inner, inner_changes, new_parts
from reconciler.render.style import Style
from reconciler.render.value_text import CLEARED, from_to, one_line, pair, percent
from reconciler.render.word_diff import Effort, word_diff

#: A text that is no longer is shown as it was and as it will be; of a longer one, the words that change.
_LINE = 76
#: So much of a new or a cleared value is shown on a terminal; -v and a pipe show all of it.
_MOST = 400
_MEANINGS = {"+": "create", "-": "end", "~": "update"}


class Pen(Struct, frozen=True, kw_only=True):
    """What drawing needs: the style, whether all is wanted, and how much work may go into it."""

    style: Style
    verbose: bool = False
    effort: Effort = field(default_factory=Effort)

    @property
    def whole(self) -> bool:
        """Tell whether nothing may be cut: it is not for a terminal, or all was asked for."""
        return self.verbose or not self.style.limited


class Drawn(Struct, frozen=True):
    """A difference: its sign, what stands beside the name, and the lines below it."""

    symbol: str
    body: str
    below: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Return all of it, for those who have no name to put it beside."""
        return (self.body, *self.below) if self.body else self.below

    def dressed(self, style: Style) -> str:
        """Return its sign in its colour."""
        return style(_MEANINGS[self.symbol], self.symbol)


def difference(before: Value, after: Value, pen: Pen, *, indent: int = 10, words: bool = False) -> Drawn:
    """Draw one value becoming another, the lines below indented. `words`: of texts, the words that change."""
    if before is None and after is not None:
        return _whole(after, pen, indent)
    if after is None and before is not None:
        return Drawn("-", f"{_limited(one_line(before), pen)} -> {CLEARED} (cleared)")
    if isinstance(before, str) and isinstance(after, str):
        return Drawn("~", _texts(before, after, pen, words=words))
    if _nested(before, after):
        lines = tuple(_inner_lines(inner_changes(before, after, pen.effort), pen, indent))
        return Drawn("~", "", lines) if lines else Drawn("~", from_to(before, after))
    return Drawn("~", with_percent(from_to(before, after), percent(before, after), pen.style))


def with_percent(plain: str, share: str, style: Style) -> str:
    """Add how much a price moves."""
    if not share:
        return plain
    return f"{plain}  {style('removed' if share[0] == '-' else 'added', f'({share})')}"


def _texts(before: str, after: str, pen: Pen, *, words: bool = False) -> str:
    plain = from_to(before, after)
    if not words and len(before) + len(after) <= _LINE and cells(plain) <= pen.style.width - 30:
        return plain
    return word_diff(before, after, pen.style, whole=pen.whole, effort=pen.effort)


def _whole(value: Value, pen: Pen, indent: int) -> Drawn:
    """Draw a new value: on one line, or its parts below where they are too many or everything is wanted."""
    text = one_line(value)
    parts = new_parts(value) if len(text) > _LINE or pen.verbose else ()
    return Drawn("+", "", tuple(_inner_lines(parts, pen, indent))) if parts else Drawn("+", _limited(text, pen))


def _nested(before: Value, after: Value) -> bool:
    if not isinstance(before, Mapping | list) or not isinstance(after, Mapping | list):
        return False
    if isinstance(before, list) and isinstance(after, list) and not (_is_deep(before) or _is_deep(after)):
        return max(len(before), len(after)) > 1
    return True


def _is_deep(value: list[Value]) -> bool:
    return any(isinstance(each, Mapping | list) for each in value)


def _inner_lines(inner: tuple[Inner, ...], pen: Pen, indent: int) -> list[str]:
    told = [_inner(each, pen) for each in inner]
    label = max((cells(each.label) for each in inner), default=0)
    label = min(label, pen.style.width // 3)
    blanks = " " * indent
    lines = []
    for each, drawn in zip(inner, told, strict=True):
        name = each.label + " " * (label - cells(each.label))
        lines.append(f"{blanks}{drawn.dressed(pen.style)} {name}  {drawn.body}".rstrip(" "))
    return lines


def _inner(inner: Inner, pen: Pen) -> Drawn:
    """Draw a difference inside a nested value; what is nested in there is flattened."""
    before, after = inner.before, inner.after
    if inner.moved_from:
        return Drawn("~", f"moved from {inner.moved_from}: {_limited(one_line(after), pen)}")
    if after is None and before is not None:
        return Drawn("-", _limited(one_line(before), pen))
    if before is None and after is not None:
        return Drawn("+", _limited(one_line(after), pen))
    if isinstance(before, str) and isinstance(after, str):
        return Drawn("~", _texts(before, after, pen))
    if isinstance(after, Gain):
        return Drawn("~", from_to(before, after))
    return Drawn("~", with_percent(" -> ".join(pair(before, after)), percent(before, after), pen.style))


def _limited(text: str, pen: Pen) -> str:
    return text if pen.whole else shortened(text, _MOST)
