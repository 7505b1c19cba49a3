"""Whose things are, from the documents to the practice marketplace: what is let go, renamed, held, and protected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import world
from simulator import example
from world import World

from reconciler.model.modules import Module
from reconciler.render.report_text import report_text
from reconciler.render.style import Style

FIRST, SECOND = "17000000001", "17000000002"
TAG = {"kind": "OfferTag", "name": "Lato"}


def made_of(root: Path, *documents: dict[str, Any], **more: Any) -> World:
    """Two offers on sale, A and B, and these documents, applied once."""
    made = World.make(
        root, world.seller([world.live_offer(1, "A"), world.live_offer(2, "B")]), list(documents), **more
    )
    made.converge()
    made.forget_requests()
    return made


def codes(made: World, **options: Any) -> list[tuple[str, str]]:
    """The codes of a plan's findings, each with its place."""
    return [(each.code, str(each.mark or "")) for each in made.plan(**options).diagnostics]


def status(made: World, offer_id: str) -> str:
    """What the marketplace says of an offer."""
    return str(made.stored()[offer_id]["publication"]["status"])


def test_a_released_offer_stays_on_sale(tmp_path: Path) -> None:
    """Its document is gone and nothing is sent; the plan says that it is let go."""
    made = made_of(tmp_path, world.offer("A", price="50 PLN"), world.offer("B", price="50 PLN"))
    made.documents(world.offer("B", price="50 PLN"), {"kind": "Released", "names": ["A"]})
    plan = made.plan()
    assert [str(each) for each in plan.accounts[0].released] == ["Offer/A"]
    assert not plan.changes
    assert not plan.diagnostics
    report = made.apply(plan)
    assert report.released == 1
    assert list(report_text(report, Style()))[-1] == (
        "1 resource released: kept on the account and managed no longer."
    )
    assert not made.writes()
    assert status(made, FIRST) == "ACTIVE"


def test_a_released_name_that_is_not_managed_may_be_deleted(tmp_path: Path) -> None:
    """P405, where the name stands."""
    made = made_of(tmp_path, world.offer("B", price="50 PLN"), {"kind": "Released", "names": ["A"]})
    assert [(code, place.partition(":")[0]) for code, place in codes(made)] == [("P405", "documents/001.yaml")]


@pytest.mark.parametrize(("mode", "ended"), [("auto", True), ("manual", False), ("off", False)])
def test_what_the_account_says_of_stock_holds_for_a_removal(tmp_path: Path, mode: str, ended: bool) -> None:
    """`manual` plans and holds the end, `off` lets the offer go; both leave it on sale."""
    made = made_of(tmp_path, world.offer("A", price="50 PLN"), world.offer("B", price="50 PLN"))
    main = {"marketplace": "allegro", "environment": "simulator", "login": made.login, "sync": {"stock": mode}}
    made.project({"accounts": {"main": main}, "guards": world.SWITCH_OFF_GUARDS})
    made.documents(world.offer("B", price="50 PLN"))
    plan = made.plan()
    assert bool(plan.actions) is ended
    assert bool(plan.changes) is (mode != "off")
    assert bool(plan.accounts[0].released) is (mode == "off")
    made.apply(plan)
    assert (status(made, FIRST) == "ENDED") is ended
    made.apply(made.plan(only=frozenset({Module.STOCK})))
    assert (status(made, FIRST) == "ENDED") is (mode != "off")
    assert status(made, SECOND) == "ACTIVE"


def test_a_project_that_is_protected_ends_nothing_for_want_of_a_document(tmp_path: Path) -> None:
    """P402 where `protect` stands, and nothing is sent."""
    made = made_of(tmp_path, world.offer("A", price="50 PLN"), project={"protect": True})
    made.documents(world.offer("B", price="50 PLN"))
    assert [(code, place.partition(":")[0]) for code, place in codes(made)] == [("P402", "reconcile.yaml")]
    report = made.apply(made.plan())
    assert [str(key) for key in report.held] == ["Offer/A"]
    assert {str(each.key) for each in report.outcomes} <= {"Offer/B"}
    assert not any("17000000001" in each["url"] for each in made.writes())


