"""Categories of a site, and the item specifics of each (taxonomy getCategorySubtree, getItemAspectsForCategory).

A category's number is one of a tree, and a site has its own: which one is asked with the site of the login.
"""

from collections.abc import Mapping
from typing import Any

from reconciler.model.catalogue import CategoryFact, Parameter
from reconciler.model.outcomes import FaultKind
from reconciler.model.requests import Errand
from reconciler.model.texts import nfc
from reconciler.providers.base import MarketplaceFault
from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.ebay.answers import ASPECTS, SUBTREE, TREE
from reconciler.providers.ebay.auth import identity
from reconciler.providers.ebay.requests import quoted
from reconciler.providers.ebay.sites import LANGUAGES, marketplace_id
from reconciler.providers.faults import fetch
from reconciler.providers.forms import Form

_TAXONOMY = "/commerce/taxonomy/v1"
#: How a value is typed (taxonomy AspectConstraint.aspectDataType), and how many there may be of it.
_TYPES = {"STRING": "string", "NUMBER": "float", "DATE": "string", "STRING_ARRAY": "string"}


def category(key: str) -> Conversation[CategoryFact | None]:
    """Find a category of the login's site; None when it is not there."""
    tree, language = yield from _tree()
    path = f"{_TAXONOMY}/category_tree/{quoted(tree)}/get_category_subtree"
    try:
        body = yield from fetch(_asking(path, SUBTREE, (("category_id", key),), Errand.CATEGORY, language))
    except MarketplaceFault as refusal:
        if refusal.fault.kind in {FaultKind.MISSING, FaultKind.REJECTED}:
            return None
        raise
    node = body["categorySubtreeNode"]
    children = node.get("childCategoryTreeNodes")
    leaf = bool(node.get("leafCategoryTreeNode", not children))
    return CategoryFact(id=key, name=nfc(node["category"].get("categoryName") or ""), leaf=leaf)


def parameters(key: str) -> Conversation[tuple[Parameter, ...]]:
    """Read which item specifics a category knows, and which it asks for."""
    tree, language = yield from _tree()
    path = f"{_TAXONOMY}/category_tree/{quoted(tree)}/get_item_aspects_for_category"
    body = yield from fetch(_asking(path, ASPECTS, (("category_id", key),), Errand.PARAMETERS, language))
    return tuple(_parameter(each) for each in body.get("aspects") or ())


def _tree() -> Conversation[tuple[str, str]]:
    me = yield from identity()
    path = f"{_TAXONOMY}/get_default_category_tree_id"
    asked = (("marketplace_id", marketplace_id(me.base_market)),)
    body = yield from fetch(_asking(path, TREE, asked, Errand.CATEGORY, ""))
    return body["categoryTreeId"], LANGUAGES.get(me.base_market, "")


def _asking(path: str, form: Form, query: tuple[tuple[str, str], ...], name: str, language: str) -> Request:
    headers = {"Accept-Language": language} if language else {}
    return Request(method="GET", path=path, expects=form, query=query, headers=headers, name=name, budgets=())


def _parameter(wire: Mapping[str, Any]) -> Parameter:
    name, says = nfc(wire["localizedAspectName"]), wire.get("aspectConstraint") or {}
    values = [nfc(each.get("localizedValue") or "") for each in wire.get("aspectValues") or ()]
    closed = says.get("aspectMode") == "SELECTION_ONLY"
    return Parameter(
        id=name,
        name=name,
        section="offer",
        type="dictionary" if values else _TYPES.get(says.get("aspectDataType") or "", "string"),
        required=bool(says.get("aspectRequired")),
        dictionary={each: each for each in values if each},
        custom=not closed,
        longest=says.get("aspectMaxLength"),
        most=1 if says.get("itemToAspectCardinality") == "SINGLE" else None,
    )
