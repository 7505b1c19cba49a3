"""How often a shop has each thing, so that what was made twice shows."""

from __future__ import annotations

from collections import Counter

import orjson

from reconciler.simulator.store import Store
from reconciler.simulator.world import Json


def census(store: Store, seller: str) -> Json:
    """Listings by SKU and by title, named things by kind and name, those without names by their values.

    A return policy is named by its values in their order, a processing profile by its state and days.
    """
    skus: Counter[str] = Counter()
    titles: Counter[str] = Counter()
    states: Counter[str] = Counter()
    unnamed = 0
    for state, packed in store.all("SELECT state, body FROM listings WHERE seller = ?", seller):
        body = orjson.loads(packed)
        own = {one["sku"] for one in body["inventory"]["products"] if one["sku"]}
        skus.update(own)
        unnamed += not own
        titles[body["title"]] += 1
        states[state] += 1
    named: dict[str, dict[str, int]] = {}
    sql = "SELECT kind, name, COUNT(*) FROM things WHERE seller = ? AND kind <> 'value' GROUP BY kind, name"
    for kind, name, count in store.all(sql, seller):
        named.setdefault(kind, {})[name] = count
    return {
        "listings": dict(skus),
        "listings_without_sku": unnamed,
        "listings_by_title": dict(titles),
        "listings_by_state": dict(states),
        "named": named,
        "duplicates": {
            "listings": _several(skus),
            "titles": _several(titles),
            "named": {kind: found for kind, counts in named.items() if (found := _several(counts))},
        },
    }


def _several(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count > 1}
