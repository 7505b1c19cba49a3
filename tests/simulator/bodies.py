"""A sound request for every write of the marketplace, with as many of its fields as it takes."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from . import example as ex

PUBLIC = "application/vnd.allegro.public.v1+json"
BETA = "application/vnd.allegro.beta.v1+json"
OFFER = f"/sale/product-offers/{ex.OFFER}"
SETTINGS = "/after-sales-service-conditions"
GROUP, TABLE, CONTACT = (f"e{number}000000-0000-4000-8000-000000000001" for number in (1, 2, 3))
SECOND, DRAFT = "17000000002", "17000000003"
BUNDLE, DEPOSIT = "f1000000-0000-4000-8000-000000000001", "f2000000-0000-4000-8000-000000000001"
MONEY = ex.money("12.00")


@dataclass(frozen=True)
class Write:
    """One request: `{new}` in its address or body stands for an id that was never used."""

    name: str
    method: str
    path: str
    body: Any
    kind: str = PUBLIC
    status: int = 201

    def sent(self, text: str) -> tuple[str, str]:
        """Address and body, with the id put in."""
        new = str(uuid.uuid4())
        return self.path.replace("{new}", new), text.replace("{new}", new)

    @property
    def text(self) -> str:
        return json.dumps(self.body)


CAR = {"type": "ID", "id": "c", "text": "Audi", "additionalInfo": [{"value": "2010"}]}


def _command(word: str, name: str, offer: str = ex.OFFER, **change: Any) -> Write:
    path = f"/sale/offer-{word}-commands/{{new}}"
    criteria = [{"type": "CONTAINS_OFFERS", "offers": [{"id": offer}]}]
    return Write(f"{word}: {name}", "PUT", path, {**change, "offerCriteria": criteria})


def _whole_offer() -> Any:
    """Each field that an offer may be sent with."""
    element = {
        "product": {"id": ex.PRODUCT, "images": []},
        "quantity": {"value": 1},
        "responsiblePerson": {"id": ex.PERSON},
        "responsibleProducer": {"type": "ID", "id": ex.PRODUCER},
        "safetyInformation": {"type": "TEXT", "description": "Uwaga"},
        "marketedBeforeGPSRObligation": False,
        "deposits": [{"id": DEPOSIT, "quantity": 1}],
    }  # fmt: skip
    return ex.request_body(
        productSet=[element],
        description={
            "sections": [
                {
                    "items": [
                        {"type": "TEXT", "content": "<p>Opis</p>"},
                        {"type": "IMAGE", "url": "https://example.com/one.jpg"},
                    ]
                }
            ]
        },
        additionalMarketplaces={"allegro-cz": {"sellingMode": {"price": ex.money("499", "CZK")}}},
        additionalServices={"id": GROUP},
        afterSalesServices={
            "returnPolicy": {"id": ex.POLICY},
            "impliedWarranty": {"id": ex.IMPLIED},
            "warranty": {"name": "Gwarancja"},
        },
        aiCoCreatedContent={"images": [{"url": "https://example.com/one.jpg"}]},
        attachments=[{"id": "a"}],
        b2b={"buyableOnlyByBusiness": False},
        compatibilityList={"items": [{"type": "TEXT", "text": "Audi A4"}, CAR]},
        contact={"id": CONTACT},
        language="pl-PL",
        messageToSellerSettings={"mode": "REQUIRED", "hint": "Kolor?"},
        publication={"status": "INACTIVE", "duration": "P3D", "startingAt": "2031-01-01T10:00:00Z", "republish": False},
        sizeTable={"id": TABLE},
        taxSettings={"rates": [{"rate": "23.00", "countryCode": "PL"}], "subject": "GOODS", "exemption": "MONEY_EQUIVALENT"},
    )  # fmt: skip


WHOLE = {"minimumBoughtOffers": 2, "discounts": [{"marketplaceId": "allegro-pl", "percentage": 5}]}


def bundle(discount: Any) -> Any:
    slots = [
        {"order": order, "entryPoint": order == 0, "requiredQuantity": 1, "offers": [{"id": key, "excludedFromDiscount": False}]}
        for order, key in enumerate((ex.OFFER, SECOND))
    ]  # fmt: skip
    return {"slots": slots, "discount": discount}


BUNDLED = bundle({"type": "WHOLE_BUNDLE_DISCOUNT", "bundle": WHOLE})
RATES = {
    "name": "Nowy",
    "rates": [
        {**ex.rate(ex.COURIER), "shippingTime": {"from": "PT24H", "to": "PT48H"}},
        {**ex.rate(ex.LOCKER), "maxPackageWeight": {"value": "5", "unit": "KILOGRAM"}},
    ],
    "type": "PHYSICAL",
    "dispatchCountry": "PL",
}
POLICY = {
    **ex.POLICY_BODY,
    "availability": {"range": "RESTRICTED", "restrictionCause": {"name": "PRESS", "description": "Gazety"}},
    "contact": {"phoneNumber": "600100200", "email": "zwroty@example.com"},
}
IMPLIED = {
    "name": "R",
    "individual": {"period": "P2Y"},
    "corporate": {"period": "P1Y"},
    "address": ex.ADDRESS,
    "description": "O",
}
WARRANTY = {
    "name": "G",
    "type": "SELLER",
    "individual": {"period": "P12M", "lifetime": False},
    "corporate": {"period": "P1Y", "lifetime": False},
    "attachment": {"id": DEPOSIT, "name": "g.pdf"},
    "description": "O",
}
CRITERION = {"type": "COUNTRY_DELIVERY_SAME_QUANTITY", "country": "PL", "deliveryMethods": [{"id": ex.LOCKER}]}


def services(criterion: Any) -> Any:
    configuration = {"constraintCriteria": criterion, "price": MONEY}
    service = {"definition": {"id": "GIFT_WRAP"}, "description": "Na prezent", "configurations": [configuration]}
    return {"name": "Usługi", "language": "pl-PL", "additionalServices": [service]}


SERVICES = services(CRITERION)
SIZES = {"name": "Tabela", "headers": [{"name": "S"}, {"name": "M"}], "values": [{"cells": ["1", "2"]}]}
WRITER = {"name": "Kontakt", "emails": [{"address": "a@example.com"}], "phones": [{"number": "600100200"}]}
DELIVERY = {
    "marketplace": {"id": "allegro-pl"},
    "freeDelivery": MONEY,
    "abroadFreeDelivery": MONEY,
    "joinPolicy": {"strategy": "MAX"},
}
PROMO = {
    "modifications": [{"modificationType": "CHANGE", "packageType": "BASE", "packageId": "emphasized10d"}],
    "additionalMarketplaces": [],
}
CHANGES = {
    "additionalServicesGroup": {"id": GROUP},
    "delivery": {"shippingRates": {"id": ex.RATES}, "handlingTime": "P2D"},
    "location": {"city": "Poznań", "countryCode": "PL", "postCode": "60-166", "province": "WIELKOPOLSKIE"},
    "payments": {"invoice": "VAT", "tax": {"percentage": "23.00"}},
    "sizeTable": {"id": TABLE},
    "publication": {"duration": "P10D"},
    "responsiblePerson": {"id": ex.PERSON},
    "responsibleProducer": {"id": ex.PRODUCER},
    "safetyInformation": {"type": "TEXT", "description": "Uwaga"},
}
BULK = [
    {"offerId": ex.OFFER, "prices": {"allegro-pl": {"changeType": "FIXED", "value": MONEY}}},
    {"offerId": SECOND, "prices": {"allegro-pl": {"changeType": "PERCENTAGE", "percentage": "5"}}},
    {"offerId": SECOND, "stock": {"changeType": "GAIN", "value": 1}},
]


def _replaced(path: str, key: str, body: Any, *, apart: str = "") -> Write:
    one = {name: value for name, value in body.items() if name != apart}
    return Write(f"replace {path}", "PUT", f"{path}/{key}", one, status=200)


WRITES = (
    Write("create an offer", "POST", "/sale/product-offers", _whole_offer()),
    Write("edit an offer", "PATCH", OFFER, _whole_offer() | {"publication": {"duration": "P3D"}}, status=200),
    _command("publication", "end", publication={"action": "END"}),
    _command("publication", "plan", DRAFT, publication={"action": "ACTIVATE", "scheduledFor": "2031-01-01T10:00:00Z"}),
    _command("price-change", "fixed", modification={"type": "FIXED_PRICE", "price": MONEY, "marketplaceId": "allegro-pl"}),
    _command("price-change", "by an amount", modification={"type": "INCREASE_PRICE", "value": MONEY}),
    _command("price-change", "by a share", modification={"type": "DECREASE_PERCENTAGE", "percentage": "5"}),
    _command("quantity-change", "fixed", modification={"changeType": "FIXED", "value": 4}),
    _command("quantity-change", "by a number", modification={"changeType": "GAIN", "value": 4}),
    _command("modification", "all", modification=CHANGES),
    Write("bulk", "POST", "/sale/offer-bulk-modification-commands", {"commandId": "{new}", "modifications": BULK}, BETA),
    Write("create rates", "POST", "/sale/shipping-rates", RATES),
    _replaced("/sale/shipping-rates", ex.RATES, {"id": ex.RATES, **RATES}),
    Write("create a policy", "POST", f"{SETTINGS}/return-policies", POLICY),
    _replaced(f"{SETTINGS}/return-policies", ex.POLICY, POLICY, apart="isFulfillment"),
    Write("create an implied warranty", "POST", f"{SETTINGS}/implied-warranties", IMPLIED),
    _replaced(f"{SETTINGS}/implied-warranties", ex.IMPLIED, IMPLIED),
    Write("create a warranty", "POST", f"{SETTINGS}/warranties", WARRANTY),
    _replaced(f"{SETTINGS}/warranties", ex.WARRANTY, WARRANTY),
    Write("create a producer", "POST", "/sale/responsible-producers", ex.PRODUCER_BODY),
    _replaced("/sale/responsible-producers", ex.PRODUCER, {"id": ex.PRODUCER, **ex.PRODUCER_BODY}),
    Write("create a person", "POST", "/sale/responsible-persons", ex.PERSON_BODY, status=200),
    _replaced("/sale/responsible-persons", ex.PERSON, {"id": ex.PERSON, **ex.PERSON_BODY}),
    Write("create services", "POST", "/sale/offer-additional-services/groups", SERVICES),
    _replaced("/sale/offer-additional-services/groups", GROUP, SERVICES),
    Write("create a size table", "POST", "/sale/size-tables", {**SIZES, "template": {"id": "1"}}),
    _replaced("/sale/size-tables", TABLE, SIZES),
    Write("create a contact", "POST", "/sale/offer-contacts", WRITER),
    _replaced("/sale/offer-contacts", CONTACT, WRITER),
    Write("delivery settings", "PUT", "/sale/delivery-settings", DELIVERY, status=200),
    Write("create a tag", "POST", "/sale/offer-tags", {"name": "Hit", "hidden": False}, status=200),
    _replaced("/sale/offer-tags", "tag-1", {"name": "Hit", "hidden": False}),
    Write("assign tags", "POST", f"/sale/offers/{ex.OFFER}/tags", {"tags": [{"id": "tag-1"}]}, status=200),
    Write("create a bundle", "POST", "/sale/flexible-bundles", BUNDLED),
    _replaced("/sale/flexible-bundles", BUNDLE, BUNDLED),
    Write("promote", "POST", f"/sale/offers/{ex.OFFER}/promo-options-modification", PROMO, status=200),
    Write("upload a picture", "POST", "/upload/sale/images", {"url": "https://example.com/two.jpg"}),
)  # fmt: skip


def account() -> dict[str, Any]:
    """The example seller, with one of everything that a write may be about."""
    second = ex.offer_body(SECOND, external={"id": "SKU-9"})
    second["productSet"] = []
    draft = ex.offer_body(DRAFT, external={"id": "SKU-8"}, publication={"status": "INACTIVE"})
    return ex.account(
        offers=[{"offer": one} for one in (ex.offer_body(), second, draft)],
        additional_services_groups=[{"id": GROUP, **SERVICES}],
        size_tables=[{"id": TABLE, "template": {"id": "t"}, **SIZES}],
        contacts=[{"id": CONTACT, **WRITER}],
        flexible_bundles=[{"id": BUNDLE, "createdBy": "USER", **BUNDLED}],
    )
