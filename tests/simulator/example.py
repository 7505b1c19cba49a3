"""A small seller: what `seed` takes, and bodies of requests about it."""

from __future__ import annotations

import copy

CDN = "https://a.allegroimg.com/original"
LOCKER, DPD = "00000001-5a1e-4c0d-8f00-000000000001", "00000004-5a1e-4c0d-8f00-000000000004"
COURIER, PACKETA_CZ = "00000006-5a1e-4c0d-8f00-000000000006", "00000009-5a1e-4c0d-8f00-000000000009"
RATES, RATES_CZ = "a1000000-0000-4000-8000-000000000001", "a1000000-0000-4000-8000-000000000002"
POLICY, IMPLIED = "b1000000-0000-4000-8000-000000000001", "b2000000-0000-4000-8000-000000000001"
WARRANTY, PRODUCER = "b3000000-0000-4000-8000-000000000001", "c1000000-0000-4000-8000-000000000001"
PERSON = "c2000000-0000-4000-8000-000000000001"
PRODUCT, GTIN = "d1000000-0000-4000-8000-000000000001", "5901234123457"
OFFER = "17000000001"
CATEGORY, OTHER_CATEGORY = "257931", "257932"

ADDRESS = {
    "name": "Sklep",
    "street": "Prosta 1",
    "postCode": "60-166",
    "city": "Poznań",
    "countryCode": "PL",
}


def money(amount: str, currency: str = "PLN") -> dict:
    return {"amount": amount, "currency": currency}


def rate(method: str, first: str = "12.99", currency: str = "PLN") -> dict:
    return {
        "deliveryMethod": {"id": method},
        "maxQuantityPerPackage": 5,
        "firstItemRate": money(first, currency),
        "nextItemRate": money("0.00", currency),
    }


def rates_set(key: str, name: str, *rates: dict) -> dict:
    body = {"id": key, "name": name, "rates": list(rates), "type": "PHYSICAL", "dispatchCountry": "PL"}
    return body | {"lastModified": "2026-01-01T10:00:00.000Z"}


POLICY_BODY = {
    "name": "14 dni",
    "isFulfillment": False,
    "availability": {"range": "FULL"},
    "withdrawalPeriod": "P14D",
    "returnCost": {"coveredBy": "BUYER"},
    "address": ADDRESS,
    "contact": {"phoneNumber": None, "email": "zwroty@example.com"},
    "options": {
        "cashOnDeliveryNotAllowed": True,
        "freeAccessoriesReturnRequired": False,
        "refundLoweredByReceivedDiscount": False,
        "businessReturnAllowed": False,
        "collectBySellerOnly": False,
    },
}
PRODUCER_BODY = {
    "name": "Fabryka",
    "producerData": {
        "tradeName": "Fabryka sp. z o.o.",
        "address": {"countryCode": "PL", "street": "Długa 2", "postalCode": "00-001", "city": "Warszawa"},
        "contact": {"email": "gpsr@example.com"},
    },
}
PERSON_BODY = {
    "name": "Osoba",
    "personalData": {
        "name": "Jan Nowak",
        "address": {"countryCode": "PL", "street": "Długa 2", "postalCode": "00-001", "city": "Warszawa"},
        "contact": {"formUrl": "https://example.com/form"},
    },
}
DESCRIPTION = {"sections": [{"items": [{"type": "TEXT", "content": "<p>Opis</p>"}]}]}


def parameter(key: str, name: str, kind: str, *, product: bool, required: bool = False, **more) -> dict:
    body = {"id": key, "name": name, "type": kind, "required": required, "requiredForProduct": False}
    return body | {"unit": None, "options": {"describesProduct": product, "customValuesEnabled": False}} | more


PARAMETERS = [
    parameter(
        "11323",
        "Stan",
        "dictionary",
        product=False,
        required=True,
        dictionary=[{"id": "11323_1", "value": "Nowy"}, {"id": "11323_2", "value": "Używany"}],
        restrictions={"multipleChoices": False},
    ),
    parameter("17448", "Kolor", "string", product=True, restrictions={"allowedNumberOfValues": 1}),
    parameter("225693", "EAN (GTIN)", "string", product=True, restrictions={"allowedNumberOfValues": 1}),
]


