"""A fresh clone with `environment: simulator` works: what its documents name is there, and nothing else is."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path
from typing import Any

from simulator import example
from world import LOGIN, World, differences, offer, undone, whole_offer

from reconciler.demo import write_demo
from reconciler.model.diagnostics import Severity

NAMED = {
    "return_policy": "zwroty",
    "implied_warranty": "reklamacje",
    "warranty": "gwarancja",
    "producer": "fabryka",
    "person": "osoba",
    "additional_services": "pakowanie",
    "size_table": "koszulki",
    "tags": ["prezent", "nowe"],
}


def clone(root: Path, *documents: dict[str, Any]) -> World:
    """A project without its `.reconcile/`."""
    cloned = World(root, LOGIN)
    account = {"marketplace": "allegro", "environment": "simulator", "login": LOGIN}
    cloned.project({"accounts": {"main": account}})
    cloned.documents(*documents)
    return cloned


def test_what_the_documents_name_is_there(tmp_path: Path) -> None:
    """Category, product, parameters, price list and every named object are made up; one apply does all of it."""
    settings = {**whole_offer("K-1")["settings"], **NAMED}
    parameters = {"Stan": "Nowy", "Kolor": ["biały", "czarny"], "Waga": {"from": 1, "to": 2.5}, "224017": "x"}
    body = whole_offer("K-1", settings=settings, delivery={"prices": "moja dostawa", "handling": "PT24H"})
    body["content"] |= {"parameters": parameters, "category": "99"}
    made = clone(tmp_path, body)
    plan = made.plan()
    assert not [each for each in plan.diagnostics if each.severity is Severity.ERROR]
    report = made.apply(plan)
    assert not undone(report), undone(report)
    for refresh in ("auto", "full"):
        assert not differences(made.plan(refresh=refresh))


def test_what_has_a_document_is_not_made_up(tmp_path: Path) -> None:
    """A tag with a document is planned, and created once."""
    made = clone(tmp_path, offer("K-1", settings={"tags": ["a", "b"]}), {"kind": "OfferTag", "name": "a"})
    assert [str(change.key) for change in made.plan().changes if change.key.kind == "OfferTag"] == ["OfferTag/a"]


def test_a_marketplace_that_has_a_seller_is_left_as_it_is(tmp_path: Path) -> None:
    """Only one without any seller is filled."""
    made = World.make(tmp_path, example.account(offers=[]), [offer("K-1", settings={"tags": ["nowhere"]})])
    made.plan()
    assert set(made.things("tags")) == {"Nowość"}


def test_a_cloned_demo_plans_and_applies(tmp_path: Path) -> None:
    """The shop of `reconcile demo`, without its practice marketplace and its memory."""
    shop = tmp_path / "shop"
    write_demo(shop, 12)
    assert stat.S_IMODE((shop / ".reconcile" / "demo.json").stat().st_mode) == 0o600
    shutil.rmtree(shop / ".reconcile")
    cloned = World(shop, "")
    plan = cloned.plan()
    assert not [each.summary for each in plan.diagnostics if each.severity is Severity.ERROR]
    report = cloned.apply(plan)
    assert not undone(report), undone(report)
    assert not differences(cloned.plan())
