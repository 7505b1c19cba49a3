"""Where something was written: file, line and column, all counted from 1."""

from msgspec import Struct

#: The way to a value in a document: keys, and numbers of items counted from 0.
NodePath = tuple[str | int, ...]


class Mark(Struct, frozen=True, order=True):
    """A position in a user's file; `file` is relative to the project root."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
