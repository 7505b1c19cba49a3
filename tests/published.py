"""What `--json` prints is what `schemas/` says."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

SCHEMAS = Path(__file__).parents[1] / "schemas"


@cache
def schema(name: str) -> Any:
    """One schema, as it is published."""
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))


@cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema(name))
    return jsonschema.Draft202012Validator(schema(name))


def fits(name: str, body: Any) -> Any:
    """Return a body that is as the schema of this name says; AssertionError for any other."""
    assert not (wrong := [each.message for each in _validator(name).iter_errors(body)]), wrong
    return body
