"""What an answer must be before anybody reads it: which parts it has, and of which kind they are.

A form says what is wrong with a decoded body, or nothing. It names the parts that are read and no others:
marketplaces add members at will, and leave out, null and empty the optional ones.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

#: Returns what is wrong, as `/pointer is …`; empty when nothing is.
Form = Callable[[Any], str]

#: Levels of objects and lists in each other. The deepest honest answer (an offer's products) has nine.
DEEPEST = 64
_LARGEST = 2**53
_NO_SIGNS = bytes(sorted({*range(256)} - {*b'{}[]"\\'}))
_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}


class Unreadable(ValueError):  # noqa: N818 - it is the answer that is wrong, not our program
    """A part of an answer is not what it has to be."""


#: What comes of reading a part that is not what it has to be.
MALFORMED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


def decoded(body: bytes) -> tuple[Any, str]:
    """Decode a body; return what is wrong with it, too. An empty one is None."""
    if not body:
        return None, ""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None, "it is not JSON"
    if not _is_shallow(body) and _too_deep(value):
        return None, f"it is nested more than {DEEPEST} levels deep"
    return value, ""


def _is_shallow(body: bytes) -> bool:
    """Tell that JSON is not too deep by its signs alone, in half the time; of one with escapes it is seldom told.

    What begins few objects and lists has no more levels than these. Without all else, texts are pairs of quotes
    and go first; one that has brackets leaves a quote behind, and nothing is told. What is empty then is the
    innermost level: with each round one goes, or two where lists hold objects, until what is left has too few
    brackets to be too deep.
    """
    if body.count(b"{") + body.count(b"[") <= DEEPEST:
        return True
    signs = body.translate(None, _NO_SIGNS)
    levels = b'"' if b"\\" in signs else signs.replace(b'""', b"")
    if b'"' in levels:
        return False
    for gone in range(0, DEEPEST, 2):
        if len(levels) <= 2 * (DEEPEST - gone):
            return True
        levels = levels.replace(b"{}", b"").replace(b"[]", b"")
    return False


def _too_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        parts = [each.values() if type(each) is dict else each for each in level]
        level = [part for inside in parts for part in inside if type(part) is dict or type(part) is list]
        if not level:
            return False
    return True


def kind_of(value: Any) -> str:
    """Say in words what a decoded value is."""
    return _KINDS.get(type(value), "a number")


def _a(kind: type, words: str) -> Form:
    def form(value: Any) -> str:
        return "" if type(value) is kind else f" is {kind_of(value)}, not {words}"

    return form


text = _a(str, "text")
flag = _a(bool, "true or false")
record = _a(dict, "an object")
many = _a(list, "a list")


def whole(value: Any) -> str:
    """Ask for a whole number that every JSON reader and every database can hold."""
    if type(value) is int and -_LARGEST <= value <= _LARGEST:
        return ""
    return f" is {kind_of(value)}, not a whole number"


def anything(_: Any) -> str:
    """Let every body pass that is JSON, or is not there."""
    return ""


def exactly(expected: str) -> Form:
    """Ask for one text: an answer that is of something else was meant for somebody else."""

    def form(value: Any) -> str:
        return "" if value == expected else f" is not {expected}"

    return form


def maybe(inner: Form) -> Form:
    """Let null, and what is not there, pass."""
    return lambda value: "" if value is None else inner(value)


def parts(required: Mapping[str, Form], optional: Mapping[str, Form] | None = None) -> Form:
    """Ask for an object with these members; the optional ones may be left out or null."""
    wanted = {**required, **{name: maybe(form) for name, form in (optional or {}).items()}}

    def form(value: Any) -> str:
        if type(value) is not dict:
            return record(value)
        for name, inner in wanted.items():
            if name not in value and name in required:
                return f"/{name} is missing"
            wrong = inner(value.get(name))
            if wrong:
                return f"/{name}{wrong}"
        return ""

    return form


def rows(inner: Form) -> Form:
    """Ask for a list of which each element has a form."""

    def form(value: Any) -> str:
        if type(value) is not list:
            return many(value)
        for number, each in enumerate(value):
            wrong = inner(each)
            if wrong:
                return f"/{number}{wrong}"
        return ""

    return form


def checked(form: Form, value: Any) -> Any:
    """Return a value that has a form; Unreadable says what is wrong with one that has not."""
    wrong = form(value)
    if wrong:
        raise Unreadable(wrong.strip())
    return value


def a_text(value: Any) -> str:
    """Return a text as `checked` does, without a call where it is one: most of an answer is texts."""
    found: str = value if type(value) is str else checked(text, value)
    return found


def a_record(value: Any) -> Mapping[str, Any]:
    """Return an object as `checked` does."""
    found: Mapping[str, Any] = value if type(value) is dict else checked(record, value)
    return found
