"""What is common to all marketplaces names none of them: in identifiers and in texts that are not docstrings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2] / "reconciler"
COMMON = ("model", "documents", "engine", "connectors", "runtime", "render", "cli")
NAMES = re.compile(r"allegro|etsy|e_?bay|amazon|zalando", re.IGNORECASE)
FILES = [file for package in COMMON for file in sorted((ROOT / package).rglob("*.py"))]


def said(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name and every text of a module, but its docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        for field in ("id", "attr", "name", "arg", "module", "asname"):
            if isinstance(text := getattr(node, field, None), str):
                yield line, text
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield line, node.value


def test_no_marketplace_is_named() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {text[:60]}"
        for file in FILES
        for line, text in said(ast.parse(file.read_text("utf-8")))
        if NAMES.search(text)
    ]
    assert not found


def test_a_name_would_be_found() -> None:
    assert [text for _, text in said(ast.parse("x.allegro_id = f'to {1} etsy'")) if NAMES.search(text)] == [
        "allegro_id",
        " etsy",
    ]
