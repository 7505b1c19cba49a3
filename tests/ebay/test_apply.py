"""What an apply writes to eBay, and that nothing is left to do after it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from reconciler.model.plan_json import UnreadablePlan, dump_plan, load_plan, sealed
from reconciler.model.values import Gain

from .shop import LOGIN, Shop, document, goods

Open = Callable[..., Shop]
ITEM = "PUT /sell/inventory/v1/inventory_item/"


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Make an account with these goods."""
    return lambda *all_goods, **account: Shop(tmp_path / "shop", *all_goods, **account)


def test_prices_and_pieces_of_many_are_one_request(opened: Open) -> None:
    """Both numbers of pieces are written; what is not on sale is written whole, by itself."""
    shop = opened(*(goods(f"A{n}", 1001 + n) for n in range(4)), goods("B", 1100, sale=False))
    always = {"always": 7, "status": "active"}
    bodies = [document(f"A{n}", price={"base": f"{13 + n}.50 EUR"}) for n in range(4)]
    for body in bodies:
        body["stock"] = always
    unlisted = document("B", price={"base": "9.90 EUR"})
    unlisted["stock"] = {"always": 8, "status": "ended"}
    shop.offers(*bodies, unlisted)
    shop.apply()
    asked = shop.asked("POST /sell/inventory/v1/bulk_update", "PUT ")
    assert len([each for each in asked if each.startswith("POST")]) == 1
    assert len([each for each in asked if each.startswith("PUT")]) == 2
    offers = shop.on_ebay()
    assert [offers[f"A{n}"]["pricingSummary"]["price"]["value"] for n in range(4)] == [
        "13.50",
        "14.50",
        "15.50",
        "16.50",
    ]
    assert (offers["A1"]["availableQuantity"], offers["B"]["availableQuantity"]) == (7, 8)
    assert shop.item("A1")["availability"]["shipToLocationAvailability"]["quantity"] == 7
    shop.settled()


def test_a_row_that_is_refused_costs_no_other(opened: Open) -> None:
    """207: each row stands for itself. What may have been done is looked at."""
    shop = opened(*(goods(f"A{n}", 1001 + n) for n in range(3)))
    shop.offers(*(document(f"A{n}", price={"base": "13.50 EUR"}) for n in range(3)))
    bulk = "/sell/inventory/v1/bulk_update_price_quantity"
    wrong = [{"do": "rows_fail", "rows": [1], "when": {"path": bulk}}, {"do": "rows_fail", "rows": [0]}]
    shop.control("POST", "settings", {"faults": {"schedule": wrong}})
    said = shop.apply(code=-1)
    assert "2 applied, 1 refused of 3 planned" in said
    prices = [each["pricingSummary"]["price"]["value"] for each in shop.on_ebay().values()]
    assert sorted(prices) == ["12.90", "13.50", "13.50"]
    shop.apply()
    shop.settled()


def test_an_item_and_its_offer_are_written_whole_and_repeat_the_rest(opened: Open) -> None:
    """The pieces, and what no document speaks of, stay (inventory createOrReplaceInventoryItem)."""
    item, offer = goods("A", 1001, storeCategoryNames=["/Becher"], hideBuyerDetails=True)
    item["product"] |= {"subtitle": "Aus Ton", "brand": "Acme", "mpn": "X-1"}
    item["packageWeightAndSize"] = {"weight": {"value": 0.4, "unit": "KILOGRAM"}}
    shop = opened((item, offer))
    shop.offers(document("A", content={"title": "Krug", "description": "<p>Neu</p>", "category": "36027"}))
    shop.apply()
    written, kept = shop.item("A"), shop.on_ebay()["A"]
    assert written["product"]["title"] == "Krug"
    assert (written["product"]["subtitle"], written["product"]["mpn"]) == ("Aus Ton", "X-1")
    assert written["packageWeightAndSize"]["weight"]["value"] == 0.4
    assert written["availability"]["shipToLocationAvailability"]["quantity"] == 5
    assert (kept["listingDescription"], kept["categoryId"]) == ("<p>Neu</p>", "36027")
    assert (kept["storeCategoryNames"], kept["hideBuyerDetails"]) == (["/Becher"], True)
    assert kept["includeCatalogProductDetails"] is False
    shop.settled()


def test_what_was_just_sold_is_not_sold_again_by_a_title(opened: Open) -> None:
    """The item is read a moment before it is written, for its pieces."""
    shop = opened(goods("A", 1001))
    body = document("A", content={"title": "Krug"})
    body["stock"] = {"status": "active"}
    shop.offers(body)
    shop.ask("plan", "--out", str(shop.root / "p.plan"))
    shop.control("POST", "sale", {"login": LOGIN, "sku": "A", "quantity": 2})
    shop.ask("apply", str(shop.root / "p.plan"), "--auto-approve")
    assert shop.item("A")["availability"]["shipToLocationAvailability"]["quantity"] == 3
    shop.settled()


