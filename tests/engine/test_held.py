"""A problem costs its resource, and what cannot do without it; the rest is planned, and nothing held is removed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace
from planning import plan_of

from reconciler.documents.document import Unusable
from reconciler.engine.memory import Recollection
from reconciler.engine.question import Question
from reconciler.model.diagnostics import Diagnostic, error, warning
from reconciler.model.marks import Mark
from reconciler.model.memory import Managed
from reconciler.model.offers import OFFER, Desired, Key, Live, Snapshot
from reconciler.model.plan import AccountPlan

from .build import SCOPE, SPEC, desired, key, live, pln

LIST, TAG, BUNDLE = "DeliveryPriceList", "OfferTag", "Bundle"
HERE = Mark("a.yaml", 3, 1)
NEW = {
    "content.title": "Kubek ceramiczny czerwony",
    "content.category": "1",
    "content.product": {"id": "p"},
    "price.base": pln("5"),
    "stock.quantity": 3,
    "stock.status": "active",
}


def bad(name: str, kind: str = OFFER, account: str = "main") -> Diagnostic:
    return error("D503", f"{name} is wrong", about=Key(account, kind, name))


def planned(
    documents: tuple[Desired, ...],
    found: tuple[Live, ...] = (),
    *findings: Diagnostic,
    references: Mapping[str, Mapping[str, str]] | None = None,
    **asked: Any,
) -> tuple[AccountPlan, tuple[Diagnostic, ...]]:
    managed = {
        each.key: Managed(key=each.key, remote_id=each.remote_id, project="shop", since="2026", run_id="r")
        for each in found
        if each.key
    }
    offers = {each.key.name: each.remote_id for each in found if each.kind == OFFER and each.key}
    question = Question(
        plan_id="8d3c1f1e-0000-4000-8000-000000000001",
        login="shop",
        project="shop",
        scope=SCOPE,
        findings=findings,
        references={OFFER: offers, **(references or {})},
        **{"managed": managed, "remembered": Recollection(baselines={}, managed={}), **asked},
    )
    return plan_of(documents, Snapshot(account="main", live=found), SPEC, question)


def names(part: AccountPlan) -> tuple[list[str], list[str]]:
    """What changes, and what is held back."""
    return [each.key.name for each in part.changes], [each.name for each in part.held]


def offer(name: str, price: str = "6", **fields: Any) -> Desired:
    return desired(name, {"price.base": pln(price), **{k.replace("_", ".", 1): v for k, v in fields.items()}})


def there(name: str, number: int, **fields: Any) -> Live:
    return live(name, {"price.base": pln("5"), "stock.status": "active", **fields}, remote_id=str(number))


def price_list(name: str = "Nowy", **more: Any) -> Desired:
    fields = {"methods": {"InPost": {"first": pln("9.99")}}, "type": "physical", "dispatch_country": "PL"}
    return desired(name, fields, kind=LIST, **more)


def test_one_mistake_costs_one_offer() -> None:
    """The others are planned and have requests; what is held is neither changed, ended nor remembered."""
    documents = (offer("A"), offer("B"), offer("C"))
    part, notes = planned(documents, (there("A", 1), there("B", 2), there("C", 3)), bad("B"))
    assert names(part) == (["A", "C"], ["B"])
    assert part.held[key("B")] == "B is wrong"
    assert {target.key.name for action in part.actions for target in action.targets} == {"A", "C"}
    assert {each.key.name for each in part.compared} == {"A", "C"}
    assert part.unmanaged == ()
    assert part.problem is None
    assert "D503" in {each.code for each in notes}


def test_an_error_about_nothing_stops_its_account() -> None:
    """The plan is shown, and nothing of it is sent."""
    part, _ = planned((offer("A"),), (there("A", 1),), error("P999", "the account is odd", hint="look"))
    assert not part.actions
    assert part.problem is not None
    assert (part.problem.reason, part.problem.summary, part.problem.hint) == (
        "documents",
        "the account is odd",
        "look",
    )


def test_a_warning_holds_nothing_back() -> None:
    part, _ = planned((offer("A"),), (there("A", 1),), warning("P303", "hm", about=key("A")))
    assert names(part) == (["A"], [])


def test_what_names_a_held_new_object_waits_for_it_and_the_rest_goes_on() -> None:
    """P110, at the offer's place: it cannot be listed with a price list that is not made."""
    documents = (price_list(), offer("A", delivery_prices="Nowy"), offer("B"))
    part, notes = planned(documents, (there("A", 1), there("B", 2)), bad("Nowy", LIST))
    assert names(part) == (["B"], ["Nowy", "A"])
    assert part.held[key("A")] == "waits for DeliveryPriceList/Nowy"
    [said] = [each for each in notes if each.code == "P110"]
    assert said.about == key("A")
    assert "Nowy is wrong" in said.detail


