"""The gate that every line passes on its way to a terminal or a log, and the only place that colours it.

A line is text without breaks: what breaks it came from outside. Colours are marks of this process until they have
passed, so nothing but `Style` can colour anything.
"""

import re
from collections.abc import Iterable

from reconciler.model.foreign import shown, without_command
from reconciler.render.style import MARK

_BEFORE_THE_TEXT = re.compile(rf"(?:\s|{MARK}[0-9;]*m)*")


def through(lines: Iterable[str]) -> str:
    """Return lines as they are printed, harmless, with their colours."""
    return "\n".join(map(_line, lines))


def _line(line: str) -> str:
    line = shown(line)
    if MARK not in line:
        return line
    found = _BEFORE_THE_TEXT.match(line)
    return without_command(line, found.end() if found else 0).replace(MARK, "\x1b[")
