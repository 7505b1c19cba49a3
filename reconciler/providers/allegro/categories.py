"""Allegro's sites and categories, and which parameters offers and products have in them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from reconciler.model.catalogue import CategoryFact, Parameter, Requirement
from reconciler.model.requests import Errand
from reconciler.providers.allegro.answers import CATEGORY, MARKETS, PARAMETERS
from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.faults import fetch, fetch_or_none


def markets() -> Conversation[Mapping[str, str]]:
    """Read which sites there are: new ones have appeared overnight (#12011)."""
    answer = yield from fetch(Request(method="GET", path="/marketplaces", expects=MARKETS, name=Errand.MARKETS))
    return {wire["id"]: wire["currencies"]["base"]["code"] for wire in answer["marketplaces"]}


def category(key: str) -> Conversation[CategoryFact | None]:
    """Read a category."""
    path = f"/sale/categories/{quote(key, safe='')}"
    found = yield from fetch_or_none(Request(method="GET", path=path, expects=CATEGORY, name=Errand.CATEGORY))
    if not found:
        return None
    proposals = (found.get("options") or {}).get("productCreationEnabled")
    return CategoryFact(
        id=found["id"],
        name=found.get("name") or "",
        leaf=found.get("leaf") is not False,
        proposals=proposals is not False,
    )


def parameters(key: str) -> Conversation[tuple[Parameter, ...]]:
    """Read the parameters of a category; those that describe the product belong to its section (#7427)."""
    path = f"/sale/categories/{quote(key, safe='')}/parameters"
    answer = yield from fetch(Request(method="GET", path=path, expects=PARAMETERS, name=Errand.PARAMETERS))
    return tuple(_parameter(wire) for wire in answer["parameters"])


def _parameter(wire: Mapping[str, Any]) -> Parameter:
    options, limits = wire.get("options") or {}, wire.get("restrictions") or {}
    entries = wire.get("dictionary") or ()
    kind = wire.get("type") or ""
    return Parameter(
        id=wire["id"],
        name=wire.get("name") or "",
        section="product" if options.get("describesProduct") else "offer",
        type=kind,
        required=bool(wire.get("required")),
        required_for_product=bool(wire.get("requiredForProduct")),
        required_if=_requirement(wire.get("requiredIf")),
        dictionary={entry["id"]: entry["value"] for entry in entries},
        custom=bool(options.get("customValuesEnabled")),
        depends_on=options.get("dependsOnParameterId") or "",
        depends={
            entry["id"]: tuple(entry["dependsOnValueIds"]) for entry in entries if entry.get("dependsOnValueIds")
        },
        minimum=_number(limits.get("min")),
        maximum=_number(limits.get("max")),
        digits=0 if kind == "integer" else limits.get("precision"),
        spans=bool(limits.get("range")),
        shortest=limits.get("minLength"),
        longest=limits.get("maxLength"),
        most=_most(kind, limits),
    )


def _number(wire: Any) -> str:
    return "" if wire is None else str(wire)


def _most(kind: str, limits: Mapping[str, Any]) -> int | None:
    """A number has one value; a dictionary that does not say how many is not judged."""
    if kind in {"integer", "float"}:
        return 1
    if limits.get("multipleChoices") is False:
        return 1
    most: int | None = limits.get("allowedNumberOfValues")
    return most


def _requirement(wire: Mapping[str, Any] | None) -> Requirement | None:
    if not wire:
        return None
    return Requirement(
        with_value={each["id"]: tuple(each["oneOfValueIds"]) for each in wire.get("parametersWithValue") or ()},
        without=tuple(each["id"] for each in wire.get("parametersWithoutValue") or ()),
    )
