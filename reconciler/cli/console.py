"""Where output goes: results to stdout, everything else to stderr; colours only where a person looks."""

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TextIO

import click
from msgspec import Struct, field

from reconciler.cli import output
from reconciler.cli.terminal import is_terminal
from reconciler.render.gate import RunnerCommand
from reconciler.render.style import PLAIN, UNLIMITED, Style
from reconciler.runtime.progress import Progress

#: A narrower terminal is none that anybody reads on. What is not known of one is taken to be usual.
_NARROWEST, _USUAL = 40, 100


class Printed(Struct):
    """The one JSON document that stdout carries with `--json`."""

    given: bool = False


class Console(Struct, frozen=True, kw_only=True):
    """The two streams of one command. `json`: stdout carries one JSON document and nothing else."""

    json: bool = False
    style: Style = PLAIN
    error_style: Style = PLAIN
    answer: Printed = field(default_factory=Printed)

    @classmethod
    def open(cls, *, json: bool = False, no_color: bool = False, answer: Printed | None = None) -> "Console":
        """Look at the two streams and the environment; the answer is the running command's, if none is given."""
        context = click.get_current_context(silent=True)
        known = answer or (context.obj if context else None)
        return cls(
            json=json,
            style=_style(sys.stdout, no_color=no_color),
            error_style=_style(sys.stderr, no_color=no_color),
            answer=known if isinstance(known, Printed) else Printed(),
        )

    @property
    def columns(self) -> int | None:
        """The width of the terminal that results go to; None where they are piped, and nothing is cut."""
        return self.style.width if self.style.limited else None

    def show(self, lines: Iterable[str]) -> None:
        """Write result lines to stdout, in one go."""
        output.show(lines, self.style.width)

    def show_unlimited(self, lines: Iterable[str]) -> None:
        """Write lines of a format of its own to stdout: breaking them would break it."""
        output.show(lines)

    def command(self, commands: Iterable[RunnerCommand]) -> None:
        """Write commands to the runner of a pipeline to stdout: they are ours, and pass the gate as such."""
        output.command(commands)

    def write(self, document: str) -> None:
        """Write a JSON document to stdout, as the only one."""
        assert not self.answer.given, "a second document on stdout"
        self.answer.given = True
        output.write_json(document)

    def write_pieces(self, document: Iterable[str]) -> None:
        """Write a JSON document to stdout, as the only one, while it is being made."""
        assert not self.answer.given, "a second document on stdout"
        self.answer.given = True
        output.write_json_pieces(document)

    def say(self, *lines: str) -> None:
        """Write lines that are not the result to stderr."""
        output.say(*lines, width=self.error_style.width)

    def progress(self) -> Progress:
        """Return the progress display that suits stderr."""
        from reconciler.cli.progress import progress_for

        return progress_for(sys.stderr)


def _style(stream: TextIO, *, no_color: bool) -> Style:
    return Style(colour=colours(stream, no_color=no_color), width=_width(stream))


def colours(stream: TextIO, *, no_color: bool) -> bool:
    """Colours are for a terminal that wants them (see no-color.org)."""
    refused = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return not refused and is_terminal(stream)


def _width(stream: TextIO) -> int:
    if not is_terminal(stream):
        return UNLIMITED
    return max(_NARROWEST, shutil.get_terminal_size((_USUAL, 24)).columns)
