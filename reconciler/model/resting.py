"""Offers at rest: those of which a plan had nothing to say. Nothing of them is parsed, decoded or compared again
while what they came from is as it was.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct, field


class Rest(NamedTuple):
    """One offer at rest on one account.

    `file` is the path of its document and `name` its key; `row` the digest of its row in the list (hexadecimal),
    and `memory` what the ledger remembers of it, as one text. `read_at` is when it was read in full (ISO, UTC),
    empty where its row is enough; `until` the moment from which its documents say something else, in seconds since
    1970, 0 for none. `shape` is the number of what it counts as.
    """

    file: str
    name: str
    remote_id: str
    row: str
    memory: str
    read_at: str
    until: int
    shape: int


class RestShape(NamedTuple):
    """What an offer counts as: names of counts of a plan, such as `equal.price`; its shares in what is summed.

    `uses` are the things of the account that it refers to: kind and remote id as one text each.
    """

    counts: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


class AtRest(Struct, frozen=True):
    """What offers at rest add to a plan: how many there are, what they count as, have shares in, and use."""

    offers: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, int] = field(default_factory=dict)
    uses: Mapping[str, int] = field(default_factory=dict)


def at_rest(rests: Iterable[Rest], shapes: Mapping[int, RestShape]) -> AtRest:
    """Count offers at rest."""
    by_shape = Counter(each.shape for each in rests)
    counts, shares, uses = Counter[str](), Counter[str](), Counter[str]()
    for number, offers in by_shape.items():
        shape = shapes[number]
        for counted, names in ((counts, shape.counts), (shares, shape.shares), (uses, shape.uses)):
            counted.update(dict.fromkeys(names, offers))
    return AtRest(by_shape.total(), dict(counts), dict(shares), dict(uses))


class RestShapes(Struct):
    """The shapes of an account, numbered as they come."""

    numbers: dict[RestShape, int] = field(default_factory=dict)

    @classmethod
    def of(cls, known: Mapping[int, RestShape]) -> "RestShapes":
        """Return one that goes on with the numbers that are known."""
        return cls({shape: number for number, shape in known.items()})

    def number(self, shape: RestShape) -> int:
        """Return the number of a shape."""
        if shape not in self.numbers:
            self.numbers[shape] = max(self.numbers.values(), default=-1) + 1
        return self.numbers[shape]

    def told(self) -> dict[int, RestShape]:
        """Return the shapes by their numbers."""
        return {number: shape for shape, number in self.numbers.items()}
