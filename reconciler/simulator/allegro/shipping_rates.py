"""Price lists of delivery: the rules of methods, and what a change does to the offers that use one."""

from __future__ import annotations

from decimal import Decimal

from reconciler.simulator.allegro.defaults import DEPRECATED_METHODS
from reconciler.simulator.allegro.dictionaries import Kind
from reconciler.simulator.allegro.events import tell_visibility
from reconciler.simulator.allegro.money import check_money, two_decimals
from reconciler.simulator.allegro.offers import COLUMNS, of_row, save
from reconciler.simulator.allegro.refusals import Refusal, fault, refuse
from reconciler.simulator.allegro.seller_things import keep_thing, required_thing, things
from reconciler.simulator.allegro.shapes import (
    JUST_ID,
    MONEY,
    Faults,
    anything,
    decimal_of,
    items,
    nullable,
    one_of,
    record,
    require,
    text,
    whole,
)
from reconciler.simulator.allegro.visibility import delivery_method, markets_of_rates
from reconciler.simulator.allegro.world import AllegroCall, AllegroRoute
from reconciler.simulator.http import Reply
from reconciler.simulator.merge import without_nulls
from reconciler.simulator.world import Json

RATE = record(
    {
        "deliveryMethod": JUST_ID,
        "maxQuantityPerPackage": whole(1, 999_999),
        "maxPackageWeight": nullable(
            record({"value": text(1, 12, r"\d+(\.\d{1,3})?"), "unit": one_of("KILOGRAM")})
        ),
        "firstItemRate": MONEY,
        "nextItemRate": MONEY,
        "shippingTime": nullable(record({"from": text(2), "to": text(2)}, "from to")),
    },
    "deliveryMethod maxQuantityPerPackage firstItemRate nextItemRate",
)
SET = record(
    {
        "id": text(1),
        "name": text(1, 64, r"[^\W_][\w\-., ]*"),  # letters, digits, hyphen, dot, comma, space
        "rates": items(RATE, 1),
        "type": nullable(one_of("PHYSICAL", "ELECTRONIC")),
        "dispatchCountry": nullable(text(2, 2)),
        "lastModified": anything,
    },
    "name rates",
)


def _kept(call: AllegroCall, sent: Json, old: Json | None) -> Json:
    """Check a set and bring it into the form that reads back."""
    faults: Faults = []
    kind = old.get("type") if old else sent.get("type")
    if old is None:
        _check_type(sent, faults)
    else:
        _check_fixed(sent, old, faults)
    if old is not None and sent.get("id", old["id"]) != old["id"]:
        faults.append(fault("VALIDATION_ERROR", "The id is not that of the address.", "id"))
    for number, rate in enumerate(sent["rates"]):
        _check_rate(call, rate, kind, f"rates[{number}]", faults)
    methods = [rate["deliveryMethod"]["id"] for rate in sent["rates"]]
    if len(set(methods)) != len(methods):
        faults.append(fault("DUPLICATED_DELIVERY_METHOD", "A delivery method is named twice.", "rates"))
    if faults:
        raise Refusal(422, *faults)
    country = old.get("dispatchCountry") if old else sent.get("dispatchCountry")
    rates = [_read_back(call, rate) for rate in sent["rates"]]
    if call.world.normalises(32):  # reads do not keep the sender's order
        rates.sort(key=lambda rate: str(rate["deliveryMethod"]["id"])[::-1])
    stamp = call.world.stamp
    return {
        "name": sent["name"],
        "rates": rates,
        "type": kind,
        "dispatchCountry": country,
        "lastModified": stamp,
    }


def _check_type(sent: Json, faults: Faults) -> None:
    """A type is needed since 2026-07-22 (issues #13670, #13268)."""
    if sent.get("type") is None:
        faults.append(fault("VALIDATION_ERROR", "The type is required.", "type"))
    elif sent["type"] == "PHYSICAL" and not sent.get("dispatchCountry"):
        faults.append(fault("VALIDATION_ERROR", "The dispatch country is required.", "dispatchCountry"))


def _check_fixed(sent: Json, old: Json, faults: Faults) -> None:
    """Type and country stay; a type sent to an old set without one is ignored (issue #13698)."""
    for key in ("type", "dispatchCountry"):
        if sent.get(key) is not None and old.get(key) is not None and sent[key] != old[key]:
            faults.append(fault("VALIDATION_ERROR", "The field cannot change.", key))


def _check_rate(call: AllegroCall, rate: Json, kind: str | None, path: str, faults: Faults) -> None:
    key = rate["deliveryMethod"]["id"]
    where = f"{path}.deliveryMethod.id"
    if key in DEPRECATED_METHODS:
        faults.append(fault("DEPRECATED_DELIVERY_METHOD", "The delivery method is deprecated.", where))
        return
    method = delivery_method(call.world, key)
    limits = (method or {}).get("shippingRatesConstraints") or {}
    if method is None or limits.get("allowed") is False:
        faults.append(fault("INVALID_DELIVERY_METHOD", "The delivery method cannot be used.", where))
        return
    _check_amount(rate["firstItemRate"], limits.get("firstItemRate"), f"{path}.firstItemRate", faults)
    if kind is None:
        _check_amount(rate["nextItemRate"], limits.get("nextItemRate"), f"{path}.nextItemRate", faults)
    elif rate["nextItemRate"]["amount"] != "0.00":  # typed sets (ShippingRate, issue #13906)
        message = "The amount must be 0.00."
        faults.append(fault("INVALID_NEXT_ITEM_RATE", message, f"{path}.nextItemRate.amount"))
    _check_package(rate, limits, path, faults)


