"""A resync of some offers: it sends the same as without the book, and looks at what it names and what moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from happenings import HAPPENINGS
from resting_shop import DEARER, NAMES, at_rest, copied, document, panel, said, shop, without_book
from shares import share
from test_numbers import write
from world import World

from reconciler.model.modules import Module
from reconciler.runtime.commands.resync import ResyncOptions, make_resync
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

#: What is sent again.
NAMED: dict[str, dict[str, Any]] = {
    "all": {},
    "one": {"targets": ("A-1",)},
    "a pattern": {"targets": ("?-1",)},
    "a file": {"files": ("offers/a/A-1.yaml",)},
    "a folder": {"files": ("offers/b",)},
    "a label": {"select": {"shelf": "low"}},
    "a module": {"only": frozenset({Module.PRICE})},
    "a module of some": {"only": frozenset({Module.PRICE}), "targets": ("B-*",)},
    "what is off, too": {"all_modules": True, "targets": ("A-2",)},
    "a new one": {"targets": ("C-1",)},
    "nothing": {"targets": ("no such",)},
}


@pytest.fixture(scope="module")
def in_lines(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Of two offers the price is not synced: it is said how many they are, whoever looks."""
    made = shop(tmp_path_factory.mktemp("lines") / "shop")
    write(made, *map(document, NAMES))
    at_rest(made)
    write(made, *(document(name, sync={"price": "off"}) for name in ("A-2", "B-1")))
    return at_rest(made)


def resynced(made: World, named: str) -> tuple[Any, set[str]]:
    """What would be sent again, or why nothing is; and which documents were loaded from their files."""
    workspace = Workspace(made.root)
    try:
        found = said(make_resync(workspace, ResyncOptions(account="main", **NAMED[named]), Silent()))
    except BadDocuments as wrong:
        found = [str(each) for each in wrong.diagnostics]
    return found, {Path(path).stem for path in workspace.read if path.startswith("offers/")}


@pytest.mark.parametrize(("reason", "named"), share(HAPPENINGS, NAMED))
def test_it_sends_the_same_as_without_the_book(reason: str, named: str, in_lines: World, tmp_path: Path) -> None:
    made = copied(in_lines, tmp_path / "shop")
    HAPPENINGS[reason](made)
    other = without_book(made, tmp_path / "without")
    assert resynced(made, named)[0] == resynced(other, named)[0]


def test_what_is_not_named_is_neither_loaded_nor_read(in_lines: World, tmp_path: Path) -> None:
    made = copied(in_lines, tmp_path / "shop")
    panel(made, "A-2", DEARER)
    found, loaded = resynced(made, "one")
    assert loaded == {"A-1"}
    assert {each["key"]["name"] for each in found["accounts"][0]["changes"]} == {"A-1"}
