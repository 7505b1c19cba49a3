"""What the three kinds of policies consist of, and what is assumed where nothing is said."""

from __future__ import annotations

from reconciler.simulator.ebay.bodies import COUNTRY, SITE
from reconciler.simulator.ebay.refusals import refuse
from reconciler.simulator.ebay.shapes import DURATION, MONEY, boolean, items, one_of, record, text, whole
from reconciler.simulator.world import Json

NAMED = {
    "categoryTypes": items(
        record({"default": boolean, "name": one_of("ALL_EXCLUDING_MOTORS_VEHICLES", "MOTORS_VEHICLES")}, "name")
    ),
    "description": text(250),
    "marketplaceId": SITE,
    "name": text(64, low=1),
}
NEEDED = "categoryTypes marketplaceId name"
REGION = record(
    {
        "regionName": text(),
        "regionType": one_of("COUNTRY", "COUNTRY_REGION", "STATE_OR_PROVINCE", "WORLD_REGION", "WORLDWIDE"),
    }
)
REGIONS = record({"regionExcluded": items(REGION), "regionIncluded": items(REGION)})
SERVICE = record(
    {
        "additionalShippingCost": MONEY,
        "buyerResponsibleForPickup": boolean,
        "buyerResponsibleForShipping": boolean,
        "freeShipping": boolean,
        "shippingCarrierCode": text(),
        "shippingCost": MONEY,
        "shippingServiceCode": text(low=1),
        "shipToLocations": REGIONS,
        "sortOrder": whole(0),
        "surcharge": MONEY,
    },
    "shippingServiceCode",
)
OPTION = record(
    {
        "costType": one_of("FLAT_RATE", "CALCULATED", "NOT_SPECIFIED"),
        "insuranceFee": MONEY,
        "insuranceOffered": boolean,
        "optionType": one_of("DOMESTIC", "INTERNATIONAL"),
        "packageHandlingCost": MONEY,
        "rateTableId": text(),
        "shippingDiscountProfileId": text(),
        "shippingPromotionOffered": boolean,
        "shippingServices": items(SERVICE, 0, 5),
    },
    "costType optionType",
)
FULFILLMENT = record(
    {
        **NAMED,
        "freightShipping": boolean,
        "globalShipping": boolean,
        "handlingTime": DURATION,
        "localPickup": boolean,
        "pickupDropOff": boolean,
        "shippingOptions": items(OPTION, 0, 2),
        "shipToLocations": REGIONS,
    },
    NEEDED,
)
METHODS = items(
    record(
        {
            "brands": items(text()),
            "paymentMethodType": text(low=1),
            "recipientAccountReference": record({"referenceId": text(), "referenceType": text()}),
        },
        "paymentMethodType",
    )
)
PAYMENT = record(
    {
        **NAMED,
        "deposit": record({"amount": MONEY, "dueIn": DURATION, "paymentMethods": METHODS}),
        "fullPaymentDueIn": DURATION,
        "immediatePay": boolean,
        "paymentInstructions": text(1000),
        "paymentMethods": METHODS,
    },
    NEEDED,
)
RETURN_TERMS = {
    "returnMethod": one_of("REPLACEMENT", "EXCHANGE"),
    "returnPeriod": DURATION,
    "returnsAccepted": boolean,
    "returnShippingCostPayer": one_of("BUYER", "SELLER"),
}
RETURN = record(
    {
        **NAMED,
        **RETURN_TERMS,
        "extendedHolidayReturnsOffered": boolean,
        "internationalOverride": record(RETURN_TERMS),
        "refundMethod": one_of("MONEY_BACK", "MERCHANDISE_CREDIT"),
        "restockingFeePercentage": text(),
        "returnInstructions": text(5000),
    },
    f"{NEEDED} returnsAccepted",
)
DAYS = frozenset({14, 30, 60})  # that a buyer may have


def fulfillment(body: Json) -> Json:
    """Flags that were not said are false; services have an order; ignored members go."""
    if "handlingTime" not in body and not (body.get("localPickup") or body.get("freightShipping")):
        raise refuse(20401, "handlingTime")
    for flag in ("freightShipping", "globalShipping", "localPickup", "pickupDropOff"):
        body.setdefault(flag, False)
    for option in body.get("shippingOptions", []):
        option.pop("insuranceFee", None)
        option["insuranceOffered"] = False
        for place, service in enumerate(option.get("shippingServices", []), 1):
            service.setdefault("sortOrder", place)
            for flag in ("freeShipping", "buyerResponsibleForShipping", "buyerResponsibleForPickup"):
                service.setdefault(flag, False)
            if not service["freeShipping"] and option["costType"] == "FLAT_RATE" and "shippingCost" not in service:
                raise refuse(20401, "shippingCost", shippingServiceCode=service["shippingServiceCode"])
            service.pop("surcharge", None)
    for region in (body.get("shipToLocations") or {}).get("regionIncluded", []):
        if region.get("regionType") == "COUNTRY":
            errors: list[Json] = []
            COUNTRY(region.get("regionName"), "regionName", errors)
            if errors:
                raise refuse(20403, "regionName")
    return body


def payment(body: Json) -> Json:
    """eBay handles payments: instructions are no longer supported, and immediate payment is off unless told."""
    body.pop("paymentInstructions", None)
    body.setdefault("immediatePay", False)
    return body


def returns(body: Json) -> Json:
    """Terms of a return need an accepted return; some members are neither read nor returned."""
    for name in ("extendedHolidayReturnsOffered", "restockingFeePercentage"):
        body.pop(name, None)
    if any(one["name"] == "MOTORS_VEHICLES" for one in body["categoryTypes"]):
        raise refuse(20403, "categoryTypes")
    if body["returnsAccepted"]:
        for name in ("returnPeriod", "returnShippingCostPayer"):
            if name not in body:
                raise refuse(20401, name)
        if body["returnPeriod"] != {"unit": "DAY", "value": body["returnPeriod"]["value"]}:
            raise refuse(20406, "The period is told in days.")
        if body["returnPeriod"]["value"] not in DAYS:
            raise refuse(20406, "The period has 14, 30 or 60 days.")
        body.setdefault("refundMethod", "MONEY_BACK")
    else:
        for name in ("returnPeriod", "returnShippingCostPayer", "returnMethod", "refundMethod"):
            body.pop(name, None)
    return body
