"""GET /sale/offers: filters by column, rows that are kept ready."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reconciler.simulator.allegro.offers import OFFER_ID
from reconciler.simulator.allegro.refusals import refuse
from reconciler.simulator.allegro.shapes import decimal_of
from reconciler.simulator.allegro.world import AllegroCall
from reconciler.simulator.http import Reply

SORTS = {
    "sellingMode.price.amount": "price",
    "stock.sold": "sold",
    "stock.available": "available",
}
MAX_REACH = 10_000_000  # offset + limit (searchOffersUsingGET)
SEVERAL = {  # filters that take several values
    "offer.id": "id",
    "publication.status": "status",
    "sellingMode.format": "format",
    "external.id": "external_id",
}
SINGLE = {
    "category.id": "category",
    "delivery.shippingRates.id": "rates",
    "afterSalesServices.returnPolicy.id": "policy",
    "fundraisingCampaign.id": "fundraising",
}
EMPTY = {"delivery.shippingRates.id.empty": "rates", "fundraisingCampaign.id.empty": "fundraising"}
FLAGS = {
    "product.id.empty": "product_empty",
    "productizationRequired": "product_empty",
    "b2b.buyableOnlyByBusiness": "business",
    "isFulfillment": "fulfillment",
}
STATUSES = frozenset({"INACTIVE", "ACTIVE", "ACTIVATING", "ENDED"})


@dataclass
class Where:
    """A growing WHERE clause."""

    clauses: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, clause: str, *values: Any) -> None:
        self.clauses.append(clause)
        self.values.extend(values)

    def text(self) -> str:
        return " AND ".join(self.clauses)


def list_offers(call: AllegroCall) -> Reply:
    """A page by offset. Unknown parameters are ignored, so a filter with a typing error filters nothing."""
    limit = call.number("limit", 20, 1, 1000)
    offset = call.number("offset", 0, 0, 9_999_999)
    if offset + limit > MAX_REACH:
        raise refuse(400, "INVALID_PARAMETER", "The list does not reach so far.", "offset")
    where = Where()
    where.add("seller = ?", call.seller)
    for part in (_sets, _singles, _amounts, _flags):
        part(call, where)
    order = _order(call)
    total = call.world.store.one(f"SELECT COUNT(*) FROM listing WHERE {where.text()}", *where.values)
    if call.is_troubled("short_list"):
        _hide_some(call, where)
    rows = call.world.store.all(
        f"SELECT row FROM listing WHERE {where.text()} ORDER BY {order} LIMIT ? OFFSET ?",
        *where.values, limit, offset,
    )  # fmt: skip
    head = b'{"offers":[' + b",".join(row[0] for row in rows)
    return Reply(200, head + b'],"count":%d,"totalCount":%d}' % (len(rows), total[0] if total else 0))


def _hide_some(call: AllegroCall, where: Where) -> None:
    """The list comes out short: the same offers are missing from all pages of one pass (issue #10056)."""
    ids = [row[0] for row in call.world.store.all(f"SELECT id FROM listing WHERE {where.text()}", *where.values)]
    hidden = call.trouble.dice("missing").sample(sorted(ids), min(int(call.trouble.get("missing", 1)), len(ids)))
    where.add(f"id NOT IN ({','.join('?' * len(hidden))})", *hidden)


def _sets(call: AllegroCall, where: Where) -> None:
    for name, column in SEVERAL.items():
        values: list[Any] = call.args(name)
        if not values:
            continue
        if name == "external.id" and len(values) > 100:
            raise refuse(400, "INVALID_PARAMETER", "There are more than 100 values.", name)
        if name == "publication.status" and set(values) - STATUSES:
            raise refuse(400, "INVALID_PARAMETER", "The status is not known.", name)
        if name == "offer.id":
            values = [int(value) if OFFER_ID.fullmatch(value) else -1 for value in values]
        where.add(f"{column} IN ({','.join('?' * len(values))})", *values)


def _singles(call: AllegroCall, where: Where) -> None:
    for name, column in SINGLE.items():
        if value := call.arg(name):
            where.add(f"{column} = ?", value)
    for name, column in EMPTY.items():
        flag = call.flag(name)
        if flag is not None:
            where.add(f"{column} IS {'' if flag else 'NOT '}NULL")
    if name_part := call.arg("name"):
        where.add("instr(lower(name), lower(?)) > 0", name_part)
    if market := call.arg("publication.marketplace"):
        where.add("instr(' ' || markets || ' ', ?) > 0", f" {market} ")
    if (
        call.arg("sellingMode.priceAutomation.rule.id")
        or call.flag("sellingMode.priceAutomation.rule.id.empty") is False
    ):
        where.add("0")  # no offer has a price rule here


def _amounts(call: AllegroCall, where: Where) -> None:
    for name, sign in (("sellingMode.price.amount.gte", ">="), ("sellingMode.price.amount.lte", "<=")):
        if text := call.arg(name):
            amount = decimal_of(text)
            if amount is None:
                raise refuse(400, "INVALID_PARAMETER", "The value is not a number.", name)
            where.add(f"price {sign} ?", float(amount))


def _flags(call: AllegroCall, where: Where) -> None:
    for name, column in FLAGS.items():
        flag = call.flag(name)
        if flag is not None:
            where.add(f"{column} = ?", int(flag))


def _order(call: AllegroCall) -> str:
    sort = call.arg("sort")
    if not sort:
        return "id"
    column = SORTS.get(sort.removeprefix("-"))
    if column is None:
        raise refuse(400, "INVALID_PARAMETER", "The order is not known.", "sort")
    return f"{column} {'DESC' if sort.startswith('-') else 'ASC'}, id"
