"""eBay's own catalogue: what it says of an EAN or an ePID gets into items, unless an offer says it shall not."""

from __future__ import annotations

import orjson

from reconciler.simulator.ebay.world import EbayWorld
from reconciler.simulator.world import Json

TEXTS = ("title", "description", "brand", "mpn", "imageUrls")


def keep(world: EbayWorld, product: Json) -> None:
    """One product: {epid, ean: [...], title, description, brand, mpn, aspects, imageUrls}."""
    world.store.run("INSERT OR REPLACE INTO catalogue VALUES (?, ?)", product["epid"], orjson.dumps(product))
    codes = [*product.get("ean", []), *product.get("upc", []), *product.get("isbn", [])]
    world.store.many("INSERT OR REPLACE INTO codes VALUES (?, ?)", [(code, product["epid"]) for code in codes])


def found(world: EbayWorld, product: Json) -> Json | None:
    """The product that an item means: by its ePID, else by the first of its codes that is known."""
    codes = [code for name in ("ean", "upc", "isbn") for code in product.get(name, [])]
    epids = [product.get("epid")] + [
        row[0] for code in codes if (row := world.store.one("SELECT epid FROM codes WHERE code = ?", code))
    ]
    for epid in epids:
        row = world.store.one("SELECT body FROM catalogue WHERE epid = ?", epid)
        if row is not None:
            found: Json = orjson.loads(row[0])
            return found
    return None


def filled(world: EbayWorld, item: Json) -> Json:
    """An item with what it leaves out and the catalogue knows (createOrReplaceInventoryItem)."""
    return _merged(world, item, replaced=False)


def taken_over(world: EbayWorld, item: Json) -> Json:
    """An item of an offer with includeCatalogProductDetails: the catalogue's text in the place of the seller's."""
    return _merged(world, item, replaced=True)


def _merged(world: EbayWorld, item: Json, *, replaced: bool) -> Json:
    own = item.get("product") or {}
    known = found(world, own) if world.normalises("catalogue") else None
    if known is None:
        return item
    product = dict(own)
    for name in TEXTS:
        if name in known and (name not in product or (replaced and name != "imageUrls")):
            product[name] = known[name]
    aspects = known.get("aspects") or {}
    mine = product.get("aspects") or {}
    product["aspects"] = {**mine, **aspects} if replaced else {**aspects, **mine}
    product["epid"] = known["epid"]
    return {**item, "product": product}
