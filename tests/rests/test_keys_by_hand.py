"""A person gives an offer another key in the browser: it is still one offer, and a plan says so each time."""

from __future__ import annotations

from pathlib import Path

import pytest
from resting_shop import NAMES, at_rest, both, copied, declare, document, path_of, planned, put, said, shop
from world import World, undone

from reconciler.model.plan import Plan
from tests.cli.running import reconcile


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    return at_rest(shop(tmp_path_factory.mktemp("keys") / "shop"))


def ids(made: World) -> dict[str, str]:
    return {name: (made.by_key(name) or {})["id"] for name in NAMES}


def told(plan: Plan) -> list[tuple[str, str]]:
    return [(each.code, each.summary) for each in plan.diagnostics]


@pytest.mark.parametrize(("name", "other"), [("A-2", "A-1"), ("B-2", "A-1"), ("A-1", "B-2")])
def test_the_key_of_another_managed_offer(resting: World, tmp_path: Path, name: str, other: str) -> None:
    """Nobody knows which of the two is meant by that key, and the one without its own is not made anew."""
    made, known = copied(resting, tmp_path / "shop"), ids(resting)
    made.panel(known[name], {"external": {"id": other}})
    two = ", ".join(sorted((known[name], known[other])))
    expected = {
        ("P101", f"{other} stands on 2 live Offer resources: {two}"),
        ("P107", f"{name} is Offer {known[name]}, which bears the key {other} by now"),
    }
    plan = both(made).book
    assert (plan.changes, plan.accounts[0].counts["live"], set(told(plan))) == ((), 5, expected)
    made.rest()
    assert said(planned(made)[0]) == said(plan)
    hints = {each.code: each.hint for each in plan.diagnostics}
    assert f'adopt: "{known[other]}"' in hints["P101"]
    assert f'adopt: "{known[name]}"' in hints["P107"]


def test_what_the_hints_say_settles_it(resting: World, tmp_path: Path) -> None:
    made, known = copied(resting, tmp_path / "shop"), ids(resting)
    made.panel(known["A-2"], {"external": {"id": "A-1"}})
    declare(made, *(document(name, adopt=known[name], price="71 PLN") for name in ("A-1", "A-2")))
    plan = both(made).book
    assert {(each.key.name, each.remote_id) for each in plan.changes} == {
        ("A-1", known["A-1"]),
        ("A-2", known["A-2"]),
    }
    assert not undone(made.apply(plan))
    assert {made.stored()[known[name]]["sellingMode"]["price"]["amount"] for name in ("A-1", "A-2")} == {"71.00"}


@pytest.mark.parametrize("key", ["another", None])
def test_a_key_that_nobody_has(resting: World, tmp_path: Path, key: str | None) -> None:
    """It is known by its id, counted once, and said each time: no write would be sent to it."""
    made, known = copied(resting, tmp_path / "shop"), ids(resting)
    made.panel(known["A-1"], {"external": {"id": key} if key else None})
    bears = f"bears {f'the key {key}' if key else 'no key'} by now"
    expected = [("P107", f"A-1 is Offer {known['A-1']}, which {bears}")]
    plan = both(made).book
    assert (plan.changes, plan.accounts[0].counts["live"], told(plan)) == ((), 5, expected)
    made.rest()
    assert said(planned(made)[0]) == said(plan)
    again = copied(made, tmp_path / "again")
    declare(again, document("A-1", price="71 PLN"))
    plan = both(again).book
    assert (plan.changes, told(plan)) == ((), expected)


@pytest.mark.parametrize("key", ["another", None])
def test_what_is_planned_under_another_key_is_applied(resting: World, tmp_path: Path, key: str | None) -> None:
    """What `adopt` means is written; what lost its document is left alone, and said."""
    made, known = copied(resting, tmp_path / "shop"), ids(resting)
    made.panel(known["A-1"], {"external": {"id": key} if key else None})
    declare(made, document("A-1", price="71 PLN", adopt=known["A-1"]))
    assert not undone(made.apply(made.plan()))
    assert made.stored()[known["A-1"]]["sellingMode"]["price"]["amount"] == "71.00"
    made.panel(known["A-1"], {"external": {"id": key} if key else None})
    (made.root / path_of("A-1")).unlink()
    plan = both(made).book
    left = f"somebody gave it the key {key}" if key else "somebody took its key away"
    what = f"Offer/A-1 ({known['A-1']}) has no document any more and is left on the account: {left}"
    assert (plan.changes, told(plan)) == ((), [("P401", what)])


def test_a_key_that_another_document_waits_for(resting: World, tmp_path: Path) -> None:
    """The offer is that one's now; what is still declared is not ended, nor put on sale beside it."""
    made, known = copied(resting, tmp_path / "shop"), ids(resting)
    made.panel(known["A-1"], {"external": {"id": "C-1"}})
    declare(made, document("C-1"))
    plan = both(made).book
    assert [(each.verb.value, each.key.name, each.remote_id) for each in plan.changes] == [
        ("update", "C-1", known["A-1"])
    ]
    assert told(plan) == [("P107", f"A-1 is Offer {known['A-1']}, which bears the key C-1 by now")]
    assert not undone(made.apply(plan))


def test_another_name_of_what_has_no_key(resting: World, tmp_path: Path) -> None:
    """It is not deleted and made anew under one name, which no apply takes: `adopt` gives it its name back."""
    made = copied(resting, tmp_path / "shop")
    tag = {"kind": "OfferTag", "account": "main", "name": "promo"}
    put(made, "tag.yaml", tag)
    at_rest(made)
    with made.simulator() as simulator:
        simulator.world.store.run("UPDATE dictionaries SET body = replace(body, 'promo', 'inna')")
    plan = both(made).book
    [(code, summary)] = told(plan)
    tag_id = plan.accounts[0].references["OfferTag"]["inna"]
    assert (plan.changes, code) == ((), "P107")
    assert summary == f"promo is OfferTag {tag_id}, which bears the name inna by now"
    put(made, "tag.yaml", tag | {"adopt": tag_id})
    plan = made.plan()
    assert [(each.verb.value, each.remote_id) for each in plan.changes] == [("rename", tag_id)]
    assert not undone(made.apply(plan))
    assert not made.plan().changes


def test_what_was_let_go_is_made_anew(resting: World, tmp_path: Path) -> None:
    made, known = copied(resting, tmp_path / "shop"), ids(resting)
    made.panel(known["A-1"], {"external": {"id": "A-2"}})
    assert reconcile("release", "A-1", cwd=made.root).returncode == 0
    plan = both(made).book
    assert [(each.verb.value, each.key.name) for each in plan.changes] == [("create", "A-1")]
    assert [code for code, _ in told(plan)] == ["P101"]


def test_a_name_that_another_document_has_left(resting: World, tmp_path: Path) -> None:
    """What was created under it has moved: it stays what it is, and the name is free."""
    made, known = copied(resting, tmp_path / "shop"), ids(resting)
    (made.root / path_of("A-1")).unlink()
    content = document("A-1")["content"]
    declare(made, document("C-1", content=content, moved={"from": "A-1"}))
    made.converge()
    declare(made, document("C-1", content=content), document("A-1"))
    plan = both(made).book
    assert [(each.verb.value, each.key.name) for each in plan.changes] == [("create", "A-1")]
    assert not undone(made.apply(plan))
    assert not made.plan().changes
    assert (made.by_key("C-1") or {})["id"] == known["A-1"] != (made.by_key("A-1") or {})["id"]
