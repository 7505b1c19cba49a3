"""Who wrote a number that came from a source, and how it came to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.main import run
from tests import world
from tests.rules.shop import Shop, erp, follows, there

PRIVATE = {"item": "text", "quantity": "whole", "cost": {"type": "money", "currency": "PLN", "private": True}}


def test_blame_says_how_a_number_came_from_its_source(tmp_path: Path) -> None:
    shop = Shop.make(tmp_path, [there(1, "A")], [follows("A", buffer=2)], {"A": {"PL1": 40, "CZ": 33}})
    shop.apply()
    (field,) = shop.ask("blame", "A", "stock.quantity")["fields"]
    assert field["value"] == 71
    assert field["because"] == "erp A: CZ 33 + PL1 40 = 73, less buffer 2 -> 71"


def test_blame_of_a_number_from_a_document_says_no_such_thing(tmp_path: Path) -> None:
    shop = Shop.make(tmp_path, [there(1, "A")], [world.offer("A", price="61.00 PLN")], {})
    shop.apply()
    (field,) = shop.ask("blame", "A", "price.base")["fields"]
    assert field["because"] is None


def test_blame_hides_what_is_private(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ledger keeps what the plan has shown: a cost stands nowhere."""
    source = erp(columns=PRIVATE)
    offer = world.offer("A", price={"base": {"formula": "erp.cost * 2"}})
    shop = Shop.make(tmp_path, [there(1, "A")], [offer], {}, source=source)
    shop.made.write("erp.csv", "item,quantity,cost\nA,4,17.77\n")
    shop.declare(offer, source=source)
    shop.apply()
    (field,) = shop.ask("blame", "A", "price.base")["fields"]
    assert field["value"] == {"amount": "35.54", "currency": "PLN"}
    assert "…" in field["because"]
    assert "17.77" not in str(field)
    assert run(["-C", str(shop.made.root), "blame", "A", "price.base"]) == 0
    said = capsys.readouterr().out
    assert "35.54 PLN" in said
    assert field["because"] in said


@pytest.mark.parametrize("form", ["markdown", "sarif", "junit", "annotations"])
def test_no_format_of_a_plan_tells_what_is_private(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    """A margin over a private cost refuses the price: the price is told, and how it came to be, and no cost."""
    source = erp(columns=PRIVATE)
    price = {"base": {"formula": "erp.cost * 2", "margin": {"cost": "erp.cost", "least": "70%"}}}
    offer = world.offer("A", price=price)
    shop = Shop.make(tmp_path, [there(1, "A")], [offer], {}, source=source)
    shop.made.write("erp.csv", "item,quantity,cost\nA,4,17.77\n")
    shop.declare(offer, source=source)
    run(["-C", str(shop.made.root), "plan", "--format", form])
    said = capsys.readouterr().out
    assert "17.77" not in said
    if form == "markdown":
        assert "35.54 PLN" in said
        assert "…" in said


def test_the_page_of_a_plan_tells_nothing_private(tmp_path: Path) -> None:
    """The price that a private cost comes to is on the page, and the cost is not."""
    source = erp(columns=PRIVATE)
    offer = world.offer("A", price={"base": {"formula": "erp.cost * 2"}})
    shop = Shop.make(tmp_path, [there(1, "A")], [offer], {}, source=source)
    shop.made.write("erp.csv", "item,quantity,cost\nA,4,17.77\n")
    shop.declare(offer, source=source)
    plan, page = tmp_path / "plan.json", tmp_path / "report.html"
    run(["-C", str(shop.made.root), "plan", "--out", str(plan), "--allow", "price-change"])
    assert run(["show", str(plan), "--format", "html", "--out", str(page)]) == 0
    said = page.read_text("utf-8")
    assert '"35.54"' in said
    assert "17.77" not in said
