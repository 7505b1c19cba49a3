"""`pull --update`: a value of the panel goes to the line where it is defined, and the plan has nothing to say of it."""

from __future__ import annotations

import difflib
import json

import cutting
import pytest
import world
from render.goldens import check
from world import World

from reconciler.cli.main import run
from reconciler.model.modules import Module
from reconciler.model.values import Gain
from reconciler.render.style import PLAIN
from reconciler.render.taking_text import taking_text
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.commands.pull import pull
from reconciler.runtime.commands.update import make_update, write_update
from reconciler.runtime.errors import BadDocuments, RunStopped
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.placing import alone, take_back
from reconciler.runtime.project.workspace import Workspace
from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.simulator import AllegroSimulator

from . import market

A = """\
# Kubek czerwony
kind: Offer
name: A   # klucz

settings: {template: standard}
price:    # brutto
  base:  49.99 PLN   # cena z wiosny
content:
  title: 'Kubek ceramiczny czerwony duży'
  parameters:
    Stan: Nowy     # nie zmieniać
  description: |
    <p>Kubek</p>

  # koniec
stock: 10 # sztuk
"""
B = "kind: Offer\nname: B\nprice: 49.99 PLN\nsettings: standard\n"
DEFAULTS = "kind: Defaults\nOffer:\n  delivery: {prices: Standard, handling: PT24H}\n"
TEMPLATE = "kind: SettingsTemplate\nname: standard\ninvoice: vat\n"
FIRST = "17000000001"


@pytest.fixture
def shop(tmp_path):
    """Two offers in sync; their price list and invoice are inherited."""
    body = {"description": {"sections": [{"items": [{"type": "TEXT", "content": "<p>Kubek</p>"}]}]}}
    offers = [world.live_offer(1, "A", **body), world.live_offer(2, "B", **body)]
    made = World.make(tmp_path, world.seller(offers), [])
    for path, text in {"a.yaml": A, "b.yaml": B, "defaults.yaml": DEFAULTS, "t.yaml": TEMPLATE}.items():
        made.write(path, text)
    made.converge()
    return made


def update(made, *arguments, code=0, capsys):
    capsys.readouterr()
    assert run(["-C", str(made.root), "pull", "--update", "--auto-approve", "--json", *arguments]) == code
    return json.loads(capsys.readouterr().out)


def changed(before, made, path):
    after = (made.root / path).read_bytes().decode()
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def settled(made):
    plan = made.plan()
    assert not world.differences(plan), world.differences(plan)
    again = made.plan(refresh="full")
    assert not world.differences(again)


PANEL = {
    "price": (
        {"sellingMode": {"price": {"amount": "59.90", "currency": "PLN"}}},
        ["-  base:  49.99 PLN   # cena z wiosny", "+  base:  59.90 PLN   # cena z wiosny"],
    ),
    "title": (
        {"name": "Kubek ceramiczny niebieski: duży"},
        ["-  title: 'Kubek ceramiczny czerwony duży'", "+  title: 'Kubek ceramiczny niebieski: duży'"],
    ),
    "description": (
        {"description": {"sections": [{"items": [{"type": "TEXT", "content": "<h1>Kubek</h1><p>Nowy</p>"}]}]}},
        ["-    <p>Kubek</p>", "+    <h1>Kubek</h1>", "+    <p>Nowy</p>"],
    ),
    "stock": ({"stock": {"available": 17, "unit": "UNIT"}}, ["-stock: 10 # sztuk", "+stock: 17 # sztuk"]),
}


@pytest.mark.parametrize("what", PANEL)
def test_a_value_goes_to_its_line_and_all_else_stays(shop, what, capsys):
    """Comments, spaces and quotes: only the value's own span changes; the plan is empty then."""
    patch, lines = PANEL[what]
    shop.panel(FIRST, patch)
    if what == "stock":  # the number is another one on both sides: without this, it is what was sold
        shop.write("a.yaml", A.replace("stock: 10", "stock: 11"))
        lines = ["-stock: 11 # sztuk", lines[1]]
    before = (shop.root / "a.yaml").read_text("utf-8")
    body = update(shop, capsys=capsys)
    assert (body["files"], body["left"]) == (["a.yaml"], [])
    assert changed(before, shop, "a.yaml") == lines
    settled(shop)


