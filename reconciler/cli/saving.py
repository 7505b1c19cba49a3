"""Writes a result to a file: whole, or not at all."""

import os
from pathlib import Path

from reconciler.cli.failures import Refusal


def save(file: Path, text: str) -> None:
    """Replace a file in one step, so that nobody reads half a plan."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
    except OSError as wrong:
        draft.unlink(missing_ok=True)
        raise Refusal(f"{file} cannot be written: {wrong.strerror}") from wrong


def create(file: Path, text: str) -> bool:
    """Write a file that is not there yet. False: it is there, and was left as it is."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        return False
    return True
