"""Named objects: read in full, created, replaced with only the owned fields changed, deleted."""

from decimal import Decimal
from typing import Any

import pytest
from script import errors, play, reply
from wire import READING, action, context, live, target

from reconciler.model.offers import Key
from reconciler.model.outcomes import Result
from reconciler.model.values import Money
from reconciler.providers.allegro.provider import ALLEGRO

ID = "758fcd59-fbfa-4453-ae07-4800d72c2ca0"
LIST = "DeliveryPriceList"


def pln(amount: str) -> Money:
    return Money(Decimal(amount), "PLN")


def rates(**more: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "name": "paczkomaty",
        "type": "PHYSICAL",
        "dispatchCountry": "PL",
        "lastModified": "2026-07-01T10:00:00Z",
        "rates": [
            {
                "deliveryMethod": {"id": "method-1"},
                "maxQuantityPerPackage": 3,
                "maxPackageWeight": {"value": "5.000", "unit": "KILOGRAM"},
                "firstItemRate": {"amount": "9.99", "currency": "PLN"},
                "nextItemRate": {"amount": "0.00", "currency": "PLN"},
                "shippingTime": None,
            },
            {
                "deliveryMethod": {"id": "method-2"},
                "maxQuantityPerPackage": 1,
                "maxPackageWeight": None,
                "firstItemRate": {"amount": "15.00", "currency": "PLN"},
                "nextItemRate": {"amount": "0.00", "currency": "PLN"},
                "shippingTime": {"from": "P1D", "to": "PT72H"},
            },
        ],
        **more,
    }


def goal(after: Any, kind: str, name: str = "paczkomaty", remote_id: str | None = ID) -> Any:
    return target(after, remote_id, name, kind)


def test_a_price_list_needs_its_row_too() -> None:
    row = {
        "id": ID,
        "name": "paczkomaty",
        "features": {"managedByAllegro": True, "isFulfillment": False},
        "marketplaces": [],
    }
    told = play(
        ALLEGRO.read(READING, LIST, ID, ["detail"]), reply(200, rates()), reply(200, {"shippingRates": [row]})
    )
    assert told.result.key == Key("main", LIST, "paczkomaty")
    assert told.result.facts == {"read_only": "managed by Allegro"}
    assert told.result.fields == {
        "type": "physical",
        "dispatch_country": "PL",
        "methods": {
            "Paczkomat": {"first": pln("9.99"), "max_quantity": 3, "max_weight": "5"},
            "Kurier": {
                "first": pln("15"),
                "max_quantity": 1,
                "time": {"from": "PT24H", "to": "PT72H"},
            },
        },
    }


def test_a_price_list_that_tells_its_features_itself() -> None:
    body = rates(features={"managedByAllegro": False, "isFulfillment": True})
    told = play(ALLEGRO.read(READING, LIST, ID, ["detail"]), reply(200, body))
    assert told.result.facts == {"read_only": "fulfilment by Allegro"}


def test_a_replacement_changes_the_declared_parts_of_the_declared_methods() -> None:
    after = {
        "methods": {
            "Paczkomat": {"first": pln("10.5")},
            "Kurier": {"first": pln("15"), "max_weight": "2", "time": None},
        }
    }
    told = play(
        ALLEGRO.perform(action("update", goal(after, LIST), kind=LIST), context()),
        reply(200, rates()),
        reply(200, {}),
    )
    assert told.paths == [f"GET /sale/shipping-rates/{ID}", f"PUT /sale/shipping-rates/{ID}"]
    assert told.bodies[1] == {
        "id": ID,
        "name": "paczkomaty",
        "type": "PHYSICAL",
        "dispatchCountry": "PL",
        "rates": [
            {
                "deliveryMethod": {"id": "method-1"},
                "maxQuantityPerPackage": 3,
                "maxPackageWeight": {"value": "5.000", "unit": "KILOGRAM"},
                "firstItemRate": {"amount": "10.50", "currency": "PLN"},
                "nextItemRate": {"amount": "0.00", "currency": "PLN"},
            },
            {
                "deliveryMethod": {"id": "method-2"},
                "maxQuantityPerPackage": 1,
                "maxPackageWeight": {"value": "2.000", "unit": "KILOGRAM"},
                "firstItemRate": {"amount": "15.00", "currency": "PLN"},
                "nextItemRate": {"amount": "0.00", "currency": "PLN"},
            },
        ],
    }
    assert told.result[0].result is Result.APPLIED


