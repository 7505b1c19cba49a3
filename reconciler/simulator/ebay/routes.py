"""The table of operations: method, path, handler, and what each asks of a request."""

from __future__ import annotations

from reconciler.simulator.ebay import (
    account,
    auth,
    conditions,
    feed,
    fees,
    items,
    items_write,
    locations,
    login,
    migrate,
    offers,
    offers_write,
    pictures,
    policies,
    price_quantity,
    programs,
    publishing,
    taxonomy,
)
from reconciler.simulator.ebay.scopes import (
    ACCOUNT,
    ACCOUNT_READ,
    IDENTITY,
    INVENTORY,
    INVENTORY_READ,
    PUBLIC,
)
from reconciler.simulator.ebay.world import JSON, EbayRoute
from reconciler.simulator.router import Router

INVENTORY_API = "/sell/inventory/v1"
ITEM = f"{INVENTORY_API}/inventory_item"
OFFER = f"{INVENTORY_API}/offer"
READ, WRITE = (INVENTORY, INVENTORY_READ), (INVENTORY,)
FORM = "application/x-www-form-urlencoded"
ANALYTICS = "/developer/analytics/v1_beta"


def _items() -> list[EbayRoute]:
    put, bulk = items_write.put_item, f"{INVENTORY_API}/bulk_create_or_replace_inventory_item"
    return [
        EbayRoute("GET", ITEM, items.list_items, scopes=READ),
        EbayRoute("GET", f"{ITEM}/{{sku}}", items.read_item, scopes=READ),
        EbayRoute("PUT", f"{ITEM}/{{sku}}", put, content=JSON, scopes=WRITE, language=True),
        EbayRoute("DELETE", f"{ITEM}/{{sku}}", items_write.delete_item, scopes=WRITE),
        EbayRoute("POST", bulk, items_write.bulk_put, content=JSON, scopes=WRITE, language=True),
        EbayRoute("POST", f"{INVENTORY_API}/bulk_get_inventory_item", items.bulk_get, content=JSON, scopes=READ),
        EbayRoute(
            "POST",
            f"{INVENTORY_API}/bulk_update_price_quantity",
            price_quantity.update,
            content=JSON,
            scopes=WRITE,
        ),
        EbayRoute("POST", f"{INVENTORY_API}/bulk_migrate_listing", migrate.migrate, content=JSON, scopes=WRITE),
    ]


def _offers() -> list[EbayRoute]:
    one, bulk = f"{OFFER}/{{offerId}}", f"{INVENTORY_API}/bulk_create_offer"
    return [
        EbayRoute("GET", OFFER, offers.list_offers, scopes=READ),
        EbayRoute("GET", one, offers.read_offer, scopes=READ),
        EbayRoute("POST", OFFER, offers_write.create_offer, content=JSON, scopes=WRITE, language=True),
        EbayRoute("POST", bulk, offers_write.bulk_create, content=JSON, scopes=WRITE, language=True),
        EbayRoute("PUT", one, offers_write.update_offer, content=JSON, scopes=WRITE, language=True),
        EbayRoute("DELETE", one, offers_write.delete_offer, scopes=WRITE),
        EbayRoute("POST", f"{OFFER}/get_listing_fees", fees.listing_fees, content=JSON, scopes=READ),
        EbayRoute("POST", f"{one}/publish", publishing.publish_offer, scopes=WRITE),
        EbayRoute("POST", f"{one}/withdraw", publishing.withdraw_offer, scopes=WRITE),
        EbayRoute(
            "POST", f"{INVENTORY_API}/bulk_publish_offer", publishing.bulk_publish, content=JSON, scopes=WRITE
        ),
    ]


def _account() -> list[EbayRoute]:
    read, write = (ACCOUNT, ACCOUNT_READ), (ACCOUNT,)
    own = [route for kind in policies.KINDS.values() for route in kind.routes(read, write)]
    return [
        *own,
        EbayRoute("GET", f"{programs.PATH}/get_opted_in_programs", programs.opted_in, scopes=read),
        EbayRoute("POST", f"{programs.PATH}/opt_in", programs.opt_in, content=JSON, scopes=write),
        EbayRoute("POST", f"{programs.PATH}/opt_out", programs.opt_out, content=JSON, scopes=write),
        EbayRoute("GET", "/sell/account/v1/privilege", account.privilege, scopes=read),
        EbayRoute("GET", "/commerce/identity/v1/user", account.user, scopes=(IDENTITY,)),
        EbayRoute("GET", f"{ANALYTICS}/rate_limit", account.client_limits, scopes=(PUBLIC,), application=True),
        EbayRoute("GET", f"{ANALYTICS}/user_rate_limit", account.user_limits, scopes=READ),
    ]


def _taxonomy() -> list[EbayRoute]:
    """Where a token of the application is enough."""
    found = {
        f"{taxonomy.PATH}/get_default_category_tree_id": taxonomy.default_tree,
        f"{taxonomy.TREE}/get_category_subtree": taxonomy.subtree,
        f"{taxonomy.TREE}/get_item_aspects_for_category": taxonomy.aspects,
    }
    public = [EbayRoute("GET", path, one, scopes=(PUBLIC,), application=True) for path, one in found.items()]
    policies = conditions.policies
    return [*public, EbayRoute("GET", conditions.PATH, policies, scopes=(PUBLIC, INVENTORY), application=True)]


def _files() -> list[EbayRoute]:
    """Pictures have a host of their own, which is a prefix here, and are taken on the common one, too."""
    form, reports = "multipart/form-data", feed.INVENTORY_PATH
    found = [
        EbayRoute("POST", feed.PATH, feed.create_task, content=JSON, scopes=WRITE),
        EbayRoute("POST", reports, feed.create_inventory_task, content=JSON, scopes=WRITE),
        EbayRoute("GET", reports, feed.list_inventory_tasks, scopes=WRITE),
        EbayRoute("GET", f"{reports}/{{task_id}}", feed.read_inventory_task, scopes=WRITE),
        EbayRoute("GET", feed.PATH, feed.list_tasks, scopes=WRITE),
        EbayRoute("GET", f"{feed.PATH}/{{task_id}}", feed.read_task, scopes=WRITE),
        EbayRoute("GET", f"{feed.PATH}/{{task_id}}/download_result_file", feed.result_file, scopes=WRITE),
    ]
    for host in ("", "/upload"):
        path = host + pictures.PATH
        found += [
            EbayRoute("POST", f"{path}/create_image_from_file", pictures.from_file, content=form, scopes=WRITE),
            EbayRoute("POST", f"{path}/create_image_from_url", pictures.from_url, content=JSON, scopes=WRITE),
            EbayRoute("GET", f"{path}/{{image_id}}", pictures.read, scopes=READ),
        ]
    return found


ROUTES = Router(
    [
        *_items(),
        *_offers(),
        *_account(),
        *_taxonomy(),
        *_files(),
        *locations.routes(READ, WRITE),
        EbayRoute("POST", "/identity/v1/oauth2/token", auth.token, content=FORM, open=True),
    ]
)

# For people's browsers, not for programs.
PAGES = Router([EbayRoute("GET", "/oauth2/authorize", login.authorize, open=True)])
