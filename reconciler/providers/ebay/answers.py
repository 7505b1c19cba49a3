"""What eBay's answers have to be: the parts that its descriptions name and that are read here.

They require no member by the letter (2025-12-10); what each operation exists to tell is required here.
"""

from reconciler.providers.forms import Form, anything, parts, record, rows, text, whole

TOKEN = parts({"access_token": text}, {"refresh_token": text, "expires_in": whole})
USER = parts({"userId": text, "username": text, "registrationMarketplaceId": text})
_AMOUNT = parts({"value": text, "currency": text})
_QUANTITY = parts({}, {"shipToLocationAvailability": parts({}, {"quantity": whole})})
ITEM = parts({}, {"sku": text, "product": record, "availability": _QUANTITY})
ITEMS = parts({"total": whole}, {"inventoryItems": rows(record)})
ITEM_ROWS = parts({"responses": rows(parts({"sku": text, "statusCode": whole}, {"inventoryItem": record}))})
OFFER = parts(
    {"offerId": text, "sku": text, "marketplaceId": text, "status": text},
    {
        "availableQuantity": whole,
        "pricingSummary": parts({}, {"price": _AMOUNT}),
        "listing": parts({}, {"listingId": text, "listingStatus": text, "soldQuantity": whole}),
        "listingPolicies": record,
    },
)
OFFERS = parts({}, {"offers": rows(OFFER), "total": whole})
NEW_OFFER = parts({"offerId": text})
DONE_ROWS = parts({"responses": rows(parts({"statusCode": whole}, {"sku": text, "offerId": text}))})
MIGRATED = parts({"responses": rows(parts({"listingId": text, "statusCode": whole}))})
OBJECT: Form = record
TASK = parts({"taskId": text, "status": text})
CREATED: Form = anything
_FEE = parts({}, {"feeType": text, "amount": _AMOUNT})
LISTING_FEES = parts({}, {"feeSummaries": rows(parts({}, {"marketplaceId": text, "fees": rows(_FEE)}))})
PROGRAMS = parts({}, {"programs": rows(parts({}, {"programType": text}))})
IMAGE = parts({"imageUrl": text})
TREE = parts({"categoryTreeId": text})
SUBTREE = parts(
    {"categorySubtreeNode": parts({"category": parts({"categoryId": text}, {"categoryName": text})}, {})}
)
ASPECTS = parts({}, {"aspects": rows(parts({"localizedAspectName": text}, {"aspectConstraint": record}))})
DONE: Form = anything