def test_what_was_taken_is_drift_when_it_changes_again(shop, capsys):
    """It is remembered as seen equal, and nothing becomes managed by it."""
    shop.panel(FIRST, PANEL["price"][0])
    update(shop, capsys=capsys)
    shop.panel(FIRST, {"sellingMode": {"price": {"amount": "70.00", "currency": "PLN"}}})
    ((field,),) = [change.fields for change in shop.plan().changes]
    assert (field.path, field.drift) == ("price.base", True)


def test_all_forms_of_a_file_are_kept(shop, capsys):
    """A byte order mark, line ends of Windows, several documents in one file, no line end at the end."""
    text = "\ufeff" + (B.replace("name: B", "name: B # b") + "---\n" + A.rstrip("\n")).replace("\n", "\r\n")
    (shop.root / "b.yaml").unlink()
    shop.write("a.yaml", text)
    shop.panel(FIRST, PANEL["price"][0])
    update(shop, capsys=capsys)
    assert (shop.root / "a.yaml").read_bytes() == text.replace("base:  49.99", "base:  59.90").encode()
    settled(shop)


INHERITED = {
    "defaults": ({"delivery": {"handlingTime": "PT48H"}}, "delivery.handling", "defaults.yaml", "+delivery:"),
    "template": ({"payments": {"invoice": "NO_INVOICE"}}, "settings.invoice", "t.yaml", "+settings: {template: standard, invoice: no_invoice}"),
}  # fmt: skip


@pytest.mark.parametrize("where", INHERITED)
def test_what_others_share_is_refused_and_overridden_when_asked(shop, where, capsys):
    patch, path, file, line = INHERITED[where]
    shop.panel(FIRST, patch)
    body = update(shop, code=1, capsys=capsys)
    ((left,), files) = body["left"], body["files"]
    assert (left["path"], left["mark"]["file"], files) == (path, file, [])
    assert "--override" in left["reason"]
    assert changed(A, shop, "a.yaml") == []
    body = update(shop, "--override", capsys=capsys)
    assert body["files"] == ["a.yaml"]
    assert line in changed(A, shop, "a.yaml")
    settled(shop)


def test_a_text_that_a_template_writes_is_refused(shop, capsys):
    """With --override the text itself stands in the document then."""
    shop.write("tytul.txt", "Kubek ceramiczny czerwony duży")
    text = A.replace("'Kubek ceramiczny czerwony duży'", "{template: tytul.txt}  # szablon")
    shop.write("a.yaml", text)
    settled(shop)
    shop.panel(FIRST, PANEL["title"][0])
    body = update(shop, code=1, capsys=capsys)
    assert "tytul.txt" in body["left"][0]["reason"]
    update(shop, "--override", capsys=capsys)
    assert '+  title: "Kubek ceramiczny niebieski: duży"  # szablon' in changed(text, shop, "a.yaml")
    settled(shop)


def test_some_are_taken_and_some_are_not(shop, capsys):
    shop.panel(FIRST, {**PANEL["price"][0], **INHERITED["defaults"][0]})
    body = update(shop, code=5, capsys=capsys)
    assert [each["path"] for each in body["taken"]] == ["price.base"]
    assert [each["path"] for each in body["left"]] == ["delivery.handling"]
    assert {f.path for change in shop.plan().changes for f in change.fields} == {"delivery.handling"}


def test_what_is_chosen(shop, capsys):
    """By name and by module; what is off is taken when it is named."""
    shop.write("b.yaml", B + "sync: {price: off}\n")
    for offer_id in (FIRST, "17000000002"):
        shop.panel(offer_id, {**PANEL["price"][0], **PANEL["title"][0]})
    body = update(shop, "--target", "A", "--only", "content", capsys=capsys)
    assert [(each["key"]["name"], each["path"]) for each in body["taken"]] == [("A", "content.title")]
    body = update(shop, "--target", "B", capsys=capsys)
    assert (body["taken"], body["written"]) == ([], False)
    body = update(shop, "--target", "B", "--only", "price", capsys=capsys)
    assert [(each["key"]["name"], each["path"]) for each in body["taken"]] == [("B", "price.base")]
    assert "price: 59.90 PLN" in (shop.root / "b.yaml").read_text("utf-8")
    assert update(shop, "--target", "AA", code=1, capsys=capsys)["error"]["diagnostics"][0]["code"] == "D330"


