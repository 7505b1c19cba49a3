"""What a run made on eBay is taken back once, and what was taken back is left alone."""

from __future__ import annotations

import json
from pathlib import Path

from .shop import Shop, document


def test_what_was_withdrawn_is_not_withdrawn_again(tmp_path: Path) -> None:
    """The list does not tell what is off sale: it is asked for, as an offer that was made and undone is."""
    shop = Shop(tmp_path / "shop")
    shop.offers(document("N", content={"images": [shop.picture("a.png", 10)]}))
    shop.apply()
    run = json.loads(shop.ask("history", "--json"))["runs"][0]["id"]
    shop.ask("undo", run, "--auto-approve")
    assert shop.on_ebay()["N"]["status"] == "UNPUBLISHED"
    assert "Nothing to undo." in shop.ask("undo", run, "--auto-approve")
    shop.apply()
    assert shop.on_ebay()["N"]["status"] == "PUBLISHED"
    shop.settled()
