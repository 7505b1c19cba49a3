"""A listing that a run has begun and not finished: a later run goes on with it."""

from __future__ import annotations

from pathlib import Path

from .shop import Shop, document


def test_a_creation_whose_answer_could_not_be_read_is_gone_on_with_by_a_later_run(tmp_path: Path) -> None:
    """Nobody knows what became of it, and its run has ended: what it left bears no key, and is not made again."""
    shop = two_new(tmp_path / "shop")
    shop.control("POST", "settings", {"faults": {"schedule": [{"do": "garble", "times": 2, "when": CREATION}]}})
    shop.apply("--allow", "fees", code=5)
    shop.control("POST", "clock", {"advance_seconds": 4000})
    shop.apply("--allow", "fees")
    assert {sku: each["state"] for sku, each in shop.listings().items()} == {"N": "active", "O": "active"}
    shop.settled()


def test_what_was_begun_and_refused_is_gone_on_with_by_a_later_run(tmp_path: Path) -> None:
    """Its picture was refused, and its run has ended: the next one gives it its key and puts it on sale."""
    shop = two_new(tmp_path / "shop")
    upload = {"method": "POST", "path": CREATION["path"] + "/"}
    shop.control("POST", "settings", {"faults": {"schedule": [{"do": "refuse", "times": 2, "when": upload}]}})
    shop.apply("--allow", "fees", code=5)
    shop.apply("--allow", "fees", "--allow", "stock-baseline")
    assert {sku: each["state"] for sku, each in shop.listings().items()} == {"N": "active", "O": "active"}
    assert len(shop.fees()) == 2
    shop.settled()


CREATION = {"method": "POST", "path": "/v3/application/shops/55300100/listings"}


def two_new(root: Path) -> Shop:
    """A shop with two listings of one title that are to be made."""
    shop = Shop(root)
    picture = shop.picture("a.png", 10)
    shop.offers(*(document(sku, content={"title": "Mug", "images": [picture]}) for sku in ("N", "O")))
    return shop
