"""How eBay says no: numbered errors with parameters, and warnings of the same form beside a success."""

from __future__ import annotations

from reconciler.simulator.http import Refused
from reconciler.simulator.world import Json

INVENTORY, ACCOUNT, FEED = "API_INVENTORY", "API_ACCOUNT", "API_FEED"
TAXONOMY, METADATA = "API_TAXONOMY", "API_METADATA"

#: What eBay says under a number, by domain; `{}` is what it is about.
MESSAGES = {
    25001: (INVENTORY, "A system error has occurred. {}"),
    25002: (INVENTORY, "A user error has occurred. {}"),
    25003: (INVENTORY, "The price is invalid. {}"),
    25004: (INVENTORY, "The quantity is invalid. {}"),
    25005: (INVENTORY, "The category ID is invalid. {}"),
    25007: (INVENTORY, "The data in the associated fulfillment policy is invalid. {}"),
    25008: (INVENTORY, "The data in the associated payment policy is invalid. {}"),
    25009: (INVENTORY, "The data in the associated return policy is invalid. {}"),
    25011: (INVENTORY, "The tax information is invalid. {}"),
    25012: (INVENTORY, "The inventory location is invalid. {}"),
    25014: (INVENTORY, "The pictures are invalid. {}"),
    25015: (INVENTORY, "The picture URL is invalid. {}"),
    25017: (INVENTORY, "{} is missing."),
    25019: (INVENTORY, "The listing cannot be revised. {}"),
    25021: (INVENTORY, "The condition information is invalid. {}"),
    25025: (INVENTORY, "Concurrent access of the same object is not allowed. Please try again later. {}"),
    25026: (INVENTORY, "The selling limits are exceeded. {}"),
    25028: (INVENTORY, "{} is not applicable and has been dropped"),
    25029: (INVENTORY, "{} is required for this category."),
    25030: (INVENTORY, "{} is not applicable for the condition and has been dropped"),
    25077: (INVENTORY, "Duplicate regulatory ID(s) {} sent in the request."),
    25079: (INVENTORY, "The repair score must be in the range from 0 to 10 with one decimal place. {}"),
    25081: (INVENTORY, "Hazardous material information is incomplete: it must include statements. {}"),
    25083: (INVENTORY, "Energy efficiency image is missing. Image is required with image description. {}"),
    25084: (INVENTORY, "There must be both an energy efficiency label and a product information sheet. {}"),
    25086: (INVENTORY, "The URL provided must be an eBay Picture Service URL. {}"),
    25088: (INVENTORY, "The email address provided is formatted incorrectly. {}"),
    25096: (
        INVENTORY,
        "This listing is on hold due to a policy violation. You may revise it to resolve the situation. {}",
    ),
    25097: (INVENTORY, "This listing is on hold due to a policy violation, and revisions are not possible. {}"),
    25104: (INVENTORY, "Regulatory document ID(s) {} not found. Please use valid ID(s)."),
    25107: (INVENTORY, "Documents must be in the SUBMITTED or ACCEPTED state: {}."),
    25108: (INVENTORY, "The product safety structure is incorrect. {}"),
    25109: (INVENTORY, "Product safety information is incomplete: it must include pictograms or statements. {}"),
    25110: (INVENTORY, "The manufacturer's address is incomplete. {}"),
    25111: (INVENTORY, "The manufacturer's company name is missing. {}"),
    25112: (INVENTORY, "The structure of responsible persons is incorrect. {}"),
    25113: (INVENTORY, "A responsible person's address is incomplete. {}"),
    25114: (INVENTORY, "The responsible person's company name is missing. {}"),
    25115: (INVENTORY, "Either the manufacturer or a responsible person must be located in the EU. {}"),
    25116: (INVENTORY, "A responsible person needs a type. {}"),
    25118: (INVENTORY, "The manufacturer needs a contact: an address, email, contact URL or phone. {}"),
    25119: (INVENTORY, "A responsible person needs a contact: an address, email, contact URL or phone. {}"),
    25122: (INVENTORY, "The contact URL is incorrectly formatted. {}"),
    25124: (INVENTORY, "This P&A listing requires a 30-day return period; the return policy was updated. {}"),
    25401: (INVENTORY, "Invalid listing options were removed. {}"),
    25702: (INVENTORY, "SKU {} could not be found or is not available in the system."),
    25706: (INVENTORY, "The pagination values are invalid. {}"),
    25707: (INVENTORY, "Invalid SKU: it has to be alphanumeric with up to 50 characters. {}"),
    25709: (INVENTORY, "Invalid value for {}."),
    25710: (INVENTORY, "We didn't find the entity that is requested. {}"),
    25713: (INVENTORY, "This offer is not available: {}."),
    25718: (INVENTORY, "The listing cannot be migrated. {}"),
    25727: (INVENTORY, "The number of inventory items in the request cannot exceed {}."),
    25728: (INVENTORY, "Inventory items should be unique in the request. {}"),
    25729: (INVENTORY, "The combination of SKU, marketplaceId and format should be unique. {}"),
    25730: (INVENTORY, "The number of offers in the request cannot exceed {}."),
    25731: (INVENTORY, "offerId should be unique in the request. {}"),
    25733: (INVENTORY, "Valid SKU and locale information are required for all items in the request. {}"),
    25734: (INVENTORY, "SKU should be unique in the request. {}"),
    25735: (INVENTORY, "Invalid SKU, marketplaceId or format. {}"),
    25754: (INVENTORY, "One or more of the offerIds are invalid. {}"),
    25800: (INVENTORY, "Invalid {}."),
    25801: (INVENTORY, "Missing field {}."),
    25802: (INVENTORY, "Input error. {}"),
    25803: (INVENTORY, "{} already exists."),
    25804: (ACCOUNT, "{} already exists."),  # so the document says of opting out of what is not there
    25805: (INVENTORY, "{} not found."),
    25806: (INVENTORY, "A fulfillment center cannot be deleted. However, you may disable it. {}"),
    20201: (ACCOUNT, "{} (Click and Collect Program) can not be enabled for this seller or marketplace."),
    20400: (ACCOUNT, "Invalid request. {}"),
    20401: (ACCOUNT, "Missing field {}."),
    20403: (ACCOUNT, "Invalid {}."),
    20404: (ACCOUNT, "{} not found."),
    20405: (ACCOUNT, "Invalid payment method. {}"),
    20406: (ACCOUNT, "Invalid return option. {}"),
    20409: (ACCOUNT, "The policy cannot be deleted. {}"),
    62002: (TAXONOMY, "Missing marketplace ID. {}"),
    62003: (TAXONOMY, "The specified marketplace ID was not found. {}"),
    62004: (TAXONOMY, "The specified category tree ID was not found. {}"),
    62005: (TAXONOMY, "The specified category ID does not belong to the category tree. {}"),
    62006: (TAXONOMY, "Missing category ID. {}"),
    62009: (TAXONOMY, "The specified category ID must be a leaf category. {}"),
    46001: (METADATA, "The specified marketplace ID was not found. {}"),
    46002: (METADATA, "The filter value is invalid. {}"),
    46003: (METADATA, "The specified categoryId was not found for the marketplace. {}"),
    46004: (METADATA, "Only 50 category IDs of the filter are considered. {}"),
    160003: (FEED, "Task {} does not exist."),
    160004: (FEED, "You must submit either a feed_type or a schedule_id. {}"),
    160005: (FEED, "Both feed_type and schedule_id were provided. Please remove one of them. {}"),
    160006: (FEED, "The feed_type {} is invalid."),
    160007: (FEED, "The schedule_id {} is invalid."),
    160008: (FEED, "Both look_back_days and date_range were provided. Please remove one of them. {}"),
    160009: (FEED, "The format of date_range is yyyy-MM-ddThh:mm:ss.sssZ..yyyy-MM-ddThh:mm:ss.sssZ. {}"),
    160010: (FEED, "The date_range must be less than or equal to 90 days. {}"),
    160011: (FEED, "The look_back_days value must be between 1 and 90. {}"),
    160012: (FEED, "The limit value is out of range. {}"),
    160013: (FEED, "The offset value cannot be less than zero. {}"),
    160014: (FEED, "No file was found for task {}."),
    160016: (FEED, "The beginning of date_range must be before its end. {}"),
    160017: (FEED, "The feedType is missing or invalid. {}"),
    160018: (FEED, "The schemaVersion is invalid. {}"),
    160019: (FEED, "The filterCriteria is invalid. {}"),
    160024: (FEED, "You have reached the maximum number of feed tasks that can be queued or processed. {}"),
    160025: (FEED, "You have exceeded the maximum number of tasks that can be created. {}"),
    160027: (FEED, "The X-EBAY-C-MARKETPLACE-ID header is missing or invalid. {}"),
    160029: (FEED, "The offset value must be a multiple of the limit value. {}"),
    160030: (FEED, "This resource is not applicable for the feed type {}."),
    190013: ("API_MEDIA", "The image URL is invalid. {}"),
    190014: ("API_MEDIA", "The image cannot be read. {}"),
    190015: ("API_MEDIA", "The image {} was not found."),
    1001: ("OAuth", "Invalid access token. {}"),
    1100: ("ACCESS", "Access denied. {}"),
    2001: ("ACCESS", "Too many requests. {}"),
    2002: ("ACCESS", "Resource not found. {}"),
    2003: ("ACCESS", "Internal error. {}"),
    2004: ("ACCESS", "Invalid request. {}"),
}
CATEGORIES = {
    25001: "APPLICATION",
    25025: "APPLICATION",
    2003: "APPLICATION",
    160024: "BUSINESS",
    160025: "BUSINESS",
}


def error(number: int, about: str = "", **parameters: str) -> Json:
    """One entry of `errors` or `warnings`; `about` goes into the message."""
    domain, message = MESSAGES[number]
    text = message.format(about).strip()
    return {
        "errorId": number,
        "domain": domain,
        "category": CATEGORIES.get(number, "REQUEST"),
        "message": text,
        "longMessage": text,
        **(
            {"parameters": [{"name": name, "value": value} for name, value in parameters.items()]}
            if parameters
            else {}
        ),
    }


class Refusal(Refused):
    """An answer with one or more `errors`."""

    def __init__(self, status: int, *errors: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, {"errors": list(errors)}, headers=headers)
        self.errors = list(errors)


class OAuthRefusal(Refusal):
    """The token endpoint and the page of consent speak OAuth's error form."""

    def __init__(self, name: str, description: str, status: int = 400) -> None:
        super().__init__(status, error(2004, description))
        self.name, self.description = name, description

    def body(self) -> Json:
        return {"error": self.name, "error_description": self.description}


def refuse(number: int, about: str = "", status: int = 400, **parameters: str) -> Refusal:
    return Refusal(status, error(number, about, **parameters))
