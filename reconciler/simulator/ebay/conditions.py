"""Conditions of items: words in the Inventory API, numbers in the Metadata API, and what a category admits."""

from __future__ import annotations

import re

import orjson

from reconciler.simulator.ebay.refusals import error, refuse
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

PATH = "/sell/metadata/v1/marketplace/{marketplace_id}/get_item_condition_policies"
IDS = {
    "NEW": "1000",
    "NEW_OTHER": "1500",
    "NEW_WITH_DEFECTS": "1750",
    "CERTIFIED_REFURBISHED": "2000",
    "EXCELLENT_REFURBISHED": "2010",
    "VERY_GOOD_REFURBISHED": "2020",
    "GOOD_REFURBISHED": "2030",
    "SELLER_REFURBISHED": "2500",
    "LIKE_NEW": "2750",
    "PRE_OWNED_EXCELLENT": "2990",
    "USED_EXCELLENT": "3000",
    "PRE_OWNED_FAIR": "3010",
    "USED_VERY_GOOD": "4000",
    "USED_GOOD": "5000",
    "USED_ACCEPTABLE": "6000",
    "FOR_PARTS_OR_NOT_WORKING": "7000",
}
CONDITIONS = (*IDS, "MANUFACTURER_REFURBISHED")
NEW = frozenset({"NEW", "LIKE_NEW", "NEW_OTHER", "NEW_WITH_DEFECTS"})
AT_ONCE = 50


def policies(call: EbayCall) -> Reply:
    """GET …/get_item_condition_policies: of the categories of the filter, or of all; nothing of it is a 204."""
    site = call.params["marketplace_id"]
    if site not in SITES:
        raise refuse(46001, marketplace_id=site)
    wanted, warnings = _wanted(call)
    sql = "SELECT body FROM categories WHERE site = ? ORDER BY id"
    known = [orjson.loads(row[0]) for row in call.world.store.all(sql, site)]
    found = [_policy(site, one) for one in known if one["leaf"] and (wanted is None or one["id"] in wanted)]
    missing = (wanted or set()) - {one["id"] for one in known}
    warnings += [error(46003, categoryId=one) for one in sorted(missing)]
    if not found and not warnings:
        return Reply(204)
    return Reply(200, {"itemConditionPolicies": found} | ({"warnings": warnings} if warnings else {}))


def _wanted(call: EbayCall) -> tuple[set[str] | None, list[Json]]:
    """The categories of `filter=categoryIds:{1|2}`; a filter that cannot be read is passed over with a warning."""
    text = call.arg("filter")
    if not text:
        return None, []
    match = re.fullmatch(r"categoryIds:\{([0-9]+(?:\|[0-9]+)*)\}", text)
    if match is None:
        return None, [error(46002)]
    ids = match[1].split("|")
    return set(ids[:AT_ONCE]), [error(46004)] if len(ids) > AT_ONCE else []


def _policy(site: str, category: Json) -> Json:
    admitted = category.get("conditions", list(IDS))
    return {
        "categoryTreeId": SITES[site].tree,
        "categoryId": category["id"],
        "itemConditionRequired": category.get("condition", True),
        "itemConditions": [
            {"conditionId": IDS[word], "conditionDescription": word.replace("_", " ").capitalize()}
            for word in admitted
            if word in IDS
        ],
    }
