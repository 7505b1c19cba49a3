"""`reconcile explain`: which line a value comes from, who decides, what is live, what is next, who wrote last."""

from __future__ import annotations

import json

import jsonschema
import pytest
import world
from render.goldens import check
from world import World

from reconciler.cli.main import run
from reconciler.documents.resources import schema_text
from reconciler.model.modules import Module
from reconciler.render.explained_text import explained_text
from reconciler.render.style import PLAIN
from reconciler.runtime.commands.explain import explain
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

OFFER = """\
kind: Offer
name: A
sync: {content: manual}
settings: {template: standard, invoice: no_invoice}
content:
  title: Kubek z dokumentu
price: 55.00 PLN
stock: {quantity: 10, status: active}
"""
DEFAULTS = """\
kind: Defaults
sync: {stock: off}
Offer:
  settings: {return_policy: 14 dni, safety: Uwaga}
"""
TEMPLATE = """\
kind: SettingsTemplate
name: standard
invoice: vat
return_policy: 30 dni
"""


@pytest.fixture
def shop(tmp_path):
    """One offer whose price, settings, toggles and stock are said in four places."""
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A"), world.live_offer(2, "B")]), [])
    made.write("kubki/a.yaml", OFFER)
    made.write("kubki/defaults.yaml", DEFAULTS)
    made.write("templates/standard.yaml", TEMPLATE)
    return made


def explained(made, *arguments, capsys, code=0):
    capsys.readouterr()
    assert run(["-C", str(made.root), "explain", *arguments, "--json"]) == code
    body = json.loads(capsys.readouterr().out)
    jsonschema.validate(body, json.loads(schema_text("explain" if code == 0 else "failure")))
    return {each["path"]: each for each in body["resources"][0]["fields"]} if code == 0 else body


def test_the_layers_of_a_value_in_order_with_the_winner(shop, capsys):
    fields = explained(shop, "A", capsys=capsys)
    layers = [
        (each["level"], each["mark"]["file"], each["mark"]["line"], each["wins"])
        for each in fields["settings.return_policy"]["layers"]
    ]
    assert layers == [
        ("defaults kubki/defaults.yaml", "kubki/defaults.yaml", 4, False),
        ("template standard", "templates/standard.yaml", 4, True),
    ]
    assert fields["settings.return_policy"]["value"] == "30 dni"
    winner = fields["settings.invoice"]
    assert (winner["value"], winner["mark"]) == (
        "no_invoice",
        {"file": "kubki/a.yaml", "line": 4, "column": 41},
    )


def test_a_text_that_a_template_writes_is_told_by_its_template(tmp_path, capsys):
    """And not by the number of letters in the words that name it."""
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [])
    made.write("o.j2", "<p>{{ name }}</p>")
    made.write("defaults.yaml", "kind: Defaults\nOffer: {content: {description: {template: o.j2}}}\n")
    made.write("a.yaml", "kind: Offer\nname: A\n")
    assert run(["-C", str(made.root), "explain", "A", "content.description"]) == 0
    told = capsys.readouterr().out
    assert "declared    1 section, 8 characters\n" in told
    assert "  1 section, by o.j2\n" in told


def test_the_toggle_and_who_decided_it(shop, capsys):
    fields = explained(shop, "A", capsys=capsys)
    assert (fields["content.title"]["mode"], fields["content.title"]["decided_by"]) == ("manual", "offer")
    assert (fields["stock.quantity"]["mode"], fields["stock.quantity"]["decided_by"]) == (
        "off",
        "defaults kubki/defaults.yaml",
    )
    toggle = fields["stock.quantity"]["toggles"][-1]
    assert (toggle["value"], toggle["mark"]["line"], toggle["wins"]) == ("off", 2, True)


def test_what_is_live_and_what_comes_next(shop, capsys):
    """It says what a plan does: every field that a plan changes, and no other, is a change here."""
    fields = explained(shop, "A", capsys=capsys)
    steps = {path: each["next"] for path, each in fields.items()}
    assert steps["price.base"] == "change"
    assert fields["price.base"]["live"] == {"amount": "49.99", "currency": "PLN"}
    assert (steps["content.title"], steps["stock.quantity"]) == ("held", "off")
    planned = {each.path for change in shop.plan().changes for each in change.fields if not each.held}
    assert {path for path, step in steps.items() if step == "change"} == planned


