"""From canonical values to the members of a form, as far as a field alone decides it."""

from collections.abc import Mapping
from typing import Any

from reconciler.model.offers import OFFER
from reconciler.model.spec import FieldSpec, Type
from reconciler.model.values import Value
from reconciler.providers.base import Context
from reconciler.providers.faults import refused
from reconciler.providers.outcomes import Unwritable

#: Who, when and whether it is a supply: each requires the other two (openapi updateListing).
_TOGETHER = ("settings.who_made", "settings.when_made", "settings.supply")


def edited(after: Mapping[str, Value], wire: Mapping[str, Any], context: Context) -> dict[str, str]:
    """Write the form of an edit; what goes only together is repeated as it was read."""
    fields = context.reading.spec.kinds[OFFER].fields
    form = {
        fields[path].write.removeprefix("/"): encode(fields[path], value, context)
        for path, value in after.items()
        if path in fields and "edit" in fields[path].by and fields[path].type is not Type.IMAGES
    }
    if not after.keys().isdisjoint(_TOGETHER):
        for path in _TOGETHER:
            name = fields[path].write.removeprefix("/")
            if name not in form and wire.get(name) is not None:
                form[name] = _word(wire[name])
    return form


def encode(field: FieldSpec, value: Value, context: Context) -> str:
    """Write one value as the text of a form; null is an empty one."""
    if value is None:
        return ""
    match field.type:
        case Type.REFERENCE:
            return identified(context, field.refers, value, field.path)
        case Type.ENUM | Type.STATUS:
            return field.values.get(value, value).replace("{year}", str(context.began.year))
        case Type.LIST:
            return ",".join(value)
        case _:
            return _word(value)


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def identified(context: Context, kind: str, label: str, path: str) -> str:
    """Turn a label into the remote id; Unwritable when nobody knows it."""
    found = context.identify(kind, label)
    if found is None or not found.isdigit():
        title = context.reading.spec.kinds[kind].label
        raise Unwritable(refused("UnknownReference", f"The shop has no {title} `{label}`.", path))
    return found
