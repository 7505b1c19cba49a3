"""From page to page: what is asked next, by how a source pages.

A page that holds fewer records than were asked for is not the last one: a source may have a limit of its own. The
last one is empty, or the source tells.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from reconciler.connectors.base import Objection, SourceFault
from reconciler.connectors.http.address import led, origin, shown
from reconciler.connectors.http.finding import unknown_keys
from reconciler.connectors.http.pages import Page
from reconciler.documents.near import listed
from reconciler.model.wire import Response

Values = tuple[tuple[str, str | int], ...]
#: The kinds, by the key that names them, with all keys that they have.
KINDS: Mapping[str, tuple[str, ...]] = {
    "page": ("page", "first", "size"),
    "offset": ("offset", "limit", "size"),
    "cursor": ("cursor", "next", "more", "size"),
    "link": ("link",),
    "next": ("next",),
}
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w!#$%&\'*+.^`|~-]+\s*(?:=\s*(?:"(?:[^"\\]|\\.)*"|[^\s";,]*))?)*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]*))', re.IGNORECASE)


class PageStep(Struct, frozen=True):
    """What one page is asked with: parameters of paging, or an address of its own that says all."""

    values: Values = ()
    url: str = ""


class Came(Struct, frozen=True, kw_only=True):
    """What came so far: the last page, its answer and address, and how many pages and records there are."""

    page: Page
    reply: Response
    url: str
    pages: int
    listed: int
    total: int | None


def kind_of(paging: Mapping[str, Any]) -> str:
    """Return how a source pages; empty where it gives all at once."""
    return next((kind for kind in KINDS if kind in paging), "")


def told_paths(paging: Mapping[str, Any], total: str) -> Mapping[str, str]:
    """Return the paths to what a page has to tell beside its records."""
    paths = {key: paging[key] for key in ("next", "more") if key in paging}
    return {**paths, "total": total} if total else paths


def first_step(paging: Mapping[str, Any]) -> PageStep:
    """Return what the first page is asked with."""
    kind = kind_of(paging)
    if kind == "page":
        return _numbered(paging, "page", paging.get("first", 1))
    return _numbered(paging, "offset", 0) if kind == "offset" else PageStep(_size(paging))


def next_step(paging: Mapping[str, Any], came: Came) -> PageStep | None:
    """Return what the next page is asked with; None after the last one. SourceFault where that is not clear."""
    kind = kind_of(paging)
    if kind in ("page", "offset"):
        if came.page.listed == 0 or (came.total is not None and came.listed >= came.total):
            return None
        at = paging.get("first", 1) + came.pages if kind == "page" else came.listed
        return _numbered(paging, kind, at)
    if kind == "cursor":
        return _after_cursor(paging, came)
    if kind == "link":
        return _led(came, linked(came.reply.headers.get("link", ""), paging["link"]))
    return _led(came, _text(came.page.told["next"], "next")) if kind == "next" else None


def _numbered(paging: Mapping[str, Any], kind: str, at: int) -> PageStep:
    return PageStep(((paging[kind], at), *_size(paging)))


def _size(paging: Mapping[str, Any]) -> Values:
    size = paging.get("size")
    if isinstance(size, Mapping):
        return tuple(size.items())
    return ((paging["limit"], size),) if size and "limit" in paging else ()


def _after_cursor(paging: Mapping[str, Any], came: Came) -> PageStep | None:
    told = came.page.told
    if "more" in paging:
        if not isinstance(told["more"], bool):
            raise SourceFault("`more` of the paging leads to no yes or no", "It is the path to true or false.")
        if not told["more"]:
            return None
    cursor = _text(told["next"], "next")
    if cursor:
        return PageStep(((paging["cursor"], cursor), *_size(paging)))
    if "more" in paging:
        raise SourceFault("the answer says that there is more, and not where", short=True)
    return None


def _text(said: Any, name: str) -> str:
    """Return a cursor or an address; empty for none. A number is as good as its digits."""
    if said is None or said is False:
        return ""
    if isinstance(said, str | int) and said is not True:
        return str(said)
    raise SourceFault(f"`{name}` of the paging leads to no text")


def _led(came: Came, target: str) -> PageStep | None:
    if not target:
        return None
    url = led(came.url, target)
    if not url:
        raise SourceFault("the address of the next page is none")
    if origin(url) != origin(came.url):
        raise SourceFault(
            f"the next page is said to be on another host: {shown(url)}",
            "What opens the one is not shown to the other.",
        )
    return PageStep(url=url)


def linked(header: str, relation: str) -> str:
    """Return where a Link header (RFC 8288) leads by a relation; empty where it does not.

    >>> linked('<https://a.example/2>; rel="next", <https://a.example/9>; rel=last', "next")
    'https://a.example/2'
    """
    for found in _LINK.finditer(header[:16_000]):
        said = _REL.search(found[2])
        if said and relation.lower() in (said[1] or said[2] or "").lower().split():
            return found[1]
    return ""


def paging_problems(paging: Any, *, xml: bool) -> Iterator[Objection]:
    """Yield what is wrong with the keys of `paging`; its paths are looked at with all others."""
    where = ("paging",)
    if not isinstance(paging, Mapping):
        yield where, "is no object", "Write `{page: page}`, for instance."
        return
    kinds = [kind for kind in KINDS if kind in paging and not (kind == "next" and "cursor" in paging)]
    if len(kinds) != 1:
        wrong = "does not say how" if not kinds else f"says {listed(kinds)} at once"
        yield where, wrong, f"Write one of {listed(KINDS)}."
        return
    (kind,) = kinds
    yield from unknown_keys(paging, KINDS[kind], where)
    for key in (key for key in KINDS[kind] if key in paging and key not in ("first", "size")):
        if not isinstance(paging[key], str) or not paging[key]:
            yield (*where, key), "is no text", ""
    if not _is_count(paging.get("first", 1), least=0):
        yield (*where, "first"), "is no whole number", "The number of the first page is 1, or 0."
    yield from _size_problems(paging, kind)
    if kind == "cursor" and "next" not in paging:
        yield where, "has no `next`", f"`next` is the {'XPath' if xml else 'JMESPath'} to the next cursor."


def _size_problems(paging: Mapping[str, Any], kind: str) -> Iterator[Objection]:
    size, where = paging.get("size"), ("paging", "size")
    if kind == "offset":
        if ("size" in paging) != ("limit" in paging):
            yield ("paging",), "has only one of `limit` and `size`", "`limit` is the parameter, `size` its number."
        elif size is not None and not _is_count(size, least=1):
            yield where, "is no whole number", ""
    elif size is not None and not (
        isinstance(size, Mapping) and len(size) == 1 and all(_is_count(each, least=1) for each in size.values())
    ):
        yield where, "is no parameter with a number", "Write `size: {per_page: 100}`."


def _is_count(said: Any, *, least: int) -> bool:
    return isinstance(said, int) and not isinstance(said, bool) and least <= said <= 1_000_000
