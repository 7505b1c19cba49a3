"""The book of what is at rest, as it lies in `.reconcile/`: written by a plan, believed by the next one.

It is a cache: one that is damaged, of another version or of another world is not believed, and the plan looks at
everything. Whoever wrote the same content wrote the same bytes, so a digest over all of it is enough.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from itertools import chain, compress, zip_longest
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import orjson
from msgspec import Struct, field

from reconciler import __version__
from reconciler.documents.numbers import DIGEST
from reconciler.documents.resources import every_resource
from reconciler.model.bounds import RESTS
from reconciler.model.resting import Rests, RestShape, RowsRead, inserted
from reconciler.runtime.locking import Held, holding
from reconciler.runtime.project.state import STATE
from reconciler.runtime.reading import read_file, read_line
from reconciler.runtime.writing import replace_file

#: Raised with every change of what is written, and of what it means.
_VERSION = 11
#: The books: of what a plan left at rest, of what was found valid, and of what is in its canonical form.
RESTS_BOOK, VALID_BOOK, FORMATTED_BOOK = "rests", "valid", "formatted"
_PATIENCE = 5
#: A line that says more is none of ours.
_HEAD = 100_000
#: Bytes of a digest: of a file, and of a row.
_DIGEST = 16
#: The digest of a row where none was looked at.
NO_ROW = bytes(_DIGEST)
#: What reading a body that is none ends in.
_NO_BOOK = (LookupError, TypeError, ValueError, AttributeError, StopIteration)
#: No path has it. A name that had it would make one text too many, and the book would not be believed.
_BETWEEN = "\0"


P = TypeVar("P", bytes, str)
#: The rest of a file whose numbers are not to be read alone.
NO_REST = bytes(DIGEST)


class FileAtRest(NamedTuple):
    """One file of `FilesAtRest`."""

    stamp: str
    digest: str
    above: int
    rest: bytes


class FilesAtRest(Struct, frozen=True):
    """Files of which every document is an offer at rest, by path, in columns, which nobody changes.

    `stamp` is what a file was known by without reading it, `digest` that of its content, and `above` the number of
    what its documents inherit from. `rest` has so many bytes for each (`DIGEST`), one after the other: the digest
    of all but its numbers, `NO_REST` where these are not to be read alone.
    """

    path: list[str] = field(default_factory=list)
    stamp: list[str] = field(default_factory=list)
    digest: list[str] = field(default_factory=list)
    above: list[int] = field(default_factory=list)
    rest: bytes = b""

    def __len__(self) -> int:
        return len(self.path)

    def digests(self) -> dict[str, str]:
        """Return the digests by path."""
        return dict(zip(self.path, self.digest, strict=True))

    def seen(self, paths: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Return stamp and digest of some of them, by path."""
        some = frozenset(paths)
        rows = zip(self.path, self.stamp, self.digest, strict=True) if some else ()
        return {path: (stamp, digest) for path, stamp, digest in rows if path in some}

    def rows(self) -> dict[str, "FileAtRest"]:
        """Return them one by one, by path."""
        rests = map(self.rest_of, range(len(self.path)))
        return dict(zip(self.path, map(FileAtRest, self.stamp, self.digest, self.above, rests), strict=True))

    def rest_of(self, place: int) -> bytes:
        """Return the digest of all but the numbers of the file in a place."""
        return self.rest[place * DIGEST : (place + 1) * DIGEST]

    def at(self, places: list[int]) -> "FilesAtRest":
        """Return those in these places, which ascend."""
        return FilesAtRest(
            path=[self.path[place] for place in places],
            stamp=[self.stamp[place] for place in places],
            digest=[self.digest[place] for place in places],
            above=[self.above[place] for place in places],
            rest=b"".join(map(self.rest_of, places)),
        )

    def kept(self, which: list[bool]) -> "FilesAtRest":
        """Return those for which the word in the same place is true."""
        if all(which):
            return self
        return FilesAtRest(
            path=list(compress(self.path, which)),
            stamp=list(compress(self.stamp, which)),
            digest=list(compress(self.digest, which)),
            above=list(compress(self.above, which)),
            rest=b"".join(self._stretches([place for place, it_is in enumerate(which) if not it_is], over=1)),
        )

    def with_more(self, more: Mapping[str, "FileAtRest"]) -> "FilesAtRest":
        """Return these and more, in the order of their paths."""
        if not more:
            return self
        paths = sorted(more)
        places = [bisect_right(self.path, each) for each in paths]
        rests = [more[path].rest for path in paths]
        return FilesAtRest(
            path=inserted(self.path, places, paths),
            stamp=inserted(self.stamp, places, [more[path].stamp for path in paths]),
            digest=inserted(self.digest, places, [more[path].digest for path in paths]),
            above=inserted(self.above, places, [more[path].above for path in paths]),
            rest=b"".join(chain.from_iterable(zip_longest(self._stretches(places), rests, fillvalue=b""))),
        )

    def _stretches(self, places: Iterable[int], over: int = 0) -> Iterator[bytes]:
        """Yield the rests between these places, and those after the last; so many are left `over` at each."""
        done = 0
        for place in places:
            yield self.rest[done * DIGEST : place * DIGEST]
            done = place + over
        yield self.rest[done * DIGEST :]


