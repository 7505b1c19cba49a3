"""One request through the marketplace: headers, token, limits, operation, refusal."""

from __future__ import annotations

from contextlib import nullcontext

import orjson

from reconciler.simulator.allegro.auth import Pending, bearer_of, client_of, identify
from reconciler.simulator.allegro.limits import admit
from reconciler.simulator.allegro.offers import base_of
from reconciler.simulator.allegro.refusals import BETA, PUBLIC, AuthRefusal, Refusal, refuse
from reconciler.simulator.allegro.routes import PAGES, ROUTES
from reconciler.simulator.allegro.scopes import require_scope
from reconciler.simulator.allegro.world import AllegroCall, AllegroRoute, AllegroWorld
from reconciler.simulator.faults import Trouble
from reconciler.simulator.http import PLAIN, Reply, Request
from reconciler.simulator.media import accepts, media_type
from reconciler.simulator.traffic import UNCHARGED

UNKNOWN = ("NotFoundException", "The feature is not available with this address or media type.")
TAX = "/sale/tax-settings"  # the one operation here that answers in either media type


def serve(world: AllegroWorld, request: Request, trouble: Trouble | None = None) -> tuple[Reply, AllegroCall]:
    """The reply, and what became known of the request on its way."""
    found = ROUTES.find(request.method, request.path) or PAGES.find(request.method, request.path)
    if found is None:
        return Reply(404, refuse(404, *UNKNOWN).body()), AllegroCall(world, request)
    route, params = found
    call = AllegroCall(world, request, params=params, operation=route.name, trouble=trouble)
    try:
        return _perform(route, call), call
    except Refusal as refusal:
        if isinstance(refusal, Pending):
            refusal.remember(world)
        return _refused(route, refusal), call


def named(world: AllegroWorld, request: Request) -> AllegroCall:
    """Who asks and for what, when nothing of it is to be done."""
    found = ROUTES.find(request.method, request.path)
    call = AllegroCall(world, request, operation=found[0].name if found else "")
    call.seller, call.client = bearer_of(world, request)
    return call


def _perform(route: AllegroRoute, call: AllegroCall) -> Reply:
    if route.media != PLAIN:
        _check_headers(route, call.request)
    if route.open:
        call.client = client_of(call.request)
        call.world.traffic.note(UNCHARGED, call.client)
    else:
        if call.is_troubled("401"):
            raise AuthRefusal("invalid_token", "The access token is not accepted.")
        call.seller, call.client, scopes = identify(call.world, call.request)
        if not call.seller and not route.application:
            raise refuse(403, "AccessDenied", "The operation needs a seller's token.")
        admit(call.world, call.request, call.client, call.seller)
        if scopes is not None:
            require_scope(scopes, route.method, route.path)
    if route.content is not None:
        _read_body(route, call)
    # A write is there wholly or not at all; a read needs no transaction.
    with nullcontext() if call.request.method == "GET" else call.world.store.write():
        if call.request.method != "GET":
            call.base = base_of(call.world, call.seller)
        return route.handler(call)


def _check_headers(route: AllegroRoute, request: Request) -> None:
    if not request.headers.get("user-agent"):
        # Mandatory since the end of June 2026 (issues #13126, #13260); how it is refused is not published.
        raise refuse(403, "AccessDenied", "The header User-Agent is missing.")
    accept = request.headers.get("accept", "")
    if not accepts(accept, route.media) and not (route.path == TAX and accepts(accept, BETA)):
        raise refuse(404, *UNKNOWN)  # issues #11109, #11209


def _read_body(route: AllegroRoute, call: AllegroCall) -> None:
    kind = media_type(call.request.headers.get("content-type", ""))
    wanted = route.content if isinstance(route.content, tuple) else (route.content,)
    if kind not in wanted:
        raise refuse(415, "UnsupportedMediaType", "The media type of the body is not accepted.")
    if kind.endswith("+json"):
        try:
            call.body = orjson.loads(call.request.content)
        except orjson.JSONDecodeError:
            raise refuse(400, "MESSAGE_NOT_READABLE", "The body is not readable JSON.") from None


def _refused(route: AllegroRoute, refusal: Refusal) -> Reply:
    oauth = isinstance(refusal, AuthRefusal) and not route.holder_401
    body = refusal.body() if oauth else Refusal.body(refusal)
    media = route.error_media if route.media != PLAIN else PLAIN
    return Reply(refusal.status, body, dict(refusal.headers), media if media == PLAIN else PUBLIC)
