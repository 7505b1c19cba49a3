"""docs/pull-requests.md, held against what the product prints: each block of the page that has a name."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "pull-requests.md"
LEFT_OUT = "…"
_BLOCK = re.compile(r"^<!-- shown: ([\w-]+) -->\n+```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
#: What is another one each time, and how it is written on both sides.
_EACH_TIME = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "ID"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?(\+00:00)?"), "TIME"),
    (re.compile(r" on \S+ \(process \d+\)"), " on HOST"),
    (re.compile(r"https?://[\w.]+(:\d+)?/"), "ADDRESS/"),
    (re.compile(r"(runs/|jobs/|#issuecomment-|#note_)\d+"), r"\1N"),
    (re.compile(r"\b[0-9a-f]{7,40}\b"), "HASH"),
    (re.compile(r"\bIt took \d+ requests .*"), "IT TOOK"),
    (re.compile(r"\b\d+ requests, about .* ·"), "REQUESTS ·"),
    (re.compile(r"\b(under )?\d+(\.\d+)? (s|seconds)\b"), "SECONDS"),
)


def _even(line: str) -> str:
    for pattern, name in _EACH_TIME:
        line = pattern.sub(name, line)
    return line.rstrip()


def blocks() -> dict[str, list[str]]:
    """The named blocks of the page: name -> lines, without the commands that are typed."""
    found = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    return {name: [line for line in text.splitlines() if not line.startswith("$ ")] for name, text in found}


def insist(name: str, told: str) -> None:
    """The block of this name is what was printed: line by line, where the page says `…` some are left out."""
    printed, place, free = [_even(line) for line in told.splitlines()], 0, True
    for line in blocks()[name]:
        if line.strip() == LEFT_OUT:
            free = True
            continue
        wanted = _even(line)
        at = next((n for n in range(place, len(printed)) if printed[n] == wanted), None)
        assert at is not None, f"{name}: the page has {line!r}\n\nprinted:\n{told}"
        assert free or at == place, f"{name}: something is left out before {line!r}\n\nprinted:\n{told}"
        place, free = at + 1, False
