"""Categories: the tree of each site, a part of it, and the aspects of a leaf."""

from __future__ import annotations

import orjson

from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.sites import SITES, TREES
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

VERSION = "119"
PATH = "/commerce/taxonomy/v1"
TREE = f"{PATH}/category_tree/{{category_tree_id}}"


def default_tree(call: EbayCall) -> Reply:
    """GET /get_default_category_tree_id."""
    site = call.arg("marketplace_id")
    if not site:
        raise refuse(62002)
    if site not in SITES:
        raise refuse(62003, marketplace_id=site)
    return Reply(200, {"categoryTreeId": SITES[site].tree, "categoryTreeVersion": VERSION})


def subtree(call: EbayCall) -> Reply:
    """GET …/get_category_subtree."""
    site, category = _category(call)
    node = _node(call, site, category, _level(call, site, category))
    tree = call.params["category_tree_id"]
    return Reply(200, {"categorySubtreeNode": node, "categoryTreeId": tree, "categoryTreeVersion": VERSION})


def aspects(call: EbayCall) -> Reply:
    """GET …/get_item_aspects_for_category; 204 where a leaf has none."""
    _, category = _category(call)
    if not category["leaf"]:
        raise refuse(62009, category_id=category["id"])
    found = [_aspect(one) for one in category["aspects"]]
    return Reply(200, {"aspects": found}) if found else Reply(204)


def _category(call: EbayCall) -> tuple[str, Json]:
    site = TREES.get(call.params["category_tree_id"])
    if site is None:
        raise Refusal(404, error(62004, categoryTreeId=call.params["category_tree_id"]))
    wanted = call.arg("category_id")
    if not wanted:
        raise refuse(62006)
    row = call.world.store.one("SELECT body FROM categories WHERE site = ? AND id = ?", site, wanted)
    if row is None:
        raise refuse(62005, category_id=wanted)
    return site, orjson.loads(row[0])


def _level(call: EbayCall, site: str, category: Json) -> int:
    level, parent = 1, category["parent"]
    while parent is not None:
        level += 1
        row = call.world.store.one("SELECT parent FROM categories WHERE site = ? AND id = ?", site, parent)
        parent = row[0] if row else None
    return level


def _node(call: EbayCall, site: str, category: Json, level: int) -> Json:
    node: Json = {
        "category": {"categoryId": category["id"], "categoryName": category["name"]},
        "categoryTreeNodeLevel": level,
    }
    if category["parent"] is not None:
        tree = call.params["category_tree_id"]
        where = f"{PATH}/category_tree/{tree}/get_category_subtree"
        href = f"https://api.ebay.com{where}?category_id={category['parent']}"
        node["parentCategoryTreeNodeHref"] = href
    if category["leaf"]:
        return node | {"leafCategoryTreeNode": True}
    sql = "SELECT body FROM categories WHERE site = ? AND parent = ? ORDER BY id"
    below = [orjson.loads(row[0]) for row in call.world.store.all(sql, site, category["id"])]
    return node | {"childCategoryTreeNodes": [_node(call, site, one, level + 1) for one in below]}


def _aspect(one: Json) -> Json:
    """An aspect as the marketplace tells it: `aspectRequired` says what is required, not `aspectUsage`."""
    required = bool(one.get("required"))
    constraint: Json = {
        "aspectDataType": one.get("data_type", "STRING"),
        "aspectEnabledForVariations": False,
        "aspectMode": one.get("mode", "FREE_TEXT"),
        "aspectRequired": required,
        "aspectUsage": one.get("usage", "RECOMMENDED"),
        "itemToAspectCardinality": one.get("cardinality", "SINGLE"),
        "aspectApplicableTo": ["PRODUCT"],
    }
    if "max_length" in one:
        constraint["aspectMaxLength"] = one["max_length"]
    values = [{"localizedValue": value} for value in one.get("values", [])]
    return {"localizedAspectName": one["name"], "aspectConstraint": constraint, "aspectValues": values}
