"""Who the seller is, how much may be sold, and how much of the limits of requests is used."""

from __future__ import annotations

import orjson

from reconciler.simulator.clock import at, iso
from reconciler.simulator.ebay.limits import KINDS, limit_of, used
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json


def _seller(call: EbayCall) -> Json:
    row = call.world.store.one("SELECT body FROM sellers WHERE id = ?", call.seller)
    found: Json = orjson.loads(row[0]) if row else {}
    return found


def user(call: EbayCall) -> Reply:
    """GET /commerce/identity/v1/user/."""
    seller = _seller(call)
    return Reply(
        200,
        {
            "userId": call.seller,
            "username": seller["login"],
            "accountType": "BUSINESS",
            "registrationMarketplaceId": call.home,
            "status": "CONFIRMED",
            "businessAccount": {"name": seller["company"], "email": seller["email"]},
        },
    )


def privilege(call: EbayCall) -> Reply:
    """GET /privilege: the limits of an account, where it has any."""
    limit = _seller(call).get("sellingLimit")
    body: Json = {"sellerRegistrationCompleted": True}
    return Reply(200, body | ({"sellingLimit": limit} if limit else {}))


def client_limits(call: EbayCall) -> Reply:
    """GET /rate_limit/: those of the application."""
    return _limits(call, of_client=True)


def user_limits(call: EbayCall) -> Reply:
    """GET /user_rate_limit/: those that count by seller."""
    return _limits(call, of_client=False)


def _limits(call: EbayCall, *, of_client: bool) -> Reply:
    """Each limit as it stands; what is unlimited is not told."""
    wanted, context = call.arg("api_name").lower(), call.arg("api_context").lower()
    found, state = [], used(call.world, call.client, call.seller)
    for name, kind in KINDS.items():
        limit = limit_of(call.world.settings.limits, name)
        told = kind.of_client == of_client and limit is not None
        if not told or wanted not in {"", kind.api.lower()} or context not in {"", kind.context}:
            continue
        count, reset = state[name]
        rate = {
            "count": count,
            "limit": limit,
            "remaining": max(0, (limit or 0) - count),
            "reset": iso(at(reset)),
            "timeWindow": kind.seconds,
        }
        resource = {"name": f"{kind.context}.{name}", "rates": [rate]}
        found.append(
            {"apiContext": kind.context, "apiName": kind.api, "apiVersion": "v1", "resources": [resource]}
        )
    return Reply(200, {"rateLimits": found}) if found else Reply(204)
