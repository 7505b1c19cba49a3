"""How often an account has each thing, so that what was made twice shows."""

from __future__ import annotations

from collections import Counter

import orjson

from reconciler.simulator.store import Store
from reconciler.simulator.world import Json


def census(store: Store, seller: str) -> Json:
    """Offers by external.id, named objects by kind and name, bundles by their offers; the `duplicates` of each.

    A bundle is named by the ids of its offers, in order, with `+` between them.
    """
    sql = "SELECT external_id, COUNT(*) FROM offers WHERE seller = ? GROUP BY external_id"
    by_id: dict[str | None, int] = dict(store.all(sql, seller))
    unnamed = by_id.pop(None, 0)
    offers = {str(key): count for key, count in by_id.items()}
    named: dict[str, dict[str, int]] = {}
    sql = """SELECT kind, COALESCE(name, ''), COUNT(*) FROM dictionaries
        WHERE seller = ? AND kind NOT IN ('flexible_bundles', 'delivery_settings') GROUP BY kind, name"""
    for kind, name, count in store.all(sql, seller):
        named.setdefault(kind, {})[name] = count
    sql = "SELECT body FROM dictionaries WHERE seller = ? AND kind = 'flexible_bundles'"
    bundles = Counter(_members(orjson.loads(row[0])) for row in store.all(sql, seller))
    sql = "SELECT status, COUNT(*) FROM offers WHERE seller = ? GROUP BY status"
    return {
        "offers": offers,
        "offers_without_external_id": unnamed,
        "offers_by_status": dict(store.all(sql, seller)),
        "named": named,
        "bundles": dict(bundles),
        "duplicates": {
            "offers": _several(offers),
            "named": {kind: found for kind, counts in named.items() if (found := _several(counts))},
            "bundles": _several(bundles),
        },
    }


def _members(body: Json) -> str:
    return "+".join(sorted(offer["id"] for slot in body["slots"] for offer in slot["offers"]))


def _several(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count > 1}
