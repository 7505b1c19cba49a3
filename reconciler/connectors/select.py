"""Is a query one statement that only reads? Judged by its words, so that a mistake is told before it is sent.

What protects a database is the transaction in which a query runs. This sees what such a transaction does not
forbid everywhere: a second statement, files that a server writes, locks on rows. Where texts and comments end is
read as the dialect has it; a word in them is none.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from reconciler.connectors.base import SourceFault

_FIRST = ("select", "with", "values")
#: What writes, locks or ends a transaction, wherever it stands; SQL Server begins a statement without a semicolon.
_WRITES = frozenset(
    "alter commit create delete drop exec execute grant insert into merge truncate update".split()  # noqa: SIM905
)
#: Those that are functions, too: `insert('kubek', 1, 1, 'K')`.
_FUNCTIONS = frozenset({"insert", "truncate"})
_WORD = re.compile(r"[^\W\d][\w$#@]*")
_NUMBER = re.compile(r"\d[\w.]*")
_DOLLARS = re.compile(r"\$(?:[^\W\d]\w*)?\$")
_COMMENT = re.compile(r"/\*|\*/")


class _Spelling(Struct, frozen=True, kw_only=True):
    """How a dialect writes what is not a word: `quotes` that end as they begin, and what else it knows."""

    quotes: str
    backslashes: str = ""  # quotes within which a backslash hides the next letter
    brackets: bool = False
    dollars: bool = False
    nested: bool = False  # comments in comments
    hashes: bool = False  # `#` begins a comment, and `--` only before a blank


_SPELLINGS = {
    "postgresql": _Spelling(quotes="'\"", dollars=True, nested=True),
    "mysql": _Spelling(quotes="'\"`", backslashes="'\"", hashes=True),
    "sqlite": _Spelling(quotes="'\"`", brackets=True),
    "mssql": _Spelling(quotes="'\"", brackets=True, nested=True),
}


class _Token(Struct, frozen=True):
    """A word in small letters or a sign, and where it begins. All that is quoted is one sign."""

    text: str
    at: int


def insist_on_one_select(query: str, dialect: str) -> None:
    """Raise SourceFault unless a query is one SELECT, WITH … SELECT or VALUES in a dialect.

    A dialect is `postgresql`, `mysql` (MariaDB, too), `sqlite` or `mssql`.
    """
    if "\0" in query:
        raise _fault(query, query.index("\0"), "the query has a sign with the code 0", "write one SELECT, as text")
    tokens = list(_Scanner(query, _SPELLINGS[dialect]).tokens())
    if tokens and tokens[-1].text == ";":  # one: some drivers take a second for a statement without words
        tokens.pop()
    if not tokens:
        raise SourceFault("the query is empty", "write one SELECT")
    for each in tokens:
        if each.text == ";":
            raise _fault(query, each.at, "a second statement begins", "write one SELECT, and nothing behind it")
    first = next((each for each in tokens if each.text != "("), tokens[0])
    if first.text not in _FIRST:
        said = "a quoted text" if first.text == "'" else f"`{first.text}`"
        raise _fault(query, first.at, f"the query begins with {said}", "write one SELECT, or WITH … SELECT")
    _insist_on_reading(query, tokens)


def _insist_on_reading(query: str, tokens: list[_Token]) -> None:
    before = [_Token("", 0), *tokens]
    behind = [*tokens[1:], _Token("", len(query))]
    for last, each, following in zip(before, tokens, behind, strict=False):
        is_name = last.text in (".", "as") or (each.text in _FUNCTIONS and following.text == "(")
        if each.text in _WRITES and not is_name:
            raise _fault(
                query,
                each.at,
                f"the query has the word `{each.text}`",
                "a source is only read; quote a name of a column",
            )


def _fault(query: str, at: int, what: str, hint: str) -> SourceFault:
    return SourceFault(f"line {query.count(chr(10), 0, at) + 1}: {what}", hint)


class _Scanner:
    """Finds the words and signs of a query, past texts, quoted names and comments. It goes over it once."""

    def __init__(self, query: str, spelling: _Spelling) -> None:
        self._query, self._spelling = query, spelling

    def tokens(self) -> Iterator[_Token]:
        """Yield them in order. Raise SourceFault for what has no end."""
        query, at = self._query, 0
        while at < len(query):
            if query[at].isspace():
                at += 1
            elif end := self._comment(at):
                at = end
            elif number := _NUMBER.match(query, at):
                at = number.end()
            elif end := self._quoted(at):
                yield _Token("'", at)
                at = end
            elif word := _WORD.match(query, at):
                yield _Token(word.group().lower(), at)
                at = word.end()
                if word.group() in ("e", "E") and self._spelling.dollars and query[at : at + 1] == "'":
                    at = self._closed(at, "'", backslashes=True)
            else:
                yield _Token(query[at], at)
                at += 1

    def _comment(self, at: int) -> int:
        """Return where a comment ends that begins here, else 0."""
        query = self._query
        if query.startswith("/*", at):
            if self._spelling.hashes and re.match(r"/\*M?!", query[at : at + 4]):
                raise _fault(
                    query, at, "this comment is executed", "write it as a part of the query, or not at all"
                )
            return self._comment_end(at)
        hashes = self._spelling.hashes
        dashes = query.startswith("--", at) and not (hashes and query[at + 2 : at + 3].strip())
        if dashes or (hashes and query[at] == "#"):
            end = query.find("\n", at)
            return len(query) if end < 0 else end + 1
        return 0

    def _comment_end(self, at: int) -> int:
        depth = 0
        for each in _COMMENT.finditer(self._query, at):
            if each.group() == "*/":
                depth -= 1
            elif self._spelling.nested or not depth:
                depth += 1
            if not depth:
                return each.end()
        raise _fault(self._query, at, "this comment has no end", "end it with */")

    def _quoted(self, at: int) -> int:
        """Return where a text or a quoted name ends that begins here, else 0."""
        query, spelling = self._query, self._spelling
        if query[at] in spelling.quotes:
            return self._closed(at, query[at], backslashes=query[at] in spelling.backslashes)
        if query[at] == "[" and spelling.brackets:
            return self._closed(at, "]", backslashes=False)
        if spelling.dollars and (tag := _DOLLARS.match(query, at)):
            end = query.find(tag.group(), tag.end())
            if end < 0:
                raise _fault(query, at, f"{tag.group()} has no end", "end it as it begins")
            return end + len(tag.group())
        return 0

    def _closed(self, at: int, close: str, *, backslashes: bool) -> int:
        """Return where a quote ends; one that stands twice is a part of it."""
        query, end = self._query, at + 1
        while end < len(query):
            if query[end] == "\\" and backslashes:
                end += 2
            elif query[end] != close:
                end += 1
            elif query[end + 1 : end + 2] == close:
                end += 2
            else:
                return end + 1
        raise _fault(query, at, f"{query[at]} has no end", f"end it with {close}")
