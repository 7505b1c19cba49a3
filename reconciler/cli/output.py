"""Prints: the only module that does, so that everything passes the gate (`render/gate.py`)."""

import os
import sys
from collections.abc import Iterable

import click

from reconciler.cli.terminal import is_terminal
from reconciler.render.gate import RunnerCommand, commanded, through
from reconciler.render.style import UNLIMITED


class OutputFailed(Exception):  # noqa: N818 - an end of a run, and no error of the program
    """What is printed cannot be written to where it goes: the disk behind it is full."""

    def __init__(self, wrong: OSError) -> None:
        super().__init__(f"the output cannot be written: {wrong.strerror}")


def show(lines: Iterable[str], width: int = UNLIMITED) -> None:
    """Write result lines to stdout, in one go; none is wider than so many columns."""
    text = through(lines, width)
    if text:
        _write(text)


def write_json(document: str) -> None:
    """Write a JSON document to stdout. `to_text` has made it harmless."""
    _write(document.removesuffix("\n"))


def write_json_pieces(document: Iterable[str]) -> None:
    """Write a JSON document to stdout, a piece at a time. `in_pieces` has made them harmless."""
    for piece in document:
        _write(piece, end=False)


def command(commands: Iterable[RunnerCommand]) -> None:
    """Write commands to the runner of a pipeline to stdout; nothing where there are none."""
    text = commanded(commands)
    if text:
        _write(text)


def say(*lines: str, width: int = UNLIMITED) -> None:
    """Write lines to stderr; none is wider than so many columns."""
    _write(through(lines, width), err=True)


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
