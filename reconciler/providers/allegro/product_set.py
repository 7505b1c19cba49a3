"""The products of an offer.

The list is replaced as a whole: an element left out unlinks its product (#10564, #13513). Products are named
by id only, since parameters read back may be refused after a change of the catalogue (#7349, #8636), and with
`images: []`, or the catalogue's own images are appended to the gallery (#11040, #12685).
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from reconciler.model.values import Value
from reconciler.providers.allegro.decoding import product_of
from reconciler.providers.allegro.encoding import identified
from reconciler.providers.base import Context
from reconciler.providers.faults import refused
from reconciler.providers.outcomes import Unwritable

Element = dict[str, Any]
PARTS = frozenset({"content.product", "bundle.items", "settings.producer", "settings.person", "settings.safety"})


class Linked(Struct, frozen=True):
    """A product that is in the offer: its element, and its product as the planner knows it, GTINs included."""

    element: Mapping[str, Any]
    product: Mapping[str, Value]


def linked(wire: Mapping[str, Any], fields: Mapping[str, Value]) -> list[Linked]:
    """Pair the elements of an offer with its canonical products: the catalogue may have told more GTINs."""
    elements = wire.get("productSet") or ()
    known = [fields.get("content.product"), *(item["product"] for item in fields.get("bundle.items") or ())]
    told = {product["id"]: product for product in known if product}
    read = [(element, product_of(element)) for element in elements]
    return [Linked(element, told.get(product["id"], product)) for element, product in read]


def rebuilt(after: Mapping[str, Value], live: list[Linked], context: Context) -> list[Element]:
    """Write all products of an existing offer: as they are, but for the owned parts."""
    first = kept(live[0].element) if live else {}
    if after.get("content.product") is not None:
        first["product"] = named(after["content.product"], live[:1], fresh=False)
    _assign(first, after, context)
    if "bundle.items" in after:
        rest = [_item(item, live[1:]) for item in after["bundle.items"] or ()]
    else:
        rest = [kept(each.element) for each in live[1:]]
    return [first, *rest] if first or rest else []


def created(after: Mapping[str, Value], context: Context, proposal: Mapping[str, Any]) -> list[Element]:
    """Write the products of a new offer; `proposal` describes one that the catalogue does not have."""
    first: Element = {}
    desired = after.get("content.product")
    if desired is not None:
        first["product"] = dict(proposal) if desired.get("new") else named(desired, [], fresh=True)
        if "content.images" in after and not desired.get("new"):
            first["product"]["images"] = []
    _assign(first, after, context)
    first = {name: part for name, part in first.items() if part is not None}
    rest = [_item(item, []) for item in after.get("bundle.items") or ()]
    return [first, *rest] if first or rest else []


def kept(element: Mapping[str, Any]) -> Element:
    """Repeat an element as it is, as far as it is writable."""
    product_id = (element.get("product") or {}).get("id")
    result: Element = {"product": {"id": product_id, "images": []}} if product_id else {}
    for name in ("quantity", "marketedBeforeGPSRObligation", "deposits"):
        if element.get(name) is not None:
            result[name] = element[name]
    if element.get("responsibleProducer"):  # read without its type, written with it
        result["responsibleProducer"] = {"type": "ID", "id": element["responsibleProducer"]["id"]}
    if element.get("responsiblePerson"):
        result["responsiblePerson"] = {"id": element["responsiblePerson"]["id"]}
    safety = element.get("safetyInformation")
    if safety and safety["type"] in {"TEXT", "ATTACHMENTS"}:  # the third kind is never written
        result["safetyInformation"] = safety
    return result


def named(desired: Mapping[str, Value], live: list[Linked], *, fresh: bool) -> Element:
    """Name a product: by the id that it already has in this offer, else as declared."""
    if desired.get("id"):
        product: Element = {"id": desired["id"]}
    elif not fresh and (same := _linked(desired["gtin"], live)):
        product = {"id": same}
    elif desired.get("new"):
        message = f"The catalogue has no product {desired['gtin']}, and an edit cannot propose one."
        raise Unwritable(refused("ProductNotInCatalogue", message, "content.product"))  # #6442
    else:
        product = {"id": desired["gtin"], "idType": "GTIN"}
    return product if fresh else {**product, "images": []}


def _linked(gtin: str, live: list[Linked]) -> str | None:
    found = (each.product for each in live)
    return next((p["id"] for p in found if p["id"] and gtin in p["gtins"]), None)


def _item(item: Mapping[str, Value], live: list[Linked]) -> Element:
    desired = item["product"]
    same = [each for each in live if _is(desired, each.product)]
    element = kept(same[0].element) if same else {}
    element["product"] = named(desired, same, fresh=False)
    element["quantity"] = {"value": item.get("quantity") or 1}
    return element


def _is(desired: Mapping[str, Value], live: Mapping[str, Value]) -> bool:
    if desired.get("id"):
        return bool(desired["id"] == live["id"])
    return desired.get("gtin") in live["gtins"]


def _assign(first: Element, after: Mapping[str, Value], context: Context) -> None:
    """Set the parts that the settings own; None takes them away."""
    for path, name, refers in (
        ("settings.producer", "responsibleProducer", "ResponsibleProducer"),
        ("settings.person", "responsiblePerson", "ResponsiblePerson"),
    ):
        if after.get(path) is not None:
            head = {"type": "ID"} if path == "settings.producer" else {}
            first[name] = {**head, "id": identified(context, refers, after[path], path)}
        elif path in after:
            first.pop(name, None)
    if after.get("settings.person", "") is None:
        first["responsiblePerson"] = None  # openapi ProductSetElementResponsiblePersonRequest: null is nobody
    if after.get("settings.safety") is not None:
        first["safetyInformation"] = {"type": "TEXT", "description": after["settings.safety"]}
    elif "settings.safety" in after:
        first.pop("safetyInformation", None)
