"""Bodies as Allegro sends them, typed from its OpenAPI document, and actions to be performed."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from reconciler.documents.specs import load_spec
from reconciler.model.catalogue import Parameter
from reconciler.model.offers import OFFER, Key, Live
from reconciler.model.plan import Action, Target
from reconciler.providers.base import LONG_AGO, Context, Reading

COMMAND = "0b0f1b6c-9f4e-4a37-9a6e-2d4a4c1f8a10"
PRODUCT_ID = "4dfb1f3c-2c9d-4a11-9a0a-1f6b2f0c9d11"
OTHER_ID = "9f0a7a52-1111-4a6b-8d8d-0c5d1f2b3c4d"
RETURN_ID, IMPLIED_ID, WARRANTY_ID = (f"9d2cf6ab-7e5f-4b6a-8a83-3c0d9a1b000{n}" for n in (1, 2, 3))
CDN = "https://a.allegroimg.com/original/11ab"

LABELS = {
    "DeliveryPriceList": {"rates-1": "paczkomaty", "rates-2": "kurier"},
    "ReturnPolicy": {RETURN_ID: "14 dni"},
    "ImpliedWarranty": {IMPLIED_ID: "rękojmia"},
    "Warranty": {WARRANTY_ID: "gwarancja"},
    "AdditionalServices": {"services-1": "pakowanie"},
    "SizeTable": {"table-1": "koszulki"},
    "ResponsibleProducer": {"producer-1": "ACME", "producer-2": "BETA"},
    "ResponsiblePerson": {"person-1": "Jan"},
    "OfferTag": {"tag-1": "nowe", "tag-2": "wyprzedaż"},
    "DeliveryMethod": {"method-1": "Paczkomat", "method-2": "Kurier"},
    "Offer": {"101": "kubek", "102": "talerz", "103": "miska"},
}
READING = Reading(account="main", spec=load_spec("allegro"), base_market="allegro-pl", labels=LABELS)

PARAMETERS = (
    Parameter(id="11323", name="Stan", section="offer", dictionary={"11323_1": "Nowy", "11323_2": "Używany"}),
    Parameter(id="127448", name="Kolor", section="offer", dictionary={"127448_1": "biały", "127448_2": "czarny"}),
    Parameter(id="900", name="Waga", section="offer"),
    Parameter(id="248811", name="Marka", section="product", dictionary={"248811_1": "ACME"}),
    Parameter(id="225693", name="EAN (GTIN)", section="product"),
)

ROW: dict[str, Any] = {
    "id": "101",
    "name": "Kubek ceramiczny ACME 300 ml",
    "category": {"id": "257931"},
    "primaryImage": {"url": "https://a.allegroimg.com/s128/11ab"},
    "sellingMode": {
        "format": "BUY_NOW",
        "price": {"amount": "49.90", "currency": "PLN"},
        "priceAutomation": {"rule": {"id": "rule-1"}},
        "minimalPrice": None,
        "startingPrice": None,
    },
    "saleInfo": {"currentPrice": None, "biddersCount": 0},
    "stock": {"available": 73, "sold": 5},
    "stats": {"watchersCount": 1, "visitsCount": 2},
    "publication": {
        "status": "ACTIVE",
        "startingAt": None,
        "startedAt": "2026-07-01T10:00:00Z",
        "endingAt": None,
        "endedAt": None,
        "marketplaces": {"base": {"id": "allegro-pl"}, "additional": [{"id": "allegro-cz"}]},
    },
    "afterSalesServices": {
        "warranty": None,
        "returnPolicy": {"id": RETURN_ID},
        "impliedWarranty": {"id": IMPLIED_ID},
    },
    "additionalServices": None,
    "external": {"id": "kubek"},
    "delivery": {"shippingRates": {"id": "rates-1"}},
    "b2b": {"buyableOnlyByBusiness": False},
    "fundraisingCampaign": None,
    "isFulfillment": False,
    "additionalMarketplaces": {
        "allegro-cz": {
            "publication": {"state": "APPROVED"},
            "sellingMode": {
                "price": {"amount": "289.00", "currency": "CZK"},
                "priceAutomation": {"rule": {"id": "rule-2"}},
            },
            "stats": {"watchersCount": 0, "visitsCount": 0},
            "stock": {"sold": 0},
        },
        "allegro-sk": {"publication": {"state": "NOT_REQUESTED"}, "sellingMode": None, "stock": None},
    },
}

DETAIL: dict[str, Any] = {
    "id": "101",
    "name": "Kubek ceramiczny ACME 300 ml",
    "category": {"id": "257931"},
    "productSet": [
        {
            "quantity": {"value": 1},
            "product": {
                "id": PRODUCT_ID,
                "publication": {"status": "LISTED"},
                "parameters": [
                    {"id": "248811", "name": "Marka", "values": ["ACME"], "valuesIds": ["248811_1"], "rangeValue": None},
                    {"id": "225693", "name": "EAN (GTIN)", "values": ["5901234123457"], "valuesIds": None, "rangeValue": None},
                ],
                "isAiCoCreated": False,
            },
            "responsiblePerson": {"id": "person-1"},
            "responsibleProducer": {"id": "producer-1"},
            "safetyInformation": {"type": "TEXT", "description": "Ostrożnie: gorące."},
            "marketedBeforeGPSRObligation": None,
            "deposits": [],
        },
        {
            "quantity": {"value": 2},
            "product": {
                "id": OTHER_ID,
                "publication": {"status": "LISTED"},
                "parameters": [
                    {"id": "225693", "name": "EAN (GTIN)", "values": ["5901234123464"], "valuesIds": None, "rangeValue": None},
                ],
            },
            "responsiblePerson": None,
            "responsibleProducer": {"id": "producer-2"},
            "safetyInformation": {"type": "NO_SAFETY_INFORMATION"},
            "marketedBeforeGPSRObligation": True,
            "deposits": [{"id": "5f1c6a0e-0000-4000-8000-000000000001", "quantity": 1}],
        },
    ],
    "parameters": [
        {"id": "11323", "name": "Stan", "values": ["Nowy"], "valuesIds": ["11323_1"], "rangeValue": None},
        {"id": "900", "name": "Waga", "values": ["300"], "valuesIds": None, "rangeValue": None},
    ],
    "images": [f"{CDN}/1", f"{CDN}/2"],
    "description": {
        "sections": [
            {"items": [{"type": "TEXT", "content": "<p>Kubek&nbsp;do kawy. </p> <p>A &amp; B</p>"}]},
            {"items": [{"type": "IMAGE", "url": f"{CDN}/2"}, {"type": "TEXT", "content": "<p>300 ml</p>"}]},
        ]
    },
    "stock": {"available": 73, "unit": "UNIT"},
    "sellingMode": {"format": "BUY_NOW", "price": {"amount": "49.90", "currency": "PLN"}, "minimalPrice": None, "startingPrice": None},
    "publication": {
        "status": "ACTIVE",
        "duration": "P30D",
        "startingAt": None,
        "endingAt": None,
        "endedBy": None,
        "republish": False,
        "marketplaces": {"base": {"id": "allegro-pl"}, "additional": []},
    },
    "delivery": {"handlingTime": "P2D", "shippingRates": {"id": "rates-1"}, "additionalInfo": None, "shipmentDate": None},
    "payments": {"invoice": "VAT"},
    "location": {"city": "POZNAŃ", "countryCode": "PL", "postCode": "60-166", "province": "WIELKOPOLSKIE"},
    "taxSettings": {
        "rates": [{"rate": "23.00", "countryCode": "PL"}, {"rate": "EXEMPT", "countryCode": "CZ"}],
        "subject": "GOODS",
        "exemption": None,
    },
    "afterSalesServices": {"impliedWarranty": {"id": IMPLIED_ID}, "returnPolicy": {"id": RETURN_ID}, "warranty": None},
    "additionalServices": None,
    "sizeTable": None,
    "discounts": {"wholesalePriceList": None},
    "messageToSellerSettings": {"mode": "REQUIRED", "hint": "Prosimy o KOLOR"},
    "b2b": None,
    "additionalMarketplaces": {
        "allegro-cz": {"sellingMode": {"price": {"amount": "289.00", "currency": "CZK"}}, "publication": {"state": "APPROVED", "refusalReasons": []}},
        "allegro-hu": {"sellingMode": None, "publication": {"state": "NOT_REQUESTED", "refusalReasons": []}},
    },
    "external": {"id": "kubek"},
    "language": "pl-PL",
    "validation": {"errors": [{"code": "X", "message": "Image missing", "userMessage": "Brak zdjęcia"}], "warnings": [], "validatedAt": "2026-07-01T10:00:00Z"},
    "createdAt": "2026-07-01T10:00:00Z",
    "updatedAt": "2026-07-01T10:00:00Z",
}  # fmt: skip


def identify(kind: str, label: str) -> str | None:
    """Find an id as the runner does."""
    if label.startswith("#"):
        return label[1:]
    return next((key for key, name in LABELS.get(kind, {}).items() if name == label), None)


def target(
    after: Mapping[str, Any], remote_id: str | None = "101", name: str = "kubek", kind: str = OFFER
) -> Target:
    return Target(key=Key("main", kind, name), remote_id=remote_id, before={}, after=after)


def action(operation: str, *targets: Target, kind: str = OFFER) -> Action:
    return Action(id=COMMAND, kind=kind, operation=operation, wave=0, targets=targets)


def live(wire: Mapping[str, Any], name: str = "kubek", kind: str = OFFER) -> dict[Key, Live]:
    key = Key("main", kind, name)
    return {key: Live(key=key, kind=kind, remote_id=str(wire["id"]), fields={}, detailed=True, wire=wire)}


def context(
    lives: Mapping[Key, Live] | None = None,
    images: Mapping[str, str] | None = None,
    category: str = "257931",
    began: datetime = LONG_AGO,
) -> Context:
    return Context(
        reading=READING,
        identify=identify,
        live=lives or {},
        images=images or {},
        parameters={category: PARAMETERS},
        began=began,
    )


def detail(**changes: Any) -> dict[str, Any]:
    """Copy the full body with some members replaced."""
    return {**deepcopy(DETAIL), **changes}
