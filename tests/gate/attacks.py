"""Texts that would steer a terminal, fool a reader or command a CI runner, and what must not be seen of them."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import Any

from records import altered, is_record, members

#: Stands in every attack, so that a test can tell that the text was shown at all.
SEEN = "ZLO"
#: What an attack wants to stand at the beginning of a line of its own.
FORGED = "FORGED"
ATTACKS = {
    "clears the screen": f"{SEEN}\x1b[2J\x1b[1;1H",
    "colours": f"\x1b[32m{SEEN}\x1b[0m",
    "writes the clipboard": f"{SEEN}\x1b]52;c;cm0gLXJm\x07",
    "sets the title": f"\x1b]0;{SEEN}\x1b\\",
    "a link": f"\x1b]8;;https://example.com\x1b\\{SEEN}\x1b]8;;\x1b\\",
    "C1": f"\x9b31m{SEEN}\x9d0;x\x9c",
    "breaks the line": f"{SEEN}\n{FORGED}: all applied",
    "breaks it twice": f"{SEEN}\r\n{FORGED}",
    "overwrites the line": f"{SEEN}\r{FORGED}",
    "erases": f"{SEEN}\b\b\b\x7f",
    "separates lines": f"{SEEN}\u2028{FORGED}\u2029{FORGED}",
    "next line": f"{SEEN}\x85{FORGED}\x0b{FORGED}\x0c{FORGED}\x1e{FORGED}",
    "overrides the direction": f"{SEEN}\u202egpj.exe\u202c",
    "isolates": f"\u2066{SEEN}\u2069\u2067x\u2069",
    "marks of direction": f"\u200e\u200f\u061c{SEEN}",
    "has no width": f"Z\u200bL\u200cO\u2060 {SEEN}\ufeff\u00ad",
    "tags": f"{SEEN}\U000e0041\U000e007f",
    "fills with nothing": f"{SEEN}\u3164\u115f",
    "commands GitHub": f"::set-output name=x::{SEEN}",
    "commands GitHub from a line of its own": f"{SEEN}\n::error file=a.py::{FORGED}",
    "commands GitHub behind blanks": f" \t::add-mask::{SEEN}",
    "commands GitHub behind nothing": f"\u200b::add-mask::{SEEN}",
    "commands an older runner": f"##[error]{SEEN}",
    "commands it from the middle": f"{SEEN} ##[add-path]/tmp",
    "commands Azure": f"##vso[task.setvariable variable=x]{SEEN}",
    "interrogates": f"{SEEN}\x1b[6n\x05\x1bP+q\x1b\\",
    "markup of rich": f"[bold red]{SEEN}[/] [link=https://example.com]x[/link] :boom:",
    "a lone surrogate": f"{SEEN}\udcff\ud800",
}
_OURS = re.compile(r"\x1b\[(?:0|1|2|3[0-6]|1;3[0-6])m")
_COMMAND = re.compile(r"##\w*\[")
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
#: Letters that nobody sees.
_FILLERS = "\u115f\u1160\u3164\uffa0"


def hidden(char: str) -> bool:
    """Whether a character steers, hides, or is not seen."""
    return unicodedata.category(char) in _HIDDEN or char in _FILLERS


def harm(text: str, *, coloured: bool = False) -> list[str]:
    """What is wrong with a text that was printed."""
    bare = _OURS.sub("", text) if coloured else text
    found = [f"{char!r}" for char in sorted(set(bare)) if char != "\n" and hidden(char)]
    for line in bare.split("\n"):
        if line.lstrip().startswith(("::", FORGED)) or _COMMAND.search(line):
            found.append(f"the line {line!r}")
    return found


def poisoned(value: Any, text: str) -> Any:
    """The same value with a foreign text before and behind everything that it says."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return f"{text}{value}{text}"
    if is_record(value):
        return altered(value, **{name: poisoned(each, text) for name, each in members(value).items()})
    if isinstance(value, dict):
        return {poisoned(key, text): poisoned(each, text) for key, each in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(poisoned(each, text) for each in value))
    if isinstance(value, list | tuple):
        return type(value)(poisoned(each, text) for each in value)
    return value
