"""The list trails an edit that was read back: of Etsy it shows nearly all of a listing, its pictures, too."""

from __future__ import annotations

from pathlib import Path

from .shop import Shop, document, listing

_LAG = 240.0


def test_what_is_edited_again_while_the_list_trails_starts_from_what_was_written(tmp_path: Path) -> None:
    """Only what is asked for now is a change: a picture is known by where it lies, not by the file that it was."""
    shop = Shop(tmp_path / "shop", listing(1001, "A"))
    picture = shop.picture("a.png", 10)
    shop.offers(document("A", content={"title": "Jug", "images": [picture]}))
    shop.control("POST", "settings", {"list_lag_seconds": _LAG})
    shop.apply()
    assert "settling" in shop.ask("plan")
    shop.offers(document("A", content={"title": "Bowl", "images": [picture]}))
    said = shop.ask("plan")
    assert "content.title" in said
    assert "content.images" not in said
    shop.apply()
    assert (shop.listings()["A"]["title"], len(shop.listings()["A"]["images"])) == ("Bowl", 1)
    shop.control("POST", "clock", {"advance_seconds": _LAG + 1})
    shop.settled()
