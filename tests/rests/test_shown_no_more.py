"""What an offer takes in, and may not be shown by now: a plan of files at rest says so like any other."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pictures
import pytest
from resting_shop import at_rest, both, declare, document, planned, shop
from world import World

from reconciler.runtime.commands.validate import validate
from reconciler.runtime.project.workspace import Workspace

GIT_CONFIG = ".git/config"


class Reason(NamedTuple):
    """What hides the files, what shows them again, and the offers that miss one."""

    hides: Callable[[World], object]
    shows: Callable[[World], object]
    held: set[str]


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A-1 takes in a template, A-2 an image, B-1 one whose name is not plain; all have been there for a while."""
    made = shop(tmp_path_factory.mktemp("shown") / "shop")
    subprocess.run(["git", "init", "-q", str(made.root)], check=True)
    made.write(".gitignore", ".reconcile/\n")
    made.write("t/opis.html", "<p>Tekst</p>")
    for image in ("img/a.png", "img/ż.png"):
        made.write(image, pictures.png())
    content = document("A-1")["content"]
    declare(
        made,
        document("A-1", content=content | {"description": {"template": "t/opis.html"}}),
        document("A-2", content=document("A-2")["content"] | {"images": ["img/a.png"]}),
        document("B-1", content=document("B-1")["content"] | {"images": ["img/ż.png"]}),
    )
    time.sleep(3)  # what was written just now has no stamp that is believed
    return at_rest(made)


def behind_a_link(made: World) -> None:
    for folder in ("t", "img"):
        (made.root / folder).rename(made.root / f".{folder}")
        (made.root / folder).symlink_to(f".{folder}")


def in_the_open(made: World) -> None:
    for folder in ("t", "img"):
        (made.root / folder).unlink()
        (made.root / f".{folder}").rename(made.root / folder)


def only_the_image(made: World) -> None:
    (made.root / "img/a.png").rename(made.root / "img/.a.png")
    (made.root / "img/a.png").symlink_to(".a.png")


def again_the_image(made: World) -> None:
    (made.root / "img/a.png").unlink()
    (made.root / "img/.a.png").rename(made.root / "img/a.png")


def writes(path: str, text: str) -> Callable[[World], object]:
    return lambda made: made.write(path, text)


ALL = {"A-1", "A-2", "B-1"}
REASONS = {
    "git ignores the folders": Reason(
        writes(".gitignore", ".reconcile/\nt/\nimg/\n"), writes(".gitignore", ".reconcile/\n"), ALL
    ),
    "git ignores one file": Reason(
        writes(".gitignore", ".reconcile/\na.png\n"), writes(".gitignore", ".reconcile/\n"), {"A-2"}
    ),
    "a list of this copy alone": Reason(
        writes(".git/info/exclude", "t/\n"), writes(".git/info/exclude", ""), {"A-1"}
    ),
    "nobody can tell": Reason(
        lambda made: (made.root / GIT_CONFIG).rename(made.root / "config") and made.write(GIT_CONFIG, "[core\n"),
        lambda made: (made.root / "config").rename(made.root / GIT_CONFIG),
        ALL,
    ),
    "their folders are links to hidden ones": Reason(behind_a_link, in_the_open, ALL),
    "a file is a link to a hidden one": Reason(only_the_image, again_the_image, {"A-2"}),
}


@pytest.mark.parametrize("name", REASONS)
def test_what_may_not_be_shown_any_more(name: str, resting: World, tmp_path: Path) -> None:
    reason = REASONS[name]
    root = resting.root.rename(tmp_path / "shop")  # what was there keeps its stamps
    made = World(root, resting.login)
    try:
        at_rest(made)
        assert planned(made)[1] == set()
        assert validate(Workspace(root)).diagnostics == validate(Workspace(root)).diagnostics == ()
        reason.hides(made)
        assert {each.name for each in both(made).book.accounts[0].held} == reason.held
        told = [validate(Workspace(root), cached=cached).diagnostics for cached in (True, False)]
        assert told[0] == told[1] != ()
    finally:
        reason.shows(made)
        root.rename(resting.root)
