"""How requests are made: paths from the spec, headers, pages."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from reconciler import __version__
from reconciler.model.requests import called
from reconciler.model.spec import OperationSpec, ViewSpec
from reconciler.providers.base import Reading, Token
from reconciler.providers.conversation import Request
from reconciler.providers.ebay.answers import DONE
from reconciler.providers.ebay.sites import language
from reconciler.providers.forms import Form

PRODUCT = f"reconcile/{__version__} (+https://github.com/reconcile-offers/reconcile)"
Pairs = tuple[tuple[str, str], ...]


def bearer(token: Token, request: Request) -> Mapping[str, str]:
    """Return the headers that carry the token, and what the request says besides."""
    headers = {"User-Agent": PRODUCT, **request.headers}
    if token.access and request.host != "auth":
        headers["Authorization"] = f"Bearer {token.access}"
    return headers


def viewing(view: ViewSpec, expects: Form, *, sku: str = "", remote_id: str = "", query: Pairs = ()) -> Request:
    """Make the request of a view."""
    method, path = view.request.split(" ", 1)
    return Request(
        method=method,
        path=path.replace("{sku}", quoted(sku)).replace("{id}", quoted(remote_id)),
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
    sku: str = "",
    offer: str = "",
    remote_id: str = "",
    last: str = "",
    json: Any = None,
    safe: bool = True,
    weight: int = 1,
) -> Request:
    """Make the request of an operation; `last` stands in the place of the last part of its path."""
    method, path = operation.request.split(" ", 1)
    path = f"{path.rpartition('/')[0]}/{last}" if last else path
    return Request(
        method=method,
        path=path.replace("{sku}", quoted(sku))
        .replace("{offer}", quoted(offer))
        .replace("{id}", quoted(remote_id)),
        expects=expects,
        json=json,
        headers=language(reading),
        name=called(operation.kind, operation.name),
        budgets=operation.budgets,
        safe=safe,
        weight=weight,
    )


def quoted(part: str) -> str:
    """Write a key as one part of a path."""
    return quote(part, safe="")
