"""Nothing in stock: hidden where the seller's preference says so, withdrawn where the account says `zero: ends`."""

from __future__ import annotations

from pathlib import Path

import pytest

from .shop import LOGIN, Shop, document, goods

PROGRAMS = "GET /sell/account/v1/program/get_opted_in_programs"


def test_a_zero_that_would_be_refused_is_said_before_it_is_sent(tmp_path: Path) -> None:
    """The preference is asked for where a plan writes a zero, and anew as long as it is off."""
    shop = Shop(tmp_path / "shop", goods("A", 1001))
    shop.control("POST", "preferences", {"login": LOGIN, "out_of_stock": False})
    shop.offers(document("A"))
    shop.apply()
    assert shop.asked(PROGRAMS) == []
    shop.offers(document("A", stock={"quantity": 0}))
    said = shop.apply(code=-1)
    assert "error[P247]" in said
    assert "turn that preference on at eBay, or say `zero: ends` in the account" in said
    assert shop.on_ebay()["A"]["availableQuantity"] == 5
    shop.control("POST", "preferences", {"login": LOGIN, "out_of_stock": True})
    shop.apply()
    assert shop.on_ebay()["A"]["listing"]["listingStatus"] == "OUT_OF_STOCK"
    shop.settled()


def test_an_account_may_say_that_zero_ends_and_a_receipt_publishes_again(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", goods("A", 1001), zero="ends")
    shop.control("POST", "preferences", {"login": LOGIN, "out_of_stock": False})
    shop.offers(document("A"))
    shop.apply()
    shop.offers(document("A", stock={"quantity": 0}))
    assert [*shop.changes()["A"]] == ["stock.quantity", "stock.status"]
    shop.apply()
    assert shop.on_ebay()["A"]["status"] == "UNPUBLISHED"
    shop.settled()
    shop.offers(document("A", stock={"quantity": 3}))
    shop.apply()
    there = shop.on_ebay()["A"]
    assert (there["status"], there["availableQuantity"]) == ("PUBLISHED", 3)
    assert shop.item("A")["availability"]["shipToLocationAvailability"]["quantity"] == 3
    assert shop.asked(PROGRAMS) == []
    shop.settled()


@pytest.mark.parametrize("stays_published", [True, False], ids=["is still published", "is staged again"])
@pytest.mark.parametrize("goes", ["sold out", "ended by a person"])
def test_what_went_off_sale_by_itself_is_put_on_sale_again(
    goes: str, stays_published: bool, tmp_path: Path
) -> None:
    """Its offer may say that it is published, with a listing that has ended: it is written as what is not on sale."""
    shop = Shop(tmp_path / "shop", goods("A", 1001, pieces=1), goods("B", 1002), zero="ends")
    shop.control("POST", "settings", {"ended_stays_published": stays_published})
    shop.control("POST", "preferences", {"login": LOGIN, "out_of_stock": False})
    shop.offers(document("A", stock={"quantity": 1}), document("B"))
    shop.apply()
    if goes == "sold out":
        shop.control("POST", "sale", {"login": LOGIN, "sku": "A", "quantity": 1})
        shop.offers(document("A", stock={"quantity": 7}), document("B"))
    else:
        shop.control("POST", "end-offer", {"login": LOGIN, "sku": "A", "ended_by": "ENDED"})
        shop.offers(document("A", stock={"quantity": 4}, price={"base": "13.90 EUR"}), document("B"))
    shop.apply()
    there = shop.on_ebay()["A"]
    pieces = 6 if goes == "sold out" else 4
    assert (there["status"], there["listing"]["listingStatus"], there["availableQuantity"]) == (
        "PUBLISHED",
        "ACTIVE",
        pieces,
    )
    shop.settled()


def test_only_where_sellers_have_that_preference(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", marketplace="etsy", zero="ends")
    said = shop.ask("validate", code=1)
    assert "error[D329]: Etsy has no preference for listings without stock" in said
