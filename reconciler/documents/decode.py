"""Bytes of a file -> text, or the one reason why it is no YAML text that we read."""

from codecs import BOM_UTF8

from reconciler.documents.conflict import SETTLE, UNSETTLED, conflict_in
from reconciler.model.bounds import DOCUMENT
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.marks import Mark

_UTF16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def decode(path: str, data: bytes) -> str | Diagnostic:
    """Return the text without its byte order mark, or an error diagnostic."""
    if len(data) > DOCUMENT:
        return too_large(path, len(data))
    if data.startswith(_UTF16_OR_32) or _looks_like_utf16(data):
        return error(
            "D103",
            "the file is UTF-16 or UTF-32, not UTF-8",
            mark=Mark(path),
            hint="Save it as UTF-8 (in most editors: Save with encoding).",
        )
    zero = data.find(b"\x00")
    if zero >= 0:
        hint = "Is this the file you meant? A YAML file holds text only."
        return error("D102", "the file is binary: it holds a NUL byte", mark=_place(path, data, zero), hint=hint)
    try:
        text = data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as wrong:
        return error(
            "D104",
            f"byte 0x{data[wrong.start]:02x} is not valid UTF-8",
            mark=_place(path, data, wrong.start),
            detail="The file may be in an older encoding, such as Windows-1250 or ISO 8859-2.",
            hint="Save it as UTF-8.",
        )
    line = conflict_in(text)
    return error("D123", UNSETTLED, mark=Mark(path, line), hint=SETTLE) if line else text


def too_large(path: str, size: int) -> Diagnostic:
    """Return the error for a file of `size` bytes."""
    summary = f"the file has {size / 1e6:.1f} MB; at most {DOCUMENT / 1e6:.0f} MB are read"
    return error("D101", summary, mark=Mark(path), hint="Split it into several files, or add it to `ignore:`.")


def _looks_like_utf16(data: bytes) -> bool:
    head = data[:64]
    return len(head) >= 4 and head.count(0) * 3 >= len(head) and (not any(head[::2]) or not any(head[1::2]))


def _place(path: str, data: bytes, index: int) -> Mark:
    line_start = data.rfind(b"\n", 0, index) + 1
    column = len(data[line_start:index].decode("utf-8", "replace")) + 1
    return Mark(path, data.count(b"\n", 0, index) + 1, column)