def test_what_names_a_held_object_that_is_there_goes_on() -> None:
    """The price list is on the account: only its own change waits."""
    found = (live("Nowy", {"methods": {}}, kind=LIST, remote_id="7"), there("A", 1))
    documents = (price_list(), offer("A", delivery_prices="Nowy"))
    part, _ = planned(documents, found, bad("Nowy", LIST), references={LIST: {"Nowy": "7"}})
    assert names(part) == (["A"], ["Nowy"])


def test_what_names_a_held_renaming_waits() -> None:
    """The account knows the old name only until it is renamed."""
    found = (live("Stary", {"methods": {}}, kind=LIST, remote_id="7"), there("A", 1), there("B", 2))
    documents = (price_list(moved_from="Stary"), offer("A", delivery_prices="Nowy"), offer("B"))
    part, _ = planned(documents, found, bad("Nowy", LIST), references={LIST: {"Stary": "7"}})
    assert names(part) == (["B"], ["Nowy", "A"])


@pytest.mark.parametrize("fault", [True, False], ids=["its offer has a mistake", "all is well"])
def test_a_bundle_of_a_held_new_offer_waits_through_the_chain(fault: bool) -> None:
    """Price list -> new offer -> bundle: each waits for the one before."""
    bundle = desired(
        "zestaw", {"slots": [{"offers": ["A"], "quantity": 1}, {"offers": ["N"], "quantity": 1}]}, kind=BUNDLE
    )
    documents = (price_list(), desired("N", {**NEW, "delivery.prices": "Nowy"}), offer("A"), bundle)
    part, notes = planned(documents, (there("A", 1),), *([bad("Nowy", LIST)] if fault else []))
    if not fault:
        assert not part.held
        return
    assert names(part) == (["A"], ["zestaw", "Nowy", "N"])
    assert part.held[key("zestaw", BUNDLE)] == "waits for Offer/N"
    assert [each.code for each in notes if each.about == key("zestaw", BUNDLE)] == ["P110"]


def test_many_that_wait_for_one_thing_are_said_once() -> None:
    documents = (price_list(), *(offer(f"A{n}", delivery_prices="Nowy") for n in range(40)))
    part, notes = planned(documents, tuple(there(f"A{n}", n) for n in range(40)), bad("Nowy", LIST))
    assert len(part.held) == 41
    [said] = [each for each in notes if each.code == "P110"]
    assert "40 wait for DeliveryPriceList/Nowy" in said.summary


def test_what_is_not_created_for_its_own_reasons_lets_its_bundle_wait() -> None:
    """P302 says why the offer is not created; the bundle would be refused by the marketplace."""
    bundle = desired(
        "zestaw", {"slots": [{"offers": ["A"], "quantity": 1}, {"offers": ["N"], "quantity": 1}]}, kind=BUNDLE
    )
    part, notes = planned((offer("A"), offer("N"), bundle), (there("A", 1),))
    assert names(part) == (["A"], ["zestaw"])
    assert {"P302", "P110"} <= {each.code for each in notes}


def test_an_object_that_a_held_offer_uses_still_is_not_deleted() -> None:
    """Its document is gone, but the offer that would leave it waits."""
    found = (live("Lato", {}, kind=TAG, remote_id="t"), there("A", 1, **{"settings.tags": ["Lato"]}))
    documents = (offer("A", settings_tags=["Zima"]), desired("Zima", {"hidden": False}, kind=TAG))
    part, _ = planned(documents, found, bad("A"), references={TAG: {"Lato": "t"}})
    assert names(part) == (["Zima"], ["A", "Lato"])


UNUSABLE = [
    Unusable(account="main", kind=OFFER, name="A", why="its document has mistakes"),
    Unusable(account="", kind=OFFER, name="A", why="its account is not known"),
    Unusable(account="main", kind=OFFER, name="new", why="its document has mistakes", moved_from="A"),
    Unusable(account="main", kind=OFFER, name="other", why="its document has mistakes", adopt="1"),
]


