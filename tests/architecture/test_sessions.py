"""A session is told what is new by its own methods: nobody else writes into it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from .sources import files, name, tree

HOME = "reconciler/runtime/connection/session.py"


def _targets(node: ast.AST) -> list[ast.expr]:
    """What a statement assigns to, or deletes; the parts of a tuple one by one."""
    match node:
        case ast.Assign() | ast.Delete():
            found = list(node.targets)
        case ast.AugAssign() | ast.AnnAssign() | ast.For() | ast.AsyncFor():
            found = [node.target]
        case ast.withitem(optional_vars=ast.expr() as into):
            found = [into]
        case _:
            found = []
    return [part for each in found for part in (each.elts if isinstance(each, ast.Tuple | ast.List) else [each])]


def _is_of_a_session(target: ast.expr) -> bool:
    """Tell whether this is `opened.x`, `self.opened.x`, or anything further down, such as `opened.names.labels[kind]`."""
    inner: ast.expr = target
    while isinstance(inner, ast.Attribute | ast.Subscript):
        inner = inner.value
        said = inner.attr if isinstance(inner, ast.Attribute) else getattr(inner, "id", "")
        if said == "opened":
            return True
    return False


def _written(parsed: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(parsed):
        yield from (each for each in _targets(node) if _is_of_a_session(each))


def test_nothing_is_assigned_on_a_session() -> None:
    """Outside of its own module a session is read and asked; what changes in it has a method."""
    assert not [
        f"{name(file)}:{each.lineno} writes {ast.unparse(each)}"
        for file in files("runtime", "cli")
        if name(file) != HOME
        for each in _written(tree(file))
    ]


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("opened.wait = 1", 1),
        ("self.opened.run_id = run.id", 1),
        ("opened.names.labels[kind] = {}", 1),
        ("opened.count += 1", 1),
        ("a, opened.b = 1, 2", 1),
        ("del opened.names", 1),
        ("async def f():\n    async with lock() as opened.lock: pass", 1),
        ("opened = await open_it()", 0),
        ("self.opened = opened", 0),
        ("found[opened.place] = opened.names.labels", 0),
    ],
)
def test_the_check_sees_every_way_to_write(code: str, count: int) -> None:
    """It tells what is written to from what is only named on the way."""
    assert len(list(_written(ast.parse(code)))) == count
