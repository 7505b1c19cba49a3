"""Where a refusal leads: from the place in a request to the field of the document, and into its value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from script import errors, play
from wire import CDN, DETAIL, READING, action, context, live, target

from reconciler.model.offers import OFFER, Key
from reconciler.model.outcomes import Complaint, Fault, FaultKind
from reconciler.model.plan import Target
from reconciler.model.spec import Type
from reconciler.model.values import Money
from reconciler.providers.allegro.pointers import Sent, translated
from reconciler.providers.allegro.provider import ALLEGRO

SPEC = READING.spec
OFFER_AFTER: dict[str, Any] = {
    "content.title": "Kubek ceramiczny ACME 300 ml",
    "content.category": "257931",
    "content.product": {"gtin": "5901234123457"},
    "content.parameters": {"stan": ["nowiutki"], "Waga": ["300"], "Kolor": ["biały"]},
    "content.description": [[{"text": "<p>a</p>"}], [{"image": f"{CDN}/1"}, {"text": "<p>b</p>"}]],
    "content.images": [f"{CDN}/1", "images/back.jpg@sha256:" + "0" * 64],
    "delivery.prices": "paczkomaty",
    "price.base": Money.parse("49.90 PLN"),
    "price.allegro-cz": Money.parse("289 CZK"),
    "settings.return_policy": "14 dni",
    "settings.producer": "ACME",
    "settings.safety": "Uwaga.",
    "settings.location": {"city": "Gniezno", "post_code": "62-200"},
    "settings.tax": {"PL": "23", "CZ": "21"},
    "settings.invoice": "vat",
    "bundle.items": [{"product": {"gtin": "5901234123464"}, "quantity": 2}],
    "stock.quantity": 5,
    "stock.status": "active",
}
IMAGES = {OFFER_AFTER["content.images"][1]: f"{CDN}/2"}

#: What the marketplace names -> what the document calls it.
OF_OFFERS = {
    "parameters[0]": "content.parameters.stan",
    "$.parameters[0].valuesIds[0]": "content.parameters.stan",
    "/parameters/0/values": "content.parameters.stan",
    "productSet[0].product.parameters[0]": "content.parameters",
    "sellingMode.price": "price.base",
    "sellingMode.price.amount": "price.base",
    "additionalMarketplaces.allegro-cz.sellingMode.price.currency": "price.allegro-cz",
    "images[1]": 'content.images."images/back.jpg"',
    "description.sections[1].items[1].content": "content.description, section 2, item 2",
    "description": "content.description",
    "afterSalesServices.returnPolicy": "settings.return_policy",
    "afterSalesServices.returnPolicy.id": "settings.return_policy",
    "productSet[0].product.id": "content.product",
    "productSet[0].responsibleProducer.id": "settings.producer",
    "productSet[0].safetyInformation.description": "settings.safety",
    "productSet[1].product.id": "bundle.items.0.product",
    "productSet[1].quantity": "bundle.items.0.quantity",
    "category.id": "content.category",
    "name": "content.title",
    "delivery.shippingRates": "delivery.prices",
    "location.postCode": "settings.location.post_code",
    "taxSettings.rates[1].rate": "settings.tax.CZ",
    "payments.invoice": "settings.invoice",
    "stock.available": "stock.quantity",
    "publication.status": "stock.status",
    "external.id": "name",
    "sellingMode.format": "",
    "somethingElse[3].odd": "",
    "": "",
}


@pytest.mark.parametrize("pointer", OF_OFFERS)
def test_a_refused_offer_speaks_of_its_document(pointer: str) -> None:
    """Each place of a creation's request is said in the words of the document; an unknown one as it is."""
    act = action("create", target(OFFER_AFTER, remote_id=None))
    told = play(ALLEGRO.perform(act, context(images=IMAGES)), errors(422, path=pointer))
    [complaint] = told.result[0].fault.complaints
    assert (complaint.pointer, complaint.path) == (pointer, OF_OFFERS[pointer])


def test_what_is_possible_is_said_where_it_is_known() -> None:
    """The values of a parameter's dictionary, the words of a closed set, the names on the account."""
    act = action("create", target(OFFER_AFTER, remote_id=None))

    def possible(pointer: str) -> tuple[str, ...]:
        told = play(ALLEGRO.perform(act, context(images=IMAGES)), errors(422, path=pointer))
        found: tuple[str, ...] = told.result[0].fault.complaints[0].allowed
        return found

    assert "Nowy" in possible("parameters[0]") or "nowy" in possible("parameters[0]")
    assert possible("payments.invoice") == ("vat", "vat_margin", "without_vat", "no_invoice")
    assert "14 dni" in possible("afterSalesServices.returnPolicy")
    assert possible("name") == ()


