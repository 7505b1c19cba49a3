"""What an apply writes to a shop on Etsy, and that nothing is left to do after it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .shop import LOGIN, Shop, document, listing

Open = Callable[..., Shop]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Make a shop of these listings."""
    return lambda *listings, **account: Shop(tmp_path / "shop", *listings, **account)


def offering(shop: Shop, sku: str) -> dict[str, Any]:
    """The one offering of a listing."""
    found: dict[str, Any] = shop.listings()[sku]["inventory"]["products"][0]["offerings"][0]
    return found


def test_price_and_stock_are_one_write_and_the_rest_is_repeated(opened: Open) -> None:
    """The key, the processing and what buyers see stay; new numbers of the products are none of ours."""
    shop = opened(listing(1001, "A"))
    before = shop.listings()["A"]["inventory"]["products"][0]
    body = document("A", price={"base": "19.99 USD"})
    body["stock"] = {"always": 7, "status": "active"}
    shop.offers(body)
    shop.apply()
    after = shop.listings()["A"]["inventory"]["products"][0]
    assert after["product_id"] != before["product_id"]
    assert after["sku"] == "A"
    assert offering(shop, "A")["price"] == {"amount": 1999, "divisor": 100, "currency_code": "USD"}
    assert (offering(shop, "A")["quantity"], offering(shop, "A")["readiness_state_id"]) == (7, 91)
    shop.settled()


def test_a_price_alone_repeats_the_stock_that_is_there(opened: Open) -> None:
    """No document says a number: a buyer's piece must not come back."""
    shop = opened(listing(1001, "A"))
    body = document("A", price={"base": "21.00 USD"})
    body["stock"] = {"status": "active"}
    shop.offers(body)
    shop.control("POST", "sale", {"login": LOGIN, "sku": "A", "quantity": 2})
    shop.apply()
    assert (offering(shop, "A")["quantity"], offering(shop, "A")["price"]["amount"]) == (3, 2100)
    shop.settled()


def test_nothing_in_stock_takes_the_listing_off_sale_and_a_receipt_brings_it_back(opened: Open) -> None:
    """Etsy takes no inventory without pieces (#395); the processing of what is off sale is said again."""
    shop = opened(listing(1001, "A"))
    shop.offers(document("A"))
    shop.apply()
    shop.offers(document("A", stock={"quantity": 0}))
    assert shop.changes()["A"] == {"stock.quantity": (5, 0), "stock.status": ("active", "ended")}
    shop.apply()
    assert (shop.listings()["A"]["state"], offering(shop, "A")["quantity"]) == ("inactive", 5)
    shop.settled()
    shop.offers(document("A", stock={"quantity": 3}))
    changes = shop.changes()["A"]
    assert changes["stock.quantity"] == (0, 3)
    assert changes["stock.status"] == ("ended", "active")
    shop.apply()
    assert (shop.listings()["A"]["state"], offering(shop, "A")["quantity"]) == ("active", 3)
    assert offering(shop, "A")["readiness_state_id"] == 91
    assert shop.fees() == []
    shop.settled()


def test_processing_that_is_not_shown_and_not_declared_is_asked_for(opened: Open) -> None:
    shop = opened(listing(1001, "A", state="inactive"))
    body = document("A", price={"base": "21.00 USD"}, stock={"status": "ended"})
    del body["delivery"]["processing"]
    shop.offers(body)
    assert "warning[P306]: `delivery.processing` of A" in shop.ask("plan")


def test_what_was_sold_out_comes_back_for_a_fee_that_was_allowed(opened: Open) -> None:
    """Set active, it is renewed with one piece [openapi]: the number is written again after that."""
    shop = opened(listing(1001, "A", quantity=1))
    body = document("A")
    body["stock"] = {"always": 4, "status": "active"}
    shop.offers(body)
    shop.control("POST", "sale", {"login": LOGIN, "sku": "A", "quantity": 1})
    assert shop.listings()["A"]["state"] == "sold_out"
    before = len(shop.fees())
    said = shop.apply(code=3)
    assert "the marketplace charges 0.20 USD at once; nothing may be charged" in said
    assert len(shop.fees()) == before
    shop.apply("--allow", "fees=0.20")
    assert (shop.listings()["A"]["state"], offering(shop, "A")["quantity"]) == ("active", 4)
    assert len(shop.fees()) == before + 1
    shop.settled()


def test_a_price_of_what_is_sold_out_waits_for_pieces(opened: Open) -> None:
    """An inventory without pieces is refused, so there is nothing to do until some come."""
    shop = opened(listing(1001, "A", quantity=1))
    shop.control("POST", "sale", {"login": LOGIN, "sku": "A", "quantity": 1})
    shop.offers(document("A", price={"base": "25.00 USD"}, stock={"quantity": 0}))
    assert "note[P512]: `price.base` of A waits" in shop.ask("plan")
    assert shop.changes() == {}


def test_what_a_person_paused_is_shown_and_resumed_as_the_document_says(opened: Open) -> None:
    shop = opened(listing(1001, "A"))
    shop.offers(document("A"))
    shop.apply()
    shop.control("POST", "end-listing", {"login": LOGIN, "sku": "A", "state": "inactive"})
    assert shop.changes()["A"]["stock.status"] == ("ended", "active")
    shop.apply()
    assert shop.listings()["A"]["state"] == "active"
    shop.settled()


