"""Guards on slips of every kind: delivery, discounts, services, stock."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER
from reconciler.model.values import Gain, Money
from reconciler.render.guard_text import allowance

from .build import key
from .judged import end, found, price, refused, stock


def one(kind: str, path: str, before: Any, after: Any, *, module: Module | None = None, **more: Any) -> Change:
    """A change of one field of a resource of any kind; without a before it is a creation."""
    field = FieldChange(path=path, module=module, before=before, after=after, **more)
    verb = Verb.CREATE if before is None else Verb.UPDATE
    return Change(key=key("X", kind), verb=verb, remote_id=None if before is None else "1", fields=(field,))


def rate(first: str, following: str = "0.00 PLN") -> dict[str, Any]:
    """A delivery price list's methods, two of them; the second one never changes."""
    other = {"first": Money.parse("9.99 PLN"), "next": Money.parse("1.00 PLN"), "max_quantity": 5}
    return {"Kurier DPD": {"first": Money.parse(first), "next": Money.parse(following)}, "Paczkomat": other}


def wrap(price: str, description: str = "Papier") -> list[dict[str, Any]]:
    """A group of two paid services."""
    return [
        {"definition": {"id": "CARRY"}, "configurations": [{"price": "50.00 PLN"}]},
        {
            "definition": {"id": "GIFT_WRAP"},
            "description": description,
            "configurations": [{"price": price}],
        },
    ]


