"""The table of operations: method, path, handler, and what each asks of a request."""

from __future__ import annotations

from reconciler.simulator.allegro import (
    account,
    after_sales,
    auth,
    bulk,
    bundles,
    catalogue,
    commands,
    events,
    listing,
    login,
    offers_read,
    offers_write,
    operations,
    pictures,
    promo,
    responsible,
    shipping_rates,
    small_settings,
    tags,
)
from reconciler.simulator.allegro.refusals import BETA, PUBLIC
from reconciler.simulator.allegro.world import AllegroRoute
from reconciler.simulator.http import PLAIN
from reconciler.simulator.router import Router

OFFER = "/sale/product-offers/{offerId}"
UPLOAD_TYPES = (PUBLIC, "image/jpeg", "image/png", "image/webp")


def _offers() -> list[AllegroRoute]:
    return [
        AllegroRoute("GET", "/sale/offers", listing.list_offers),
        AllegroRoute("DELETE", "/sale/offers/{offerId}", offers_write.delete_draft),
        AllegroRoute("POST", "/sale/product-offers", offers_write.create_offer, content=PUBLIC),
        AllegroRoute("GET", OFFER, offers_read.read_offer, holder_401=True),
        AllegroRoute("PATCH", OFFER, offers_write.edit_offer, content=PUBLIC),
        AllegroRoute("GET", f"{OFFER}/parts", offers_read.read_parts, holder_401=True),
        AllegroRoute("GET", f"{OFFER}/operations/{{operationId}}", operations.read_operation),
        AllegroRoute("POST", "/upload/sale/images", pictures.upload, content=UPLOAD_TYPES),
        AllegroRoute("GET", "/sale/offer-events", events.read_events, error_media=PLAIN),
    ]


def _commands() -> list[AllegroRoute]:
    found = []
    paths = {
        "publication": "publication",
        "price": "price-change",
        "quantity": "quantity-change",
        "modification": "modification",
    }
    for family, word in paths.items():
        path = f"/sale/offer-{word}-commands/{{commandId}}"
        found += [
            AllegroRoute("PUT", path, commands.put_command(family), content=PUBLIC),
            AllegroRoute("GET", path, commands.read_report(family)),
            AllegroRoute("GET", f"{path}/tasks", commands.read_tasks(family)),
        ]
    path = "/sale/offer-bulk-modification-commands"
    return [
        *found,
        AllegroRoute("POST", path, bulk.post_bulk, media=BETA, content=BETA),
        AllegroRoute("GET", f"{path}/{{commandId}}", commands.read_report("bulk")),
        AllegroRoute("GET", f"{path}/{{commandId}}/tasks", commands.read_tasks("bulk")),
    ]


def _public() -> list[AllegroRoute]:
    """Where a token of the application is enough, or none is needed."""
    return [
        AllegroRoute("GET", "/marketplaces", account.marketplaces, open=True),
        AllegroRoute("GET", "/sale/categories", catalogue.list_categories, application=True),
        AllegroRoute("GET", "/sale/categories/{categoryId}", catalogue.read_category, application=True),
        AllegroRoute(
            "GET", "/sale/categories/{categoryId}/parameters", catalogue.list_parameters, application=True
        ),
        AllegroRoute(
            "GET",
            "/sale/categories/{categoryId}/product-parameters",
            catalogue.list_product_parameters,
            application=True,
        ),
        AllegroRoute("GET", "/sale/delivery-methods", account.delivery_methods, application=True),
        AllegroRoute("GET", "/sale/tax-settings", account.tax_settings, application=True, holder_401=True),
    ]


def _account() -> list[AllegroRoute]:
    return [
        AllegroRoute("GET", "/me", account.me),
        AllegroRoute("GET", "/sale/products", catalogue.search_products),
        AllegroRoute("GET", "/sale/products/{productId}", catalogue.read_product),
    ]


def _tokens() -> list[AllegroRoute]:
    form = "application/x-www-form-urlencoded"
    return [
        AllegroRoute("POST", "/auth/oauth/token", auth.token, media=PLAIN, content=form, open=True),
        AllegroRoute("POST", "/auth/oauth/device", auth.device, media=PLAIN, content=form, open=True),
        AllegroRoute("POST", "/auth/oauth/revoke", auth.revoke, media=PLAIN, content=form, open=True),
    ]


ROUTES = Router(
    [
        *_offers(),
        *_commands(),
        *_public(),
        *_account(),
        *_tokens(),
        *shipping_rates.routes(),
        *after_sales.routes(),
        *responsible.routes(),
        *small_settings.routes(),
        *tags.routes(),
        *bundles.routes(),
        *promo.routes(),
    ]
)

# For people's browsers, not for programs.
PAGES = Router([AllegroRoute("GET", "/auth/oauth/authorize", login.authorize, media=PLAIN, open=True)])
