"""`apply --reviewed`: what was reviewed is what runs, whatever else was merged or moved meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import world
from click.testing import CliRunner
from world import World

from reconciler.cli.exit_codes import Exit
from reconciler.cli.main import cli
from reconciler.engine.reviewed import within
from reconciler.model.plan_json import load_plan
from reconciler.model.reviewed import Unlike

from .test_history import _git, ask, commit


def shop(root: Path, *documents: dict) -> World:
    """Three offers on sale; what the documents say of them is committed, and nothing is applied."""
    live = [world.live_offer(number, key, sold=0) for number, key in enumerate("ABC", 1)]
    made = World.make(root, world.seller(live), list(documents))
    (root / ".gitignore").write_text(".reconcile/\n*.json\n")
    _git(made, "init", "-q")
    commit(made)
    return made


def offer(key: str, price: str, **more: object) -> dict:
    return world.offer(key, price=f"{price} PLN", **more)


def reviewed(made: World) -> Path:
    """The plan of a pull request, kept."""
    file = made.root.parent / "plan.json"
    ask(made, "plan", "--out", str(file))
    return file


def merge(made: World, *documents: dict) -> None:
    """Others have merged before: the documents are these now."""
    made.documents(*documents)
    commit(made)


def prices(made: World) -> dict[str, str]:
    bodies = made.stored().values()
    return {body["external"]["id"]: body["sellingMode"]["price"]["amount"] for body in bodies}


def applied(made: World, file: Path, *more: str, code: int = 0) -> str:
    return ask(made, "apply", "--reviewed", str(file), *more, code=code)


def said(made: World, file: Path, code: int = 0) -> str:
    """All that an apply of a reviewed plan says, on stdout and beside it."""
    arguments = ["-C", str(made.root), "apply", "--reviewed", str(file)]
    done = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert int(done.return_value or 0) == code, done.output
    return " ".join(done.output.split())


def test_the_same_documents_get_the_reviewed_plan_itself(tmp_path: Path) -> None:
    """Also after another commit with the same content: the tree decides."""
    made = shop(tmp_path / "shop", offer("A", "60"), offer("B", "61"))
    file = reviewed(made)
    plan = load_plan(file.read_text())
    assert len(plan.tree) == len(plan.commit) == 40
    printed = json.loads(ask(made, "plan", "--json"))  # somebody may keep it, too
    assert (printed["tree"], printed["commit"]) == (plan.tree, plan.commit)
    _git(made, "commit", "-q", "--allow-empty", "-m", "Merge")
    applied(made, file, "--approved-by", "anna, jan")
    assert prices(made) == {"A": "60.00", "B": "61.00", "C": prices(made)["C"]}
    told = ask(made, "history", "show", json.loads(ask(made, "history", "--json"))["runs"][0]["id"])
    assert "approved anna, jan" in told


def lives(made: World) -> str:
    """What a plan made now says that it saw."""
    file = made.root.parent / "again.json"
    ask(made, "plan", "--out", str(file))
    return json.loads(file.read_text())["accounts"][0]["live"]


def test_the_same_tree_and_nothing_moved_is_applied_without_planning_anew(tmp_path: Path) -> None:
    made = shop(tmp_path / "shop", offer("A", "60"), offer("B", "61"))
    file = reviewed(made)
    seen = json.loads(file.read_text())["accounts"][0]["live"]
    assert lives(made) == seen
    made.forget_requests()
    told = said(made, file)
    assert "it is applied as it is, without planning anew" in told
    assert "planning anew, for" not in told
    lists = [each["url"] for each in made.sent() if each["url"].startswith("/sale/offers?")]
    assert lists
    assert all("external.id=" in url for url in lists), "the whole list was read again"
    assert prices(made) == {"A": "60.00", "B": "61.00", "C": prices(made)["C"]}


def test_the_same_tree_and_a_row_that_moved_is_left_out_and_said(tmp_path: Path) -> None:
    made = shop(tmp_path / "shop", offer("A", "60"), offer("B", "61"))
    file = reviewed(made)
    seen = json.loads(file.read_text())["accounts"][0]["live"]
    bodies = {body["external"]["id"]: number for number, body in made.stored().items()}
    made.panel(bodies["A"], {"sellingMode": {"price": {"amount": "58.00", "currency": "PLN"}}})
    assert lives(made) != seen
    told = said(made, file, code=Exit.PARTLY)
    assert "it is applied as it is, without planning anew" in told
    assert "the marketplace has moved since the plan" in told
    assert prices(made) == {"A": "58.00", "B": "61.00", "C": prices(made)["C"]}


def test_what_moves_outside_of_the_rows_shows_in_what_a_plan_saw(tmp_path: Path) -> None:
    """C is as its document says: no row. When it moves it is one; when it is moved back there is none again."""
    made = shop(tmp_path / "shop", offer("A", "60"), offer("C", "63"))
    made.apply(made.plan())
    made.documents(offer("A", "62"), offer("C", "63"))
    commit(made)
    seen = lives(made)
    bodies = {body["external"]["id"]: number for number, body in made.stored().items()}
    made.panel(bodies["C"], {"sellingMode": {"price": {"amount": "58.00", "currency": "PLN"}}})
    moved = lives(made)
    made.panel(bodies["C"], {"sellingMode": {"price": {"amount": "63.00", "currency": "PLN"}}})
    assert moved != seen == lives(made)


def test_another_tree_is_planned_anew_and_said(tmp_path: Path) -> None:
    made = shop(tmp_path / "shop", offer("A", "60"))
    file = reviewed(made)
    merge(made, offer("A", "60"), offer("C", "63"))
    told = said(made, file)
    assert "planning anew, for what was reviewed only" in told
    assert "Left out: 1 change that nobody has reviewed so" in told


def test_of_other_documents_only_what_was_reviewed_is_applied(tmp_path: Path, capsys) -> None:
    """C is another merge's. B has another price by now. A is what was reviewed."""
    made = shop(tmp_path / "shop", offer("A", "60"), offer("B", "61"))
    file = reviewed(made)
    before = prices(made)
    merge(made, offer("A", "60"), offer("B", "62"), offer("C", "63"))
    applied(made, file)
    assert prices(made) == {**before, "A": "60.00"}
    assert "2 to change" in ask(made, "plan")


