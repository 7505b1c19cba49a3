"""What a plan shows of an account on eBay."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .shop import LOGIN, SELLER, Shop, document, goods


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """An account of 203 items, two pages of them; two are not on sale. One offer is declared."""
    many = [goods(f"M{number}", 2000 + number) for number in range(200)]
    others = [goods("B-1", 1002, sale=False), (goods("I", 1)[0], None)]
    return Shop(tmp_path_factory.mktemp("ebay") / "shop", goods("A", 1001), *others, *many)


def test_what_is_as_declared_is_no_change(shop: Shop) -> None:
    """Item specifics are sets, HTML has one spelling; and so has an offer that is not on sale."""
    shop.offers(document("A"), document("B-1", stock={"status": "ended"}))
    plan = shop.plan()["accounts"][0]
    assert (plan["changes"], plan["population"], plan["complete"]) == ([], {"Offer": 203}, True)
    shop.offers(document("B-1", stock={"status": "draft"}))
    assert shop.changes() == {}
    (shop.root / "offers/B-1.yaml").unlink()


def test_an_unchanged_account_takes_a_page_for_200_items_and_a_report(shop: Shop) -> None:
    """What the report does not tell is read once a day."""
    shop.offers(document("A"))
    assert shop.changes() == {}
    before = len(shop.asked())
    assert shop.changes() == {}
    pages = shop.asked()[before:]
    assert pages.count("GET /sell/inventory/v1/inventory_item") == 2
    assert "GET /sell/inventory/v1/offer" not in pages
    assert len(pages) <= 12


def test_without_a_report_each_declared_offer_is_read(shop: Shop) -> None:
    """25 reports a day: then all that is declared is asked for, and nothing else."""
    shop.offers(document("A"), document("M7", price={"base": "1 EUR"}))
    shop.control("POST", "settings", {"limits": {"reports_per_day": 0}})
    try:
        before = len(shop.asked())
        changes = shop.changes()
    finally:
        shop.control("POST", "settings", {"limits": {"reports_per_day": 25}})
        (shop.root / "offers/M7.yaml").unlink()
    assert changes["M7"].keys() == {"price.base"}
    assert shop.asked()[before:].count("GET /sell/inventory/v1/offer") == 2


def test_each_field_that_differs_is_shown_with_both_sides(shop: Shop) -> None:
    body = document(
        "A",
        settings={
            "condition": "used_good",
            "return_policy": "Keine",
            "payment_policy": "Rechnung",
            "ships_from": "laden",
            "buyer_limit": 3,
            "catalogue": True,
        },
        delivery={"prices": "Brief"},
        content={
            "title": "Krug",
            "description": "<p>Neu</p>",
            "category": "36027",
            "parameters": {"Farbe": "rot", "Material": None},
            "product": {"gtin": "5901234123457"},
            "images": ["https://shop.example/b.jpg"],
        },
        price={"base": "13.50 EUR"},
        stock={"status": "ended"},
    )
    shop.offers(body)
    assert shop.changes() == {
        "A": {
            "settings.condition": ("new", "used_good"),
            "settings.return_policy": ("30 Tage", "Keine"),
            "settings.payment_policy": ("Sofort", "Rechnung"),
            "settings.ships_from": ("lager", "laden"),
            "settings.buyer_limit": (None, 3),
            "settings.catalogue": (False, True),
            "delivery.prices": ("Paket", "Brief"),
            "content.title": ("Becher A", "Krug"),
            "content.description": ("<p>Tee &amp; Kaffee</p>", "<p>Neu</p>"),
            "content.category": ("20625", "36027"),
            "content.parameters": (
                {"Farbe": ["weiss", "blau"], "Material": ["Ton"]},
                {"Farbe": ["rot"], "Material": None},
            ),
            "content.product": (None, {"gtin": "5901234123457"}),
            "content.images": (["https://shop.example/a.jpg"], ["https://shop.example/b.jpg"]),
            "price.base": ({"amount": "12.90", "currency": "EUR"}, {"amount": "13.50", "currency": "EUR"}),
            "stock.status": ("active", "ended"),
        }
    }


def test_the_lesser_of_both_numbers_is_what_is_for_sale(tmp_path: Path) -> None:
    """inventory OfferPriceQuantity.availableQuantity."""
    fewer = goods("A", 1001, availableQuantity=2)
    shop = Shop(tmp_path / "shop", fewer, goods("B", 1002, pieces=3, sale=False, availableQuantity=8))
    told = {"A": (2, "active"), "B": (3, "ended")}
    bodies = {sku: document(sku) for sku in told}
    for sku, (number, status) in told.items():
        bodies[sku]["stock"] = {"always": number, "status": status}
    shop.offers(*bodies.values())
    assert shop.changes() == {}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"settings": {"invoice": "vat"}}, "D502"),
        ({"settings": {"section": "Mugs"}}, "D502"),
        ({"delivery": {"handling": "P1D"}}, "D502"),
        ({"content": {"title": "x" * 81}}, "at most 80"),
        ({"content": {"images": [f"https://shop.example/{n}.jpg" for n in range(25)]}}, "at most 24"),
        ({"content": {"description": [{"image": "https://shop.example/a.jpg"}]}}, "`<img>` in its HTML only"),
        ({"settings": {"condition": "mint"}}, "must be `new`, `like_new`"),
        ({"price": {"base": "12.905 EUR"}}, "2 digits after the point"),
    ],
)
def test_what_ebay_takes_is_known_offline(shop: Shop, body: dict, code: str) -> None:
    shop.offers(document("A", **body))
    assert code in shop.ask("validate", code=1)


def test_a_description_of_several_parts_is_one_piece_of_html(shop: Shop) -> None:
    shop.offers(document("A"))
    parts = [{"text": "<p>Tee &amp; Kaffee</p>"}, {"text": "<ul><li>300 ml</li></ul>"}]
    shop.offers(document("A", content={"description": parts}))
    after = "<p>Tee &amp; Kaffee</p><ul><li>300 ml</li></ul>"
    assert shop.changes()["A"]["content.description"] == ("<p>Tee &amp; Kaffee</p>", after)


def test_a_kind_that_ebay_lacks_is_an_error(shop: Shop) -> None:
    shop.offers(document("A"))
    shop.write("w.yaml", {"kind": "Warranty", "name": "w", "account": "shop", "type": "seller"})
    try:
        assert "error[D507]: eBay has no Warranty" in shop.ask("validate", code=1)
    finally:
        (shop.root / "w.yaml").unlink()


def test_an_item_specific_that_the_category_does_not_take_is_said_in_the_plan(shop: Shop) -> None:
    shop.offers(document("A", content={"parameters": {"Material": ["Ton", "Glas"]}}))
    assert "`Material` has 2 values; 1 at most" in shop.ask("plan", code=-1)


def test_what_is_not_an_offer_of_the_site_gets_one(shop: Shop) -> None:
    """An item alone is no offer: whoever declares it makes it one."""
    shop.offers(document("I", stock={"status": "ended"}))
    try:
        changes = shop.changes()["I"]
    finally:
        (shop.root / "offers/I.yaml").unlink()
    assert changes["price.base"] == (None, {"amount": "12.90", "currency": "EUR"})
    assert "content.title" not in changes


def test_a_fresh_clone_has_an_account_to_practise_in(tmp_path: Path) -> None:
    """Its policies, places and categories are made of what documents name."""
    shop = Shop(tmp_path / "shop")
    shutil.rmtree(shop.root / ".reconcile")
    shop.offers(document("A", content={"images": [shop.picture("a.png", 10)], "category": "777"}))
    shop.apply()
    assert shop.on_ebay()["A"]["status"] == "PUBLISHED"
    shop.settled()


def test_what_is_on_ebay_is_written_into_documents_and_is_no_change_then(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", goods("A", 1001), goods("B-1", 1002, sale=False), goods("C", 1003, pieces=9))
    shop.ask("pull")
    assert len(list((shop.root / "offers").rglob("*.yaml"))) == 4
    shop.settled()


def test_another_login_is_refused(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", goods("A", 1001))
    shop.control("POST", "seed", {**SELLER, "login": "other", "user_id": "44300101"})
    assert LOGIN in shop.ask("plan", code=-1)
