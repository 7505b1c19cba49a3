"""Texts that come back otherwise than they were sent, and in several languages, are no endless difference."""

from __future__ import annotations

from pathlib import Path

import pytest

from .shop import LOGIN, SELLER, Shop, document, listing


def told(shop: Shop, sku: str) -> dict[str, str]:
    """Return the German texts of a listing."""
    found: dict[str, str] = shop.listings()[sku]["translations"]["de"]
    return found


def test_what_a_document_says_is_the_listing_in_its_own_language(tmp_path: Path) -> None:
    """Translations are neither compared nor written, whatever the shop's languages are."""
    german = {"title": "Becher A", "description": "Tee und Kaffee.", "tags": ["becher"]}
    shop = Shop(tmp_path / "shop")
    mine = listing(1001, "A", translations={"de": german})
    shop.control("POST", "seed", {**SELLER, "languages": ["en", "de"], "listings": [mine]})
    shop.offers(document("A"))
    shop.settled()
    shop.offers(document("A", content={"title": "Jug A", "description": "For tea.", "tags": ["jug"]}))
    shop.apply()
    assert told(shop, "A")["title"] == "Becher A"
    assert shop.listings()["A"]["title"] == "Jug A"
    shop.settled()


@pytest.mark.parametrize(
    ("title", "description"),
    [
        ("Salt & pepper", '5 > 3, 3 < 5 & "so" on, it\'s'),
        ("Say &amp; mean it", "&lt;b&gt; is &amp;lt;b&amp;gt; said once more"),
        ("Zażółć gęślą jaźń", "Line  with   spaces \n\n\n  and an indented one\t.  "),
    ],
)
def test_signs_that_come_back_as_entities_are_the_same(tmp_path: Path, title: str, description: str) -> None:
    """They are undone once: an entity that was meant stays one."""
    shop = Shop(tmp_path / "shop", listing(1001, "A"))
    shop.offers(document("A", content={"title": title, "description": description}))
    shop.apply()
    shop.settled()
    shop.control("POST", "panel", {"login": LOGIN, "sku": "A", "patch": {"title": f"{title} x"}})
    assert shop.changes()["A"]["content.title"] == (f"{title} x", title)
