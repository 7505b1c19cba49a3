"""One YAML file: its text, the documents in it, and the position of any value, found again on demand.

Keeping the node trees of all files would cost four times the loading time (they are what the garbage
collector then walks), so a file text keeps text only. The place of a value is looked for in a plain text; else the
one file is composed again whose mark is asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from types import ModuleType
from typing import Any

from msgspec import Struct

from reconciler.documents.decode import decode
from reconciler.documents.plain import read_plain
from reconciler.documents.plain_places import place_in_plain
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.marks import Mark, NodePath

#: Places of one file that are looked for one by one; whoever asks for more gets the tree of nodes.
_FEW = 5


@dataclass(frozen=True, slots=True)
class FileText:
    """A file: `path` is relative to the project root with forward slashes, `data` are its bytes, in UTF-8.

    Bytes, since a text of Polish letters takes twice as much, and few texts are ever looked at again.
    `plain`: `read_plain` took it, so that places in it are found without the parser.
    """

    path: str
    data: bytes = field(repr=False)
    plain: bool = field(default=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        """Return the text, without a byte order mark."""
        return _text(self.data)

    def mark(self, index: int, path: NodePath, *, key: bool = False) -> Mark:
        """Return the place of the value (or of its key) at `path` in document `index`, counted from 0.

        Where the path does not exist, the nearest ancestor that does is meant.
        """
        if self.plain and (looked := _looked(self.data)).asked < _FEW:
            looked.asked += 1
            text = looked.text
            at = place_in_plain(text, index, path, key=key)
            if at is not None:
                return Mark(self.path, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        found: Mark = _trees().place_of(self.path, self.root(index), path, key=key)
        return found

    def within(self, index: int, path: NodePath, offset: int) -> Mark:
        """Return the place of a character of a text in one line; else the place of the text."""
        found = _trees().place_within(self.path, self.root(index), path, offset)
        return found or self.mark(index, path)

    def inside(self, index: int, path: NodePath, find: Callable[[str], int | None]) -> Mark:
        """Return the place of what is found in a text as it stands in the file; else the place of the text."""
        found = _trees().place_inside(self.path, self.text, self.root(index), path, find)
        return found or self.mark(index, path)

    def root(self, index: int) -> Any:
        """Return the topmost node of document `index`; None where the file breaks off before it."""
        return _trees().root_of(self.data, index)


class RawDocument(Struct, frozen=True, kw_only=True):
    """A document as it was written: plain values, nothing checked but YAML itself.

    `faults` were found while it was built: what it says is not what was meant.
    `respelled`: it has a number whose plainest spelling is another than the one that stands there.
    """

    source: FileText
    index: int
    value: Any
    faults: tuple[Diagnostic, ...] = ()
    respelled: bool = False


def parse(path: str, data: bytes) -> tuple[list[RawDocument], list[Diagnostic]]:
    """Read one file. A broken document is reported and left out; those before it are kept. Never raises."""
    text = decode(path, data)
    if isinstance(text, Diagnostic):
        return [], [text]
    plain = read_plain(text, data)
    source = FileText(path, data, plain=plain is not None)
    if plain is not None:
        return [RawDocument(source=source, index=n, value=value, respelled=odd) for n, value, odd in plain], []
    return parse_in_full(source)


def parse_in_full(source: FileText) -> tuple[list[RawDocument], list[Diagnostic]]:
    """Read a file with the parser of all of YAML, which also knows what is wrong in it. Never raises."""
    found, faults = _trees().read_in_full(source.path, source.text)
    documents = [
        RawDocument(
            source=source, index=each.number, value=each.value, faults=each.faults, respelled=each.respelled
        )
        for each in found
    ]
    return documents, faults


def _trees() -> ModuleType:
    """Return what needs the parser of all of YAML: for files that are not plain, and for some places."""
    from reconciler.documents import in_full  # noqa: PLC0415 - 10 ms, mostly for nothing

    return in_full


def _text(data: bytes) -> str:
    return data.decode().removeprefix("\ufeff")  # `utf-8-sig` takes five times as long


class _Looked(Struct):
    """A text in which places were looked for of late, and how often."""

    text: str
    asked: int = 0


@lru_cache(maxsize=8)
def _looked(data: bytes) -> _Looked:
    return _Looked(_text(data))
