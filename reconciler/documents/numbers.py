"""What of an offer's file is about its numbers, price and stock, and what is not: told by its lines, unparsed.

Numbers change every day in thousands of files that say the same otherwise. Where the rest of a file is as it was,
its numbers are read alone.
"""

import hashlib
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from reconciler.documents.effective import Effective
from reconciler.model.modules import Module

#: Bytes of the digest of a rest.
DIGEST = 16
_NUMBERS = (Module.PRICE, Module.STOCK)
_REST = frozenset(Module) - {*_NUMBERS}
#: Where a line begins that is no more of the section before it.
_TOP = re.compile(rb"\n(?=[^ \n\-#])")
_OF_NUMBERS = tuple(f"{each}:".encode() for each in _NUMBERS)
#: Settings are among both: they may name a template, which has a say in what is synced.
_OF_THE_REST = tuple(f"{each}:".encode() for each in sorted(_REST - {Module.SETTINGS}))
#: What begins another document.
_DIVIDER = b"---"


class Cut(NamedTuple):
    """A file, cut: the digest of all but price and stock, and a text of these two in which each is in its line.

    `numbers` has besides what the document is called and belongs to.
    """

    rest: bytes
    numbers: bytes


def cut(data: bytes) -> Cut | None:
    """Cut a file of one document; None where it has more.

    Which lines belong together shows in how they begin only where a file is plain (`read_plain`): whoever believes
    a cut has to know that both are, the file whose rest it is and the text of its numbers.
    """
    if data.startswith(_DIVIDER) or b"\n" + _DIVIDER in data:
        return None
    rest, numbers = list[bytes](), list[bytes]()
    for section in _TOP.split(data.rstrip(b"\n")):
        if section.startswith(_OF_NUMBERS):
            numbers.append(section)
        elif section.startswith(_OF_THE_REST):
            rest.append(section)
            numbers.append(b"\n" * section.count(b"\n"))
        else:
            rest.append(section)
            numbers.append(section)
    return Cut(hashlib.sha256(b"\n".join(rest)).digest()[:DIGEST], b"\n".join((*numbers, b"")))


def numbers_alone(found: Iterable[Effective], files: Collection[str]) -> tuple[Effective, ...]:
    """Return documents with all that they inherit; those of these files with their numbers alone."""
    return tuple(_numbers_of(each) if each.document.source.path in files else each for each in found)


def _numbers_of(offer: Effective) -> Effective:
    return offer.filled({key: value for key, value in offer.body.items() if key not in _REST}, offer.sourced)
