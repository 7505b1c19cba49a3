"""`plan --base`: where changes come from is told with the book as without, and what rests is left alone."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from resting_shop import at_rest, copied, declare, document, outcome, panel, planned, put, said, shop
from shares import share
from test_waking import REASONS
from world import World

from reconciler.model.changes import CausedBy
from reconciler.runtime.commands.resolving import known_images
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.project.committed import Committed
from reconciler.runtime.project.earlier import caused, resolved_at
from reconciler.runtime.project.resolve import resolve_project
from reconciler.runtime.project.workspace import Workspace


def git(made: World, *words: str) -> None:
    """Run git in a shop, as somebody."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", "-C", str(made.root), *who, *words], check=True, capture_output=True)


def commit(made: World) -> None:
    """Commit all that is there."""
    git(made, "add", "-A")
    git(made, "commit", "-q", "--allow-empty", "-m", "as it is")


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = shop(tmp_path_factory.mktemp("rests") / "shop")
    put(made, "d.yaml", {"kind": "Defaults", "Offer": {"price": "199.00 PLN"}})
    declare(made, {key: value for key, value in document("B-1").items() if key != "price"})
    (made.root / ".gitignore").write_text(".reconcile/\n")
    git(made, "init", "-q")
    commit(made)
    return at_rest(made)


def compared(made: World, **options: Any) -> set[str]:
    """Plan with the book and without, and return what the former has parsed.

    The causes are those that all documents of both revisions tell.
    """
    other = copied(made, made.root.with_name(f"{made.root.name}-without"))
    without, _ = outcome(other, cached=False, **options)
    found, parsed = outcome(made, **options)
    assert found == without
    if isinstance(found, dict):
        plan, _ = planned(made, **options)
        workspace, then = Workspace(made.root), Committed(made.root, options["base"])
        images = known_images(workspace)
        now, before = resolve_project(workspace, images), resolved_at(then, PlanOptions(), None, images)
        assert said(caused(plan, now.wanted, before, then.commit)) == said(plan)
    shutil.rmtree(other.root)
    return parsed


@pytest.mark.parametrize(
    ("reason", "how"),
    share([each for each in REASONS if each != "its folder has another name"], ["edited", "committed"], 2),
)
def test_causes_are_told_as_without_the_book(reason: str, how: str, resting: World, tmp_path: Path) -> None:
    """Of what was merged before and never applied, of what is edited now, and of what somebody did by hand."""
    made = copied(resting, tmp_path / "shop")
    declare(made, document("B-2", price="155.00 PLN"))
    commit(made)
    REASONS[reason].happens(made)
    if how == "committed":
        commit(made)
    for base in ("HEAD", "HEAD~1"):
        compared(made, base=base)


def test_what_rests_is_left_alone(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    declare(made, document("B-2", price="155.00 PLN"))
    commit(made)
    declare(made, document("A-1", price="150.00 PLN"))
    panel(made, "B-1", {"sellingMode": {"price": {"amount": "777.00", "currency": "PLN"}}})
    assert compared(made, base="HEAD") == {"A-1", "B-1", "B-2"}
    plan, _ = planned(made, base="HEAD")
    causes = {each.key.name: each.cause for each in plan.accounts[0].changes}
    assert causes == {"A-1": CausedBy.THIS, "B-1": CausedBy.DRIFT, "B-2": CausedBy.OTHER}


@pytest.mark.parametrize("base", ["HEAD", "HEAD~1"])
def test_what_offers_inherit_is_of_that_revision(base: str, resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    commit(made)
    put(
        made,
        "d.yaml",
        {"kind": "Defaults", "Offer": {"price": "198.00 PLN", "settings": {"invoice": "vat"}}},
    )
    (made.root / "offers/a").rename(made.root / "offers/c")
    commit(made)
    compared(made, base=base)
    compared(made, base=base, targets=("A-1",))
