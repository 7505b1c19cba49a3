"""How text is drawn: colours or none, and how wide. Renderers ask for a meaning, never for a colour."""

import re
from dataclasses import dataclass

#: A line of a table, before it is aligned.
Cells = tuple[str, ...]
RESET = "\x1b[0m"
_CODES = {
    "create": "\x1b[32m",
    "update": "\x1b[33m",
    "end": "\x1b[31m",
    "activate": "\x1b[32m",
    "adopt": "\x1b[36m",
    "rename": "\x1b[36m",
    "report": "\x1b[35m",
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "note": "\x1b[1;36m",
    "removed": "\x1b[31m",
    "added": "\x1b[32m",
    "strong": "\x1b[1m",
    "dim": "\x1b[2m",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Colours on or off, and the width in columns that lines try to keep to."""

    colour: bool = False
    width: int = 100

    def __call__(self, meaning: str, text: str) -> str:
        """Dress a text in a meaning."""
        return f"{_CODES[meaning]}{text}{RESET}" if self.colour and text else text


PLAIN = Style()
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def visible(text: str) -> int:
    """Return the width of a text without its colours."""
    return len(_ESCAPES.sub("", text)) if "\x1b" in text else len(text)
