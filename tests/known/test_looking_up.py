"""What looking up costs, and what becomes of it: each fact is asked for once, and a shop at rest asks for none."""

from __future__ import annotations

from pathlib import Path

import world
from e2e.shell import reconcile

from reconciler.model.plan import Plan
from reconciler.model.requests import LOOKUPS, Errand

from .market import OFFER, changed, made


def looked_up(plan: Plan) -> dict[str, int]:
    """The look-ups of a plan, by what they are for."""
    return {name: count for part in plan.accounts for name, count in part.reads.items() if name in LOOKUPS}


def test_a_fact_is_asked_for_once_whatever_many_offers_need_it(tmp_path: Path) -> None:
    """Fifty new offers of one product and one category: three look-ups."""
    shop = made(tmp_path, *(OFFER.replace("name: N", f"name: N{number}") for number in range(50)))
    assert looked_up(shop.plan()) == {Errand.PRODUCT: 1, Errand.CATEGORY: 1, Errand.PARAMETERS: 1}


def test_a_second_plan_asks_for_none_of_it_again(tmp_path: Path) -> None:
    """Neither for what is there nor for what is not: a person mends one thing after the other."""
    wrong = changed('"257931"', '"999999"').replace(world.SECOND_GTIN, world.UNKNOWN_GTIN)
    prices = "kind: DeliveryPriceList\nname: Nowa\ntype: physical\ndispatch_country: PL\nmethods: {Allegro One Box: 9 PLN}\n"
    sites = "kind: Offer\nname: A\nprice: {allegro-xx: 5 EUR}\n"
    ids = 'kind: Offer\nname: M\ncontent: {product: {id: "d9"}}\n'
    shop = made(tmp_path, wrong, OFFER.replace("name: N", "name: N2"), prices, sites, ids)
    first = shop.plan()
    assert looked_up(first) == {
        Errand.PRODUCT: 3,
        Errand.CATEGORY: 2,
        Errand.PARAMETERS: 1,
        Errand.METHODS: 1,
        Errand.MARKETS: 1,
    }
    second = shop.plan()
    assert not looked_up(second)
    assert [each.code for each in second.diagnostics] == [each.code for each in first.diagnostics]
    assert sum(second.accounts[0].reads.values()) == sum(first.accounts[0].reads.values()) - 8


def test_taxes_packages_templates_and_sites_are_asked_for_once(tmp_path: Path) -> None:
    """Two offers of one category with taxes, a table, a bundle with a discount of a new site: one request each."""
    edits = [
        f"kind: Offer\nname: {name}\nsettings:\n  tax: {{PL: 23}}\n"
        "  promotion: {package: emphasized1d, allow_paid: true}\n"
        for name in ("A", "FIRMA")
    ]
    table = "kind: SizeTable\nname: T\ntemplate: {id: 1}\nheaders: [R]\nvalues: [[S]]\n"
    bundle = (
        "kind: Bundle\nname: Z\nslots: [{offers: [A], entry: true}, {offers: [INNA]}]\n"
        "discount: {whole: {minimum: 2, allegro-lt: 5}}\n"
    )
    shop = made(tmp_path, *edits, table, bundle)
    first = shop.plan()
    assert looked_up(first) == {Errand.TAXES: 1, Errand.PACKAGES: 1, Errand.SIZE_TEMPLATES: 1, Errand.MARKETS: 1}
    assert [each.code for each in first.diagnostics] == ["P235"]
    assert not looked_up(shop.plan())


def test_a_shop_at_rest_asks_for_nothing(tmp_path: Path) -> None:
    """What is as declared was taken by the marketplace: nothing of it is looked up."""
    shop = made(tmp_path, OFFER)
    shop.converge()
    (tmp_path / ".reconcile" / "cache.db").unlink()
    assert not looked_up(shop.plan())
    shop.write("documents/000.yaml", changed("199.00 PLN", "189.00 PLN"))
    assert not looked_up(shop.plan())


def test_the_plan_says_how_many_requests_were_made_for_it(tmp_path: Path) -> None:
    """The reads line counts them, and says nothing of them when there were none."""
    made(tmp_path, OFFER)
    assert "3 of them to look up what is written (kept for a day)" in reconcile(tmp_path, "plan").out
    assert "look up" not in reconcile(tmp_path, "plan").out


def test_a_product_that_is_proposed_is_found_from_then_on(tmp_path: Path) -> None:
    """That it was missed is forgotten when it is proposed: the plan after it is empty."""
    new = changed(world.SECOND_GTIN, world.UNKNOWN_GTIN).replace(
        "    Stan: Nowy\n", "    Stan: Nowy\n    Marka: ACME\n"
    )
    shop = made(tmp_path, new)
    plan = shop.plan()
    assert [each.code for each in plan.diagnostics] == ["P213"]
    shop.converge()


def test_a_look_up_that_fails_is_said_and_costs_no_more(tmp_path: Path) -> None:
    """The catalogue is down: the plan is made, with a warning, and what can be judged is judged."""
    shop = made(tmp_path, OFFER)
    rule = {"do": "503", "times": None, "when": {"path": "/sale/categories"}}
    shop.set(faults={"schedule": [rule]})
    plan = shop.plan()
    assert "P241" in [each.code for each in plan.diagnostics]
    assert plan.changes
