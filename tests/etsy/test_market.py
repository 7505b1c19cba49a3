"""The site on which an account sells, and what a key may be there."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from reconciler.runtime.errors import AuthenticationFailed
from reconciler.runtime.project.resolve import resolve_project
from reconciler.runtime.project.workspace import Workspace

from .shop import LOGIN, SELLER, Shop, document, listing


def in_euros(root: Path, **account: str) -> Shop:
    """A shop that sells in euros."""
    shop = Shop(root / "shop", **account)
    shop.control("POST", "seed", {**SELLER, "currency": "EUR", "listings": [listing(1001, "A")]})
    return shop


def test_each_account_takes_the_price_of_its_own_site(tmp_path: Path) -> None:
    """It is nearer than the plain one; those of other sites are for other accounts, also of the same marketplace."""
    shop = in_euros(tmp_path)
    there = {"marketplace": "etsy", "environment": "simulator"}
    accounts = {
        "shop": {**there, "login": LOGIN, "market": "etsy-eur"},
        "other": {**there, "login": "other", "market": "etsy-usd"},
    }
    shop.write("reconcile.yaml", {"kind": "Project", "name": "pottery", "accounts": accounts})
    prices = {"base": "90.00 PLN", "etsy-eur": "21.50 EUR", "etsy-usd": "25.00 USD", "allegro-cz": "500 CZK"}
    shop.offers({**document("A", price=prices), "accounts": ["shop", "other"]})
    only = ("--account", "shop")
    was, now = shop.changes(*only)["A"]["price.base"]
    assert (was, now) == ({"amount": "20.50", "currency": "EUR"}, {"amount": "21.50", "currency": "EUR"})
    assert "20.50 EUR -> 21.50 EUR  (+4.9 %)  line 26" in shop.ask("plan", *only)
    shop.apply(*only)
    assert shop.changes(*only) == {}


def test_a_site_that_is_not_the_shops_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    shop = in_euros(tmp_path, market="etsy-usd")
    shop.offers(document("A"))
    with pytest.raises(AuthenticationFailed, match="is declared on etsy-usd, and sells on etsy-eur"):
        shop.ask("plan")


def test_a_site_that_is_none_is_told_where_it_stands(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    settings = {"marketplace": "etsy", "environment": "simulator", "login": LOGIN, "market": "etsy-euro"}
    text = yaml.safe_dump({"kind": "Project", "name": "p", "accounts": {"shop": settings}}, sort_keys=False)
    (shop.root / "reconcile.yaml").write_text(text)
    said = shop.ask("validate", code=1)
    assert "reconcile.yaml:8:13: error[D323]: etsy has no site `etsy-euro`" in said
    assert "etsy-eur" in said.split("hint:")[1]


def test_a_name_that_cannot_be_a_key_is_told_where_it_stands(tmp_path: Path) -> None:
    """What is taken over keeps the key that it has, whatever its document is called."""
    shop = Shop(tmp_path / "shop")
    shop.offers(document("M" * 33), document("A^1"), {**document("B"), "for": {"etsy": {"sku": "B^1"}}})
    said = shop.ask("validate", code=1)
    assert "offers/B.yaml:31:10: error[D509]: the sku B^1 of an offer has `^`" in said
    assert f"offers/{'M' * 33}.yaml:2:7: error[D509]: the name {'M' * 33} of an offer has 33 characters" in said
    assert "offers/A^1.yaml:2:7: error[D509]: the name A^1 of an offer has `^`" in said
    for each in ("A^1", "B"):
        (shop.root / f"offers/{each}.yaml").unlink()
    shop.offers({**document("M" * 33), "adopt": "1001"})
    assert "D509" not in shop.ask("validate")


def test_one_map_of_prices_serves_all_marketplaces(tmp_path: Path) -> None:
    """A marketplace with prices on many sites leaves those of others out, too; what is no site anywhere stays one."""
    there = {"environment": "simulator"}
    accounts = {
        "shop": {**there, "marketplace": "etsy", "login": LOGIN},
        "poland": {**there, "marketplace": "allegro", "login": "sklep"},
    }
    shop = Shop(tmp_path / "shop")
    shop.write("reconcile.yaml", {"kind": "Project", "name": "pottery", "accounts": accounts})
    prices = {"base": "90.00 PLN", "etsy-usd": "25.00 USD", "allegro-cz": "500 CZK", "allegro-xx": "9 EUR"}
    body = {"kind": "Offer", "name": "A", "accounts": ["shop", "poland"], "price": prices}
    shop.write("offers/A.yaml", body)
    found = [each for part in resolve_project(Workspace(shop.root)).wanted for each in part.desired]
    told = {each.key.account: {path: str(value) for path, value in each.fields.items()} for each in found}
    assert told["shop"] == {"price.base": "25.00 USD"}
    assert set(told["poland"]) == {"price.base", "price.allegro-cz", "price.allegro-xx"}


def test_nothing_is_made_elsewhere_where_all_is_listed(tmp_path: Path) -> None:
    """It is one sentence, and nothing is asked of the marketplace."""
    shop = Shop(tmp_path / "shop", listing(1001, "A"))
    assert "Etsy keeps nothing apart that was made elsewhere" in shop.ask("migrate", "shop", "--all")
