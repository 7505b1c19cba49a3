"""What each batch command does to one offer, as steps that a task reports on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from reconciler.simulator.allegro.command_values import percent_of
from reconciler.simulator.allegro.defaults import MARKETS
from reconciler.simulator.allegro.durations import hours_of, in_hours
from reconciler.simulator.allegro.edit import commit, edited
from reconciler.simulator.allegro.lifecycle import begin_activation, begin_end
from reconciler.simulator.allegro.money import rounded, two_decimals
from reconciler.simulator.allegro.offers import save
from reconciler.simulator.allegro.refusals import Refusal, refuse
from reconciler.simulator.allegro.rules import activation_faults, listing_faults
from reconciler.simulator.allegro.world import AllegroWorld
from reconciler.simulator.merge import dig, merged
from reconciler.simulator.world import Json

if TYPE_CHECKING:
    from reconciler.simulator.allegro.offers import Offer

Step = tuple[str, Callable[[AllegroWorld, "Offer"], None]]


def publication_steps(body: Json) -> list[Step]:
    """ACTIVATE or END; success means that the marketplace has accepted, not that it is done (issue #2320)."""
    action = body["publication"]["action"]
    planned = body["publication"].get("scheduledFor")

    def step(world: AllegroWorld, offer: Offer) -> None:
        if action == "END":
            _end(world, offer)
        else:
            _activate(world, offer, planned)

    return [("publication", step)]


def _end(world: AllegroWorld, offer: Offer) -> None:
    if not offer.live:
        raise refuse(422, "OFFER_NOT_ACTIVE", "The offer is not listed.", "publication")
    begin_end(world, offer, "USER")


def _activate(world: AllegroWorld, offer: Offer, planned: str | None) -> None:
    if offer.live:
        raise refuse(422, "OFFER_ALREADY_ACTIVE", "The offer is listed already.", "publication")
    faults = activation_faults(offer, offer) + listing_faults(world, offer)
    if faults:
        raise Refusal(422, *faults)
    if planned:
        offer.body["publication"]["startingAt"] = planned
    begin_activation(world, offer)
    save(world, offer)


def quantity_steps(body: Json) -> list[Step]:
    return [("stock", _stock_step(body["modification"]["changeType"], body["modification"]["value"]))]


def _stock_step(change: str, value: int) -> Callable[[AllegroWorld, Offer], None]:
    def step(world: AllegroWorld, offer: Offer) -> None:
        stock = value if change == "FIXED" else offer.available + value
        if stock <= 0:
            message = "The quantity must be greater than zero."
            raise refuse(422, "INVALID_OFFER_QUANTITY", message, "stock")
        _edit(world, offer, {"stock": {"available": stock}})

    return step


def price_steps(body: Json) -> list[Step]:
    modification = body["modification"]
    kind = modification["type"]
    market = modification.get("marketplaceId")
    sign = -1 if kind.startswith("DECREASE") else 1
    if kind == "FIXED_PRICE":
        change = _to(modification["price"])
    elif kind.endswith("PERCENTAGE"):
        change = _by_percent(sign * (percent_of(modification["percentage"]) or Decimal(0)))
    else:
        change = _by(sign * Decimal(modification["value"]["amount"]))
    return [("price", _price_step({market: change}))]


def _to(money: Json) -> Callable[[Decimal | None], Decimal | None]:
    return lambda _old: Decimal(money["amount"])


def _by(amount: Decimal) -> Callable[[Decimal | None], Decimal | None]:
    return lambda old: None if old is None else old + amount


def _by_percent(percent: Decimal) -> Callable[[Decimal | None], Decimal | None]:
    return lambda old: None if old is None else old * (1 + percent / 100)


Change = Callable[[Decimal | None], Decimal | None]


def _price_step(wanted: Mapping[str | None, Change]) -> Callable[[AllegroWorld, Offer], None]:
    """New prices by marketplace, all in one edit; None is the base marketplace."""

    def step(world: AllegroWorld, offer: Offer) -> None:
        patch: Json = {}
        for market, change in wanted.items():
            patch = merged(patch, _price_patch(world, offer, market, change))
        _edit(world, offer, patch)

    return step


def _price_patch(world: AllegroWorld, offer: Offer, market: str | None, change: Change) -> Json:
    base = offer.body["publication"]["marketplaces"]["base"]["id"]
    where = market or base
    holder = offer.body if where == base else offer.body["additionalMarketplaces"].get(where)
    old = dig(holder, "sellingMode", "price", "amount")
    new = change(None if old is None else Decimal(old))
    if new is None or new <= 0:
        raise refuse(422, "INVALID_PRICE", "There is no price that could be changed so.", "price")
    currency = MARKETS[where].currency
    money: Json = {"amount": rounded(new, currency), "currency": currency}
    selling = {"sellingMode": {"price": two_decimals(money) if world.normalises(1) else money}}
    return selling if where == base else {"additionalMarketplaces": {where: selling}}


def bulk_steps(body: Json) -> list[tuple[str, list[Step]]]:
    """The steps of every offer of a bulk command."""
    return [(one["offerId"], _bulk(one)) for one in body["modifications"]]


def _bulk(one: Json) -> list[Step]:
    steps: list[Step] = []
    if prices := one.get("prices"):
        wanted = {market: _bulk_change(value) for market, value in prices.items()}
        steps.append(("prices", _price_step(wanted)))
    if one.get("stock"):
        steps.append(("stock", _stock_step(one["stock"]["changeType"], one["stock"]["value"])))
    return steps


def _bulk_change(value: Json) -> Change:
    if value["changeType"] == "FIXED":
        return _to(value["value"])
    if value["changeType"] == "GAIN":
        return _by(Decimal(value["value"]["amount"]))
    return _by_percent(percent_of(value["percentage"]) or Decimal(0))


def modification_steps(body: Json) -> list[Step]:
    """One task per field."""
    wanted = body["modification"]
    steps: list[Step] = []

    def add(field: str, patch: Json) -> None:
        steps.append((field, lambda world, offer: _edit(world, offer, _spelled(world, patch))))

    for key, target in (("additionalServicesGroup", "additionalServices"), ("sizeTable", "sizeTable")):
        if key in wanted:
            add(key, {target: wanted[key]})
    for way in (("delivery", "shippingRates"), ("delivery", "handlingTime"), ("payments", "invoice")):
        if dig(wanted, *way) is not None:
            add(".".join(way), {way[0]: {way[1]: dig(wanted, *way)}})
    for key, field in (("discounts", "discounts.wholesalePriceList"), ("location", "location")):
        if key in wanted:
            add(field, {key: wanted[key]})
    if percentage := dig(wanted, "payments", "tax", "percentage"):
        rates = [{"rate": percentage, "countryCode": "PL"}]
        add("payments.tax.percentage", {"taxSettings": {"rates": rates}})
    _publication(wanted, add)
    safety = ("responsiblePerson", "responsibleProducer", "safetyInformation")
    steps.extend((key, _first_product_step(key, wanted[key])) for key in safety if key in wanted)
    return steps


def _publication(wanted: Json, add: Callable[[str, Json], None]) -> None:
    publication = wanted.get("publication") or {}
    if publication.get("durationUnlimited"):
        add("publication.durationUnlimited", {"publication": {"duration": None}})
    elif publication.get("duration"):
        add("publication.duration", {"publication": {"duration": publication["duration"]}})


def _spelled(world: AllegroWorld, patch: Json) -> Json:
    """Periods in the spelling in which they read back."""
    handling, duration = dig(patch, "delivery", "handlingTime"), dig(patch, "publication", "duration")
    if handling and hours_of(handling) is not None and world.normalises(3):
        return merged(patch, {"delivery": {"handlingTime": in_hours(handling)}})  # type: ignore[no-any-return]
    if duration and world.normalises(4):
        return {"publication": {"duration": in_hours(duration)}}
    return patch


def _first_product_step(key: str, value: Json) -> Callable[[AllegroWorld, Offer], None]:
    """Safety data of the first product only (Modification)."""

    def step(world: AllegroWorld, offer: Offer) -> None:
        products = offer.body["productSet"]
        if not products:
            raise refuse(422, "VALIDATION_ERROR", "The offer has no product.", "productSet")
        _edit(world, offer, {"productSet": [{**products[0], key: value}, *products[1:]]})

    return step


def _edit(world: AllegroWorld, offer: Offer, patch: Json) -> None:
    commit(world, offer, edited(world, offer, patch))
