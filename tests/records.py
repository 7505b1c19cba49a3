"""Looks into frozen data, whatever it is made with: structs, and the dataclasses that keep a secret from `repr`."""

import dataclasses
from typing import Any

import msgspec


def is_record(value: object) -> bool:
    """Tell whether a value is one of our records, and no class of them."""
    return isinstance(value, msgspec.Struct) or (dataclasses.is_dataclass(value) and not isinstance(value, type))


def members(value: Any) -> dict[str, Any]:
    """Return what a record was made with, by name."""
    if isinstance(value, msgspec.Struct):
        return {name: getattr(value, name) for name in value.__struct_fields__}
    return {each.name: getattr(value, each.name) for each in dataclasses.fields(value) if each.init}


def altered(value: Any, /, **changes: Any) -> Any:
    """Return the record with other members."""
    change = msgspec.structs.replace if isinstance(value, msgspec.Struct) else dataclasses.replace
    return change(value, **changes)
