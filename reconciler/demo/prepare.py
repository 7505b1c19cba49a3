"""A practice marketplace for a project that has none: its sellers, and the catalogue that its offers name.

    python -m reconciler.demo.prepare examples/offers/01-minimal

Documents refer to categories and products that the real marketplace has. Here they are made up from what the
documents say, so that `reconcile plan` and `reconcile apply` work on this machine. No offer is made.
"""

import sys
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from reconciler.demo.categories import GTIN
from reconciler.model.offers import OFFER, Desired
from reconciler.render.gate import through
from reconciler.runtime.project.resolve import Wanted, resolve_project
from reconciler.runtime.project.state import practice_store
from reconciler.runtime.project.workspace import Workspace
from reconciler.simulator.app import Simulator

Json = dict[str, Any]


def prepare(directory: Path) -> tuple[str, ...]:
    """Fill the simulator for the accounts of a project that use it, over what it held; return their logins."""
    resolved = resolve_project(Workspace(directory))
    practising = [wanted for wanted in resolved.wanted if wanted.account.environment == "simulator"]
    market = Simulator(practice_store(directory))
    try:
        for wanted in practising:
            market.seed(_seller(wanted))
    finally:
        market.close()
    return tuple(wanted.account.login for wanted in practising)


def _seller(wanted: Wanted) -> Json:
    offers = [each for each in wanted.desired if each.key.kind == OFFER]
    return {
        "login": wanted.account.login,
        "user_id": str(40_000_000 + zlib.crc32(wanted.account.login.encode()) % 10_000_000),
        "categories": list(_categories(offers)),
        "products": list(_products(offers)),
    }


def _declared(offer: Desired) -> Mapping[str, Any]:
    return {**offer.unsynced, **offer.fields}


def _categories(offers: Iterable[Desired]) -> Iterator[Json]:
    """Make each category with the parameters that its offers fill in, all of them the offer's own."""
    found: dict[str, dict[str, None]] = {}
    for fields in map(_declared, offers):
        names = found.setdefault(fields.get("content.category") or "", {})
        names.update(dict.fromkeys(fields.get("content.parameters") or ()))
    for key, names in found.items():
        if key:
            yield {"id": key, "name": f"Kategoria {key}", "parent": None, "leaf": True, "parameters": [
                _parameter(number, name) for number, name in enumerate(names, 101)
            ]}  # fmt: skip


def _parameter(number: int, name: str) -> Json:
    return {
        "id": str(number),
        "name": name,
        "type": "string",
        "required": False,
        "options": {"describesProduct": False},
        "restrictions": {"allowedNumberOfValues": 10},
    }


def _products(offers: Iterable[Desired]) -> Iterator[Json]:
    for fields in map(_declared, offers):
        category = fields.get("content.category")
        items = [fields.get("content.product"), *(each["product"] for each in fields.get("bundle.items") or ())]
        codes = [item["gtin"] for item in items if item and "gtin" in item]
        for code in codes if category else ():
            yield {
                "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"gtin:{code}")),
                "name": str(fields.get("content.title") or code)[:75],
                "category": category,
                "gtins": [code],
                "parameters": [{"id": GTIN, "name": "EAN (GTIN)", "values": [code]}],
                "images": [],
            }


if __name__ == "__main__":
    for folder in sys.argv[1:]:
        logins = ", ".join(prepare(Path(folder)))
        told = f"{folder}: the practice marketplace knows {logins}. Next: reconcile plan"
        sys.stdout.write(f"{through([told])}\n")
