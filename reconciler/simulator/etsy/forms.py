"""Bodies that are forms: each field is read as the type that the description gives it, unknown ones are refused.

A list is one text with commas (issues #291, #557); of a name that is given twice the last value counts, as in PHP.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from reconciler.simulator.etsy.refusals import Refusal
from reconciler.simulator.etsy.world import whole
from reconciler.simulator.world import Json

NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


@dataclass(frozen=True)
class Field:
    """One field of a form; an empty text is null where that is allowed."""

    kind: str = "text"  # text, whole, number, flag, texts, ids, file
    required: bool = False
    nullable: bool = False
    values: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None


Fields = Mapping[str, Field]


def read_form(content: bytes, fields: Fields) -> Json:
    """The fields of a form by name; only those that were sent."""
    try:
        pairs = parse_qsl(content.decode("utf-8"), keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise Refusal(400, "The form cannot be read as UTF-8.") from None
    return typed(dict(pairs), fields)


def typed(given: Mapping[str, Any], fields: Fields) -> Json:
    for name in given:
        if name not in fields:
            # Etsy ignores some of these; a practice market must not let a typing error pass.
            raise Refusal(400, f"Unknown input parameter: [{name}]")
    for name, field in fields.items():
        if field.required and given.get(name) in {None, ""} and field.kind not in {"texts", "ids"}:
            raise Refusal(400, f"Missing input parameter: [{name}]")
        if field.required and name not in given:
            raise Refusal(400, f"Missing input parameter: [{name}]")
    return {name: _value(name, text, fields[name]) for name, text in given.items()}


def _value(name: str, text: Any, field: Field) -> Any:
    if field.kind == "file":
        return text
    if text == "" and field.nullable and field.kind not in {"texts", "ids"}:
        return None
    value = READERS[field.kind](name, text)
    if field.values and value not in field.values:
        known = ", ".join(str(one) for one in field.values)
        raise Refusal(400, f"Invalid value '{text}' for '{name}'; expected one of: {known}.")
    if field.low is not None and value < field.low:
        problem = (
            f"IDs must be >= 1, got {value}" if name.endswith("_id") else f"'{name}' must be >= {field.low:g}"
        )
        raise Refusal(400, problem)
    if field.high is not None and value > field.high:
        raise Refusal(400, f"'{name}' must be <= {field.high:g}")
    return value


def _number(name: str, text: str) -> float:
    if not NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise Refusal(400, f"Expected float value for '{name}' (got '{text}').")
    return float(text)


def _flag(name: str, text: str) -> bool:
    if text not in {"true", "false"}:
        raise Refusal(400, f"Expected bool value for '{name}' (got '{text}').")
    return text == "true"


def _ids(name: str, text: str) -> list[int]:
    found = [whole(one, name) for one in text.split(",")] if text else []
    for one in found:
        if one < 1:
            raise Refusal(400, f"IDs must be >= 1, got {one}")
    return found


def _texts(_name: str, text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


READERS: dict[str, Callable[[str, str], Any]] = {
    "text": lambda _name, text: text,
    "whole": lambda name, text: whole(text, name),
    "number": _number,
    "flag": _flag,
    "ids": _ids,
    "texts": _texts,
}
ID = Field("whole", nullable=True, low=1)