def test_a_category_is_kept_as_the_buyers_saw_it(opened: Open) -> None:
    shop = opened(goods("A", 1001))
    shop.control("POST", "sale", {"login": LOGIN, "sku": "A", "quantity": 1})
    shop.offers(document("A", content={"category": "36027"}, stock={"quantity": 4}))
    assert "`content.category` of A (A) differs and cannot be changed: 1 sold" in shop.ask("plan")


def test_nothing_in_stock_hides_the_listing_and_a_receipt_shows_it_again(opened: Open) -> None:
    """With the preference: the number of the listing and its history stay."""
    shop = opened(goods("A", 1001))
    shop.offers(document("A"))
    shop.apply()
    shop.offers(document("A", stock={"quantity": 0}))
    shop.apply()
    listing = shop.on_ebay()["A"]["listing"]
    assert listing["listingStatus"] == "OUT_OF_STOCK"
    shop.settled()
    shop.offers(document("A", stock={"quantity": 3}))
    shop.apply()
    again = shop.on_ebay()["A"]["listing"]
    assert (again["listingStatus"], again["listingId"]) == ("ACTIVE", listing["listingId"])
    shop.settled()


def test_an_end_withdraws_and_a_start_publishes_again(opened: Open) -> None:
    """What was withdrawn is as unpublished as a draft; published again it is another listing."""
    shop = opened(goods("A", 1001), goods("B", 1002, sale=False))
    before = shop.on_ebay()["A"]["listing"]["listingId"]
    shop.offers(document("A", stock={"status": "ended"}), document("B"))
    shop.apply()
    offers = shop.on_ebay()
    assert (offers["A"]["status"], offers["B"]["status"]) == ("UNPUBLISHED", "PUBLISHED")
    shop.settled()
    shop.offers(document("A"))
    shop.apply()
    assert shop.on_ebay()["A"]["listing"]["listingId"] != before
    shop.settled()


def test_what_lost_its_document_is_withdrawn_and_then_left_alone(opened: Open) -> None:
    shop = opened(goods("A", 1001), goods("B", 1002))
    shop.offers(document("A"), document("B"))
    shop.apply()
    (shop.root / "offers/B.yaml").unlink()
    shop.apply("--allow", "ends")
    assert shop.on_ebay()["B"]["status"] == "UNPUBLISHED"
    shop.settled()


def test_what_lost_its_document_is_withdrawn_also_without_a_report(opened: Open) -> None:
    """The list does not say whether it is on sale: it is asked for."""
    shop = opened(goods("A", 1001), goods("B", 1002))
    shop.offers(document("A"), document("B"))
    shop.apply()
    shop.control("POST", "settings", {"limits": {"reports_per_day": 0}})
    (shop.root / "offers/B.yaml").unlink()
    shop.apply("--allow", "ends")
    assert shop.on_ebay()["B"]["status"] == "UNPUBLISHED"


def test_what_ebay_has_ended_is_never_revived(opened: Open) -> None:
    shop = opened(goods("A", 1001))
    shop.control("POST", "end-offer", {"login": LOGIN, "sku": "A", "ended_by": "EBAY_ENDED"})
    shop.offers(document("A"))
    assert "never revived by a program" in shop.ask("plan")
    assert shop.changes() == {}


def test_a_listing_on_hold_keeps_its_price_until_it_is_let_go(opened: Open) -> None:
    """What an item says may be revised (25096), all else is frozen in the plan; no look at it is kept."""
    shop = opened(goods("A", 1001), goods("B", 1002))
    shop.control("POST", "hold", {"login": LOGIN, "sku": "A", "hold": "fixable"})
    changed = {"content": {"title": "Krug", "description": "<p>Neu</p>"}, "price": {"base": "13.50 EUR"}}
    shop.offers(document("A", **changed), document("B", price={"base": "13.50 EUR"}))
    assert {name: [*fields] for name, fields in shop.changes().items()} == {
        "A": ["content.title"],
        "B": ["price.base"],
    }
    said = shop.ask("plan", code=-1)
    assert (
        "`price.base` of A (A) differs and cannot be changed: the marketplace has put its listing on hold" in said
    )
    shop.control("POST", "hold", {"login": LOGIN, "sku": "A", "hold": ""})
    assert [*shop.changes()["A"]] == ["content.title", "content.description", "price.base"]
    shop.apply()
    shop.settled()


