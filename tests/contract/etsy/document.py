"""Finding and loading Etsy's OpenAPI document, corrected where it is wrong about itself."""

import functools
import os
from pathlib import Path
from typing import Any

import orjson

from contract.document import REPOSITORY, DocumentMissingError, apply
from contract.etsy.corrections import CORRECTIONS

VARIABLE = "ETSY_OPENAPI"
BESIDE = REPOSITORY.parent / "shared" / "apis" / "etsy" / "etsy_open_api_v3_oas.json"


def locate() -> Path:
    """The document named by the environment, else the one beside the repository."""
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else BESIDE
    if path.is_file():
        return path
    raise DocumentMissingError(
        f"the Etsy OpenAPI document is not at {path}; set {VARIABLE} to a copy of "
        "https://www.etsy.com/openapi/generated/oas/3.0.0.json"
    )


@functools.cache
def load(path: Path) -> Any:
    """The document as plain JSON values, with the corrections applied."""
    document = orjson.loads(path.read_bytes())
    for correction in CORRECTIONS:
        apply(document, correction)
    return document
