"""The table of the practice Etsy against the document: no operation, scope, parameter or field of its own."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("reconciler.simulator.etsy.simulator")

from contract.etsy.document import load, locate
from contract.operations import Operation, Operations
from reconciler.simulator.etsy.routes import ROUTES
from reconciler.simulator.etsy.world import EtsyRoute

KINDS = {
    "whole": "integer",
    "number": "number",
    "flag": "boolean",
    "text": "string",
    "file": "string",
    "ids": "array",
    "texts": "array",
}
#: What the simulator knows better than the document, each with its reason.
OTHERWISE = {
    "when_made": "the newest value is renamed each January, so the list is made from the clock",
    "shop_section_id": "PATCH forgets the minimum that POST has",
    "item_weight_unit": "PATCH lists the empty text, which takes the unit away",
    "item_dimensions_unit": "the same",
    "item_weight": "a bound that no number passes",
    "item_length": "the same",
    "item_width": "the same",
    "item_height": "the same",
}


def routes() -> list[EtsyRoute]:
    return [route for found in ROUTES._routes.values() for _, route in found if not route.open]


def operation_of(route: EtsyRoute) -> Operation:
    document = load(locate())
    found = [
        one for one in Operations(document).all if (one.method.upper(), one.path) == (route.method, route.path)
    ]
    assert found, f"the document has no {route.name}"
    return found[0]


def ids() -> list[str]:
    return [route.name for route in routes()]


@pytest.mark.parametrize("route", routes(), ids=ids())
def test_an_operation_is_the_documents(route):
    operation = operation_of(route)
    asked = operation.source.get("security", [{"api_key": []}])
    assert {scope for one in asked for scope in one.get("oauth2", [])} == {route.scope} - {""}
    assert set(route.query.split()) == set(operation.parameters("query"))
    assert set(operation.request_types) == {route.content} - {None}
    if route.path.count("{") > 1:
        assert operation.response(route.absent) is not None  # a number that does not exist
    if route.fields:
        schema = operation.request_types[route.content]
        assert set(route.fields) == set(schema["properties"])
        assert {name for name, one in route.fields.items() if one.required} == set(schema.get("required", []))
        assert different(route, schema) <= OTHERWISE.keys()


def different(route: EtsyRoute, schema: dict[str, Any]) -> set[str]:
    """The fields that the simulator reads otherwise than the document has them."""
    return {name for name, one in route.fields.items() if _of_field(one) != _of_schema(schema["properties"][name])}


def _of_field(field: Any) -> tuple[Any, ...]:
    return KINDS[field.kind], set(field.values), field.low, field.high


def _of_schema(schema: dict[str, Any]) -> tuple[Any, ...]:
    return schema["type"], set(schema.get("enum", ())), schema.get("minimum"), schema.get("maximum")


def test_what_is_read_otherwise_is_all_that_is():
    found = [different(one, operation_of(one).request_types[one.content]) for one in routes() if one.fields]
    assert set().union(*found) == OTHERWISE.keys()


def test_the_document_knows_what_is_left_out():
    """Operations of listings and shops that are not practised; a new one of the document shows here."""
    ours = {(route.method, route.path) for route in routes()}
    areas = ("/listings", "/shipping-profiles", "/policies", "/readiness", "/sections", "/seller-taxonomy")
    left = {
        one.id
        for one in Operations(load(locate())).all
        if (one.method.upper(), one.path) not in ours and any(area in one.path for area in areas)
    }
    assert left == LEFT


LEFT = {
    # other sorts of goods, and what only shoppers see
    "deleteListingFile", "getListingFile", "getAllListingFiles", "uploadListingFile", "deleteListingVideo",
    "getListingVideo", "getListingVideos", "uploadListingVideo", "findAllListingsActive",
    "findAllActiveListingsByShop", "getFeaturedListingsByShop", "getListingsByShopReceipt", "getListingsByShopSectionId",
    "getReviewsByListing", "getShopReceiptTransactionsByListing",
    # the parts of an inventory one by one, personalization, and lists by a policy
    "getListingProduct", "getListingOffering", "deleteListingPersonalization", "updateListingPersonalization",
    "getListingPersonalization", "getListingsByShopReturnPolicy", "consolidateShopReturnPolicies",
}  # fmt: skip
