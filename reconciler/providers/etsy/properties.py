"""Properties of a listing, which documents call parameters: read together, written one by one.

A value is known by its number: the text beside it is in the language of the shop (openapi ListingPropertyValue).
What has a scale (inches, EU sizes) is read, and not written: a document cannot say the scale.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.model.catalogue import Parameter
from reconciler.model.offers import OFFER
from reconciler.model.requests import Errand
from reconciler.model.texts import nfc
from reconciler.model.values import Value
from reconciler.providers.base import Context
from reconciler.providers.conversation import Answer, Conversation, Request
from reconciler.providers.etsy.answers import DEFINITIONS, DONE
from reconciler.providers.etsy.requests import filled
from reconciler.providers.faults import fetch, refused
from reconciler.providers.outcomes import Unwritable

Json = Mapping[str, Any]
PATH = "content.parameters"
OPERATION = "property"


def definitions(category: str) -> Conversation[tuple[Parameter, ...]]:
    """Read which properties listings of a category can have; those for variations alone are none."""
    path = f"/v3/application/seller-taxonomy/nodes/{category}/properties"
    body = yield from fetch(Request(method="GET", path=path, expects=DEFINITIONS, name=Errand.PARAMETERS))
    return tuple(_definition(each) for each in body["results"] if each.get("supports_attributes") is not False)


def _definition(wire: Json) -> Parameter:
    values = wire.get("possible_values") or ()
    most = wire.get("max_values_allowed") if wire.get("is_multivalued") else 1
    return Parameter(
        id=str(wire["property_id"]),
        name=nfc(wire.get("display_name") or wire.get("name") or ""),
        section="offer",
        type="dictionary" if values else "string",
        scaled=bool(wire.get("scales")),
        required=wire.get("is_required") is True,
        dictionary={str(each["value_id"]): nfc(each.get("name") or "") for each in values},
        most=most or None,
    )


def read(wire: Iterable[Json]) -> dict[str, Value]:
    """Read the properties of a listing, by their numbers."""
    return {
        str(each["property_id"]): {
            "name": nfc(each.get("property_name") or ""),
            "values": [nfc(value) for value in each.get("values") or ()],
            "ids": [str(number) for number in each.get("value_ids") or ()],
            "range": None,
            "section": "offer",
        }
        for each in wire
    }


def writes(
    before: Mapping[str, Value], after: Mapping[str, Value], category: str, context: Context, remote_id: str
) -> Iterator[Request]:
    """Yield a request for each property that differs; for all of them where none does (a resend)."""
    known = context.parameters.get(category, ())
    differ = {name: value for name, value in after.items() if name not in before or before[name] != value}
    for name, value in (differ or after).items():
        found = _found(name, known)
        if found is None:
            said = f"Category {category} has no property {name!r}."
            raise Unwritable(refused("UnknownProperty", said, PATH))
        yield _write(found, value, context, remote_id)


def written(requests: Iterable[Request]) -> Conversation[Answer | None]:
    """Send them one by one; return the first answer that is a refusal."""
    for request in requests:
        said: Answer = yield request
        if said.fault:
            return said
    return None


def _found(name: str, known: Iterable[Parameter]) -> Parameter | None:
    folded = name.casefold()
    found = [each for each in known if name == each.id or folded == each.name.casefold()]
    return found[0] if found else None


def _write(known: Parameter, value: Value, context: Context, remote_id: str) -> Request:
    operation = context.reading.spec.kinds[OFFER].operations[OPERATION]
    method, path = operation.request.split(" ", 1)
    return Request(
        method="DELETE" if value is None else method,
        path=filled(path, context.reading, remote_id).replace("{property}", known.id),
        expects=DONE,
        form=None if value is None else _form(known, value),
        name=f"{OFFER}.{OPERATION}",
        budgets=operation.budgets,
    )


def _form(known: Parameter, value: Value) -> dict[str, str]:
    said = [str(each) for each in (value if isinstance(value, list | tuple) else [value])]
    if known.scaled:  # a definition may have come between a plan and its apply
        raise Unwritable(refused("Scale", f"{known.name!r} has a scale, which cannot be said here.", PATH))
    if not known.dictionary:
        if any("," in each for each in said):
            raise Unwritable(refused("Comma", f"A value of {known.name!r} cannot have a comma.", PATH))
        return {"value_ids": ",".join(str(place) for place in range(1, len(said) + 1)), "values": ",".join(said)}
    numbers = [known.value_id(each) for each in said]
    if not all(numbers):
        odd = next(each for each, number in zip(said, numbers, strict=True) if not number)
        raise Unwritable(refused("UnknownValue", f"{known.name!r} has no value {odd!r}.", PATH))
    texts = [known.dictionary[number or ""].replace(",", " ") for number in numbers]  # the number decides
    return {"value_ids": ",".join(number or "" for number in numbers), "values": ",".join(texts)}
