"""From the body of a document to tidy YAML text, the inverse of `builder`: what is written reads as the same.

Block style throughout, except that a short list of scalars stands on one line. A text is quoted only where it
would otherwise be read as something else, by us or by another reader of YAML 1.1 (`no`, `22:15`) or 1.2 (`0o17`).
Written by hand because PyYAML's emitter is 20 times slower and knows those of 1.1 only.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reconciler.model.values import Money

_WIDTH = 100
_HEAD = (
    "kind", "name", "sku", "account", "match", "item", "labels", "adopt", "moved", "sync", "protect",
    "settings", "delivery", "content", "price", "stock", "bundle",
)  # fmt: skip
_RANK = {key: rank for rank, key in enumerate(_HEAD)}
#: Characters that stand for themselves in any style; all others are escaped. The line breaks of old YAML
#: (U+0085, U+2028, U+2029) and the byte order mark are not among them.
_PRINTABLE = (
    "\u0020-\u007e\u00a1-\u00ac\u00ae-\u200a\u2010-\u2027\u202f-\u205f\u2070-\ud7ff"
    "\uf900-\ufefe\uff01-\uffef\U00010000-\U0010fffd"
)
_ODD = re.compile(f"[^{_PRINTABLE}]")
_ODD_IN_BLOCK = re.compile(f"[^\n{_PRINTABLE}]")
#: A plain text begins with a letter, a digit or a harmless sign, and holds nothing that ends or comments it.
_PLAIN = re.compile(
    rf"(?:[^\W_]|[_/(+.<=\u00a1-\u00bf]|-(?=[^\s-]))(?:(?!: |:$| #)[{_PRINTABLE}])*(?<![ :])", re.UNICODE
)
#: What some reader of YAML takes for something else than text: of 1.1, of the core schema of 1.2, or our own.
_WORDS = frozenset({"~", "null", "true", "false", "yes", "no", "y", "n", "on", "off", "=", "<<"})
_NUMBER = re.compile(
    r"[-+]?(?:0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+|[0-9_]+(?::[0-9_]+)*(?:\.[0-9_]*)?(?:e[-+]?[0-9_]+)?"
    r"|\.[0-9_]+(?:e[-+]?[0-9_]+)?|\.(?:inf|nan))",
    re.ASCII | re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?(?:(?:t|\s+)\d.*)?", re.ASCII | re.IGNORECASE)
#: How a text begins that can be one of them.
_SUSPICIOUS = frozenset("0123456789+-._~=<yYnNtTfFoO")
_FLOW_SIGNS = re.compile(r"[,\[\]{}:#?]")
#: The longest key that the parser finds without a question mark before it.
LONGEST_KEY = 1000
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


class BareWord(str):
    """A text without quotes, though a reader of YAML 1.1 takes it for something else: the `off` of a toggle.

    What that reader makes of it, `false`, means the same there.
    """

    __slots__ = ()


def to_yaml(body: Mapping[str, Any], *, schema: str = "") -> str:
    """Write one document. `schema` is the path of its JSON Schema, for editors.

    >>> print(to_yaml({"name": "0570", "kind": "Offer", "stock": 73}), end="")
    kind: Offer
    name: "0570"
    stock: 73
    """
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    if not body:
        return "\n".join([*lines, "{}", ""])
    ranked = sorted(body, key=rank)
    _mapping({key: body[key] for key in ranked}, "", "", lines)
    return "\n".join(lines) + "\n"


def rank(key: str) -> int:
    """Return the place of a key among those of a document: its head first, what is not known last."""
    return _RANK.get(key, len(_RANK))


def _mapping(value: Mapping[str, Any], first: str, indent: str, lines: list[str]) -> None:
    """Write a mapping whose first line begins with `first` and all others with `indent`."""
    for key, inner in value.items():
        name = _key(key)
        if len(name) > LONGEST_KEY:  # the parser looks no further for the colon
            lines.append(f"{first}? {name}")
            _value(inner, f"{indent}:", indent, lines)
        else:
            _value(inner, f"{first}{name}:", indent, lines)
        first = indent


def _value(value: Any, head: str, indent: str, lines: list[str]) -> None:
    """Write what follows a key (`head` is the line so far, with its colon)."""
    if isinstance(value, Mapping) and value:
        lines.append(head)
        _mapping(value, f"{indent}  ", f"{indent}  ", lines)
    elif isinstance(value, list | tuple) and value:
        short = _in_one_line(value, len(head))
        lines.append(f"{head} {short}" if short else head)
        if not short:
            _sequence(value, f"{indent}  ", f"{indent}  ", lines)
    else:
        _leaf(value, head, f"{indent}  ", lines)


def _sequence(values: list[Any] | tuple[Any, ...], first: str, indent: str, lines: list[str]) -> None:
    for value in values:
        if isinstance(value, Mapping) and value:
            _mapping(value, f"{first}- ", f"{indent}  ", lines)
        elif isinstance(value, list | tuple) and value:
            _sequence(value, f"{first}- ", f"{indent}  ", lines)
        else:
            _leaf(value, f"{first}-", f"{indent}  ", lines)
        first = indent


def _leaf(value: Any, head: str, indent: str, lines: list[str]) -> None:
    if isinstance(value, str) and "\n" in value and (block := block_lines(value, indent)):
        lines.append(f"{head} {block[0]}")
        lines.extend(block[1:])
    else:
        lines.append(f"{head} {scalar(value)}")


def block_lines(text: str, indent: str) -> list[str]:
    """Return the mark and the lines of a literal block; none where it would not keep the text."""
    if not _fits_block(text):
        return []
    kept = text.removesuffix("\n")
    return [_block_mark(text), *(f"{indent}{line}" if line else "" for line in kept.split("\n"))]


def _fits_block(text: str) -> bool:
    """Tell whether a literal block keeps the text: it must start with a word, and hold nothing to be escaped."""
    return text[0] not in " \n" and not _ODD_IN_BLOCK.search(text)


def _block_mark(text: str) -> str:
    if not text.endswith("\n"):
        return "|-"
    return "|+" if text.endswith("\n\n") else "|"


def _in_one_line(values: list[Any] | tuple[Any, ...], used: int) -> str:
    """Write a list of a few short scalars as `[a, b]`; nothing when it is no such list."""
    parts = []
    room = _WIDTH - 20 - used
    for value in values:
        if isinstance(value, Mapping | list | tuple):
            return ""
        text = scalar(value)
        if text[0] not in "\"'" and _FLOW_SIGNS.search(text):
            text = _quoted(text)
        room -= len(text) + 2
        if room < 0:
            return ""
        parts.append(text)
    return f"[{', '.join(parts)}]"


def scalar(value: Any) -> str:
    """Write one value on one line."""
    match value:
        case BareWord():
            return str(value)
        case str():
            return value if _is_plain(value) else _quoted(value)
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case Money():
            return str(value)
        case Mapping():
            return "{}"
        case list() | tuple():
            return "[]"
    raise TypeError(f"a document holds no {type(value).__name__}")


def _key(key: str) -> str:
    return key if _is_plain(key) else _quoted(key)


def _is_plain(text: str) -> bool:
    if not _PLAIN.fullmatch(text) or text.startswith("..."):
        return False
    if text[0] not in _SUSPICIOUS:
        return True
    return text.lower() not in _WORDS and not _NUMBER.fullmatch(text) and not _DATE.fullmatch(text)


def _quoted(text: str) -> str:
    """Quote with double quotes; with single ones where that saves escapes."""
    if '"' in text and "'" not in text and not _ODD.search(text):
        return f"'{text}'"
    return _double(text)


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


# --- parts of a document ---------------------------------------------------------------------------------------


def value_lines(value: Any, indent: str) -> list[str]:
    """Write what follows `key:`, where the key stands behind `indent`; the first line goes on the key's own."""
    lines: list[str] = []
    _value(value, "", indent, lines)
    return lines


