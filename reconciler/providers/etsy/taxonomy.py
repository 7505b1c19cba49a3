"""Categories: the whole taxonomy of sellers comes in one answer (openapi getSellerTaxonomyNodes)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.model.catalogue import CategoryFact
from reconciler.model.requests import Errand
from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.etsy.answers import NODES
from reconciler.providers.faults import fetch

_PATH = "/v3/application/seller-taxonomy/nodes"


def category(key: str) -> Conversation[CategoryFact | None]:
    """Find a category; listings may be in any."""
    body = yield from fetch(Request(method="GET", path=_PATH, expects=NODES, name=Errand.CATEGORY))
    found = next((each for each in _all(body["results"]) if str(each.get("id")) == key), None)
    return CategoryFact(id=key, name=str(found.get("name") or ""), leaf=True) if found else None


def _all(nodes: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for each in nodes:
        yield each
        yield from _all(each.get("children") or ())