SLIPS: dict[str, tuple[Change, dict[str, Any], set[str]]] = {
    "a delivery price with its point moved by two": (
        one("DeliveryPriceList", "methods", rate("13.49 PLN"), rate("1349.00 PLN")),
        {},
        {"price-shift", "price-change"},
    ),
    "a delivery price in the wrong currency": (
        one("DeliveryPriceList", "methods", rate("13.49 PLN"), rate("13.49 EUR")),
        {},
        {"currency"},
    ),
    "the price of the next item": (
        one("DeliveryPriceList", "methods", rate("13.49 PLN", "2 PLN"), rate("13.49 PLN", "20 PLN")),
        {},
        {"price-shift", "price-change"},
    ),
    "a delivery price that rises a little": (
        one("DeliveryPriceList", "methods", rate("13.49 PLN"), rate("14.99 PLN")),
        {},
        set(),
    ),
    "free delivery ends": (one("DeliveryPriceList", "methods", rate("0 PLN"), rate("13.49 PLN")), {}, set()),
    "a delivery price under the floor of offers": (
        one("DeliveryPriceList", "methods", rate("5.99 PLN"), rate("4.99 PLN")),
        {"price_floor": ["10 PLN"]},
        set(),
    ),
    "a new delivery price list beyond its ceiling": (
        one("DeliveryPriceList", "methods", None, rate("1349.00 PLN")),
        {"delivery_ceiling": ["200 PLN"]},
        {"delivery-ceiling"},
    ),
    "a delivery price that is beyond the ceiling and stays beside one that moves": (
        one("DeliveryPriceList", "methods", rate("5.99 PLN"), rate("6.99 PLN")),
        {"delivery_ceiling": ["9 PLN"]},
        set(),
    ),
    "a new delivery price beyond the ceiling of all prices": (
        one("DeliveryPriceList", "methods", None, rate("1349.00 PLN")),
        {"price_ceiling": ["1000 PLN"]},
        {"price-ceiling"},
    ),
    "an offer's price is no delivery": (price(None, "1349.00 PLN"), {"delivery_ceiling": ["200 PLN"]}, set()),
    "a discount of 88 instead of 8": (
        one(
            "Bundle",
            "discount",
            {"whole": {"minimum": 2, "allegro-pl": 8}},
            {"whole": {"minimum": 2, "allegro-pl": 88}},
        ),
        {},
        {"price-change"},
    ),
    "a discount of 50 instead of 5": (
        one(
            "Bundle",
            "discount",
            {"whole": {"minimum": 2, "allegro-pl": 5}},
            {"whole": {"minimum": 2, "allegro-pl": 50}},
        ),
        {},
        {"price-shift"},
    ),
    "a new bundle that is nearly free": (
        one("Bundle", "discount", None, {"whole": {"minimum": 2, "allegro-pl": 88}}),
        {},
        {"price-change"},
    ),
    "a discount of one slot": (
        one(
            "Bundle",
            "discount",
            {"slots": [{"slot": 0, "allegro-pl": 5}, {"slot": 1, "allegro-pl": 8}]},
            {"slots": [{"slot": 1, "allegro-pl": 88}, {"slot": 0, "allegro-pl": 5}]},
        ),
        {},
        {"price-change"},
    ),
    "a discount that grows a little": (
        one(
            "Bundle",
            "discount",
            {"whole": {"minimum": 2, "allegro-pl": 8}},
            {"whole": {"minimum": 20, "allegro-pl": 15}},
        ),
        {},
        set(),
    ),
    "a service's price": (
        one("AdditionalServices", "additional_services", wrap("5.00 PLN"), wrap("500 PLN")),
        {},
        {"price-shift", "price-change"},
    ),
    "a service's words": (
        one("AdditionalServices", "additional_services", wrap("5.00 PLN"), wrap("5.00 PLN", "Wstążka")),
        {},
        set(),
    ),
    "stock of 110,000 instead of 11": (stock(11, 110_000, "K1"), {}, {"stock-change"}),
    "a new offer with such a stock": (one(OFFER, "stock.quantity", None, 110_000), {}, {"stock-change"}),
    "such a stock by a difference": (one(OFFER, "stock.quantity", 11, Gain(109_989)), {}, {"stock-change"}),
    "a restock from 3 to 300": (stock(3, 300, "K1"), {}, set()),
    "a restock from nothing to a pallet": (stock(0, 1000, "K1"), {}, set()),
    "a large stock that doubles": (stock(5000, 10_000, "K1"), {}, set()),
    "a stock over its ceiling": (stock(400, 501, "K1"), {"stock_ceiling": 500}, {"stock-ceiling"}),
    "stock that may grow by 10 pieces": (stock(5, 16, "K1"), {"stock_change": {"pieces": 10}}, {"stock-change"}),
    "stock that may double": (stock(5, 11, "K1"), {"stock_change": {"times": 2}}, {"stock-change"}),
    "a stock rule that is off": (stock(11, 110_000, "K1"), {"stock_change": "off"}, set()),
    "a new price in another currency than its site's": (price(None, "14.90 EUR"), {}, {"currency"}),
    "a price abroad in another currency": (
        price("289 CZK", "11.90 EUR", path="price.allegro-cz"),
        {},
        {"currency"},
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_slips_of_every_kind_are_stopped_and_the_everyday_is_not(slip: str) -> None:
    """Delivery, discounts, services, stock and currencies are judged as prices are, and at the very number."""
    change, guards, rules = SLIPS[slip]
    violations = found([change], guards)
    assert {each.rule for each in violations} == rules
    assert all(len(each.rows) == 1 for each in violations)


@pytest.mark.parametrize("slip", SLIPS)
def test_what_is_held_is_no_slip(slip: str) -> None:
    """What is shown and not sent refuses nothing, whatever its kind."""
    change, guards, _ = SLIPS[slip]
    held = replace(change, fields=tuple(replace(each, held=True) for each in change.fields))
    assert not found([held], guards)


def test_a_breach_leads_to_the_very_number() -> None:
    """The row names the part of the value, and the line on which that part stands."""
    mark = Mark("delivery.yaml", 9, 24)
    places = {"Kurier DPD.first": mark, "Paczkomat.first": Mark("delivery.yaml", 10, 24)}
    change = one("DeliveryPriceList", "methods", rate("13.49 PLN"), rate("1349.00 PLN"), places=places)
    [row] = found([change], {"price_shift": "off"})[0].rows
    assert (row.key.kind, row.path, row.mark) == ("DeliveryPriceList", 'methods."Kurier DPD".first', mark)
    assert (str(row.before), str(row.after), str(row.percent)) == ("13.49 PLN", "1349.00 PLN", "9900.0")


def test_held_ends_zeros_and_updates_are_not_counted() -> None:
    """A held end is none, also when something else of the offer is written."""

    def held(change: Change, *more: FieldChange) -> Change:
        return replace(change, fields=(*(replace(each, held=True) for each in change.fields), *more))

    title = FieldChange(path="content.title", module=Module.CONTENT, before="a", after="b")
    ends = [held(end(f"K{n}"), title) for n in range(60)]
    zeros = [held(stock(5, 0, f"Z{n}")) for n in range(60)]
    assert refused([*ends, *zeros], {"updates": {"count": 60}}) == set()
    assert refused([*ends, *zeros], {"updates": {"count": 59}}) == {"updates"}


def test_a_stock_that_falls_to_nothing_by_a_difference_is_set_to_zero() -> None:
    """A difference is judged by what it leads to."""
    rows = [replace(one(OFFER, "stock.quantity", 5, Gain(-5)), key=key(f"K{n}")) for n in range(26)]
    assert refused(rows) == {"zeros"}


def test_each_kind_has_its_own_share_of_ends() -> None:
    """Two of twelve bundles are too many, whatever the number of offers; offers are not counted with them."""

    def gone(number: int) -> Change:
        return Change(key=key(f"B{number}", "Bundle"), verb=Verb.DELETE, remote_id=str(number))

    population = {OFFER: 100, "Bundle": 12}
    assert refused([gone(1), *(end(f"K{n}") for n in range(10))], population=population) == set()
    [told] = found([gone(1), gone(2), *(end(f"K{n}") for n in range(10))], population=population)
    assert [row.key.kind for row in told.rows] == ["Bundle", "Bundle"]


@pytest.mark.parametrize(("limit", "left"), [("", set()), ("109989", set()), ("109988", {"stock-change"})])
def test_a_stock_is_allowed_by_its_pieces(limit: str, left: set[str]) -> None:
    """`--allow stock-change=N` lets stock grow by N pieces, and the box says which N."""
    rows = [stock(11, 110_000, "K1")]
    assert refused(rows, allow={"stock-change": limit}) == left
    assert allowance(found(rows)[0]) == 109_989
