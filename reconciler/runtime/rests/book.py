"""The book of what is at rest, as it lies in `.reconcile/`: written by a plan, believed by the next one.

It is a cache: one that is damaged, of another version or of another world is not believed, and the plan looks at
everything. Whoever wrote the same content wrote the same bytes, so a digest over all of it is enough.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import orjson
from msgspec import Struct, field

from reconciler import __version__
from reconciler.documents.resources import every_resource
from reconciler.model.bounds import RESTS
from reconciler.model.resting import Rest, RestShape
from reconciler.runtime.locking import Held, holding
from reconciler.runtime.project.state import STATE
from reconciler.runtime.reading import read_file, read_line
from reconciler.runtime.writing import replace_file

#: Raised with every change of what is written, and of what it means.
_VERSION = 4
#: The books: of what a plan left at rest, and of what was found valid.
RESTS_BOOK, VALID_BOOK = "rests", "valid"
_PATIENCE = 5
#: A line that says more is none of ours.
_HEAD = 100_000


class QuietFile(NamedTuple):
    """A file of which every document is an offer at rest: stamp, digest, the number of what it inherits from."""

    stamp: str
    digest: str
    above: int


class AccountRests(Struct, frozen=True, kw_only=True):
    """The offers at rest of one account.

    `site` is where it was, and `cache` the mark of the cache that its full reads are in; `events` how far the
    events of that cache were followed. `references` are the names that they refer to: kind -> label -> remote id,
    and `images` where the files went that are images of theirs: what each is known by -> address. `others` are the
    ids of what was listed besides.
    """

    site: str
    cache: str
    events: int
    references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[int, RestShape] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    rests: tuple[Rest, ...] = ()


class Book(Struct, frozen=True, kw_only=True):
    """What was at rest after a plan.

    `structure` is the digest of what documents inherit from, by place and name, and `named` the other things that
    had documents. `files` are at rest as a whole; `above` are the files that their documents take anything in
    from, by number, and `inherited` has stamp and digest of each of these. `names` are the other offers that had
    documents.
    """

    structure: str
    named: frozenset[str]
    above: tuple[tuple[str, ...], ...]
    inherited: Mapping[str, tuple[str, str]]
    files: Mapping[str, QuietFile]
    names: frozenset[str]
    accounts: Mapping[str, AccountRests]


N = TypeVar("N", bound=tuple[Any, ...])


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
    if not _is_of(data[: max(end, 0)], body):
        return None
    try:
        return _book(orjson.loads(body))
    except (LookupError, TypeError, ValueError, AttributeError):
        return None  # somebody else has put it there


def write_book(root: Path, name: str, book: Book) -> None:
    """Put a book in place of the one before, unless somebody has seen later events meanwhile.

    Where nothing can be written there is none, and the next plan looks at everything.
    """
    body = orjson.dumps(_told(book))
    seen = {name: [each.cache, each.events] for name, each in book.accounts.items()}
    head = {"program": program(), "digest": _digest(body), "seen": seen}
    file = root / STATE / name
    with suppress(OSError, Held), holding(file.with_name(f"{name}.lock"), _PATIENCE):
        there = _head_of(file)
        if there != head and _is_after(seen, there.get("seen", {})):
            replace_file(file, (orjson.dumps(head), b"\n", body), private=True)


def _is_after(seen: Mapping[str, list[Any]], before: Mapping[str, list[Any]]) -> bool:
    """Tell whether all events were seen that another book has seen: else it would bring back what they woke."""
    return all(
        seen[name][0] != cache or seen[name][1] >= events
        for name, (cache, events) in before.items()
        if name in seen
    )


def _digest(body: bytes | memoryview) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def _is_of(head: bytes, body: memoryview) -> bool:
    """Tell whether a head is of this program, and of these bytes."""
    return _read_head(head).get("digest") == _digest(body)


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


def _told(book: Book) -> dict[str, Any]:
    return {
        "structure": book.structure,
        "named": sorted(book.named),
        "above": book.above,
        "inherited": book.inherited,
        "files": [list(book.files), *_columns(book.files.values(), len(QuietFile._fields))],
        "names": list(book.names),
        "accounts": {
            name: {
                "site": each.site,
                "cache": each.cache,
                "events": each.events,
                "references": each.references,
                "images": each.images,
                "shapes": [[number, *shape] for number, shape in each.shapes.items()],
                "others": list(each.others),
                "rests": _columns(each.rests, len(Rest._fields)),
            }
            for name, each in book.accounts.items()
        },
    }


def _rows(kind: type[N], columns: list[list[Any]]) -> Iterator[N]:
    """Build rows of columns: what `_make` does, without a call of Python for each."""
    return map(partial(tuple.__new__, kind), zip(*columns, strict=True))


def _columns(rows: Any, width: int) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True)) or [()] * width


def _book(told: dict[str, Any]) -> Book:
    paths, *columns = told["files"]
    return Book(
        structure=told["structure"],
        named=frozenset(told["named"]),
        above=tuple(map(tuple, told["above"])),
        inherited={path: (stamp, digest) for path, (stamp, digest) in told["inherited"].items()},
        files=dict(zip(paths, _rows(QuietFile, columns), strict=True)),
        names=frozenset(told["names"]),
        accounts={name: _account(each) for name, each in told["accounts"].items()},
    )


def _account(told: dict[str, Any]) -> AccountRests:
    return AccountRests(
        site=told["site"],
        cache=told["cache"],
        events=told["events"],
        references=told["references"],
        images=told["images"],
        shapes={number: RestShape(*map(tuple, shape)) for number, *shape in told["shapes"]},
        others=frozenset(told["others"]),
        rests=tuple(_rows(Rest, told["rests"])),
    )
