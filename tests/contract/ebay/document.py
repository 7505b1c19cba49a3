"""Finding and loading eBay's descriptions: a folder of files as the vendor publishes them, one for each API."""

import os
from pathlib import Path
from typing import Any

import orjson

from contract.document import REPOSITORY, DocumentMissingError, resolve
from contract.ebay.corrections import CORRECTIONS

VARIABLE = "EBAY_OPENAPI"
BESIDE = REPOSITORY.parent / "shared" / "apis" / "ebay"
#: The description of each API that is practised, by the beginning of its addresses.
APIS = {
    "/sell/inventory/v1": "sell_inventory_v1",
    "/sell/account/v1": "sell_account_v1",
    "/sell/feed/v1": "sell_feed_v1",
    "/sell/metadata/v1": "sell_metadata_v1",
    "/commerce/taxonomy/v1": "commerce_taxonomy_v1",
    "/developer/analytics/v1_beta": "developer_analytics_v1_beta",
}

Json = Any


def locate() -> Path:
    """The folder named by the environment, else the one beside the repository."""
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else BESIDE
    if all((path / f"{name}_oas3.json").is_file() for name in APIS.values()):
        return path
    raise DocumentMissingError(
        f"eBay's descriptions are not in {path}; set {VARIABLE} to a folder with "
        f"{', '.join(f'{name}_oas3.json' for name in APIS.values())} of developer.ebay.com"
    )


def load(folder: Path, name: str) -> Json:
    """One description, with its corrections; one that corrects nothing any more must be deleted: it raises."""
    document = orjson.loads((folder / f"{name}_oas3.json").read_bytes())
    for correction in CORRECTIONS.get(name, ()):
        above, _, last = correction.pointer.rpartition("/")
        parent = resolve(document, above)
        found = parent.get(last, {} if correction.was == {} else None)
        if found != correction.was:
            raise ValueError(f"stale correction: {correction.pointer} now reads {found!r}")
        parent[last] = correction.now
    return document
