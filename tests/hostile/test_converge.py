"""After an accepted apply two plans are empty, the second with a full refresh: every field of every kind."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from pictures import png
from simulator import example
from world import (
    SECOND_PRODUCT,
    THIRD_PRODUCT,
    World,
    diagnostics,
    differences,
    live_offer,
    offer,
    seller,
    undone,
    whole_offer,
)

from reconciler.documents.specs import load_spec

from . import tables

PIXEL = png(600, 600)
GROUP = {
    "id": "e1000000-0000-4000-8000-000000000001",
    "name": "Pakowanie",
    "language": "pl-PL",
    "additionalServices": [
        {
            "definition": {"id": "GIFT_WRAP"},
            "description": "Papier",
            "configurations": [{"price": example.money("9.99")}],
        }
    ],
}
TABLE = {
    "id": "e2000000-0000-4000-8000-000000000001",
    "name": "Koszulki",
    "template": {"id": "1"},
    "headers": [{"name": "Rozmiar"}],
    "values": [{"cells": ["S"]}],
}


def make(root: Path, offers: list[dict[str, Any]]) -> World:
    world = World.make(root, seller(offers, additional_services_groups=[GROUP], size_tables=[TABLE]), [])
    for name in ("c", "twin"):
        world.write(f"images/{name}.png", PIXEL)
    return world


def settle(world: World, stage: int = 0) -> None:
    """Apply, and hold that all was accepted and that two plans are empty."""
    plan = world.plan()
    report = world.apply(plan)
    assert not undone(report), (stage, undone(report))
    for refresh in ("auto", "full"):
        again = world.plan(refresh=refresh)
        assert not differences(again), (stage, refresh, differences(again))
        assert not again.actions


def through(world: World, cases: dict[Any, tables.Case], document: Any) -> None:
    """Declare what each case says, one stage after the other, all cases at once."""
    for stage in range(max(len(case) for case in cases.values())):
        world.documents(*(document(key, case[min(stage, len(case) - 1)]) for key, case in cases.items()))
        settle(world, stage)


def laid_over(key: str, parts: dict[str, Any]) -> dict[str, Any]:
    body = whole_offer(key)
    body["content"]["title"] = f"Talerz porcelanowy {key}"[:75]
    for section, value in copy.deepcopy(parts).items():
        both = isinstance(value, dict) and isinstance(body.get(section), dict)
        body[section] = {**body[section], **value} if both else value
    return body


def test_every_field_of_an_offer_on_sale(tmp_path: Path) -> None:
    """What is declared, what is changed, and null where it is allowed."""
    world = make(tmp_path, [live_offer(number, key) for number, key in enumerate(tables.OFFERS)])
    through(world, tables.OFFERS, lambda key, parts: offer(key, **parts))


def test_every_field_of_a_new_offer(tmp_path: Path) -> None:
    """The same of offers that are made first; a description that is null from the start is not among them."""
    further = [{"price": {"base": "59.99 PLN", **each["price"]}} for each in tables.OFFERS["further price"]]
    cases = {key: case for key, case in tables.OFFERS.items() if "range" not in key} | {"further price": further}
    world = make(tmp_path, [])
    through(world, cases, laid_over)


def test_every_field_of_every_named_object(tmp_path: Path) -> None:
    """Created, changed, and cleared where it can be."""
    products = {"A": example.PRODUCT, "B": SECOND_PRODUCT, "C": THIRD_PRODUCT}
    offers = []
    for number, (key, product) in enumerate(products.items()):
        entry = live_offer(number, key)
        entry["offer"]["productSet"][0]["product"]["id"] = product
        offers.append(entry)
    world = make(tmp_path, offers)
    through(world, tables.OBJECTS, lambda key, parts: {"kind": key[0], "name": key[1], **parts})


def test_the_tables_name_every_field() -> None:
    """A field that comes to the spec comes to the tables."""
    declared = {"price.base", "price.*", "stock.quantity", "bundle.items", "content.category"}
    for case in tables.OFFERS.values():
        for parts in case:
            for section, value in parts.items():
                declared |= {f"{section}.{name}" for name in value} if isinstance(value, dict) else set()
    spec = load_spec("allegro")
    assert not set(spec.kinds["Offer"].fields) - declared
    for name, kind in spec.kinds.items():
        said = {path for (of, _), case in tables.OBJECTS.items() if of == name for parts in case for path in parts}
        assert name == "Offer" or set(kind.fields) - said <= {"is_fulfillment"}, name


@pytest.mark.parametrize("case", tables.REFUSED)
def test_what_cannot_be_is_refused_where_it_stands(tmp_path: Path, case: str) -> None:
    """The document's line is named, and nothing is planned for it."""
    kind, parts = tables.REFUSED[case]
    world = make(tmp_path, [])
    world.documents({"kind": kind, "name": "dokument", **parts})
    plan = world.plan()
    found = [each for each in plan.diagnostics if each.code == "D503"]
    assert [each.about.name for each in found if each.about and each.mark] == ["dokument"]
    assert not plan.actions


