r"""What a person or a CI log must not be shown as it is: what steers, hides or reorders, and commands to CI.

Titles, refusals, logins and file names are written by others. Everything that is printed, and all JSON that is
written, passes here once, on its last step; nowhere else is anything escaped. Control characters, C1 (`\x9b` is
an escape sequence by itself), marks of direction, separators of lines, surrogates without a partner and whatever
has no width are written out as `\x1b`, `\u202e` and `\U000e0041`. The selectors of emoji (U+FE0E, U+FE0F) stay.
"""

import re

_STEERING = (
    r"\x00-\x1f\x7f-\x9f"
    r"\u00ad\u034f\u061c\u06dd\u070f\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"
    r"\u0600-\u0605\u0890\u0891"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\ufff0-\ufffb\ufffe\uffff"
    r"\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_MISLEADING = re.compile(f"[{_STEERING}]")
#: What most plans hold nothing but: looking for anything else is four times faster than looking for what misleads.
_UNUSUAL = re.compile("[^\n -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20cf\u2100-\u2bff]")
#: The bytes of what can be printed of ASCII, and of Latin letters with accents (U+00C0 to U+027F).
_COMMON = bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0xC0)) + bytes(range(0xC3, 0xCA))
#: A runner looks for `##[error]` and `##vso[…]` anywhere in a line, and for `::error` at its beginning.
_ANYWHERE = re.compile(r"#(?=#\w*\[)")
_AT_THE_START = re.compile(r"\s*:(?=:)")
#: In JSON the short forms of \n and the like are written already.
_IN_JSON = re.compile(rf"[{_STEERING}]|#(?=#\w*\[)")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def shown(line: str) -> str:
    r"""Return one line of output as it may be shown. A break of line within it is none of ours: it becomes `\n`.

    >>> print(shown("Kubek\x1b[2J\nApplied."))
    Kubek\x1b[2J\nApplied.
    >>> print(shown("  ::set-output name=x::y"), shown("1 ##[error] 2"))
      \x3a:set-output name=x::y 1 \x23#[error] 2
    """
    if not (line.isascii() and line.isprintable()):
        line = _MISLEADING.sub(_written_out, line)
    if "##" in line:
        line = _ANYWHERE.sub(r"\\x23", line)
    return without_command(line) if "::" in line else line


def is_harmless(text: str) -> bool:
    """Tell at once of many lines that nothing in them has to be written out, but for breaks within a line."""
    return not _UNUSUAL.search(text) and "##" not in text and "::" not in text


def without_command(line: str, start: int = 0) -> str:
    """Return a line whose text, from there on, does not begin with a command to CI."""
    found = _AT_THE_START.match(line, start)
    return f"{line[: found.end() - 1]}\\x3a{line[found.end() :]}" if found else line


def shown_in_json(text: str) -> str:
    r"""Return JSON with what misleads written as `\u202e`: another spelling of the same document.

    >>> print(shown_in_json('{"title":"Kubek\u202e##[error]"}'))
    {"title":"Kubek\u202e\u0023#[error]"}
    """
    if "##" not in text and _is_usual(text):
        return text
    return _IN_JSON.sub(_as_json, text)


def _is_usual(text: str) -> bool:
    """Tell whether a text holds nothing that misleads: at the bytes, where most has only letters of Europe."""
    if not text.encode(errors="surrogatepass").translate(None, _COMMON):
        return True
    return not _UNUSUAL.search(text) and "\n" not in text


def _written_out(found: re.Match[str]) -> str:
    char = found[0]
    number = ord(char)
    if number < 0x100:
        return _SHORT.get(char) or f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _as_json(found: re.Match[str]) -> str:
    number = ord(found[0])
    if number < 0x10000:
        return f"\\u{number:04x}"
    high, low = divmod(number - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
