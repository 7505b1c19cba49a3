"""GET of one offer, whole or in parts."""

from __future__ import annotations

from reconciler.simulator.allegro.offers import OFFER_ID, not_found, required_offer
from reconciler.simulator.allegro.refusals import refuse
from reconciler.simulator.allegro.world import AllegroCall
from reconciler.simulator.http import Reply
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

PARTS = ("stock", "price")


def read_offer(call: AllegroCall) -> Reply:
    """The stored document as it is: it was brought into its final form when it was written."""
    key = call.params["offerId"]
    row = None
    if OFFER_ID.fullmatch(key):
        row = call.world.store.one("SELECT body FROM offers WHERE id = ? AND seller = ?", int(key), call.seller)
    if row is None:
        raise not_found(key)
    return Reply(200, row[0])


def read_parts(call: AllegroCall) -> Reply:
    """GET .../parts: stock and prices only."""
    wanted = call.args("include")
    if not wanted or set(wanted) - set(PARTS):
        code, message = "UnknownProductOfferPartException", "The part is not known."
        raise refuse(400, code, message, "include", validParts=",".join(PARTS))
    body = required_offer(call).body
    answer: Json = {"id": body["id"]}
    if "stock" in wanted:
        answer["stock"] = {"available": dig(body, "stock", "available") or 0}
    if "price" in wanted:
        price = dig(body, "sellingMode", "price")
        answer["sellingMode"] = {"price": price} if price else {}
        answer["additionalMarketplaces"] = {
            market: {"sellingMode": value["sellingMode"]}
            for market, value in body["additionalMarketplaces"].items()
            if value.get("sellingMode")
        }
    return Reply(200, answer)
