"""One request through the marketplace: key, limits, token, scope, shop, body, operation, refusal."""

from __future__ import annotations

from contextlib import nullcontext

import orjson

from reconciler.simulator.etsy.auth import application, bearer_of, identify
from reconciler.simulator.etsy.forms import read_form, typed
from reconciler.simulator.etsy.limits import admit, headers_of
from reconciler.simulator.etsy.multipart import read_multipart
from reconciler.simulator.etsy.refusals import AuthRefusal, Refusal, Untouched, missing
from reconciler.simulator.etsy.routes import PAGES, ROUTES
from reconciler.simulator.etsy.world import FORM, MULTIPART, EtsyCall, EtsyRoute, EtsyWorld, whole
from reconciler.simulator.faults import Trouble
from reconciler.simulator.http import PLAIN, Refused, Reply, Request
from reconciler.simulator.media import media_type
from reconciler.simulator.traffic import UNCHARGED

TEXTS = frozenset({"language"})  # the parameters of paths that are no numbers


def serve(world: EtsyWorld, request: Request, trouble: Trouble | None = None) -> tuple[Reply, EtsyCall]:
    """The reply, and what became known of the request on its way."""
    found = ROUTES.find(request.method, request.path) or PAGES.find(request.method, request.path)
    if found is None:
        return Reply(404, Refusal(404, "Resource not found").body()), EtsyCall(world, request)
    route, params = found
    call = EtsyCall(world, request, params=params, operation=route.name, trouble=trouble)
    try:
        reply = _perform(route, call)
    except Untouched as untouched:
        reply = untouched.reply
    except Refused as refused:
        status = route.absent if refused.status == 404 else refused.status
        reply = Reply(status, refused.body(), dict(refused.headers))
    if not route.open:
        reply.headers = headers_of(world, call.client) | reply.headers
    return reply, call


def named(world: EtsyWorld, request: Request) -> EtsyCall:
    """Who asks and for what, when nothing of it is to be done."""
    found = ROUTES.find(request.method, request.path)
    call = EtsyCall(world, request, operation=found[0].name if found else "")
    call.seller, call.client = bearer_of(world, request)
    return call


def _perform(route: EtsyRoute, call: EtsyCall) -> Reply:
    if route.open:
        call.client = bearer_of(call.world, call.request)[1]
        call.world.traffic.note(UNCHARGED, call.client)
    else:
        call.client = application(call.world, call.request)
        admit(call.world, call.client, bearer_of(call.world, call.request)[0])
        _check_token(route, call)
        _check_path(route, call)
    if route.content is not None:
        _read_body(route, call)
    # A write is there wholly or not at all; a read needs no transaction.
    with nullcontext() if call.request.method == "GET" else call.world.store.write():
        return route.handler(call)


def _check_token(route: EtsyRoute, call: EtsyCall) -> None:
    """Whose token it is; where the key is enough, a token shows the owner more."""
    if call.is_troubled("401"):
        raise AuthRefusal("invalid_token", "access token is not accepted")
    if route.scope or "authorization" in call.request.headers:
        call.seller, call.scopes = identify(call.world, call.request, call.client)
    if route.scope and route.scope not in call.scopes:
        raise AuthRefusal("insufficient_scope", f"The token lacks the scope {route.scope}", 403)


def _check_path(route: EtsyRoute, call: EtsyCall) -> None:
    for name in call.request.query:
        if name not in route.query.split():
            raise Refusal(400, f"Unknown query parameter: [{name}]")
    for name, text in call.params.items():
        if name not in TEXTS:
            call.ids[name] = whole(text, name)
            if call.ids[name] < 1:
                raise Refusal(400, f"IDs must be >= 1, got {call.ids[name]}")
    shop = call.ids.get("shop_id")
    if shop is not None:
        row = call.world.store.one("SELECT id FROM sellers WHERE base = ?", str(shop))
        if row is None and not route.scope:
            raise missing(f"shop {shop}")
        if route.scope and (row is None or row[0] != call.seller):
            raise Refusal(403, f"User {call.seller} does not own Shop {shop}")


def _read_body(route: EtsyRoute, call: EtsyCall) -> None:
    header = call.request.headers.get("content-type", "")
    if media_type(header) != route.content:
        # What a body of another type says is not found (issues #168, #897).
        raise Refusal(400, f"Expected a body of the type {route.content}.")
    if route.content == PLAIN:
        try:
            call.body = orjson.loads(call.request.content)
        except orjson.JSONDecodeError:
            raise Refusal(400, "Not a valid JSON string") from None
    elif route.content == FORM and not route.open:
        call.body = read_form(call.request.content, route.fields)
    elif route.content == MULTIPART:
        call.body = typed(read_multipart(header, call.request.content), route.fields)
