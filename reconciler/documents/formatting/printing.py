"""Nodes -> their canonical text: two spaces a level, the quotes that `pull` writes, brackets where they fit."""

from collections.abc import Callable

from reconciler.documents.formatting.tree import Entry, Left, Node, Tree, becomes_block
from reconciler.documents.scalars import plain_scalar
from reconciler.documents.writing import LONGEST_KEY, block_lines, flow_text, key_text, rank, scalar

_WIDTH = 120
_STEP = "  "
#: The sections in which `off` is the word of a toggle or a limit, and everybody writes it without quotes.
_TOGGLED = frozenset({"sync", "guards", "plans", "lint", "accounts"})
_EDITORS = "# yaml-language-server:"


def printed(text: str, parts: list[Tree]) -> str:
    """Return the canonical text of documents, whose comments were given to their entries."""
    lines: list[str] = []
    for number, part in enumerate(parts):
        if number:
            lines.append("---")
        _Printer(text, lines).part(part)
    return "\n".join(lines) + "\n"


class _Printer:
    def __init__(self, text: str, lines: list[str]) -> None:
        self._text = text
        self._lines = lines
        self._section = ""
        self._fresh = True

    def part(self, part: Tree) -> None:
        """Write a document: its sections in their order, unless an alias wants its anchor before it."""
        entries = part.root.entries
        ordered = entries if part.aliased else sorted(entries, key=_ranks(entries))
        if ordered[0] is not entries[0]:
            _split_head(entries[0], ordered[0])
        for entry in ordered:
            self._section = entry.key.text if entry.key else ""
            self._entry(entry, "", "")
        self._comments(part.tail, "")

    def _entries(self, node: Node, indent: str, first: str | None = None) -> None:
        """Write the entries of a block; its first line begins with `first` where it goes on with a dash."""
        for entry in node.entries:
            self._entry(entry, indent if first is None else first, indent)
            first = None

    def _entry(self, entry: Entry, first: str, indent: str) -> None:
        if first == indent:
            self._comments(entry.lead, indent)
            if entry.parted:
                self._part()
        self._fresh = False
        if entry.key is None:
            self._value(entry, f"{first}-", indent)
        else:
            key = key_text(entry.key.text)
            if len(key) > LONGEST_KEY:  # the parser looks no further for the colon
                self._lines.append(f"{first}? {key}")
                self._value(entry, f"{indent}:", indent)
            else:
                self._value(entry, f"{first}{key}:", indent)
        self._comments(entry.tail, indent + _STEP)

    def _value(self, entry: Entry, head: str, indent: str) -> None:
        node = entry.value
        head = f"{head} &{node.anchor}" if node.anchor else head
        if node.sort == "alias":
            self._line(f"{head} *{node.text}", entry)
        elif node.sort == "scalar":
            self._scalar(entry, head, indent + _STEP)
        elif not node.entries:
            self._line(f"{head} {'{}' if node.sort == 'mapping' else '[]'}", entry)
        elif node.flow and (flow := self._flow(node, _WIDTH - len(head) - 1)):
            self._line(f"{head} {flow}", entry)
        elif entry.key is None and not node.anchor and not entry.inline and not node.entries[0].lead:
            self._entries(node, indent + _STEP, f"{head} ")
        else:
            self._line(head, entry)
            self._fresh = True
            self._entries(node, indent + _STEP)

    def _scalar(self, entry: Entry, head: str, indent: str) -> None:
        node = entry.value
        source = self._text[node.start : node.end]
        if node.style in ("|", ">"):
            self._block(entry, head, indent, source)
        elif becomes_block(node):
            block = block_lines(node.text, indent)
            self._line(f"{head} {block[0]}", entry)
            self._lines.extend(block[1:])
        elif "\n" in source and "\n" not in node.text:  # somebody wrapped a long text: its lines stay
            first, *others = source.split("\n")
            self._lines.append(f"{head} {first.rstrip()}")
            self._lines.extend(indent + line.strip(" \t") for line in others[:-1])
            self._line(indent + others[-1].strip(" \t"), entry)
        else:
            self._line(f"{head} {self._word(node)}", entry)

    def _block(self, entry: Entry, head: str, indent: str, source: str) -> None:
        """Write a text of many lines, each as it stands."""
        node = entry.value
        if node.style == "|" and "\n" in node.text and (block := block_lines(node.text, indent)):
            self._line(f"{head} {block[0]}", entry)
            self._lines.extend(block[1:])
            return
        header, *lines = source.split("\n")
        mark = header.split("#")[0].strip()
        if any(each.isdigit() for each in mark):
            raise Left("a text says how deep it is indented")
        while lines and not lines[-1].strip() and "+" not in mark:
            lines.pop()
        depth = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")), default=0)
        if any(len(line) > depth and not line.strip(" ") for line in lines):
            raise Left("a text has lines of spaces")
        self._line(f"{head} {mark}", entry)
        self._lines.extend(indent + line[depth:] if line.strip(" ") else "" for line in lines)
        if "+" in mark and self._lines[-1] == "":
            self._lines.pop()

    def _word(self, node: Node, *, flow: bool = False) -> str:
        """Write a scalar on one line. What is no text keeps its spelling: it may be meant as one."""
        if not node.style:
            value = plain_scalar(node.text)
            if value is None:
                return "null"
            if not isinstance(value, str):
                return node.text
        if node.text == "off" and self._section in _TOGGLED:
            return node.text
        return flow_text(node.text) if flow else scalar(node.text)

    def _flow(self, node: Node, room: int) -> str:
        """Write what stands in brackets on one line; nothing where it does not fit, or has comments in it."""
        parts: list[str] = []
        for entry in node.entries:
            if entry.lead or entry.tail or entry.inline:
                return ""
            part = self._in_brackets(entry.value, room)
            if entry.key is not None:
                part = f"{flow_text(entry.key.text)}: {part}" if part else ""
            room -= len(part) + 2
            if not part or room < 0:
                return ""
            parts.append(part)
        inner = ", ".join(parts)
        return f"{{{inner}}}" if node.sort == "mapping" else f"[{inner}]"

    def _in_brackets(self, node: Node, room: int) -> str:
        anchor = f"&{node.anchor} " if node.anchor else ""
        if node.sort == "alias":
            return f"*{node.text}"
        if node.sort == "scalar":
            return anchor + self._word(node, flow=True)
        inner = self._flow(node, room)
        return anchor + inner if inner else ""

    def _comments(self, said: list[tuple[bool, str]], indent: str) -> None:
        for parted, text in said:
            if parted:
                self._part()
            self._lines.append(f"{indent}{text}")
            self._fresh = False

    def _part(self) -> None:
        """Write an empty line, but no second one, and none where a block begins."""
        if not self._fresh and self._lines and self._lines[-1].strip() not in ("", "---"):
            self._lines.append("")

    def _line(self, line: str, entry: Entry) -> None:
        """Write a line with its comment, in the column where it stood if that is free."""
        if entry.inline:
            line = f"{line.ljust(entry.inline_column - 1)} {entry.inline}"
        self._lines.append(line)


def _ranks(entries: list[Entry]) -> Callable[[Entry], int]:
    """Return how sections are ordered: of what has none, `reconcile.yaml` and sources, only the head is."""
    kind = next((each.value.text for each in entries if each.key and each.key.text == "kind"), "Project")

    def of(entry: Entry) -> int:
        known = rank(entry.key.text if entry.key else "")
        return min(known, rank("account")) if kind in ("Project", "Source") else known

    return of


def _split_head(first: Entry, now_first: Entry) -> None:
    """What is said at the top of a file stays there, though what stood below it moves down."""
    last = max((at for at, (parted, _) in enumerate(first.lead) if parted), default=0)
    cut = len(first.lead) if first.parted and first.lead else last
    while cut < len(first.lead) and first.lead[cut][1].startswith(_EDITORS):
        cut += 1
    head, first.lead = first.lead[:cut], first.lead[cut:]
    if head:
        now_first.parted = now_first.parted or first.parted or bool(first.lead)
    now_first.lead = [*head, *now_first.lead]
