"""Where eBay's descriptions are wrong about themselves, and which answers they forget to declare.

Everything here weakens the witness, so everything here has a reason, and the list is meant to stay short.
"""

from dataclasses import dataclass
from typing import Any

from contract.corrections import Correction

_SCHEMAS = "#/components/schemas"


def _bulk(path: str, answer: str) -> Correction:
    return Correction(
        f"#/paths/~1{path}/post/responses/207/content",
        was={},
        now={"application/json": {"schema": {"$ref": f"{_SCHEMAS}/{answer}"}}},
        reason="a 207 is declared without its body; the guide shows the rows of the 200",
    )


#: By description.
CORRECTIONS: dict[str, tuple[Correction, ...]] = {
    "sell_inventory_v1": (
        Correction(
            f"{_SCHEMAS}/Product/properties/aspects/type",
            was="string",
            now="object",
            reason='its own text shows an object of lists: "aspects": {"Brand": ["GoPro"]}',
        ),
        Correction(
            f"{_SCHEMAS}/Product/properties/aspects/additionalProperties",
            was=None,
            now={"type": "array", "items": {"type": "string"}},
            reason="likewise",
        ),
        _bulk("bulk_create_or_replace_inventory_item", "BulkInventoryItemResponse"),
        _bulk("bulk_get_inventory_item", "BulkGetInventoryItemResponse"),
        _bulk("bulk_update_price_quantity", "BulkPriceQuantityResponse"),
        _bulk("bulk_create_offer", "BulkOfferResponse"),
        _bulk("bulk_publish_offer", "BulkPublishResponse"),
        _bulk("bulk_migrate_listing", "BulkMigrateListingResponse"),
    ),
}

#: Statuses with the errors object, whatever the operation declares.
TOLERATED = {
    400: "declared everywhere, without the body that the guide on errors shows",
    401: "every operation asks for a token; none declares the answer to a bad one",
    403: "a token without the scope of the operation is refused everywhere; few say so",
    404: "a thing that is not there; a few operations declare only their 400",
    406: "an Accept header that admits no JSON",
    409: "a key or a default that is taken; declared by most that answer it",
    413: "a body that is too large",
    415: "an unknown Content-Type",
    429: "limits hold for every operation; none declares them",
    500: "declared everywhere, without its body",
}
#: Faults of a gateway: anything may stand in them.
GATEWAY = frozenset({500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class ByHand:
    """An answer that no saved description has: its shape is written down here, from the page that is named."""

    method: str
    path: str
    status: int
    schema: dict[str, Any]
    source: str


_TEXT = {"type": "string", "minLength": 1}
_IMAGE = {
    "type": "object",
    "required": ["imageUrl", "expirationDate"],
    "properties": {"imageUrl": _TEXT, "expirationDate": _TEXT},
    "additionalProperties": False,
}
_MEDIA = "developer.ebay.com/api-docs/commerce/media/resources/image"
_IMAGES = "/commerce/media/v1_beta/image"
BY_HAND = (
    ByHand("POST", f"{_IMAGES}/create_image_from_file", 201, _IMAGE, _MEDIA),
    ByHand("POST", f"{_IMAGES}/create_image_from_url", 201, _IMAGE, _MEDIA),
    ByHand("GET", f"{_IMAGES}/", 200, _IMAGE, _MEDIA),
    ByHand(
        "GET",
        "/commerce/identity/v1/user",
        200,
        {
            "type": "object",
            "required": ["userId", "username"],
            "properties": {
                "userId": _TEXT,
                "username": _TEXT,
                "accountType": {"enum": ["BUSINESS", "INDIVIDUAL"]},
                "registrationMarketplaceId": _TEXT,
                "status": {"enum": ["CONFIRMED", "UNCONFIRMED", "ACCOUNTONHOLD", "UNDETERMINED"]},
                "businessAccount": {"type": "object"},
                "individualAccount": {"type": "object"},
            },
            "additionalProperties": False,
        },
        "developer.ebay.com/api-docs/buy/identity/types/api:UserResponse",
    ),
)
TOKENS = {
    "type": "object",
    "required": ["access_token", "expires_in", "token_type"],
    "properties": {
        "access_token": _TEXT,
        "expires_in": {"const": 7200},
        "token_type": {"enum": ["User Access Token", "Application Access Token"]},
        "refresh_token": _TEXT,
        "refresh_token_expires_in": {"type": "integer", "minimum": 1},
    },
    "dependentRequired": {"refresh_token": ["refresh_token_expires_in"]},
    "additionalProperties": False,
}
OAUTH_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": _TEXT, "error_description": {"type": "string"}},
    "additionalProperties": False,
}
#: What a request for tokens must and may say, by grant; the client stands in the header and nowhere else.
GRANTS = {
    "authorization_code": ({"code", "redirect_uri"}, set()),
    "refresh_token": ({"refresh_token"}, {"scope"}),
    "client_credentials": ({"scope"}, set()),
}