def key_text(key: str) -> str:
    """Write a key."""
    return _key(key)


def flow_text(value: Any, *, quoted: bool = False) -> str:
    """Write a value on one line, with brackets around what has parts; `quoted`: as JSON has it.

    >>> flow_text({"a": [1, "b, c"]})
    '{a: [1, "b, c"]}'
    """
    if isinstance(value, Mapping) and value:
        parts = (
            f"{flow_text(str(key), quoted=quoted)}: {flow_text(each, quoted=quoted)}"
            for key, each in value.items()
        )
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list | tuple) and value:
        return f"[{', '.join(flow_text(each, quoted=quoted) for each in value)}]"
    if not isinstance(value, str):
        return scalar(value)
    if quoted:
        return _double(value)
    plain = scalar(value)
    return _quoted(value) if plain[0] not in "\"'" and _FLOW_SIGNS.search(plain) else plain


def quoted_like(value: Any, style: str | None, *, block: bool = False) -> str:
    """Write a scalar in the quotes that another one had; `block`: no brackets are around it."""
    if isinstance(value, str) and style == '"':
        return _double(value)
    if isinstance(value, str) and style == "'" and not _ODD.search(value):
        return "'" + value.replace("'", "''") + "'"
    return scalar(value) if block else flow_text(value)


def _double(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_ODD.sub(_escape, plain)}"'