class AccountRests(Struct, frozen=True, kw_only=True):
    """The offers at rest of one account.

    `site` is where it was, and `cache` the mark of the cache that its full reads are in; `events` how far the
    events of that cache were followed. `memory` is the mark of what the ledger remembered, and `besides` that of
    what is not at rest, by name. `references` are the names that they refer to: kind -> label -> remote id,
    and `images` where the files went that are images of theirs: what each is known by -> address. `others` are the
    ids of what was listed besides, and `stretches` the rows of the list that were together (`RowsKnown`).
    """

    site: str
    cache: str
    events: int
    memory: str = ""
    besides: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[int, RestShape] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    stretches: Mapping[bytes, bytes] = field(default_factory=dict)
    rests: Rests = field(default_factory=Rests)


class Book(Struct, frozen=True, kw_only=True):
    """What was at rest after a plan.

    `structure` is the digest of what documents inherit from, by place and name, and `named` the other things that
    had documents. `files` are at rest as a whole; `above` are the files that their documents take anything in
    from, by number, and `inherited` has stamp and digest of each of these. `names` are the other offers that had
    documents, and `articles` those that offers followed (`FilledIn`). `definitions` is the digest of what all
    sources say, and `readings` what was known of their rows: where they are the same, what follows them rests.
    """

    structure: str
    named: frozenset[str]
    above: tuple[tuple[str, ...], ...]
    inherited: Mapping[str, tuple[str, str]]
    files: FilesAtRest
    names: frozenset[str]
    accounts: Mapping[str, AccountRests]
    articles: frozenset[str] = frozenset()
    definitions: str = ""
    readings: Mapping[str, RowsRead] = field(default_factory=dict)


@cache
def program() -> str:
    """Return the digest of what this program is: its version, and all specs and schemas that it has."""
    found = hashlib.blake2b(f"{_VERSION} {__version__}".encode(), digest_size=16)
    for name, data in every_resource():
        found.update(f"{name} {len(data)} ".encode())
        found.update(data)
    return found.hexdigest()


def read_book(root: Path, name: str) -> Book | None:
    """Return a book of a project; None where there is none that can be believed."""
    try:
        data = read_file(root / STATE / name, RESTS)
    except OSError:
        return None
    end = data.find(b"\n", 0, _HEAD)
    body = memoryview(data)[end + 1 :]  # no second copy of what may be very large
    head = _read_head(data[: max(end, 0)])
    if head.get("digest") != _digest(body):
        return None
    try:
        return _book(body, head["told"])
    except _NO_BOOK:
        return None  # somebody else has put it there


def write_book(root: Path, name: str, book: Book) -> None:
    """Put a book in place of the one before, unless somebody has seen later events meanwhile.

    Where nothing can be written there is none, and the next plan looks at everything.
    """
    body = _body(book)
    seen = {name: [each.cache, each.events] for name, each in book.accounts.items()}
    head = {"program": program(), "digest": _digest(*body), "told": len(body[0]), "seen": seen}
    file = root / STATE / name
    with suppress(OSError, Held), holding(file.with_name(f"{name}.lock"), _PATIENCE):
        there = _head_of(file)
        if there != head and _is_after(seen, there.get("seen", {})):
            replace_file(file, (orjson.dumps(head), b"\n", *body), private=True)


def _is_after(seen: Mapping[str, list[Any]], before: Mapping[str, list[Any]]) -> bool:
    """Tell whether all events were seen that another book has seen: else it would bring back what they woke."""
    return all(
        seen[name][0] != cache or seen[name][1] >= events
        for name, (cache, events) in before.items()
        if name in seen
    )


def _digest(*pieces: bytes | memoryview) -> str:
    found = hashlib.sha256()  # processors have it built in
    for each in pieces:
        found.update(each)
    return found.hexdigest()


def _head_of(file: Path) -> Mapping[str, Any]:
    try:
        return _read_head(read_line(file, _HEAD))
    except FileNotFoundError:
        return {}


def _read_head(line: bytes) -> Mapping[str, Any]:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) and told.get("program") == program() else {}


# A body is JSON and, after it, the columns of texts and digests, one after the other: `sizes` in bytes.


def _body(book: Book) -> list[bytes]:
    files = book.files
    columns = [_texts(files.path), _texts(files.stamp), bytes.fromhex("".join(files.digest)), files.rest]
    accounts = {name: _account_told(each, files, columns) for name, each in book.accounts.items()}
    told = {
        "structure": book.structure,
        "named": sorted(book.named),
        "above": book.above,
        "inherited": book.inherited,
        "files": files.above,
        "names": sorted(book.names),
        "articles": sorted(book.articles),
        "definitions": book.definitions,
        "readings": {name: [*each] for name, each in book.readings.items()},
        "accounts": accounts,
        "sizes": [len(each) for each in columns],
    }
    return [orjson.dumps(told), *columns]


