"""How text is drawn: colours or none, and how wide. Renderers ask for a meaning, never for a colour."""

import os
import re

from msgspec import Struct

#: A line of a table, before it is aligned.
Cells = tuple[str, ...]
#: Stands for the beginning of a colour code until a line goes through the gate. Nobody outside of this process
#: knows it, so no text from outside can hold one.
MARK = f"<{os.urandom(8).hex()}:"
RESET = f"{MARK}0m"
#: No terminal is so wide: in a pipe or a file nothing has to fit, and nothing is cut.
UNLIMITED = 1_000_000_000
_CODES = {
    "create": "32",
    "update": "33",
    "end": "31",
    "activate": "32",
    "adopt": "36",
    "rename": "36",
    "report": "35",
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "removed": "31",
    "added": "32",
    "strong": "1",
    "dim": "2",
}


class Style(Struct, frozen=True, kw_only=True):
    """Colours on or off, and the columns of the terminal that lines have to fit."""

    colour: bool = False
    width: int = UNLIMITED

    def __call__(self, meaning: str, text: str) -> str:
        """Dress a text in a meaning."""
        return f"{MARK}{_CODES[meaning]}m{text}{RESET}" if self.colour and text else text

    @property
    def limited(self) -> bool:
        """Tell whether there is a terminal whose columns are to be kept to."""
        return self.width < UNLIMITED


PLAIN = Style()
MARKS = re.compile(f"{MARK}[0-9;]*m")


def visible(text: str) -> int:
    """Return the width of a text without its colours."""
    return len(MARKS.sub("", text)) if MARK in text else len(text)
