"""`drift`, `adopt --drift` and `revert`: what moved there is told, taken or put back, and nothing else is touched."""

from __future__ import annotations

import difflib
import json

import pytest
import world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from world import World

from reconciler.cli.main import run
from reconciler.engine.drift import drift_of, drifted
from reconciler.engine.reviewed import within
from reconciler.model.changes import CREATED_AGAIN, Change, FieldChange, Verb
from reconciler.model.modules import Module
from reconciler.model.offers import Key

A = """\
# Kubek czerwony
kind: Offer
name: A   # klucz
settings: standard
price:    # brutto
  base:  49.99 PLN   # cena z wiosny
content:
  title: 'Kubek ceramiczny czerwony duży'
stock: 10 # sztuk
"""
B = "kind: Offer\nname: B\nprice: 49.99 PLN\nsettings: standard\n"
DEFAULTS = "kind: Defaults\nOffer:\n  delivery: {prices: Standard, handling: PT24H}\n"
TEMPLATE = "kind: SettingsTemplate\nname: standard\ninvoice: vat\n"
FIRST, SECOND = "17000000001", "17000000002"


def priced(amount):
    return {"sellingMode": {"price": {"amount": amount, "currency": "PLN"}}}


def made_in(folder, a=A):
    made = World.make(folder, world.seller([world.live_offer(1, "A"), world.live_offer(2, "B")]), [])
    for path, text in {"a.yaml": a, "b.yaml": B, "defaults.yaml": DEFAULTS, "t.yaml": TEMPLATE}.items():
        made.write(path, text)
    made.converge()
    return made


@pytest.fixture
def shop(tmp_path):
    return made_in(tmp_path)


def said(made, *arguments, code, capsys):
    capsys.readouterr()
    assert run(["-C", str(made.root), *arguments]) == code
    return capsys.readouterr().out


def drift(made, capsys, code=2):
    body = json.loads(said(made, "drift", "--json", code=code, capsys=capsys))
    return [(each["key"]["name"], each["path"], each["moved"]) for each in body["drift"]]


def test_only_what_moved_there_is_drift_and_nothing_is_sent(shop, capsys):
    """B's price is changed in its document only; of A somebody changed the price there, and both the title."""
    assert drift(shop, capsys, code=0) == []
    shop.write("b.yaml", B.replace("49.99", "51.00"))
    shop.write("a.yaml", A.replace("czerwony duży", "czerwony mały"))
    shop.panel(FIRST, {**priced("59.90"), "name": "Kubek z panelu"})
    shop.forget_requests()
    assert sorted(drift(shop, capsys)) == [("A", "content.title", "both"), ("A", "price.base", "live")]
    assert not shop.writes()
    told = said(shop, "drift", "--no-color", code=2, capsys=capsys)
    assert "changed on the marketplace, declared in a.yaml:6" in told
    assert "Drift: 2 differences on 1 resource; 1 changed in the documents, too." in told


def test_the_events_tell_when_it_was_moved(shop, capsys):
    shop.panel(FIRST, priced("59.90"))
    (each,) = json.loads(said(shop, "drift", "--json", code=2, capsys=capsys))["drift"]
    assert (each["event"], each["event_by"]) == ("OFFER_PRICE_CHANGED", None)
    assert each["event_at"]
    assert "OFFER_PRICE_CHANGED at 20" in said(shop, "drift", "--no-color", code=2, capsys=capsys)


def test_a_price_that_a_guard_would_refuse_is_drift_like_any_other(shop, capsys):
    shop.panel(FIRST, priced("4.99"))
    assert drift(shop, capsys) == [("A", "price.base", "live")]


def test_a_hostile_title_stays_in_its_cell(shop, capsys):
    shop.panel(FIRST, {"name": "a | <b> `x` [y](z)"})
    lines = said(shop, "drift", "--format", "markdown", code=2, capsys=capsys).splitlines()
    (row,) = [line for line in lines if line.startswith("| A ")]
    assert row.count("|") == 7
    assert "<b>" not in row