def test_a_legacy_list_keeps_its_rate_for_further_pieces_and_a_method_goes() -> None:
    old = rates(type=None, dispatchCountry=None)
    old["rates"][0]["nextItemRate"]["amount"] = "2.00"
    after = {"methods": {"Paczkomat": {"first": pln("8")}}}
    told = play(
        ALLEGRO.perform(action("update", goal(after, LIST), kind=LIST), context(live(old, "paczkomaty", LIST))),
        reply(200, {}),
    )
    (row,) = told.bodies[0]["rates"]
    assert row["nextItemRate"] == {"amount": "2.00", "currency": "PLN"}
    assert "type" not in told.bodies[0]


def test_a_new_price_list_is_typed() -> None:
    after = {"dispatch_country": "PL", "methods": {"Kurier": {"first": pln("15"), "next": pln("3")}}}
    act = action("create", goal(after, LIST, "nowy", None), kind=LIST)
    told = play(ALLEGRO.perform(act, context()), reply(201, {"id": ID}))
    assert told.bodies[0] == {
        "name": "nowy",
        "type": "PHYSICAL",
        "dispatchCountry": "PL",
        "rates": [
            {
                "deliveryMethod": {"id": "method-2"},
                "maxQuantityPerPackage": 1,
                "firstItemRate": {"amount": "15.00", "currency": "PLN"},
                "nextItemRate": {"amount": "0.00", "currency": "PLN"},
            }
        ],
    }
    assert told.remembered == [("created", "DeliveryPriceList/nowy", ID)]
    assert told.result[0].remote_id == ID
    assert not told.requests[0].safe


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (LIST, "type", "electronic"),
        ("ReturnPolicy", "is_fulfillment", True),
        ("SizeTable", "template", {"id": "1"}),
        ("AdditionalServices", "language", "cs-CZ"),
    ],
)
def test_what_a_creation_has_fixed_is_refused(kind: str, field: str, value: Any) -> None:
    (outcome,) = play(ALLEGRO.perform(action("update", goal({field: value}, kind), kind=kind), context())).result
    assert outcome.fault.code == "FixedAtCreation"


def test_what_a_creation_has_fixed_does_not_hold_up_the_rest() -> None:
    after = {"type": "electronic", "methods": {"Kurier": {"first": pln("1")}}}
    told = play(
        ALLEGRO.perform(action("update", goal(after, LIST), kind=LIST), context()),
        reply(200, rates()),
        reply(200, {}),
    )
    assert told.bodies[1]["type"] == "PHYSICAL"
    assert [row["firstItemRate"]["amount"] for row in told.bodies[1]["rates"]] == ["1.00"]


POLICY = {
    "id": ID,
    "seller": {"id": "7"},
    "name": "14 dni",
    "isFulfillment": False,
    "availability": {"range": "RESTRICTED", "restrictionCause": {"name": "PRESS", "description": "gazety"}},
    "withdrawalPeriod": "P14D",
    "returnCost": {"coveredBy": "BUYER"},
    "address": {"name": "ACME", "street": "Prosta 1", "postCode": "60-166", "city": "POZNAŃ", "countryCode": "PL"},
    "contact": {"phoneNumber": "123123123", "email": None},
    "options": None,
}


def test_a_return_policy() -> None:
    live_one = play(ALLEGRO.read(READING, "ReturnPolicy", ID, ["detail"]), reply(200, POLICY)).result
    assert live_one.fields["availability"] == {
        "range": "restricted",
        "restriction_cause": {"name": "press", "description": "gazety"},
    }
    assert live_one.fields["withdrawal_period"] == "PT336H"
    assert live_one.fields["address"]["country_code"] == "PL"
    assert live_one.fields["address"]["city"] == "POZNAŃ"
    after = {
        "return_cost": {"covered_by": "seller"},
        "contact": {"email": "a@b.pl"},
        "withdrawal_period": "PT720H",
    }
    told = play(
        ALLEGRO.perform(action("update", goal(after, "ReturnPolicy"), kind="ReturnPolicy"), context()),
        reply(200, POLICY),
        reply(200, {}),
    )
    assert told.bodies[1] == {
        "name": "14 dni",
        "availability": POLICY["availability"],
        "withdrawalPeriod": "P30D",
        "returnCost": {"coveredBy": "SELLER"},
        "address": POLICY["address"],
        "contact": {"phoneNumber": "123123123", "email": "a@b.pl"},
    }


