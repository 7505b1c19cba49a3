"""What changed inside a text, as an excerpt: `Kubek [-ceramiczny-] {+porcelanowy+} ACME`, or in colours."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby

from msgspec import Struct, field

from reconciler.model.exact import alike, exact_pair
from reconciler.render.style import Style

#: What HTML calls blank; every other separator is part of a word, and is seen.
_BLANK = " \t\r\n"
_WORD = re.compile(rf"<[^>]*>[{_BLANK}]*|[^{_BLANK}<]+[{_BLANK}]*|<[{_BLANK}]*")
_BLANKS = re.compile(f"[{_BLANK}]+")
#: difflib is quadratic: beyond this many pairs of words a stretch is shown as replaced.
_MOST_PAIRS = 250_000
#: So many pairs in all texts of a plan: about a second. What comes after that is shown in larger stretches.
_ALL_PAIRS = 6_000_000
#: More words than this are compared block by block first.
_MANY = 40
_SHORT = 160
#: Places and words of each that a terminal shows; the rest is counted.
_MOST_PLACES, _MOST_WORDS = 6, 40

Hunk = tuple[Sequence[str], Sequence[str]]


class Effort(Struct):
    """How many pairs of words may still be compared, in all texts together; and what short texts came to."""

    left: int = _ALL_PAIRS
    known: dict[tuple[str, str], list[Hunk]] = field(default_factory=dict)

    def allows(self, pairs: int) -> bool:
        """Take so many pairs, if there are that many left."""
        if pairs > min(self.left, _MOST_PAIRS):
            return False
        self.left -= pairs
        return True


def word_diff(before: str, after: str, style: Style, *, whole: bool = True, effort: Effort | None = None) -> str:
    """Draw the places where two texts differ, with a few words around each; only the first unless `whole`."""
    most = None if whole else _MOST_PLACES
    context = 20 if max(len(before), len(after)) <= _SHORT else 4
    shown: list[str] = []
    places = 0
    for old, new in hunks(before, after, effort or Effort()):
        if old is new:
            if most is None or places < most:
                shown.append(_around(old, context, first=not shown))
            continue
        places += 1
        if most is None or places <= most:
            shown.append(_replaced(old, new, style, None if whole else _MOST_WORDS))
    if not places:  # they differ in blanks, or not at all
        was, becomes = exact_pair(before, after)
        return f"{was} -> {becomes}"
    more = f" (and {places - most} more places, -v shows them)" if most is not None and places > most else ""
    return _one_space("".join(shown)) + more


def replaced(before: str, after: str, effort: Effort) -> tuple[tuple[str, str], ...]:
    """Return the stretches of words that are replaced, and by what: the same for all texts edited alike."""
    found = hunks(before, after, effort)
    return tuple(("".join(old).strip(_BLANK), "".join(new).strip(_BLANK)) for old, new in found if old is not new)


def hunks(before: str, after: str, effort: Effort) -> list[Hunk]:
    """Return the stretches of two texts; an equal one is the same object twice."""
    found = effort.known.get((before, after))
    if found is None:
        found = list(_stretches(_WORD.findall(before), _WORD.findall(after), effort))
        if len(before) <= _SHORT:
            effort.known[before, after] = found
    return found


def _stretches(old: Sequence[str], new: Sequence[str], effort: Effort) -> Iterator[Hunk]:
    """Yield stretches. What both texts begin and end with is cheap."""
    left = _common(zip(old, new, strict=False))
    right = _common(zip(reversed(old[left:]), reversed(new[left:]), strict=False))
    head, tail = old[:left], old[len(old) - right :]
    if head:
        yield head, head
    if left + right < max(len(old), len(new)):
        yield from _middle(old[left : len(old) - right], new[left : len(new) - right], effort)
    if tail:
        yield tail, tail


def _middle(old: Sequence[str], new: Sequence[str], effort: Effort) -> Iterator[Hunk]:
    if len(old) <= 1 or len(new) <= 1:
        yield old, new
        return
    if max(len(old), len(new)) > _MANY:
        blocks = _blocks(old), _blocks(new)
        if min(map(len, blocks)) > 1 and effort.allows(len(blocks[0]) * len(blocks[1])):
            yield from _by_blocks(*blocks, effort)
            return
    if effort.allows(len(old) * len(new)):
        yield from _words(old, new)
    else:
        yield old, new


def _by_blocks(old: list[tuple[str, ...]], new: list[tuple[str, ...]], effort: Effort) -> Iterator[Hunk]:
    """Compare paragraphs and items first: there are few of them, and most are equal."""
    bare_old, bare_new = ([tuple(word.strip(_BLANK) for word in block) for block in side] for side in (old, new))
    for tag, a, b, c, d in SequenceMatcher(None, bare_old, bare_new, autojunk=False).get_opcodes():
        gone, come = [w for block in old[a:b] for w in block], [w for block in new[c:d] for w in block]
        if tag == "equal":
            yield gone, gone
        elif tag == "replace" and max(b - a, d - c) < max(len(old), len(new)):
            yield from _stretches(gone, come, effort)
        elif tag == "replace" and effort.allows(len(gone) * len(come)):
            yield from _words(gone, come)
        else:
            yield gone, come


def _words(old: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    bare_old, bare_new = [w.strip(_BLANK) for w in old], [w.strip(_BLANK) for w in new]
    for tag, a, b, c, d in SequenceMatcher(None, bare_old, bare_new, autojunk=False).get_opcodes():
        same = old[a:b]
        yield (same, same) if tag == "equal" else (same, new[c:d])


def _blocks(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the words of each paragraph, heading or item: one ends with the tag that closes it."""
    ends = 0
    numbered = []
    for word in words:
        numbered.append((ends, word))
        ends += word.startswith("</")
    return [tuple(word for _, word in block) for _, block in groupby(numbered, key=lambda each: each[0])]


def _common(pairs: Iterator[tuple[str, str]]) -> int:
    count = 0
    for one, other in pairs:
        if one is not other and one.strip(_BLANK) != other.strip(_BLANK):
            break
        count += 1
    return count


def _around(words: Sequence[str], context: int, *, first: bool) -> str:
    if len(words) <= 2 * context:
        return "".join(words).rstrip(_BLANK) + " "
    tail = "".join(words[-context:]).rstrip(_BLANK) + " "
    return f"… {tail}" if first else f"{''.join(words[:context]).rstrip(_BLANK)} … {tail}"


def _replaced(old: Sequence[str], new: Sequence[str], style: Style, most: int | None) -> str:
    gone, come = _stretch(old, most), _stretch(new, most)
    if alike(gone, come):
        gone, come = exact_pair("".join(old).strip(_BLANK), "".join(new).strip(_BLANK))
    if style.colour:
        return f"{style('removed', gone)} {style('added', come)} "
    return (f"[-{gone}-] " if gone else "") + (f"{{+{come}+}} " if come else "")


def _stretch(words: Sequence[str], most: int | None) -> str:
    text = "".join(words[:most]).strip(_BLANK)
    return text + " …" if most is not None and len(words) > most else text


def _one_space(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(_BLANK)
