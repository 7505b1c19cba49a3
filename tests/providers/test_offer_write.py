"""The bodies of creations and edits, to the letter."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from script import Told, errors, play, reply
from wire import CDN, DETAIL, OTHER_ID, PRODUCT_ID, RETURN_ID, action, context, detail, live, target

from reconciler.model.outcomes import Result
from reconciler.model.values import Money
from reconciler.providers.allegro.provider import ALLEGRO

PLN = Money(Decimal("49.9"), "PLN")
CZK = Money(Decimal("289.00"), "CZK")


def created(after: Mapping[str, Any], *uploads: Any, images: Mapping[str, str] | None = None) -> Told:
    act = action("create", target(after, remote_id=None))
    return play(ALLEGRO.perform(act, context(images=images)), *uploads, reply(201, {"id": "555"}))


def edited(after: Mapping[str, Any], wire: Mapping[str, Any] = DETAIL, *, clears: bool = False) -> Any:
    told = play(
        ALLEGRO.perform(action("edit", target(after)), context(live(wire))),
        reply(200, {"id": "101"}),
        clears=clears,
    )
    assert told.paths == ["PATCH /sale/product-offers/101"]
    assert told.result[0].result is Result.APPLIED
    return told.bodies[0]


MINIMAL = {
    "external": {"id": "kubek"},
    "language": "pl-PL",
    "stock": {},
    "publication": {"status": "INACTIVE"},
}


def test_a_creation_of_nothing_is_an_explicit_draft() -> None:
    told = created({})
    assert told.bodies == [MINIMAL]
    assert not told.requests[0].safe
    assert told.remembered == [("created", "Offer/kubek", "555")]
    assert told.result[0].remote_id == "555"


@pytest.mark.parametrize(("status", "sent"), [("active", "ACTIVE"), ("draft", "INACTIVE"), ("ended", "INACTIVE")])
def test_only_an_active_offer_is_published(status: str, sent: str) -> None:
    assert created({"stock.status": status}).bodies[0]["publication"] == {"status": sent}


def test_a_creation_in_full() -> None:
    after = {
        "content.title": "Kubek ceramiczny ACME 300 ml",
        "content.category": "257931",
        "content.product": {"gtin": "5901234123457"},
        "content.parameters": {
            "stan": ["nowy"],
            "Waga": ["300"],
            "Marka": ["ACME"],
            "Kolor": ["biały", "zielony"],
            "77": {"from": "1", "to": "2"},
        },
        "content.description": [[{"text": "<p>a</p>"}], [{"image": f"{CDN}/1"}, {"text": "<p>b</p>"}]],
        "content.images": [f"{CDN}/1"],
        "delivery.prices": "paczkomaty",
        "delivery.handling": "PT48H",
        "price.base": PLN,
        "price.allegro-cz": CZK,
        "stock.quantity": 73,
        "stock.status": "active",
        "bundle.items": [{"product": {"gtin": "5901234123464"}, "quantity": 2}],
        "settings.return_policy": "14 dni",
        "settings.invoice": "vat_margin",
        "settings.tax": {"PL": "23", "CZ": "exempt", "subject": "goods"},
        "settings.location": {
            "city": "Poznań",
            "country": "PL",
            "post_code": "60-166",
            "province": "wielkopolskie",
        },
        "settings.duration": "PT720H",
        "settings.message_to_seller": {"mode": "required", "hint": "kolor"},
        "settings.b2b_only": False,
        "settings.additional_services": "pakowanie",
        "settings.size_table": "#77",
        "settings.producer": "ACME",
        "settings.person": "Jan",
        "settings.safety": "Ostrożnie.",
    }
    assert created(after).bodies[0] == {
        "external": {"id": "kubek"},
        "language": "pl-PL",
        "name": "Kubek ceramiczny ACME 300 ml",
        "category": {"id": "257931"},
        "productSet": [
            {
                "product": {"id": "5901234123457", "idType": "GTIN", "images": []},
                "responsibleProducer": {"type": "ID", "id": "producer-1"},
                "responsiblePerson": {"id": "person-1"},
                "safetyInformation": {"type": "TEXT", "description": "Ostrożnie."},
            },
            {"product": {"id": "5901234123464", "idType": "GTIN", "images": []}, "quantity": {"value": 2}},
        ],
        "parameters": [
            {"id": "11323", "valuesIds": ["11323_1"]},
            {"id": "900", "values": ["300"]},
            {"id": "127448", "values": ["biały", "zielony"]},
            {"id": "77", "rangeValue": {"from": "1", "to": "2"}},
        ],
        "description": {
            "sections": [
                {"items": [{"type": "TEXT", "content": "<p>a</p>"}]},
                {"items": [{"type": "IMAGE", "url": f"{CDN}/1"}, {"type": "TEXT", "content": "<p>b</p>"}]},
            ]
        },
        "images": [f"{CDN}/1"],
        "delivery": {"shippingRates": {"id": "rates-1"}, "handlingTime": "P2D"},
        "sellingMode": {"format": "BUY_NOW", "price": {"amount": "49.90", "currency": "PLN"}},
        "additionalMarketplaces": {"allegro-cz": {"sellingMode": {"price": {"amount": "289", "currency": "CZK"}}}},
        "stock": {"available": 73},
        "publication": {"status": "ACTIVE", "duration": "P30D"},
        "afterSalesServices": {"returnPolicy": {"id": RETURN_ID}},
        "payments": {"invoice": "VAT_MARGIN"},
        "taxSettings": {"subject": "GOODS", "rates": [{"rate": "23.00", "countryCode": "PL"}, {"rate": "EXEMPT", "countryCode": "CZ"}]},
        "location": {"city": "Poznań", "countryCode": "PL", "postCode": "60-166", "province": "WIELKOPOLSKIE"},
        "messageToSellerSettings": {"mode": "REQUIRED", "hint": "kolor"},
        "b2b": {"buyableOnlyByBusiness": False},
        "additionalServices": {"id": "services-1"},
        "sizeTable": {"id": "77"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ({"mode": "optional"}, {"mode": "OPTIONAL", "hint": None}),
        ({"mode": "required"}, {"mode": "REQUIRED"}),
        ({"mode": "required", "hint": "rozmiar"}, {"mode": "REQUIRED", "hint": "rozmiar"}),
    ],
)
def test_a_hint_goes_with_its_mode(declared: Any, sent: Any) -> None:
    """Merging would keep the live hint, which no other mode allows."""
    assert edited({"settings.message_to_seller": declared}, clears=True) == {"messageToSellerSettings": sent}


def test_renewal() -> None:
    """The document describes `republish` in one of the two halves of a publication only."""
    assert edited({"settings.renewal": True}, clears=True) == {"publication": {"republish": True}}


def test_a_product_that_the_catalogue_lacks_is_proposed() -> None:
    after = {
        "content.title": "Kubek ceramiczny ACME 300 ml",
        "content.category": "257931",
        "content.product": {"gtin": "5901234123457", "new": True},
        "content.parameters": {"Stan": ["Nowy"], "Marka": ["ACME"]},
        "content.images": [f"{CDN}/1"],
    }
    body = created(after).bodies[0]
    assert body["parameters"] == [{"id": "11323", "valuesIds": ["11323_1"]}]
    assert body["productSet"] == [
        {
            "product": {
                "name": "Kubek ceramiczny ACME 300 ml",
                "category": {"id": "257931"},
                "parameters": [
                    {"id": "248811", "valuesIds": ["248811_1"]},
                    {"id": "225693", "values": ["5901234123457"]},
                ],
                "images": [f"{CDN}/1"],
            }
        }
    ]


def test_images_are_uploaded_once_and_remembered() -> None:
    front, back = "images/front.JPG@sha256:ab12", "https://cdn.example/back.png"
    after = {"content.images": [front, back, f"{CDN}/9"], "content.description": [[{"image": front}]]}
    told = created(after, reply(201, {"location": f"{CDN}/1"}), reply(201, {"location": f"{CDN}/2"}))
    one, two, create = told.requests
    assert (one.host, one.path, one.file, one.sha256, one.content_type) == (
        "upload",
        "/sale/images",
        "images/front.JPG",
        "ab12",
        "image/jpeg",
    )
    assert (two.host, two.json) == ("upload", {"url": back})
    assert create.json["images"] == [f"{CDN}/1", f"{CDN}/2", f"{CDN}/9"]
    assert create.json["description"]["sections"] == [{"items": [{"type": "IMAGE", "url": f"{CDN}/1"}]}]
    assert told.remembered[:2] == [("image", front, f"{CDN}/1"), ("image", back, f"{CDN}/2")]
    assert told.order[:4] == ["Request", "Remember", "Request", "Remember"]


def test_a_known_image_is_not_uploaded_again() -> None:
    told = created({"content.images": ["a.png@sha256:1"]}, images={"a.png@sha256:1": f"{CDN}/7"})
    assert told.bodies[0]["images"] == [f"{CDN}/7"]


def test_an_image_that_is_refused_sends_no_offer() -> None:
    act = action("create", target({"content.images": ["a.png@sha256:1"]}, remote_id=None))
    (outcome,) = play(ALLEGRO.perform(act, context()), errors(413, "TooBig")).result
    assert (outcome.result, outcome.fault.code) == (Result.REFUSED, "TooBig")


@pytest.mark.parametrize("src", ["a.gif@sha256:1", "readme@sha256:1"])
def test_an_image_of_another_format_is_not_even_sent(src: str) -> None:
    act = action("create", target({"content.images": [src]}, remote_id=None))
    (outcome,) = play(ALLEGRO.perform(act, context())).result
    assert outcome.fault.code == "UnsupportedImage"


def test_an_unknown_reference_is_refused_before_anything_is_sent() -> None:
    act = action(
        "edit", target({"delivery.prices": "kuier"}), target({"delivery.prices": "kurier"}, remote_id="102")
    )
    one, two = play(ALLEGRO.perform(act, context()), reply(200, {})).result
    assert (one.result, one.fault.code) == (Result.REFUSED, "UnknownReference")
    assert "kuier" in one.fault.message
    assert two.result is Result.APPLIED


def test_an_edit_of_plain_fields_carries_nothing_else() -> None:
    after = {
        "content.title": "Nowy tytuł kubka",
        "delivery.handling": "PT24H",
        "price.base": PLN,
        "stock.quantity": 0,
    }
    assert edited(after) == {
        "name": "Nowy tytuł kubka",
        "delivery": {"handlingTime": "PT24H"},
        "sellingMode": {"price": {"amount": "49.90", "currency": "PLN"}},
        "stock": {"available": 0},
    }


def test_an_adoption_writes_the_key() -> None:
    assert edited({"external_id": "kubek"}) == {"external": {"id": "kubek"}}


def test_null_clears_what_the_field_stands_in() -> None:
    after = {
        "settings.warranty": None,
        "delivery.prices": None,
        "settings.tax": None,
        "settings.location": None,
        "settings.duration": "unlimited",
        "settings.b2b_only": None,
        "price.allegro-cz": None,
    }
    assert edited(after, clears=True) == {
        "afterSalesServices": {"warranty": None},
        "delivery": {"shippingRates": None},
        "taxSettings": None,
        "location": None,
        "publication": {"duration": None},
        "b2b": {"buyableOnlyByBusiness": False},
        "additionalMarketplaces": {"allegro-cz": {"sellingMode": {"price": None}}},
    }


def test_declared_parameters_lie_over_the_live_ones() -> None:
    after = {"content.parameters": {"Kolor": ["czarny"], "Waga": None, "Marka": ["INNA"], "EAN (GTIN)": ["1"]}}
    assert edited(after) == {
        "parameters": [
            {"id": "11323", "values": ["Nowy"], "valuesIds": ["11323_1"]},
            {"id": "127448", "valuesIds": ["127448_2"]},
        ]
    }


def test_without_definitions_live_names_tell() -> None:
    after = {"content.parameters": {"stan": ["Używany"], "Marka": ["INNA"], "Nowy parametr": ["x"]}}
    act = action("edit", target(after))
    told = play(ALLEGRO.perform(act, context(live(DETAIL), category="other")), reply(200, {}))
    assert told.bodies[0]["parameters"] == [
        {"id": "11323", "values": ["Używany"]},
        {"id": "900", "values": ["300"]},
        {"name": "Nowy parametr", "values": ["x"]},
    ]


def test_tax_of_undeclared_countries_stays() -> None:
    assert edited({"settings.tax": {"PL": "7.5"}}) == {
        "taxSettings": {"rates": [{"rate": "7.50", "countryCode": "PL"}, {"rate": "EXEMPT", "countryCode": "CZ"}]}
    }


KEPT_FIRST = {
    "product": {"id": PRODUCT_ID, "images": []},
    "quantity": {"value": 1},
    "responsiblePerson": {"id": "person-1"},
    "responsibleProducer": {"type": "ID", "id": "producer-1"},
    "safetyInformation": {"type": "TEXT", "description": "Ostrożnie: gorące."},
    "deposits": [],
}
KEPT_SECOND = {
    "product": {"id": OTHER_ID, "images": []},
    "quantity": {"value": 2},
    "responsibleProducer": {"type": "ID", "id": "producer-2"},
    "marketedBeforeGPSRObligation": True,
    "deposits": [{"id": "5f1c6a0e-0000-4000-8000-000000000001", "quantity": 1}],
}
ALONG = {"description": DETAIL["description"], "images": DETAIL["images"]}


def test_one_part_of_a_product_set_carries_all_others_as_they_are() -> None:
    first = {**KEPT_FIRST, "responsibleProducer": {"type": "ID", "id": "producer-2"}}
    assert edited({"settings.producer": "BETA"}) == {"productSet": [first, KEPT_SECOND], **ALONG}


def test_a_cleared_part_of_a_product_set() -> None:
    first = {
        name: part for name, part in KEPT_FIRST.items() if name not in {"responsibleProducer", "safetyInformation"}
    }
    after = {"settings.producer": None, "settings.person": None, "settings.safety": None}
    assert edited(after, clears=True) == {
        "productSet": [{**first, "responsiblePerson": None}, KEPT_SECOND],
        **ALONG,
    }


def test_a_linked_product_keeps_its_id() -> None:
    """A bar code that the offer's product already has names that product (#6442)."""
    body = edited({"content.product": {"gtin": "5901234123457"}})
    assert body["productSet"] == [KEPT_FIRST, KEPT_SECOND]


