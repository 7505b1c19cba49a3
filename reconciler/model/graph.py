"""Who refers to whom among the documents of a project, as it is drawn."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from msgspec import Struct, field

from reconciler.model.marks import Mark

_T = TypeVar("_T")


class Vertex(Struct, frozen=True, kw_only=True):
    """A document, a content template, or several offers that refer to the same things from one folder.

    `id` is unique in its graph; `names` are those of all documents that it stands for, `mark` is the place of the
    first. Without a mark nothing in the project is called so. `binds`: it belongs to its account, and does not
    only say one for the documents that say none, as Defaults do.
    """

    id: str
    kind: str
    names: tuple[str, ...]
    account: str = ""
    folder: str = ""
    mark: Mark | None = None
    binds: bool = True

    @property
    def home(self) -> str:
        """Return the account outside of which it changes nothing; empty where it may in any."""
        return self.account if self.binds else ""

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
    """All vertices by id, in the order of files, and all ties, sorted.

    `whole` is the graph of which this is a part, or the same drawn with fewer vertices.
    """

    vertices: Mapping[str, Vertex] = field(default_factory=dict)
    ties: tuple[Tie, ...] = ()
    whole: "DocumentGraph | None" = None

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
            whole=self.whole or self,
        )

    def followers(self, key: str, kind: str) -> int:
        """Count the documents of a kind that an edit of this one may change, also those that are not drawn.

        What belongs to one account changes nothing of another one, though a document of all accounts names both.
        """
        if self.whole is not None:
            return self.whole.followers(key, kind)
        found = _closure([(key, self.vertices[key].home)], self._users_in_account)
        users = {each for each, _ in found if each != key}
        return sum(self.vertices[each].count for each in users if self.vertices[each].kind == kind)

    def _users_in_account(self, of: tuple[str, str]) -> Iterator[tuple[str, str]]:
        key, account = of
        for tie in self.users.get(key, ()):
            theirs = self.vertices[tie.user].home
            if not account or not theirs or account == theirs:
                yield tie.user, account or theirs


def _grouped(pairs: Iterable[tuple[str, Tie]]) -> dict[str, tuple[Tie, ...]]:
    out: dict[str, list[Tie]] = {}
    for key, tie in pairs:
        out.setdefault(key, []).append(tie)
    return {key: tuple(ties) for key, ties in out.items()}


def _closure(start: Collection[_T], near: Callable[[_T], Iterable[_T]]) -> set[_T]:
    found, waiting = set(start), list(start)
    while waiting:
        for each in near(waiting.pop()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found
