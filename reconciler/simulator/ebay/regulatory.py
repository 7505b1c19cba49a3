"""What the law demands of a listing: who makes it and answers for it, how safe it is, what it consumes, its tax.

Checked when an offer is listed or its listing is revised, each under the number of the vendor's document; staged,
an offer takes it all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import orjson

from reconciler.simulator.ebay.normal import PICTURES
from reconciler.simulator.ebay.refusals import error
from reconciler.simulator.ebay.shapes import Errors
from reconciler.simulator.ebay.world import EbayWorld
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

COUNTRIES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = frozenset(COUNTRIES.split())
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
LINK = re.compile(r"https?://[^\s/]+\.\S+")
WHERE = ("addressLine1", "city", "postalCode", "country")
CONTACTS = ("email", "contactUrl", "phone")
PEOPLE, PICTOGRAMS, STATEMENTS = 5, 2, 8  # at most, of persons and of product safety
USABLE = frozenset({"SUBMITTED", "ACCEPTED"})  # states of a document
HIGHEST_SCORE = 10


def check(world: EbayWorld, seller: str, body: Json, category: Json | None, errors: Errors) -> None:
    """All that is wrong with the regulatory part and the tax of an offer."""
    part = body.get("regulatory") or {}
    errors.extend(error(25029, one) for one in (category or {}).get("regulatory", []) if not part.get(one))
    errors.extend(_people(part))
    errors.extend(_safety(part))
    errors.extend(_energy(part.get("energyEfficiencyLabel")))
    errors.extend(_documents(world, seller, part.get("documents") or []))
    score = part.get("repairScore")
    if score is not None and (score > HIGHEST_SCORE or Decimal(str(score)) % Decimal("0.1")):
        errors.append(error(25079))
    errors.extend(_tax(body.get("tax") or {}))


def _people(part: Json) -> Iterator[Json]:
    """Who makes it, and who answers for it in the EU."""
    maker, people = part.get("manufacturer"), part.get("responsiblePersons") or []
    if maker is not None:
        yield from _person(maker, 25111, 25110, 25118)
    if len(people) > PEOPLE:
        yield error(25112, f"There may be {PEOPLE} at most.")
    for one in people:
        yield from _person(one, 25114, 25113, 25119)
        if len(one.get("types") or []) != 1:
            yield error(25116)
    named = [*people, *([maker] if maker is not None else [])]
    if named and not {one.get("country") for one in named} & EU:
        yield error(25115)


def _person(one: Json, nameless: int, astray: int, unreachable: int) -> Iterator[Json]:
    """A name, and a way to reach them: a whole address, or another."""
    if not one.get("companyName"):
        yield error(nameless)
    lines = [name for name in ("addressLine1", "addressLine2", "city", "postalCode") if one.get(name)]
    if lines and not all(one.get(name) for name in WHERE):
        yield error(astray)
    if not lines and not any(one.get(name) for name in CONTACTS):
        yield error(unreachable)
    if one.get("email") and not EMAIL.fullmatch(one["email"]):
        yield error(25088, email=one["email"])
    if one.get("contactUrl") and not LINK.fullmatch(one["contactUrl"]):
        yield error(25122, contactUrl=one["contactUrl"])


def _safety(part: Json) -> Iterator[Json]:
    """Pictograms and statements of product safety and of hazardous materials, by their ids."""
    safety, hazmat = part.get("productSafety"), part.get("hazmat")
    if safety is not None:
        if not (safety.get("pictograms") or safety.get("statements")):
            yield error(25109)
        for name, most in (("pictograms", PICTOGRAMS), ("statements", STATEMENTS)):
            if len(safety.get(name) or []) > most:
                yield error(25108, f"{name}: there may be {most} at most.")
    if hazmat is not None and not hazmat.get("statements"):
        yield error(25081)
    for one in (safety or {}, hazmat or {}):
        for name in ("pictograms", "statements"):
            yield from _twice(one.get(name) or [])


def _twice(ids: list[str]) -> Iterator[Json]:
    if twice := [one for one, count in Counter(ids).items() if count > 1]:
        yield error(25077, ", ".join(twice))


def _energy(label: Json | None) -> Iterator[Json]:
    """A label and a sheet together, both kept by eBay's picture service."""
    if label is None:
        return
    image, sheet = label.get("imageURL"), label.get("productInformationSheet")
    if label.get("imageDescription") and not image:
        yield error(25083)
    elif not (image and sheet):
        yield error(25084)
    for url in (image, sheet):
        if url and not url.startswith(PICTURES):
            yield error(25086, url=url)


def _documents(world: EbayWorld, seller: str, asked: list[Json]) -> Iterator[Json]:
    """Only documents of the seller, and of these those that were handed in."""
    if not asked:
        return
    row = world.store.one("SELECT body FROM sellers WHERE id = ?", seller)
    known = orjson.loads(row[0]).get("documents", {}) if row else {}
    ids = [one["documentId"] for one in asked]
    yield from _twice(ids)
    if missing := [one for one in ids if one not in known]:
        yield error(25104, ", ".join(missing))
    if unfit := [one for one in ids if one in known and known[one] not in USABLE]:
        yield error(25107, ", ".join(unfit))


def documents(listed: list[Json]) -> Json:
    """Those of a seed: the state of each, which is ACCEPTED unless told. ValueError for one without a number."""
    for one in listed:
        if not dig(one, "documentId"):
            raise ValueError("documents: documentId is missing")
    return {str(one["documentId"]): one.get("documentStatus", "ACCEPTED") for one in listed}


def _tax(tax: Json) -> Iterator[Json]:
    """A tax category needs the seller's table; a rate has six signs at most, the point among them."""
    if tax.get("thirdPartyTaxCategory") and not tax.get("applyTax"):
        yield error(25011, "thirdPartyTaxCategory needs applyTax.")
    rate = tax.get("vatPercentage")
    if rate is not None and (rate > 100 or len(str(rate)) > 6):
        yield error(25011, "vatPercentage has six signs at most, and is 100 at most.", vatPercentage=str(rate))
