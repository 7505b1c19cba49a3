"""What documents take in from other files, and files that change while a plan is made."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pictures
import pytest
from resting_shop import (
    BOOK,
    DEARER,
    NAMES,
    at_rest,
    both,
    copied,
    declare,
    document,
    panel,
    path_of,
    planned,
    put,
    shop,
)
from world import World

from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.errors import StalePlan
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

A, EVERY = {"A-1", "A-2"}, set(NAMES)
HANDLING = {"kind": "Defaults", "Offer": {"delivery": {"handling": "PT24H"}}}
TEMPLATE = {"kind": "SettingsTemplate", "name": "std", "invoice": "vat"}


def content(**more: Any) -> dict[str, Any]:
    return {"content": document("A-1")["content"] | more}


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Offers below `a` take in Defaults; A-1 a template with another one in it, A-2 an image, B-1 settings."""
    made = shop(tmp_path_factory.mktemp("rests") / "shop")
    put(made, "offers/a/defaults.yaml", HANDLING)
    put(made, "settings.yaml", TEMPLATE)
    made.write("texts/title.j2", "{% include 'texts/word.j2' %} {{ name }} porcelanowy")
    made.write("texts/word.j2", "Talerz obiadowy")
    made.write("texts/other.j2", "Nobody")
    made.write("image.png", pictures.png(600, 600))
    plain = {"delivery": {"prices": "Standard"}}
    settings = {**document("B-1")["settings"], "template": "std"}
    declare(
        made,
        document("A-1", **plain, **content(title={"template": "texts/title.j2"})),
        document("A-2", **plain, **content(images=["image.png"])),
        document("B-1", settings={key: value for key, value in settings.items() if key != "invoice"}),
    )
    return at_rest(made)


def slower(made: World) -> None:
    put(made, "offers/a/defaults.yaml", {"kind": "Defaults", "Offer": {"delivery": {"handling": "PT48H"}}})


