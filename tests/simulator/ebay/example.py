"""One small seller on eBay Germany: a listed mug, a staged one, and a listing that was made by hand."""

from __future__ import annotations

from typing import Any

LOGIN, USER = "sklep", "sklep-user-1"
SITE = "EBAY_DE"
MUGS, PARTS, ROOT = "20625", "33559", "11700"
SKU, STAGED = "KUBEK-1", "KUBEK-2"
OFFER, STAGED_OFFER = "9000000001", "9000000002"
LISTING, BY_HAND, NO_SKU = "110000000001", "110000000002", "110000000003"
FULFILLMENT, PAYMENT, RETURN = "6190000001", "6190000002", "6190000003"
LOCATION = "lager-1"
EAN, EPID = "5901234123457", "2001"
PICTURE = "https://example.com/kubek.jpg"
CLIENT, SECRET, RU_NAME = "practice-app", "cert", "practice-app-RuName"

POLICIES = {"fulfillmentPolicyId": FULFILLMENT, "paymentPolicyId": PAYMENT, "returnPolicyId": RETURN}
TYPES = [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES"}]


def money(value: str, currency: str = "EUR") -> dict[str, str]:
    return {"value": value, "currency": currency}


def item(quantity: int | None = 5, **product: Any) -> dict[str, Any]:
    """What PUT /inventory_item takes; without a quantity when it is None."""
    body: dict[str, Any] = {
        "condition": "NEW",
        "product": {
            "title": "ACME Becher 300 ml",
            "description": "<p>Ein Becher.</p>",
            "aspects": {"Farbe": ["rot"], "Marke": ["ACME"]},
            "imageUrls": [PICTURE],
            **product,
        },
    }
    if quantity is not None:
        body["availability"] = {"shipToLocationAvailability": {"quantity": quantity}}
    return body


def offer(**members: Any) -> dict[str, Any]:
    """What PUT /offer takes."""
    return {
        "categoryId": MUGS,
        "listingDescription": "<p>Ein Becher.</p>",
        "availableQuantity": 5,
        "includeCatalogProductDetails": False,
        "merchantLocationKey": LOCATION,
        "listingPolicies": dict(POLICIES),
        "pricingSummary": {"price": money("12.90")},
        **members,
    }


def new_offer(sku: str = STAGED, **members: Any) -> dict[str, Any]:
    """What POST /offer takes."""
    return {"sku": sku, "marketplaceId": SITE, "format": "FIXED_PRICE", **offer(**members)}


def fulfillment(name: str = "Standard", **members: Any) -> dict[str, Any]:
    service = {"shippingServiceCode": "DE_DHLPaket", "shippingCarrierCode": "DHL", "shippingCost": money("4.9")}
    option = {"optionType": "DOMESTIC", "costType": "FLAT_RATE", "shippingServices": [service]}
    return {
        "name": name,
        "marketplaceId": SITE,
        "categoryTypes": TYPES,
        "handlingTime": {"value": 1, "unit": "DAY"},
        "shippingOptions": [option],
        **members,
    }


def payment(name: str = "Sofort", **members: Any) -> dict[str, Any]:
    return {"name": name, "marketplaceId": SITE, "categoryTypes": TYPES, "immediatePay": True, **members}


def returns(name: str = "14 Tage", **members: Any) -> dict[str, Any]:
    return {
        "name": name,
        "marketplaceId": SITE,
        "categoryTypes": TYPES,
        "returnsAccepted": True,
        "returnPeriod": {"value": 14, "unit": "DAY"},
        "returnShippingCostPayer": "BUYER",
        **members,
    }


def account(**members: Any) -> dict[str, Any]:
    """The account as `seed` takes it."""
    listed = {"listingId": LISTING, "listingStatus": "ACTIVE", "soldQuantity": 0}
    return {
        "login": LOGIN,
        "user_id": USER,
        "clients": [{"client_id": CLIENT, "client_secret": SECRET, "accepted": "https://shop.example/in"}],
        "refresh_token": "practice-refresh",
        "categories": [
            {"id": ROOT, "name": "Möbel & Wohnen", "leaf": False},
            {
                "id": MUGS,
                "name": "Becher & Tassen",
                "parent": ROOT,
                "aspects": [
                    {"name": "Marke", "required": True},
                    {"name": "Farbe", "values": ["rot", "blau"], "mode": "SELECTION_ONLY"},
                    {"name": "Besonderheiten", "cardinality": "MULTI", "values": ["Henkel", "Deckel"]},
                ],
            },
            {"id": PARTS, "name": "Bremsen", "parts": True},
        ],
        "catalogue": [
            {
                "epid": EPID,
                "ean": [EAN],
                "title": "ACME Mug (catalogue)",
                "description": "From the catalogue.",
                "brand": "ACME",
                "aspects": {"Material": ["Keramik"]},
            }
        ],
        "locations": [{"merchantLocationKey": LOCATION}],
        "fulfillment_policies": [{"fulfillmentPolicyId": FULFILLMENT, **fulfillment()}],
        "payment_policies": [{"paymentPolicyId": PAYMENT, **payment()}],
        "return_policies": [{"returnPolicyId": RETURN, **returns()}],
        "items": [{"sku": SKU, **item()}, {"sku": STAGED, **item()}],
        "offers": [
            {"offerId": OFFER, "sku": SKU, "listing": listed, **offer()},
            {"offerId": STAGED_OFFER, "sku": STAGED, **offer()},
        ],
        "listings": [
            {
                "listingId": BY_HAND,
                "sku": "HAND-1",
                "title": "By hand",
                "policies": POLICIES,
                "category": MUGS,
                "aspects": {"Marke": ["ACME"]},
            },
            {"listingId": NO_SKU, "title": "Without a SKU"},
        ],
        **members,
    }
