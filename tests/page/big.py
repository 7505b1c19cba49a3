"""A plan of 100,000 changes: two prices and a stock number in turn, all of them small."""

from decimal import Decimal
from functools import cache

from render import samples

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.offers import Key
from reconciler.model.values import Money

COUNT = 100_000


@cache
def big_plan():
    return samples.plan(samples.account(*map(_change, range(COUNT))))


def _change(number):
    name = f"kubek-ceramiczny-acme-{number:06d}"
    mark = Mark(f"offers/kubki/{name}.yaml", 45, 8)
    if number % 3 == 2:
        field = FieldChange(
            path="stock.quantity", module=Module.STOCK, before=number % 40, after=number % 70 + 1, mark=mark
        )
    else:
        was = Decimal(500 + number * 37 % 29_500) / 100
        becomes = (was * (85 + number * 7 % 30) / 100).quantize(Decimal("0.01"))
        field = FieldChange(
            path="price.base",
            module=Module.PRICE,
            before=Money(was, "PLN"),
            after=Money(becomes, "PLN"),
            mark=mark,
        )
    title = f"Kubek ceramiczny ACME {number} ml biały do kawy i herbaty"
    return Change(
        key=Key("main", "Offer", name),
        verb=Verb.UPDATE,
        remote_id=str(13_000_000_000 + number),
        title=title,
        fields=(field,),
        mark=mark,
    )
