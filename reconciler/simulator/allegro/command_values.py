"""The values that batch commands carry: their shapes, and what refuses a whole command."""

from __future__ import annotations

from decimal import Decimal

from reconciler.simulator.allegro.defaults import MARKETS
from reconciler.simulator.allegro.money import check_money
from reconciler.simulator.allegro.offer_shape import LOCATION, SAFETY
from reconciler.simulator.allegro.offers import base_of
from reconciler.simulator.allegro.refusals import Refusal, fault, refuse
from reconciler.simulator.allegro.seller_things import thing
from reconciler.simulator.allegro.shapes import (
    JUST_ID,
    MONEY,
    Faults,
    Shape,
    anything,
    boolean,
    date_time,
    decimal_of,
    nullable,
    one_of,
    record,
    tagged,
    text,
    whole,
)
from reconciler.simulator.allegro.world import AllegroWorld
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

PUBLICATION = record({"action": one_of("ACTIVATE", "END"), "scheduledFor": nullable(date_time)}, "action")
QUANTITY = record({"changeType": one_of("FIXED", "GAIN"), "value": whole()}, "changeType value")  # issue #11640
HANDLING = [
    "PT0S",
    "PT24H",
    "PT48H",
    "PT72H",
    "PT96H",
    "PT120H",
    "PT168H",
    "PT240H",
    "PT336H",
    "PT504H",
    "PT720H",
    "PT1440H",
    "P2D",
    "P3D",
    "P4D",
    "P5D",
    "P7D",
    "P10D",
    "P14D",
    "P21D",
    "P30D",
    "P60D",
]
DURATIONS = [
    "PT72H",
    "PT120H",
    "PT168H",
    "PT240H",
    "PT480H",
    "PT720H",
    "P3D",
    "P5D",
    "P7D",
    "P10D",
    "P20D",
    "P30D",
]


def _price(field: str, shape: Shape) -> Shape:
    market = nullable(one_of(*MARKETS))
    return record({"type": anything, "marketplaceId": market, field: shape}, field)


PRICE = tagged(
    "type",
    FIXED_PRICE=_price("price", MONEY),
    INCREASE_PRICE=_price("value", MONEY),
    DECREASE_PRICE=_price("value", MONEY),
    INCREASE_PERCENTAGE=_price("percentage", text(1)),
    DECREASE_PERCENTAGE=_price("percentage", text(1)),
)
MODIFICATION = record(
    {
        "additionalServicesGroup": nullable(JUST_ID),
        "delivery": record({"shippingRates": JUST_ID, "handlingTime": one_of(*HANDLING)}),
        "discounts": record({"wholesalePriceList": nullable(JUST_ID)}),
        "location": LOCATION,
        "payments": record(
            {
                "invoice": one_of("VAT", "VAT_MARGIN", "WITHOUT_VAT", "NO_INVOICE"),
                "tax": record({"percentage": text(1)}),
            }
        ),
        "sizeTable": nullable(JUST_ID),
        "publication": record({"duration": one_of(*DURATIONS), "durationUnlimited": boolean}),
        "responsiblePerson": JUST_ID,
        "responsibleProducer": JUST_ID,
        "safetyInformation": SAFETY,
    }
)


def check_value(world: AllegroWorld, seller: str, family: str, body: Json) -> None:
    """Refuse the whole command when its own value is wrong."""
    modification = body.get("modification") or {}
    if family == "quantity" and modification["changeType"] == "FIXED" and modification["value"] <= 0:
        # A fixed stock must be above zero (QuantityModification; issues #1715, #12233).
        message = "The quantity must be greater than zero."
        raise refuse(422, "INCORRECT_QUANTITY_VALUE", message, "modification.value")
    if family == "price":
        _check_price(world, seller, modification)
    if family == "modification":
        _check_references(world, seller, modification)


def _check_price(world: AllegroWorld, seller: str, modification: Json) -> None:
    market = modification.get("marketplaceId") or base_of(world, seller)
    faults: Faults = []
    for key in ("price", "value"):
        if key in modification:
            check_money(modification[key], MARKETS[market].currency, f"modification.{key}", faults)
    if "percentage" in modification and percent_of(modification["percentage"]) is None:
        faults.append(fault("VALIDATION_ERROR", "The value is not a percentage.", "modification.percentage"))
    if faults:
        raise Refusal(422, *faults)


def _check_references(world: AllegroWorld, seller: str, modification: Json) -> None:
    if not modification:
        raise refuse(422, "VALIDATION_ERROR", "There is nothing to change.", "modification")
    wanted = (
        (modification.get("additionalServicesGroup"), "additional_services_groups"),
        (dig(modification, "delivery", "shippingRates"), "shipping_rates"),
        (modification.get("sizeTable"), "size_tables"),
        (modification.get("responsiblePerson"), "responsible_persons"),
        (modification.get("responsibleProducer"), "responsible_producers"),
    )
    for reference, kind in wanted:
        if reference is not None and thing(world, seller, kind, reference["id"]) is None:
            raise refuse(422, "VALIDATION_ERROR", "The reference is not known.", "modification", kind=kind)


def check_bulk(body: Json) -> None:
    """Values of a bulk command, offer by offer."""
    faults: Faults = []
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(body["modifications"]):
        path = f"modifications[{number}]"
        for key in [f"prices.{market}" for market in one.get("prices") or {}] + ["stock"] * ("stock" in one):
            if (one["offerId"], key) in seen:
                faults.append(
                    fault("VALIDATION_ERROR", "The offer is changed twice in this way.", f"{path}.{key}")
                )
            seen.add((one["offerId"], key))
        for market, value in (one.get("prices") or {}).items():
            where = f"{path}.prices.{market}.value"
            if value.get("changeType") == "FIXED":
                check_money(value["value"], MARKETS[market].currency, where, faults)
        stock = one.get("stock")
        if stock and stock["changeType"] == "FIXED" and stock["value"] <= 0:
            message = "The quantity must be greater than zero."
            faults.append(fault("INCORRECT_QUANTITY_VALUE", message, f"{path}.stock.value"))
    if faults:
        raise Refusal(422, *faults)


def percent_of(written: str) -> Decimal | None:
    """`+15.5%` and `15.5` are the same (MarketplacePriceModificationPercentage)."""
    return decimal_of(written.removesuffix("%").removeprefix("+"))
