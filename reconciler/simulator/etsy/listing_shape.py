"""A listing as Etsy answers it (ShopListing, ShopListingWithAssociations), and its inventory."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from reconciler.simulator.etsy import pictures, things
from reconciler.simulator.etsy.listings import ON_PROPERTY, Listing, quantity
from reconciler.simulator.etsy.shops import shop_of, user_of
from reconciler.simulator.etsy.texts import with_entities
from reconciler.simulator.etsy.world import EtsyWorld, money
from reconciler.simulator.world import Json

LANGUAGES = ("de", "en-GB", "en-IN", "en-US", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "sv")
SAME = (
    "shop_section_id", "is_customizable", "is_personalizable", "shipping_profile_id", "return_policy_id",
    "who_made", "is_supply", "item_weight", "item_weight_unit", "item_length", "item_width", "item_height",
    "item_dimensions_unit", "should_auto_renew", "taxonomy_id", "is_taxable", "rich_description",
)  # fmt: skip


def listing_of(world: EtsyWorld, listing: Listing, shop: Json, *, single: bool, language: str = "") -> Json:
    """ShopListing. `single`: a request of one listing or below the shop; only these tell its processing."""
    body, meta = listing.body, listing.meta
    texts = {"title": body["title"], "description": body["description"], "tags": body["tags"]}
    translated = meta["translations"].get(language)
    texts |= translated or {}
    cents = [one["amount"] for one in listing.offerings() if one["is_enabled"]] or [0]
    lowest = money(min(cents), shop["currency_code"])
    return {
        "listing_id": listing.id,
        "user_id": shop["user_id"],
        "shop_id": shop["shop_id"],
        "title": _text(world, texts["title"]),
        "description": _text(world, texts["description"]),
        "state": listing.state,
        **_times(listing),
        "quantity": quantity(listing, enabled_only=world.settings.enabled_only),
        "featured_rank": body["featured_rank"],
        "url": f"https://www.etsy.com/listing/{listing.id}",
        "num_favorers": 0,
        "non_taxable": not body["is_taxable"],
        "listing_type": body["type"],
        "tags": _shuffled(world, texts["tags"]),
        "materials": _shuffled(world, body["materials"]),
        "when_made": _era(world, body["when_made"]),
        "is_private": False,
        "style": body["styles"],
        "file_data": None,
        "has_variations": any(one["property_values"] for one in listing.products),
        "language": language if translated else shop["languages"][0],
        "price": lowest,
        "suggested_title": None,
        **_processing(world, listing, single=single),
        **{name: body[name] for name in SAME},
    }


def _text(world: EtsyWorld, text: str) -> str:
    return with_entities(text) if world.normalises(1) else text


def _shuffled(world: EtsyWorld, words: list[str]) -> list[str]:
    """Tags and materials come back in an order of the marketplace's own."""
    return sorted(words, key=lambda word: word[::-1]) if world.normalises(3) else words


def _era(world: EtsyWorld, era: str | None) -> str | None:
    return world.era() if era and era.startswith("2020_") and world.normalises(5) else era


def _times(listing: Listing) -> Json:
    began, updated = int(listing.meta["began"]), int(listing.updated)
    return {
        "creation_timestamp": began,
        "created_timestamp": began,
        "ending_timestamp": int(listing.meta["ending"]),
        "original_creation_timestamp": int(listing.created),
        "last_modified_timestamp": updated,
        "updated_timestamp": updated,
        "state_timestamp": int(listing.meta["since"]),
    }


def _processing(world: EtsyWorld, listing: Listing, *, single: bool) -> Json:
    """The processing profile is told of active, physical listings only (OAS, readiness_state_id)."""
    number = next((one["readiness_state_id"] for one in listing.offerings()), None)
    profile = things.find(world, things.READINESS, listing.seller, number) or {}
    told = tells_processing(world, listing, single=single)
    return {
        "readiness_state_id": number if told else None,
        "processing_min": profile.get("min_processing_days", listing.body["processing_min"]),
        "processing_max": profile.get("max_processing_days", listing.body["processing_max"]),
    }


def tells_processing(world: EtsyWorld, listing: Listing, *, single: bool) -> bool:
    return not world.normalises(4) or (single and listing.state == "active" and listing.is_physical())


def full(
    world: EtsyWorld,
    listing: Listing,
    shop: Json,
    includes: Collection[str],
    *,
    owned: bool,
    single: bool,
    language: str = "",
) -> Json:
    """ShopListingWithAssociations: the listing and what was asked for besides."""
    found = listing_of(world, listing, shop, single=single, language=language)
    found["views"] = 0
    if owned:
        found["skus"] = list(dict.fromkeys(one["sku"] for one in listing.products if one["sku"]))
    if "Images" in includes:
        found["images"] = pictures.of_listing(world, listing)
    if "Inventory" in includes:
        found["inventory"] = inventory_of(world, listing, shop, owned=owned, single=single)
    if "Shipping" in includes:
        number = listing.body["shipping_profile_id"]
        found["shipping_profile"] = things.find(world, things.PROFILE, listing.seller, number)
    if "Translations" in includes:
        own = {one: translation_of(world, listing, one) for one in listing.meta["translations"]}
        found["translations"] = {one: own.get(one) for one in LANGUAGES}
    if "Shop" in includes:
        found["shop"] = shop_of(world, shop)
    if "User" in includes:
        found["user"] = user_of(shop, owned=owned)
    found |= {"videos": []} if "Videos" in includes else {}
    return found | {
        member: None
        for member, word in (("personalization", "Personalization"), ("buyer_price", "BuyerPrice"))
        if word in includes
    }


def translation_of(world: EtsyWorld, listing: Listing, language: str) -> Json:
    """ListingTranslation."""
    kept = listing.meta["translations"][language]
    texts = {name: _text(world, kept[name]) for name in ("title", "description")}
    return {"listing_id": listing.id, "language": language, **texts, "tags": _shuffled(world, kept["tags"])}


def inventory_of(
    world: EtsyWorld, listing: Listing, shop: Json, *, owned: bool, single: bool, deleted: Iterable[Json] = ()
) -> Json:
    """ListingInventory; `deleted` are products that were there before."""
    told = tells_processing(world, listing, single=single)
    kept = listing.body["inventory"]
    products = [_product(one, shop, told=told, owned=owned, gone=False) for one in kept["products"]]
    products += [_product(one, shop, told=told, owned=owned, gone=True) for one in deleted]
    return {"products": products, **{name: kept[name] for name in ON_PROPERTY}}


def _product(product: Json, shop: Json, *, told: bool, owned: bool, gone: bool) -> Json:
    return {
        "product_id": product["product_id"],
        "sku": (product["sku"] or "") if owned else "",
        "is_deleted": gone,
        "offerings": [
            {
                "offering_id": one["offering_id"],
                "quantity": one["quantity"],
                "is_enabled": one["is_enabled"],
                "is_deleted": gone,
                "price": money(one["amount"], shop["currency_code"]),
                "readiness_state_id": one["readiness_state_id"] if told else None,
            }
            for one in product["offerings"]
        ],
        "property_values": product["property_values"],
    }
