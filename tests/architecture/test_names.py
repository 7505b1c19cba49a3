"""No name means two things: a class or a kind of value is called so once."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from .sources import files, name, tree

#: The simulator is an island, and has words of its own; `Json` is a mapping of JSON wherever it is.
ISLAND, SAID_EVERYWHERE = "reconciler/simulator/", {"Json"}


def _named(parsed: ast.Module) -> Iterator[str]:
    """The classes and type aliases of a module."""
    for node in parsed.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            yield from (each.id for each in node.targets if isinstance(each, ast.Name) and each.id[0].isupper())


def test_every_class_and_alias_is_named_once() -> None:
    found = defaultdict(list)
    for file in files():
        if not name(file).startswith(ISLAND):
            for each in _named(tree(file)):
                found[each].append(name(file))
    assert not {each: places for each, places in found.items() if len(places) > 1 and each not in SAID_EVERYWHERE}
