"""How requests are made: paths from the spec, pages, headers."""

from collections.abc import Generator, Mapping
from typing import Any
from urllib.parse import quote

from reconciler import __version__
from reconciler.model.requests import called
from reconciler.model.spec import OperationSpec, ViewSpec
from reconciler.providers.allegro.answers import DONE, of_view
from reconciler.providers.base import MarketplaceFault, Token
from reconciler.providers.conversation import Effect, Request
from reconciler.providers.faults import fetch, not_the_api
from reconciler.providers.forms import Form

PRODUCT = f"reconcile/{__version__} (+https://github.com/reconcile-offers/reconcile)"
LANGUAGE = "pl-PL"
#: The events and the sites know one language only (openapi getOfferEvents, marketplacesGET; Accept-Language).
_ENGLISH_ONLY = frozenset({"/sale/offer-events", "/marketplaces"})


def bearer(token: Token, request: Request) -> Mapping[str, str]:
    """Return the headers that carry the token, pin the language and name the client.

    Parameter names and messages follow the language, so it is the same one always. The name of the client is
    mandatory since June 2026, with the plus before the address (#13126, #13260). A request that carries its
    own credentials (the token endpoint) gets no bearer.
    """
    language = "en-US" if request.path in _ENGLISH_ONLY else LANGUAGE
    headers = {"Accept-Language": language, "User-Agent": PRODUCT}
    if request.basic is None and token.access:
        headers["Authorization"] = f"Bearer {token.access}"
    return headers


def viewing(view: ViewSpec, remote_id: str = "", query: tuple[tuple[str, str], ...] = ()) -> Request:
    """Make the request of a view."""
    method, path = view.request.split(" ", 1)
    return Request(
        method=method,
        path=path.replace("{id}", _segment(remote_id)),
        expects=of_view(view, remote_id),
        query=query,
        name=called(view.kind, view.name),
        budgets=view.budgets or ("client",),
    )


def writing(
    operation: OperationSpec,
    *,
    expects: Form = DONE,
    body: Any = None,
    remote_id: str = "",
    command: str = "",
    weight: int = 1,
    safe: bool = True,
) -> Request:
    """Make the request of an operation."""
    method, path = operation.request.split(" ", 1)
    return Request(
        method=method,
        path=path.replace("{id}", _segment(remote_id)).replace("{command}", _segment(command)),
        expects=expects,
        json=body,
        media=operation.media,
        name=called(operation.kind, operation.name),
        budgets=operation.budgets,
        weight=weight,
        safe=safe,
    )


def _segment(text: str) -> str:
    """Write an id as a part of a path; one of digits is."""
    return text if text.isascii() and text.isalnum() else quote(text, safe="")


def by_offset(
    view: ViewSpec, last_offset: int, query: tuple[tuple[str, str], ...] = ()
) -> Generator[Effect, Any, list[Mapping[str, Any]]]:
    """Read all pages of a list that is paged by offset. A page size of one means that it is not paged."""
    rows: list[Mapping[str, Any]] = []
    before: list[Mapping[str, Any]] = []
    while True:
        offset = min(len(rows), last_offset)
        window = (("limit", str(view.page)), ("offset", str(offset))) if view.page > 1 else ()
        body = yield from fetch(viewing(view, query=query + window))
        page = body[view.items.removeprefix("/")]
        if page and page == before:
            raise MarketplaceFault(not_the_api("the same page came twice"))
        before = page
        rows += page[len(rows) - offset :]  # the last page that can be reached overlaps with the one before it
        if view.page == 1 or len(page) < view.page or offset == last_offset:
            return rows


def by_cursor(view: ViewSpec) -> Generator[Effect, Any, list[Mapping[str, Any]]]:
    """Read all pages of a list that hands on the address of its next page."""
    rows: list[Mapping[str, Any]] = []
    query: tuple[tuple[str, str], ...] = (("limit", str(view.page)),)
    seen: set[str] = set()
    while True:
        body = yield from fetch(viewing(view, query=query))
        rows += body[view.items.removeprefix("/")]
        following = (body.get("nextPage") or {}).get("id")
        if not following:
            return rows
        if following in seen:
            raise MarketplaceFault(not_the_api("the same page came twice"))
        seen.add(following)
        query = (("limit", str(view.page)), ("page.id", str(following)))
