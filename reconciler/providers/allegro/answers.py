"""What Allegro's answers have to be: the parts that its description names and that are read here.

The description requires few members by the letter (2026-07-18); what each operation exists to tell is required
here: the rows of a list, the id of what was asked for, the counters of a report.
"""

from functools import lru_cache

from reconciler.model.offers import OFFER
from reconciler.model.spec import ViewSpec
from reconciler.providers.forms import Form, anything, exactly, flag, maybe, parts, record, rows, text, whole

#: A table whose own answer need not say which one it is (openapi PublicTableDto.required).
_NAMELESS = frozenset({"SizeTable"})

_OBJECT = {"name": text, "features": record}
_NAMED = parts({"id": text}, _OBJECT)
_PACKAGE = parts({}, {"id": text})

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
                {"offer": parts({"id": text}, {"external": parts({}, {"id": text})})},
            )
        )
    }
)
_CODES = parts({"id": text}, {"values": rows(text), "options": record})
PRODUCTS = parts({"products": rows(parts({"id": text}, {"parameters": rows(_CODES)}))})
PARAMETERS = parts(
    {
        "parameters": rows(
            parts(
                {"id": text},
                {
                    "name": text,
                    "required": flag,
                    "options": parts({}, {"describesProduct": flag}),
                    "dictionary": rows(parts({"id": text, "value": text})),
                },
            )
        )
    }
)
IMAGE = parts({"location": text})
CREATED = parts({"id": text})
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
    if view.kind == OFFER and view.name == "list":
        return OFFERS
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
