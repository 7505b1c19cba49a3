"""Live offers that no document can mean by a key alone: several share one, or there is none."""

from msgspec import Struct

from reconciler.model.marks import Mark
from reconciler.model.offers import Key


class Candidate(Struct, frozen=True, kw_only=True):
    """One of them, with what tells it apart. `document` is what means it already, at `mark`."""

    remote_id: str
    title: str = ""
    price: str = ""
    status: str = ""
    since: str = ""
    document: str = ""
    mark: Mark | None = None


class Ambiguity(Struct, frozen=True, kw_only=True):
    """A key with the offers that bear it; an empty name: offers without a key and without a document.

    `mark` is where a document has this name and does not say which of them it means.
    """

    key: Key
    candidates: tuple[Candidate, ...]
    mark: Mark | None = None


class Adoption(Struct, frozen=True, kw_only=True):
    """A document that says which live resource it means: the file before and after.

    `key_there` is the key that the resource bears, empty where it has none; `title` what it is called.
    """

    key: Key
    remote_id: str
    title: str
    key_there: str
    file: str
    before: bytes
    after: bytes