def test_a_protected_document_that_is_removed_ends_nothing(tmp_path: Path) -> None:
    """P402: what the document said at its last apply protects the offer still, until somebody lets it go."""
    made = made_of(tmp_path, world.offer("A", price="50 PLN", protect=True), world.offer("B", price="50 PLN"))
    made.documents(world.offer("B", price="50 PLN"))
    assert [code for code, _ in codes(made)] == ["P402"]
    assert not made.apply(made.plan()).outcomes
    made.documents(world.offer("B", price="50 PLN"), {"kind": "Released", "names": ["A"]})
    assert codes(made) == []
    made.documents(world.offer("A", price="50 PLN", protect=False), world.offer("B", price="50 PLN"))
    made.apply(made.plan())
    made.documents(world.offer("B", price="50 PLN"))
    assert [(str(each.key), str(each.verb)) for each in made.plan().changes] == [("Offer/A", "end")]


def test_a_protected_offer_is_not_sold_out_by_its_document(tmp_path: Path) -> None:
    """P402 at the number: stock 0 ends an offer here."""
    made = made_of(tmp_path, world.offer("A", stock={"always": 7}, protect=True))
    made.documents(world.offer("A", stock=0, protect=True))
    assert [(code, place.partition(":")[0]) for code, place in codes(made)] == [("P402", "documents/000.yaml")]
    made.documents(world.offer("A", stock=0, protect=False))
    assert codes(made) == []


def test_an_offer_is_renamed_and_nothing_else_happens_to_it(tmp_path: Path) -> None:
    """Its full read is found by the old key, so no field is taken for missing; then `moved` is inert."""
    sections: dict[str, Any] = {"content": {"description": "<p>Nowy opis</p>"}, "settings": {"tags": ["Nowość"]}}
    made = made_of(tmp_path, world.offer("A", **sections))
    made.documents(world.offer("A2", **sections, moved={"from": "A"}))
    plan = made.plan()
    assert [(str(c.verb), c.moved_from, [f.path for f in c.fields]) for c in plan.changes] == [
        ("rename", "A", ["external_id"])
    ]
    made.converge()
    assert made.stored()[FIRST]["external"] == {"id": "A2"}
    assert len(made.writes()) == 1
    assert len(made.stored()) == 2


def test_a_renamed_offer_may_change_in_other_ways_too(tmp_path: Path) -> None:
    """Price and stock are written by other requests, before or after the key."""
    made = made_of(tmp_path, world.offer("A", price="50 PLN", stock={"always": 5}))
    made.documents(world.offer("A2", price="60 PLN", stock={"always": 9}, moved={"from": "A"}))
    made.converge()
    stored = made.stored()[FIRST]
    assert (stored["external"]["id"], stored["stock"]["available"]) == ("A2", 9)
    assert status(made, FIRST) == "ACTIVE"


def test_a_price_list_is_renamed_and_its_offers_are_not_written(tmp_path: Path) -> None:
    """The offers refer to it by its id; one that begins to refer to it now finds it, too."""
    prices = {"kind": "DeliveryPriceList", "methods": {world.LOCKER_NAME: "9.99 PLN"}}
    made = made_of(
        tmp_path,
        {**prices, "name": "Standard"},
        world.offer("A", delivery="Standard"),
        world.offer("B", delivery="Z Czechami"),
    )
    made.documents(
        {**prices, "name": "Paczkomaty", "moved": {"from": "Standard"}},
        world.offer("A", delivery="Paczkomaty"),
        world.offer("B", delivery="Z Czechami"),
    )
    assert [str(each.key) for each in made.plan().changes] == ["DeliveryPriceList/Paczkomaty"]
    made.converge()
    assert made.things("shipping_rates")["Paczkomaty"]["id"] == example.RATES
    assert len(made.writes()) == 1
    made.documents(
        {**prices, "name": "Kurier", "moved": {"from": "Paczkomaty"}},
        world.offer("A", delivery="Kurier"),
        world.offer("B", delivery="Kurier"),
    )
    made.converge()
    assert made.stored()[SECOND]["delivery"]["shippingRates"]["id"] == example.RATES


