"""What people and machines are told of sources: the command line, and its JSON by its schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
from world import World

SCHEMAS = Path(__file__).parents[2] / "schemas"
Told = Callable[..., tuple[int, str, str]]

#: Columns with costs, and rows for them.
PRIVATE = {
    "item": "text",
    "quantity": {"type": "whole", "empty": 0},
    "net": {"type": "money", "currency": "PLN"},
    "cost": {"type": "money", "currency": "PLN", "private": True},
    "live": "yes_no",
}
ROWS = ("A,7,1250.5,900,tak", "B,,,,nie", "kubek żółty,12,3,,")


def body(told: Told, made: World, schema: str, *arguments: str) -> tuple[int, Any]:
    """Run a command with `--json`; its document is what the published schema says."""
    code, out, _ = told(made, *arguments, "--json")
    found = json.loads(out)
    described = json.loads((SCHEMAS / f"{schema}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(described).validate(found)
    return code, found
