"""Who refers to whom among the documents of a project, as it is drawn."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property

from msgspec import Struct, field

from reconciler.model.marks import Mark


class Vertex(Struct, frozen=True, kw_only=True):
    """A document, a content template, or several offers that refer to the same things from one folder.

    `id` is unique in its graph; `names` are those of all documents that it stands for, `mark` is the place of the
    first. Without a mark nothing in the project is called so.
    """

    id: str
    kind: str
    names: tuple[str, ...]
    account: str = ""
    folder: str = ""
    mark: Mark | None = None

    @property
    def count(self) -> int:
        """Return how many documents it stands for."""
        return len(self.names)


class Tie(Struct, frozen=True, order=True):
    """`user` refers to `used`, both by id; `by` are the sections or words that do, sorted."""

    user: str
    used: str
    by: tuple[str, ...]


class DocumentGraph(Struct, frozen=True, kw_only=True, dict=True):
    """All vertices by id, in the order of files, and all ties, sorted."""

    vertices: Mapping[str, Vertex] = field(default_factory=dict)
    ties: tuple[Tie, ...] = ()

    @cached_property
    def users(self) -> Mapping[str, tuple[Tie, ...]]:
        """Return the ties to each vertex that is referred to."""
        return _grouped((tie.used, tie) for tie in self.ties)

    @cached_property
    def uses(self) -> Mapping[str, tuple[Tie, ...]]:
        """Return the ties from each vertex that refers to something."""
        return _grouped((tie.user, tie) for tie in self.ties)

    def reaching(self, start: Collection[str]) -> set[str]:
        """Return what refers to one of these, directly or not, with these."""
        return _closure(start, lambda each: (tie.user for tie in self.users.get(each, ())))

    def reached(self, start: Collection[str]) -> set[str]:
        """Return what these refer to, directly or not, with these."""
        return _closure(start, lambda each: (tie.used for tie in self.uses.get(each, ())))

    def part(self, kept: set[str]) -> "DocumentGraph":
        """Return the graph of these vertices only."""
        return DocumentGraph(
            vertices={key: each for key, each in self.vertices.items() if key in kept},
            ties=tuple(tie for tie in self.ties if tie.user in kept and tie.used in kept),
        )


def _grouped(pairs: Iterable[tuple[str, Tie]]) -> dict[str, tuple[Tie, ...]]:
    out: dict[str, list[Tie]] = {}
    for key, tie in pairs:
        out.setdefault(key, []).append(tie)
    return {key: tuple(ties) for key, ties in out.items()}


def _closure(start: Collection[str], near: Callable[[str], Iterable[str]]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        for each in near(waiting.pop()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found
