"""Names for a shell to complete: looked up in the text of the documents, without reading them as YAML.

A shell asks on every press of a key, so nothing heavy is imported, and a document that says its name in an unusual
way is not offered. A name that a shell would read as anything but a word is never offered: it would be on the
command line, unquoted, when the person presses Enter.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from reconciler.documents.kinds import ABOUT, OFFER, PROJECT_FILE, SOURCE
from reconciler.model.bounds import DOCUMENT
from reconciler.runtime.reading import read_file

_SUFFIXES = (".yaml", ".yml")
_LINE = re.compile(r"^(kind|name):[ \t]+(.*?)[ \t]*\r?$", re.MULTILINE)
_NEXT_DOCUMENT = re.compile(r"^---", re.MULTILINE)
_COMMENT = re.compile(r"[ \t]+#.*$")
#: A word of letters, digits and signs that no shell takes for anything.
_HARMLESS = re.compile(r"\w[\w.+@:/-]*")
_ACCOUNTS = re.compile(r"^accounts:[ \t]*(?:#.*)?\r?\n((?:[ \t]+.*\r?\n|[ \t]*(?:#.*)?\r?\n)*)", re.MULTILINE)
_KEY = re.compile(r"^([ \t]+)([^\s:#][^:\n]*):", re.MULTILINE)


def names(start: Path) -> Iterator[str]:
    """Yield what documents are called on a command line: an offer by its name, all else as Kind/name."""
    for kind, name in _said(start):
        if kind not in ABOUT:
            yield from _offered(name if kind == OFFER else f"{kind}/{name}")


def sources(start: Path) -> Iterator[str]:
    """Yield the names of the sources."""
    for kind, name in _said(start):
        if kind == SOURCE:
            yield from _offered(name)


def _said(start: Path) -> Iterator[tuple[str, str]]:
    """Yield kind and name of every document that says both."""
    root = _project(start)
    for text in _texts(root) if root else ():
        for part in _NEXT_DOCUMENT.split(text):
            said = dict(_LINE.findall(part))
            kind, name = _plain(said.get("kind", "")), _plain(said.get("name", ""))
            if kind and name:
                yield kind, name


def accounts(start: Path) -> Iterator[str]:
    """Yield the accounts of the project."""
    root = _project(start)
    found = _ACCOUNTS.search(_read(root / PROJECT_FILE) + "\n") if root else None
    keys = _KEY.findall(found[1]) if found else []
    for indent, name in keys:
        if indent == keys[0][0]:
            yield from _offered(_plain(name))


def _project(start: Path) -> Path | None:
    here = start.resolve()
    return next((each for each in (here, *here.parents) if (each / PROJECT_FILE).is_file()), None)


def _texts(root: Path) -> Iterator[str]:
    for here, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(_SUFFIXES) and not name.startswith("."):
                yield _read(Path(here, name))


def _read(file: Path) -> str:
    try:
        return read_file(file, DOCUMENT).decode("utf-8-sig", "replace")
    except OSError:
        return ""  # a plan says what is wrong with it


def _plain(written: str) -> str:
    """Return the text of a scalar that stands on one line."""
    if written[:1] in ("'", '"'):
        return written[1:].partition(written[0])[0]
    return _COMMENT.sub("", written)


def _offered(name: str) -> Iterator[str]:
    if _HARMLESS.fullmatch(name):
        yield name
