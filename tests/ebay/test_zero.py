"""Nothing in stock: hidden where the seller's preference says so, withdrawn where the account says `zero: ends`."""

from __future__ import annotations

from pathlib import Path

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


def test_only_where_sellers_have_that_preference(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", marketplace="etsy", zero="ends")
    said = shop.ask("validate", code=1)
    assert "error[D329]: Etsy has no preference for listings without stock" in said
