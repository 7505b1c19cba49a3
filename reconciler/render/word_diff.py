"""What changed inside a text, as an excerpt: `Kubek [-ceramiczny-] {+porcelanowy+} ACME`, or in colours."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from reconciler.render.style import Style

#: What HTML calls blank; every other separator is part of a word, and is seen.
_BLANK = " \t\r\n"
_WORD = re.compile(rf"<[^>]*>[{_BLANK}]*|[^{_BLANK}<]+[{_BLANK}]*|<[{_BLANK}]*")
_BLANKS = re.compile(f"[{_BLANK}]+")
#: difflib is quadratic: beyond this many pairs of words a stretch is shown as replaced.
_MOST_PAIRS = 250_000
_SHORT = 160
_MOST_WORDS = 14

Hunk = tuple[Sequence[str], Sequence[str]]


def word_diff(before: str, after: str, style: Style, *, most: int = 3) -> str:
    """Draw at most so many places where two texts differ, with a few words around each."""
    context = 20 if max(len(before), len(after)) <= _SHORT else 4
    shown: list[str] = []
    places = 0
    for old, new in _hunks(_WORD.findall(before), _WORD.findall(after)):
        if old is new:
            if places < most:
                shown.append(_around(old, context, first=not shown))
            continue
        places += 1
        if places <= most:
            shown.append(_replaced(old, new, style))
    more = f" (and {places - most} more places)" if places > most else ""
    return _one_space("".join(shown)) + more


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    """Yield stretches; an equal one is the same object twice. What both texts begin and end with is cheap."""
    left = _common(zip(old, new, strict=False))
    right = _common(zip(reversed(old[left:]), reversed(new[left:]), strict=False))
    head, tail = old[:left], old[len(old) - right :]
    if head:
        yield head, head
    yield from _middle(old[left : len(old) - right], new[left : len(new) - right])
    if tail:
        yield tail, tail


def _middle(old: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    if len(old) <= 3 or len(new) <= 3 or len(old) * len(new) > _MOST_PAIRS:
        yield old, new
        return
    bare_old, bare_new = [w.strip(_BLANK) for w in old], [w.strip(_BLANK) for w in new]
    for tag, a, b, c, d in SequenceMatcher(None, bare_old, bare_new, autojunk=False).get_opcodes():
        same = old[a:b]
        yield (same, same) if tag == "equal" else (same, new[c:d])


def _common(pairs: Iterator[tuple[str, str]]) -> int:
    count = 0
    for one, other in pairs:
        if one.strip(_BLANK) != other.strip(_BLANK):
            break
        count += 1
    return count


def _around(words: Sequence[str], context: int, *, first: bool) -> str:
    if len(words) <= 2 * context:
        return "".join(words).rstrip(_BLANK) + " "
    tail = "".join(words[-context:]).rstrip(_BLANK) + " "
    return f"… {tail}" if first else f"{''.join(words[:context]).rstrip(_BLANK)} … {tail}"


def _replaced(old: Sequence[str], new: Sequence[str], style: Style) -> str:
    gone, come = _stretch(old), _stretch(new)
    if style.colour:
        return f"{style('removed', gone)} {style('added', come)} "
    return (f"[-{gone}-] " if gone else "") + (f"{{+{come}+}} " if come else "")


def _stretch(words: Sequence[str]) -> str:
    text = "".join(words[:_MOST_WORDS]).strip(_BLANK)
    return text + " …" if len(words) > _MOST_WORDS else text


def _one_space(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(_BLANK)
