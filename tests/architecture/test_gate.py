"""Nothing is printed past the gate: one module prints, and it takes lines only through it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from .sources import files, name, tree

#: What prints.
PRINTING = {"reconciler/cli/output.py"}
#: Who looks at a stream without writing to it.
LOOKING = {"reconciler/cli/console.py"}
CALLS = {"print", "input", "echo", "secho", "prompt", "confirm", "pause", "getpass", "print_exc", "print_exception", "show_warning"}  # fmt: skip
STREAMS = {"stdout", "stderr", "__stdout__", "__stderr__"}


def _printed(file: Path) -> Iterator[str]:
    """Every call that prints, and every stream that is named."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            function = node.func
            called = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
            if called in CALLS:
                yield f"{name(file)}:{node.lineno}: {called}()"
            if called == "write" and isinstance(function, ast.Attribute) and _is_descriptor(node):
                yield f"{name(file)}:{node.lineno}: os.write to a stream"
        if isinstance(node, ast.Attribute) and node.attr in STREAMS and ast.unparse(node.value) == "sys":
            yield f"{name(file)}:{node.lineno}: sys.{node.attr}"
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "sys"
            and {each.name for each in node.names} & STREAMS
        ):
            yield f"{name(file)}:{node.lineno}: from sys import a stream"


def _is_descriptor(node: ast.Call) -> bool:
    first = node.args[0] if node.args else None
    return isinstance(first, ast.Constant) and first.value in (1, 2)


def test_one_module_prints() -> None:
    found = [each for file in files() if name(file) not in PRINTING | LOOKING for each in _printed(file)]
    assert not found, "\n" + "\n".join(found)
    looked = [each for file in files() if name(file) in LOOKING for each in _printed(file) if "sys." not in each]
    assert not looked


def test_it_prints_what_has_passed_the_gate() -> None:
    """Each text that `_write` is given is a constant, JSON, or comes out of `through`."""
    (output,) = (file for file in files("cli") if file.name == "output.py")
    echoes = [each for each in _printed(output) if each.endswith("echo()")]
    assert len(echoes) == 1
    given = {
        ast.unparse(node.args[0])
        for node in ast.walk(tree(output))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "_write"
    }
    assert given == {"text", "document.removesuffix('\\n')", "piece", "through(lines, width)", "'> '"}
    assert "text = through(lines, width)" in output.read_text()


def test_json_is_written_in_one_place() -> None:
    """Whoever writes JSON for the console has it from `to_text` or `in_pieces`."""
    written = [
        f"{name(file)}:{node.lineno}"
        for file in files("cli", "render")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"json.dumps", "orjson.dumps"}
    ]
    assert not written


def test_no_colour_is_written_but_by_the_gate() -> None:
    """An escape in a text of ours would be shown written out; it belongs to `Style`."""
    with_escapes = [
        f"{name(file)}:{node.lineno}"
        for file in files("cli", "render", "runtime", "documents", "engine")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\x1b" in node.value
    ]
    assert [each.rpartition(":")[0] for each in with_escapes] == ["reconciler/render/gate.py"]
