"""What the three kinds of policies consist of; which of it goes together is in `policy_rules`."""

from __future__ import annotations

from reconciler.simulator.ebay.bodies import SITE
from reconciler.simulator.ebay.shapes import DURATION, MONEY, boolean, items, one_of, record, text, whole

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
        "sortOrder": whole(1, 5),
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
        "returnInstructions": text(8000),
    },
    f"{NEEDED} returnsAccepted",
)
