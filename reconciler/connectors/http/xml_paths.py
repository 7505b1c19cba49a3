"""XPath 1.0 that only picks, and which paths are so plain that records can be read one after the other."""

import re
from collections.abc import Mapping
from typing import Any

from reconciler.connectors.http.picking import LONGEST, BadPath

_NAME = r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?"
_LINE = re.compile(rf"(//?){_NAME}(?:/{_NAME})*")
_WITHIN = re.compile(rf"(?:{_NAME}/)*(?:@?{_NAME})")


def compiled(text: str, namespaces: Mapping[str, str], *, number: bool = False) -> Any:
    """Return a compiled path. BadPath where it cannot be, or computes a number (unless that is asked for)."""
    from lxml import etree  # noqa: PLC0415 - only sources in XML need it

    if len(text) > LONGEST:
        raise BadPath(f"is longer than {LONGEST} signs")
    try:
        path = etree.XPath(text, namespaces=dict(namespaces) or None, regexp=False, smart_strings=False)
        tried = path(etree.Element("record"))
    except (etree.XPathError, ValueError, TypeError) as wrong:
        words = " ".join(str(wrong).split()).lower() or "it cannot be followed"
        raise BadPath(f"is no XPath: {words}", "Prefixes are declared in `namespaces`.") from wrong
    if isinstance(tried, float) and not number:
        raise BadPath("computes a number", "It only picks: an element, an attribute or a text.")
    return path


def is_line(text: str) -> bool:
    """Tell whether a path to records is element by element from the top, or one name anywhere: `//offer`."""
    return bool(_LINE.fullmatch(text)) and (not text.startswith("//") or text.count("/") == 2)


def is_within(text: str) -> bool:
    """Tell whether a path stays within its record: elements, and an attribute at the end."""
    return bool(_WITHIN.fullmatch(text))


def steps(text: str, namespaces: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of a plain path as lxml spells them: `{http://…}item`, `@id`."""
    return tuple(_spelled(each, namespaces) for each in text.lstrip("/").split("/"))


def _spelled(name: str, namespaces: Mapping[str, str]) -> str:
    at, bare = ("@", name[1:]) if name.startswith("@") else ("", name)
    prefix, colon, local = bare.partition(":")
    return f"{at}{{{namespaces[prefix]}}}{local}" if colon else f"{at}{bare}"
