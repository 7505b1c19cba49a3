"""Whose comment is it? Each one of a text is given to an entry: above it, at the end of its line, or below it."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from msgspec import Struct

from reconciler.documents.formatting.tree import Entry, Node, Tree, becomes_block

_COMMENT = re.compile(r"(?<!\S)#[^\n]*")


class Comment(Struct, frozen=True):
    """A comment with its offset and column (from 0); `alone`: nothing else stands in its line."""

    begin: int
    column: int
    text: str
    alone: bool
    parted: bool


def comments(text: str, parts: list[Tree]) -> list[Comment]:
    """Return all comments of a text, in order: what looks like one within a scalar is none."""
    found: list[Comment] = []
    at = 0
    for node in (node for part in parts for node in _scalars(part)):
        found.extend(_between(text, at, node.start))
        at = max(at, node.end)
        if node.style in ("|", ">"):  # what its text is written under may have one, too
            line = text.find("\n", node.start)
            found.extend(_between(text, node.start, node.end if line < 0 else line))
    found.extend(_between(text, at, len(text)))
    return found


def give(text: str, parts: list[Tree]) -> list[str]:
    """Give every comment and every empty line to an entry; return the comments' texts in order."""
    found = comments(text, parts)
    for position, part in enumerate(parts):
        end = parts[position + 1].begin if position + 1 < len(parts) else len(text) + 1
        begin = part.begin if position else 0
        entries = list(part.entries())
        begins = [entry.begin for entry in entries]
        for entry in entries:
            entry.parted = _first_in_line(text, entry.begin) and _after_empty(text, entry.begin)
        for each in found:
            if begin <= each.begin < end:
                at = bisect_left(begins, each.begin)
                _place(each, part, entries[at - 1] if at else None, entries[at] if at < len(entries) else None)
    return [each.text for each in found]


def _scalars(part: Tree) -> Iterator[Node]:
    for entry in part.entries():
        if entry.key is not None:
            yield entry.key
        if entry.value.sort == "scalar":
            yield entry.value


def _between(text: str, start: int, end: int) -> Iterator[Comment]:
    for each in _COMMENT.finditer(text, start, max(start, end)):
        begin = each.start()
        column = begin - text.rfind("\n", 0, begin) - 1
        alone = _first_in_line(text, begin)
        yield Comment(begin, column, each.group().rstrip(), alone, alone and _after_empty(text, begin))


def _first_in_line(text: str, begin: int) -> bool:
    return not text[text.rfind("\n", 0, begin) + 1 : begin].strip()


def _after_empty(text: str, begin: int) -> bool:
    line = text.rfind("\n", 0, begin)
    return line > 0 and not text[text.rfind("\n", 0, line) + 1 : line].strip()


def _place(comment: Comment, part: Tree, before: Entry | None, after: Entry | None) -> None:
    """Give a comment to what stands around it: `before` began last, `after` begins next."""
    said = (comment.parted, comment.text)
    if before is None:
        assert after is not None, "a document has an entry"
        after.lead.append(said)
        return
    opened = _open_flow(before, comment.begin)
    before = _out_of_closed(before, comment.begin)
    if not comment.alone and not before.inline and not (opened and opened is before.value and after):
        before.inline, before.inline_column = comment.text, comment.column
    elif before.value.sort == "scalar" and before.begin <= comment.begin < before.value.end:
        before.lead.append(said)  # it stood between the key and its value
    elif opened is not None:
        _in_flow(said, before, after, opened)
    elif (owner := _deeper(comment, before, after)) is not None:
        owner.tail.append(said)
    elif after is not None:
        after.lead.append(said)
    else:
        part.tail.append(said)


def _in_flow(said: tuple[bool, str], before: Entry, after: Entry | None, flow: Node) -> None:
    if after is not None and after.begin < flow.end:
        after.lead.append(said)
        return
    owner: Entry | None = before
    while owner is not None and owner.value is not flow:
        owner = owner.above
    (owner or before).tail.append(said)


def _open_flow(entry: Entry, at: int) -> Node | None:
    """Return the innermost list or mapping in brackets that is still open at an offset."""
    each: Entry | None = entry
    while each is not None:
        if each.value.flow and each.value.start <= at < each.value.end:
            return each.value
        each = each.above
    return None


def _out_of_closed(entry: Entry, at: int) -> Entry:
    """Return whose line it is: what stands in brackets that are closed by now has none of its own."""
    each, found = entry.above, entry
    while each is not None:
        if each.value.flow and each.value.end <= at:
            found = each
        each = each.above
    return found


def _deeper(comment: Comment, before: Entry, after: Entry | None) -> Entry | None:
    """Return the deepest entry, ended by now, that stands less deep than the comment; None where none does."""
    if after is not None and (comment.column <= after.column or after.above is before):
        return None
    around = set()
    each = after
    while each is not None:
        around.add(id(each))
        each = each.above
    each = before
    while each is not None and id(each) not in around:
        is_block = each.value.style in ("|", ">") or becomes_block(each.value)
        if each.column < comment.column and not is_block:
            return each
        each = each.above
    return None
