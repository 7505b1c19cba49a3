"""Foreign text in Markdown, escaped here and only here: it closes no table, span, link or tag, and calls nobody.

What means something in Markdown or HTML is written as an entity: an entity never is structure. Names after `@`
and numbers after `#` are cut off from their sign by an empty comment, or a person would be called.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from reconciler.model.foreign import shown
from reconciler.render.words import counted

_MEANS = re.compile(r"[&<>|`*_~\[\]()\\!@#$^{}\"'=]|:(?=[/\w])|(?<![\w.])www(?=\.)|(?<=\w)\.(?=\w*\.)")
_CALLS = re.compile(r"(&#(?:64|35|33|126|36|94|58);)(?=\w)")
_BEGINS = re.compile(r"^[-+]|^\d+[.)](?=\s|$)")
_RUNS = re.compile("`+")
_NO_CODE = re.compile(r"[`|\\]")
#: What is around a folded text, in characters.
_FRAME = 140


class Block(Struct, frozen=True):
    """Lines of plain text that belong together, and how many things they tell of."""

    weight: int
    lines: Sequence[str]


class Fold(Struct, frozen=True):
    """The lines of something that is folded, and whether nothing of it was cut."""

    lines: tuple[str, ...]
    whole: bool

    @property
    def size(self) -> int:
        """Count its characters, with the ends of its lines."""
        return sum(len(line) + 1 for line in self.lines)


def text(foreign: str) -> str:
    """Return a foreign text as it may stand within a line of Markdown, also in a cell of a table."""
    line = shown(foreign).strip()
    line = _MEANS.sub(lambda found: _entities(found[0]), line)
    line = _CALLS.sub(r"\1<!-- -->", line)
    return _BEGINS.sub(lambda found: found[0][:-1] + _entities(found[0][-1]), line)


def _entities(found: str) -> str:
    return "".join(f"&#{ord(char)};" for char in found)


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()
) -> Iterator[str]:
    """Yield a table of cells that are Markdown already; some of its columns are numbers."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('--:' if n in right else '---' for n in range(len(head)))}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def code(foreign: str) -> str:
    """Return a foreign text as a span of code, where nothing means anything; as plain text where it cannot be one.

    A backtick ends a span, a stroke a cell, and readers disagree on a stroke behind a backslash.
    """
    line = shown(foreign).strip()
    return f"`{line}`" if line and not _NO_CODE.search(line) else text(foreign)


def folded(title: str, lines: Sequence[str], room: int) -> Fold:
    """Fold plain text behind a title that opens it: the lines that there is room for, and how many are left."""
    return packed(title, (Block(1, (line,)) for line in lines), len(lines), "line", room)


def packed(title: str, blocks: Iterable[Block], total: int, noun: str, room: int) -> Fold:
    """Fold blocks of plain text behind a title: those that there is room for, and how many (of all) are left.

    Blocks are taken one by one: what there is no room for is not made. Of the last one the first lines are kept.
    """
    room -= len(title) + _FRAME
    kept: list[str] = []
    told, longest, full = 0, 2, False
    for block in blocks:
        for line in map(shown, block.lines):
            longest = max([longest, *map(len, _RUNS.findall(line))])
            full = room - len(line) - 1 < 2 * longest
            if full:
                break
            room -= len(line) + 1
            kept.append(line)
        if full:
            break
        told += block.weight
    fence = "`" * (max([2, *(len(run) for line in kept for run in _RUNS.findall(line))]) + 1)
    cut = f"Cut here: {total - told:,} of {counted(total, noun)} are told in part or not at all. The plan has all."
    return _fold(title, [f"{fence}text", *kept, fence], cut if told < total else "")


def folded_table(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], room: int, right: frozenset[int] = frozenset()
) -> Fold:
    """Fold a table of Markdown behind a title: the rows that there is room for, and how many are left."""
    lines = list(table(head, rows, right))
    room -= len(title) + _FRAME + len(lines[0]) + len(lines[1])
    kept = 2
    for line in lines[2:]:
        room -= len(line) + 1
        if room < 0:
            break
        kept += 1
    left = len(lines) - kept
    cut = f"Cut here: {left:,} of {counted(len(rows), 'row')} are left out. The plan has all."
    return _fold(title, lines[:kept], cut if left else "")


def _fold(title: str, lines: Iterable[str], cut: str) -> Fold:
    end = ("", cut) if cut else ()
    opened = f"<details><summary>{title}</summary>"
    return Fold((opened, "", *lines, *end, "", "</details>"), whole=not cut)