def test_a_stock_that_sales_or_others_have_moved_is_taken_when_it_is_named(shop, capsys):
    """By itself the declared number stays: a piece is sold once."""
    shop.panel(FIRST, PANEL["stock"][0])
    assert update(shop, capsys=capsys)["taken"] == []
    update(shop, "--only", "stock", capsys=capsys)
    assert changed(A, shop, "a.yaml") == PANEL["stock"][1]
    settled(shop)
    shop.write("a.yaml", A.replace("stock: 10", "stock: 20"))
    ((field,),) = [change.fields for change in shop.plan().changes]
    assert (field.path, field.before, field.after) == ("stock.quantity", 17, Gain(3))


EDITED = (
    "name", "category", "sellingMode", "description", "payments", "afterSalesServices", "taxSettings", "delivery",
    "additionalMarketplaces", "messageToSellerSettings", "productSet", "parameters", "images", "location",
)  # fmt: skip


def test_whatever_the_panel_holds_goes_into_what_a_pull_wrote(tmp_path):
    """All sorts of offers get the values of others: all of them are taken, and two plans find nothing to do."""
    root = market.project(tmp_path / "shop", seed=False)
    store = root / ".reconcile" / "simulator-allegro.db"
    simulator = AllegroSimulator(store, settings=AllegroSettings.calm())
    simulator.seed(market.account(13))
    simulator.close()
    pull(Workspace(root), (), root, Silent())
    simulator = AllegroSimulator(store)
    for theirs, ours in zip(market.account(13, seed=7)["offers"], market.account(13)["offers"], strict=True):
        if ours["offer"]["publication"]["status"] == "ACTIVE":
            patch = {key: value for key, value in theirs["offer"].items() if key in EDITED}
            simulator.panel_edit(market.LOGIN, ours["offer"]["id"], patch)
    simulator.close()
    found = make_update(Workspace(root), PlanOptions(), Silent(), override=True)
    assert found.taking.refused == ()
    assert len({each.path for each in found.taking.taken}) > 7
    write_update(Workspace(root), found)
    for refresh in ("auto", "full"):
        plan = make_plan(Workspace(root), PlanOptions(refresh=refresh), Silent())
        assert not world.differences(plan), world.differences(plan)


def test_nothing_is_written_without_a_yes(shop, capsys, monkeypatch):
    shop.panel(FIRST, PANEL["price"][0])
    monkeypatch.setattr("sys.stdin", None)
    assert run(["-C", str(shop.root), "pull", "--update"]) == 1
    shown = capsys.readouterr()
    assert "+  base:  59.90 PLN   # cena z wiosny" in shown.out
    assert "Not written" in shown.err
    assert changed(A, shop, "a.yaml") == []


def test_a_file_that_was_changed_meanwhile_stops_all_of_it(shop):
    """Two files, of which one was saved in an editor between the question and the answer: none is written."""
    for offer_id in (FIRST, "17000000002"):
        shop.panel(offer_id, PANEL["price"][0])
    found = make_update(
        Workspace(shop.root), PlanOptions(only=frozenset({Module.PRICE})), Silent(), override=False
    )
    assert list(found.taking.files) == ["a.yaml", "b.yaml"]
    shop.write("b.yaml", B + "# mine\n")
    with pytest.raises(RunStopped, match="changed meanwhile"):
        write_update(Workspace(shop.root), found)
    assert changed(A, shop, "a.yaml") == []
    assert (shop.root / "b.yaml").read_text("utf-8") == B + "# mine\n"
    assert not (shop.root / ".reconcile-pull").exists()


def test_a_value_that_an_alias_repeats_is_left_alone(shop, capsys):
    """To change it would change the other places, or leave them without it."""
    text = "kind: Offer\nname: A\nlabels: {old: &t Kubek ceramiczny czerwony duży}\ncontent: {title: *t}\n"
    shop.write("a.yaml", text)
    shop.panel(FIRST, PANEL["title"][0])
    body = update(shop, code=1, capsys=capsys)
    assert "alias" in body["left"][0]["reason"]
    assert (shop.root / "a.yaml").read_text("utf-8") == text


def test_it_is_readable(shop):
    shop.panel(FIRST, {**PANEL["price"][0], **PANEL["description"][0], **INHERITED["defaults"][0]})
    found = make_update(Workspace(shop.root), PlanOptions(), Silent(), override=False)
    check("taken_over.txt", taking_text(found.taking, PLAIN))
    nothing = make_update(Workspace(shop.root), PlanOptions(targets=("B",)), Silent(), override=False)
    assert list(taking_text(nothing.taking, PLAIN)) == ["Nothing to take over: what is declared is what is live."]


