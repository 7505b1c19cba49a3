"""The formats that other programs read: what is wrong at file:line, as each of them wants it."""

from collections.abc import Sequence
from pathlib import Path

import reconciler
from reconciler.cli.console import Console
from reconciler.model.report_json import to_text
from reconciler.render.machine import Located

#: The names that `--format` takes for them.
MACHINE = ("sarif", "junit", "codequality", "annotations")


def write_located(form: str, found: Sequence[Located], console: Console, command: str) -> None:
    """Write what is wrong to stdout in one of the formats. `command` is what has looked for it."""
    from reconciler.render.machine_json import code_quality, sarif
    from reconciler.render.machine_text import annotations, junit

    if form == "sarif":
        console.write(to_text(sarif(found, reconciler.__version__)))
    elif form == "codequality":
        console.write(to_text(code_quality(found)))
    elif form == "junit":
        console.show_unlimited([junit(found, command)])
    else:
        console.command(annotations(found))


def folder_in_repository(root: Path) -> str:
    """Return where a project lies in its repository, `shop/` or nothing: machines know files from there."""
    root = root.resolve()
    top = next((each for each in (root, *root.parents) if (each / ".git").exists()), root)
    return "" if top == root else f"{root.relative_to(top).as_posix()}/"
