"""What listing costs: told before, taken by publishing."""

from __future__ import annotations

import pytest

from . import example as ex
from .conftest import INVENTORY, errors

PRICES = {ex.SITE: {"insertion": "0.35", "free": 3, "used": 2, "subtitle": "1"}}
WRONG = {
    "unknown site": {"EBAY_XX": {}},
    "unknown key": {ex.SITE: {"bold": "1"}},
    "no amount": {ex.SITE: {"insertion": "much"}},
    "no mapping": [],
}


def asked(shop, *ids: str):
    return shop.send("POST", f"{INVENTORY}/offer/get_listing_fees", {"offers": [{"offerId": one} for one in ids]})


def told(shop, *ids: str) -> dict[str, tuple[str, str]]:
    """Amount and discount of each fee of the only site."""
    (summary,) = asked(shop, *ids).json()["feeSummaries"]
    assert {one[name]["currency"] for one in summary["fees"] for name in ("amount", "promotionalDiscount")} == {
        "EUR"
    }
    fees = {
        one["feeType"]: (one["amount"]["value"], one["promotionalDiscount"]["value"]) for one in summary["fees"]
    }
    return fees | {
        "site": summary["marketplaceId"],
        "warnings": [x["errorId"] for x in summary.get("warnings", [])],
    }


def stage(shop, sku: str, **product) -> str:
    shop.put_item(sku, ex.item(**product))
    return shop.send("POST", f"{INVENTORY}/offer", ex.new_offer(sku)).json()["offerId"]


def charged(shop) -> list[tuple[str, str, str]]:
    reply = shop.get("/_sim/fees", params={"login": ex.LOGIN}).json()
    return [(one["kind"], one["amount"], one["discount"]) for one in reply["fees"]]


def test_nothing_costs_unless_it_is_said(shop):
    found = told(shop, ex.STAGED_OFFER)
    assert (found["InsertionFee"], found["BoldFee"], found["ListingFee"]) == (("0.00", "0.00"),) * 3
    assert shop.publish().status_code == 200
    assert charged(shop) == []


def test_publishing_takes_what_was_told(open_shop):
    """The last free listing, then one that costs; an amount is what is left after the discount."""
    shop = open_shop(fees=PRICES)
    other = stage(shop, "NEU", subtitle="Mit Henkel")
    found = told(shop, ex.STAGED_OFFER, other)
    assert (found["site"], found["InsertionFee"], found["SubtitleFee"]) == (
        ex.SITE,
        ("0.35", "0.35"),
        ("1.00", "0.00"),
    )
    assert found["ListingFee"] == ("1.35", "0.35")
    assert told(shop, other)["InsertionFee"] == ("0.00", "0.35")
    assert charged(shop) == []
    rows = shop.bulk("bulk_publish_offer", {"offerId": ex.STAGED_OFFER}, {"offerId": other})
    assert rows.status_code == 200
    assert charged(shop) == [
        ("InsertionFee", "0.00", "0.35"), ("InsertionFee", "0.35", "0.00"), ("SubtitleFee", "1.00", "0.00"),
    ]  # fmt: skip
    assert shop.get("/_sim/fees", params={"login": ex.LOGIN}).json()["free"] == {ex.SITE: 0}
    shop.set(fee_total=False)
    third = stage(shop, "DRITTER")
    assert "ListingFee" not in told(shop, third)


def test_each_listing_pays_and_a_month_has_free_ones_of_its_own(open_shop):
    """Published again, an offer is another listing; one that is made by hand uses a free one up."""
    shop = open_shop(fees={ex.SITE: {"insertion": "0.35", "free": 1}})
    shop.simulator.create_in_panel(ex.LOGIN, {"title": "By hand"})
    shop.publish()
    shop.withdraw(ex.STAGED_OFFER)
    shop.publish()
    assert [amount for _, amount, _ in charged(shop)] == ["0.00", "0.35", "0.35"]
    shop.wait(31 * 86_400)
    shop.withdraw(ex.STAGED_OFFER)
    assert told(shop, ex.STAGED_OFFER)["InsertionFee"] == ("0.00", "0.35")


def test_only_staged_offers_of_ones_own_are_told_of(shop):
    for ids in ((ex.OFFER,), ("77",), ("none",), (ex.STAGED_OFFER, ex.OFFER)):
        reply = asked(shop, *ids)
        assert (reply.status_code, errors(reply)) == (400, [25754])
    assert errors(asked(shop)) == [25709]
    assert errors(asked(shop, *[str(one) for one in range(251)])) == [25709]
    assert errors(asked(shop, ex.STAGED_OFFER, ex.STAGED_OFFER)) == [25709]


def test_what_keeps_an_offer_from_being_listed_is_warned_of(shop):
    shop.put_item(ex.STAGED, ex.item(0))
    assert told(shop, ex.STAGED_OFFER)["warnings"] == [25004]


@pytest.mark.parametrize("fees", WRONG.values(), ids=WRONG)
def test_fees_that_cannot_be_are_not_seeded(shop, fees):
    with pytest.raises((ValueError, TypeError), match="fees"):
        shop.simulator.seed(ex.account(fees=fees or "none"))
