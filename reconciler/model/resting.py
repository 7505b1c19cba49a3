"""Offers at rest: those of which a plan had nothing to say. Nothing of them is parsed, decoded or compared again
while what they came from is as it was.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import compress
from typing import Any, NamedTuple, TypeVar

import orjson
from msgspec import Struct, field

T = TypeVar("T")


class Rest(NamedTuple):
    """One offer at rest on one account.

    `file` is the path of its document and `name` its key; `row` the digest of its row in the list, and `memory`
    what the ledger remembers of it, as one text. `read_at` is when it was read in full (ISO, UTC), empty where its
    row is enough; `until` the moment from which its documents say something else, in seconds since 1970, 0 for
    none. `shape` is the number of what it counts as, and `labels` are those of its documents (`labels_text`).
    `follows` are the rows of sources that decide its fields (`follows_text`), empty where none do.
    """

    file: str
    name: str
    remote_id: str
    row: bytes
    memory: str
    read_at: str
    until: int
    shape: int
    labels: str
    follows: str


class Rests(Struct, frozen=True):
    """Many offers at rest, by file, in columns: a list for each member of `Rest`, which nobody changes.

    Columns are compared, searched and cut by the interpreter itself; an object for each offer would take longer to
    make than all that is asked of most of them.
    """

    file: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    remote_id: list[str] = field(default_factory=list)
    row: list[bytes] = field(default_factory=list)
    memory: list[str] = field(default_factory=list)
    read_at: list[str] = field(default_factory=list)
    until: list[int] = field(default_factory=list)
    shape: list[int] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    follows: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, rests: Iterable[Rest]) -> "Rests":
        """Return these as columns."""
        columns = [list(each) for each in zip(*rests, strict=True)]
        return cls(*columns)

    def __len__(self) -> int:
        return len(self.name)

    def __iter__(self) -> Iterator[Rest]:
        return map(Rest, *self._columns())

    def rows(self) -> dict[str, bytes]:
        """Return the digests of their rows, by remote id."""
        return dict(zip(self.remote_id, self.row, strict=True))

    def without(self, dropped: Iterable[int]) -> "Rests":
        """Return all but those in these places."""
        kept = bytearray(b"\1") * len(self)
        for place in dropped:
            kept[place] = 0
        return Rests(*(list(compress(each, kept)) for each in self._columns())) if 0 in kept else self

    def at(self, places: Iterable[int]) -> list[Rest]:
        """Return those in these places."""
        columns = self._columns()
        return [Rest(*(each[place] for each in columns)) for place in places]

    def with_more(self, more: Iterable[Rest]) -> "Rests":
        """Return these and more, in the order of their files."""
        added = Rests.of(sorted(more))
        if not added:
            return self
        places = [bisect_right(self.file, each) for each in added.file]
        both = zip(self._columns(), added._columns(), strict=True)  # noqa: SLF001 - of its own kind
        return Rests(*(inserted(old, places, new) for old, new in both))

    def _columns(self) -> tuple[list[Any], ...]:
        return (
            self.file, self.name, self.remote_id, self.row, self.memory, self.read_at, self.until, self.shape,
            self.labels, self.follows,
        )  # fmt: skip


def inserted(column: list[T], places: Iterable[int], more: Iterable[T]) -> list[T]:
    """Return a column with more in it: each before what is in its place, and places in ascending order."""
    found: list[T] = []
    done = 0
    for place, each in zip(places, more, strict=True):
        found += column[done:place]
        found.append(each)
        done = place
    return found + column[done:]


class Follows(NamedTuple):
    """What an offer follows: the article whose stock it sells, empty where only prices follow, and the rows that
    decide its fields (`erp/K-300`), each with the digest of what they say.
    """

    article: str
    rows: Mapping[str, str]

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield source and article of each row."""
        for each in self.rows:
            source, _, item = each.partition("/")
            yield source, item


class RowsRead(NamedTuple):
    """What a good reading of a source is known by: the digest of its rows, whether these are all that there are,
    and whether each of them can be used.
    """

    digest: str
    whole: bool
    sound: bool


def follows_text(follows: Follows) -> str:
    """Return it as one text."""
    return orjson.dumps([*follows]).decode()


def follows_of(text: str) -> Follows:
    """Return what such a text tells."""
    article, rows = orjson.loads(text)
    return Follows(article, rows)


def labels_text(labels: Mapping[str, str]) -> str:
    """Return labels as one text: what is alike reads alike, and none are no text."""
    return orjson.dumps(labels, option=orjson.OPT_SORT_KEYS).decode() if labels else ""


def labelled(column: Iterable[str], wanted: Mapping[str, str]) -> Iterator[bool]:
    """Tell of each text of a column whether all these labels are in it."""
    told = {"": not wanted}
    for each in column:
        if each not in told:
            told[each] = wanted.items() <= orjson.loads(each).items()
        yield told[each]


def places_of(column: Iterable[str], wanted: Collection[str]) -> list[int]:
    """Return the places of a column where one of these stands."""
    return [place for place, each in enumerate(column) if each in wanted] if wanted else []


#: How a share begins that tells when prices change next: it has no module.
CHANGES = "changes"


class RestShape(NamedTuple):
    """What an offer counts as: names of counts of a plan, such as `equal.price`; its shares in what is summed.

    `uses` are the things of the account that it refers to: kind and remote id as one text each. `stock_of` is the
    source that its stock follows, if any.
    """

    counts: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    stock_of: tuple[str, ...] = ()

    def besides(self, modules: Collection[str]) -> "RestShape":
        """Return what it counts as but for these modules, which are the first words of paths.

        When its prices change next is of its price.
        """
        names = tuple(each for each in self.counts if each.partition(".")[2] not in modules)
        said = (each for each in self.shares if not (each.startswith(f"{CHANGES} ") and "price" in modules))
        shares = tuple(each for each in said if each.split(" ")[1].partition(".")[0] not in modules)
        return self._replace(counts=names, shares=shares)

    def of_modules(self, modules: Collection[str]) -> "RestShape":
        """Return what it counts as where a plan asks for these modules only."""
        return self._replace(counts=tuple(each for each in self.counts if each.partition(".")[2] in modules))

    def modules(self, *said: str) -> Iterator[str]:
        """Yield the modules that its documents declare: those that are `equal`, or `off`, or both of them."""
        counts = (each.partition(".") for each in self.counts)
        return (module for what, _, module in counts if what in said)


class AtRest(Struct, frozen=True):
    """What offers at rest add to a plan: how many there are, and of what: see `RestShape`."""

    offers: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, int] = field(default_factory=dict)
    uses: Mapping[str, int] = field(default_factory=dict)
    stock_of: Mapping[str, int] = field(default_factory=dict)


def at_rest(rests: Rests, shapes: Mapping[int, RestShape]) -> AtRest:
    """Count offers at rest."""
    by_shape = Counter(rests.shape)
    found = tuple(Counter[str]() for _ in RestShape._fields)
    for number, offers in by_shape.items():
        for counted, names in zip(found, shapes[number], strict=True):
            counted.update(dict.fromkeys(names, offers))
    return AtRest(by_shape.total(), *map(dict, found))


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
