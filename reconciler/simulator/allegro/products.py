"""`productSet`: products found by id or code, created by description, and what the catalogue brings along."""

from __future__ import annotations

from reconciler.simulator.allegro import parameters
from reconciler.simulator.allegro.catalogue import (
    keep_product,
    parameters_of,
    product,
    products_by_code,
)
from reconciler.simulator.allegro.pictures import Gallery
from reconciler.simulator.allegro.refusals import fault
from reconciler.simulator.allegro.seller_things import keep_thing, resolve, thing
from reconciler.simulator.allegro.sent import Sent
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json


class ProductSet:
    """Reads the product set of one request into the form that reads return."""

    def __init__(self, incoming: Sent, gallery: Gallery) -> None:
        self._incoming, self._gallery = incoming, gallery
        self._world, self._faults = incoming.world, incoming.faults

    def read(self, patch: Json) -> None:
        sent = patch.get("productSet")
        if not sent:
            return
        found = [self._element(one, f"productSet[{number}]", patch) for number, one in enumerate(sent)]
        patch["productSet"] = [element for element, _ in found if element is not None]
        used = [(one, dig(given, "product", "images") == []) for (_, one), given in zip(found, sent, strict=True)]
        self._import([(one, bare) for one, bare in used if one is not None], patch)

    def _element(self, sent: Json, path: str, patch: Json) -> tuple[Json | None, Json | None]:
        key = sent["product"].get("id")
        found = self._by_id(sent["product"], path) if key else self._proposed(sent["product"], path, patch)
        if found is None:
            return None, None
        element: Json = {"quantity": {"value": dig(sent, "quantity", "value") or 1}}
        element["product"] = self._shown(sent["product"], found, path)
        self._safety(sent, found, element, path)
        element["marketedBeforeGPSRObligation"] = sent.get("marketedBeforeGPSRObligation")
        element["deposits"] = sent.get("deposits") or []
        return element, found

    def _by_id(self, sent: Json, path: str) -> Json | None:
        """A product by its UUID, or by a GTIN or MPN, which reads back as the UUID."""
        key = str(sent["id"])
        ids = [key] if product(self._world, key) else products_by_code(self._world, key)
        if len(ids) > 1:
            codes = ",".join(ids)
            message = "Several products have this code."
            self._faults.append(
                fault("MultipleProductsFoundException", message, f"{path}.product.id", foundProductsIds=codes)
            )
        elif not ids:
            message = "The product is not known."
            self._faults.append(fault("ProductNotFoundException", message, f"{path}.product.id", productId=key))
        return product(self._world, ids[0]) if len(ids) == 1 else None

    def _proposed(self, sent: Json, path: str, patch: Json) -> Json | None:
        """A product described instead of named: POST proposes it, PATCH cannot (issue #6442)."""
        if self._incoming.current is not None:
            message = "An edit needs the id of a product."
            self._faults.append(fault("ProductIdRequiredException", message, f"{path}.product.id"))
            return None
        where = dig(sent, "category", "id") or self._incoming.category_of(patch)
        for key, there in (("name", sent.get("name")), ("category", where), ("images", sent.get("images"))):
            if not there:
                message = "A new product needs this field."
                self._faults.append(fault("ConstraintViolationException", message, f"{path}.product.{key}"))
        if self._faults:
            return None
        pictures = [self._gallery.settle(url, f"{path}.product.images") for url in sent["images"]]
        known = parameters_of(self._world, where)
        given = sent.get("parameters") or []
        told = parameters.as_read(
            self._world, known, given, f"{path}.product.parameters", self._faults, product=True
        )
        body: Json = {"id": self._world.uuid("product"), "name": sent["name"], "category": where}
        body |= {"images": pictures, "parameters": told, "gtins": _codes(told, known), "description": None}
        body |= {"status": "PROPOSED", "responsible_producers": [], "safety": None}
        keep_product(self._world, body)
        return body

    def _shown(self, sent: Json, found: Json, path: str) -> Json:
        shown: Json = {"id": found["id"], "publication": {"status": found["status"]}, "isAiCoCreated": False}
        if not self._world.normalises(6) and sent.get("id"):
            shown["id"] = sent["id"]
        if not self._world.normalises(7):
            shown |= {key: sent[key] for key in ("name", "category", "images") if sent.get(key)}
        given = sent.get("parameters") or []
        if given and sent.get("id"):
            self._compare(given, found, path)
        shown["parameters"] = found["parameters"] if self._world.normalises(11) else given
        return shown

    def _compare(self, given: list[Json], found: Json, path: str) -> None:
        """Parameters next to an id: an edit must not send any, a creation none that differ (issue #7349)."""
        by_id = {one["id"]: one for one in found["parameters"]}
        same = all(_agrees(one, by_id.get(one.get("id") or "")) for one in given)
        if self._incoming.current is not None or not same:
            message = "The parameters differ from those of the product."
            self._faults.append(
                fault("PARAMETER_MISMATCH", message, f"{path}.product.parameters", productId=found["id"])
            )

    def _safety(self, sent: Json, found: Json, element: Json, path: str) -> None:
        """Producer, person and safety text; the catalogue fills gaps since 2025-09 (issue #12104)."""
        fill = self._world.normalises(26)
        person = sent.get("responsiblePerson")
        element["responsiblePerson"] = self._reference("responsible_persons", person, f"{path}.responsiblePerson")
        producer = sent.get("responsibleProducer")
        if "responsibleProducer" not in sent and fill and found["responsible_producers"]:
            element["responsibleProducer"] = self._adopt(found["responsible_producers"][0])
        else:
            shown = self._reference("responsible_producers", producer, f"{path}.responsibleProducer")
            if shown and producer and not self._world.normalises(27):
                shown = {**shown, "type": producer["type"]}
            element["responsibleProducer"] = shown
        safety = sent.get("safetyInformation")
        if safety is None and fill:
            safety = found["safety"] or {"type": "NO_SAFETY_INFORMATION"}
        element["safetyInformation"] = safety

    def _reference(self, kind: str, sent: Json | None, path: str) -> Json | None:
        return resolve(self._world, self._incoming.seller, kind, sent, path, self._faults)

    def _adopt(self, producer: Json) -> Json:
        """A producer of the catalogue appears among the seller's own by itself (issue #11648)."""
        if thing(self._world, self._incoming.seller, "responsible_producers", producer["id"]) is None:
            keep_thing(self._world, self._incoming.seller, "responsible_producers", producer)
        return {"id": producer["id"]}

    def _import(self, used: list[tuple[Json, bool]], patch: Json) -> None:
        """Description and pictures of the catalogue, where the request has none of its own (issue #10452)."""
        if not used:
            return
        first = used[0][0]
        request = self._incoming.request
        if "description" not in request and first["description"] and self._world.normalises(15):
            patch["description"] = first["description"]
        brought = [url for one, bare in used if not bare for url in one["images"]]
        if brought and self._world.normalises(14):
            sent = patch.get("images") or []
            # Catalogue pictures are appended to those of the request (issues #11040, #8132).
            patch["images"] = sent + [url for url in brought if url not in sent]
        if self._incoming.current is None:
            patch["name"] = patch.get("name") or first["name"][:75].strip()
            patch["category"] = patch.get("category") or {"id": first["category"]}


def _agrees(one: Json, known: Json | None) -> bool:
    if known is None:
        return False
    ids, values = one.get("valuesIds"), one.get("values")
    if ids:
        return set(ids) == set(known.get("valuesIds") or [])
    return not values or set(values) == set(known.get("values") or [])


def _codes(told: list[Json], known: dict[str, Json]) -> list[str]:
    """The GTINs among the parameters of a proposed product."""
    found = []
    for one in told:
        name = known.get(one["id"], {}).get("name", "")
        if "EAN" in name or "GTIN" in name:
            found += one["values"]
    return found
