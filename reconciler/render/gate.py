"""The gate that every line passes on its way to a terminal or a log, and the only place that colours it.

A line is text without breaks: what breaks it came from outside. Colours are marks of this process until they have
passed, so nothing but `Style` can colour anything. What a terminal has no room for goes on below, behind a `↳`;
how wide a line is, is known once everything in it is written out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from reconciler.model.foreign import is_harmless, shown, without_command
from reconciler.render.cells import fitted
from reconciler.render.style import MARK, UNLIMITED

_BEFORE_THE_TEXT = re.compile(rf"(?:\s|{MARK}[0-9;]*m)*")
#: Lines that are looked at together: a plan has 100,000, and nearly all of them are harmless.
_TOGETHER = 200


class RunnerCommand(Struct, frozen=True):
    """A command of ours to the runner of a pipeline: its name, its properties, and lines of text."""

    name: str
    properties: Mapping[str, str]
    lines: Sequence[str]


def commanded(commands: Iterable[RunnerCommand]) -> str:
    """Return commands as a runner of GitHub reads them, one a line: no text in one ends it or begins another.

    `::error file=a.yaml,line=3::text`; what a text says is written out as everywhere, and then in its escapes.
    """
    return "\n".join(map(_command, commands))


def _command(each: RunnerCommand) -> str:
    properties = ",".join(f"{name}={_property(value)}" for name, value in each.properties.items())
    return f"::{each.name} {properties}::{'%0A'.join(_data(line) for line in each.lines)}"


def _data(line: str) -> str:
    return shown(line).replace("%", "%25")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def through(lines: Iterable[str], width: int = UNLIMITED) -> str:
    """Return lines as they are printed: harmless, with their colours, none of them wider than so many columns."""
    every = list(lines)
    return "\n".join(_block(every[start : start + _TOGETHER], width) for start in range(0, len(every), _TOGETHER))


def _block(lines: Sequence[str], width: int) -> str:
    text = "\n".join(lines)
    if text.count("\n") != len(lines) - 1 or not is_harmless(text):
        lines = [_line(each) for each in lines]
        text = "\n".join(lines)
    if width < UNLIMITED:
        text = "\n".join(each for line in lines for each in fitted(line, width))
    return text.replace(MARK, "\x1b[")


def _line(line: str) -> str:
    line = shown(line)
    found = _BEFORE_THE_TEXT.match(line) if MARK in line else None
    return without_command(line, found.end()) if found else line
