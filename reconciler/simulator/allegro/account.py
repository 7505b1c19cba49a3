"""Who the seller is, which markets there are, and small public dictionaries."""

from __future__ import annotations

import orjson

from reconciler.simulator.allegro.catalogue import category
from reconciler.simulator.allegro.defaults import TAX_EXEMPTIONS, TAX_RATES, TAX_SUBJECTS, marketplace_rows
from reconciler.simulator.allegro.refusals import BETA, PUBLIC, refuse
from reconciler.simulator.allegro.world import AllegroCall
from reconciler.simulator.http import Reply
from reconciler.simulator.media import accepts
from reconciler.simulator.world import Json


def me(call: AllegroCall) -> Reply:
    row = call.world.store.one("SELECT body FROM sellers WHERE id = ?", call.seller)
    body: Json = orjson.loads(row[0]) if row else {}
    return Reply(200, body)


def marketplaces(_call: AllegroCall) -> Reply:
    return Reply(200, {"marketplaces": marketplace_rows()})


def delivery_methods(call: AllegroCall) -> Reply:
    rows = call.world.store.all("SELECT body FROM delivery_methods ORDER BY id")
    found = [orjson.loads(row[0]) for row in rows]
    if market := call.arg("marketplace"):
        found = [one for one in found if market in one.get("marketplaces", [])]
    return Reply(200, {"deliveryMethods": found})


def tax_settings(call: AllegroCall) -> Reply:
    """GET /sale/tax-settings: the same rates for every category here."""
    key = call.arg("category.id")
    if not key:
        raise refuse(400, "VALIDATION_ERROR", "The category is required.", "category.id")
    if category(call.world, key) is None:
        raise refuse(404, "CATEGORY_NOT_EXISTS", "The category was not found.", "category.id")
    countries = call.args("countryCode") or list(TAX_RATES)
    rates = [
        {
            "countryCode": country,
            "values": [
                {"label": rate, "value": rate, "exemptionRequired": rate == "EXEMPT"}
                for rate in TAX_RATES[country]
            ],
        }
        for country in countries
        if country in TAX_RATES
    ]
    subjects = [{"label": one.capitalize(), "value": one} for one in TAX_SUBJECTS]
    exemptions = [{"label": one.capitalize(), "value": one} for one in TAX_EXEMPTIONS]
    media = PUBLIC if accepts(call.request.headers["accept"], PUBLIC) else BETA
    return Reply(200, {"subjects": subjects, "rates": rates, "exemptions": exemptions}, media=media)