def test_a_listing_on_hold_is_refused_or_warned_of(opened: Open) -> None:
    """25097 freezes; 25096 lets it be mended."""
    shop = opened(goods("A", 1001), goods("B", 1002))
    shop.control("POST", "hold", {"login": LOGIN, "sku": "A", "hold": "frozen"})
    shop.control("POST", "hold", {"login": LOGIN, "sku": "B", "hold": "fixable"})
    shop.offers(*(document(sku, content={"title": "Krug"}) for sku in "AB"))
    said = shop.apply(code=-1)
    assert "25097" in said
    assert "1 applied, and the marketplace says besides" in said
    assert "You may revise it" in said


def test_a_new_offer_is_an_item_an_offer_and_a_listing(opened: Open) -> None:
    shop = opened()
    picture = shop.picture("a.png", 10)
    new = document("N-1", content={"images": [picture], "product": {"gtin": "5901234123457"}})
    shop.offers(new, document("N-2", stock={"status": "draft"}))
    shop.apply()
    offers = shop.on_ebay()
    assert (offers["N-1"]["status"], offers["N-2"]["status"]) == ("PUBLISHED", "UNPUBLISHED")
    assert offers["N-1"]["includeCatalogProductDetails"] is False
    written = shop.item("N-1")
    assert written["product"]["ean"] == ["5901234123457"]
    assert written["product"]["imageUrls"][0].startswith("https://i.ebayimg.com/")
    assert written["availability"]["shipToLocationAvailability"]["quantity"] == 5
    shop.settled()


def test_an_item_without_an_offer_gets_one_and_is_listed(opened: Open) -> None:
    """Whatever comes first creates it, and the others lay theirs over it."""
    shop = opened((goods("I", 1)[0], None))
    shop.offers(document("I", stock={"quantity": 6}))
    shop.apply("--allow", "stock-baseline")
    offer = shop.on_ebay()["I"]
    assert (offer["status"], offer["availableQuantity"], offer["categoryId"]) == ("PUBLISHED", 6, "20625")
    shop.settled()


@pytest.mark.parametrize("fault", ["system_error", "25025", "drop_after"])
def test_a_write_whose_answer_says_nothing_is_looked_at(opened: Open, fault: str) -> None:
    """25001 may come after the work, 25025 before it."""
    shop = opened(goods("A", 1001), goods("B", 1002))
    shop.offers(
        document("A", content={"title": "Krug"}, price={"base": "13.50 EUR"}),
        document("N"),
        document("B", stock={"status": "ended"}),
    )
    for _ in range(4):
        wrong = {"do": fault, "times": 1, "when": {"method": "PUT"}}
        other = {"do": fault, "times": 1, "when": {"method": "POST", "path": "/sell/inventory/v1/offer"}}
        shop.control("POST", "settings", {"faults": {"schedule": [wrong, other]}})
        shop.apply("--allow", "stock-baseline", code=-1)
    shop.control("POST", "settings", {"faults": {"schedule": []}})
    shop.apply("--allow", "stock-baseline", code=-1)
    offers = shop.on_ebay()
    assert (offers["N"]["status"], offers["B"]["status"]) == ("PUBLISHED", "UNPUBLISHED")
    assert shop.item("A")["product"]["title"] == "Krug"
    shop.settled()


def test_the_251st_revision_of_a_day_is_refused_and_said(opened: Open) -> None:
    shop = opened(goods("A", 1001))
    shop.control("POST", "settings", {"revisions_per_day": 1})
    shop.offers(document("A", content={"title": "Krug"}, price={"base": "13.50 EUR"}))
    said = shop.apply(code=-1)
    assert "A listing takes 250 revisions a day" in said
    assert "1 applied, 1 refused of 2 planned" in said


def test_a_plan_file_that_adds_pieces_is_none_of_ours(opened: Open) -> None:
    """eBay takes a number of pieces: what no operation can write is refused before anything is sent."""
    shop = opened(goods("A", 1001))
    shop.offers(document("A") | {"stock": {"always": 9}})
    file = shop.root / "plan.json"
    shop.ask("plan", "--out", str(file))
    plan = load_plan(file.read_text())
    (part,) = plan.accounts
    (change,) = part.changes
    more = tuple(replace(each, after=Gain(4)) for each in change.fields)
    forged = replace(plan, accounts=(replace(part, changes=(replace(change, fields=more),)),))
    file.write_text(dump_plan(sealed(forged)))
    with pytest.raises(UnreadablePlan, match=r"A: `stock.quantity` cannot be"):
        shop.ask("apply", str(file))
    assert shop.asked("POST /sell/inventory", "PUT ") == []
