"""Where an offer is seen abroad follows from its price list's methods and its price (issue #9026)."""

from __future__ import annotations

import orjson

from reconciler.simulator.allegro.defaults import MARKETS
from reconciler.simulator.allegro.seller_things import thing
from reconciler.simulator.allegro.world import AllegroWorld
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

# Refusal codes of a marketplace (issue #9084).
NO_PRICE = ("VQR001_CURRENCY_NOT_AVAILABLE", "There is no price in the currency of this marketplace.")
NO_DELIVERY = (
    "VQR003_DELIVERY_TO_OPERATIONAL_COUNTRY_NOT_AVAILABLE",
    "No delivery method reaches the country of this marketplace.",
)


def markets_of_rates(world: AllegroWorld, rates: Json | None) -> frozenset[str]:
    """The marketplaces that the methods of a price list reach."""
    reached: set[str] = set()
    for rate in (rates or {}).get("rates") or []:
        method = delivery_method(world, rate["deliveryMethod"]["id"])
        reached.update((method or {}).get("marketplaces") or [])
    return frozenset(reached)


def delivery_method(world: AllegroWorld, key: str) -> Json | None:
    row = world.store.one("SELECT body FROM delivery_methods WHERE id = ?", key)
    return None if row is None else orjson.loads(row[0])


def show_on_markets(world: AllegroWorld, seller: str, body: Json) -> None:
    """Work out `additionalMarketplaces` and `publication.marketplaces.additional`."""
    rates_id = dig(body, "delivery", "shippingRates", "id")
    rates = thing(world, seller, "shipping_rates", rates_id) if rates_id else None
    mark_markets(body, markets_of_rates(world, rates))


def mark_markets(body: Json, reached: frozenset[str]) -> None:
    base = body["publication"]["marketplaces"]["base"]["id"]
    sent = body.get("additionalMarketplaces") or {}
    shown: Json = {}
    for market in sorted(set(MARKETS) | set(sent)):
        if market != base:
            price = dig(sent.get(market), "sellingMode", "price")
            shown[market] = _market(
                price,
                body["publication"]["status"],
                delivered=market in reached and _takes_part(market, price),
            )
    body["additionalMarketplaces"] = shown
    body["publication"]["marketplaces"]["additional"] = [
        {"id": market} for market, value in shown.items() if value["publication"]["state"] == "APPROVED"
    ]


def _market(price: Json | None, status: str, *, delivered: bool) -> Json:
    state, reasons = "NOT_REQUESTED", []
    if status in {"ACTIVE", "ENDED"} and (delivered or price):
        reasons = [reason for missing, reason in ((not price, NO_PRICE), (not delivered, NO_DELIVERY)) if missing]
        state = "REFUSED" if reasons else "APPROVED"
    elif status == "ACTIVATING" and delivered:
        state = "PENDING"
    return {
        "sellingMode": {"price": price} if price else None,
        "publication": {
            "state": state,
            "refusalReasons": [{"code": code, "userMessage": text, "parameters": {}} for code, text in reasons],
        },
    }


def _takes_part(market: str, price: Json | None) -> bool:
    """The business markets stand in every offer with nothing in them (issue #12011)."""
    return price is not None or not market.startswith("allegro-business-")