CREATIONS = [
    (
        "ReturnPolicy",
        {"availability": {"range": "full"}, "withdrawal_period": "PT336H"},
        {"isFulfillment": False, "availability": {"range": "FULL"}, "withdrawalPeriod": "P14D"},
    ),
    (
        "ImpliedWarranty",
        {
            "individual": {"period": "P2Y"},
            "address": {"name": "A", "street": "B", "post_code": "1", "city": "C", "country_code": "PL"},
        },
        {
            "individual": {"period": "P2Y"},
            "address": {"name": "A", "street": "B", "postCode": "1", "city": "C", "countryCode": "PL"},
        },
    ),
    (
        "Warranty",
        {"type": "seller", "corporate": {"lifetime": True}},
        {"type": "SELLER", "corporate": {"lifetime": True}},
    ),
    (
        "ResponsibleProducer",
        {
            "producer_data": {
                "trade_name": "ACME",
                "address": {"postal_code": "60-166", "country_code": "PL"},
                "contact": {"form_url": "https://a.pl"},
            }
        },
        {
            "producerData": {
                "tradeName": "ACME",
                "address": {"postalCode": "60-166", "countryCode": "PL"},
                "contact": {"formUrl": "https://a.pl"},
            }
        },
    ),
    ("ResponsiblePerson", {"personal_data": {"name": "Jan"}}, {"personalData": {"name": "Jan"}}),
    (
        "SizeTable",
        {"template": {"id": "1"}, "headers": [{"name": "EU"}], "values": [{"cells": ["36"]}]},
        {"template": {"id": "1"}, "headers": [{"name": "EU"}], "values": [{"cells": ["36"]}]},
    ),
    ("OfferTag", {"hidden": True}, {"hidden": True}),
    ("AdditionalServices", {"additional_services": []}, {"language": "pl-PL", "additionalServices": []}),
]


@pytest.mark.parametrize(("kind", "after", "body"), CREATIONS)
def test_creations(kind: str, after: Any, body: Any) -> None:
    act = action("create", goal(after, kind, "nowe", None), kind=kind)
    told = play(ALLEGRO.perform(act, context()), reply(201, {"id": ID}))
    assert told.bodies == [{"name": "nowe", **body}]


def test_objects_without_an_address_are_found_in_their_list() -> None:
    row = {"id": ID, "name": "Jan", "personalData": {"name": "Jan", "address": {"city": "X", "countryCode": "PL"}}}
    answer = reply(200, {"responsiblePersons": [row], "count": 1, "totalCount": 1})
    assert play(ALLEGRO.read(READING, "ResponsiblePerson", ID, ["list"]), answer).result.fields == {
        "personal_data": {"name": "Jan", "address": {"city": "X", "country_code": "PL"}}
    }
    assert play(ALLEGRO.read(READING, "ResponsiblePerson", "other", ["list"]), answer).result is None
    after = {"personal_data": {"address": {"city": "Y"}}}
    act = action("update", goal(after, "ResponsiblePerson", "Jan"), kind="ResponsiblePerson")
    told = play(ALLEGRO.perform(act, context()), answer, reply(200, {}))
    assert told.bodies[1] == {
        "id": ID,
        "name": "Jan",
        "personalData": {"name": "Jan", "address": {"city": "Y", "countryCode": "PL"}},
    }


SLOT = "1f6c6f0e-0000-4000-8000-00000000000"
BUNDLE = {
    "id": ID,
    "createdBy": "USER",
    "createdAt": "2026-07-01T10:00:00Z",
    "slots": [
        {
            "id": f"{SLOT}2",
            "order": 1,
            "entryPoint": False,
            "requiredQuantity": 2,
            "offers": [{"id": "103", "excludedFromDiscount": True, "entryPoint": False, "marketplaces": []}],
        },
        {
            "id": f"{SLOT}1",
            "order": 0,
            "entryPoint": True,
            "requiredQuantity": 1,
            "offers": [
                {"id": "102", "excludedFromDiscount": False, "entryPoint": True, "marketplaces": []},
                {"id": "101", "excludedFromDiscount": False, "entryPoint": True, "marketplaces": []},
            ],
        },
    ],
    "discount": {
        "type": "WHOLE_BUNDLE_DISCOUNT",
        "bundle": {"minimumBoughtOffers": 2, "discounts": [{"marketplaceId": "allegro-pl", "percentage": 10}]},
        "slot": None,
    },
}


