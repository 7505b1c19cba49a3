"""A document that would put a second offer of one product on sale beside one that nobody has declared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import world
from simulator import example
from world import World

from reconciler.model.changes import Verb
from reconciler.render.totals import total

TITLE = "Kubek ceramiczny czerwony duży"


def document(key: str, gtin: str = example.GTIN, **more: Any) -> dict[str, Any]:
    content = world.whole_offer(key)["content"] | {"title": TITLE, "product": {"gtin": gtin}}
    return world.whole_offer(key, content=content, **more)


def seller(root: Path, *documents: dict[str, Any], key: str | None = "by-hand") -> World:
    """One offer on sale, which somebody has listed by hand."""
    return World.make(root, world.seller([world.live_offer(1, key)]), list(documents))


def test_a_twin_is_not_created_and_the_plan_says_so(tmp_path: Path) -> None:
    made = seller(tmp_path, document("new"))
    plan = made.plan()
    assert not plan.changes
    assert not plan.actions
    (said,) = [each for each in plan.diagnostics if each.code == "P305"]
    assert said.mark is not None
    assert "17000000001 (by-hand)" in said.summary
    assert total(plan) == "No changes can be made. 1 held back."


def test_the_way_out_is_taken(tmp_path: Path) -> None:
    made = seller(tmp_path, document("new", adopt="17000000001"), key=None)
    made.converge()
    assert len(made.stored()) == 1


def test_another_product_under_the_same_title_is_created(tmp_path: Path) -> None:
    """Variants share a title: their products are told apart by a full read."""
    made = seller(tmp_path, document("new", world.SECOND_GTIN))
    assert [each.verb for each in made.plan().changes] == [Verb.CREATE]


def test_a_bar_code_that_the_offer_does_not_show_is_looked_up(tmp_path: Path) -> None:
    twin = world.live_offer(1, "by-hand")
    twin["offer"]["productSet"][0]["product"]["id"] = world.THIRD_PRODUCT
    made = World.make(tmp_path, world.seller([twin]), [document("new", world.THIRD_GTIN)])
    assert [each.code for each in made.plan().diagnostics] == ["P305"]


def test_a_renamed_document_ends_nothing_and_creates_nothing(tmp_path: Path) -> None:
    """Its offer is ours under the old key: it is not ended either, before somebody has decided."""
    made = seller(tmp_path, document("by-hand"))
    made.converge()
    made.documents(document("renamed"))
    plan = made.plan()
    assert not plan.changes
    (said,) = [each for each in plan.diagnostics if each.code == "P305"]
    assert "`moved: {from: by-hand}`" in said.hint
