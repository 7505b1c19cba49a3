"""`pull --update` and `adopt --drift` beside offers at rest: the same values go into the same lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from happenings import HAPPENINGS
from resting_shop import (
    DEARER,
    NAMES,
    OTHER_TEXT,
    at_rest,
    copied,
    document,
    panel,
    path_of,
    shop,
    unseen,
    without_book,
)
from shares import share
from test_numbers import write
from test_waking import renamed
from world import World

from reconciler.model.modules import Module
from reconciler.runtime.commands.update import Update, make_update, write_update
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

HOW: dict[str, tuple[PlanOptions, dict[str, bool]]] = {
    "all": (PlanOptions(), {}),
    "what is inherited, too": (PlanOptions(), {"override": True}),
    "what has drifted": (PlanOptions(), {"drift": True}),
    "one": (PlanOptions(targets=("B-1",)), {}),
    "some": (PlanOptions(targets=("A-*", "*-2")), {}),
    "a module": (PlanOptions(only=frozenset({Module.PRICE})), {}),
    "a new one": (PlanOptions(targets=("C-*",)), {}),
    "nothing": (PlanOptions(targets=("no such",)), {}),
}


@pytest.fixture(scope="module")
def in_lines(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = shop(tmp_path_factory.mktemp("lines") / "shop")
    write(made, *map(document, NAMES))
    at_rest(made)
    write(made, document("A-2", sync={"price": "off"}))
    return at_rest(made)


def found(made: World, how: str) -> tuple[Any, set[str]]:
    """What would be written, or what it is refused for; and which documents were loaded from their files."""
    options, more = HOW[how]
    workspace = Workspace(made.root)
    try:
        update: Update | list[str] = make_update(workspace, options, Silent(), **{"override": False, **more})
    except BadDocuments as wrong:
        update = [str(each) for each in wrong.diagnostics]
    told = (
        update
        if isinstance(update, list)
        else (update.taking, [sorted(map(repr, rows)) for _, rows, _ in update.compared])
    )
    return told, {Path(path).stem for path in workspace.read if path.startswith("offers/")}


@pytest.mark.parametrize(("reason", "how"), share(HAPPENINGS, HOW))
def test_it_takes_the_same_as_without_the_book(reason: str, how: str, in_lines: World, tmp_path: Path) -> None:
    made = copied(in_lines, tmp_path / "shop")
    HAPPENINGS[reason](made)
    panel(made, "B-2", DEARER)
    other = without_book(made, tmp_path / "without")
    assert found(made, how)[0] == found(other, how)[0]


def test_a_document_becomes_what_it_was_at_rest(in_lines: World, tmp_path: Path) -> None:
    """Somebody wrote another price, and takes back what is live."""
    made = copied(in_lines, tmp_path / "shop")
    file = made.root / path_of("A-1")
    before = file.read_text()
    file.write_text(before.replace("199.00 PLN", "150.00 PLN"))
    for how in ("all", "some"):
        taking = found(made, how)[0][0]
        assert {name: new.decode() for name, (_, new) in taking.files.items()} == {path_of("A-1"): before}


def test_what_moved_is_known_by_its_old_name(in_lines: World, tmp_path: Path) -> None:
    """It bears neither name there: the ledger knows which offer the old one was."""
    made = copied(in_lines, tmp_path / "shop")
    panel(made, "A-1", DEARER | {"external": {"id": "Z-9"}})
    renamed(made)
    taking = found(made, "a new one")[0][0]
    assert [(each.key.name, each.path) for each in taking.taken] == [
        ("C-1", "content.title"),
        ("C-1", "price.base"),
    ]


def test_what_is_not_named_is_neither_loaded_nor_read(in_lines: World, tmp_path: Path) -> None:
    """What is named is read whatever the events say of it."""
    made = copied(in_lines, tmp_path / "shop")
    unseen(made, "B-1", DEARER | OTHER_TEXT)
    panel(made, "B-2", DEARER)
    made.forget_requests()
    workspace = Workspace(made.root)
    update = make_update(workspace, PlanOptions(targets=("B-1",)), Silent(), override=False)
    assert {(each.key.name, each.path) for each in update.taking.taken} == {
        ("B-1", "price.base"),
        ("B-1", "content.description"),
    }
    write_update(Workspace(made.root), update)
    assert {Path(path).stem for path in workspace.read if path.startswith("offers/")} == {"B-1"}
    reads = {each["url"] for each in made.sent() if "/sale/product-offers/" in each["url"]}
    assert {url.rpartition("/")[2] for url in reads} == {(made.by_key("B-1") or {})["id"]}
    assert "777.00 PLN" in (made.root / path_of("B-1")).read_text()
    assert [each.key.name for each in made.plan().changes] == ["B-2"]
