"""How the bytes of a text file are read, and what to say when they cannot be."""

import codecs
import re
from collections.abc import Mapping
from typing import Any

from reconciler.connectors.base import SourceFault
from reconciler.documents.near import did_you_mean

_UTF_8 = "utf-8-sig"  # with or without a byte order mark
_ENCODINGS = (
    "utf-8", "utf-16", "cp1250", "cp1251", "cp1252", "cp852", "iso-8859-1", "iso-8859-2", "iso-8859-15",
)  # fmt: skip
_KNOWN = {codecs.lookup(each).name: each for each in _ENCODINGS} | {_UTF_8: "utf-8"}
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: How files begin that are none of text, and what to do with them.
_NO_TEXT = {b"PK\x03\x04": "Is it a sheet? Write `type: sheet`.", b"\x1f\x8b": "It is packed (gzip): unpack it."}
_CUT_OFF = frozenset({"unexpected end of data", "truncated data"})
_WINDOWS_ONLY = re.compile(rb"[\x80-\x9f]")


def encoding_of(data: bytes, settings: Mapping[str, Any]) -> str:
    """Return the name of the codec; bytes that begin with the mark of UTF-8 are UTF-8, whatever is declared."""
    if data.startswith(codecs.BOM_UTF8):
        return _UTF_8
    name = declared_encoding(settings)
    if name == "utf-16" and not data.startswith(_UTF_16):
        raise SourceFault("the file does not begin with the mark of utf-16", short=len(data) < 2)
    if name in ("utf-8", "utf-16"):
        return _UTF_8 if name == "utf-8" else name
    # What has a byte for each letter is not UTF-8 by chance: read so, a letter would be two wrong ones.
    if not data.isascii() and _decodes(data, "utf-8"):
        raise SourceFault(f"the file is utf-8, and its source says {name}", "Is it `encoding: utf-8`?")
    return name


def declared_encoding(settings: Mapping[str, Any]) -> str:
    """Return the encoding that a source says its file has. SourceFault for one that is not known."""
    said = settings.get("encoding", "utf-8")
    try:
        name = _KNOWN.get(codecs.lookup(str(said)).name)
    except (LookupError, ValueError):
        name = None
    if name is None:
        near = did_you_mean(str(said), _ENCODINGS)
        raise SourceFault(f"`encoding: {said}` is not known", f"{near} There are {', '.join(_ENCODINGS)}.".strip())
    return name


def encoding_problem(settings: Mapping[str, Any]) -> tuple[str, str] | None:
    """Say what is wrong with a declared encoding, and what there is; None where nothing is."""
    try:
        declared_encoding(settings)
    except SourceFault as fault:
        return fault.summary, fault.hint
    return None


def not_encoded(data: bytes, encoding: str) -> SourceFault:
    """Say where bytes are not of an encoding, and which one they may be of."""
    name = _KNOWN[codecs.lookup(encoding).name]
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        before = bytes(error.object[: error.start]).decode(encoding, "replace")
        line = 1 + (before.count("\n") or before.count("\r"))
        return SourceFault(f"line {line} is not {name}", _hint(data, name), short=error.reason in _CUT_OFF)
    raise AssertionError("these bytes are of the encoding")


def _hint(data: bytes, name: str) -> str:
    for mark, hint in _NO_TEXT.items():
        if data.startswith(mark):
            return hint
    if data.startswith(_UTF_16):
        return "Is it `encoding: utf-16`?" if name != "utf-16" else "Is the file damaged?"
    for other in ("utf-8", "cp1250"):
        if other != name and _decodes(data, other):
            either = other == "cp1250" and not _WINDOWS_ONLY.search(data)
            return f"Is it `encoding: {other}`{' or `iso-8859-2`' if either else ''}?"
    return "Is the file damaged?"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