def test_reviewed_only_refuses_and_shows_the_difference(tmp_path: Path) -> None:
    made = shop(tmp_path / "shop", offer("A", "60"))
    file = reviewed(made)
    before = prices(made)
    merge(made, offer("A", "60"), offer("C", "63"))
    with pytest.raises(Exception, match="not what would be applied now"):
        applied(made, file, "--reviewed-only")
    assert prices(made) == before


def test_what_is_gone_from_the_documents_is_not_applied(tmp_path: Path) -> None:
    """Somebody has taken the price back after the review: the merged documents say nothing of it any more."""
    made = shop(tmp_path / "shop", offer("A", "60"), offer("B", "61"))
    file = reviewed(made)
    before = prices(made)
    merge(made, offer("B", "61"))
    applied(made, file)
    assert prices(made) == {**before, "B": "61.00"}


def test_a_change_of_a_tracked_file_makes_it_another_tree(tmp_path: Path) -> None:
    made = shop(tmp_path / "shop", offer("A", "60"))
    made.documents(offer("A", "61"))
    assert load_plan(reviewed(made).read_text()).tree == ""


def test_fields_of_a_module_stay_together(tmp_path: Path) -> None:
    """Of an offer whose quantity is another one by now its price is applied, and nothing of its stock."""
    made = shop(tmp_path / "shop", offer("A", "60", stock={"always": 7}), offer("B", "61"))
    old = load_plan(reviewed(made).read_text())
    merge(made, offer("A", "60", stock={"always": 9}), offer("B", "61"))
    new = load_plan(reviewed(made).read_text())
    found = within(new, old)
    assert {(each.key.name, each.why, each.paths) for each in found.left_out} == {
        ("A", Unlike.OTHER, ("stock.quantity",))
    }
    assert {(each.key.name, field.path) for each in found.plan.changes for field in each.fields} == {
        ("A", "price.base"),
        ("B", "price.base"),
    }


def test_a_plan_contains_itself(tmp_path: Path) -> None:
    made = shop(tmp_path / "shop", offer("A", "60", stock={"always": 7}), offer("B", "61"), world.whole_offer("N"))
    plan = load_plan(reviewed(made).read_text())
    found = within(plan, plan)
    assert (found.plan, found.left_out, found.gone) == (plan, (), ())
