"""The list trails an edit that was read back; of pieces nobody can tell that from a sale before an apply looks."""

from __future__ import annotations

from pathlib import Path

from .shop import LOGIN, Shop, document, listing

_LAG = 240.0


def applied_twice(root: Path) -> Shop:
    """A listing of five pieces, of which seven were declared and applied a moment ago."""
    shop = Shop(root / "shop", listing(1001, "A"))
    shop.offers(document("A"))
    shop.apply()
    shop.control("POST", "settings", {"list_lag_seconds": _LAG})
    shop.offers(document("A", content={"title": "Jug"}, stock={"quantity": 7}))
    shop.apply()
    return shop


def test_what_is_edited_again_while_the_list_trails_starts_from_what_was_written(tmp_path: Path) -> None:
    shop = applied_twice(tmp_path)
    shop.offers(document("A", content={"title": "Bowl"}, stock={"quantity": 9}))
    said = shop.ask("plan")
    assert "7 -> 9" in said
    assert "Jug -> Bowl" in said
    shop.apply()
    assert (shop.listings()["A"]["title"], pieces(shop)) == ("Bowl", 9)
    shop.control("POST", "clock", {"advance_seconds": _LAG + 1})
    shop.settled()
    assert pieces(shop) == 9


def test_pieces_that_were_sold_meanwhile_are_not_put_on_sale_again(tmp_path: Path) -> None:
    """The list shows the number of before the edit, for another reason: two more come on top of what is left."""
    shop = applied_twice(tmp_path)
    shop.control("POST", "settings", {"list_lag_seconds": 0})
    shop.control("POST", "sale", {"login": LOGIN, "sku": "A", "quantity": 2})
    shop.offers(document("A", content={"title": "Jug"}, stock={"quantity": 9}))
    shop.apply(code=-1)
    assert pieces(shop) in (5, 7), "nothing is written in doubt"
    shop.control("POST", "clock", {"advance_seconds": 600})
    shop.apply(code=-1)
    assert pieces(shop) == 7
    shop.settled()


def pieces(shop: Shop) -> int:
    found: int = shop.listings()["A"]["quantity"]
    return found
