"""One product on three marketplaces, each of which knows it by another sku: what the commands say of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import world
from ebay.shop import LOGIN as ON_EBAY
from ebay.shop import SELLER as EBAY
from ebay.shop import goods
from etsy.shop import LOGIN as ON_ETSY
from etsy.shop import SELLER as ETSY
from etsy.shop import listing
from simulator import example

from reconciler.cli.show import read_saved
from reconciler.render.html.plan_data import plan_data
from reconciler.simulator.app import simulator_of
from tests.one_account import OneAccount

LOGINS = {"allegro": world.LOGIN, "etsy": ON_ETSY, "ebay": ON_EBAY}
BODY: dict[str, Any] = {
    "kind": "Offer",
    "name": "kubek",
    "accounts": [*LOGINS],
    "price": {"base": "49.00 PLN", "etsy-usd": "21.00 USD", "ebay-de": "13.00 EUR"},
    "sku": "ACME-300",
    "for": {"allegro": {"sku": "K-1"}, "ebay": {"sku": "EB.300"}},
}


class Shops(OneAccount):
    """A project with an account on each marketplace; each has the product, under its sku."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / ".reconcile").mkdir(mode=0o700, parents=True)
        there = {
            each: {"marketplace": each, "environment": "simulator", "login": login}
            for each, login in LOGINS.items()
        }
        self.write(
            "reconcile.yaml",
            {"kind": "Project", "name": "kubki", "accounts": there, "guards": world.SWITCH_OFF_GUARDS},
        )
        item, offer = goods("EB.300", 8001)
        plate = example.offer_body()["productSet"]
        plate[0]["product"]["id"] = world.SECOND_PRODUCT
        live = [
            world.live_offer(1, "K-1"),
            world.live_offer(2, "T-1", productSet=plate),
            world.live_offer(3, "kubek"),
        ]
        self.seed("allegro", world.seller(live))
        self.seed("etsy", {**ETSY, "listings": [listing(1001, "ACME-300")]})
        self.seed("ebay", {**EBAY, "items": [item], "offers": [offer]})
        self.offers(BODY)

    def seed(self, marketplace: str, seller: dict[str, Any]) -> None:
        simulator = simulator_of(marketplace)(self.root / f".reconcile/simulator-{marketplace}.db")
        simulator.seed(seller)
        simulator.close()

    def known(self, *more: str) -> dict[str, list[tuple[str, str]]]:
        """What a plan would change: by account the sku and the document."""
        return {
            part["account"]: [(each["key"]["name"], each.get("document", "")) for each in part["changes"]]
            for part in self.plan(*more)["accounts"]
        }


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Shops:
    return Shops(tmp_path_factory.mktemp("skus") / "shop")


ALL = {"allegro": [("K-1", "kubek")], "etsy": [("ACME-300", "kubek")], "ebay": [("EB.300", "kubek")]}


def test_each_account_is_changed_by_its_own_sku(shops: Shops) -> None:
    assert shops.known() == ALL


@pytest.mark.parametrize(
    ("target", "found"),
    [("kubek", {"allegro", "etsy", "ebay"}), ("Offer/kub*", {"allegro", "etsy", "ebay"}), ("EB.300", {"ebay"}), ("*-[1-3]*", {"allegro", "etsy"})],
)  # fmt: skip
def test_a_target_is_a_name_or_a_sku(shops: Shops, target: str, found: set[str]) -> None:
    assert {account for account, rows in shops.known("--target", target).items() if rows} == found


def test_one_product_stands_together_under_its_name(shops: Shops) -> None:
    other = {"kind": "Offer", "name": "dzban", "account": "allegro", "sku": "T-1", "price": "48.00 PLN"}
    shops.write("offers/other.yaml", other)
    try:
        said = shops.ask("plan", "--by", "offer")
    finally:
        (shops.root / "offers/other.yaml").unlink()
    assert re.findall(r"^  ~ (.* on \w+)", said, re.MULTILINE) == [
        "kubek (sku K-1) on allegro",
        "kubek (sku ACME-300) on etsy",
        "kubek (sku EB.300) on ebay",
        "dzban (sku T-1) on allegro",
    ]


