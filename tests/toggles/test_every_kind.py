"""The toggles of every kind that is no offer: created, changed and removed as `auto`, `manual` and `off` say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import world
from simulator import example
from world import World, diagnostics, undone

from reconciler.documents.specs import load_spec
from reconciler.model.changes import Change, Verb
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER
from reconciler.model.plan import Plan

SPEC = load_spec("allegro")
KINDS = sorted(kind for kind in SPEC.kinds if kind != OFFER)
PLACE = {"name": "Sklep", "street": "Prosta 1", "post_code": "60-166", "city": "Poznań", "country_code": "PL"}
AT = {"country_code": "PL", "street": "Prosta 1", "postal_code": "60-166", "city": "Poznań"}
OPTIONS = dict.fromkeys(
    (
        "cash_on_delivery_not_allowed",
        "free_accessories_return_required",
        "refund_lowered_by_received_discount",
        "business_return_allowed",
        "collect_by_seller_only",
    ),
    False,
)

#: What each kind is created with, and the one field that a later document says otherwise.
FIELDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "DeliveryPriceList": (
        {"type": "physical", "dispatch_country": "PL", "methods": {world.LOCKER_NAME: "12.99 PLN"}},
        {"methods": {world.LOCKER_NAME: "13.99 PLN"}},
    ),
    "Bundle": (
        {"slots": [{"offers": ["A"], "entry": True}, {"offers": ["B"]}], "discount": {"whole": {"minimum": 2, "allegro-pl": 8}}},
        {"discount": {"whole": {"minimum": 2, "allegro-pl": 9}}},
    ),
    "ReturnPolicy": (
        {
            "is_fulfillment": False,
            "availability": {"range": "full"},
            "withdrawal_period": "P14D",
            "return_cost": {"covered_by": "buyer"},
            "address": PLACE,
            "options": OPTIONS,
        },
        {"withdrawal_period": "P30D"},
    ),
    "ImpliedWarranty": ({"individual": {"period": "P2Y"}, "address": PLACE}, {"description": "W 14 dni."}),
    "Warranty": ({"type": "seller", "individual": {"period": "P12M"}}, {"description": "Rok."}),
    "ResponsibleProducer": (
        {"producer_data": {"trade_name": "Fabryka", "address": AT, "contact": {"email": "a@example.com"}}},
        {"producer_data": {"trade_name": "Huta", "address": AT, "contact": {"email": "a@example.com"}}},
    ),
    "ResponsiblePerson": (
        {"personal_data": {"name": "Jan", "address": AT, "contact": {"email": "a@example.com"}}},
        {"personal_data": {"name": "Ewa", "address": AT, "contact": {"email": "a@example.com"}}},
    ),
    "AdditionalServices": (
        {
            "language": "pl-PL",
            "additional_services": [
                {"definition": {"id": "GIFT_WRAP"}, "description": "Papier", "configurations": [{"price": "9.99 PLN"}]}
            ],
        },
        {
            "additional_services": [
                {"definition": {"id": "GIFT_WRAP"}, "description": "Papier", "configurations": [{"price": "10.99 PLN"}]}
            ]
        },
    ),
    "SizeTable": (
        {"template": {"id": "1"}, "headers": ["Rozmiar", "Wzrost"], "values": [["S", "164"], ["M", "170"]]},
        {"values": [["S", "165"], ["M", "170"]]},
    ),
    "OfferTag": ({"hidden": False}, {"hidden": True}),
}  # fmt: skip


def documents(mode: str = "auto", *, changed: bool = False) -> list[dict[str, Any]]:
    """One document of every kind, its own module in this mode."""
    found = []
    for kind, (fields, later) in FIELDS.items():
        module = SPEC.kinds[kind].module
        assert module is not None
        said = {**fields, **(later if changed else {})}
        found.append({"kind": kind, "name": f"nowy {kind}", "sync": {module.value: mode}, **said})
    return found


def shop(root: Path, *wanted: dict[str, Any]) -> World:
    """A seller with two offers that a bundle can take."""
    other = {**example.offer_body()["productSet"][0]}
    other["product"] = {**other["product"], "id": world.SECOND_PRODUCT}
    live = [world.live_offer(1, "A"), world.live_offer(2, "B", productSet=[other])]
    made = World.make(root, world.seller(live), [*wanted])
    made.project({**PROJECT, "guards": {**world.SWITCH_OFF_GUARDS, "creates": "off"}})
    return made


PROJECT = {"name": "shop", "accounts": {"main": {"marketplace": "allegro", "environment": "simulator", "login": world.LOGIN}}}  # fmt: skip


def changes(plan: Plan) -> dict[str, Change]:
    """What is planned, by kind; held means every field of it."""
    return {each.key.kind: each for each in plan.changes}


def held(change: Change) -> bool:
    """Tell whether nothing of it would be written."""
    return bool(change.fields) and all(each.held for each in change.fields)


def unsynced(plan: Plan) -> set[str]:
    """The kinds of which something is counted as not synced."""
    return {each.key.kind for part in plan.accounts for each in part.unsynced}


def _modules(kinds: set[str]) -> frozenset[Module]:
    """The modules of these kinds: `--only` takes no other, which would choose nothing."""
    return frozenset(module for kind in kinds if (module := SPEC.kinds[kind].module))


def holds(made: World, mode: str, verb: Verb, kinds: set[str]) -> None:
    """Hold that a plan shows what the mode says, and that an apply writes just that."""
    plan = made.plan()
    found = changes(plan)
    if mode == "off":
        assert not found
        assert verb is Verb.DELETE or unsynced(plan) == kinds
    else:
        assert {kind: each.verb for kind, each in found.items()} == dict.fromkeys(kinds, verb)
        assert {kind for kind, each in found.items() if held(each)} == (kinds if mode == "manual" else set())
    made.forget_requests()
    report = made.apply(plan)
    assert not undone(report), undone(report)
    assert {each.key.kind for each in report.outcomes} == (kinds if mode == "auto" else set())
    assert bool(made.writes()) == (mode == "auto"), "what is manual or off is never written"
    if mode == "manual":
        named = made.plan(only=_modules(kinds))
        assert not any(held(each) for each in named.changes)
        assert {each.key.kind for each in named.changes} >= kinds - (kinds if verb is Verb.DELETE else set())
    again = made.plan()
    assert set(changes(again)) == (kinds if mode == "manual" else set()), diagnostics(again)


@pytest.mark.parametrize("mode", ["auto", "manual", "off"])
def test_created_as_the_toggle_says(tmp_path: Path, mode: str) -> None:
    """Auto creates, manual shows and holds, off counts as not synced."""
    holds(shop(tmp_path, *documents(mode)), mode, Verb.CREATE, set(KINDS))


@pytest.mark.parametrize("mode", ["auto", "manual", "off"])
def test_changed_as_the_toggle_says(tmp_path: Path, mode: str) -> None:
    """The same for a field that differs on what is there."""
    made = shop(tmp_path, *documents())
    made.converge()
    made.documents(*documents(mode, changed=True))
    holds(made, mode, Verb.UPDATE, set(KINDS))


@pytest.mark.parametrize("mode", ["auto", "manual", "off"])
def test_removed_as_the_toggle_says(tmp_path: Path, mode: str) -> None:
    """What lost its document is deleted, where there is a way to, as its toggle was at the last apply."""
    made = shop(tmp_path, *documents())
    made.converge()
    made.documents(*documents(mode))
    made.apply(made.plan())
    made.documents()
    deletable = {kind for kind in KINDS if SPEC.kinds[kind].deletable == "all"}
    if mode == "off":
        plan = made.plan()
        assert {each.kind for part in plan.accounts for each in part.released} == set(KINDS)
    holds(made, mode, Verb.DELETE, deletable)


def test_each_kind_is_in_the_table() -> None:
    """A kind that the spec gains is missing here, not in silence."""
    assert sorted(FIELDS) == KINDS
    assert example.account()["offers"]
