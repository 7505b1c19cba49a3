"""The description as other judges are given it: whole, correct, and in words that a generator knows."""

from __future__ import annotations

from typing import Any

from torture.described import described, operations
from torture.flat import flattened

from contract.corrections import TOLERATED
from contract.shapes import Shapes
from reconciler.simulator.allegro.exchange import ROUTES


def test_every_operation_of_the_marketplace_is_described() -> None:
    """All but the tokens, of which the document says nothing."""
    routes = [route for found in ROUTES._routes.values() for _, route in found]
    wanted = [route.name for route in routes if not route.path.startswith("/auth")]
    assert operations(described({})) == len(wanted)


def test_nothing_leads_out_of_what_was_cut() -> None:
    document = described({})
    for reference in references(document):
        _, _, kind, name = reference.split("/")
        assert name in document["components"][kind], reference


def test_what_the_document_forgets_is_declared_with_its_reason() -> None:
    told = described({})["paths"]["/sale/offers"]["get"]["responses"]
    for entry in TOLERATED:
        if entry.where("get", "/sale/offers"):
            assert str(entry.status) in told
    assert told["429"]["description"] == next(entry.reason for entry in TOLERATED if entry.status == 429)


def test_ids_that_exist_are_named_where_an_address_wants_one() -> None:
    paths = described({"product-offers": ["7"]})["paths"]
    parameters = paths["/sale/product-offers/{offerId}"]["patch"]["parameters"]
    assert [one["schema"] for one in parameters if one["in"] == "path"] == [{"type": "string", "enum": ["7"]}]
    parameters = paths["/sale/offers/{offerId}"]["delete"]["parameters"]
    assert all("enum" not in one["schema"] for one in parameters if one["in"] == "path")


def test_a_flat_description_refuses_and_accepts_the_same() -> None:
    """No halves are left to put together, and the fields of both are there."""
    document = described({})
    flat = flattened(document)
    assert all(len(halves) == 1 for halves in halves_in(flat))
    name = "SaleProductOfferRequestV1"
    for schemas in (document, flat):
        shapes = Shapes(schemas["components"]["schemas"])
        whole = {"$ref": f"#/components/schemas/{name}"}
        good = {"stock": {"available": 1}, "publication": {"republish": True, "duration": None}}
        assert shapes.faults(good, whole, "request") == []
        for bad in (
            {"stock": {"available": "1"}},
            {"stock": {}, "publication": {"endedBy": "USER"}},
            {"title": "a"},
        ):
            assert shapes.faults(bad, whole, "request")


def halves_in(value: Any) -> list[list[Any]]:
    if isinstance(value, list):
        return [found for item in value for found in halves_in(item)]
    if not isinstance(value, dict):
        return []
    own = [value["allOf"]] if isinstance(value.get("allOf"), list) else []
    return own + [found for item in value.values() for found in halves_in(item)]


def references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for item in value for found in references(item)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [found for item in value.values() for found in references(item)]