def test_the_page_and_the_explanation_say_both(shops: Shops) -> None:
    said = shops.ask("explain", "kubek", "--offline")
    for sku, account in (("K-1", "allegro"), ("ACME-300", "etsy"), ("EB.300", "ebay")):
        assert f"kubek (sku {sku}) on account {account}" in said
    one = shops.ask("explain", "EB.300", "price", "--offline")
    assert "kubek (sku EB.300) on account ebay" in one
    assert "allegro" not in one.splitlines()[0]
    assert "kubek (sku ACME-300)" in shops.ask("list", "--offline", "--target", "kubek")
    assert "3 documents" in shops.ask("graph", "--target", "kubek")
    assert "1 document " in shops.ask("graph", "--target", "K-1")
    saved = shops.root / "plan.json"
    shops.ask("plan", "--out", str(saved))
    schema = json.loads((Path(__file__).parents[2] / "schemas/plan.schema.json").read_text())
    assert jsonschema_rs.is_valid(schema, json.loads(saved.read_text()))
    rows = plan_data(read_saved(saved))["rows"]
    assert [(row[2], row[12]) for row in rows] == [(sku, "kubek") for sku in ("K-1", "ACME-300", "EB.300")]


def test_a_bundle_names_documents_and_gets_their_offers(shops: Shops) -> None:
    """There is an offer whose key is the name of the document: it is not what is meant."""
    shops.write("other.yaml", {"kind": "Offer", "name": "talerz", "account": "allegro", "sku": "T-1"})
    slots = [{"offers": ["kubek"]}, {"offers": ["talerz"]}]
    shops.write("set.yaml", {"kind": "Bundle", "name": "set", "account": "allegro", "slots": slots})
    try:
        said = shops.ask("apply", "--auto-approve", "--account", "allegro")
        assert "#1  offers: K-1," in said
        assert "#2  offers: T-1," in said
        part = shops.plan("--account", "allegro")["accounts"][0]
        assert (part["changes"], part["settling"]) == ([], [])
    finally:
        (shops.root / "other.yaml").unlink()
        (shops.root / "set.yaml").unlink()


def test_another_sku_is_another_offer_unless_it_is_said_that_it_moved(tmp_path: Path) -> None:
    shops = Shops(tmp_path / "shop")
    (shops.root / "offers/kubek.yaml").unlink()
    only = ("--account", "allegro")

    def declare(sku: str, **more: Any) -> None:
        shops.offers(world.whole_offer("talerz", account="allegro", sku=sku, **more))

    declare("T-9")
    shops.ask("apply", "--auto-approve", *only)
    declare("T-10")
    said = shops.ask("plan", *only)
    assert (
        "offers/talerz.yaml:2:7: warning[P305]: T-10 is not created: offer 17000000010 (T-9) has the same" in said
    )
    assert "write `moved: {from: T-9}` where its key was renamed" in said
    declare("T-10", content={**world.whole_offer("x")["content"], "title": "Miska porcelanowa biała duża"})
    changes = shops.plan(*only)["accounts"][0]["changes"]
    assert [(each["key"]["name"], each["verb"]) for each in changes] == [("T-10", "create"), ("T-9", "end")]
    declare("T-10", moved={"from": "T-9"})
    assert "talerz (sku T-10)" in shops.ask("apply", "--auto-approve", *only)
    assert shops.known(*only)["allegro"] == []
    live = simulator_of("allegro")(shops.root / ".reconcile/simulator-allegro.db")
    keys = [(each.get("external") or {}).get("id") for each in live.offers(world.LOGIN)]
    live.close()
    assert sorted(keys) == ["K-1", "T-1", "T-10", "kubek"]
    (shops.root / "offers/talerz.yaml").unlink()
    shops.offers(world.whole_offer("miska", account="allegro", sku="T-10"))
    assert shops.known(*only)["allegro"] == [], "another name, and the same sku: the same offer"