def test_another_product_keeps_what_is_not_owned() -> None:
    body = edited({"content.product": {"gtin": "999"}, "content.images": [f"{CDN}/5"]})
    assert body == {
        "productSet": [{**KEPT_FIRST, "product": {"id": "999", "idType": "GTIN", "images": []}}, KEPT_SECOND],
        "description": DETAIL["description"],
        "images": [f"{CDN}/5"],
    }


def test_an_edit_cannot_propose_a_product() -> None:
    act = action("edit", target({"content.product": {"gtin": "999", "new": True}}))
    (outcome,) = play(ALLEGRO.perform(act, context(live(DETAIL)))).result
    assert outcome.fault.code == "ProductNotInCatalogue"


def test_further_products_are_matched_by_code_and_replaced() -> None:
    after = {
        "bundle.items": [
            {"product": {"gtin": "5901234123464"}, "quantity": 5},
            {"product": {"id": PRODUCT_ID}, "quantity": 1},
        ]
    }
    assert edited(after)["productSet"] == [
        KEPT_FIRST,
        {**KEPT_SECOND, "quantity": {"value": 5}},
        {"product": {"id": PRODUCT_ID, "images": []}, "quantity": {"value": 1}},
    ]


@pytest.mark.parametrize("nothing", [None, []])
def test_no_further_products(nothing: Any) -> None:
    assert edited({"bundle.items": nothing})["productSet"] == [KEPT_FIRST]


def test_a_description_takes_its_gallery_along() -> None:
    after = {"content.description": [[{"text": "<p>x</p>"}]]}
    assert edited(after) == {
        "description": {"sections": [{"items": [{"type": "TEXT", "content": "<p>x</p>"}]}]},
        "images": DETAIL["images"],
    }


def test_images_alone_go_alone() -> None:
    assert edited({"content.images": [f"{CDN}/3"]}) == {"images": [f"{CDN}/3"]}


def test_an_edit_that_needs_the_body_reads_it_when_nobody_has() -> None:
    told = play(
        ALLEGRO.perform(action("edit", target({"settings.tax": {"PL": "8"}})), context()),
        reply(200, detail(taxSettings=None)),
        reply(200, {}),
    )
    assert told.paths == ["GET /sale/product-offers/101", "PATCH /sale/product-offers/101"]
    assert told.bodies[1] == {"taxSettings": {"rates": [{"rate": "8.00", "countryCode": "PL"}]}}


def test_tags_and_promotion_are_no_part_of_an_offer() -> None:
    assert created({"settings.tags": ["nowe"], "settings.promotion": {"package": "x", "extras": []}}).bodies == [
        MINIMAL
    ]
