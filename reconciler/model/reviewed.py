"""What of a plan nobody has reviewed."""

from enum import StrEnum

from msgspec import Struct

from reconciler.model.offers import Key


class Unlike(StrEnum):
    """Why something of a fresh plan is not what was reviewed."""

    NEW = "was not in the reviewed plan"
    OTHER = "would get another value than was reviewed"
    VERB = "would be done in another way than was reviewed"


class NotReviewed(Struct, frozen=True):
    """A resource, or the fields of one, that a fresh plan would change and that nobody has reviewed so."""

    key: Key
    why: Unlike
    paths: tuple[str, ...] = ()
