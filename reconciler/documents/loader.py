"""PyYAML's C parser, made safe: no tags resolved, and nesting bounded while it composes.

The composer recurses on the C stack, so a file of a million brackets would kill the process before any check
of ours could look at the result. It calls `descend_resolver` before each child; that is where we count.
"""

from collections.abc import Iterator
from typing import Any

from yaml.cyaml import CParser  # type: ignore[attr-defined, unused-ignore]
from yaml.nodes import Node

from reconciler.model.bounds import LEVELS


class TooDeep(Exception):  # noqa: N818 - a finding, turned into a Diagnostic by the caller
    """The text nests deeper than LEVELS."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.line = line
        self.column = column


class _Composer(CParser):  # type: ignore[misc, unused-ignore]
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def resolve(self, _kind: Any, _value: Any, _implicit: Any) -> None:
        """Leave the tag empty, so that one which the user wrote stands out."""

    def descend_resolver(self, parent: Node | None, _index: Any) -> None:
        self._depth += 1
        if self._depth > LEVELS:
            mark = parent.start_mark if parent is not None else None
            raise TooDeep(mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)

    def ascend_resolver(self) -> None:
        self._depth -= 1


def compose(text: str) -> Iterator[Node]:
    """Yield the root node of each YAML document. Raise yaml.YAMLError or TooDeep."""
    composer = _Composer(text)
    try:
        while composer.check_node():
            node = composer.get_node()
            assert node is not None, "check_node promised one"
            yield node
    finally:
        composer.dispose()
