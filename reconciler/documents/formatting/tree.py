"""Text -> nodes with their places, anchors and quotes: what the composer forgets and a formatter needs."""

from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct, field
from yaml.cyaml import CParser  # type: ignore[attr-defined, unused-ignore]

from reconciler.documents.writing import block_lines

#: What ends a line for the parser, and for nobody else: the places that it counts would be other ones.
_OTHER_BREAKS = "\r\x85\u2028\u2029"


class Left(Exception):  # noqa: N818 - no mistake of anybody's: this text stays as it is
    """A text that is valid and is not formatted; `why` completes `left as it is: …`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Entry(Struct, eq=False):
    """A pair of a mapping, or an item of a sequence (`key` is None), with the comments that belong to it.

    `begin` is the offset of its key or its dash, `column` the distance from the start of its line. `lead` are the
    comment lines above, `tail` those below that stand deeper than the entry, each with whether an empty line comes
    before it. `inline` ends its line. `parted`: an empty line comes before the entry itself.
    """

    key: "Node | None"
    value: "Node"
    begin: int
    column: int
    above: "Entry | None"
    lead: list[tuple[bool, str]] = field(default_factory=list)
    tail: list[tuple[bool, str]] = field(default_factory=list)
    inline: str = ""
    inline_column: int = 0
    parted: bool = False


class Node(Struct, eq=False):
    """A value as it was written. `text` is that of a scalar or the name of an alias; places are offsets."""

    sort: str
    start: int
    end: int
    text: str = ""
    style: str | None = None
    anchor: str = ""
    flow: bool = False
    entries: list[Entry] = field(default_factory=list)


def becomes_block(node: Node) -> bool:
    """Tell whether a text in quotes is written as a block of lines: a comment as deep would be one of them."""
    return bool(node.style and node.style in "\"'" and "\n" in node.text and block_lines(node.text, ""))


class Tree(Struct, eq=False):
    """One document of a file: where it begins, its topmost mapping, and the comments after its last entry."""

    begin: int
    root: Node
    aliased: bool = False
    tail: list[tuple[bool, str]] = field(default_factory=list)

    def entries(self) -> Iterator[Entry]:
        """Yield all entries in the order in which they begin."""
        yield from _below(self.root)


def _below(node: Node) -> Iterator[Entry]:
    for entry in node.entries:
        yield entry
        yield from _below(entry.value)


def read(text: str) -> list[Tree]:
    """Return the documents of a text that is valid YAML. Raise Left where it holds what is not formatted."""
    if any(each in text for each in _OTHER_BREAKS):
        raise Left("it has line breaks that only some programs know")
    reader = _Reader(text)
    try:
        return list(reader.parts())
    finally:
        reader.close()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._parser = CParser(text)
        self._lines = [0]
        self._aliased = False
        found = text.find("\n")
        while found >= 0:
            self._lines.append(found + 1)
            found = text.find("\n", found + 1)

    def close(self) -> None:
        self._parser.dispose()

    def _next(self) -> Any:
        """Return the next event: each sort of them has members of its own."""
        return self._parser.get_event()

    def parts(self) -> Iterator[Tree]:
        self._next()
        while not isinstance(begun := self._next(), yaml.StreamEndEvent):
            if begun.version or begun.tags:
                raise Left("it has YAML directives")
            self._aliased = False
            root = self._node(self._next(), None)
            if root.sort != "mapping" or not root.entries:
                raise Left("it has a document that is no mapping")
            if root.anchor:
                raise Left("a whole document has an anchor")
            self._next()
            yield Tree(self._at(begun.start_mark), root, self._aliased)

    def _at(self, mark: Any) -> int:
        line = self._lines[mark.line] if mark.line < len(self._lines) else len(self._text)
        return min(line + int(mark.column), len(self._text))

    def _node(self, event: Any, above: Entry | None) -> Node:
        start, end = self._at(event.start_mark), self._at(event.end_mark)
        anchor = event.anchor or ""
        if isinstance(event, yaml.AliasEvent):
            self._aliased = True
            return Node("alias", start, end, text=anchor)
        if event.tag is not None:
            raise Left("it has tags")
        if isinstance(event, yaml.ScalarEvent):
            start = self._after_anchor(start, anchor)
            return Node("scalar", start, end, text=event.value, style=event.style or None, anchor=anchor)
        sort = "mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence"
        node = Node(sort, start, end, anchor=anchor, flow=bool(event.flow_style))
        while not isinstance(inner := self._next(), yaml.MappingEndEvent | yaml.SequenceEndEvent):
            node.entries.append(self._pair(inner, above) if sort == "mapping" else self._item(inner, node, above))
        node.end = self._at(inner.end_mark)
        return node

    def _pair(self, event: Any, above: Entry | None) -> Entry:
        key = self._node(event, above)
        if key.sort != "scalar" or key.anchor:
            raise Left("it has anchors or aliases for keys")
        return self._entry(key, key.start, above)

    def _item(self, event: Any, node: Node, above: Entry | None) -> Entry:
        begin = self._at(event.start_mark)
        if not node.flow:  # nothing but space and comments stands between a dash and its item
            begin = self._dash(begin, node.entries[-1].value.end if node.entries else node.start)
        return self._entry(None, begin, above, event)

    def _entry(self, key: Node | None, begin: int, above: Entry | None, event: Any | None = None) -> Entry:
        column = begin - self._text.rfind("\n", 0, begin) - 1
        entry = Entry(key, Node("scalar", begin, begin), begin, column, above)
        entry.value = self._node(event or self._next(), entry)
        return entry

    def _dash(self, begin: int, floor: int) -> int:
        """Return where the dash of the item is that begins here; `floor` is the end of what comes before it."""
        at = floor
        while at < begin:
            if self._text[at] == "#" and (at == 0 or self._text[at - 1].isspace()):
                at = self._text.find("\n", at)
            elif self._text[at] == "-":
                return at
            at += 1
        return begin

    def _after_anchor(self, start: int, anchor: str) -> int:
        """Return where a scalar itself begins: its mark is that of its anchor. A comment may come between."""
        if not anchor:
            return start
        at = start + 1 + len(anchor)
        while self._text[at : at + 1] in (" ", "\t"):
            at += 1
        if self._text[at : at + 1] in ("\n", "#"):
            raise Left("an anchor stands on another line than its value")
        return at