def test_what_has_no_stock_is_made_as_a_draft_and_listed_by_a_receipt(tmp_path: Path) -> None:
    """Zero, and ended, are drafts; pieces list them."""
    empty = {"number": 0, "always": {"always": 0}, "count": {"count": 0}}
    stocks = {
        key: {"stock": each if isinstance(each, dict) else {"quantity": each}} for key, each in empty.items()
    }
    stocks |= {"ended": {"stock": {"quantity": 3, "status": "ended"}}}
    world = make(tmp_path, [])
    world.documents(*(_stocked(key, parts["stock"]) for key, parts in stocks.items()))
    told = diagnostics(world.plan())
    assert sum("P510" in each and "is made as a draft" in each for each in told) == 4
    settle(world)
    assert {body["publication"]["status"] for body in world.stored().values()} == {"INACTIVE"}
    world.documents(
        *(_stocked(key, {each: 4 for each in parts["stock"] if each != "status"}) for key, parts in stocks.items())
    )
    settle(world)
    assert {body["publication"]["status"] for body in world.stored().values()} == {"ACTIVE"}
    assert {body["stock"]["available"] for body in world.stored().values()} == {4}


def _stocked(key: str, stock: dict[str, Any]) -> dict[str, Any]:
    body = laid_over(key, {})
    body["stock"] = {"status": "active", **stock}
    return body


def test_what_a_draft_does_not_take_waits_until_it_is_listed(tmp_path: Path) -> None:
    """Tags and paid packages of a draft are said to wait; nothing is sent, and the first listing sets them."""
    settings = {"tags": ["Nowość"], "promotion": {"package": "emphasized10d", "allow_paid": True}}
    world = make(tmp_path, [live_offer(1, "old", publication={"status": "INACTIVE"})])
    world.documents(
        offer("old", settings=settings), laid_over("new", {"settings": settings, "stock": {"status": "draft"}})
    )
    told = diagnostics(world.plan())
    assert sum("P511" in each for each in told) == 4
    settle(world)
    assert not any("/tags" in each["url"] or "promo" in each["url"] for each in world.writes())
    world.documents(
        offer("old", settings=settings, stock={"status": "active"}), laid_over("new", {"settings": settings})
    )
    settle(world)
    assert set(map(tuple, world.tags().values())) == {("tag-1",)}


def test_the_catalogue_fills_in_what_is_cleared(tmp_path: Path) -> None:
    """A producer and a safety text that the catalogue gives back are left, and said."""
    world = make(tmp_path, [live_offer(1, "K-1")])
    world.documents(offer("K-1", settings={"producer": None, "safety": None}))
    plan = world.plan()
    assert not plan.actions
    assert [each for each in diagnostics(plan) if "P301" in each and "catalogue" in each]


def test_next_in_a_list_that_has_a_type_there(tmp_path: Path) -> None:
    """The document says no type, and the list has one: `next` is refused where it stands."""
    world = make(tmp_path, [])
    methods = {"Przesyłka kurierska": {"first": "9 PLN", "next": "1 PLN"}}
    world.documents({"kind": "DeliveryPriceList", "name": "Standard", "methods": methods})
    plan = world.plan()
    found = [each for each in plan.diagnostics if each.code == "D503"]
    assert [each.about.name for each in found if each.about] == ["Standard"]
    assert "`next` of Standard" in found[0].summary
    assert not plan.actions


def test_the_same_bytes_are_uploaded_once(tmp_path: Path) -> None:
    """Two files with the same bytes are one image, and an apply that meets them ends."""
    world = make(tmp_path, [live_offer(1, "K-1"), live_offer(2, "K-2")])
    world.write("images/a.png", PIXEL)
    gallery = ["images/c.png", "images/twin.png"], ["images/twin.png", "images/a.png"]
    world.documents(*(offer(f"K-{n}", content={"images": each}) for n, each in enumerate(gallery, 1)))
    settle(world)
    assert sum(each["url"].endswith("/sale/images") for each in world.sent()) == 1


def test_a_row_that_left_between_two_pages_is_asked_for_by_its_key(tmp_path: Path) -> None:
    """The list's totals add up and offers are not in it: their keys are asked for, and nothing is created."""
    world = make(tmp_path, [live_offer(1, "K-1"), live_offer(2, "K-2")])
    world.documents(*(offer(key, price="12.34 PLN") for key in ("K-1", "K-2")))
    nothing = {"offers": [], "count": 0, "totalCount": 0}
    world.set(faults={"schedule": [{"do": "lie", "when": {"path": "/sale/offers"}, "body": nothing}]})
    plan = world.plan()
    assert sorted(str(change.verb) for change in plan.changes) == ["update", "update"]
    assert plan.accounts[0].reads["Offer.list"] == 2
    world.apply(plan)
    again = world.plan()
    assert not differences(again)
    assert again.accounts[0].reads["Offer.list"] == 1