def offer_body(key: str = OFFER, **changes) -> dict:
    body = {
        "id": key,
        "name": "Kubek ceramiczny czerwony duży",
        "category": {"id": CATEGORY},
        "productSet": [
            {
                "quantity": {"value": 1},
                "product": {
                    "id": PRODUCT,
                    "publication": {"status": "LISTED"},
                    "parameters": [{"id": "17448", "name": "Kolor", "values": ["czerwony"], "valuesIds": None}],
                    "isAiCoCreated": False,
                },
                "responsiblePerson": None,
                "responsibleProducer": {"id": PRODUCER},
                "safetyInformation": {"type": "NO_SAFETY_INFORMATION"},
                "marketedBeforeGPSRObligation": None,
                "deposits": [],
            }
        ],
        "parameters": [{"id": "11323", "name": "Stan", "values": ["Nowy"], "valuesIds": ["11323_1"]}],
        "images": [f"{CDN}/aaaaaa/first", f"{CDN}/aaaaaa/second"],
        "description": DESCRIPTION,
        "stock": {"available": 10, "unit": "UNIT"},
        "sellingMode": {"format": "BUY_NOW", "price": money("49.99")},
        "publication": {"status": "ACTIVE"},
        "delivery": {"shippingRates": {"id": RATES}, "handlingTime": "PT24H"},
        "payments": {"invoice": "VAT"},
        "location": {
            "city": "Poznań",
            "countryCode": "PL",
            "postCode": "60-166",
            "province": "WIELKOPOLSKIE",
        },
        "afterSalesServices": {"returnPolicy": {"id": POLICY}},
        "external": {"id": "SKU-1"},
        "createdAt": "2026-01-02T10:00:00.000Z",
        "updatedAt": "2026-11-20T10:00:00.000Z",
    }
    return body | changes


def account(**changes) -> dict:
    body = {
        "login": "sklep",
        "user_id": "44300100",
        "base_marketplace": "allegro-pl",
        "clients": [{"client_id": "app", "client_secret": "hush"}],
        "refresh_token": "first-refresh",
        "categories": [
            {"id": "5", "name": "Dom", "parent": None, "leaf": False},
            {"id": CATEGORY, "name": "Kubki", "parent": "5", "leaf": True, "parameters": PARAMETERS},
            {"id": OTHER_CATEGORY, "name": "Talerze", "parent": "5", "leaf": True, "parameters": PARAMETERS},
        ],
        "products": [
            {
                "id": PRODUCT,
                "name": "Kubek ceramiczny czerwony Fabryka",
                "category": CATEGORY,
                "gtins": [GTIN],
                "parameters": [
                    {"id": "17448", "name": "Kolor", "values": ["czerwony"]},
                    {"id": "225693", "name": "EAN (GTIN)", "values": [GTIN]},
                ],
                "images": [f"{CDN}/cccccc/catalogue"],
                "description": {"sections": [{"items": [{"type": "TEXT", "content": "<p>Z katalogu</p>"}]}]},
                "responsible_producers": [{"id": PRODUCER, **PRODUCER_BODY}],
                "safety": {"type": "TEXT", "description": "Uwaga, gorące."},
            }
        ],
        "shipping_rates": [
            rates_set(RATES, "Standard", rate(LOCKER), rate(DPD, "18.99")),
            rates_set(RATES_CZ, "Z Czechami", rate(LOCKER), rate(PACKETA_CZ, "89", "CZK")),
        ],
        "return_policies": [{"id": POLICY, **POLICY_BODY}],
        "implied_warranties": [
            {"id": IMPLIED, "name": "Rękojmia", "individual": {"period": "P2Y"}, "address": ADDRESS}
        ],
        "warranties": [{"id": WARRANTY, "name": "Gwarancja", "type": "SELLER", "individual": {"period": "P12M"}}],
        "responsible_producers": [{"id": PRODUCER, **PRODUCER_BODY}],
        "responsible_persons": [{"id": PERSON, **PERSON_BODY}],
        "tags": [{"id": "tag-1", "name": "Nowość", "hidden": False}],
        "offers": [{"offer": offer_body(), "sold": 0, "first_listed_at": None, "tags": [], "promo": None}],
    }
    return copy.deepcopy(body | changes)


def request_body(**changes) -> dict:
    """POST /sale/product-offers of a sound offer."""
    body = {
        "name": "Talerz płytki biały porcelanowy",
        "category": {"id": CATEGORY},
        "productSet": [{"product": {"id": PRODUCT, "images": []}, "quantity": {"value": 1}}],
        "parameters": [{"id": "11323", "valuesIds": ["11323_1"]}],
        "images": ["https://example.com/one.jpg"],
        "description": DESCRIPTION,
        "stock": {"available": 3, "unit": "UNIT"},
        "sellingMode": {"format": "BUY_NOW", "price": money("199")},
        "publication": {"status": "ACTIVE", "duration": "P3D"},
        "delivery": {"shippingRates": {"name": "Standard"}, "handlingTime": "P2D"},
        "payments": {"invoice": "VAT"},
        "location": {
            "city": "Poznań",
            "countryCode": "PL",
            "postCode": "60-166",
            "province": "wielkopolskie",
        },
        "afterSalesServices": {"returnPolicy": {"id": POLICY}},
        "external": {"id": "SKU-2"},
    }
    return copy.deepcopy(body | changes)
