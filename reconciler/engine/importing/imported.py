"""What pull has to write, as data; and what it must know of the project that it writes into."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from reconciler.model.offers import Live


def everything(_kind: str, _name: str, _remote_id: str) -> bool:
    """Want all there is."""
    return True


class Present(Struct, frozen=True, kw_only=True):
    """What is there already: pull adds and never changes.

    `names` are (kind, name) of the account's documents, `keys` what they are known by there, `adopted` the
    (kind, id) that documents adopt, and `at_rest` the names and ids of live offers that were not looked at, since
    they have a document. `templates` are the SettingsTemplates that its offers may use (bodies in long form),
    `paths` the files below the target folder, and `occupied` the folders there that hold documents, at any depth.
    `asked` tells what is wanted; where that is not everything (`alone`), each document stands by itself and
    nothing is shared anew.
    """

    names: frozenset[tuple[str, str]] = frozenset()
    keys: frozenset[tuple[str, str]] = frozenset()
    adopted: frozenset[tuple[str, str]] = frozenset()
    at_rest: tuple[tuple[str, str], ...] = ()
    templates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    paths: frozenset[str] = frozenset()
    occupied: frozenset[str] = frozenset()
    asked: Callable[[str, str, str], bool] = everything
    alone: bool = False


class Draft(Struct, frozen=True, kw_only=True):
    """One document: where it goes, its body in the forms that a person would use, and what it describes."""

    path: str
    body: Mapping[str, Any]
    live: Live | None = None

    @property
    def kind(self) -> str:
        """The kind of the document."""
        return str(self.body["kind"])


class Imported(Struct, frozen=True, kw_only=True):
    """All documents, in the order in which they are to be read; and what was left out, as sentences."""

    documents: tuple[Draft, ...]
    notes: tuple[str, ...] = ()


class Notes:
    """Collects what happened to many resources, and says it once for all of them."""

    __slots__ = ("_by_reason",)

    def __init__(self) -> None:
        self._by_reason: dict[str, list[str]] = {}

    def add(self, reason: str, name: str) -> None:
        """Note a reason for one resource."""
        self._by_reason.setdefault(reason, []).append(name)

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence for each reason, with the first names and how many more there are."""
        return tuple(f"{reason}: {_some(names)}" for reason, names in self._by_reason.items())


def _some(names: list[str], shown: int = 5) -> str:
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {more} more" if more > 0 else "")
