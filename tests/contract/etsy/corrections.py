"""Where Etsy's OpenAPI document is wrong about itself, and which answers it forgets to declare.

Everything here weakens the witness, so everything here has a reason. Numbers of issues are those of etsy/open-api.
"""

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


#: Statuses that may be answered although an operation does not declare them.
TOLERATED: dict[int, str] = {
    401: "every operation needs the key of an application; reads without a scope forget the refusal",
    403: "a key without its secret is refused everywhere (since 2026-02); reads without a scope forget it",
    429: "limits hold for every operation; the document never declares them",
    502: "a fault of a gateway before the marketplace; never declared",
    503: "the same; declared for sections and profiles only",
    504: "the same",
}
