"""Findings that need a whole project, and some an account: each code is brought about once, with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import world
from simulator import example
from world import World

from reconciler.runtime.errors import BadDocuments


def made_of(root: Path, *documents: dict[str, Any], **account: Any) -> World:
    """One offer on sale, A, and these documents."""
    return World.make(root, world.seller([world.live_offer(1, "A")], **account), list(documents))


def codes(made: World) -> dict[str, str | None]:
    """The codes of a plan's findings, each with the file that it points to."""
    try:
        found = made.plan().diagnostics
    except BadDocuments as bad:
        found = bad.diagnostics
    return {each.code: each.mark.file if each.mark else None for each in found}


OFFLINE: dict[str, dict[str, Any]] = {
    "D501": world.offer("A", delivery={"handling": "P1M"}),
    "D503": world.offer("A", content={"title": "Kubek"}),
    "D506": world.offer("A", content={"images": ["nie-ma.png"]}),
    "P201": world.offer("A", price="5 PLN", sync={"price": "off"}),
}


@pytest.mark.parametrize("code", OFFLINE)
def test_what_is_known_without_the_marketplace_points_to_the_file(tmp_path: Path, code: str) -> None:
    """A value that makes no sense, breaks a limit or names no file is found in its document."""
    found = codes(made_of(tmp_path, OFFLINE[code]))
    assert code in found
    assert code == "P201" or found[code] == "documents/000.yaml"


def test_an_unknown_marketplace_is_found_in_the_project(tmp_path: Path) -> None:
    """D505: there is no spec of that name."""
    made = made_of(tmp_path, world.offer("A", price="5 PLN"))
    made.project({"accounts": {"main": {"marketplace": "alegro", "environment": "simulator", "login": "sklep"}}})
    assert codes(made)["D505"] == "reconcile.yaml"


def test_a_name_that_stands_twice_is_not_guessed(tmp_path: Path) -> None:
    """P104: two return policies of one name; the error names both ids, and an explicit id settles it."""
    twins = [{"id": i, **example.POLICY_BODY} for i in (example.POLICY, world.SECOND_POLICY)]
    made = made_of(tmp_path, world.offer("A", settings={"return_policy": "14 dni"}), return_policies=twins)
    [problem] = [each for each in made.plan().diagnostics if each.code == "P104"]
    assert example.POLICY in problem.summary
    assert world.SECOND_POLICY in problem.summary
    made.forget_requests()
    assert [str(key) for key in made.apply(made.plan()).held] == ["Offer/A"]
    assert not made.writes()
    made.documents(world.offer("A", settings={"return_policy": {"id": world.SECOND_POLICY}}))
    made.converge()


def test_two_documents_do_not_share_an_offer(tmp_path: Path) -> None:
    """P105: one document by key and one by adopt; nothing is planned for either."""
    made = made_of(tmp_path, world.offer("A", price="5 PLN"), world.offer("B", adopt="17000000001", price="6 PLN"))
    assert "P105" in codes(made)
    assert not made.plan().actions


def test_an_adopted_offer_must_be_there(tmp_path: Path) -> None:
    """P102: the id is not on the account."""
    assert codes(made_of(tmp_path, world.offer("B", adopt="999", price="6 PLN")))["P102"] == "documents/000.yaml"


def test_an_offer_without_a_product_is_not_created(tmp_path: Path) -> None:
    """P302: the plan says what is missing, and plans nothing."""
    made = made_of(tmp_path, world.offer("N", price="6 PLN"))
    assert codes(made)["P302"] == "documents/000.yaml"
    assert not made.plan().actions


def test_an_object_that_cannot_be_deleted_is_left_and_said(tmp_path: Path) -> None:
    """P401: a delivery price list whose document was removed stays on the account."""
    prices = {"kind": "DeliveryPriceList", "name": "Standard", "methods": {world.LOCKER_NAME: "9.99 PLN"}}
    made = made_of(tmp_path, prices, world.offer("A", price="50 PLN"))
    made.converge()
    made.documents(world.offer("A", price="50 PLN"))
    assert "P401" in codes(made)


def test_an_object_whose_document_was_removed_is_deleted_where_that_is_possible(tmp_path: Path) -> None:
    """A tag of ours that lost its document is deleted, also when it was the only one."""
    made = made_of(tmp_path, {"kind": "OfferTag", "name": "Lato"}, world.offer("A", price="50 PLN"))
    made.converge()
    made.documents(world.offer("A", price="50 PLN"))
    assert [(str(c.verb), c.key.name) for c in made.plan().changes] == [("delete", "Lato")]
    made.converge()
    assert "Lato" not in made.things("tags")


def test_an_offer_whose_document_was_removed_is_ended_when_it_was_ours(tmp_path: Path) -> None:
    """Ours by the ledger: it is ended, and only once; one that never was ours is left alone."""
    made = made_of(tmp_path, world.offer("A", price="50 PLN"))
    made.documents(world.offer("Z", adopt="1"))
    made.documents(world.offer("A", price="50 PLN"), {"kind": "OfferTag", "name": "Lato"})
    made.converge()
    made.documents({"kind": "OfferTag", "name": "Lato"})
    plan = made.plan()
    assert [(str(c.verb), c.key.name) for c in plan.changes] == [("end", "A")]
    made.apply(plan)
    assert made.stored()["17000000001"]["publication"]["status"] == "ENDED"
    assert not made.plan().changes


def test_without_a_ledger_nothing_is_ended(tmp_path: Path) -> None:
    """Losing what we remember never ends an offer."""
    made = made_of(tmp_path, world.offer("A", price="50 PLN"), {"kind": "OfferTag", "name": "Lato"})
    made.converge()
    for file in (tmp_path / ".reconcile").glob("ledger*"):
        file.unlink()
    made.documents({"kind": "OfferTag", "name": "Lato"})
    assert not made.plan().changes
