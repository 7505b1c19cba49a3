"""Products of Allegro's catalogue, found by bar code or by id."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from reconciler.model.catalogue import Filled, Product
from reconciler.model.requests import Errand
from reconciler.providers.allegro.answers import PRODUCT, PRODUCTS
from reconciler.providers.allegro.decoding import GTIN
from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.faults import fetch, fetch_or_none


def of_code(gtin: str) -> Conversation[tuple[Product, ...]]:
    """Find the catalogue products of a bar code; where some name the code themselves, these."""
    query = (("phrase", gtin), ("mode", "GTIN"))
    answer = yield from fetch(
        Request(method="GET", path="/sale/products", expects=PRODUCTS, query=query, name=Errand.PRODUCT)
    )
    found = answer["products"]
    exact = [each for each in found if gtin in _codes(each)]
    return tuple(_product(each) for each in exact or found)


def of_id(product_id: str) -> Conversation[Product | None]:
    """Read a product by its id."""
    path = f"/sale/products/{quote(product_id, safe='')}"
    found = yield from fetch_or_none(Request(method="GET", path=path, expects=PRODUCT, name=Errand.PRODUCT))
    return _product(found) if found else None


def _codes(product: Mapping[str, Any]) -> list[str]:
    parameters = product.get("parameters") or ()
    ours = (p for p in parameters if p.get("id") == GTIN or (p.get("options") or {}).get("isGTIN"))
    return [code for p in ours for code in p.get("values") or ()]


def _product(wire: Mapping[str, Any]) -> Product:
    return Product(
        id=wire["id"],
        category=(wire.get("category") or {}).get("id") or "",
        parameters={each["id"]: _filled(each) for each in wire.get("parameters") or ()},
    )


def _filled(wire: Mapping[str, Any]) -> Filled:
    span = wire.get("rangeValue")
    return Filled(
        values=tuple(wire.get("values") or ()),
        ids=tuple(wire.get("valuesIds") or ()),
        span=(span["from"], span["to"]) if span else None,
    )
