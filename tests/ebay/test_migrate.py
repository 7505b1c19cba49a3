"""Listings that were made elsewhere: told, left alone, and taken in by an explicit command only, once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from torture.killing import Aim, shoot

from reconciler.cli.failures import Refusal
from reconciler.documents.resources import schema_text
from reconciler.runtime.errors import RunStopped

from .shop import SELLER, Shop, goods

Json = dict[str, Any]
POLICIES = {"fulfillmentPolicyId": "71", "paymentPolicyId": "81", "returnPolicyId": "91"}
BULK = "/sell/inventory/v1/bulk_migrate_listing"


def listing(number: int, sku: str = "", **more: Any) -> Json:
    """A listing that was made on the pages of eBay; without a SKU where none is said."""
    body = {
        "listingId": str(number),
        "title": f"Kanne {sku}",
        "price": "9.90",
        "quantity": 3,
        "category": "20625",
        "condition": "NEW",
        "pictures": ["https://shop.example/e.jpg"],
        "policies": POLICIES,
        **more,
    }
    return body | {"sku": sku} if sku else body


def opened(root: Path, *listings: Json) -> Shop:
    """An account with one item, and these listings that no item stands for."""
    shop, (item, offer) = Shop(root / "shop"), goods("A", 1001)
    shop.control("POST", "seed", {**SELLER, "items": [item], "offers": [offer], "listings": list(listings)})
    return shop


def numbers(shop: Shop) -> dict[str, str | None]:
    """Return what was made elsewhere: its number, and what stands in the way of its migration."""
    body = json.loads(shop.ask("migrate", "--json"))
    jsonschema.validate(body, json.loads(schema_text("migrate")))
    found = body["listings"]
    return {each["remote_id"]: each["stops"] for each in found}


def sent(shop: Shop) -> int:
    """Return how often eBay was asked to migrate."""
    return len(shop.asked(f"POST {BULK}"))


def test_they_are_told_with_what_stands_in_the_way_and_left_alone(tmp_path: Path) -> None:
    """Two of one SKU, one of the SKU of an item, and one without."""
    shop = opened(tmp_path, listing(11, "E"), listing(12), listing(13, "A"), listing(14, "D"), listing(15, "D"))
    assert "note[P123]: 5 listings were made elsewhere: `reconcile migrate shop` shows them" in shop.ask("plan")
    assert shop.changes() == {}
    assert numbers(shop) == {
        "11": None,
        "12": "it has no SKU",
        "13": "there is an item of its SKU",
        "14": "another listing has its SKU",
        "15": "another listing has its SKU",
    }
    with pytest.raises(Refusal, match="12 cannot be migrated: it has no SKU"):
        shop.ask("migrate", "shop", "--listing", "12", "--auto-approve")
    with pytest.raises(Refusal, match="99 is no listing"):
        shop.ask("migrate", "shop", "--listing", "99", "--auto-approve")
    said = shop.ask("migrate", "shop", "--listing", "11", code=1)  # nobody answers
    assert "There is no way back" in said
    assert "only `yes` is taken as consent" in said
    assert sent(shop) == 0


def test_what_is_named_is_migrated_and_is_an_offer_then(tmp_path: Path) -> None:
    """A refusal is a row of its own; what was taken in cannot be undone, and its document is no change."""
    shop = opened(tmp_path, listing(11, "E"), listing(12, "F"), listing(13, "G", policies={}))
    shop.ask("migrate", "shop", "--listing", "11", "--auto-approve")
    assert shop.on_ebay()["E"]["listing"]["listingId"] == "11"
    said = shop.ask("migrate", "shop", "--all", "--auto-approve", code=5)
    assert "Migrated: 1 of 2 listings." in said
    assert "25718" in said
    assert numbers(shop) == {"13": None}
    runs = json.loads(shop.ask("history", "--json"))["runs"]
    assert {each["purpose"] for each in runs} == {"migrate"}
    with pytest.raises(RunStopped, match="no way back"):
        shop.ask("undo", runs[0]["id"], "--auto-approve")
    shop.ask("pull")
    shop.settled()
    assert "P123" in shop.ask("plan")


@pytest.mark.parametrize("fault", ["system_error", "drop_after", "drop_before"])
def test_an_answer_that_was_lost_is_looked_for(fault: str, tmp_path: Path) -> None:
    """25001 may come after the work. What an item stands for by now is not sent again."""
    shop = opened(tmp_path, listing(11, "E"), listing(12, "F"))
    wrong = {"do": fault, "times": 1, "when": {"method": "POST", "path": BULK}}
    shop.control("POST", "settings", {"faults": {"schedule": [wrong]}})
    shop.ask("migrate", "shop", "--all", "--auto-approve")
    assert sent(shop) == (2 if fault == "drop_before" else 1)
    assert numbers(shop) == {}


def test_a_row_of_five_that_is_refused_costs_no_other(tmp_path: Path) -> None:
    shop = opened(tmp_path, *(listing(10 + number, f"E{number}") for number in range(7)))
    wrong = {"do": "rows_fail", "rows": [2], "times": 1, "when": {"path": BULK}}
    shop.control("POST", "settings", {"faults": {"schedule": [wrong]}})
    said = shop.ask("migrate", "shop", "--all", "--auto-approve", code=5)
    assert "Migrated: 6 of 7 listings." in said
    assert (sent(shop), len(numbers(shop))) == (2, 1)


def test_killed_in_between_it_is_gone_on_with_and_nothing_is_migrated_twice(tmp_path: Path) -> None:
    shop = opened(tmp_path, *(listing(10 + number, f"E{number}") for number in range(7)))
    shoot(shop.root, Aim(writes=2), "migrate", "shop", "--all", "--auto-approve")
    shop.ask("migrate", "shop", "--all", "--auto-approve", code=-1)
    runs = json.loads(shop.ask("history", "--json"))["runs"]
    assert {each["state"] for each in runs} == {"finished"}
    skus = [each["sku"] for each in shop.control("GET", "offers?login=sklep")["offers"]]
    assert sorted(skus) == ["A", *(f"E{number}" for number in range(7))]
    assert sent(shop) <= 3


def test_a_freeze_holds_and_a_token_without_the_right_says_so(tmp_path: Path) -> None:
    shop = opened(tmp_path, listing(11, "E"))
    shop.control("POST", "settings", {"withheld_scopes": ["sell.inventory"]})
    with pytest.raises(RunStopped, match="does not tell now"):  # who may not write may not have a report made
        shop.ask("migrate", "shop", "--all", "--auto-approve")
    shop.control("POST", "settings", {"withheld_scopes": []})
    assert numbers(shop) == {"11": None}
    body = {"marketplace": "ebay", "environment": "simulator", "login": "sklep"}
    frozen = {"freeze": [{"from": "2020-01-01T00:00", "until": "2199-01-01T00:00", "why": "stocktaking"}]}
    shop.write("reconcile.yaml", {"kind": "Project", "name": "kubki", "accounts": {"shop": body}, **frozen})
    with pytest.raises(RunStopped, match="nothing was sent"):
        shop.ask("migrate", "shop", "--all", "--auto-approve")
    assert sent(shop) == 0


def test_where_nobody_tells_it_is_said(tmp_path: Path) -> None:
    """25 reports a day."""
    shop = opened(tmp_path, listing(11, "E"))
    shop.control("POST", "settings", {"limits": {"reports_per_day": 0}})
    with pytest.raises(RunStopped, match="does not tell now"):
        shop.ask("migrate", "shop")
