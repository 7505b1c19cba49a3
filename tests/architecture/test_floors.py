"""The rules of the house, held by a machine: floors, sizes, effects, and no marketplace by name in the core."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from .sources import PACKAGE, ROOT, files, functions, name, strings, tree

CORE = ("model", "documents", "engine", "runtime", "render")
PURE = ("model", "documents", "engine", "providers", "render")
MARKETPLACES = re.compile(r"allegro|amazon|ebay|etsy|zalando|shopify|woocommerce", re.IGNORECASE)


def _found(problems: list[str]) -> None:
    assert not problems, "\n" + "\n".join(problems)


def test_imports_go_down_only() -> None:
    """The contracts of the import linter hold."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def test_no_module_is_imported_in_a_circle() -> None:
    """Whoever reads a module need not have read it before; imports for types and inside functions count, too."""
    modules = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in files()}
    imported = {module: _imports(file, modules) for module, file in modules.items()}
    free: set[str] = set()
    while ready := {each for each, needs in imported.items() if each not in free and needs <= free}:
        free |= ready
    _found([f"{each} imports {sorted(imported[each] - free)}" for each in sorted(imported.keys() - free)])


def _imports(file: Path, modules: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return found & set(modules)


def test_every_package_stands_on_a_floor() -> None:
    """A new package is named by a contract, or it would be free to import anything."""
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    said = str(contracts)
    packages = {each.name for each in PACKAGE.iterdir() if (each / "__init__.py").exists()}
    _found(
        [f"reconciler.{each} is in no contract" for each in sorted(packages) if f"reconciler.{each}" not in said]
    )


def test_the_simulator_imports_nothing_of_ours() -> None:
    """The third witness is worth something only while both sides share no code."""
    problems = []
    for file in files("simulator"):
        for node in ast.walk(tree(file)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            problems += [
                f"{name(file)} imports {n}" for n in names if n.startswith("reconciler") and ".simulator" not in n
            ]
        problems += [f"{name(file)} reads specs/" for text in strings(file) if "specs/" in text.value]
    _found(problems)


def test_no_marketplace_by_name_in_the_core() -> None:
    """A marketplace is a spec and a provider: no other floor names one in its code."""
    problems = []
    for file in files(*CORE):
        for text in strings(file):
            if MARKETPLACES.search(text.value):
                problems.append(f"{name(file)}:{text.lineno} says {text.value!r}")
        for node in ast.walk(tree(file)):
            word = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "name", None)
            if isinstance(word, str) and MARKETPLACES.search(word):
                problems.append(f"{name(file)}:{node.lineno} names {word}")  # type: ignore[attr-defined]
    _found(problems)


def test_async_stays_in_the_shell() -> None:
    """Only runtime, cli and the simulator know of an event loop."""
    problems = []
    for file in files(*PURE):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
                problems.append(f"{name(file)}:{node.lineno} is asynchronous")
    _found(problems)


CLOCKS = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time|time\.monotonic|time\.sleep)$")


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def test_the_core_has_no_clock_no_chance_no_environment() -> None:
    """The same input gives the same output: no clock, no randomness, no environment, no file below the shell."""
    banned = re.compile(
        r"^(os\.environ|os\.getenv|random\.|uuid\.uuid4|uuid\.uuid1|open$|print$|input$|secrets\.)"
    )
    problems = []
    for file in files("model", "engine", "providers", "render"):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and (CLOCKS.search(_called(node)) or banned.search(_called(node))):
                problems.append(f"{name(file)}:{node.lineno} calls {_called(node)}")
    _found(problems)


def test_the_time_comes_from_the_clock() -> None:
    """In runtime, one module asks the machine for the time; named exceptions: the database, which has its own, and files
    that wait for each other without any account, and so without a clock."""
    allowed = {
        "reconciler/runtime/clock.py",
        "reconciler/runtime/ledger/database.py",
        "reconciler/runtime/locking.py",
    }
    problems = []
    for file in files("runtime"):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and CLOCKS.search(_called(node)) and name(file) not in allowed:
                problems.append(f"{name(file)}:{node.lineno} calls {_called(node)}")
    _found(problems)


def test_no_value_becomes_a_float() -> None:
    """`float(...)` is for seconds of waiting, in the module that says how long; money and quantities never meet it."""
    waiting = {"reconciler/providers/conversation.py"}
    problems = []
    for file in files(*CORE, "providers"):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and _called(node) == "float" and name(file) not in waiting:
                if ast.unparse(node) != "float('inf')":
                    problems.append(f"{name(file)}:{node.lineno} calls {ast.unparse(node)}")
    _found(problems)


@pytest.mark.parametrize("limit", [400])
def test_files_are_short(limit: int) -> None:
    """A file that grows past its size is two areas."""
    lengths = {name(file): len(file.read_text().splitlines()) for file in files()}
    _found([f"{file} has {length} lines" for file, length in lengths.items() if length > limit])


@pytest.mark.parametrize("limit", [60])
def test_functions_are_short(limit: int) -> None:
    """A function fits on a screen."""
    problems = []
    for file in files():
        for node in functions(file):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > limit:
                problems.append(f"{name(file)}:{node.lineno} {node.name} has {length} lines")
    _found(problems)


def test_no_module_is_a_drawer() -> None:
    """No `utils`, `helpers`, `manager`, `misc` or `common`: a module is named after what it does."""
    drawers = {"utils", "util", "helpers", "helper", "manager", "misc", "common", "base_utils", "tools"}
    _found([name(file) for file in files() if file.stem in drawers])


def test_the_public_surface_is_explained() -> None:
    """Every public module, class and function says in a docstring what it is."""
    problems = []
    for file in files(*CORE, "providers", "cli"):
        if file.read_text().strip() and ast.get_docstring(tree(file)) is None:
            problems.append(f"{name(file)} has no docstring")
        for node in tree(file).body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and ast.get_docstring(node) is None:
                problems.append(f"{name(file)}:{node.lineno} {node.name} has no docstring")
    _found(problems)
