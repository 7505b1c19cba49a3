"""Offers at rest: those of which a plan had nothing to say. Nothing of them is parsed, decoded or compared again
while what they came from is as it was.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Rest(NamedTuple):
    """One offer at rest on one account.

    `file` is the path of its document and `name` its key; `row` the digest of its row in the list (hexadecimal),
    and `memory` what the ledger remembers of it, as one text. `read_at` is when it was read in full, 0 where its
    row is enough, and `until` the moment from which its documents say something else, 0 for none: both in seconds
    since 1970. `shape` tells, by its number, what it counts as in a plan.
    """

    file: str
    name: str
    remote_id: str
    row: str
    memory: str
    read_at: int
    until: int
    shape: int


#: What one offer counts as in a plan: the names of counts, such as `equal.price`.
Shape = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtRest:
    """What the offers at rest add to a plan: how many there are, and what they count as."""

    offers: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


def at_rest(rests: Iterable[Rest], shapes: Mapping[int, Shape]) -> AtRest:
    """Count offers at rest."""
    by_shape = Counter(each.shape for each in rests)
    counts: Counter[str] = Counter()
    for number, offers in by_shape.items():
        counts.update(dict.fromkeys(shapes[number], offers))
    return AtRest(by_shape.total(), dict(counts))
