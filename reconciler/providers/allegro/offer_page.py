"""A page of the list of offers: each row is cut to what is read of it while the page is parsed.

What is cut away is parsed for its form only. The digest of a row is that of the bytes that its decoding is given,
so what moves by itself (how many watch and visit an offer) wakes no row, and whatever is decoded does. Rows that
were together in the list before are compared together: one by one they cost twice as much. Where such a stretch is
as it was and some of its rows are to be decoded all the same, no digest of the others is made.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from reconciler.model.spec import ViewSpec
from reconciler.providers.allegro.answers import OFFERS
from reconciler.providers.allegro.requests import viewing
from reconciler.providers.base import RowsKnown
from reconciler.providers.conversation import Request
from reconciler.providers.forms import decoded, whole

#: So many rows are compared at once; where one of them is another, each of them is.
_TOGETHER = 25
#: Bytes of a digest.
_SIZE = 16
_NULL = msgspec.Raw(b"null")
#: What a marketplace may say in the place of an object: it is kept for whoever says that it is odd.
_Odd = list | str | int | float | bool | None  # type: ignore[type-arg]


class _CutMarket(msgspec.Struct, gc=False):
    """What is read of an offer's part on another site."""

    sellingMode: msgspec.Raw = _NULL  # noqa: N815 - the wire's name
    stock: msgspec.Raw = _NULL


class _CutRow(msgspec.Struct, gc=False):
    """All that is read of a row (`rows.row`, and the fields that have a place in this view)."""

    id: Any = None
    external: msgspec.Raw = _NULL
    name: msgspec.Raw = _NULL
    category: msgspec.Raw = _NULL
    primaryImage: msgspec.Raw = _NULL  # noqa: N815
    sellingMode: msgspec.Raw = _NULL  # noqa: N815
    stock: msgspec.Raw = _NULL
    publication: msgspec.Raw = _NULL
    afterSalesServices: msgspec.Raw = _NULL  # noqa: N815
    additionalServices: msgspec.Raw = _NULL  # noqa: N815
    delivery: msgspec.Raw = _NULL
    b2b: msgspec.Raw = _NULL
    isFulfillment: msgspec.Raw = _NULL  # noqa: N815
    additionalMarketplaces: dict[str, _CutMarket | _Odd] | _Odd = None  # noqa: N815


class _WirePage(msgspec.Struct, gc=False):
    offers: list[_CutRow]
    totalCount: int  # noqa: N815
    errors: Any = None


_READ = msgspec.json.Decoder(_WirePage)
_WRITE = msgspec.json.Encoder()


class OfferPage(Struct, frozen=True):
    """A page: how many offers it counts in all, how many rows it has, and these, the resting ones by id only.

    `stretches` are those of the page, as `RowsKnown` has them.
    """

    total: int
    count: int
    resting: tuple[str, ...]
    rows: tuple[tuple[bytes, Mapping[str, Any]], ...]
    stretches: Mapping[bytes, bytes]


def page_of(body: bytes, resting: RowsKnown | None) -> tuple[Any, str]:
    """Read a page; what is none is returned as it is, for the door to say what is wrong with it.

    The rows that are as `resting` has them were read once, and are not decoded again. Without it no digest is
    made: nobody will know a row by it.
    """
    try:
        page = _READ.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return _no_page(body)
    if page.errors or whole(page.totalCount):
        return _no_page(body)
    same: tuple[str, ...] = ()
    stretches: Mapping[bytes, bytes] = {}
    left = [(b"", each) for each in page.offers]
    if resting is not None:
        same, left, stretches = _compared(page.offers, resting)
    rows: list[tuple[bytes, Mapping[str, Any]]] = []
    for digest, each in left:
        row, wrong = decoded(_WRITE.encode(each))
        if wrong:
            return None, wrong
        rows.append((digest, row))
    return OfferPage(page.totalCount, len(page.offers), same, tuple(rows), stretches), ""


def _compared(
    offers: list[_CutRow], resting: RowsKnown
) -> tuple[tuple[str, ...], list[tuple[bytes, _CutRow]], Mapping[bytes, bytes]]:
    """Return the ids of the rows that are as they were, the others with their digests, and all stretches."""
    same: list[str] = []
    others: list[tuple[bytes, _CutRow]] = []
    stretches: dict[bytes, bytes] = {}
    for start in range(0, len(offers), _TOGETHER):
        stretch = offers[start : start + _TOGETHER]
        together = _digest(_WRITE.encode(stretch))
        told = resting.stretches.get(together) or b"".join([_digest(_WRITE.encode(each)) for each in stretch])
        stretches[together] = told
        ids = [each.id for each in stretch]
        if told == _digests_of(ids, resting.digests):
            same += ids
            continue
        for place, each in enumerate(stretch):
            digest = told[place * _SIZE : (place + 1) * _SIZE]
            if type(each.id) is str and resting.digests.get(each.id) == digest:
                same.append(each.id)
            else:
                others.append((digest, each))
    return tuple(same), others, stretches


def _digests_of(ids: Iterable[Any], digests: Mapping[str, bytes]) -> bytes | None:
    """Return the digests that the rows of these ids had; None where one of them is not known."""
    try:
        return b"".join(map(digests.__getitem__, ids))
    except (KeyError, TypeError):
        return None  # what is no text is no key


def _digest(said: bytes) -> bytes:
    return hashlib.sha256(said).digest()[:_SIZE]  # processors have it built in


def _no_page(body: bytes) -> tuple[Any, str]:
    value, wrong = decoded(body)
    refused = wrong or (isinstance(value, dict) and value.get("errors")) or OFFERS(value)
    return (value, wrong) if refused else (None, "it cannot be read")


def _a_page(value: Any) -> str:
    return "" if type(value) is OfferPage else OFFERS(value)


def listing(view: ViewSpec, query: tuple[tuple[str, str], ...], resting: RowsKnown | None = None) -> Request:
    """Make the request of a page, which is answered with its `OfferPage`."""
    return replace(viewing(view, query=query), expects=_a_page, decode=partial(page_of, resting=resting))
