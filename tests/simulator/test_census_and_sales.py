"""What a crash test counts, and what happens while it runs."""

from __future__ import annotations

import pytest

from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.simulator import AllegroSimulator

from . import example as ex
from .test_faults import several

POLICIES = "/after-sales-service-conditions/return-policies"


def bundle(*offers: str) -> dict:
    slots = [
        {
            "order": n,
            "entryPoint": True,
            "requiredQuantity": 1,
            "offers": [{"id": one, "excludedFromDiscount": False}],
        }
        for n, one in enumerate(offers)
    ]
    return {"slots": slots, "discount": None}


def stock_of(shop) -> dict[str, int]:
    return {one["id"]: one["stock"]["available"] for one in shop.simulator.offers(shop.login)}


@pytest.fixture
def busy(open_shop):
    """Three offers of different products, with ten pieces each."""
    account = several(3)
    for number, entry in enumerate(account["offers"]):
        offer = entry["offer"]
        offer["stock"] = {"available": 10, "unit": "UNIT"}
        element = offer["productSet"][0]
        offer["productSet"] = [
            {**element, "product": {**element["product"], "id": f"{number:08}-0000-4000-8000-000000000009"}}
        ]
    return open_shop(account=account)


def test_what_is_made_twice_is_counted_twice(busy):
    """Offers, price lists, policies and bundles have no key of the seller's own: posting twice makes two."""
    rates = {"name": "Nowy", "rates": [ex.rate(ex.LOCKER)], "type": "PHYSICAL", "dispatchCountry": "PL"}
    ids = sorted(stock_of(busy))[:2]
    for _ in range(2):
        assert busy.post("/sale/product-offers", ex.request_body()).status_code == 201
        assert busy.post("/sale/shipping-rates", rates).status_code == 201
        assert busy.post(POLICIES, {**ex.POLICY_BODY, "name": "30 dni"}).status_code == 201
        assert busy.post("/sale/flexible-bundles", bundle(*ids)).status_code == 201
    told = busy.client.get("/_sim/census", params={"login": "sklep"}).json()
    assert told == busy.simulator.census("sklep")
    assert told["duplicates"] == {
        "offers": {"SKU-2": 2},
        "named": {"shipping_rates": {"Nowy": 2}, "return_policies": {"30 dni": 2}},
        "bundles": {"+".join(ids): 2},
    }
    assert told["offers"]["SKU-17000000001"] == 1
    assert sum(told["offers_by_status"].values()) == 5


def test_a_census_of_many_costs_as_many_statements_as_one_of_few(tmp_path, statements):
    """Offers are counted in a moment, and not one by one."""
    costs = []
    for offers in (2, 200):
        simulator = AllegroSimulator(tmp_path / f"{offers}.sqlite", settings=AllegroSettings.calm())
        simulator.seed(several(offers))
        statements.clear()
        assert len(simulator.census("sklep")["offers"]) == offers
        costs.append(len(statements))
        simulator.close()
    assert 0 < costs[0] == costs[1]


def test_offers_sell_while_time_passes(busy):
    """Every so many seconds of the clock some pieces of an offer drawn by the seed are sold."""
    before = stock_of(busy)
    busy.set(sales={"every_seconds": 10, "quantity": 2})
    busy.wait(35)
    busy.get("/me")
    after = stock_of(busy)
    assert sum(before.values()) - sum(after.values()) == 6
    busy.set(sales={"every_seconds": 0})
    busy.wait(100)
    busy.get("/me")
    assert stock_of(busy) == after


def test_sales_follow_the_seed(open_shop):
    """The same seed sells the same offers."""
    ends = []
    for _ in range(2):
        shop = open_shop(account=several(5))
        shop.set(sales={"every_seconds": 10, "offers": 2})
        shop.wait(45)
        shop.get("/me")
        ends.append(stock_of(shop))
    assert ends[0] == ends[1]


def test_sales_end_an_offer_and_go_on(busy, statements):
    """What is sold out ends; a long absence is not made up for wholly."""
    busy.set(sales={"every_seconds": 1, "quantity": 100, "offers": 5})
    busy.wait(100 * 86_400)
    statements.clear()
    busy.get("/me")
    assert len(statements) < 100_000  # and not one for each of 8,640,000 seconds
    assert set(stock_of(busy).values()) <= {0}


def test_sales_survive_a_restart(busy):
    """A process that opens the store later goes on selling."""
    busy.set(sales={"every_seconds": 10, "quantity": 1, "login": "sklep"})
    before = sum(stock_of(busy).values())
    second = AllegroSimulator(busy.simulator.world.store.path)
    second.clock.advance(25)
    second.catch_up()
    assert before - sum(one["stock"]["available"] for one in second.offers("sklep")) == 2
    second.close()


def sold_by_list(shop) -> list[int]:
    """How many pieces of the first offer the list calls sold: on the base marketplace, and on the Czech one."""
    row = shop.get("/sale/offers").json()["offers"][0]
    return [row["stock"]["sold"], row["additionalMarketplaces"].get("allegro-cz", {}).get("stock", {}).get("sold")]


def test_the_list_counts_the_sales_of_the_last_thirty_days(busy):
    """ "The number of sold items in the last 30 days" falls by itself; a title stays frozen after the first sale."""
    first = min(stock_of(busy))
    busy.simulator.sell("sklep", first, 3)
    assert sold_by_list(busy)[0] == 3
    busy.wait(20 * 86_400)
    busy.simulator.sell("sklep", first, 2)
    assert sold_by_list(busy)[0] == 5
    busy.wait(11 * 86_400)
    assert sold_by_list(busy)[0] == 2
    busy.wait(20 * 86_400)
    assert sold_by_list(busy)[0] == 0
    assert [one.sold for one in busy.simulator.mark_all("sklep") if one.id == first] == [5]


def test_each_marketplace_counts_its_own_sales(busy):
    """ "on the given marketplace": the pieces are shared, the counts are not."""
    first = min(stock_of(busy))
    busy.simulator.sell("sklep", first, 3, market="allegro-cz")
    assert sold_by_list(busy) == [0, 3]
    assert stock_of(busy)[first] == 7


def test_sales_that_no_longer_count_are_not_kept(busy):
    """An offer that sells every hour keeps a month of it."""
    first = min(stock_of(busy))
    busy.simulator.panel_edit("sklep", first, {"stock": {"available": 9000, "unit": "UNIT"}})
    for _ in range(800):
        busy.simulator.sell("sklep", first)
        busy.wait(3600)
    (offer,) = [one for one in busy.simulator.mark_all("sklep") if one.id == first]
    assert (offer.sold, len(offer.meta["sales"])) == (800, 720)
