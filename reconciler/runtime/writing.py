"""Writes a file whole or not at all: neither a reader nor whoever comes after a crash finds half of one."""

import os
from pathlib import Path


def replace_file(file: Path, data: bytes) -> None:
    """Put a file in place in one step, over the one that is there. What is no file, say a pipe, is written to."""
    if file.exists() and not file.is_file():
        file.write_bytes(data)
        return
    draft = _draft(file, data)
    try:
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def create_file(file: Path, data: bytes) -> bool:
    """Put a file in place that is not there yet. False: it is there, and was left as it is."""
    if os.path.lexists(file):
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(file, data)
    try:
        put_in_place(draft, file)
    except FileExistsError:
        draft.unlink()
        return False
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return True


def put_in_place(draft: Path, file: Path) -> None:
    """Rename a file that is complete; FileExistsError when the name is taken."""
    if os.path.lexists(file):
        raise FileExistsError(f"{file} is there already")
    draft.rename(file)


def _draft(file: Path, data: bytes) -> Path:
    """Write beside the file, under a name that no loader reads, and see it on the disk before it gets its name."""
    draft = file.with_name(f".new-{os.getpid()}")
    try:
        with draft.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft
