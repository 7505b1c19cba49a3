"""How requests are made: paths from the spec, forms, headers, pages."""

from collections.abc import Generator, Mapping
from typing import Any
from urllib.parse import quote

from reconciler import __version__
from reconciler.model.requests import called
from reconciler.model.spec import OperationSpec, ViewSpec
from reconciler.providers.base import Credentials, MarketplaceFault, Reading, Token
from reconciler.providers.conversation import Effect, Request
from reconciler.providers.etsy.answers import DONE, THINGS
from reconciler.providers.faults import fetch, not_the_api
from reconciler.providers.forms import Form

PRODUCT = f"reconcile/{__version__} (+https://github.com/reconcile-offers/reconcile)"
Query = tuple[tuple[str, str], ...]


def bearer(token: Token, credentials: Credentials, request: Request) -> Mapping[str, str]:
    """Return the headers that name the application, always, and carry the token (openapi securitySchemes)."""
    headers = {"User-Agent": PRODUCT}
    if request.host != "auth":
        headers["x-api-key"] = f"{credentials.client_id}:{credentials.client_secret}"
        if token.access:
            headers["Authorization"] = f"Bearer {token.access}"
    return headers


def viewing(view: ViewSpec, reading: Reading, expects: Form, remote_id: str = "", query: Query = ()) -> Request:
    """Make the request of a view."""
    method, path = view.request.split(" ", 1)
    return Request(
        method=method,
        path=filled(path, reading, remote_id),
        expects=expects,
        query=query,
        name=called(view.kind, view.name),
        budgets=view.budgets,
    )


def writing(
    operation: OperationSpec,
    reading: Reading,
    *,
    expects: Form = DONE,
    remote_id: str = "",
    form: Mapping[str, str] | None = None,
    json: Any = None,
    safe: bool = True,
) -> Request:
    """Make the request of an operation."""
    method, path = operation.request.split(" ", 1)
    return Request(
        method=method,
        path=filled(path, reading, remote_id),
        expects=expects,
        form=form,
        json=json,
        name=called(operation.kind, operation.name),
        budgets=operation.budgets,
        safe=safe,
    )


def filled(path: str, reading: Reading, remote_id: str) -> str:
    """Return a path of the spec with the numbers of the shop and of a listing."""
    return path.replace("{shop}", quote(reading.seller, safe="")).replace("{id}", quote(remote_id, safe=""))


def pages(
    view: ViewSpec, reading: Reading, query: Query = ()
) -> Generator[Effect, Any, tuple[list[Mapping[str, Any]], int]]:
    """Read all pages of a list that is paged by offset, and the number that it states last.

    A page size of one means that it is not paged.
    """
    rows: list[Mapping[str, Any]] = []
    before: list[Mapping[str, Any]] = []
    while True:
        window = (("limit", str(view.page)), ("offset", str(len(rows)))) if view.page > 1 else ()
        body = yield from fetch(viewing(view, reading, THINGS, query=query + window))
        page = body["results"]
        if page and page == before:
            raise MarketplaceFault(not_the_api("the same page came twice"))
        before = page
        rows += page
        if view.page == 1 or len(page) < view.page or len(rows) >= body["count"]:
            return rows, body["count"]
