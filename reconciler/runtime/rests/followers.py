"""Offers at rest that follow sources: they rest as long as the rows that decided them say the same."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

import orjson
from msgspec import Struct, field

from reconciler.documents.document import Documents
from reconciler.documents.kinds import SOURCE
from reconciler.engine.rules.tables import Table
from reconciler.model.resting import Follows, Rests, RowsRead, follows_of
from reconciler.model.tables import SourceRead
from reconciler.runtime.project.resolve import Resolved
from reconciler.runtime.rests.book import Book


class Follower(Struct, frozen=True):
    """An offer at rest that follows sources: the file of its document, and what it follows."""

    file: str
    follows: Follows


class Followers(Struct, frozen=True):
    """All of them, and their files by the articles whose rows decide them."""

    every: tuple[Follower, ...] = ()
    by_item: Mapping[str, list[str]] = field(default_factory=dict)

    def of(self, items: Collection[str]) -> Iterator[str]:
        """Yield the files of those that one of these articles decides."""
        if self.every:
            for item in items:
                yield from self.by_item.get(item, ())

    def articles(self, asleep: Collection[str]) -> frozenset[str]:
        """Return the articles whose stock is followed by those whose files are asleep."""
        return frozenset(
            each.follows.article for each in self.every if each.follows.article and each.file in asleep
        )

    def files(self) -> frozenset[str]:
        """Return the files of all of them."""
        return frozenset(each.file for each in self.every)

    def sources(self, asleep: Collection[str]) -> frozenset[str]:
        """Return the sources that those follow whose files are asleep."""
        return frozenset(
            source for each in self.every if each.file in asleep for source, _ in each.follows.places()
        )

    def moved(self, book: Book, resolved: Resolved) -> frozenset[str]:
        """Return the files of those that are decided otherwise, perhaps, by what was read now."""
        if definitions_of(resolved.documents) != book.definitions:
            return self.files()
        then, tables = book.readings, resolved.tables
        now = readings_of(resolved.sources, tables)
        known = {name for name, each in now.items() if name in then and each.whole is then[name].whole}
        alike = {name for name in known if not tables[name].strays}  # else any row may be anybody's
        same = {name for name in alike if now[name].sound and now[name] == then[name]}
        return frozenset(
            each.file
            for each in self.every
            if not all(
                source in same or (source in alike and tables[source].still_says(item, digest))
                for (source, item), digest in zip(each.follows.places(), each.follows.rows.values(), strict=True)
            )
        )


def followers_of(book: Book | None) -> Followers:
    """Return the offers at rest in a book that follow sources."""
    rests = (account.rests for account in book.accounts.values()) if book else ()
    every = tuple(each for some in rests for each in _followers(some))
    by_item: dict[str, list[str]] = defaultdict(list)
    for each in every:
        for item in {item for _, item in each.follows.places()}:
            by_item[item].append(each.file)
    return Followers(every, by_item)


def _followers(rests: Rests) -> Iterator[Follower]:
    if any(rests.follows):
        told = zip(rests.file, rests.follows, strict=True)
        yield from (Follower(file, follows_of(text)) for file, text in told if text)


def definitions_of(documents: Documents) -> str:
    """Return the digest of what all sources of a project say: one may have a say in what others are meant by."""
    told = sorted((each.name, repr(dict(each.body))) for each in documents.of(SOURCE))
    return hashlib.blake2b(orjson.dumps(told), digest_size=16).hexdigest() if told else ""


def readings_of(sources: Mapping[str, SourceRead], tables: Mapping[str, Table]) -> dict[str, RowsRead]:
    """Return what the good readings of sources are known by."""
    return {name: RowsRead(sources[name].digest, each.whole, each.is_sound) for name, each in tables.items()}
