"""What Etsy's answers have to be: the parts that its description names and that are read here.

Its description requires no member by the letter (2026-08-17); what each operation exists to tell is required here.
"""

from reconciler.providers.forms import Form, anything, flag, parts, record, rows, text, whole

TOKEN = parts({"access_token": text}, {"refresh_token": text, "expires_in": whole})
SELF = parts({"user_id": whole, "shop_id": whole})
SHOP = parts({"shop_id": whole, "login_name": text, "currency_code": text})
_MONEY = parts({"amount": whole, "divisor": whole, "currency_code": text})
_OFFERING = parts(
    {"price": _MONEY, "quantity": whole}, {"is_enabled": flag, "is_deleted": flag, "readiness_state_id": whole}
)
_PRODUCT = parts(
    {"offerings": rows(_OFFERING)}, {"sku": text, "is_deleted": flag, "property_values": rows(record)}
)
_PROPERTIES = ("price_on_property", "quantity_on_property", "sku_on_property", "readiness_state_on_property")
_NUMBERS = rows(whole)
INVENTORY = parts({"products": rows(_PRODUCT)}, dict.fromkeys(_PROPERTIES, _NUMBERS))
WITH_LISTING = parts(
    {"products": rows(_PRODUCT), "listing": parts({"listing_id": whole, "state": text})},
    dict.fromkeys(_PROPERTIES, _NUMBERS),
)
LISTINGS = parts({"count": whole, "results": rows(record)})
LISTED = parts({"listing_id": whole, "state": text}, {"inventory": INVENTORY})
LISTING = parts({"listing_id": whole})
THINGS = parts({"count": whole, "results": rows(record)})
IMAGE = parts({"listing_image_id": whole, "url_fullxfull": text}, {"rank": whole})
IMAGES = parts({"results": rows(IMAGE)})
NODES = parts({"results": rows(parts({"id": whole}, {"name": text, "children": rows(record)}))})
_DEFINITION = parts(
    {"property_id": whole},
    {
        "display_name": text,
        "name": text,
        "possible_values": rows(parts({"value_id": whole}, {"name": text})),
        "scales": rows(record),
        "max_values_allowed": whole,
    },
)
DEFINITIONS = parts({"results": rows(_DEFINITION)})
PROPERTY = parts({"property_id": whole}, {"property_name": text, "values": rows(text), "value_ids": rows(whole)})
PROPERTIES = parts({"results": rows(PROPERTY)})
#: What making an object answers, by the number that it has then.
MADE = {name: parts({name: whole}) for name in ("return_policy_id", "shop_section_id", "readiness_state_id")}
_DESTINATION = parts(
    {"shipping_profile_destination_id": whole, "primary_cost": _MONEY},
    {
        "destination_country_iso": text,
        "destination_region": text,
        "secondary_cost": _MONEY,
        "min_delivery_days": whole,
        "max_delivery_days": whole,
    },
)
PROFILE = parts(
    {"shipping_profile_id": whole, "title": text}, {"shipping_profile_destinations": rows(_DESTINATION)}
)
DONE: Form = anything
