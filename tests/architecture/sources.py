"""The source files of the product, parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "reconciler"


@cache
def files(*folders: str) -> tuple[Path, ...]:
    """All modules, or those below some folders of the package."""
    roots = [PACKAGE / folder for folder in folders] or [PACKAGE]
    return tuple(sorted(file for root in roots for file in root.rglob("*.py")))


@cache
def tree(file: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(file.read_text())


def name(file: Path) -> str:
    """The path that a message shows."""
    return file.relative_to(ROOT).as_posix()


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def docstrings(file: Path) -> set[int]:
    """The identities of the constants that are docstrings, or stand alone as prose."""
    return {id(node.value) for node in ast.walk(tree(file)) if isinstance(node, ast.Expr)}


def strings(file: Path) -> Iterator[ast.Constant]:
    """Every text in the code that is no docstring."""
    prose = docstrings(file)
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node