def test_revert_puts_back_what_drifted_and_leaves_what_the_documents_changed(shop, capsys):
    shop.write("b.yaml", B.replace("49.99", "51.00"))
    shop.panel(FIRST, priced("59.90"))
    told = said(shop, "revert", "--auto-approve", code=0, capsys=capsys)
    assert "1 resource with other changes left to `reconcile apply`." in told
    prices = {each["id"]: each["sellingMode"]["price"]["amount"] for each in shop.stored().values()}
    assert (prices[FIRST], prices[SECOND]) == ("49.99", "49.99")
    assert drift(shop, capsys, code=0) == []
    (change,) = shop.plan().changes
    assert change.key.name == "B"
    shop.panel(FIRST, priced("70.00"))
    (again,) = json.loads(said(shop, "drift", "--json", code=2, capsys=capsys))["drift"]
    assert again["written_by"]


def test_what_is_gone_is_drift_and_is_not_created_and_a_module_stays_together(shop):
    plan = shop.plan()
    (part,) = plan.accounts
    gone = Change(key=Key("main", "Offer", "C"), verb=Verb.CREATE, remote_id=None, reason=CREATED_AGAIN)
    title = FieldChange(path="content.title", module=Module.CONTENT, before="a", after="b", drift=True)
    text = FieldChange(path="content.description", module=Module.CONTENT, before="a", after="b")
    mixed = Change(key=Key("main", "Offer", "A"), verb=Verb.UPDATE, remote_id=FIRST, fields=(title, text))
    part = replace(part, changes=(gone, mixed))
    plan = replace(plan, accounts=(part,))
    assert [(each.key.name, each.moved) for each in drifted(part, {})] == [("C", "gone"), ("A", "live")]
    assert within(plan, drift_of(plan)).plan.changes == ()


def test_adopt_takes_what_drifted_and_leaves_what_the_documents_changed(shop, capsys):
    text = A.replace("czerwony duży", "czerwony mały")
    shop.write("a.yaml", text)
    shop.panel(FIRST, {**priced("59.90"), "name": "Kubek z panelu"})
    said(shop, "adopt", "--drift", "--auto-approve", code=0, capsys=capsys)
    assert (shop.root / "a.yaml").read_text("utf-8") == text.replace("49.99", "59.90")


def test_what_many_inherit_is_refused_and_written_into_the_offer_when_asked(shop, capsys):
    shop.panel(FIRST, {"delivery": {"handlingTime": "PT48H"}})
    left = said(shop, "adopt", "--drift", "--auto-approve", code=1, capsys=capsys)
    assert "--override writes it into the document of A" in left
    said(shop, "adopt", "A", "--drift", "--override", "--auto-approve", code=0, capsys=capsys)
    assert (shop.root / "defaults.yaml").read_text("utf-8") == DEFAULTS
    assert not world.differences(shop.plan())


_COMMENTS = st.sampled_from(["", "  # uwaga", "   # 'x: 1' & *b"])
_QUOTES = st.sampled_from(["", "'", '"'])


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_one_live_change_touches_one_line_and_the_plan_is_empty(data, tmp_path_factory):
    """Comments, anchors, quotes, the short and the long form, beside what Defaults and a template give."""
    quote, behind, above = data.draw(_QUOTES), data.draw(_COMMENTS), data.draw(_COMMENTS)
    price = f"{quote}49.99 PLN{quote}{behind}"
    anchored = data.draw(st.booleans())
    labels = "labels: {a: &x jeden, b: *x}\n" if anchored else ""
    body = data.draw(st.sampled_from([f"price: {price}", f"price:{above}\n  base: {price}", f"price: {{base: {quote}49.99 PLN{quote}}}{behind}"]))  # fmt: skip
    text = f"# góra\nkind: Offer\nname: A\n{labels}settings: standard\n{body}\ncontent:\n  title: {quote}Kubek ceramiczny czerwony{quote}{behind}\n# koniec\n"  # fmt: skip
    made = made_in(tmp_path_factory.mktemp("shop"), text)
    made.panel(FIRST, data.draw(st.sampled_from([priced("59.90"), {"name": "Kubek ceramiczny niebieski"}])))
    assert run(["-C", str(made.root), "adopt", "--drift", "--auto-approve"]) == 0
    after = (made.root / "a.yaml").read_text("utf-8")
    lines = difflib.ndiff(text.splitlines(), after.splitlines())
    assert sorted(line[0] for line in lines if line[0] in "+-") == ["+", "-"]
    assert not world.differences(made.plan())
