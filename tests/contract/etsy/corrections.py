"""Where Etsy's OpenAPI document is wrong about itself, and which answers it forgets to declare.

Everything here weakens the witness, so everything here has a reason. Numbers of issues are those of etsy/open-api.
"""

from collections.abc import Callable
from dataclasses import dataclass

from contract.corrections import Correction

CORRECTIONS: tuple[Correction, ...] = ()

#: The document says `array` and no style, which OpenAPI reads as a name that is repeated.
LISTS = (
    "a list of a query or a form is one text with commas: of a repeated name only the last value counts, and staff "
    "say that the type is an artefact (issues #291, #557)"
)

#: `{"error": text}` is all that ErrorSchema knows.
DESCRIBED = "401 and 403 of a token carry error_description, too, as OAuth has it (issue #519)"
PLACES = "createDraftListing answers a list of places when its texts are wrong (issue #622)"


@dataclass(frozen=True, slots=True)
class Tolerated:
    """A status that may be answered although the operation does not declare it."""

    status: int
    reason: str
    where: Callable[[str], bool] = lambda method: True  # noqa: ARG005


TOLERATED: tuple[Tolerated, ...] = (
    Tolerated(400, "parameters that cannot be read are refused everywhere; some reads forget to say so"),
    Tolerated(401, "every operation needs the key of an application; reads without a scope forget the refusal"),
    Tolerated(403, "a key without its secret is refused everywhere (the notice of 2026-02), rarely declared"),
    Tolerated(404, "a shop that does not exist, also below it", lambda method: method != "post"),
    Tolerated(413, "a body that is larger than any may be; never declared", lambda method: method != "get"),
    Tolerated(429, "limits hold for every operation; the document never declares them"),
    Tolerated(502, "a fault of a gateway before the marketplace; never declared"),
    Tolerated(503, "the same; declared for sections and profiles only"),
    Tolerated(504, "the same"),
)


def is_tolerated(status: int, method: str) -> bool:
    return any(entry.status == status and entry.where(method) for entry in TOLERATED)