def test_what_cannot_be_read_ends_nothing_that_it_may_be_known_by(tmp_path: Path) -> None:
    shops = Shops(tmp_path / "shop")
    shops.ask("apply", "--auto-approve")
    shops.offers({**BODY, "labels": "red"})
    for part in shops.plan()["accounts"]:
        assert (part["changes"], [each["key"]["name"] for each in part["held"]]) == (
            [],
            [ALL[part["account"]][0][0]],
        )
    wrong = [
        {"sku": None},
        {"for": {"ebay": "EB.300"}},
        {"for": {"ebay": {"skuu": "EB.300"}}},
        {"fro": BODY["for"]},
    ]
    wrong += [{"for": {"ebey": BODY["for"]["ebay"], "allegro": {"sku": "K-1"}}}]
    for said in wrong:
        shops.offers({**BODY, **said})
        for part in shops.plan()["accounts"]:
            assert part["changes"] == [], said


def test_live_values_are_written_into_the_document_that_has_the_sku(tmp_path: Path) -> None:
    shops = Shops(tmp_path / "shop")
    body = {"kind": "Offer", "name": "talerz", "account": "allegro", "sku": "T-1", "price": "48.00 PLN"}
    shops.offers(body, {**body, "name": "T-1", "sku": "kubek"})
    only = ("--account", "allegro")
    shops.ask("pull", "--update", *only, "--auto-approve", "--target", "talerz")
    assert "price: 49.99 PLN" in (shops.root / "offers/talerz.yaml").read_text()
    assert "price: 48.00 PLN" in (shops.root / "offers/T-1.yaml").read_text()
    (shops.root / "offers/T-1.yaml").unlink()
    shops.ask("adopt", "talerz", "17000000003", *only)
    assert 'adopt: "17000000003"' in (shops.root / "offers/talerz.yaml").read_text()


def test_what_is_pulled_has_a_sku_where_its_key_is_no_name(tmp_path: Path) -> None:
    """A name is one line without spaces at its ends, and of one document: one may be called so and mean another."""
    shops = Shops(tmp_path / "shop")
    shops.seed(
        "allegro",
        world.seller([world.live_offer(1, "K-1"), world.live_offer(2, "T-1"), world.live_offer(3, "K 1 ")]),
    )
    shops.offers({"kind": "Offer", "name": "T-1", "account": "allegro", "sku": "K-1", "price": "49.99 PLN"})
    (shops.root / "offers/kubek.yaml").unlink()
    said = shops.ask("pull", "--account", "allegro")
    texts = {each.name: each.read_text() for each in shops.root.glob("allegro/offers/*/*.yaml")}
    skus = {
        name: re.findall(r"^(?:name|sku): .*$", text, re.MULTILINE)
        for name, text in texts.items()
        if "Offer\nname" in text
    }
    assert sorted(skus.values()) == [
        ["name: k-1-17000000003", 'sku: "K 1 "'],
        ["name: t-1-17000000002", "sku: T-1"],
    ], said
    assert shops.known("--account", "allegro")["allegro"] == []


def test_a_source_knows_the_documents_name(tmp_path: Path) -> None:
    """The warehouse has one article, however many marketplaces sell it under skus of their own."""
    shops = Shops(tmp_path / "shop")
    table = {"type": "csv", "path": "erp.csv", "columns": {"item": "text", "quantity": "whole"}}
    shops.write(
        "erp.yaml", {"kind": "Source", "name": "erp", **table, "orders": {"by": "wfirma", "within": "15m"}}
    )
    (shops.root / "erp.csv").write_text("item,quantity\nkubek,3\nK-1,90\nEB.300,91\n")
    shops.offers({**{key: said for key, said in BODY.items() if key != "price"}, "stock": {"from": "erp"}})
    found = {
        (change["key"]["name"], field["after"])
        for part in shops.plan()["accounts"]
        for change in part["changes"]
        for field in change["fields"]
        if field["path"] == "stock.quantity"
    }
    assert found == {("K-1", 3), ("ACME-300", 3), ("EB.300", 3)}


def test_where_a_sku_cannot_be_given_anew_a_move_is_refused_as_of_a_name(tmp_path: Path) -> None:
    shops = Shops(tmp_path / "shop")
    shops.offers({**BODY, "accounts": ["ebay"], "for": {"ebay": {"sku": "EB.301"}}, "moved": {"from": "EB.300"}})
    said = shops.ask("plan", "--account", "ebay", code=-1)
    assert "error[P404]: EB.301 (EB.300) cannot be renamed" in said
