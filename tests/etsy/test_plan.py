"""What a plan shows of a shop on Etsy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from .shop import Shop, document, listing


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop of 130 listings in all states, two pages of them on sale; one offer is declared."""
    many = [listing(2000 + number, f"M{number}") for number in range(120)]
    states = {"D": "draft", "I": "inactive", "X": "expired"}
    others = [listing(3000 + number, sku, state=state) for number, (sku, state) in enumerate(states.items())]
    return Shop(tmp_path_factory.mktemp("etsy") / "shop", listing(1001, "A"), *many, *others)


def test_what_is_as_declared_is_no_change(shop: Shop) -> None:
    """Entities are undone, tags and materials have no order, and prices are amounts of small pieces."""
    shop.offers(document("A"))
    assert shop.changes() == {}
    plan = shop.plan()
    assert plan["accounts"][0]["population"] == {"Offer": 124}
    assert plan["accounts"][0]["complete"] is True
    assert plan["accounts"][0]["reads"]["Offer.list"] == 6  # two pages of what is on sale, and four other states


def test_each_field_that_differs_is_shown_with_both_sides(shop: Shop) -> None:
    body = document(
        "A",
        settings={"section": None, "when_made": "2020s", "return_policy": "no returns", "renewal": True},
        delivery={"prices": "Letter", "processing": "made to order, 3-5 days"},
        content={"title": "Jug", "description": "<p>", "tags": ["jug"], "materials": []},
        price={"base": "21.00 USD"},
        stock={"status": "ended"},
    )
    body["content"]["description"] = "A jug & more"
    shop.offers(body)
    assert shop.changes() == {
        "A": {
            "settings.when_made": ("made_to_order", "2020s"),
            "settings.return_policy": ("returns and exchanges, 30 days", "no returns"),
            "settings.section": ("Mugs", None),
            "settings.renewal": (False, True),
            "delivery.prices": ("Parcel", "Letter"),
            "delivery.processing": ("ready to ship, 1-3 days", "made to order, 3-5 days"),
            "content.title": ("Mug A", "Jug"),
            "content.description": ("Tea & coffee.\n\nHolds 300 ml.", "A jug & more"),
            "content.tags": (["tea", "mug"], ["jug"]),
            "content.materials": (["clay"], []),
            "price.base": ({"amount": "20.50", "currency": "USD"}, {"amount": "21.00", "currency": "USD"}),
            "stock.status": ("active", "ended"),
        }
    }


def test_a_field_that_etsy_lacks_is_an_error_where_the_offer_says_it(shop: Shop) -> None:
    """What is inherited was meant for others: one note for all of it."""
    shop.offers(document("A", settings={"tax": {"PL": 23}}))
    assert "error[D502]: Etsy has no field `tax`" in shop.ask("validate", code=1)
    shop.write("offers/_defaults.yaml", {"kind": "Defaults", "Offer": {"settings": {"invoice": "vat"}}})
    shop.offers(document("A"))
    try:
        said = shop.ask("validate")
    finally:
        (shop.root / "offers/_defaults.yaml").unlink()
    assert "D508" in said
    assert "not on Etsy: settings.invoice (1 document)" in said


def test_a_kind_that_etsy_lacks_is_an_error(shop: Shop) -> None:
    shop.offers(document("A"))
    shop.write("w.yaml", {"kind": "Warranty", "name": "w", "account": "shop", "type": "seller"})
    try:
        assert "error[D507]: Etsy has no Warranty" in shop.ask("validate", code=1)
    finally:
        (shop.root / "w.yaml").unlink()


def test_price_and_stock_have_one_toggle(shop: Shop) -> None:
    shop.offers({**document("A"), "sync": {"price": "off"}})
    assert "error[D504]" in shop.ask("validate", code=1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"title": "Tea & milk & honey"}, "has & more than once"),
        ({"title": "Mug ♥"}, "has the character ♥"),
        ({"title": "x" * 141}, "at most 140"),
        ({"tags": ["a word that is too long"]}, "at most 20"),
        ({"description": "<p>Tea</p>"}, "without HTML"),
        ({"images": ["https://shop.example/a.jpg"]}, ""),
    ],
)
def test_what_etsy_takes_is_known_offline(shop: Shop, content: dict, said: str) -> None:
    shop.offers(document("A", content=content))
    assert said in shop.ask("validate", code=1 if said else 0)


def test_an_offer_on_two_marketplaces_has_the_prices_of_both(tmp_path: Path) -> None:
    """Each account takes its own; what only one of them has is left out of the other, or an error."""
    shop = Shop(tmp_path / "shop")
    other = {"marketplace": "allegro", "environment": "simulator", "login": "sklep"}
    project = yaml.safe_load((shop.root / "reconcile.yaml").read_text())
    shop.write("reconcile.yaml", {**project, "accounts": {**project["accounts"], "main": other}})
    body = document("A", price={"base": "90 PLN", "allegro-cz": "500 CZK"})
    own = {"shop": {"price": {"base": "20.50 USD"}}, "main": {"without": list(_OF_ETSY)}}
    text = {"description": [{"text": "<p>Tea</p>"}]}
    own["main"] |= {"content": text}
    shop.offers({**body, "accounts": ["shop", "main"], "for": own})
    assert "error" not in shop.ask("validate", "--account", "shop", code=-1)


def test_a_fresh_clone_has_a_shop_to_practise_in(tmp_path: Path) -> None:
    """Its profiles, policies, sections, processing and categories are made of what documents name."""
    shop = Shop(tmp_path / "shop")
    shutil.rmtree(shop.root / ".reconcile")
    pictures = [shop.picture("a.png", 10)]
    shop.offers(document("A", content={"images": pictures, "category": "777"}))
    shop.apply("--allow", "fees")
    assert shop.listings()["A"]["state"] == "active"
    shop.settled()


_OF_ETSY = (
    "settings.who_made",
    "settings.when_made",
    "settings.supply",
    "settings.section",
    "delivery.processing",
    "content.tags",
    "content.materials",
)


def test_a_listing_with_variations_is_left_alone(tmp_path: Path) -> None:
    """Its products have keys of their own, and an inventory of one would drop the others (#337)."""
    colours = [
        {
            "sku": f"V-{name}",
            "property_values": [
                {"property_id": 200, "property_name": "Primary color", "value_ids": [number], "values": [name]}
            ],
            "offerings": [{"price": 20.5, "quantity": 5, "is_enabled": True, "readiness_state_id": 91}],
        }
        for number, name in ((1, "Black"), (2, "Blue"))
    ]
    varied = listing(1001, "", inventory={"products": colours, "sku_on_property": [200]})
    for name in ("sku", "price", "quantity", "readiness_state_id"):
        del varied[name]
    shop = Shop(tmp_path / "shop", varied)
    shop.offers({**document("V", content={"title": "Jug"}), "adopt": "1001"})
    said = shop.ask("plan")
    assert "it has variations: shown and left alone" in said
    assert "Plan: nothing" in said or "0 to change" in said or "to change" not in said


def test_what_a_shop_has_is_written_into_documents_and_is_no_change_then(tmp_path: Path) -> None:
    """A listing without a sku keeps having none."""
    states = (("A", "active"), ("D", "draft"), ("I", "inactive"), ("", "active"))
    shop = Shop(tmp_path / "shop", *(listing(1001 + n, sku, state=state) for n, (sku, state) in enumerate(states)))
    shop.ask("pull")
    assert len(list((shop.root / "offers").rglob("*.yaml"))) == 5
    shop.settled()