def test_the_last_writer_and_somebody_else_since(shop, capsys):
    shop.apply(shop.plan(only=frozenset({Module.PRICE})))
    mine = explained(shop, "A", "price.base", capsys=capsys)["price.base"]
    assert (mine["next"], mine["last_writer"]["value"]["amount"], mine["somebody_else_since"]) == (
        "equal",
        "55.00",
        False,
    )
    shop.panel("17000000001", {"sellingMode": {"price": {"amount": "99.00", "currency": "PLN"}}})
    theirs = explained(shop, "A", "price.base", capsys=capsys)["price.base"]
    assert (theirs["next"], theirs["somebody_else_since"]) == ("change", True)


def test_offline_asks_nobody(shop, capsys):
    shop.apply(shop.plan())
    shop.forget_requests()
    fields = explained(shop, "A", "--offline", capsys=capsys)
    assert shop.sent() == []
    assert {each["next"] for each in fields.values()} == {"unasked"}
    assert fields["price.base"]["as_remembered"] is True
    shop.write("kubki/a.yaml", OFFER.replace("55.00", "56.00"))
    assert explained(shop, "A", "--offline", capsys=capsys)["price.base"]["as_remembered"] is False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a"], "Did you mean `A`?"),
        (["A", "price.bse"], "Did you mean `price.base`?"),
        (["A", "delivery"], "left alone"),
    ],
)
def test_what_is_not_there_is_said_with_the_nearest(shop, arguments, said, capsys):
    """An unknown resource is D330, an unknown field D331."""
    body = explained(shop, *arguments, capsys=capsys, code=1)
    assert said in json.dumps(body, ensure_ascii=False)
    code = "D330" if len(arguments) == 1 else "D331"
    assert [each["code"] for each in body["error"]["diagnostics"]] == [code]


def test_it_is_readable(shop):
    """Whole, as a person reads it."""
    shop.panel("17000000001", {"sellingMode": {"price": {"amount": "99.00", "currency": "PLN"}}})
    found = explain(Workspace(shop.root), "A", None, None, offline=False, progress=Silent()).found
    check(
        "explained.txt",
        [*explained_text(found, PLAIN, whole=False), "", *explained_text(found, PLAIN, whole=True)],
    )


def test_every_kind_of_document_is_explained(tmp_path, capsys):
    """Kind/name, and fields of sections that are written whole."""
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [])
    made.write(
        "d.yaml",
        "kind: ReturnPolicy\nname: 14 dni\navailability: {range: full}\n---\nkind: OfferTag\nname: X\nhidden: true\n",
    )
    fields = explained(made, "OfferTag/X", capsys=capsys)
    assert fields["hidden"]["mark"] == {"file": "d.yaml", "line": 7, "column": 9}
    assert fields["hidden"]["next"] == "create"


def test_what_follows_a_source_and_is_left_is_explained_by_its_rule(tmp_path, capsys):
    live = [world.live_offer(1, "A", stock={"available": 5, "unit": "UNIT"})]
    made = World.make(tmp_path, world.seller(live), [world.offer("A", stock={"from": "erp", "only": "down"})])
    columns = "{item: text, quantity: whole}"
    made.write("erp.yaml", f"kind: Source\nname: erp\ntype: csv\npath: erp.csv\ncolumns: {columns}\norders: {{by: wfirma, within: 15m}}\n")  # fmt: skip
    made.write("erp.csv", "item,quantity\nA,9\n")
    left = explained(made, "A", "stock.quantity", capsys=capsys)["stock.quantity"]
    assert left["next"] == "left"
    assert left["why"].startswith("its rule leaves it")
    with made.simulator() as simulator:
        simulator.end(world.LOGIN, "17000000001", "EMPTY_STOCK")
    made.documents(world.offer("A", stock={"from": "erp", "status": "active"}))
    made.write("erp.csv", "item,quantity\nA,0\n")
    status = explained(made, "A", "stock.status", capsys=capsys)["stock.status"]
    assert status["next"] == "left"
    assert status["why"] == "it is put on sale when its source says that pieces are there"


def test_mistakes_of_others_change_nothing(shop, capsys):
    """One of its own is said, and what can be explained is; a document that cannot be used is told as wrong."""
    before = explained(shop, "A", capsys=capsys)
    shop.write("kubki/b.yaml", "kind: Offer\nname: B\nprise: 1 PLN\n")
    assert explained(shop, "A", capsys=capsys) == before
    body = explained(shop, "B", capsys=capsys, code=1)
    assert [each["code"] for each in body["error"]["diagnostics"]] == ["D204"]
    shop.write("kubki/a.yaml", OFFER.replace("Kubek z dokumentu", "Kubek"))
    capsys.readouterr()
    assert run(["-C", str(shop.root), "explain", "A", "--json"]) == 1
    body = json.loads(capsys.readouterr().out)
    assert {each["code"] for each in body["diagnostics"]} == {"D503"}
    assert body["resources"][0]["key"]["name"] == "A"
