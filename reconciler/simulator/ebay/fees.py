"""What listing costs: told for what is staged, taken when it is published, kept as a ledger that tests can read.

An account pays an insertion fee beyond the listings that are free in a calendar month, and a fee for a subtitle.
An amount is what is left after the discount, and `ListingFee` is the sum of the others (Trading user guide, fees
and fee-discounts; that get_listing_fees tells the sum as well is a guess with a knob, `fee_total`). What a running
listing pays each month that it goes on is not practised.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

import orjson

from reconciler.simulator.clock import at, iso
from reconciler.simulator.ebay import items, offers, rules
from reconciler.simulator.ebay.offers import PUBLISHED, Offer
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.shapes import items as listed
from reconciler.simulator.ebay.shapes import record, require, text
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayCall, EbayWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

AT_ONCE = 250
INSERTION, SUBTITLE, TOTAL = "InsertionFee", "SubtitleFee", "ListingFee"
#: Told although they are nothing, as the call says of many.
NOTHING = ("BoldFee", "GalleryPlusFee", "SchedulingFee")
NONE = Decimal("0.00")
KEYS = record({"offers": listed(record({"offerId": text(low=1)}, "offerId"), 1, AT_ONCE)}, "offers")
OPTIONS = ("insertion", "subtitle")
TERMS = frozenset({*OPTIONS, "free", "used"})


@dataclass(frozen=True)
class Fee:
    """One fee in the currency of its site: what is charged, and what was taken off before."""

    kind: str
    amount: Decimal
    discount: Decimal = NONE

    def __add__(self, other: Fee) -> Fee:
        return Fee(self.kind, self.amount + other.amount, self.discount + other.discount)


def listing_fees(call: EbayCall) -> Reply:
    """POST /offer/get_listing_fees: what publishing up to 250 staged offers would cost together, by site.

    What keeps an offer from being listed stands among the warnings of its site; it is counted all the same.
    """
    require(KEYS, call.body)
    ids = [one["offerId"] for one in call.body["offers"]]
    if len(set(ids)) < len(ids):
        raise refuse(25709, "offerId", reason="It is there twice.")
    found = [offers.load(call.world, call.seller, one) for one in ids]
    wrong = [key for key, one in zip(ids, found, strict=True) if one is None or one.status == PUBLISHED]
    if wrong:
        raise Refusal(400, *(error(25754, offerId=key) for key in wrong))
    by_site: dict[str, list[Offer]] = {}
    for one in found:
        if one is not None:
            by_site.setdefault(one.site, []).append(one)
    return Reply(200, {"feeSummaries": [_summary(call, site, mine) for site, mine in by_site.items()]})


def _summary(call: EbayCall, site: str, mine: list[Offer]) -> Json:
    world, warnings, sums = call.world, list[Json](), {name: Fee(name, NONE) for name in (INSERTION, SUBTITLE)}
    left = allotment(world, call.seller, site)
    for place, one in enumerate(mine):
        item = items.load(world, call.seller, one.sku)
        for fee in of_listing(world, call.seller, site, item, free=place < left):
            sums[fee.kind] += fee
        try:
            rules.require_listable(world, one, item, zero=False)
        except Refusal as refusal:
            warnings += refusal.errors
    told = [*sums.values(), *(Fee(name, NONE) for name in NOTHING)]
    if world.settings.fee_total:
        told.append(sum(sums.values(), Fee(TOTAL, NONE)))
    shown = [_view(fee, SITES[site].currency) for fee in sorted(told, key=lambda fee: fee.kind)]
    return {"marketplaceId": site, "fees": shown, **({"warnings": warnings} if warnings else {})}


def _view(fee: Fee, currency: str) -> Json:
    amounts = {"amount": fee.amount, "promotionalDiscount": fee.discount}
    return {
        "feeType": fee.kind,
        **{name: {"value": str(value), "currency": currency} for name, value in amounts.items()},
    }


def of_listing(world: EbayWorld, seller: str, site: str, item: Json | None, *, free: bool) -> list[Fee]:
    """What one listing costs; nothing where nothing was agreed on."""
    agreed = _agreed(world, seller, site)
    insertion, subtitle = (Decimal(str(agreed.get(name) or NONE)).quantize(NONE) for name in OPTIONS)
    found = [Fee(INSERTION, NONE, insertion) if free else Fee(INSERTION, insertion)] if insertion else []
    if subtitle and dig(item, "product", "subtitle"):
        found.append(Fee(SUBTITLE, subtitle))
    return found


def charge(world: EbayWorld, seller: str, site: str, item: Json | None, listing: int) -> None:
    """Take the fees of a listing that begins: each time that something is listed. In a transaction."""
    for fee in of_listing(world, seller, site, item, free=allotment(world, seller, site) > 0):
        sql = "INSERT INTO fees (seller, listing, site, at, kind, amount, discount) VALUES (?, ?, ?, ?, ?, ?, ?)"
        world.store.run(sql, seller, listing, site, world.moment, fee.kind, str(fee.amount), str(fee.discount))


def agree(world: EbayWorld, fees: object) -> Json:
    """The fees of a seed, by site; `used` counts against the free listings of this month."""
    if not isinstance(fees, dict):
        raise TypeError("fees: it is no mapping of sites")
    for site, terms in fees.items():
        if site not in SITES:
            raise ValueError(f"fees: {site} is none of {', '.join(SITES)}")
        if unknown := set(terms) - TERMS:
            raise ValueError(f"fees: {site}: {', '.join(sorted(unknown))} is none of {', '.join(sorted(TERMS))}")
        for name in OPTIONS:
            try:
                wrong = not 0 <= Decimal(str(terms.get(name, "0"))) < 10_000
            except InvalidOperation:
                wrong = True
            if wrong:
                raise ValueError(f"fees: {site}: {name} is an amount such as '0.35'")
    return {site: {**terms, "month": _month(world)} for site, terms in fees.items()}


def _agreed(world: EbayWorld, seller: str, site: str) -> Json:
    row = world.store.one("SELECT body FROM sellers WHERE id = ?", seller)
    found: Json = orjson.loads(row[0]).get("fees", {}).get(site, {}) if row else {}
    return found


def allotment(world: EbayWorld, seller: str, site: str) -> int:
    """How many listings are free yet in this calendar month."""
    agreed, begun = _agreed(world, seller, site), _month(world)
    sql = "SELECT COUNT(*) FROM fees WHERE seller = ? AND site = ? AND kind = ? AND discount != ? AND at >= ?"
    used = int((world.store.one(sql, seller, site, INSERTION, str(NONE), begun) or (0,))[0])
    before = int(agreed.get("used", 0)) if agreed.get("month") == begun else 0
    return max(0, int(agreed.get("free", 0)) - used - before)


def _month(world: EbayWorld) -> float:
    """When this month began, where eBay's days begin."""
    offset = timedelta(hours=world.settings.day_offset_hours)
    now: datetime = at(world.moment) + offset
    return (now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) - offset).timestamp()


def ledger(world: EbayWorld, seller: str) -> list[Json]:
    """[{listing_id, site, at, kind, amount, discount, currency}], oldest first; a free listing has 0.00."""
    sql = "SELECT listing, site, at, kind, amount, discount FROM fees WHERE seller = ? ORDER BY n"
    return [
        {
            "listing_id": str(listing),
            "site": site,
            "at": iso(at(moment)),
            "kind": kind,
            "amount": amount,
            "discount": discount,
            "currency": SITES[site].currency,
        }
        for listing, site, moment, kind, amount, discount in world.store.all(sql, seller)
    ]