RENAMED: dict[str, dict[str, Any]] = {
    "OfferTag": {"from": "Nowość"},
    "ReturnPolicy": {"from": "30 dni"},
    "Warranty": {"from": "Gwarancja"},
    "ResponsibleProducer": {"from": "Fabryka"},
    "ResponsiblePerson": {"from": "Osoba"},
}


@pytest.mark.parametrize("kind", RENAMED)
def test_every_named_object_can_be_renamed(tmp_path: Path, kind: str) -> None:
    """One request each, by the id of what bears the old name; what it holds stays."""
    made = made_of(tmp_path)
    [before] = [each for each in _all(made) if each["name"] == RENAMED[kind]["from"]]
    made.documents({"kind": kind, "name": "Całkiem nowa", "moved": RENAMED[kind]})
    assert [str(each.verb) for each in made.plan().changes] == ["rename"]
    made.converge()
    assert _without_nulls({**before, "name": "Całkiem nowa"}) in map(_without_nulls, _all(made))
    assert len(made.writes()) == 1


def _without_nulls(value: Any) -> Any:
    """A write leaves out what was null."""
    if not isinstance(value, dict):
        return value
    return {name: _without_nulls(part) for name, part in value.items() if part is not None}


def _all(made: World) -> list[dict[str, Any]]:
    kinds = ("tags", "return_policies", "warranties", "responsible_producers", "responsible_persons")
    return [each for kind in kinds for each in made.things(kind).values()]


@pytest.mark.parametrize(("mode", "applied"), [("auto", True), ("manual", False), ("off", False)])
def test_a_toggle_holds_for_named_objects(tmp_path: Path, mode: str, applied: bool) -> None:
    """Created, changed and deleted when `auto`; held when `manual`, and done with --only; never when `off`."""
    made = made_of(tmp_path, TAG)
    project = {"sync": {"settings": mode}, "guards": world.SWITCH_OFF_GUARDS}
    main = {"marketplace": "allegro", "environment": "simulator", "login": made.login}
    made.project({"accounts": {"main": main}, **project})
    made.documents({**TAG, "hidden": True}, {"kind": "OfferTag", "name": "Zima", "hidden": False})
    plan = made.plan()
    assert bool(plan.actions) is applied
    assert bool(plan.accounts[0].unsynced) is (mode == "off")
    made.apply(plan)
    only = frozenset({Module.SETTINGS})
    if mode == "manual":
        assert "Zima" not in str(made.things("tags"))
        made.converge(only=only)
    assert ("Zima" in str(made.things("tags"))) is (mode != "off")
    made.documents()
    plan = made.plan()
    assert bool(plan.actions) is applied
    made.apply(plan)
    if mode == "manual":
        made.apply(made.plan(only=only))
    assert ("Lato" in str(made.things("tags"))) is (mode == "off")


def test_only_another_module_leaves_named_objects_alone(tmp_path: Path) -> None:
    """`--only delivery` neither writes a tag nor takes it for removed."""
    made = made_of(tmp_path, TAG, world.whole_offer("A"))
    made.documents({**TAG, "hidden": True}, world.whole_offer("A"))
    assert not made.plan(only=frozenset({Module.DELIVERY})).changes
    made.documents(world.whole_offer("A"))
    assert not made.plan(only=frozenset({Module.DELIVERY})).changes
    assert made.plan(only=frozenset({Module.SETTINGS})).actions
