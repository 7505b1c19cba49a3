"""The formats that other programs read: what is wrong at file:line, as each of them wants it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

import reconciler
from reconciler.cli.console import Console
from reconciler.cli.saving import save
from reconciler.model.report_json import to_text
from reconciler.render.gate import through
from reconciler.render.machine import Located

#: The names that `--format` takes for them.
MACHINE = ("sarif", "junit", "codequality", "annotations")
#: What a file can be; annotations are for the log of a job.
_FILED = ("json", "sarif", "junit", "codequality")


def report_option() -> Callable[..., Any]:
    """`--report FORMAT=FILE`, again and again."""
    return click.option(
        "--report",
        "reports",
        multiple=True,
        metavar="FORMAT=FILE",
        callback=_reports,
        help=f"Write the findings to a file, too: {', '.join(_FILED)}.",
    )


def _reports(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Return format -> file."""
    found: dict[str, str] = {}
    for value in values:
        form, _, file = value.partition("=")
        if form not in _FILED or not file or form in found:
            raise click.BadParameter(f"FORMAT=FILE, each format once, of {', '.join(_FILED)}: not {value!r}.")
        found[form] = file
    return found


def file_located(
    reports: Mapping[str, str], found: Sequence[Located], document: Callable[[], str], command: str
) -> None:
    """Write what is wrong to files, each in its format; `document` is what `--json` would print."""
    from reconciler.render.machine_json import code_quality, sarif
    from reconciler.render.machine_text import junit

    written: Mapping[str, Callable[[], str]] = {
        "json": document,
        "sarif": lambda: to_text(sarif(found, reconciler.__version__)),
        "codequality": lambda: to_text(code_quality(found)),
        "junit": lambda: through([junit(found, command)]),
    }
    for form, file in reports.items():
        save(Path(file), f"{written[form]()}\n")


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
