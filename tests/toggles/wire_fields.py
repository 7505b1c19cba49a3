"""Every field of an offer as the marketplace stores it, by the name that a document gives it. Typed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Body = Mapping[str, Any]


def fields(body: Body, tags: list[str]) -> dict[str, Any]:
    """Name -> stored value, for all fields of all six modules; None where nothing stands."""
    products = list(body.get("productSet") or ())
    first = products[0] if products else {}
    found: dict[str, Any] = {
        "content.title": body.get("name"),
        "content.category": _in(body, "category", "id"),
        "content.product": _in(first, "product", "id"),
        "content.description": body.get("description"),
        "content.images": body.get("images") or [],
        "delivery.prices": _in(body, "delivery", "shippingRates", "id"),
        "delivery.handling": _in(body, "delivery", "handlingTime"),
        "price.base": _in(body, "sellingMode", "price"),
        "stock.quantity": _in(body, "stock", "available"),
        "stock.status": {"ACTIVATING": "ACTIVE"}.get(
            _in(body, "publication", "status"), _in(body, "publication", "status")
        ),
        "bundle.items": [(_in(e, "product", "id"), _in(e, "quantity", "value")) for e in products[1:]],
        "settings.return_policy": _in(body, "afterSalesServices", "returnPolicy", "id"),
        "settings.implied_warranty": _in(body, "afterSalesServices", "impliedWarranty", "id"),
        "settings.warranty": _in(body, "afterSalesServices", "warranty", "id"),
        "settings.invoice": _in(body, "payments", "invoice"),
        "settings.tax": _tax(body.get("taxSettings")),
        "settings.location": _bare(body.get("location")),
        "settings.duration": _in(body, "publication", "duration"),
        "settings.renewal": bool(_in(body, "publication", "republish")),
        "settings.message_to_seller": _bare(body.get("messageToSellerSettings")),
        "settings.b2b_only": bool(_in(body, "b2b", "buyableOnlyByBusiness")),
        "settings.additional_services": _in(body, "additionalServices", "id"),
        "settings.size_table": _in(body, "sizeTable", "id"),
        "settings.tags": sorted(tags),
    }
    for number, element in enumerate(products):
        at = f" of {_in(element, 'product', 'id')}" if number else ""
        found[f"settings.producer{at}"] = _in(element, "responsibleProducer", "id")
        found[f"settings.person{at}"] = _in(element, "responsiblePerson", "id")
        found[f"settings.safety{at}"] = _safety(element.get("safetyInformation"))
    for one in body.get("parameters") or ():
        found[f"content.parameters.{one['id']}"] = (sorted(one.get("values") or ()), one.get("rangeValue"))
    for market, part in (body.get("additionalMarketplaces") or {}).items():
        if price := _in(part, "sellingMode", "price"):
            found[f"price.{market}"] = price
    return found


def moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields that are not what they were."""
    names = sorted(before.keys() | after.keys())
    return {n: (before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)}


def _in(body: Any, *way: str) -> Any:
    for step in way:
        body = (body or {}).get(step)
    return body


def _bare(body: Body | None) -> dict[str, Any] | None:
    return {name: value for name, value in body.items() if value is not None} if body else None


def _tax(body: Body | None) -> Any:
    if not body:
        return None
    rates = {rate["countryCode"]: rate["rate"] for rate in body.get("rates") or ()}
    return body.get("subject"), body.get("exemption"), rates


def _safety(body: Body | None) -> str | None:
    return body.get("description") if body and body["type"] == "TEXT" else None