#: What is written, whose documents are parsed then, and how many change.
WRITTEN: dict[str, tuple[Callable[[World], Any], set[str], int]] = {
    "Defaults": (slower, {*A, "defaults"}, 2),
    "a template": (lambda made: made.write("texts/title.j2", "Duży talerz {{ name }} porcelanowy"), {"A-1"}, 1),
    "what a template draws in": (lambda made: made.write("texts/word.j2", "Duży talerz"), {"A-1"}, 1),
    "a template of nobody": (lambda made: made.write("texts/other.j2", "Duży talerz"), set(), 0),
    "an image": (lambda made: made.write("image.png", pictures.png(700, 700)), {"A-2"}, 1),
    "settings": (lambda made: put(made, "settings.yaml", TEMPLATE | {"invoice": "no_invoice"}), {"B-1"}, 1),
    "the project": (
        lambda made: made.write("reconcile.yaml", (made.root / "reconcile.yaml").read_text() + "\n"), EVERY, 0
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_taken_in(name: str, resting: World, tmp_path: Path) -> None:
    happens, parsed, changes = WRITTEN[name]
    made = copied(resting, tmp_path / "shop")
    happens(made)
    found = both(made)
    assert len(found.book.changes) == changes
    assert found.parsed - {"defaults"} == parsed - {"defaults"}


def test_an_image_that_is_gone_is_missed(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    (made.root / "image.png").unlink()
    assert "D506" in {each.code for each in both(made).book.diagnostics}


@dataclass
class Meanwhile(Silent):
    """Does something as soon as a plan has read its documents, and asks the marketplace."""

    does: Callable[[], Any]

    def start(self, what: str, total: int | None = None) -> None:
        if what == "reading the list of offers" and total is None:  # before its first page
            self.does()


def plan_while(made: World, does: Callable[[], Any]) -> None:
    make_plan(Workspace(made.root), PlanOptions(), Meanwhile(does))


@pytest.mark.parametrize("is_kept", [True, False], ids=["with a book", "without one"])
@pytest.mark.parametrize("name", ["Defaults", "a template", "what a template draws in", "an image", "settings"])
def test_what_is_written_while_a_plan_is_made_is_seen_by_the_next(
    name: str, is_kept: bool, resting: World, tmp_path: Path
) -> None:
    """The book says what was read, and not what lay there when the book was written."""
    happens, _, changes = WRITTEN[name]
    made = copied(resting, tmp_path / "shop")
    declare(made, document("C-1"))  # so that there is something to write
    if not is_kept:
        (made.root / BOOK).unlink()
    plan_while(made, lambda: happens(made))
    assert len(both(made).book.changes) == changes + 1


def test_so_is_a_document(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    (made.root / BOOK).unlink()
    plan_while(made, lambda: declare(made, document("B-2", price="150.00 PLN")))
    assert [each.key.name for each in both(made).book.changes] == ["B-2"]


@pytest.mark.parametrize("way", ["written", "removed"])
def test_a_document_that_moves_after_it_was_looked_at_refuses_the_plan(
    way: str, resting: World, tmp_path: Path
) -> None:
    """It was left alone, and the marketplace says that its offer moved: it is read late, and is another by then."""
    made = copied(resting, tmp_path / "shop")
    panel(made, "B-2", DEARER)
    ways = {
        "written": lambda: declare(made, document("B-2", price="150.00 PLN")),
        "removed": (made.root / path_of("B-2")).unlink,
    }
    with pytest.raises(StalePlan) as refused:
        plan_while(made, ways[way])
    assert refused.value.summary == "offers/b/B-2.yaml has changed while this plan was made"
    assert [each.key.name for each in both(made).book.changes] == ["B-2"]


def test_several_documents_in_one_file(tmp_path: Path) -> None:
    """They rest together, and are told in their order, also where they were read late."""
    made = shop(tmp_path / "shop", "A-1")
    put(made, "offers/m.yaml", *(document(f"M-{number}") for number in (3, 2, 1)))
    at_rest(made)
    for name in ("M-1", "M-3"):
        panel(made, name, DEARER)
    found = both(made)
    assert (len(found.book.changes), found.parsed) == (2, {"m"})
    put(made, "offers/m.yaml", *(document(f"M-{number}") for number in (3, 1)))
    assert len(both_again(made, tmp_path).changes) == 3


def both_again(made: World, root: Path) -> Any:
    return both(copied(made, root / "again")).book


def test_a_file_that_a_link_shows_is_always_read(tmp_path: Path) -> None:
    made = shop(tmp_path / "shop", "A-1")
    made.write(".hidden/L-1.yaml", json.dumps(document("L-1")))
    (made.root / "offers/L-1.yaml").symlink_to("../.hidden/L-1.yaml")
    at_rest(made)
    assert planned(made)[1] == {"L-1"}
    assert both(made).parsed == {"L-1"}


def test_a_thing_that_changes_says_how_many_use_it(tmp_path: Path) -> None:
    """Those at rest are counted by its id: nothing of them is loaded."""
    tag = {"kind": "OfferTag", "account": "main", "name": "Nowość", "hidden": False}
    made = shop(tmp_path / "shop", settings=document("A-1")["settings"] | {"tags": ["Nowość"]})
    put(made, "tag.yaml", tag)
    at_rest(made)
    panel(made, "A-1", {"publication": {"status": "ENDED"}})
    put(made, "tag.yaml", tag | {"hidden": True})
    found = both(made)
    assert {each.key.name: each.uses for each in found.book.changes} == {"A-1": 0, "Nowość": 3}
    assert found.parsed == {"A-1"}


def test_what_is_read_late_is_told_in_its_place(tmp_path: Path) -> None:
    """A-1 is woken by the marketplace, B-1 by its document: what differs is told as the documents lie there."""
    made = at_rest(shop(tmp_path / "shop"))
    put(made, "defaults.yaml", {"kind": "Defaults", "sync": {"price": "off"}})
    at_rest(made)
    panel(made, "A-1", DEARER)
    declare(made, document("B-1", price="150.00 PLN"))
    found = both(made)
    assert [each.key.name for each in found.book.accounts[0].unsynced] == ["A-1", "B-1"]
    assert found.parsed == {"A-1", "B-1"}
