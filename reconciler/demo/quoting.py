"""Documents as a person would write them: block style, short things on one line, quotes only where they matter.

The product's own reader takes `no` and `22:15` as text; editors and other tools may not, so what any of them
could take for something else is quoted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

WIDTH = 88
_NESTED = 50
_FLOW_ENTRIES = 3
_WORDS = frozenset(["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<"])
#: What YAML 1.1 or 1.2 reads as a number, a time or a date: signs, digits, points, and letters of such.
_NUMBER = re.compile(r"[-+]?[.]?[0-9][0-9_,.:eE+-]*|[-+]?0[xob][0-9a-fA-F_]+|[-+]?[.](?:inf|nan)", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?")
_POST_CODE = re.compile(r"[0-9]{2}-[0-9]{3}")
_RISKY_START = re.compile(r"[-:](?:\s|$)|[?]|[,\[\]{}#&*!|>'\"%@`]|\s")
_RISKY_INSIDE = re.compile(r":(?:\s|$)|\s#|[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]|\s$")
_RISKY_IN_FLOW = re.compile(r"[,\[\]{}]|:[\"']|^:|[?]")
_BLOCK = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ufeff][^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_CONTROL = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]')


class Plain(str):
    """A word that stands without quotes although another reader may see a yes or no in it (`price: off`)."""

    __slots__ = ()


def quote(text: str, *, flow: bool = False) -> str:
    """Return a scalar that every YAML reader takes for this text.

    >>> quote("Kubek 300 ml"), quote("0570"), quote("no"), quote("a: b"), quote("60-166")
    ('Kubek 300 ml', '"0570"', '"no"', '"a: b"', '60-166')
    """
    if isinstance(text, Plain) or (not _is_risky(text) and not (flow and _RISKY_IN_FLOW.search(text))):
        return str(text)
    return '"' + _CONTROL.sub(_escape, text) + '"'


def _is_risky(text: str) -> bool:
    if text.lower() in _WORDS or _DATE.fullmatch(text):
        return True
    if _NUMBER.fullmatch(text) and not _POST_CODE.fullmatch(text):
        return True
    return bool(_RISKY_START.match(text) or _RISKY_INSIDE.search(text) or text.startswith(("---", "...")))


def _escape(found: re.Match[str]) -> str:
    char = found.group()
    return _ESCAPES.get(char) or f"\\u{ord(char):04x}"


def scalar(value: Any, *, flow: bool = False) -> str:
    """Return one value that is neither a mapping nor a list."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    return quote(value, flow=flow)


def document(body: Mapping[str, Any], *, head: str = "", spaced: bool = True) -> str:
    """Return a whole document; with `spaced`, empty lines set larger parts apart."""
    lines = [head] if head else []
    large = False
    for number, (key, value) in enumerate(body.items()):
        part = list(_entry(key, value, ""))
        if spaced and number and (large or len(part) > 1):
            lines.append("")
        lines.extend(part)
        large = len(part) > 1
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Any, indent: str) -> Iterator[str]:
    name = f"{indent}{quote(key)}:"
    if _is_block(value):
        yield f"{name} |"
        yield from _literal(value, indent + "  ")
    elif (short := flow(value)) is not None and len(name) + len(short) < WIDTH:
        yield f"{name} {short}"
    elif isinstance(value, Mapping):
        yield name
        for inner, each in value.items():
            yield from _entry(inner, each, indent + "  ")
    elif isinstance(value, list | tuple):
        yield name
        for each in value:
            yield from _item(each, indent + "  ")
    else:
        yield f"{name} {scalar(value)}"


def _item(value: Any, indent: str) -> Iterator[str]:
    """One entry of a list: its first line follows the dash."""
    if isinstance(value, Mapping) and (flow(value) is None or len(str(flow(value))) > WIDTH):
        lines = [line for key, each in value.items() for line in _entry(key, each, indent + "  ")]
    elif isinstance(value, list | tuple):
        lines = [line for each in value for line in _item(each, indent + "  ")]
    else:
        lines = [f"{indent}  {flow(value) or scalar(value)}"]
    yield f"{indent}- {lines[0][len(indent) + 2 :]}"
    yield from lines[1:]


def _literal(text: str, indent: str) -> Iterator[str]:
    for line in text.rstrip("\n").split("\n"):
        yield f"{indent}{line}" if line else ""


def flow(value: Any) -> str | None:
    """Return the value on one line, or None when it reads better on several."""
    if isinstance(value, Mapping):
        if not value:
            return "{}"
        if len(value) > _FLOW_ENTRIES or any(_is_long(each) for each in value.values()):
            return None
        inner = (f"{quote(key, flow=True)}: {_inner(each)}" for key, each in value.items())
        text = "{" + ", ".join(inner) + "}"
        nested = any(isinstance(each, Mapping) for each in value.values())
        return None if nested and len(text) > _NESTED else text
    if isinstance(value, list | tuple):
        return _flow_list(value)
    return None if _is_block(value) else scalar(value)


def _flow_list(value: Sequence[Any]) -> str | None:
    if any(isinstance(each, Mapping | list | tuple) or _is_long(each) for each in value):
        return None
    return "[" + ", ".join(scalar(each, flow=True) for each in value) + "]"


def _inner(value: Any) -> str:
    return str(flow(value)) if isinstance(value, Mapping | list | tuple) else scalar(value, flow=True)


def _is_long(value: Any) -> bool:
    if isinstance(value, Mapping | list | tuple):
        return flow(value) is None
    return isinstance(value, str) and (_is_block(value) or value.startswith("https://") or len(value) > 60)


def _is_block(value: Any) -> bool:
    """Tell whether a text of several lines can stand as it is; it then ends with one line break."""
    return isinstance(value, str) and "\n" in value and bool(_BLOCK.fullmatch(value))
