"""What a person would put right in the demo: kept in a private note when it is planted, done by `demo --fix`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import orjson

from reconciler.model.bounds import DOCUMENT
from reconciler.runtime.project.state import STATE
from reconciler.runtime.reading import read_file
from reconciler.runtime.writing import replace_file

NOTE: Final = f"{STATE}/demo.json"
#: So much of a line is shown at both of its ends, when it is too long.
_ENDS: Final = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One line of a file: what it says, and what it should say; nothing where it should not be there."""

    file: str
    wrong: str
    right: str


def note(directory: Path, corrections: Sequence[Correction]) -> None:
    """Write down what there is to correct, for this user only."""
    replace_file(directory / NOTE, orjson.dumps([asdict(each) for each in corrections]), private=True)


def put_right(directory: Path) -> tuple[str, ...]:
    """Correct everything that was planted, as its author would; return what was done, a sentence each.

    FileNotFoundError where there is no demo.
    """
    noted = orjson.loads(read_file(directory / NOTE, DOCUMENT))
    done = tuple(_put_right(directory, Correction(**each)) for each in noted)
    return done or ("There is nothing to correct.",)


def _put_right(directory: Path, correction: Correction) -> str:
    path, file = directory / correction.file, correction.file
    wrong, right = _shown(correction.wrong), _shown(correction.right)
    try:
        lines = read_file(path, DOCUMENT).splitlines(keepends=True)
    except FileNotFoundError:
        return f"{file} is not there any more."
    spoilt, meant = correction.wrong.encode(), correction.right.encode()
    if spoilt in lines:
        lines[lines.index(spoilt)] = meant
        replace_file(path, b"".join(lines))
        return f"Corrected `{wrong}` to `{right}` in {file}." if right else f"Removed `{wrong}` from {file}."
    if not right:
        return f"{file} is without `{wrong}` already."
    return f"{file} says `{right}` already." if meant in lines else f"{file} says something else by now."


def _shown(line: str) -> str:
    text = line.strip()
    return text if len(text) <= 2 * _ENDS + 1 else f"{text[:_ENDS]}…{text[-_ENDS:]}"