@pytest.mark.parametrize("lost", UNUSABLE, ids=lambda each: f"{each.name}<{each.moved_from or each.adopt}")
def test_a_document_that_cannot_be_used_is_no_removal(lost: Unusable) -> None:
    """P111: its offer is not ended, not unmanaged, and counted under its document's name."""
    part, notes = planned((offer("B"),), (there("A", 1), there("B", 2)), unusable=(lost,))
    assert names(part) == (["B"], [lost.name])
    assert part.unmanaged == ()
    assert [each.code for each in notes] == ["P111"]
    removed, _ = planned((offer("B"),), (there("A", 1), there("B", 2)))
    assert names(removed) == (["A", "B"], [])


def test_a_file_that_cannot_be_read_ends_and_releases_nothing() -> None:
    """P112: it may declare anything; what other files declare is planned."""
    part, notes = planned((offer("B"),), (there("A", 1), there("B", 2)), unread=(HERE,))
    assert names(part) == (["B"], [])
    assert (part.unread, part.unmanaged, part.released) == (("a.yaml",), (), ())
    assert [(each.code, each.mark) for each in notes] == [("P112", HERE)]


def test_a_name_that_is_released_and_held_is_not_let_go() -> None:
    part, _ = planned((offer("A"),), (there("A", 1),), bad("A"), released={key("A"): HERE})
    assert part.released == ()
    assert names(part) == ([], ["A"])


def test_a_narrowed_plan_says_nothing_of_what_it_is_not_about() -> None:
    """The mistake of another document is none of its business, unless it waits for it."""
    part, notes = planned((offer("A"),), (there("A", 1), there("B", 2)), bad("B"), whole=False)
    assert names(part) == (["A"], [])
    assert notes == ()
    part, notes = planned((offer("A", delivery_prices="Nowy"),), (there("A", 1),), bad("Nowy", LIST), whole=False)
    assert names(part) == ([], ["A"])
    assert {each.code for each in notes} == {"D503", "P110"}


def test_two_documents_of_one_offer_are_both_held() -> None:
    """P105 at either: nobody knows which of them is meant."""
    part, notes = planned((offer("A"), desired("B", {"price.base": pln("7")}, adopt="1")), (there("A", 1),))
    assert names(part) == ([], ["A", "B"])
    assert [each.code for each in notes] == ["P105", "P105"]


@pytest.mark.parametrize("seed", range(40))
def test_law_held_is_never_removed_nor_remembered_and_the_rest_is_as_without_it(seed: int) -> None:
    """Random accounts, random mistakes: what is not held, and waits for nothing held, is planned as it would be."""
    chance = random.Random(seed)
    lists = [price_list(f"L{n}") for n in range(4)]
    present = [live(f"L{n}", {"methods": {}}, kind=LIST, remote_id=f"l{n}") for n in range(2)]
    offers = [
        offer(
            f"A{n}",
            str(5 + chance.randrange(3)),
            **({"delivery_prices": f"L{chance.randrange(4)}"} if chance.random() < 0.5 else {}),
        )
        for n in range(12)
    ]
    found = (*present, *(there(f"A{n}", n) for n in range(14)))
    documents = tuple(chance.sample([*lists, *offers], 16))
    wrong = [bad(each.key.name, each.key.kind) for each in documents if chance.random() < 0.25]
    references = {LIST: {"L0": "l0", "L1": "l1"}}
    whole, _ = planned(documents, found, references=references)
    part, _ = planned(documents, found, *wrong, references=references)
    held = set(part.held)
    assert {each.about for each in wrong} <= held
    changed = {each.key for each in part.changes}
    assert not held & changed
    assert not held & {each.key for each in part.compared}
    assert not held & set(part.released)
    assert not {each.name for each in held} & set(part.unmanaged)
    assert [each for each in whole.changes if each.key not in held] == list(part.changes)
    lost = {each.name for each in held if each.kind == LIST and each.name not in references[LIST]}
    for change in part.changes:
        assert not lost & {each.after for each in change.fields if each.path == "delivery.prices"}
    for each in documents:
        names_lost = each.fields.get("delivery.prices") in lost
        assert (each.key in held) == (each.key in {bad_one.about for bad_one in wrong} or names_lost)


def test_a_shared_documents_mistake_holds_it_back_in_each_account() -> None:
    """Its finding names no account."""
    part, _ = planned((price_list(), offer("A")), (there("A", 1),), bad("Nowy", LIST, account=""))
    assert names(part) == (["A"], ["Nowy"])


def test_a_key_that_is_declared_twice_is_planned_once() -> None:
    part, _ = planned((offer("A"), replace(offer("A"), labels={"x": "y"})), (there("A", 1),), bad("A"))
    assert names(part) == ([], ["A"])
