"""No fee is ever paid that a plan had not shown: what costs money, how much in sum, up to what is allowed."""

from __future__ import annotations

import json
import os
import re
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from .shop import LOGIN, Shop, document, listing

ALLOW = ("--allow", "fees", "--allow", "stock-baseline", "--allow", "ends", "--allow", "creates")
#: Histories to live through, so many as the variable says; the first has a listing that runs out behind a plan's back.
_SEEDS = range(3, 3 + int(os.environ.get("ETSY_FEES", "1")))
#: What our own writes make the marketplace charge; `auto_renewal` and `renewal_by_sale` it charges by itself.
OURS = {"listing", "renewal"}


def always(sku: str, pieces: int, status: str = "active", **more: Any) -> dict[str, Any]:
    """An offer whose number is written whatever was sold."""
    body = document(sku, **more)
    body["stock"] = {"always": pieces, "status": status}
    return body


def sold_out(root: Path) -> Shop:
    """A shop with one listing whose last piece was bought, and that shall be on sale again."""
    shop = Shop(root / "shop", listing(1001, "A", quantity=1))
    shop.offers(always("A", 4))
    shop.control("POST", "sale", {"login": LOGIN, "sku": "A", "quantity": 1})
    return shop


def test_an_allowed_fee_is_shown_with_its_sum_and_its_limit(tmp_path: Path) -> None:
    """In the text, in Markdown, in JSON and on the page; held against what guards allow."""
    shop = sold_out(tmp_path)
    picture = shop.picture("a.png", 10)
    shop.offers(always("A", 4), document("N", content={"images": [picture]}))
    file, page = str(shop.root / "plan.json"), shop.root / "plan.html"
    said = shop.ask("plan", "--allow", "fees=0.50", "--out", file)
    shop.ask("show", file, "--format", "html", "--out", str(page))
    assert said.count("(costs 0.20 USD at once)") == 2
    assert "fees      0.40 USD charged at once for 2 offers; up to 0.5 USD is allowed" in said
    assert "0.40 USD charged at once for 2 offers; up to 0.5 USD is allowed" in shop.ask(
        "show", file, "--format", "markdown"
    )
    assert '"fees":[["0.40 USD",["0.5 USD"],[["A","0.20 USD"],["N","0.20 USD"]]]]' in page.read_text()
    part = shop.plan("--allow", "fees")["accounts"][0]
    assert part["fees"] == [{"amount": "0.40", "currency": "USD"}]
    assert "any sum is allowed" in shop.ask("plan", "--allow", "fees")


def test_an_undo_pays_nothing_that_was_not_allowed(tmp_path: Path) -> None:
    """A run ended what had run out in the meantime: to put it back on sale is a renewal."""
    shop = Shop(tmp_path / "shop", listing(1001, "A"))
    shop.offers(always("A", 5, "ended"))
    shop.apply("--allow", "stock-baseline")
    shop.control("POST", "end-listing", {"login": LOGIN, "sku": "A", "state": "expired"})
    said = shop.ask("undo", last_run(shop), "--auto-approve", code=3)
    assert "the marketplace charges 0.20 USD at once; nothing may be charged" in said
    assert not paid(shop)
    said = shop.ask("undo", last_run(shop), "--auto-approve", "--allow", "fees=0.20")
    assert "0.20 USD charged at once for 1 offer" in said
    assert paid(shop) == Decimal("0.20")


@pytest.mark.parametrize("command", ["resync", "revert"])
def test_what_resends_or_puts_back_pays_nothing_unasked(tmp_path: Path, command: str) -> None:
    shop = Shop(tmp_path / "shop", listing(1001, "A"))
    shop.offers(always("A", 5))
    shop.apply("--allow", "stock-baseline")
    shop.control("POST", "end-listing", {"login": LOGIN, "sku": "A", "state": "expired"})
    more = ("--account", "shop", "--yes") if command == "resync" else ("--auto-approve",)
    shop.ask(command, *more, code=-1)
    assert not paid(shop)
    assert shop.listings()["A"]["state"] == "expired"


def test_what_ran_out_after_the_plan_is_not_renewed(tmp_path: Path) -> None:
    """It was inactive, and to resume it was free; both are `ended` to us, and only one of them costs."""
    shop = Shop(tmp_path / "shop", listing(1001, "A", state="inactive"))
    shop.offers(always("A", 5))
    shop.ask("plan", "--out", str(shop.root / "plan.json"), *ALLOW)
    shop.control("POST", "end-listing", {"login": LOGIN, "sku": "A", "state": "expired"})
    said = shop.ask("apply", str(shop.root / "plan.json"), "--auto-approve", code=-1)
    assert "would charge 0.20 USD for it now, which the plan has not shown: plan again" in said
    assert not paid(shop)


