"""Slips in documents of every kind: the plan is refused, and each row leads to the line of the very value."""

from __future__ import annotations

from pathlib import Path

import pytest
import world
from simulator import example
from world import World

from reconciler.model.changes import Verb
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.offers import Key
from reconciler.model.plan import Plan, Violation
from reconciler.render.gate import through
from reconciler.render.plan_text import plan_text
from reconciler.render.style import PLAIN
from reconciler.runtime.errors import GuardRefused

RATES = """kind: DeliveryPriceList
name: Standard
methods:
  Allegro Paczkomaty InPost 24/7: 12.99 PLN
  Przesyłka kurierska:
    first: {courier}
    next: 0 PLN
"""
BUNDLE = """kind: Bundle
name: zestaw
slots:
  - {{offers: [A], entry: true}}
  - {{offers: [B]}}
discount:
  whole:
    minimum: 2
    allegro-pl: {discount}
"""
OFFER = """kind: Offer
name: A
price:
  base: {price}
stock:
  always: {stock}
"""
RIGHT = {"courier": "18.99 PLN", "discount": "8", "price": "99.00 PLN", "stock": "11"}
SLIPS = {
    "courier": ("189.90 PLN", {"price-shift", "price-change"}, 'methods."Przesyłka kurierska".first', "rates.yaml:6:12"),
    "discount": ("88", {"price-change"}, "discount.whole.allegro-pl", "bundle.yaml:9:17"),
    "price": ("9.90 PLN", {"price-shift", "price-change"}, "price.base", "offer.yaml:4:9"),
    "stock": ("110000", {"stock-change"}, "stock.quantity", "offer.yaml:6:11"),
}  # fmt: skip


def shop(root: Path) -> World:
    """Two offers, a price list and a bundle, as the documents say, under the guards that hold by default."""
    other = {**example.offer_body()["productSet"][0]}
    other["product"] = {**other["product"], "id": world.SECOND_PRODUCT}
    offers = [world.live_offer(1, "A"), world.live_offer(2, "B", productSet=[other])]
    made = World.make(root, world.seller(offers), [])
    settle(made)
    made.converge()
    main = {"marketplace": "allegro", "environment": "simulator", "login": world.LOGIN}
    made.project({"accounts": {"main": main}})
    return made


def settle(made: World, **slip: str) -> None:
    """Write the documents, one value of them maybe otherwise."""
    said = {**RIGHT, **slip}
    for name, text in (("rates", RATES), ("bundle", BUNDLE), ("offer", OFFER)):
        made.write(f"{name}.yaml", text.format(**said))


def refused(plan: Plan) -> tuple[Violation, ...]:
    """What the guards refuse."""
    return plan.refused


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_stopped_at_its_line(tmp_path: Path, slip: str) -> None:
    """By default, in every kind; nothing is sent, and the box says where it was written."""
    wrong, rules, path, place = SLIPS[slip]
    made = shop(tmp_path)
    settle(made, **{slip: wrong})
    plan = made.plan()
    assert {each.rule for each in refused(plan)} == rules
    assert {(row.path, str(row.mark)) for each in refused(plan) for row in each.rows} == {(path, place)}
    text = through(plan_text(plan, PLAIN))
    assert place in text.partition("╷")[2]
    made.forget_requests()
    with pytest.raises(GuardRefused):
        made.apply(plan)
    assert not made.writes()


def test_a_currency_that_no_offer_has_here_is_stopped(tmp_path: Path) -> None:
    """A new offer's price is in its site's currency, else the offer is held back at that line, before any guard."""
    made = shop(tmp_path)
    made.documents(world.whole_offer("N", price="49.00 EUR"))
    plan = made.plan()
    [found] = plan.diagnostics
    assert (found.severity, found.code, found.about) == (Severity.ERROR, "P234", Key("main", "Offer", "N"))
    assert line_of(made, found) == '"price": "49.00 EUR",'
    assert not plan.changes
    made.forget_requests()
    made.apply(plan)
    assert not made.writes()
    made.documents(world.whole_offer("N", price="49.00 PLN"))
    plan = made.plan()
    assert [(each.verb, each.key.name) for each in plan.changes] == [(Verb.CREATE, "N")]
    assert not refused(plan)


def line_of(made: World, found: Diagnostic) -> str:
    """The line of a document that a finding points to."""
    assert found.mark
    return (made.root / found.mark.file).read_text("utf-8").splitlines()[found.mark.line - 1].strip()
