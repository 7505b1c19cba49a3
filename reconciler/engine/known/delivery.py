"""Delivery price lists: what each way of delivery lets be said of it (#2317, openapi shippingRatesConstraints)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from reconciler.engine.known.facts import AccountFacts, Catalogue
from reconciler.engine.known.subject import Subject
from reconciler.model.catalogue import Bounds, DeliveryMethod
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import Money, Value

KIND, _METHODS = "DeliveryPriceList", "methods"


def delivery(subject: Subject, account: AccountFacts, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """Yield what is wrong with the rates of a price list, and with what it is a list of."""
    if account.spec.kinds[KIND].field("dispatch_country"):
        yield from _whole(subject)
    names = account.references.get("DeliveryMethod", {})
    before = subject.before.get(_METHODS) or {}
    country = subject.value("dispatch_country")
    for label, rate in (subject.after.get(_METHODS) or {}).items():
        method = catalogue.methods.get(names.get(label, label.removeprefix("#")))
        if method is None or before.get(label) == rate:
            continue
        for part, said, hint in _breaches(method, rate, account.spec, country):
            yield subject.problem("P236", f"{method.name} {said}", _METHODS, label, part, hint=hint)


def _whole(subject: Subject) -> Iterator[Diagnostic]:
    """A new list says where parcels come from, or that there are none (#13670)."""
    if subject.is_new and subject.after.get("type") != "electronic" and not subject.after.get("dispatch_country"):
        where = "type" if "type" in subject.after else "name"
        hint = "add `dispatch_country: PL`; or `type: electronic` where nothing is sent"
        yield subject.problem("P238", "a new list of parcels needs its `dispatch_country`", where, hint=hint)


def _breaches(
    method: DeliveryMethod, rate: Mapping[str, Value], spec: MarketplaceSpec, country: Value
) -> Iterator[tuple[str, str, str]]:
    if not method.allowed:
        yield "first", "cannot be used in price lists", "take it out, or choose another one"
        return
    if method.country and country and method.country != country:
        yield "first", f"is for parcels from {method.country}, and the list is for {country}", "choose another one"
    if rate.get("first") is not None and method.first is not None:
        yield from (("first", *said) for said in _price(method.first, rate["first"], spec))
    pieces, most = rate.get("max_quantity"), method.most_pieces
    if pieces is not None and most is not None and not 1 <= pieces <= most:
        yield "max_quantity", f"takes 1 to {most:,} pieces in a parcel, not {pieces:,}", "correct the number"
    yield from _weight(method, rate.get("max_weight"))
    if rate.get("time") is not None and not method.timed:
        yield "time", "has a time of its own, which cannot be changed", "leave `time` out"


def _price(bounds: Bounds, price: Money, spec: MarketplaceSpec) -> Iterator[tuple[str, str]]:
    if price.currency != bounds.currency:
        yield f"is priced in {bounds.currency}, not in {price.currency}", f"write the price in {bounds.currency}"
        return
    decimals = next((m.decimals for m in spec.marketplaces.values() if m.currency == price.currency), None)
    if decimals is not None and price.amount != round(price.amount, decimals):
        yield f"is at {price}; {price.currency} takes {decimals or 'no'} digits after the point", "round it"
    if price.amount < Decimal(bounds.lowest) or (bounds.highest and price.amount > Decimal(bounds.highest)):
        highest = f" to {bounds.highest}" if bounds.highest else " and more"
        yield f"costs {bounds.lowest}{highest} {bounds.currency}, not {price}", "correct the price"


def _weight(method: DeliveryMethod, weight: Value) -> Iterator[tuple[str, str, str]]:
    if weight is None:
        return
    if not method.weighed:
        yield "max_weight", "takes no weight", "leave `max_weight` out"
    elif (method.heaviest and Decimal(weight) > Decimal(method.heaviest)) or (
        method.lightest and Decimal(weight) < Decimal(method.lightest)
    ):
        between = f"{method.lightest or '0'} to {method.heaviest or 'any'}"
        yield "max_weight", f"takes parcels of {between} kg, not {weight}", "correct the weight"
