"""The file of LMS_ACTIVE_INVENTORY_REPORT: what is listed on one site, by item number.

Its columns are those of ActiveInventoryReport (XML reference of the feed types, 1355) without what auctions and
variations have besides; a price is a double, without the zeros at its end.
"""

from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import escape

from reconciler.simulator.ebay import items, listings, offers
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayWorld
from reconciler.simulator.merge import dig

ROW = """<SKUDetails>{sku}<Price currencyID="{currency}">{price}</Price><Quantity>{quantity}</Quantity>
<ItemID>{item}</ItemID></SKUDetails>
"""
FILE = """<?xml version="1.0" encoding="UTF-8"?>
<BulkDataExchangeResponses xmlns="urn:ebay:apis:eBLBaseComponents"><ActiveInventoryReport>
<Timestamp>{at}</Timestamp><Ack>Success</Ack><Version>1355</Version><CorrelationID>{task}</CorrelationID>
{rows}</ActiveInventoryReport></BulkDataExchangeResponses>
"""


def xml(world: EbayWorld, seller: str, site: str, task: str) -> str:
    """SKU, price, quantity and item number of what is listed, also of what was made elsewhere."""
    rows = []
    for listing in listings.of_seller(world, seller, live=True):
        if listing.site != site:
            continue
        offer = offers.load(world, seller, listing.offer) if listing.offer else None
        body = offer.body if offer else listing.body["offer"]
        item = items.load(world, seller, offer.sku) if offer else listing.body["item"]
        sku = offer.sku if offer else listing.body.get("sku")
        price = dig(body, "pricingSummary", "price") or {}
        rows.append(
            ROW.format(
                sku=f"<SKU>{escape(sku)}</SKU>" if sku else "",
                currency=price.get("currency", SITES[site].currency),
                price=_double(price.get("value", "0.0")),
                quantity=listings.shown_quantity(item, body),
                item=listing.id,
            )
        )
    return FILE.format(at=world.stamp, task=task, rows="".join(rows))


def _double(value: str) -> str:
    """60.00 is 60.0, and 12.90 is 12.9."""
    whole, _, cents = f"{Decimal(value):f}".partition(".")
    return f"{whole}.{cents.rstrip('0') or '0'}"