def _check_package(rate: Json, limits: Json, path: str, faults: Faults) -> None:
    highest = (limits.get("maxQuantityPerPackage") or {}).get("max") or 999_999
    if rate["maxQuantityPerPackage"] > highest:
        where = f"{path}.maxQuantityPerPackage"
        faults.append(fault("VALIDATION_ERROR", f"The value must be {highest} at most.", where))
    if rate.get("maxPackageWeight") and not (limits.get("maxPackageWeight") or {}).get("supported"):
        where = f"{path}.maxPackageWeight"
        faults.append(fault("VALIDATION_ERROR", "The method does not take a weight.", where))
    if rate.get("shippingTime") and not (limits.get("shippingTime") or {}).get("customizable"):
        where = f"{path}.shippingTime"
        faults.append(fault("VALIDATION_ERROR", "The method does not take a shipping time.", where))


def _check_amount(money: Json, limits: Json | None, path: str, faults: Faults) -> None:
    if not limits:
        return
    check_money(money, limits["currency"], path, faults, "rates.amount")
    amount = decimal_of(money["amount"])
    if amount is None:
        return
    low, high = limits.get("min"), limits.get("max")
    if (low is not None and amount < Decimal(low)) or (high is not None and amount > Decimal(high)):
        faults.append(
            fault("INVALID_RATE_AMOUNT", f"The amount must be between {low} and {high}.", f"{path}.amount")
        )


def _read_back(call: AllegroCall, rate: Json) -> Json:
    shown = dict(rate)
    if call.world.normalises(2):
        shown["firstItemRate"] = two_decimals(rate["firstItemRate"])
    if call.world.normalises(30):
        shown["nextItemRate"] = two_decimals(rate["nextItemRate"])
    return shown


def _features(body: Json) -> Json:
    told = body.get("features") or {}
    return {key: bool(told.get(key)) for key in ("managedByAllegro", "isFulfillment")}


def _row(call: AllegroCall, body: Json) -> Json:
    markets = sorted(markets_of_rates(call.world, body))
    shown = {"id": body["id"], "name": body["name"], "features": _features(body)}
    return shown | {"marketplaces": [{"id": market} for market in markets]}


def _view(_call: AllegroCall, body: Json) -> Json:
    """One set has rates and its date, and no features (those are in the list)."""
    return {key: value for key, value in body.items() if key not in {"features", "marketplaces"}}


SHIPPING_RATES = Kind(
    "shipping_rates",
    "/sale/shipping-rates",
    "shippingRates",
    SET,
    limit=None,
    counted=False,
    row=_row,
    view=_view,
    kept=_kept,
)


def list_sets(call: AllegroCall) -> Reply:
    rows = [_row(call, one) for one in things(call.world, call.seller, "shipping_rates")]
    if market := call.arg("marketplace"):
        rows = [row for row in rows if {"id": market} in row["marketplaces"]]
    return Reply(200, {"shippingRates": rows})


def create_set(call: AllegroCall) -> Reply:
    found = things(call.world, call.seller, "shipping_rates")
    if len(found) >= call.world.settings.caps.rate_sets:
        raise refuse(422, "SHIPPING_RATES_LIMIT_EXCEEDED", "There are too many price lists.")
    return SHIPPING_RATES.create(call)


def replace_set(call: AllegroCall) -> Reply:
    """Offers follow at once, and are seen in other countries or no longer (issues #1435, #9026)."""
    old = required_thing(call, "shipping_rates", call.params["id"])
    features = _features(old)
    if any(features.values()):
        message = "The price list cannot be modified here."
        raise refuse(422, "SHIPPING_RATES_READ_ONLY", message, "id")  # issue #12297
    require(SET, call.body)
    body = {**_kept(call, without_nulls(call.body), old), "id": old["id"]}
    before = markets_of_rates(call.world, old)
    keep_thing(call.world, call.seller, "shipping_rates", body)
    if markets_of_rates(call.world, body) != before:
        _show_offers_again(call, old["id"])
    return Reply(200, _view(call, body))


def _show_offers_again(call: AllegroCall, rates_id: str) -> None:
    sql = f"SELECT {COLUMNS} FROM offers WHERE seller = ? AND rates = ?"
    for row in call.world.store.all(sql, call.seller, rates_id):
        offer = of_row(row)
        before = offer.copy().body
        save(call.world, offer, touch=False)
        if offer.live:
            tell_visibility(call.world, before, offer)


def routes() -> list[AllegroRoute]:
    special = {("GET", "/sale/shipping-rates"): list_sets, ("POST", "/sale/shipping-rates"): create_set}
    special[("PUT", "/sale/shipping-rates/{id}")] = replace_set
    found = []
    for route in SHIPPING_RATES.routes():
        handler = special.get((route.method, route.path), route.handler)
        found.append(AllegroRoute(route.method, route.path, handler, content=route.content))
    return found
