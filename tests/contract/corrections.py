"""Where the OpenAPI document is wrong about itself, and which answers it forgets to declare.

Everything here weakens the witness, so everything here has a reason, and the list is meant to stay short.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Body = Literal["errors", "either", "anything"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One value of the document replaced. What `was` must still stand there; `now=None` removes it."""

    pointer: str
    was: Any
    now: Any
    reason: str


_SUBJECTS = [
    {"$ref": "#/components/schemas/CommandTaskWithPriceSubject"},
    {"$ref": "#/components/schemas/CommandTaskWithStockSubject"},
]

_BASE_PUBLICATION = "#/components/schemas/SaleProductOfferRequestBase/allOf/0/properties/publication/properties"

CORRECTIONS: tuple[Correction, ...] = (
    Correction(
        "#/components/schemas/TaskWithSubjectReport/properties/tasks/items",
        was={"oneOf": _SUBJECTS},
        now={"anyOf": _SUBJECTS},
        reason="both alternatives say the same, so no task of a bulk modification could be exactly one of them",
    ),
    Correction(
        "#/components/schemas/ProductSetElementResponsiblePersonRequest/properties/responsiblePerson/nullable",
        was=None,
        now=True,
        reason="its own description says that null results in no responsible person",
    ),
    Correction(
        f"{_BASE_PUBLICATION}/republish",
        was=None,
        now={"type": "boolean"},
        reason="publication stands in both halves of the allOf; only the other half lists republish",
    ),
    Correction(
        f"{_BASE_PUBLICATION}/duration",
        was={"$ref": "#/components/schemas/OfferDuration"},
        now={"allOf": [{"$ref": "#/components/schemas/OfferDuration"}], "nullable": True},
        reason="the other half of the allOf says nullable: null is an offer without an end",
    ),
)

#: PATCH with these is a JSON merge patch (staff, #11012; RFC 7396): a null says that a member is to go, it is no
#: value of that member. Its name must still be one that the schema knows.
MERGE_PATCHES = frozenset({"editProductOffers"})

FREE_QUERY = {
    "getSaleProducts": "filters are sent as `<parameter id>=<value>`; the document can only describe them in prose",
}


@dataclass(frozen=True, slots=True)
class Tolerated:
    """A status that may be answered although the operation does not declare it.

    `body` says what it must carry: the errors object; that or the authorization error; or anything.
    """

    status: int
    body: Body
    reason: str
    where: Callable[[str, str], bool] = lambda method, path: True  # noqa: ARG005


def _writes(method: str, _path: str) -> bool:
    return method in {"post", "put", "patch", "delete"}


def _commands(method: str, path: str) -> bool:
    return _writes(method, path) and "-commands" in path


TOLERATED: tuple[Tolerated, ...] = (
    Tolerated(
        400, "errors", "unreadable JSON and malformed parameters are refused everywhere, yet rarely declared"
    ),
    Tolerated(401, "either", "every operation asks for a token; 13 of 267 forget the answer to an expired one"),
    Tolerated(403, "either", "a token without the scope is refused everywhere; a third of the operations say so"),
    Tolerated(
        404,
        "errors",
        "an unknown media type in Accept is answered 'Feature unavailable', whatever the operation",
    ),
    Tolerated(406, "errors", "the same refusal under the status that only some operations declare"),
    Tolerated(
        409, "errors", "a command id used twice, or an edit still running, also where not declared", _commands
    ),
    Tolerated(415, "errors", "an unknown Content-Type, declared for a few uploads only", _writes),
    Tolerated(422, "errors", "business rules refuse writes that declare no 422", _writes),
    Tolerated(429, "anything", "limits hold for every operation; one declares them; the body is not documented"),
    Tolerated(500, "anything", "a fault of the marketplace; never declared"),
    Tolerated(502, "anything", "a fault of a gateway before the marketplace; never declared"),
    Tolerated(503, "anything", "a fault of a gateway before the marketplace; declared once"),
    Tolerated(
        504, "anything", "a timeout behind the gateway (`ServiceTimeoutException`); declared for one family"
    ),
)

UNKNOWN_OPERATION = {
    404: "a path that does not exist is answered 'Feature unavailable'",
    405: "a method that the path does not have",
}


def tolerated(status: int, method: str, path: str) -> Tolerated | None:
    """The entry that lets an undeclared status pass for an operation."""
    return next((entry for entry in TOLERATED if entry.status == status and entry.where(method, path)), None)
