"""Translations of a listing into the other languages of its shop."""

from __future__ import annotations

from reconciler.simulator.etsy import listings, things
from reconciler.simulator.etsy.forms import Field, Fields
from reconciler.simulator.etsy.listing_shape import LANGUAGES, translation_of
from reconciler.simulator.etsy.refusals import Refusal, at, missing
from reconciler.simulator.etsy.texts import problems_of
from reconciler.simulator.etsy.world import EtsyCall
from reconciler.simulator.http import Reply

FORM: Fields = {"title": Field(required=True), "description": Field(required=True), "tags": Field("texts")}


def get_translation(call: EtsyCall) -> Reply:
    seller = things.owner(call.world, call.ids["shop_id"])
    listing = listings.need(call.world, call.ids["listing_id"], seller)
    language = _language(call, seller)
    if language not in listing.meta["translations"]:
        raise missing(f"translation {language} of listing {listing.id}")
    return Reply(200, translation_of(call.world, listing, language))


def create_translation(call: EtsyCall) -> Reply:
    return _write(call, exists=False)


def update_translation(call: EtsyCall) -> Reply:
    return _write(call, exists=True)


def _write(call: EtsyCall, *, exists: bool) -> Reply:
    listing = listings.need(call.world, call.ids["listing_id"], call.seller)
    language = _language(call, call.seller)
    if exists and language not in listing.meta["translations"]:
        raise missing(f"translation {language} of listing {listing.id}")
    if not exists and language in listing.meta["translations"]:
        raise Refusal(400, f"Listing {listing.id} has a translation {language} already")
    for found in problems_of(call.body, call.world.settings.caps):
        raise at(found["path"].strip("/"), found["message"])
    listing.meta["translations"][language] = {"tags": [], **call.body}
    listing.updated = call.world.moment
    listings.save(call.world, listing)
    return Reply(200, translation_of(call.world, listing, language))


def _language(call: EtsyCall, seller: str) -> str:
    """A language of the shop, but not the first, which is the listing's own."""
    language, own = call.params["language"], call.world.shop(seller)["languages"]
    if language not in LANGUAGES and language != "en":
        raise Refusal(400, f"Invalid language {language}")
    if language not in own[1:]:
        raise Refusal(400, f"The shop has no translations into {language}")
    return language
