"""What Allegro's answers have to be: the parts that its description names and that are read here.

The description requires few members by the letter (2026-07-18); what each operation exists to tell is required
here: the rows of a list, the id of what was asked for, the counters of a report.
"""

from functools import lru_cache
from typing import Any

from reconciler.model.offers import OFFER
from reconciler.model.spec import ViewSpec
from reconciler.providers.codecs import amount
from reconciler.providers.forms import (
    Form,
    Unreadable,
    anything,
    exactly,
    flag,
    maybe,
    parts,
    record,
    rows,
    text,
    whole,
)

#: A table whose own answer need not say which one it is (openapi PublicTableDto.required).
_NAMELESS = frozenset({"SizeTable"})

_OBJECT = {"name": text, "features": record}
_NAMED = parts({"id": text}, _OBJECT)
_PACKAGE = parts({}, {"id": text})
CREATED = parts({"id": text})

TOKEN = parts({"access_token": text}, {"refresh_token": text, "expires_in": whole})
DEVICE_CODE = parts(
    {"device_code": text, "user_code": text, "verification_uri": text},
    {"verification_uri_complete": text, "expires_in": whole, "interval": whole},
)
REVOKED = anything
ME = parts({"id": text, "login": text}, {"baseMarketplace": parts({"id": text})})
OFFERS = parts({"offers": rows(record), "totalCount": whole})
PROMOTION = parts({}, {"basePackage": _PACKAGE, "extraPackages": rows(parts({"id": text}))})
EVENTS = parts(
    {
        "offerEvents": rows(
            parts(
                {"id": text, "occurredAt": text},
                {
                    "type": text,
                    "offer": parts(
                        {"id": text},
                        {"external": parts({}, {"id": text}), "publication": parts({}, {"endedBy": text})},
                    ),
                },
            )
        )
    }
)


def _decimal(value: Any) -> str:
    """Ask for an amount, written as text or as a number."""
    try:
        amount(value)
    except Unreadable as wrong:
        return f": {wrong}"
    return ""


_SPAN = parts({"from": text, "to": text})
_FILLED = parts(
    {"id": text}, {"values": rows(text), "valuesIds": rows(text), "options": record, "rangeValue": _SPAN}
)
PRODUCT = parts({"id": text}, {"category": parts({}, {"id": text}), "parameters": rows(_FILLED)})
PRODUCTS = parts({"products": rows(PRODUCT)})
_PROPOSALS = parts({}, {"productCreationEnabled": flag})
CATEGORY = parts({"id": text}, {"name": text, "leaf": flag, "options": _PROPOSALS})
_CONDITIONS = parts(
    {},
    {
        "parametersWithValue": rows(parts({"id": text, "oneOfValueIds": rows(text)})),
        "parametersWithoutValue": rows(parts({"id": text})),
    },
)
_RESTRICTIONS = parts(
    {},
    {
        "min": _decimal,
        "max": _decimal,
        "precision": whole,
        "range": flag,
        "minLength": whole,
        "maxLength": whole,
        "allowedNumberOfValues": whole,
        "multipleChoices": flag,
    },
)
_OPTIONS = parts({}, {"describesProduct": flag, "customValuesEnabled": flag, "dependsOnParameterId": text})
_PARAMETER = parts(
    {"id": text},
    {
        "name": text,
        "type": text,
        "required": flag,
        "requiredForProduct": flag,
        "requiredIf": _CONDITIONS,
        "options": _OPTIONS,
        "restrictions": _RESTRICTIONS,
        "dictionary": rows(parts({"id": text, "value": text}, {"dependsOnValueIds": rows(text)})),
    },
)
PARAMETERS = parts({"parameters": rows(_PARAMETER)})
_CURRENCY = parts({"base": parts({"code": text})})
MARKETS = parts({"marketplaces": rows(parts({"id": text, "currencies": _CURRENCY}))})
_RATE = parts({}, {"min": _decimal, "max": _decimal, "currency": text})
_LIMITS = parts(
    {},
    {
        "allowed": flag,
        "maxQuantityPerPackage": parts({}, {"max": whole}),
        "maxPackageWeight": parts({}, {"supported": flag, "min": _decimal, "max": _decimal}),
        "firstItemRate": _RATE,
        "shippingTime": parts({}, {"customizable": flag}),
    },
)
_METHOD = parts({"id": text}, {"name": text, "dispatchCountry": text, "shippingRatesConstraints": _LIMITS})
METHODS = parts({"deliveryMethods": rows(_METHOD)})
_TAX_RATE = parts({"value": text}, {"exemptionRequired": flag})
_TAX_WORDS = rows(parts({"value": text}))
TAXES = parts(
    {"rates": rows(parts({"countryCode": text, "values": rows(_TAX_RATE)}))},
    {"subjects": _TAX_WORDS, "exemptions": _TAX_WORDS},
)
PACKAGES = parts({"basePackages": rows(CREATED), "extraPackages": rows(CREATED)})
SIZE_TEMPLATES = parts({"templates": rows(parts({"id": text}, {"name": text}))})
IMAGE = parts({"location": text})
#: A write that was let in may be answered without a body: then its address tells.
LET_IN = maybe(parts({}, {"id": text}))
DONE = anything
PROMOTED = record
OPERATION = maybe(record)
REPORT = parts(
    {"taskCount": parts({}, {"total": whole, "success": whole, "failed": whole})},
    {"id": text, "createdAt": text, "completedAt": text},
)
TASKS = parts({"tasks": rows(record)})
TASK = parts(
    {},
    {
        "status": text,
        "field": text,
        "message": text,
        "offer": parts({}, {"id": text}),
        "subject": parts({}, {"offerId": text, "field": text}),
    },
)


def of_command(command: str) -> Form:
    """Ask for the report of this command; a success that is of no command of ours is none."""
    return parts({"id": exactly(command)})


def of_write(remote_id: str) -> Form:
    """Ask for nothing or for what was written."""
    return maybe(parts({}, {"id": exactly(remote_id)}))


def of_view(view: ViewSpec, remote_id: str) -> Form:
    """Return what a view has to answer: the rows of a list, or what was asked for."""
    if view.kind == OFFER and view.name == "promotion":
        return PROMOTION
    if view.items:
        return _list(view.items.removeprefix("/"))
    own = {"id": exactly(remote_id)}
    return parts({}, own | _OBJECT) if view.kind in _NAMELESS else parts(own, _OBJECT)


@lru_cache(maxsize=64)
def _list(items: str) -> Form:
    """Ask for rows with an id each; the address of a next page, where there is one, is an id, too."""
    return parts({items: rows(_NAMED)}, {"nextPage": parts({}, {"id": text})})
