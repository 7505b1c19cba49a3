"""A document that was renamed without `moved` is planned as two things, and the plan asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import world
from world import World

from reconciler.model.changes import Verb
from reconciler.model.plan import Plan


def hints(plan: Plan) -> list[tuple[str, str]]:
    """What is asked, and where."""
    return [
        (each.summary, each.mark.file if each.mark else "") for each in plan.diagnostics if each.code == "P121"
    ]


def titled(key: str, title: str, **content: Any) -> dict[str, Any]:
    return world.whole_offer(key, content=world.whole_offer(key)["content"] | {"title": title} | content)


def applied(root: Path, *documents: dict[str, Any]) -> World:
    """A shop that is as declared, and all of it is managed."""
    made = World.make(root, world.seller([]), list(documents))
    made.converge()
    return made


def test_an_offer_of_the_same_product_under_another_key_and_title(tmp_path: Path) -> None:
    made = applied(tmp_path, titled("old", "Talerz płytki biały"))
    made.documents(titled("new", "Talerz płytki biały, 27 cm"))
    plan = made.plan()
    assert sorted(each.verb for each in plan.changes) == [Verb.CREATE, Verb.END]
    [(said, file)] = hints(plan)
    assert said.startswith("Offer/new is new and has the same product as Offer/old (")
    assert said.endswith("which lost its document: was it renamed?")
    assert file == "documents/000.yaml"
    made.documents(titled("new", "Talerz płytki biały, 27 cm") | {"moved": {"from": "old"}})
    again = made.plan()
    assert [each.verb for each in again.changes] == [Verb.RENAME]
    assert hints(again) == []


def test_an_object_that_declares_the_same(tmp_path: Path) -> None:
    made = applied(tmp_path, {"kind": "OfferTag", "name": "Lato", "hidden": True})
    made.documents({"kind": "OfferTag", "name": "Lato 2027", "hidden": True})
    [(said, _)] = hints(made.plan())
    assert said.startswith("OfferTag/Lato 2027 is new and declares the same as OfferTag/Lato (")


def test_variants_are_not_guessed_at(tmp_path: Path) -> None:
    """Two new offers look like the one that lost its document: nobody can say which it is."""
    made = applied(tmp_path, titled("old", "Talerz płytki biały"))
    made.documents(titled("new", "Talerz płytki czarny"), titled("newer", "Talerz płytki szary"))
    assert hints(made.plan()) == []


def test_another_thing_is_no_rename(tmp_path: Path) -> None:
    made = applied(tmp_path, titled("old", "Talerz płytki biały"))
    made.documents(titled("new", "Dzbanek szklany przezroczysty", product={"gtin": world.THIRD_GTIN}))
    assert hints(made.plan()) == []


def test_a_part_of_the_documents_has_lost_nothing(tmp_path: Path) -> None:
    """`--target new`: of what was not selected nobody knows whether it has a document."""
    made = applied(tmp_path, titled("old", "Talerz płytki biały"))
    made.documents(titled("old", "Talerz płytki biały"), titled("new", "Talerz płytki czarny"))
    assert hints(made.plan(targets=("new",))) == []
    assert hints(made.plan()) == []
