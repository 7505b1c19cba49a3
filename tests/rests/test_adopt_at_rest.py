"""`adopt` beside offers at rest: the same is ambiguous, and the same may be adopted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import world
from resting_shop import NAMES, at_rest, copied, declare, document, panel, put, shop, without_book
from test_pull_at_rest import EVERY
from test_waking import policy
from world import World

from reconciler.runtime.commands.adopt import adopt, list_ambiguous
from reconciler.runtime.errors import BadDocuments, RunStopped
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

#: A document, and the offer that it is to adopt: by its key, or an id that nothing has.
ADOPTED = (("A-1", "N"), ("Offer/A-1", "A-1"), ("A-1", "B-1"), ("C-1", "by-hand"), ("A-1", "1"), ("no such", "N"))


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Four offers have documents, and five have none; two of these have one key, and one has none."""
    others = [world.live_offer(number, name) for number, name in enumerate(("by-hand", "N", "M", "M", None), 1)]
    made = World.make(tmp_path_factory.mktemp("rests") / "shop", world.seller(others), [])
    declare(made, *map(document, NAMES))
    return at_rest(made)


def listed(made: World, account: str | None) -> Any:
    try:
        return list_ambiguous(Workspace(made.root), account, Silent())
    except BadDocuments as wrong:
        return [str(each) for each in wrong.diagnostics]


def adopted(made: World, name: str, remote_id: str) -> Any:
    try:
        return adopt(Workspace(made.root), name, remote_id, None, Silent())
    except BadDocuments as wrong:
        return [str(each) for each in wrong.diagnostics]
    except RunStopped as wrong:
        return str(wrong)


def ids(made: World) -> dict[str, str]:
    names = ("by-hand", "N", *NAMES)
    return {name: str((made.by_key(name) or {"id": "2"})["id"]) for name in names}


@pytest.mark.parametrize("reason", EVERY)
def test_the_same_is_ambiguous(reason: str, resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    EVERY[reason].happens(made)
    other = without_book(made, tmp_path / "without")
    for account in (None, "main"):
        assert listed(made, account) == listed(other, account)


@pytest.mark.parametrize("reason", EVERY)
def test_the_same_is_adopted(reason: str, resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    EVERY[reason].happens(made)
    known = ids(made)
    for number, (name, key) in enumerate(ADOPTED):
        here = copied(made, tmp_path / f"{number}-here")
        other = without_book(made, tmp_path / f"{number}-without")
        assert adopted(here, name, known.get(key, key)) == adopted(other, name, known.get(key, key)), (name, key)


def test_what_is_at_rest_is_not_loaded(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    workspace = Workspace(made.root)
    found = list_ambiguous(workspace, None, Silent())
    assert [(each.key.name, len(each.candidates)) for each in found] == [("M", 2), ("", 1)]
    assert {Path(path).stem for path in workspace.read if path.startswith("offers/")} == set()
    workspace = Workspace(made.root)
    assert b'"adopt": "17000000002"' in adopt(workspace, "A-1", ids(made)["N"], None, Silent()).after
    assert {Path(path).stem for path in workspace.read if path.startswith("offers/")} == {"A-1"}


def test_what_says_so_and_is_at_rest_is_left_as_it_is(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    mine = ids(made)["A-1"]
    adopt(Workspace(made.root), "A-1", mine, None, Silent())
    at_rest(made)
    again = adopt(Workspace(made.root), "A-1", mine, None, Silent())
    assert again.before == again.after


def test_what_was_never_managed_is_adopted_as_well(tmp_path: Path) -> None:
    """Nobody has planned yet, and a policy is read for the document that would adopt it."""
    made = shop(tmp_path / "shop")
    put(made, "p.yaml", policy("moja"))
    [theirs] = {each["id"] for name, each in made.things("return_policies").items() if name == "14 dni"}
    adoption = adopt(Workspace(made.root), "ReturnPolicy/moja", theirs, None, Silent())
    assert f'"adopt": "{theirs}"' in adoption.after.decode()


def test_what_another_at_rest_means_is_refused(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    panel(made, "A-1", {"name": "Talerz z panelu"})
    with pytest.raises(BadDocuments) as wrong:
        adopt(Workspace(made.root), "A-1", ids(made)["B-1"], None, Silent())
    assert "is what B-1 means" in str(wrong.value.diagnostics[0])
