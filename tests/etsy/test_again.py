"""What is taken over, made a second time, or taken back: pictures and processing go with their listing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .shop import SELLER, Shop, document, listing


def processing_of(shop: Shop, sku: str) -> int:
    """The processing of the one offering of a listing."""
    found: int = shop.listings()[sku]["inventory"]["products"][0]["offerings"][0]["readiness_state_id"]
    return found


def test_a_draft_that_is_taken_over_keeps_its_processing(tmp_path: Path) -> None:
    """Its key is written with the whole inventory, and a draft does not show how it is processed."""
    shop = Shop(tmp_path / "shop", listing(1001, "", state="draft"))
    shop.offers({**document("A", content={"title": "Mug "}), "adopt": "1001"})
    shop.apply("--allow", "fees", "--allow", "stock-baseline")
    assert (shop.listings()["A"]["state"], processing_of(shop, "A")) == ("active", 91)
    shop.settled()


def test_what_is_made_again_gets_its_pictures_again(tmp_path: Path) -> None:
    """They went with the listing, whoever deleted it; nothing is begun that cannot be ended."""
    shop = Shop(tmp_path / "shop")
    new = document("N", content={"images": [shop.picture("a.png", 10)]}, stock={"status": "draft"})
    shop.offers(new)
    shop.apply()
    (shop.root / "offers/N.yaml").unlink()
    shop.offers(document("M", stock={"status": "draft"}))
    shop.apply()
    assert shop.listings().keys() == {"M"}
    shop.offers(new)
    shop.apply()
    assert len(shop.listings()["N"]["images"]) == 1
    shop.control("POST", "seed", SELLER)  # somebody deletes all of them
    assert "the next plan uploads its file again" in shop.apply(code=5)
    assert shop.listings().keys() == {"M"}
    shop.apply()
    assert len(shop.listings()["N"]["images"]) == 1
    shop.settled()


def test_pictures_that_were_replaced_cannot_be_restored_and_an_undo_says_so(tmp_path: Path) -> None:
    """What a listing does not name any more is deleted (#330)."""
    shop = Shop(tmp_path / "shop", listing(1001, "A"))
    shop.offers(document("A", content={"title": "Jug", "images": [shop.picture("a.png", 10)]}))
    shop.apply()
    run = json.loads(shop.ask("history", "--json"))["runs"][0]["id"]
    said = shop.ask("undo", run, "--auto-approve")
    assert "`content.images` of A (1001) cannot be restored" in said
    assert (shop.listings()["A"]["title"], len(shop.listings()["A"]["images"])) == ("Mug A", 1)


def test_the_undo_of_nothing_in_stock_puts_it_on_sale_again(tmp_path: Path) -> None:
    """No document said a status: an end of ours stood for zero, and the old number was there all the time."""
    shop = Shop(tmp_path / "shop", listing(1001, "A"))
    shop.offers({"kind": "Offer", "name": "A", "stock": {"always": 0}})
    shop.apply()
    assert shop.listings()["A"]["state"] == "inactive"
    run = json.loads(shop.ask("history", "--json"))["runs"][0]["id"]
    shop.ask("undo", run, "--auto-approve")
    assert shop.listings()["A"]["state"] == "active"
    assert "Nothing to undo." in shop.ask("undo", run, "--auto-approve")


@pytest.mark.parametrize("form", ["always", "literal"])
def test_after_the_undo_of_nothing_in_stock_the_old_documents_are_true_and_the_new_ones_are_planned(
    tmp_path: Path, form: str
) -> None:
    """The zero is remembered no more: it is no drift, it is not awaited, and no number comes on top of the old one."""
    shop = Shop(tmp_path / "shop", listing(1001, "A"))

    def stock(pieces: int) -> None:
        said = {"always": pieces} if form == "always" else pieces
        shop.offers({"kind": "Offer", "name": "A", "stock": said})

    stock(5)
    shop.apply()
    stock(0)
    shop.apply()
    run = json.loads(shop.ask("history", "--json"))["runs"][0]["id"]
    shop.ask("undo", run, "--auto-approve")
    ((change,),) = [part["changes"] for part in json.loads(shop.ask("plan", "--json"))["accounts"]]
    assert [(each["path"], each["drift"]) for each in change["fields"]] == [("stock.quantity", False)]
    stock(5)
    shop.settled()
    assert shop.listings()["A"]["inventory"]["products"][0]["offerings"][0]["quantity"] == 5
