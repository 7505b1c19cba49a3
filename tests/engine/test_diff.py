"""Differences of one pair: verbs, frozen fields, what is left alone, what is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.engine.creation import creation
from reconciler.engine.diff import Scope, diff
from reconciler.model.changes import Verb
from reconciler.model.memory import Baseline
from reconciler.model.modules import Mode, Module, StockForm
from reconciler.model.values import digest

from .build import AUTO, NOW, OFFERS, SCOPE, SPEC, desired, live, pln


@pytest.mark.parametrize(
    ("wanted", "there", "verb"),
    [
        ({"price.base": pln("2")}, {"price.base": pln("1")}, Verb.UPDATE),
        ({"stock.status": "active"}, {"stock.status": "ended"}, Verb.ACTIVATE),
        ({"stock.status": "active"}, {"stock.status": "draft"}, Verb.ACTIVATE),
        ({"stock.status": "ended"}, {"stock.status": "active"}, Verb.END),
    ],
)
def test_the_verb_says_what_happens(wanted: dict[str, Any], there: dict[str, Any], verb: Verb) -> None:
    """A change is named by the strongest thing that it does."""
    change = diff(desired(fields=wanted), live(fields=there), OFFERS, SCOPE).change
    assert change is not None
    assert change.verb is verb


@pytest.mark.parametrize(
    ("path", "wanted", "there", "facts", "frozen"),
    [
        ("content.title", "B b b", "A a a", {"sold": 1}, True),
        ("content.title", "B b b", "A a a", {"sold": 0}, False),
        ("content.category", "2", "1", {"sold": 1}, True),
        ("content.category", "2", "1", {"listed_at": (NOW - timedelta(hours=13)).isoformat()}, True),
        ("content.category", "2", "1", {"listed_at": (NOW - timedelta(hours=11)).isoformat()}, False),
        ("content.category", "2", "1", {"listed_at": None}, False),
        ("price.base", pln("2"), pln("1"), {"rules": {"base": "r1"}}, True),
        ("price.allegro-cz", pln("2"), pln("1"), {"rules": {"allegro-cz": "r1"}}, True),
        ("price.base", pln("2"), pln("1"), {"rules": {"allegro-cz": "r1"}}, False),
        ("stock.status", "draft", "active", {}, True),
        ("stock.status", "active", "ended", {"ended_by": "admin"}, True),
        ("stock.status", "active", "ended", {"ended_by": "user"}, False),
    ],
)
def test_a_frozen_field_is_said_and_not_tried(
    path: str, wanted: Any, there: Any, facts: dict[str, Any], frozen: bool
) -> None:
    """What the marketplace would refuse on every run is a warning with its place, not a change."""
    found = diff(desired(fields={path: wanted}), live(fields={path: there}, **facts), OFFERS, SCOPE)
    assert (found.change is None) == frozen
    assert [each.code for each in found.notes] == (["P301"] if frozen else [])


@pytest.mark.parametrize("frozen", [True, False])
def test_what_a_creation_fixes_is_frozen_where_the_spec_says_so(frozen: bool) -> None:
    """The type of a price list (openapi): a change of it is said, and not tried."""
    lists = SPEC.kinds["DeliveryPriceList"]
    freezes = lists.fields["type"].frozen if frozen else ()
    lists = replace(lists, fields={**lists.fields, "type": replace(lists.fields["type"], frozen=freezes)})
    wanted = desired("A", {"type": "electronic"}, kind=lists.name)
    found = diff(wanted, live("A", {"type": "physical"}, kind=lists.name), lists, SCOPE)
    assert (found.change is None, [each.code for each in found.notes]) == (frozen, ["P301"] if frozen else [])


def test_parameters_of_the_catalogue_are_left_out_and_the_others_go_on() -> None:
    """A declared parameter that the product fixes is said; the rest of the same field is still a change."""
    there = {
        "1": {"name": "Kolor", "values": ["czerwony"], "ids": [], "range": None, "section": "product", "id": "1"},
        "2": {"name": "Stan", "values": ["Nowy"], "ids": [], "range": None, "section": "offer", "id": "2"},
    }
    wanted = {"Kolor": ["biały"], "Stan": ["Używany"]}
    found = diff(
        desired(fields={"content.parameters": wanted}), live(fields={"content.parameters": there}), OFFERS, SCOPE
    )
    assert found.change is not None
    assert found.change.fields[0].after == {"Stan": ["Używany"]}
    assert [each.code for each in found.notes] == ["P301"]


@pytest.mark.parametrize("facts", [{"format": "auction"}, {"format": "advertisement"}, {"read_only": "managed"}])
def test_what_is_not_ours_to_write_is_shown_and_left_alone(facts: dict[str, Any]) -> None:
    """Auctions and what the marketplace manages itself are reported, never changed."""
    change = diff(
        desired(fields={"price.base": pln("2")}), live(fields={"price.base": pln("1")}, **facts), OFFERS, SCOPE
    )
    assert change.change is not None
    assert change.change.verb is Verb.REPORT


def test_a_module_that_is_off_is_counted_and_not_planned() -> None:
    """What differs in a module that is off is told apart from the changes."""
    modes = {**AUTO, Module.PRICE: (Mode.OFF, "offer")}
    found = diff(
        desired(unsynced={"price.base": pln("2")}, modes=modes),
        live(fields={"price.base": pln("1")}),
        OFFERS,
        SCOPE,
    )
    assert found.change is None
    assert found.unsynced is not None
    assert found.unsynced.fields[0].level == "offer"


def test_a_held_module_is_planned_and_marked_until_it_is_named() -> None:
    """`manual` is held; naming the module with `--only` lets it go."""
    wanted = desired(fields={"price.base": pln("2")}, held=frozenset({Module.PRICE}))
    there = live(fields={"price.base": pln("1")})
    assert diff(wanted, there, OFFERS, SCOPE).change.fields[0].held
    assert not diff(wanted, there, OFFERS, Scope(now=NOW, only=frozenset({Module.PRICE}))).change.fields[0].held


def test_drift_is_told_from_a_change_of_this_commit() -> None:
    """A value that we saw true before and that moved on the other side is drift; one that we changed is not."""
    seen = Baseline(remote_id="1", digests={"price.base": digest(pln("2"))[:16], "stock.quantity": digest(9)[:16]})
    scope = Scope(now=NOW, baseline=lambda _key: seen)
    wanted = desired(fields={"price.base": pln("2"), "stock.quantity": 3}, stock_form=StockForm.ALWAYS)
    change = diff(wanted, live(fields={"price.base": pln("1"), "stock.quantity": 9}), OFFERS, scope).change
    assert {each.path: each.drift for each in change.fields} == {"price.base": True, "stock.quantity": False}


@pytest.mark.parametrize("wanted", [{}, {"price.base": pln("2")}])
def test_adoption_gives_the_offer_our_key(wanted: dict[str, Any]) -> None:
    """An adopted offer without a key gets it, also when nothing else differs; one that has it does not."""
    there = live(None, {"price.base": pln("1")}, remote_id="17")
    change = diff(desired("A", wanted, adopt="17"), there, OFFERS, SCOPE).change
    assert change.verb is Verb.ADOPT
    assert (change.fields[0].path, change.fields[0].after) == ("external_id", "A")
    ours = live("A", {"price.base": pln("1")}, remote_id="17")
    assert diff(desired("A", {"price.base": pln("1")}, adopt="17"), ours, OFFERS, SCOPE).change is None


def test_adoption_never_overwrites_the_key_of_another_system() -> None:
    """An offer that has a foreign key keeps it: an integrator that works by it would lose the offer."""
    there = live("OTHER", {"price.base": pln("1")}, remote_id="17")
    assert diff(desired("A", {"price.base": pln("1")}, adopt="17"), there, OFFERS, SCOPE).change is None


def test_a_creation_needs_its_required_fields() -> None:
    """Without a product that is declared and written now there is no creation, only a warning that names it."""
    found = creation(desired(fields={"price.base": pln("1")}), OFFERS, SCOPE)
    change, notes = found.change, found.notes
    assert change is None
    assert [each.code for each in notes] == ["P302"]
    held = desired(fields={"content.product": {"gtin": "1"}}, held=frozenset({Module.CONTENT}))
    found = creation(held, OFFERS, SCOPE)
    change, notes = found.change, found.notes
    assert change is None
    assert [each.code for each in notes] == ["P302"]


def test_a_creation_says_when_it_will_be_a_draft_and_clears_nothing() -> None:
    """A null has nothing to clear on a new offer; without a status it will be a draft, and that is said."""
    wanted = {"content.product": {"gtin": "1"}, "settings.warranty": None}
    found = creation(desired(fields=wanted), OFFERS, SCOPE)
    change, notes = found.change, found.notes
    assert [each.path for each in change.fields] == ["content.product"]
    assert [each.code for each in notes] == ["P303"]
