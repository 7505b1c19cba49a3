"""Foreign text in Markdown, escaped here and only here: it closes no table, span, link or tag, and calls nobody.

What means something in Markdown or HTML is written as an entity: an entity never is structure. Names after `@`
and numbers after `#` are cut off from their sign by an empty comment, or a person would be called.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from reconciler.model.foreign import shown

_MEANS = re.compile(r"[&<>|`*_~\[\]()\\!@#$^{}\"'=]|:(?=[/\w])|(?<![\w.])www(?=\.)|(?<=\w)\.(?=\w*\.)")
_CALLS = re.compile(r"(&#(?:64|35|33|126|36|94|58);)(?=\w)")
_BEGINS = re.compile(r"^[-+]|^\d+[.)]")
_RUNS = re.compile("`+")


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


def folded(title: str, lines: Sequence[str], room: int) -> Iterator[str]:
    """Yield plain text behind a title that opens it: the lines that there is room for, and how many are left."""
    harmless = [shown(line) for line in lines]
    fence = "`" * max([3, *(len(run) + 1 for line in harmless for run in _RUNS.findall(line))])
    frame = [f"<details><summary>{title}</summary>", "", f"{fence}text", fence, "", "</details>"]
    room -= sum(len(line) + 1 for line in frame) + 80
    kept = []
    for line in harmless:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    left = len(harmless) - len(kept)
    yield from (*frame[:3], *kept, frame[3])
    yield from (["", f"{left:,} more lines are in the plan: `reconcile show` tells all."] if left else [])
    yield from frame[4:]