def test_what_was_inactive_for_four_months_has_run_out(tmp_path: Path) -> None:
    """Its time goes on while it is off sale [?]; the plan says that it costs money then."""
    shop = Shop(tmp_path / "shop", listing(1001, "A", state="inactive"))
    shop.offers(always("A", 5))
    assert "fees" not in shop.plan()["accounts"][0]
    shop.control("POST", "clock", {"advance_seconds": 130 * 86_400})
    assert shop.plan()["accounts"][0]["fees"] == [{"amount": "0.20", "currency": "USD"}]


def last_run(shop: Shop) -> str:
    """Return the number of the newest run."""
    found: str = json.loads(shop.ask("history", "--json"))["runs"][0]["id"]
    return found


def paid(shop: Shop) -> Decimal:
    """Return what our writes have cost so far."""
    return sum((_amount(each) for each in shop.fees() if each["kind"] in OURS), Decimal(0))


def _amount(fee: dict[str, Any]) -> Decimal:
    money = fee["amount"]
    return Decimal(money["amount"]) / money["divisor"] if isinstance(money, dict) else Decimal(str(money))


@pytest.mark.parametrize("seed", _SEEDS)
def test_the_sum_that_was_paid_is_at_most_the_sum_that_was_shown(tmp_path: Path, seed: int) -> None:
    """Random documents, buyers, people and clocks between each plan and its apply; answers are lost, too."""
    random = Random(seed)
    shop = Shop(tmp_path / "shop", *(listing(1001 + place, sku) for place, sku in enumerate("ABC")))
    picture = shop.picture("a.png", 10)
    shown, steps = Decimal(0), 6
    for number in range(steps):
        for sku in random.sample("ABCDE", 3):
            shop.offers(_declared(random, sku, picture))
        for _ in range(random.randrange(3)):
            _happening(shop, random)
        shop.ask("plan", "--out", str(shop.root / "plan.json"), *ALLOW, code=-1)
        plan = json.loads((shop.root / "plan.json").read_text())
        for _ in range(random.randrange(3)):
            _happening(shop, random)
        if random.random() < 0.3:
            trouble = random.choice(("drop_after", "500", "renewal_fails", "no_effect"))
            shop.control("POST", "settings", {"faults": {"schedule": [{"do": trouble, "times": 1}]}})
        shop.ask("apply", str(shop.root / "plan.json"), "--auto-approve", code=-1)
        shown += _shown(plan)
        if random.random() < 0.3:
            shown += _undone(shop)
        assert paid(shop) <= shown, f"seed {seed}, step {number}"


def _declared(random: Random, sku: str, picture: str) -> dict[str, Any]:
    status = random.choice(("active", "active", "active", "ended"))
    more = {"content": {"images": [picture]}} if sku in "DE" else {}
    if random.random() < 0.4:
        return document(sku, stock={"quantity": random.choice((0, 3)), "status": status}, **more)
    return always(sku, random.randrange(1, 4), status, **more)


def _happening(shop: Shop, random: Random) -> None:
    """Somebody buys, a person ends or resumes, a listing runs out, or months go by."""
    there = [(sku, each) for sku, each in shop.listings().items() if each["state"] in ("active", "inactive")]
    if random.random() < 0.15:
        shop.control("POST", "clock", {"advance_seconds": random.choice((3_600, 125 * 86_400))})
    elif there:
        each = random.choice(there)[1]
        pieces = each["inventory"]["products"][0]["offerings"][0]["quantity"]
        if each["state"] == "active" and random.random() < 0.5:
            shop.control("POST", "sale", {"login": LOGIN, "listing_id": each["listing_id"], "quantity": pieces})
        else:
            state = random.choice(("inactive", "expired"))
            shop.control("POST", "end-listing", {"login": LOGIN, "listing_id": each["listing_id"], "state": state})


def _undone(shop: Shop) -> Decimal:
    said = shop.ask("undo", last_run(shop), "--auto-approve", *ALLOW, code=-1)
    return sum(map(Decimal, re.findall(r"fees +([0-9.]+) USD charged", said)), Decimal(0))


def _shown(plan: dict[str, Any]) -> Decimal:
    fees = (each for part in plan["accounts"] for each in part.get("fees", ()))
    return sum((Decimal(each["amount"]) for each in fees), Decimal(0))
