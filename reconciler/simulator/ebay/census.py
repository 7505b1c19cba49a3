"""How often an account has each thing, so that what was made twice shows."""

from __future__ import annotations

from collections import Counter

from reconciler.simulator.ebay import listings, offers
from reconciler.simulator.ebay.world import EbayWorld
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json


def census(world: EbayWorld, seller: str) -> Json:
    """Items, offers by `SKU site`, live listings by SKU and by title, policies by `kind site name`; `duplicates`.

    Listings of both worlds count: an offer that lists what is listed by hand already is a twin.
    """
    store = world.store
    by_offer = {one.id: one for one in offers.of_seller(world, seller)}
    live = listings.of_seller(world, seller, live=True)
    skus: Counter[str] = Counter()
    unnamed = 0
    for one in live:
        offer = by_offer.get(one.offer or 0)
        sku = offer.sku if offer else one.body.get("sku")
        if sku:
            skus[f"{sku} {one.site}"] += 1
        else:
            unnamed += 1
    titles = Counter(str(dig(one.body, "item", "product", "title")) for one in live if one.body)
    made = Counter(f"{one.sku} {one.site}" for one in by_offer.values())
    sql = "SELECT kind || ' ' || site || ' ' || name, COUNT(*) FROM policies WHERE seller = ? GROUP BY 1"
    policies: dict[str, int] = dict(store.all(sql, seller))
    statuses = Counter(one.status for one in listings.of_seller(world, seller))
    return {
        "items": (store.one("SELECT COUNT(*) FROM items WHERE seller = ?", seller) or (0,))[0],
        "offers": dict(made),
        "offers_by_status": dict(Counter(one.status for one in by_offer.values())),
        "listings": dict(skus),
        "listings_without_sku": unnamed,
        "listings_elsewhere": dict(titles),
        "listings_by_status": dict(statuses),
        "locations": [
            row[0] for row in store.all("SELECT key FROM locations WHERE seller = ? ORDER BY key", seller)
        ],
        "policies": policies,
        "duplicates": {
            "offers": _several(made),
            "listings": _several(skus),
            "policies": _several(policies),
        },
    }


def _several(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count > 1}
