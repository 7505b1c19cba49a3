"""What is known by what it says, and what a title says all of: made where an offer names it and it is not there."""

from __future__ import annotations

import json
from pathlib import Path

from .shop import Shop, document, listing

NEW = {
    "settings": {"section": "Jugs", "return_policy": "returns, 14 days"},
    "delivery": {"processing": "made to order, 7-10 days"},
}


def test_what_an_offer_names_and_the_shop_has_not_is_made_first(tmp_path: Path) -> None:
    """The plan shows it; it is nobody's to remember, so it stays when nothing names it any more."""
    shop = Shop(tmp_path / "shop", listing(1001, "A"), listing(1002, "B"))
    shop.offers(document("A", **NEW), document("B", **NEW))
    said = shop.ask("plan")
    assert said.count("\n  + ") == 3
    assert all(
        each in said for each in ("ShopSection/Jugs", "ReturnPolicy/returns, 14 days", "Processing/made to")
    )
    shop.ask("plan", "--out", str(shop.root / "plan.json"))
    shop.ask("apply", str(shop.root / "plan.json"), "--auto-approve")
    there = shop.listings()
    assert there["A"]["shop_section_id"] == there["B"]["shop_section_id"] != 61
    assert there["A"]["return_policy_id"] == there["B"]["return_policy_id"] not in (81, 82)
    shop.settled()
    shop.offers(document("A"), document("B"))
    assert set(shop.changes()) == {"A", "B"}
    shop.apply()
    shop.settled()


def test_an_answer_that_was_lost_makes_no_second_one_and_an_undo_takes_it_away(tmp_path: Path) -> None:
    """Two of one name would be an error (P104): nobody could say which is meant."""
    shop = Shop(tmp_path / "shop", listing(1001, "A"))
    shop.offers(document("A", **NEW))
    lost = {"do": "drop_after", "when": {"method": "POST"}}
    shop.control("POST", "settings", {"faults": {"schedule": [{**lost, "times": 2}]}})
    shop.apply(code=-1)
    shop.control("POST", "settings", {"faults": {"schedule": []}})
    shop.apply(code=-1)
    shop.settled()
    run = next(
        each["id"] for each in json.loads(shop.ask("history", "--json"))["runs"] if each["counts"]["applied"]
    )
    shop.ask("undo", run, "--auto-approve", code=-1)
    assert "ReturnPolicy/returns, 14 days" in shop.ask("plan")


def test_a_name_that_says_nothing_is_told_where_it_stands(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", listing(1001, "A"))
    shop.offers(document("A", settings={"return_policy": "two weeks"}, delivery={"processing": "soon"}))
    said = shop.ask("validate", code=1)
    assert "is `two weeks`; it is spelled as in `returns and exchanges, 30 days`" in said
    assert "offers/A.yaml:7:18: error[D503]" in said
    assert "is `soon`; it is spelled as in `ready to ship, 1-3 days`" in said


def test_a_document_of_what_names_itself_is_an_error(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    shop.write(
        "p.yaml", {"kind": "ReturnPolicy", "name": "p", "account": "shop", "return_cost": {"covered_by": "buyer"}}
    )
    assert "a return policy of Etsy is not written" in shop.ask("validate", code=1)


def test_nothing_is_made_for_what_is_not_written(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", listing(1001, "A"))
    shop.offers({**document("A", **NEW), "sync": {"settings": "manual", "delivery": "off"}})
    assert set(shop.changes()) == {"A"}
    shop.offers(document("A", price={"base": "21.00 USD"}, **NEW))
    assert set(shop.changes("--only", "price", "--only", "stock")) == {"A"}


def test_a_settings_template_says_section_and_policy_for_many(tmp_path: Path) -> None:
    """What it says and Etsy has not is told once, where offers inherit it."""
    shop = Shop(tmp_path / "shop", listing(1001, "A"), listing(1002, "B"))
    body = {"who_made": "i_did", "when_made": "made_to_order", "section": "Jugs", "return_policy": "no returns"}
    shop.write("templates/std.yaml", {"kind": "SettingsTemplate", "name": "std", **body, "invoice": "vat"})
    shop.offers(*({**document(sku), "settings": {"template": "std"}} for sku in "AB"))
    assert "not on Etsy: settings.invoice (2 documents)" in shop.ask("plan")
    assert set(shop.changes()) == {"Jugs", "A", "B"}
    shop.apply()
    assert {each["return_policy_id"] for each in shop.listings().values()} == {82}
    assert len({each["shop_section_id"] for each in shop.listings().values()} - {61}) == 1
    shop.settled()
