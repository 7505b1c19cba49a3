"""The tokens of an expression: what may be written at all, before Python's parser sees any of it.

What passes has only known tokens, in an order in which values and operators take turns, within closed brackets.
So the parser meets nothing deep, long or exotic, and what is wrong is told at its own character.
"""

import keyword
import re

from msgspec import Struct, field

from reconciler.documents.expressions.faults import ExpressionFault
from reconciler.documents.expressions.numbers import DIGITS

MAX_LENGTH = 1_000
MAX_BRACKETS = 30

CONSTANTS = ("True", "False", "None")
_BETWEEN = frozenset(
    {"+", "*", "/", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or", "if", "else", ","}
)
_KEYWORDS = frozenset({"and", "or", "not", "in", "if", "else"})
_CLOSES = {"(": ")", "[": "]"}
_TOKEN = re.compile(
    r"""(?P<blank> [ \t\r\n]+ )
    | (?P<number> (?: [0-9]+ \.? [0-9]* | \.[0-9]+ ) [A-Za-z0-9_]* )
    | (?P<text> '[^'\\\x00-\x1f\x7f\ud800-\udfff]*' | "[^"\\\x00-\x1f\x7f\ud800-\udfff]*" )
    | (?P<word> not [ \t\r\n]+ in \b | [A-Za-z_]\w* (?: [ ]* \. [ ]* [A-Za-z_]\w* )* )
    | (?P<sign> [=!<>]= | (?! \*\* | // ) [-+*/<>,()\[\]] )
    """,
    re.VERBOSE | re.ASCII,
)
_CONDITION = "Write `a if condition else b`."
#: What people write who know another language, and what to write here.
_INSTEAD = {
    "//": "Write floor(a / b).",
    "**": "Write a product: x * x.",
    "%": "Write a percentage as a number: 23 % of net is net * 0.23.",
    "&&": "Write `and`.",
    "||": "Write `or`.",
    "&": "Write `and`.",
    "|": "Write `or`.",
    "!": "Write `not`, or `!=`.",
    "=": "Write `==` to compare. The values of a function have no names.",
    "?": _CONDITION,
    "^": "Write a product: x * x.",
    "\\": "A text cannot have a backslash.",
    "×": "Write `*`.",
    "÷": "Write `/`.",
    "−": "Write `-`.",
    "–": "Write `-`.",
    **dict.fromkeys("‘’‚“”„«»", "Write texts in straight quotes: 'Kubki'."),
    **dict.fromkeys("'\"", "A text ends with the quote that it begins with, on one line, and has no backslash."),
}
_INSTEAD_OF_WORDS = {"is": "Write `==`.", "AND": "Write `and`.", "OR": "Write `or`.", "NOT": "Write `not`."}


def scan(text: str) -> str:
    """Return the text with blanks for all white space, as long as before. Raise ExpressionFault."""
    if len(text) > MAX_LENGTH:
        raise ExpressionFault(
            f"an expression has at most {MAX_LENGTH:,} characters, this one {len(text):,}", offset=MAX_LENGTH
        )
    turns = _Turns()
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _foreign(text, at)
        if found.lastgroup != "blank":
            turns.take(str(found.lastgroup), found.group(), at)
        at = found.end()
    turns.end(len(text))
    return re.sub(r"[\t\r\n]", " ", text)


def _foreign(text: str, at: int) -> ExpressionFault:
    written = text[at : at + 2] if text[at : at + 2] in _INSTEAD else text[at]
    hint = _INSTEAD.get(written, "")
    if not hint and written.isalpha():
        hint = "Names have small letters from a to z, digits and _. Texts stand in quotes."
    if written in ("'", '"'):
        return ExpressionFault("a text is not closed", hint, offset=at)
    shown = written if written.isprintable() else ascii(written)[1:-1]
    return ExpressionFault(f"`{shown}` cannot stand in an expression", hint, offset=at)


class _Bracket(Struct):
    """An open bracket, or the whole text; `conditions` are where each `if` stands that waits for its `else`."""

    text: str
    at: int
    several: bool
    conditions: list[int] = field(default_factory=list)


class _Turns:
    """Watches that values and operators take turns, and that brackets and conditions are closed."""

    def __init__(self) -> None:
        self._open = [_Bracket("", 0, several=False)]
        self._value = False  # whether the last token ends a value
        self._last = ""

    def take(self, group: str, token: str, at: int) -> None:
        """Take the next token. Raise ExpressionFault."""
        word = " ".join(token.split()) if token.startswith("not") else token
        if group == "number":
            _check_number(token, at)
        if group == "word" and word not in _KEYWORDS and word != "not in":
            _check_name(token, at)
        if word in _CLOSES:
            self._opened(word, at)
        elif word in _CLOSES.values():
            self._closed(word, at)
        elif word in _BETWEEN:
            self._between(word, at)
        elif word == "-":
            self._value = False
        elif self._value:
            raise ExpressionFault(f"an operator is missing before `{word}`", offset=at)
        else:
            self._value = word != "not"
        self._last = word

    def end(self, at: int) -> None:
        """Take the end of the text. Raise ExpressionFault."""
        if not self._last:
            raise ExpressionFault("the expression is empty", offset=0)
        if self._open[-1].text:
            raise ExpressionFault(f"`{self._open[-1].text}` is not closed", offset=self._open[-1].at)
        if not self._value:
            raise ExpressionFault(f"a value is missing after `{self._last}`", offset=at)
        self._settled()

    def _settled(self) -> None:
        for at in self._open[-1].conditions:
            raise ExpressionFault("`if` has no `else`", _CONDITION, offset=at)

    def _opened(self, word: str, at: int) -> None:
        if word == "[" and self._value:
            raise ExpressionFault("nothing can be picked out by its number", offset=at)
        if len(self._open) > MAX_BRACKETS:
            raise ExpressionFault(f"more than {MAX_BRACKETS} brackets stand in each other", offset=at)
        self._open.append(_Bracket(word, at, several=word == "[" or self._value))
        self._value = False

    def _closed(self, word: str, at: int) -> None:
        bracket = self._open[-1]
        if _CLOSES.get(bracket.text) != word:
            raise ExpressionFault(f"`{word}` closes nothing", offset=at)
        if not self._value and not (bracket.several and self._last == bracket.text):
            raise ExpressionFault(f"a value is missing before `{word}`", offset=at)
        self._settled()
        self._open.pop()
        self._value = True

    def _between(self, word: str, at: int) -> None:
        if not self._value:
            raise ExpressionFault(f"a value is missing before `{word}`", offset=at)
        conditions = self._open[-1].conditions
        if word == "if":
            conditions.append(at)
        elif word == "else":
            if not conditions:
                raise ExpressionFault("`else` has no `if`", _CONDITION, offset=at)
            conditions.pop()
        elif word == ",":
            self._settled()
            if not self._open[-1].several:
                summary = "commas stand only between the values of a function or a list"
                raise ExpressionFault(summary, "Decimals have a dot: 1.5.", offset=at)
        self._value = False


def _check_number(token: str, at: int) -> None:
    if not re.fullmatch(r"[0-9.]+", token):
        hint = "Write all its digits, with a dot for the decimals: 1250.5."
        raise ExpressionFault(f"`{token}` is no number", hint, offset=at)
    if len(token) > DIGITS:
        raise ExpressionFault(f"a number has at most {DIGITS} digits", offset=at)
    if len(token) > 1 and token[0] == "0" and token[1] != ".":
        raise ExpressionFault(f"`{token}` begins with a zero", "A text stands in quotes: '0123'.", offset=at)


def _check_name(token: str, at: int) -> None:
    parts = [each.strip() for each in token.split(".")]
    if len(parts) > 2:
        raise ExpressionFault(f"`{token}` has more than one dot", "Write source.column.", offset=at)
    for each in parts:
        if token not in CONSTANTS and keyword.iskeyword(each):
            hint = _INSTEAD_OF_WORDS.get(each, "Call the column another name; `from` says where it is found.")
            raise ExpressionFault(f"`{each}` is a word that expressions cannot use", hint, offset=at)
