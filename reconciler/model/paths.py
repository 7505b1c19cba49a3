"""Paths of fields and of what is inside their values, as they are shown."""

import re

_PLAIN = re.compile(r"[\w-]+")


def inside(path: str, *parts: str) -> str:
    """Return the path of a part of a field's value; a step that is no single word stands in quotes.

    >>> inside("methods", "Kurier DPD", "first")
    'methods."Kurier DPD".first'
    """
    return ".".join((path, *(part if _PLAIN.fullmatch(part) else f'"{part}"' for part in parts)))
