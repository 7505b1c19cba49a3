"""What the writes of the Inventory API take: items, offers, prices with quantities, locations."""

from __future__ import annotations

from reconciler.simulator.ebay.conditions import CONDITIONS
from reconciler.simulator.ebay.shapes import (
    DURATION,
    MONEY,
    aspects,
    boolean,
    items,
    number,
    one_of,
    record,
    text,
    whole,
)
from reconciler.simulator.ebay.sites import SITES

COUNTRY = text(2, "[A-Z]{2}")
SITE = one_of(*SITES)
KEY = text(36, "[A-Za-z0-9_-]{1,36}")
ID = text(18, "[0-9]{1,18}")  # what the column of a table holds
SKU = text()  # its signs and its length have a number of their own
CODES = items(text(65, low=1))

DISTRIBUTION = record({"fulfillmentTime": DURATION, "merchantLocationKey": KEY, "quantity": whole(0)})
QUANTITY = record({"availabilityDistributions": items(DISTRIBUTION), "quantity": whole(0)})
PICKUP = record(
    {
        "availabilityType": one_of("IN_STOCK", "OUT_OF_STOCK", "SHIP_TO_STORE"),
        "fulfillmentTime": DURATION,
        "merchantLocationKey": KEY,
        "quantity": whole(0),
    }
)
PRODUCT = record(
    {
        "aspects": aspects,
        "brand": text(65),
        "description": text(4000),
        "ean": CODES,
        "epid": text(),
        "imageUrls": items(text(low=1), 0, 24),
        "isbn": CODES,
        "mpn": text(65),
        "subtitle": text(55),
        "title": text(80),
        "upc": CODES,
        "videoIds": items(text(), 0, 1),
    }
)
PACKAGE = record(
    {
        "dimensions": record(
            {
                "height": number,
                "length": number,
                "width": number,
                "unit": one_of("INCH", "FEET", "CENTIMETER", "METER"),
            },
            "height length width unit",
        ),
        "packageType": text(64, "[A-Z0-9_]+"),
        "shippingIrregular": boolean,
        "weight": record({"unit": one_of("POUND", "KILOGRAM", "OUNCE", "GRAM"), "value": number}, "unit value"),
    }
)
ITEM_MEMBERS = {
    "availability": record(
        {"pickupAtLocationAvailability": items(PICKUP), "shipToLocationAvailability": QUANTITY}
    ),
    "condition": one_of(*CONDITIONS),
    "conditionDescription": text(1000),
    "conditionDescriptors": items(
        record({"additionalInfo": text(30), "name": text(), "values": items(text())}, "name")
    ),
    "packageWeightAndSize": PACKAGE,
    "product": PRODUCT,
}
ITEM = record(ITEM_MEMBERS)
ITEM_ROW = record({**ITEM_MEMBERS, "sku": SKU, "locale": text()})
SKU_ROW = record({"sku": SKU}, "sku")

POLICY_IDS = record({"countryPolicies": items(record({"country": COUNTRY, "policyIds": items(ID)}))})
LISTING_POLICIES = record(
    {
        "bestOfferTerms": record(
            {"autoAcceptPrice": MONEY, "autoDeclinePrice": MONEY, "bestOfferEnabled": boolean}
        ),
        "eBayPlusIfEligible": boolean,
        "fulfillmentPolicyId": ID,
        "paymentPolicyId": ID,
        "productCompliancePolicyIds": items(ID),
        "regionalProductCompliancePolicies": POLICY_IDS,
        "regionalTakeBackPolicies": POLICY_IDS,
        "returnPolicyId": ID,
        "shippingCostOverrides": items(
            record(
                {
                    "additionalShippingCost": MONEY,
                    "priority": whole(1),
                    "shippingCost": MONEY,
                    "shippingServiceType": one_of("DOMESTIC", "INTERNATIONAL"),
                    "surcharge": MONEY,
                }
            )
        ),
        "takeBackPolicyId": ID,
    }
)
ADDRESS = {
    "addressLine1": text(180),
    "addressLine2": text(180),
    "city": text(64),
    "companyName": text(100),
    "contactUrl": text(250),
    "country": COUNTRY,
    "email": text(180),
    "phone": text(64),
    "postalCode": text(9),
    "stateOrProvince": text(64),
}
SAFETY = {"component": text(120), "pictograms": items(text()), "statements": items(text())}
REGULATORY = record(
    {
        "documents": items(record({"documentId": text()}, "documentId")),
        "energyEfficiencyLabel": record(
            {"imageDescription": text(), "imageURL": text(), "productInformationSheet": text()}
        ),
        "hazmat": record({**SAFETY, "signalWord": text()}),
        "manufacturer": record(ADDRESS),
        "productSafety": record(SAFETY),
        "repairScore": number,
        "responsiblePersons": items(record({**ADDRESS, "types": items(one_of("EUResponsiblePerson"))})),
    }
)
PRICES = record(
    {
        "minimumAdvertisedPrice": MONEY,
        "originallySoldForRetailPriceOn": one_of("ON_EBAY", "OFF_EBAY", "ON_AND_OFF_EBAY"),
        "originalRetailPrice": MONEY,
        "price": MONEY,
        "pricingVisibility": one_of("PRE_CHECKOUT", "DURING_CHECKOUT", "NONE"),
        "auctionReservePrice": MONEY,
        "auctionStartPrice": MONEY,
    }
)
OFFER_MEMBERS = {
    "availableQuantity": whole(0),
    "categoryId": text(20, "[0-9]+"),
    "charity": record({"charityId": text(), "donationPercentage": text()}),
    "extendedProducerResponsibility": record(
        {
            "ecoParticipationFee": MONEY,
            "producerProductId": text(),
            "productDocumentationId": text(),
            "productPackageId": text(),
            "shipmentPackageId": text(),
        }
    ),
    "hideBuyerDetails": boolean,
    "includeCatalogProductDetails": boolean,
    "listingDescription": text(500_000),
    "listingDuration": one_of("GTC"),  # fixed price knows no other
    "listingPolicies": LISTING_POLICIES,
    "listingStartDate": text(),
    "lotSize": whole(2),
    "merchantLocationKey": KEY,
    "pricingSummary": PRICES,
    "quantityLimitPerBuyer": whole(1),
    "regulatory": REGULATORY,
    "secondaryCategoryId": text(20, "[0-9]+"),
    "storeCategoryNames": items(text(), 0, 2),
    "tax": record(
        {"applyTax": boolean, "thirdPartyTaxCategory": one_of("WASTE_RECYCLING_FEE"), "vatPercentage": number}
    ),
}
#: Auctions are no part of what is practised here.
OFFER_KEYS = {"sku": SKU, "marketplaceId": SITE, "format": one_of("FIXED_PRICE")}
NEW_OFFER = record({**OFFER_MEMBERS, **OFFER_KEYS}, "sku marketplaceId format")
OFFER_ROW = record({**OFFER_MEMBERS, **OFFER_KEYS})
OFFER = record(OFFER_MEMBERS)
OFFER_ID_ROW = record({"offerId": ID}, "offerId")
PRICE_QUANTITY_ROW = record(
    {
        "offers": items(record({"availableQuantity": whole(0), "offerId": ID, "price": MONEY}, "offerId"), 0, 25),
        "shipToLocationAvailability": QUANTITY,
        "sku": SKU,
    }
)
MIGRATE = record({"requests": items(record({"listingId": ID}, "listingId"), 1, 5)}, "requests")
