"""What a security linter would ask: one door to other programs, and a reason wherever a rule is set aside."""

from __future__ import annotations

import ast
import re

from .sources import ROOT, files, name, tree

GIT = "reconciler/runtime/git.py"
OTHER_PROGRAMS = re.compile(r"subprocess|os\.(system|popen|exec\w*|spawn\w*|startfile)|pty")
SET_ASIDE = re.compile(r"#\s*(noqa:(?=.*\bS\d{3})|nosec)(?P<rest>.*)")


def test_one_module_runs_another_program() -> None:
    """Git, to read; its arguments, environment and settings stand in one place."""
    found = []
    for file in files():
        for node in ast.walk(tree(file)):
            words = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            words += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            words += [ast.unparse(node.func)] if isinstance(node, ast.Call) else []
            if any(OTHER_PROGRAMS.match(word) for word in words) and name(file) != GIT:
                found.append(f"{name(file)}:{node.lineno} {words}")
    assert not found


def test_every_security_rule_that_is_set_aside_says_why() -> None:
    """`# noqa: S608 - only ?s`: the reason stands beside it, or in pyproject.toml for a whole folder."""
    found = []
    for file in (*files(), *sorted((ROOT / "requirements").glob("*.py"))):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = SET_ASIDE.search(line)
            if match and not re.search(r" - \S", match["rest"]):
                found.append(f"{name(file)}:{number}")
    assert not found
