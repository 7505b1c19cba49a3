"""The table of operations: method, path, handler, scope, query and body, in the words of the description."""

from __future__ import annotations

from reconciler.simulator.etsy import (
    attributes,
    auth,
    inventory,
    listings_read,
    listings_write,
    login,
    pictures,
    policies,
    shipping,
    shops,
    taxonomy,
    translations,
    variation_images,
)
from reconciler.simulator.etsy.forms import Fields
from reconciler.simulator.etsy.world import FORM, MULTIPART, EtsyRoute
from reconciler.simulator.http import PLAIN
from reconciler.simulator.router import Handler, Router

BASE = "/v3/application"
SHOP = f"{BASE}/shops/{{shop_id}}"
LISTING = f"{BASE}/listings/{{listing_id}}"
OWN = f"{SHOP}/listings/{{listing_id}}"
PROFILE = f"{SHOP}/shipping-profiles/{{shipping_profile_id}}"
PAGE = "limit offset"


def _form(method: str, path: str, handler: Handler, scope: str, fields: Fields, *, absent: int = 404) -> EtsyRoute:
    return EtsyRoute(method, path, handler, FORM, scope=scope, fields=fields, absent=absent)


def _listings() -> list[EtsyRoute]:
    r, w = "listings_r", "listings_w"
    many = f"{BASE}/listings/batch"
    query = f"{PAGE} state sort_on sort_order includes"
    one = "includes language allow_suggested_title"
    of_many = "listing_ids includes legacy currency buyer_country"
    return [
        EtsyRoute("GET", f"{SHOP}/listings", listings_read.list_listings, scope=r, query=query),
        _form("POST", f"{SHOP}/listings", listings_write.create_draft, w, listings_write.CREATION),
        EtsyRoute("GET", many, listings_read.read_batch, query=of_many),
        EtsyRoute("GET", f"{many}/inventory", listings_read.read_inventories, scope=r, query="listing_ids"),
        EtsyRoute("GET", f"{many}/shipping", listings_read.read_shippings, scope="shops_r", query="listing_ids"),
        EtsyRoute("GET", LISTING, listings_read.read_listing, query=one),
        EtsyRoute("DELETE", LISTING, listings_write.delete, scope="listings_d"),
        _form("PATCH", OWN, listings_write.edit, w, listings_write.EDIT),
        EtsyRoute(
            "GET", f"{LISTING}/inventory", listings_read.read_inventory, scope=r, query="show_deleted includes"
        ),
        EtsyRoute(
            "PUT",
            f"{LISTING}/inventory",
            inventory.put_inventory,
            PLAIN,
            scope=w,
            query="max_variations_supported",
        ),
    ]


def _parts() -> list[EtsyRoute]:
    """What a listing has besides: properties, pictures, translations."""
    w = "listings_w"
    of_property = f"{OWN}/properties/{{property_id}}"
    translation = f"{OWN}/translations/{{language}}"
    linked = f"{OWN}/variation-images"
    return [
        EtsyRoute("GET", f"{OWN}/properties", attributes.get_properties),
        EtsyRoute("GET", f"{LISTING}/properties/{{property_id}}", attributes.get_property),
        _form("PUT", of_property, attributes.put_property, w, attributes.FORM),
        EtsyRoute("DELETE", of_property, attributes.delete_property, scope=w),
        EtsyRoute("GET", f"{LISTING}/images", pictures.get_images),
        EtsyRoute("GET", f"{LISTING}/images/{{listing_image_id}}", pictures.get_image),
        EtsyRoute("POST", f"{OWN}/images", pictures.upload, MULTIPART, scope=w, fields=pictures.UPLOAD),
        EtsyRoute("DELETE", f"{OWN}/images/{{listing_image_id}}", pictures.delete, scope=w),
        EtsyRoute("GET", linked, pictures.get_variation_images),
        EtsyRoute("POST", linked, variation_images.post_variation_images, PLAIN, scope=w),
        EtsyRoute("GET", translation, translations.get_translation),
        _form("POST", translation, translations.create_translation, w, translations.FORM),
        _form("PUT", translation, translations.update_translation, w, translations.FORM),
    ]


