"""Writes a result to a file: whole, or not at all."""

from pathlib import Path

from reconciler.cli.failures import Refusal
from reconciler.runtime.writing import replace_file


def save(file: Path, content: str | bytes, *, private: bool = False) -> None:
    """Replace a file in one step, so that nobody reads half a plan."""
    try:
        replace_file(file, content.encode() if isinstance(content, str) else content, private=private)
    except OSError as wrong:
        raise Refusal(f"{file} cannot be written: {wrong.strerror}") from wrong
