"""Where output goes: results to stdout, everything else to stderr; colours only where a person looks."""

import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

import click

from reconciler.cli.terminal import is_terminal
from reconciler.render.style import PLAIN, Style
from reconciler.runtime.progress import Progress

_NARROWEST, _WIDEST, _UNKNOWN = 72, 140, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The two streams of one command. `json`: stdout carries one JSON document and nothing else."""

    json: bool = False
    style: Style = PLAIN
    error_style: Style = PLAIN

    @classmethod
    def open(cls, *, json: bool = False, no_color: bool = False) -> "Console":
        """Look at the two streams and the environment."""
        return cls(
            json=json,
            style=_style(sys.stdout, no_color=no_color),
            error_style=_style(sys.stderr, no_color=no_color),
        )

    def show(self, lines: Iterable[str]) -> None:
        """Write result lines to stdout, in one go."""
        text = "\n".join(lines)
        if text:
            click.echo(text, color=self.style.colour)

    def write(self, text: str) -> None:
        """Write a finished text, such as JSON, to stdout."""
        click.echo(text, nl=False, color=False)

    def say(self, *lines: str) -> None:
        """Write lines that are not the result to stderr."""
        for line in lines:
            click.echo(line, err=True, color=self.error_style.colour)

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
        return _UNKNOWN
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((_UNKNOWN, 24)).columns))
