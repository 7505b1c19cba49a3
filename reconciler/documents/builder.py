"""Nodes -> plain values (dict, list, str, int, bool, Decimal, None), less what YAML allows and we do not."""

from decimal import Decimal
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.documents.characters import CONTROL
from reconciler.documents.scalars import NumberTooLarge, plain_scalar, written
from reconciler.model.bounds import LEVELS
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.marks import Mark
from reconciler.model.texts import nfc

#: Nodes after aliases are written out. A document written by a person has some hundreds.
MAX_EXPANDED = 50_000


class Builder:
    """Builds the values of one file and collects what it refuses in `faults`. Every text is composed (NFC).

    `respelled` tells whether a number was among them whose plainest spelling is not the one that stands there.
    """

    __slots__ = ("_path", "faults", "respelled")

    def __init__(self, path: str) -> None:
        self._path = path
        self.faults: list[Diagnostic] = []
        self.respelled = False

    def build(self, node: Node) -> Any:
        """Return the value of a node, after `check_aliases` has found its aliases harmless."""
        if node.__class__ is ScalarNode:
            if node.tag is not None:
                self._tagged(node)
            if not node.style:
                return self._plain(node)
            if node.style == '"' and CONTROL.search(node.value):
                self._control(node)
            return nfc(node.value)
        if node.tag is not None:
            self._tagged(node)
        if node.__class__ is MappingNode:
            return self._mapping(node)
        return [self.build(child) for child in node.value]

    def _mapping(self, node: Node) -> dict[str, Any]:
        out: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if key_node.__class__ is not ScalarNode or key_node.tag is not None:
                self._fault("D110", "a key must be plain text", key_node, hint="Write the key in quotes.")
                continue
            key = nfc(key_node.value)
            if not key_node.style and not self._is_text(key, key_node):
                continue
            if key in out:
                lines = lines or _first_lines(node)
                self._duplicate(key, key_node, lines[key])
            out[key] = self.build(value_node)
        return out

    def _plain(self, node: Node) -> Any:
        try:
            value = plain_scalar(node.value)
        except NumberTooLarge:
            hint = "If it is an identifier, write it in quotes."
            self._fault("D112", f"the number {_short(node.value)} is too large", node, hint=hint)
            return node.value
        if isinstance(value, str):
            return nfc(value)
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and written(value) != node.value:
            self.respelled = True
        return value

    def _is_text(self, key: str, node: Node) -> bool:
        if key == "<<":
            hint = "Repeat the keys, or move what is shared into a SettingsTemplate or a Defaults document."
            self._fault("D111", "merge keys (`<<`) are not part of YAML 1.2", node, hint=hint)
            return False
        if key[:1].isalpha() and key[0] not in "nNtTfF":
            return True
        if isinstance(self._plain(node), str):
            return True
        hint = f'Write it in quotes: "{_short(key)}".' if key else "Write a name before the colon."
        self._fault("D110", f"the key {_short(key) or '(empty)'} is not text", node, hint=hint)
        return False

    def _control(self, node: Node) -> None:
        hint = "Remove the escape: only line breaks and tabs are allowed."
        self._fault("D107", "an escape writes a control character", node, hint=hint)

    def _tagged(self, node: Node) -> None:
        hint = "Remove the tag; quotes make any value text."
        self._fault("D113", f"the tag {_short(node.tag)} is not allowed", node, hint=hint)

    def _duplicate(self, key: str, node: Node, line: int) -> None:
        detail = f"It was written before in line {line}; only one of the two can hold."
        self._fault("D109", f"the key `{_short(key)}` is written twice", node, detail, "Remove one of them.")

    def _fault(self, code: str, summary: str, node: Node, detail: str = "", hint: str = "") -> None:
        self.faults.append(error(code, summary, mark=mark_of(self._path, node), detail=detail, hint=hint))


def check_aliases(path: str, root: Node) -> Diagnostic | None:
    """Return why the aliases below a node cannot be written out: they recurse, or become too many nodes.

    Linear in the nodes as written, whatever they expand to.
    """
    known: dict[int, tuple[int, int]] = {}  # id of a node -> values below it, levels below it
    open_nodes: set[int] = set()

    def measure(node: Node) -> tuple[int, int]:
        if id(node) in known:
            return known[id(node)]
        if id(node) in open_nodes:
            raise _Recursive(node)
        open_nodes.add(id(node))
        below = [measure(child) for child in _children(node)]
        open_nodes.discard(id(node))
        total = 1 + sum(size for size, _ in below), 1 + max((depth for _, depth in below), default=0)
        known[id(node)] = total
        return total

    try:
        expanded, depth = measure(root)
    except _Recursive as found:
        return error(
            "D115",
            "an anchor contains itself",
            mark=mark_of(path, found.node),
            detail="An alias (`*name`) stands within the value that its anchor (`&name`) marks, without end.",
            hint="Remove the alias, or write the value out.",
        )
    if expanded > MAX_EXPANDED or depth > LEVELS:
        return error(
            "D114",
            "aliases make this document too large",
            mark=mark_of(path, root),
            detail=f"Written out, it has more than {MAX_EXPANDED:,} values or {LEVELS} levels.",
            hint="Use fewer aliases, or a SettingsTemplate.",
        )
    return None


def _first_lines(mapping: Node) -> dict[str, int]:
    """Return in which line each key of a mapping is written first."""
    lines: dict[str, int] = {}
    for key, _ in mapping.value:
        if key.__class__ is ScalarNode:
            lines.setdefault(nfc(key.value), key.start_mark.line + 1)
    return lines


class _Recursive(Exception):  # noqa: N818 - control flow inside check_aliases
    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node = node


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, SequenceNode) else []


def mark_of(path: str, node: Node) -> Mark:
    """Return where a node starts, counted from 1."""
    return Mark(path, node.start_mark.line + 1, node.start_mark.column + 1)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