def test_wherever_it_is_cut_off_no_half_of_it_is_planned(shop, capsys):
    """Killed at each of its steps on files: all of the old texts, all of the new ones, or a project that is not read."""
    for offer_id in (FIRST, "17000000002"):
        shop.panel(offer_id, PANEL["price"][0])
    old = {path: (shop.root / path).read_bytes() for path in ("a.yaml", "b.yaml")}
    found = make_update(Workspace(shop.root), PlanOptions(), Silent(), override=False)
    new = {path: after for path, (_, after) in found.taking.files.items()}
    halves = 0
    for step in cutting.cuts():
        killed = cutting.cut_off(lambda: write_update(Workspace(shop.root), found), step, shop.root)
        texts = {path: (shop.root / path).read_bytes() for path in old}
        if texts not in (old, new):
            halves += 1
            with pytest.raises(BadDocuments):
                shop.plan()
        if not killed:
            break
        with alone(shop.root):
            take_back(shop.root)
        assert {path: (shop.root / path).read_bytes() for path in old} in (old, new)
        update(shop, capsys=capsys)
        assert {path: (shop.root / path).read_bytes() for path in old} == new
        for path, text in old.items():
            shop.write(path, text)
    assert halves
    assert texts == new
    settled(shop)


OTHERWISE = {
    "bundles/sku-3-sku-6.yaml": ("quantity: 2", "quantity: 3"),
    "delivery/standard.yaml": ("first: 18.99 PLN", "first: 20.00 PLN"),
    "delivery/z-czechami.yaml": ("first: 89 CZK", "first: 90.50 CZK"),
    "settings/return-policies/14-dni.yaml": ("withdrawal_period: P14D", "withdrawal_period: P30D"),
    "settings/implied-warranties/rekojmia.yaml": ("period: P2Y", "period: P1Y"),
    "settings/producers/fabryka.yaml": ("street: Długa 2", 'street: "Krótka 3"'),
    "settings/persons/osoba.yaml": ("name: Jan Nowak", "name: Jan Kowalski"),
    "settings/tags/nowosc.yaml": ("hidden: false", "hidden: true"),
}


def test_every_kind_of_document_gets_back_what_is_live(tmp_path):
    """A comment beside the value stays, and so does all else of the file."""
    root = market.project(tmp_path / "shop")
    pull(Workspace(root), (), root, Silent())
    wanted = {}
    for path, (live, other) in OTHERWISE.items():
        text = (root / path).read_text("utf-8")
        assert live in text, path
        (root / path).write_text(text.replace(live, f"{other}   # to be seen", 1), "utf-8")
        wanted[path] = text.replace(live, f"{live}   # to be seen", 1)
    wanted["settings/producers/fabryka.yaml"] = wanted["settings/producers/fabryka.yaml"].replace(
        "street: Długa 2", 'street: "Długa 2"'
    )  # in the quotes that are there
    found = make_update(Workspace(root), PlanOptions(), Silent(), override=False)
    assert found.taking.refused == ()
    write_update(Workspace(root), found)
    assert {path: (root / path).read_text("utf-8") for path in OTHERWISE} == wanted
    plan = make_plan(Workspace(root), PlanOptions(), Silent())
    assert not world.differences(plan), world.differences(plan)


def test_what_would_not_come_out_as_it_is_live_is_left_and_the_rest_is_taken(shop, capsys):
    """A part of the value is inherited: with the document's own part alone it cannot become what is live."""
    shop.write("defaults.yaml", DEFAULTS + "  settings: {message_to_seller: {mode: required, hint: Rozmiar?}}\n")
    text = A.replace("{template: standard}", "{template: standard, message_to_seller: {mode: required}}")
    shop.write("a.yaml", text)
    shop.write(
        "b.yaml",
        "kind: Offer\nname: B\nprice: 49.99 PLN\nsettings: {template: standard, message_to_seller: {mode: required}}\n",
    )
    shop.converge()
    shop.panel(FIRST, {**PANEL["price"][0], "messageToSellerSettings": {"mode": "HIDDEN", "hint": None}})
    body = update(shop, code=5, capsys=capsys)
    assert [each["path"] for each in body["taken"]] == ["price.base"]
    assert [(each["path"], "come out" in each["reason"]) for each in body["left"]] == [
        ("settings.message_to_seller", True)
    ]
    assert changed(text, shop, "a.yaml") == PANEL["price"][1]
