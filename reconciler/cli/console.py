"""Where output goes: results to stdout, everything else to stderr; colours only where a person looks.

Everything that the product prints is printed here, and has passed the gate (`render/gate.py`).
"""

import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TextIO

import click

from reconciler.cli.terminal import is_terminal
from reconciler.render.gate import through
from reconciler.render.style import PLAIN, Style
from reconciler.runtime.progress import Progress

_NARROWEST, _WIDEST, _UNKNOWN = 72, 140, 100


class OutputFailed(Exception):  # noqa: N818 - an end of a run, and no error of the program
    """What is printed cannot be written to where it goes: the disk behind it is full."""

    def __init__(self, wrong: OSError) -> None:
        super().__init__(f"the output cannot be written: {wrong.strerror}")


@dataclass(slots=True)
class Answer:
    """The one JSON document that stdout carries with `--json`."""

    given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The two streams of one command. `json`: stdout carries one JSON document and nothing else."""

    json: bool = False
    style: Style = PLAIN
    error_style: Style = PLAIN
    answer: Answer = field(default_factory=Answer)

    @classmethod
    def open(cls, *, json: bool = False, no_color: bool = False, answer: Answer | None = None) -> "Console":
        """Look at the two streams and the environment; the answer is the running command's, where none is given."""
        context = click.get_current_context(silent=True)
        known = answer or (context.obj if context else None)
        return cls(
            json=json,
            style=_style(sys.stdout, no_color=no_color),
            error_style=_style(sys.stderr, no_color=no_color),
            answer=known if isinstance(known, Answer) else Answer(),
        )

    def show(self, lines: Iterable[str]) -> None:
        """Write result lines to stdout, in one go."""
        text = through(lines)
        if text:
            _write(text)

    def write(self, document: str) -> None:
        """Write a JSON document to stdout: as the only one. `to_text` has made it harmless."""
        assert not self.answer.given, "a second document on stdout"
        self.answer.given = True
        _write(document.removesuffix("\n"))

    def say(self, *lines: str) -> None:
        """Write lines that are not the result to stderr."""
        say(*lines)

    def progress(self) -> Progress:
        """Return the progress display that suits stderr."""
        from reconciler.cli.progress import progress_for

        return progress_for(sys.stderr)


def say(*lines: str) -> None:
    """Write lines to stderr."""
    _write(through(lines), err=True)


def ask(*lines: str) -> str:
    """Write a question to stderr and return what was typed; nothing where nobody can answer."""
    say(*lines)
    _write("> ", err=True, end=False)
    typed = sys.stdin.readline() if sys.stdin else ""
    if not typed.endswith("\n"):
        say("")
    return typed


def _write(text: str, *, err: bool = False, end: bool = True) -> None:
    try:
        click.echo(text, err=err, color=True, nl=end)  # there is no colour in it but what `Style` gave
    except BrokenPipeError:
        raise
    except OSError as wrong:
        raise OutputFailed(wrong) from wrong


def speak_utf8() -> None:
    """Titles are Polish and names may be anything, whatever the console's code page."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")


def give_up_output() -> None:
    """Stdout cannot be written any more: Python would complain once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def watched() -> bool:
    """Tell whether a person looks at stderr."""
    return is_terminal(sys.stderr)


def _style(stream: TextIO, *, no_color: bool) -> Style:
    return Style(colour=colours(stream, no_color=no_color), width=_width(stream))


def colours(stream: TextIO, *, no_color: bool) -> bool:
    """Colours are for a terminal that wants them (see no-color.org)."""
    refused = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return not refused and is_terminal(stream)


def _width(stream: TextIO) -> int:
    if not is_terminal(stream):
        return _UNKNOWN
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((_UNKNOWN, 24)).columns))