def test_what_a_listing_says_is_edited(opened: Open) -> None:
    """Who, when and whether it is a supply go together; the name of this decade has its year."""
    shop = opened(listing(1001, "A"))
    shop.offers(
        document(
            "A",
            settings={"when_made": "2020s", "return_policy": "no returns", "section": None, "renewal": True},
            delivery={"prices": "Letter", "processing": "made to order, 3-5 days"},
            content={"title": 'Mug "big" + saucer', "description": "<3 & more", "tags": ["jug"], "materials": []},
        )
    )
    shop.apply()
    there = shop.listings()["A"]
    assert (there["when_made"], there["who_made"], there["shipping_profile_id"]) == ("2020_2026", "i_did", 72)
    assert (there["shop_section_id"], there["return_policy_id"]) == (None, 82)
    assert (there["tags"], there["materials"]) == (["jug"], [])
    assert offering(shop, "A")["readiness_state_id"] == 92
    shop.settled()


def test_an_edit_that_changed_nothing_is_not_called_done(opened: Open) -> None:
    """It answers 200 with the new values (#897): only a read tells. After its time it is planned again."""
    shop = opened(listing(1001, "A"))
    shop.offers(document("A", content={"title": "Jug"}))
    shop.control("POST", "settings", {"faults": {"schedule": [{"do": "no_effect", "times": 1}]}})
    assert "not there yet: content.title reads back as Mug A" in shop.apply(code=5)
    assert shop.listings()["A"]["title"] == "Mug A"
    shop.control("POST", "clock", {"advance_seconds": 4000})
    shop.apply()
    assert shop.listings()["A"]["title"] == "Jug"


def test_a_new_offer_is_a_draft_with_its_key_its_pictures_and_then_on_sale(opened: Open) -> None:
    """Its fee is refused first; the order of pictures is ours, whatever rank they were given."""
    shop = opened()
    pictures = [shop.picture("a.png", 10), shop.picture("b.png", 20), shop.picture("c.png", 30)]
    shop.offers(document("N", content={"images": pictures}))
    assert "0.20 USD" in shop.apply(code=3)
    assert shop.listings() == {}
    shop.apply("--allow", "fees")
    there = shop.listings()["N"]
    assert (there["state"], len(there["images"]), len(shop.fees())) == ("active", 3, 1)
    shop.settled()
    first, second, third = (each["listing_image_id"] for each in sorted(there["images"], key=lambda e: e["rank"]))
    shop.offers(document("N", content={"images": [pictures[2], pictures[0]]}))
    shop.apply()
    left = sorted(shop.listings()["N"]["images"], key=lambda each: each["rank"])
    assert [each["listing_image_id"] for each in left] == [third, first]
    assert second not in {each["listing_image_id"] for each in left}
    shop.settled()


def test_the_same_picture_is_another_one_for_another_listing(opened: Open) -> None:
    shop = opened()
    picture = shop.picture("a.png", 10)
    shop.offers(*(document(sku, content={"images": [picture]}) for sku in ("N", "O")))
    shop.apply("--allow", "fees")
    found = {each["images"][0]["listing_image_id"] for each in shop.listings().values()}
    assert len(found) == 2
    shop.settled()


def test_a_draft_that_is_made_empty_has_one_piece_that_nobody_can_buy(opened: Open) -> None:
    shop = opened()
    shop.offers(document("N", stock={"quantity": 0}))
    shop.apply()
    assert (shop.listings()["N"]["state"], shop.fees()) == ("draft", [])
    shop.settled()
    (shop.root / "offers/N.yaml").unlink()
    shop.offers(document("M", stock={"quantity": 0}))
    shop.apply()
    assert shop.listings().keys() == {"M"}


def test_an_offer_is_taken_over_by_its_number_and_gets_its_key(opened: Open) -> None:
    shop = opened(listing(1001, ""))
    shop.offers({**document("A", content={"title": "Mug"}), "adopt": "1001"})
    shop.apply("--allow", "stock-baseline")
    assert shop.listings()["A"]["listing_id"] == 1001
    shop.settled()


def test_the_undo_of_a_price_and_of_nothing_in_stock_restores_both(opened: Open) -> None:
    """Off sale, Etsy does not tell how it is processed, and takes no inventory without that: the document says it."""
    shop = opened(listing(1001, "A"))
    shop.offers(document("A"))
    shop.apply()
    shop.offers(document("A", price={"base": "22.00 USD"}, stock={"quantity": 0}))
    shop.apply()
    assert shop.listings()["A"]["state"] == "inactive"
    run = json.loads(shop.ask("history", "--json"))["runs"][0]["id"]
    shop.ask("undo", run, "--auto-approve")
    found = offering(shop, "A")
    assert (shop.listings()["A"]["state"], found["quantity"], found["price"]["amount"]) == ("active", 5, 2050)
    assert found["readiness_state_id"] == 91
    shop.offers(document("A"))
    shop.settled()
