"""From canonical values to Allegro's JSON, as far as a field alone decides it."""

from collections.abc import Mapping
from typing import Any

from reconciler.model.spec import FieldSpec, MarketplaceSpec, Type
from reconciler.model.values import Money, Value
from reconciler.providers.allegro.words import NAMES
from reconciler.providers.base import Context
from reconciler.providers.codecs import wire_duration, wire_money
from reconciler.providers.faults import refused
from reconciler.providers.outcomes import Unwritable


def encode(field: FieldSpec, value: Value, context: Context, images: Mapping[str, str]) -> Any:
    """Write one value; None is the caller's to place, since what it clears is often the object around it."""
    match field.type:
        case Type.REFERENCE:
            return identified(context, field.refers, value, field.path)
        case Type.REFERENCES:
            return [{"id": identified(context, field.refers, label, field.path)} for label in value]
        case Type.ENUM | Type.STATUS:
            return field.values.get(value) or str(value).upper()
        case Type.MONEY:
            return priced(value, context.reading.spec)
        case Type.DURATION:
            return wire_duration(value, field.values)
        case Type.OBJECT | Type.LIST:
            return NAMES.write(value, field.path.rpartition(".")[2])
        case Type.SECTIONS:
            return sections(value, images)
        case Type.IMAGES:
            return [images.get(src, src) for src in value]
        case _:
            return value


def identified(context: Context, kind: str, label: str, path: str, *part: str) -> str:
    """Turn a label into the remote id; raise Unwritable, of the field that names it, when nobody knows it."""
    found = context.identify(kind, label)
    if found is None:
        raise Unwritable(
            refused("UnknownReference", f"There is no {kind} `{label}` on this account.", path, *part)
        )
    return found


def priced(value: Money, spec: MarketplaceSpec) -> dict[str, str]:
    """Write an amount with as many digits as a market of that currency takes (#7323)."""
    digits = {market.currency: market.decimals for market in spec.marketplaces.values()}
    return wire_money(value, digits.get(value.currency))


def sections(value: list[list[dict[str, str]]], images: Mapping[str, str]) -> dict[str, Any]:
    """Write a description."""
    return {"sections": [{"items": [_item(item, images) for item in section]} for section in value]}


def _item(item: Mapping[str, str], images: Mapping[str, str]) -> dict[str, str]:
    if "image" in item:
        return {"type": "IMAGE", "url": images.get(item["image"], item["image"])}
    return {"type": "TEXT", "content": item["text"]}