def _account_told(account: AccountRests, files: FilesAtRest, columns: list[bytes]) -> dict[str, Any]:
    rests = account.rests
    moments = {moment: number for number, moment in enumerate(dict.fromkeys(rests.read_at))}
    columns += [_texts(rests.name), _texts(rests.remote_id), b"".join(rests.row), _texts(rests.memory)]
    columns += [_texts(each) if any(each) else b"" for each in (rests.labels, rests.follows)]
    columns += [b"".join(account.stretches.keys()), b"".join(account.stretches.values())]
    return {
        "site": account.site,
        "cache": account.cache,
        "events": account.events,
        "memory": account.memory,
        "references": account.references,
        "images": account.images,
        "shapes": [[number, *shape] for number, shape in account.shapes.items()],
        "others": sorted(account.others),
        "besides": account.besides,
        "files": None if rests.file == files.path else _places(rests.file, files.path),
        "moments": list(moments),
        "read_at": [moments[each] for each in rests.read_at],
        "until": rests.until if any(rests.until) else None,
        "shape": rests.shape,
        "together": [len(each) for each in account.stretches.values()],
    }


def _texts(column: list[str]) -> bytes:
    return _BETWEEN.join(column).encode()


def _places(some: list[str], every: list[str]) -> list[int]:
    places = {each: place for place, each in enumerate(every)}
    return [places[each] for each in some]


def _book(body: memoryview, size: int) -> Book:
    """Read a body whose JSON has so many bytes. Raise one of `_NO_BOOK` where it is none."""
    told = orjson.loads(body[:size])
    columns = _cut(body[size:], told["sizes"])
    above = told["files"]
    count = len(above)
    files = FilesAtRest(
        _read_texts(next(columns), count),
        _read_texts(next(columns), count),
        _in_pieces(next(columns).hex(), count, 2 * _DIGEST),
        above,
        bytes(next(columns)),
    )
    if len(files.rest) != count * DIGEST:
        raise ValueError("a rest for each file")
    return Book(
        structure=told["structure"],
        named=frozenset(told["named"]),
        above=tuple(map(tuple, told["above"])),
        inherited={path: (stamp, digest) for path, (stamp, digest) in told["inherited"].items()},
        files=files,
        names=frozenset(told["names"]),
        accounts={name: _account(each, files, columns) for name, each in told["accounts"].items()},
        articles=frozenset(told["articles"]),
        definitions=told["definitions"],
        readings={name: RowsRead(*each) for name, each in told["readings"].items()},
    )


def _account(told: dict[str, Any], files: FilesAtRest, columns: Iterator[memoryview]) -> AccountRests:
    shape, places, moments = told["shape"], told["files"], told["moments"]
    count = len(shape)
    rests = Rests(
        file=files.path if places is None else [files.path[place] for place in places],
        name=_read_texts(next(columns), count),
        remote_id=_read_texts(next(columns), count),
        row=_in_pieces(bytes(next(columns)), count, _DIGEST),
        memory=_read_texts(next(columns), count),
        labels=_read_texts(next(columns), count),
        follows=_read_texts(next(columns), count),
        read_at=[moments[number] for number in told["read_at"]],
        until=[0] * count if told["until"] is None else told["until"],
        shape=shape,
    )
    sizes, digests = told["together"], bytes(next(columns))
    together = zip(_in_pieces(digests, len(sizes), _DIGEST), map(bytes, _cut(next(columns), sizes)), strict=True)
    if {len(rests.file), len(rests.read_at), len(rests.until)} != {count}:
        raise ValueError("columns of one length")
    return AccountRests(
        site=told["site"],
        cache=told["cache"],
        events=told["events"],
        memory=told["memory"],
        references=told["references"],
        images=told["images"],
        shapes={number: RestShape(*map(tuple, shape)) for number, *shape in told["shapes"]},
        others=frozenset(told["others"]),
        besides=told["besides"],
        stretches=dict(together),
        rests=rests,
    )


def _cut(body: memoryview, sizes: list[int]) -> Iterator[memoryview]:
    start = 0
    for size in sizes:
        yield body[start : start + size]
        start += size


def _read_texts(column: memoryview, count: int) -> list[str]:
    if not column:  # all of them are empty
        return [""] * count
    texts = str(column, "utf-8").split(_BETWEEN)
    if len(texts) != count:
        raise ValueError(f"{len(texts)} texts where there should be {count}")
    return texts


def _in_pieces(column: P, count: int, size: int) -> list[P]:
    """Cut a column of texts or bytes of one size."""
    if len(column) != count * size:
        raise ValueError(f"{len(column)} where there should be {count} of {size}")
    return [column[at : at + size] for at in range(0, len(column), size)]
