"""One request through the marketplace: token, limits, scope, headers, body, operation, refusal."""

from __future__ import annotations

from contextlib import nullcontext

import orjson

from reconciler.simulator.ebay import sales
from reconciler.simulator.ebay.auth import basic_of, bearer_of, identify
from reconciler.simulator.ebay.limits import admit
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.routes import PAGES, ROUTES
from reconciler.simulator.ebay.scopes import require_scope
from reconciler.simulator.ebay.sites import LANGUAGES
from reconciler.simulator.ebay.world import JSON, EbayCall, EbayRoute, EbayWorld
from reconciler.simulator.faults import Trouble
from reconciler.simulator.http import Reply, Request
from reconciler.simulator.media import accepts, media_type
from reconciler.simulator.traffic import UNCHARGED


def serve(world: EbayWorld, request: Request, trouble: Trouble | None = None) -> tuple[Reply, EbayCall]:
    """The reply, and what became known of the request on its way."""
    path = request.path.rstrip("/")  # some addresses are written with a slash at their end
    found = ROUTES.find(request.method, path) or PAGES.find(request.method, path)
    if found is None:
        return Reply(404, refuse(2002, status=404).body()), EbayCall(world, request)
    route, params = found
    call = EbayCall(world, request, params=params, operation=route.name, trouble=trouble)
    try:
        reply = _perform(route, call)
    except Refusal as refusal:
        return Reply(refusal.status, refusal.body(), dict(refusal.headers)), call
    if call.is_troubled("system_error"):
        # The work is done all the same: whoever reads this does not know it.
        reply = Reply(500, {"errors": [error(25001)]})
    return reply, call


def named(world: EbayWorld, request: Request) -> EbayCall:
    """Who asks and for what, when nothing of it is to be done."""
    found = ROUTES.find(request.method, request.path.rstrip("/"))
    call = EbayCall(world, request, operation=found[0].name if found else "")
    call.seller, call.client = bearer_of(world, request)
    return call


def _perform(route: EbayRoute, call: EbayCall) -> Reply:
    if route.open:
        call.client = basic_of(call.request)[0]
        call.world.traffic.note(UNCHARGED, call.client)
    else:
        if call.is_troubled("401"):
            raise refuse(1001, status=401)
        call.seller, call.client, scopes = identify(call.world, call.request)
        if not call.seller and not route.application:
            raise refuse(1100, "A user access token is needed.", 403)
        admit(call.world, call.request, call.client, call.seller)
        require_scope(scopes, route.scopes)
    _check_headers(route, call)
    _read_body(route, call)
    # A write is there wholly or not at all; a read needs no transaction.
    with nullcontext() if call.request.method == "GET" else call.world.store.write():
        if call.is_troubled("sale"):
            sales.happen(
                call.world, call.seller, str(call.trouble.get("sku")), int(call.trouble.get("quantity", 1))
            )
        return route.handler(call)


def _check_headers(route: EbayRoute, call: EbayCall) -> None:
    headers = call.request.headers
    if not accepts(headers.get("accept", "*/*"), JSON) and "download" not in route.path and not route.open:
        raise refuse(2004, "The Accept header admits no JSON.", 406)
    wanted = headers.get("accept-language")
    if wanted is not None and "/sell/inventory/" in route.path and wanted not in LANGUAGES:
        raise refuse(25709, "header Accept-Language", header="Accept-Language")
    if route.language:
        call.language = headers.get("content-language", "")
        if call.language not in LANGUAGES:
            raise refuse(25709, "header Content-Language", header="Content-Language")


def _read_body(route: EbayRoute, call: EbayCall) -> None:
    if route.content is None:
        return
    kind = media_type(call.request.headers.get("content-type", ""))
    if kind != route.content:
        raise refuse(2004, f"The media type of the body must be {route.content}.", 415)
    if kind == JSON:
        try:
            call.body = orjson.loads(call.request.content)
        except orjson.JSONDecodeError:
            raise refuse(2004, "The body is no readable JSON.", reason="Could not deserialize the body") from None
