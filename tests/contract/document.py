"""Finding and loading the marketplace's OpenAPI document.

The document is evidence, not code of ours: it is read from where it lies, never vendored and never edited. The few
places where it contradicts itself are corrected in memory, each with its pointer and reason (see `corrections`).
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import orjson
import yaml

from contract.corrections import CORRECTIONS, Correction

VARIABLE = "ALLEGRO_OPENAPI"
REPOSITORY = Path(__file__).resolve().parents[2]
BESIDE = REPOSITORY.parent / "shared" / "apis" / "allegro" / "openapi.yaml"

Json = Any


class DocumentMissingError(Exception):
    """The OpenAPI document is nowhere to be found, so nothing can be attested."""


def locate() -> Path:
    """The document named by the environment, else the one beside the repository."""
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else BESIDE
    if path.is_file():
        return path
    raise DocumentMissingError(
        f"the Allegro OpenAPI document is not at {path}; set {VARIABLE} to a copy of "
        "https://developer.allegro.pl/swagger.yaml"
    )


def load(path: Path) -> Json:
    """The document as plain JSON values, with the corrections applied."""
    document = _parsed(path.read_bytes())
    for correction in CORRECTIONS:
        apply(document, correction)
    return document


def _parsed(source: bytes) -> Json:
    """The parsed YAML, kept as JSON under its digest because the YAML takes half a second."""
    digest = hashlib.sha256(source).hexdigest()[:32]
    kept = Path(tempfile.gettempdir()) / f"reconcile-witness-{os.getuid()}-{digest}.json"
    try:
        return orjson.loads(kept.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        text = orjson.dumps(yaml.load(source, Loader=yaml.CSafeLoader))
    _replace(kept, text)
    return orjson.loads(text)


def _replace(path: Path, content: bytes) -> None:
    """Write so that a concurrent reader sees the whole file or none."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.replace(name, path)


def resolve(document: Json, pointer: str) -> Json:
    """The value at a JSON pointer; a leading `#` is allowed."""
    value = document
    for token in _tokens(pointer):
        value = value[int(token) if isinstance(value, list) else token]
    return value


def apply(document: Json, correction: Correction) -> None:
    """Put the corrected value in place. A correction that corrects nothing any more must be deleted: it raises."""
    *above, last = _tokens(correction.pointer)
    parent = document
    for token in above:
        parent = parent[int(token) if isinstance(parent, list) else token]
    if parent.get(last) != correction.was:
        raise ValueError(f"stale correction: {correction.pointer} now reads {parent.get(last)!r}")
    if correction.now is None:
        del parent[last]
    else:
        parent[last] = correction.now


def _tokens(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.lstrip("#").split("/")[1:]]