@pytest.mark.parametrize(
    ("kind", "path"), [(kind.name, path) for kind in SPEC.kinds.values() for path in kind.fields]
)
def test_each_writable_field_of_the_spec_is_found_by_its_pointer(kind: str, path: str) -> None:
    """The table is the spec: wherever a field is written to, a refusal of that place names the field."""
    field = SPEC.kinds[kind].fields[path]
    named, pointer = (each.replace("*", "allegro-cz") for each in (path, field.write))
    if not pointer:
        assert field.type is Type.PROMOTION
        pointer = "/modifications/0/packageId"
    assert led(kind, {named: None}, pointer).field == named
    dotted = ".".join(pointer.split("/")[1:])
    assert led(kind, {named: None}, dotted).field == named
    if field.write != "/productSet":
        assert led(kind, {named: None}, f"{pointer}/0/more").field == named


def led(kind: str, after: Mapping[str, Any], pointer: str, body: Any = None) -> Complaint:
    """Translate one complaint."""
    fault = Fault(
        kind=FaultKind.REJECTED, code="c", message="m", complaints=(Complaint(pointer=pointer, message="No."),)
    )
    asked = Target(key=Key("main", kind, "X"), remote_id=None, before={}, after=after)
    return translated(fault, Sent(body=body or {}, target=asked, context=context())).complaints[0]


RATES = {"Paczkomat": {}, "Kurier DPD": {}}
DISCOUNT = {"bundle": {"discounts": [{"marketplaceId": "allegro-pl", "percentage": 88}]}}
SLOTS = {"slot": {"slots": [{"order": 0, "discounts": [{"marketplaceId": "allegro-pl", "percentage": 88}]}]}}
OF_OBJECTS: list[tuple[str, dict[str, Any], Any, str, str]] = [
    ("DeliveryPriceList", {"methods": RATES}, {}, "rates[1].deliveryMethod.id", 'methods."Kurier DPD"'),
    ("DeliveryPriceList", {"methods": RATES}, {}, "rates[0].firstItemRate.amount", "methods.Paczkomat.first"),
    ("DeliveryPriceList", {"methods": RATES}, {}, "name", "name"),
    ("Bundle", {"slots": []}, {}, "slots[1].requiredQuantity", "slots.1.quantity"),
    (
        "Bundle",
        {"discount": {}},
        {"discount": DISCOUNT},
        "discount.bundle.discounts[0].percentage",
        "discount.whole.allegro-pl",
    ),
    (
        "Bundle",
        {"discount": {}},
        {"discount": SLOTS},
        "discount.slot.slots[0].discounts[0].percentage",
        "discount.slots.0.allegro-pl",
    ),
    ("ReturnPolicy", {"address": {}}, {}, "address.postCode", "address.post_code"),
    ("OfferTag", {"hidden": True}, {}, "hidden", "hidden"),
    (OFFER, {"price.base": None}, {}, "modification.price.amount", "price.base"),
    (OFFER, {"price.base": None, "stock.quantity": 1}, {}, "modifications[2].stock.value", "stock.quantity"),
    (
        OFFER,
        {"price.base": None, "stock.quantity": 1},
        {},
        "modifications[0].prices.allegro-cz",
        "price.allegro-cz",
    ),
    (OFFER, {"settings.tags": ["a", "b"]}, {}, "tags[1].id", "settings.tags.1.id"),
]


@pytest.mark.parametrize(("kind", "after", "body", "pointer", "path"), OF_OBJECTS)
def test_objects_and_commands_speak_of_their_documents(
    kind: str, after: dict[str, Any], body: Any, pointer: str, path: str
) -> None:
    """Price lists by method, bundles by slot and site, commands by the value that they carry."""
    assert led(kind, after, pointer, body).path == path


def test_several_complaints_are_each_led_home() -> None:
    """A refusal of two things names two fields."""
    act = action("edit", target({"content.title": "Kubek ceramiczny ACME", "content.images": [f"{CDN}/1"]}))
    both = errors(422, path="name")
    body = both.body.replace(b"}]}", b'},{"code":"B","message":"Bad.","userMessage":null,"path":"images[0]"}]}')
    told = play(ALLEGRO.perform(act, context(live(DETAIL))), type(both)(422, both.headers, body))
    assert [each.field for each in told.result[0].fault.complaints] == ["content.title", "content.images"]


def test_what_we_do_not_send_is_ours() -> None:
    """A reference that nobody knows is our refusal, not the marketplace's."""
    told = play(ALLEGRO.perform(action("edit", target({"delivery.prices": "nigdzie"})), context(live(DETAIL))))
    fault = told.result[0].fault
    assert fault.ours
    assert [each.field for each in fault.complaints] == ["delivery.prices"]
    assert not told.requests
    assert "'" not in fault.message
