"""Which parts of a policy go together, and what is assumed, dropped or put in their place (Account API).

Each takes the call, for warnings, and a body of the right shape, and returns the policy as it is kept.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reconciler.simulator.ebay.bodies import COUNTRY
from reconciler.simulator.ebay.refusals import error, refuse
from reconciler.simulator.ebay.shapes import Errors
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.world import Json

RETURN_DAYS = frozenset({14, 30, 60})  # that a buyer may have
PAYMENT_DAYS = frozenset({3, 7, 10, 14})  # until a motor vehicle is paid
DEPOSIT_HOURS = frozenset({24, 48, 72})
SERVICES = {"DOMESTIC": 4, "INTERNATIONAL": 5}  # at most
HANDLING_DAYS = 40  # at most; a site has fewer values
CLICK_AND_COLLECT = frozenset({"EBAY_AU", "EBAY_GB", "EBAY_DE", "EBAY_FR", "EBAY_IT"})
DEPOSIT, DEPOSIT_AT_ONCE = Decimal(2000), Decimal(500)
INSTRUCTIONS, INSTRUCTIONS_DE = 5000, 8000
#: Paid past eBay: all else is eBay's to offer. The text names CASH_ON_PICKUP to PERSONAL_CHECK (?: the others).
OFFLINE = frozenset(
    {
        "CASH_ON_PICKUP",
        "CASHIER_CHECK",
        "MONEY_ORDER",
        "PERSONAL_CHECK",
        "CASH_IN_PERSON",
        "CASH_ON_DELIVERY",
        "OTHER",
    }
)


def fulfillment(call: EbayCall, body: Json) -> Json:
    """Flags that were not said are false; services have an order; ignored members go."""
    _check_currency(body, SITES[body["marketplaceId"]].currency)
    _check_handling(body)
    for flag in ("freightShipping", "globalShipping", "localPickup", "pickupDropOff"):
        body.setdefault(flag, False)
    if body["marketplaceId"] != "EBAY_GB":
        body["globalShipping"] = False
    if body["pickupDropOff"] and body["marketplaceId"] not in CLICK_AND_COLLECT:
        body["pickupDropOff"] = False
        call.warnings.append(error(20201, "pickupDropOff"))
    kinds = [option["optionType"] for option in body.get("shippingOptions", [])]
    if len(set(kinds)) < len(kinds):
        raise refuse(20403, "shippingOptions", reason="There is one of each optionType at most.")
    for option in body.get("shippingOptions", []):
        _option(option, SITES[body["marketplaceId"]].currency)
    places = body.setdefault("shipToLocations", {})
    places.setdefault("regionExcluded", [])
    for region in [*places.get("regionIncluded", []), *places["regionExcluded"]]:
        _check_region(region)
    return body


def _check_currency(value: Any, currency: str) -> None:
    """Amounts are in the currency of the site."""
    if isinstance(value, list):
        for one in value:
            _check_currency(one, currency)
    elif isinstance(value, dict):
        if value.get("currency", currency) != currency:
            raise refuse(20403, "currency", currency=value["currency"])
        for one in value.values():
            _check_currency(one, currency)


def _check_handling(body: Json) -> None:
    """Whoever ships says how many business days that takes; who only hands over need not."""
    time = body.get("handlingTime")
    if time is None:
        if not (body.get("localPickup") or body.get("freightShipping")):
            raise refuse(20401, "handlingTime")
    elif time["unit"] not in {"DAY", "BUSINESS_DAY"} or time["value"] > HANDLING_DAYS:
        raise refuse(20403, "handlingTime", value=str(time["value"]), unit=time["unit"])


def _option(option: Json, currency: str) -> None:
    """The services of one kind: their number, their order, and what each costs."""
    option.pop("insuranceFee", None)
    option["insuranceOffered"] = False
    services, domestic = option.get("shippingServices", []), option["optionType"] == "DOMESTIC"
    if len(services) > SERVICES[option["optionType"]]:
        raise refuse(20403, "shippingServices", reason=f"There are {SERVICES[option['optionType']]} at most.")
    for place, service in enumerate(services, 1):
        service.setdefault("sortOrder", place)
    first = min(services, key=lambda one: int(one["sortOrder"]), default=None)
    for service in services:
        # Only the first domestic one can be free; of the others it is ignored.
        service["freeShipping"] = bool(service.get("freeShipping")) and domestic and service is first
        for flag in ("buyerResponsibleForShipping", "buyerResponsibleForPickup"):
            service.setdefault(flag, False)
        service.pop("surcharge", None)
        if service["freeShipping"]:
            service["shippingCost"] = {"value": "0.0", "currency": currency}
        elif option["costType"] == "FLAT_RATE" and "shippingCost" not in service and "rateTableId" not in option:
            raise refuse(20401, "shippingCost", shippingServiceCode=service["shippingServiceCode"])
        more, cost = service.get("additionalShippingCost"), service.get("shippingCost")
        if more and cost and Decimal(more["value"]) > Decimal(cost["value"]):
            raise refuse(20403, "additionalShippingCost", value=more["value"])
    if "packageHandlingCost" in option and any(one["freeShipping"] for one in services):
        raise refuse(20403, "packageHandlingCost", reason="There is free shipping.")


def _check_region(region: Json) -> None:
    if region.get("regionType") == "COUNTRY":
        errors: Errors = []
        COUNTRY(region.get("regionName"), "regionName", errors)
        if errors:
            raise refuse(20403, "regionName")


def payment(_call: EbayCall, body: Json) -> Json:
    """eBay handles payments: instructions are no longer supported, and immediate payment is off unless told."""
    body.pop("paymentInstructions", None)
    body.setdefault("immediatePay", False)
    _check_currency(body, SITES[body["marketplaceId"]].currency)
    for method in body.get("paymentMethods", []):
        if method["paymentMethodType"] not in OFFLINE:
            raise refuse(20405, method["paymentMethodType"])
        for name in ("brands", "recipientAccountReference"):
            method.pop(name, None)
    _vehicles(body)
    return body


def _vehicles(body: Json) -> None:
    """A deposit and a time until payment are of motor vehicles only, which need the latter."""
    is_of_vehicles = any(one["name"] == "MOTORS_VEHICLES" for one in body["categoryTypes"])
    deposit, due = body.get("deposit"), body.get("fullPaymentDueIn")
    if not is_of_vehicles:
        for name in ("deposit", "fullPaymentDueIn"):
            if name in body:
                raise refuse(20403, name, reason="It is of motor vehicles only.")
        return
    if due is None:
        raise refuse(20401, "fullPaymentDueIn")
    if due["unit"] != "DAY" or due["value"] not in PAYMENT_DAYS:
        raise refuse(20403, "fullPaymentDueIn", value=str(due["value"]))
    if deposit is None:
        return
    deposit.pop("paymentMethods", None)
    deposit.setdefault("dueIn", {"value": 48, "unit": "HOUR"})
    if deposit["dueIn"]["unit"] != "HOUR" or deposit["dueIn"]["value"] not in DEPOSIT_HOURS:
        raise refuse(20403, "deposit.dueIn", value=str(deposit["dueIn"]["value"]))
    most = DEPOSIT_AT_ONCE if body["immediatePay"] else DEPOSIT
    if "amount" not in deposit or not 0 < Decimal(deposit["amount"]["value"]) <= most:
        raise refuse(20403, "deposit.amount", reason=f"It is {most} at most.")


def returns(_call: EbayCall, body: Json) -> Json:
    """Terms of a return need an accepted return; some members are neither read nor returned."""
    for name in ("extendedHolidayReturnsOffered", "restockingFeePercentage"):
        body.pop(name, None)
    if any(one["name"] == "MOTORS_VEHICLES" for one in body["categoryTypes"]):
        raise refuse(20403, "categoryTypes")
    most = INSTRUCTIONS_DE if body["marketplaceId"] == "EBAY_DE" else INSTRUCTIONS
    if len(body.get("returnInstructions", "")) > most:
        raise refuse(20403, "returnInstructions", reason=f"It has {most} signs at most.")
    _terms(body)
    if body["returnsAccepted"]:
        body.setdefault("refundMethod", "MONEY_BACK")
    else:
        body.pop("refundMethod", None)
    if "internationalOverride" in body:
        if "returnsAccepted" not in body["internationalOverride"]:
            raise refuse(20401, "internationalOverride.returnsAccepted")
        _terms(body["internationalOverride"])
    return body


def _terms(terms: Json) -> None:
    """How long, and who pays: of accepted returns only, and then both."""
    if not terms["returnsAccepted"]:
        for name in ("returnPeriod", "returnShippingCostPayer", "returnMethod"):
            terms.pop(name, None)
        return
    for name in ("returnPeriod", "returnShippingCostPayer"):
        if name not in terms:
            raise refuse(20401, name)
    if terms["returnPeriod"]["unit"] != "DAY":
        raise refuse(20406, "The period is told in days.")
    if terms["returnPeriod"]["value"] not in RETURN_DAYS:
        raise refuse(20406, "The period has 14, 30 or 60 days.")
