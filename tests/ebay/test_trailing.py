"""The list trails an edit that was read back: of eBay it shows all of an item, its pictures, too."""

from __future__ import annotations

from pathlib import Path

from .shop import Shop, document, goods

_LAG = 240.0


def test_what_is_edited_again_while_the_list_trails_starts_from_what_was_written(tmp_path: Path) -> None:
    """Only what is asked for now is a change: a picture is known by where it lies, not by the file that it was."""
    shop = Shop(tmp_path / "shop", goods("A", 1))
    picture = shop.picture("a.png", 10)
    shop.offers(document("A", content={"title": "Krug", "images": [picture]}))
    shop.control("POST", "settings", {"list_lag_seconds": _LAG})
    shop.apply()
    said = shop.ask("plan", "-v")
    assert "2 fields of 1 offer were accepted" in said
    shop.offers(document("A", content={"title": "Kanne", "images": [picture]}))
    said = shop.ask("plan")
    assert "Krug" in said
    assert "content.images" not in said
    shop.apply()
    assert shop.item("A")["product"]["title"] == "Kanne"
    shop.control("POST", "clock", {"advance_seconds": _LAG + 1})
    shop.settled()