def _shipping() -> list[EtsyRoute]:
    r, w = "shops_r", "shops_w"
    places, upgrades = f"{PROFILE}/destinations", f"{PROFILE}/upgrades"
    place, upgrade = f"{places}/{{shipping_profile_destination_id}}", f"{upgrades}/{{upgrade_id}}"
    return [
        EtsyRoute("GET", f"{SHOP}/shipping-profiles", shipping.get_profiles, scope=r),
        _form("POST", f"{SHOP}/shipping-profiles", shipping.create_profile, w, shipping.CREATION),
        EtsyRoute("GET", PROFILE, shipping.get_profile, scope=r),
        _form("PUT", PROFILE, shipping.update_profile, w, shipping.EDIT),
        EtsyRoute("DELETE", PROFILE, shipping.delete_profile, scope=w),
        EtsyRoute("GET", places, shipping.get_destinations, scope=r, query=PAGE),
        _form("POST", places, shipping.create_destination, w, shipping.NEW_PLACE, absent=400),
        _form("PUT", place, shipping.update_destination, w, shipping.EDIT_PLACE),
        EtsyRoute("DELETE", place, shipping.delete_destination, scope=w),
        EtsyRoute("GET", upgrades, shipping.get_upgrades, scope=r),
        _form("POST", upgrades, shipping.create_upgrade, w, shipping.NEW_UPGRADE),
        _form("PUT", upgrade, shipping.update_upgrade, w, shipping.EDIT_UPGRADE),
        EtsyRoute("DELETE", upgrade, shipping.delete_upgrade, scope=w),
    ]


def _policies() -> list[EtsyRoute]:
    r, w = "shops_r", "shops_w"
    policy, section = f"{SHOP}/policies/return", f"{SHOP}/sections"
    ready = f"{SHOP}/readiness-state-definitions"
    one, definition = f"{policy}/{{return_policy_id}}", f"{ready}/{{readiness_state_definition_id}}"
    return [
        EtsyRoute("GET", policy, policies.get_policies),
        _form("POST", policy, policies.create_policy, w, policies.RETURNS),
        EtsyRoute("GET", one, policies.get_policy),
        _form("PUT", one, policies.update_policy, w, policies.RETURNS),
        EtsyRoute("DELETE", one, policies.delete_policy, scope=w, absent=400),
        EtsyRoute("GET", ready, policies.get_definitions, scope=r, query=PAGE),
        _form("POST", ready, policies.create_definition, w, policies.NEW_READINESS),
        EtsyRoute("GET", definition, policies.get_definition, scope=r),
        _form("PUT", definition, policies.update_definition, w, policies.EDIT_READINESS),
        EtsyRoute("DELETE", definition, policies.delete_definition, scope=w),
        EtsyRoute("GET", section, shops.get_sections),
        _form("POST", section, shops.create_section, w, shops.SECTION_FORM),
        EtsyRoute("GET", f"{section}/{{shop_section_id}}", shops.get_section),
        _form("PUT", f"{section}/{{shop_section_id}}", shops.update_section, w, shops.SECTION_FORM, absent=400),
        EtsyRoute("DELETE", f"{section}/{{shop_section_id}}", shops.delete_section, scope=w, absent=400),
    ]


def _others() -> list[EtsyRoute]:
    nodes = f"{BASE}/seller-taxonomy/nodes"
    return [
        EtsyRoute("GET", f"{BASE}/openapi-ping", shops.ping),
        EtsyRoute("GET", nodes, taxonomy.get_nodes),
        EtsyRoute("GET", f"{nodes}/{{taxonomy_id}}/properties", taxonomy.get_properties),
        EtsyRoute("GET", SHOP, shops.get_shop),
        EtsyRoute("GET", f"{BASE}/users/me", shops.get_me, scope="shops_r"),
        EtsyRoute("GET", f"{BASE}/users/{{user_id}}", shops.get_user, scope="email_r"),
        EtsyRoute("GET", f"{BASE}/users/{{user_id}}/shops", shops.get_shop_of_user),
        EtsyRoute("POST", f"{auth.TOKENS}/token", auth.token, FORM, open=True),
    ]


ROUTES = Router([*_listings(), *_parts(), *_shipping(), *_policies(), *_others()])

# For people's browsers, not for programs.
PAGES = Router([EtsyRoute("GET", "/oauth/connect", login.connect, open=True)])