def test_a_bundle() -> None:
    found = play(ALLEGRO.read(READING, "Bundle", ID, ["detail"]), reply(200, BUNDLE)).result
    assert found.key is None
    assert found.facts == {}
    assert found.fields == {
        "slots": [
            {"offers": ["kubek", "talerz"], "quantity": 1, "entry": True},
            {"offers": ["miska"], "quantity": 2, "entry": False},
        ],
        "discount": {"whole": {"minimum": 2, "allegro-pl": 10}},
    }


def test_a_bundle_of_allegro_is_not_ours() -> None:
    found = play(
        ALLEGRO.read(READING, "Bundle", ID, ["detail"]), reply(200, {**BUNDLE, "createdBy": "ALLEGRO"})
    ).result
    assert found.facts == {"read_only": "created by Allegro"}


def kept(*offers: tuple[str, bool], order: int, quantity: int) -> dict[str, Any]:
    return {
        "id": f"{SLOT}{order + 1}",
        "order": order,
        "entryPoint": order == 0,
        "requiredQuantity": quantity,
        "offers": [{"id": offer, "excludedFromDiscount": excluded} for offer, excluded in offers],
    }


def test_a_discount_changes_and_the_slots_stay() -> None:
    act = action("update", goal({"discount": None}, "Bundle", "zestaw"), kind="Bundle")
    told = play(ALLEGRO.perform(act, context(live(BUNDLE, "zestaw", "Bundle"))), reply(200, {}))
    assert told.bodies[0] == {
        "slots": [
            kept(("102", False), ("101", False), order=0, quantity=1),
            kept(("103", True), order=1, quantity=2),
        ],
        "discount": None,
    }


def test_slots_change_and_send_their_ids_back() -> None:
    after = {
        "slots": [
            {"offers": ["kubek"], "quantity": 1, "entry": True},
            {"offers": ["miska", "talerz"], "quantity": 2, "entry": False},
        ]
    }
    act = action("update", goal(after, "Bundle", "zestaw"), kind="Bundle")
    told = play(ALLEGRO.perform(act, context()), reply(200, BUNDLE), reply(200, {}))
    assert told.bodies[1]["slots"] == [
        kept(("101", False), order=0, quantity=1),
        kept(("103", True), ("102", False), order=1, quantity=2),
    ]
    assert told.bodies[1]["discount"] == dict(BUNDLE["discount"])


def test_a_new_bundle() -> None:
    after = {
        "slots": [
            {"offers": ["kubek"], "quantity": 1, "entry": True},
            {"offers": ["talerz"], "quantity": 1, "entry": False},
        ],
        "discount": {"slots": [{"slot": 0, "allegro-pl": 10}]},
    }
    told = play(
        ALLEGRO.perform(action("create", goal(after, "Bundle", "zestaw", None), kind="Bundle"), context()),
        reply(201, {"id": ID}),
    )
    assert told.bodies[0] == {
        "slots": [
            {
                "order": 0,
                "entryPoint": True,
                "requiredQuantity": 1,
                "offers": [{"id": "101", "excludedFromDiscount": False}],
            },
            {
                "order": 1,
                "entryPoint": False,
                "requiredQuantity": 1,
                "offers": [{"id": "102", "excludedFromDiscount": False}],
            },
        ],
        "discount": {
            "type": "SLOT_DISCOUNT",
            "slot": {"slots": [{"order": 0, "discounts": [{"marketplaceId": "allegro-pl", "percentage": 10}]}]},
        },
    }


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (reply(204), Result.APPLIED),
        (errors(404), Result.APPLIED),
        (errors(400, "assigned"), Result.REFUSED),
        (errors(503), Result.UNKNOWN),
    ],
)
def test_deletions(answer: Any, result: Result) -> None:
    told = play(
        ALLEGRO.perform(action("delete", goal({}, "ReturnPolicy"), kind="ReturnPolicy"), context()), answer
    )
    assert told.paths == [f"DELETE /after-sales-service-conditions/return-policies/{ID}"]
    assert told.result[0].result is result


def test_an_object_that_is_gone_cannot_be_changed() -> None:
    act = action("update", goal({"hidden": True}, "OfferTag"), kind="OfferTag")
    (outcome,) = play(ALLEGRO.perform(act, context()), reply(200, {"tags": []})).result
    assert (outcome.result, outcome.fault.code) == (Result.REFUSED, "NotFound")


def test_a_method_that_nobody_knows() -> None:
    act = action("create", goal({"methods": {"Gołąb": {"first": pln("1")}}}, LIST, "x", None), kind=LIST)
    (outcome,) = play(ALLEGRO.perform(act, context())).result
    assert outcome.fault.code == "UnknownReference"
