"""The characters that no document can hold, however they are written: controls, and halves of characters."""

import re

#: An escape can write what a file may not hold: a name with a NUL, or an escape sequence for terminals.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
#: Half of a surrogate pair is no character: it cannot be written as UTF-8, and no request can carry it.
UNWRITABLE = re.compile(f"{CONTROL.pattern}|[\ud800-\udfff]")


def unwritable(value: object) -> str:
    """Return the first such character in a value and all below it, in words; empty when there is none."""
    if isinstance(value, str):
        found = UNWRITABLE.search(value)
        return named(found.group()) if found else ""
    if isinstance(value, dict):
        return next((word for pair in value.items() for each in pair if (word := unwritable(each))), "")
    if isinstance(value, list | tuple):
        return next((word for each in value if (word := unwritable(each))), "")
    return ""


def named(character: str) -> str:
    """Say which character it is, without showing it."""
    code = ord(character)
    kind = "half of a character" if 0xD800 <= code <= 0xDFFF else "a control character"
    return f"{kind} (U+{code:04X})"
