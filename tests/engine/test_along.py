"""New things that the chosen documents refer to come along; what is there stays not selected."""

from __future__ import annotations

from reconciler.engine.along import coming_along, within_reach
from reconciler.model.offers import OFFER

from .build import SPEC, desired, key, live

LIST, TAG, BUNDLE = "DeliveryPriceList", "OfferTag", "Bundle"
OFFER_ONE = desired("K1", {"delivery.prices": "Kurier", "settings.tags": ["lato", "zima"]})
OBJECTS = [
    desired("Kurier", kind=LIST),
    desired("lato", kind=TAG),
    desired("zima", kind=TAG),
    desired("wiosna", kind=TAG),
]


def along(chosen, others, *found):
    reach = within_reach(chosen, others, SPEC)
    return [(str(each.desired.key), each.needed_by.name) for each in coming_along(chosen, reach, found, SPEC, {})]


def test_what_is_new_comes_along_and_what_is_there_does_not():
    there = live("zima", remote_id="9", kind=TAG)
    assert along([OFFER_ONE], OBJECTS, there) == [("DeliveryPriceList/Kurier", "K1"), ("OfferTag/lato", "K1")]


def test_what_nobody_chosen_names_is_not_even_looked_at():
    assert {each.key.name for each in within_reach([OFFER_ONE], OBJECTS, SPEC)} == {"Kurier", "lato", "zima"}
    assert within_reach([desired("K2")], OBJECTS, SPEC) == ()


def test_members_of_a_bundle_bring_along_what_they_need():
    """And only a new member does: what is there needs nothing."""
    bundle = desired("B", {"slots": [{"offers": ["K1", "K2"]}]}, kind=BUNDLE)
    second = desired("K2", {"delivery.prices": "Paczkomat"})
    others = [OFFER_ONE, second, *OBJECTS, desired("Paczkomat", kind=LIST)]
    assert along([bundle], others, live("K1")) == [("Offer/K2", "B"), ("DeliveryPriceList/Paczkomat", "K2")]


def test_what_gets_its_name_by_this_plan_comes_along():
    moved = desired("Kurier", kind=LIST, moved_from="Stary kurier")
    named = live("Stary kurier", remote_id="7", kind=LIST)
    assert along([OFFER_ONE], [moved], named) == [("DeliveryPriceList/Kurier", "K1")]


def test_it_is_told_with_who_needs_it():
    reach = within_reach([OFFER_ONE], OBJECTS, SPEC)
    [first, *_] = coming_along([OFFER_ONE], reach, [], SPEC, {})
    told = first.told()
    assert (told.code, told.summary) == ("P120", "comes along: DeliveryPriceList/Kurier, which K1 needs")
    assert told.about == key("Kurier", LIST)
    assert OFFER_ONE.key.kind == OFFER
