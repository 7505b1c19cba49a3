"""Inheritance: project, account, folders, template, document; the nearest wins, and says that it did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.documents.layers import effective, merge
from reconciler.model.modules import Mode, Module
from tests.documents.projects import ONE, TWO, offers, project

HEAD = "kind: Offer\nname: x\n"
TEMPLATE = "kind: SettingsTemplate\nname: standard\ninvoice: vat\ntax: {PL: 23}\n"
LEVELS = [  # from the farthest to the nearest: who says it, and with what file
    ("default", {}),
    ("project", {"reconcile": ONE + "sync: {price: manual}"}),
    (
        "account main",
        {"reconcile": ONE.replace("login: acme", "login: acme, sync: {price: off}") + "sync: {price: manual}"},
    ),
    ("defaults _defaults.yaml", {"_defaults": "kind: Defaults\nsync: {price: manual}"}),
    ("defaults a/d.yaml", {"a__d": "kind: Defaults\nsync: {price: off}"}),
    ("template standard", {"t": TEMPLATE + "sync: {price: manual}"}),
    ("offer", {"a__x": HEAD + "settings: standard\nsync: {price: off}"}),
]


@pytest.mark.parametrize("nearest", range(len(LEVELS)))
def test_the_nearest_level_decides_a_toggle(nearest):
    files = {"t": TEMPLATE, "a__x": HEAD + "settings: standard"}
    for _, more in LEVELS[: nearest + 1]:
        files |= more
    mode, level = offers(project(**files))["x"].modes[Module.PRICE]
    assert level == LEVELS[nearest][0]
    assert mode is (Mode.AUTO if nearest == 0 else Mode.MANUAL if nearest % 2 else Mode.OFF)


def test_toggles_are_decided_module_by_module():
    files = {"reconcile": ONE + "sync: {stock: off}", "x": HEAD + "sync: {price: manual}"}
    modes = offers(project(**files))["x"].modes
    assert set(modes) == set(Module)
    assert modes[Module.STOCK] == (Mode.OFF, "project")
    assert modes[Module.PRICE] == (Mode.MANUAL, "offer")
    assert modes[Module.CONTENT] == (Mode.AUTO, "default")


def test_values_are_merged_and_lists_replaced():
    found = offers(
        project(
            _defaults="kind: Defaults\nlabels: {a: '1', b: '1'}\nOffer: {content: {parameters: {A: 1, B: 1}, images: [a.jpg, b.jpg]}}",
            a___defaults="kind: Defaults\nlabels: {b: '2'}\nOffer: {content: {parameters: {B: 2}}}",
            a__x=HEAD + "labels: {c: '3'}\ncontent: {parameters: {C: 3}, images: [c.jpg]}",
        )
    )["x"]
    assert found.labels == {"a": "1", "b": "2", "c": "3"}
    assert found.body == {"content": {"parameters": {"A": ["1"], "B": ["2"], "C": ["3"]}, "images": ["c.jpg"]}}


def test_defaults_hold_for_their_folder_and_below_only():
    files = {"a__d": "kind: Defaults\nOffer: {stock: 1}", "a__b__x": HEAD, "ab__y": "kind: Offer\nname: y"}
    found = offers(project(**files))
    assert found["x"].body == {"stock": {"quantity": 1}}
    assert found["y"].body == {}


def test_template_lies_between_folder_and_offer():
    found = offers(
        project(
            t=TEMPLATE + "renewal: true",
            d="kind: Defaults\nOffer: {settings: {invoice: no_invoice, b2b_only: true}}",
            x=HEAD + "settings: {template: standard, renewal: false}",
        )
    )["x"]
    assert found.body["settings"] == {"invoice": "vat", "tax": {"PL": "23.00"}, "renewal": False, "b2b_only": True}


def test_what_stands_beside_the_name_of_a_template_is_an_exception_from_it():
    files = {
        "t": TEMPLATE,
        "d": "kind: Defaults\nOffer: {settings: {template: standard, invoice: no_invoice}}",
        "x": HEAD,
    }
    found = offers(project(**files))["x"]
    assert found.body["settings"] == {"invoice": "no_invoice", "tax": {"PL": "23.00"}}
    assert found.origin("settings.invoice").level == "defaults d.yaml"
    assert found.origin("settings.tax").level == "template standard"


def test_null_clears_and_leaves_no_template():
    files = {
        "t": TEMPLATE,
        "d": "kind: Defaults\nOffer: {settings: standard}",
        "x": HEAD + "settings: {template: null, tax: null}",
    }
    assert offers(project(**files))["x"].body == {"settings": {"tax": None}}


def test_alternatives_replace_each_other():
    files = {
        "d": "kind: Defaults\nOffer: {content: {product: {id: abc}}}",
        "x": HEAD + "content: {product: {gtin: '59012345'}}",
    }
    assert offers(project(**files))["x"].body["content"]["product"] == {"gtin": "59012345"}


@pytest.mark.parametrize(
    ("path", "level", "mark"),
    [
        ("content.title", "offer", "x.yaml:4:10"),
        ("price.base", "offer", "x.yaml:6:8"),
        ("stock.quantity", "defaults d.yaml", "d.yaml:2:16"),
        ("settings.invoice", "template standard", "t.yaml:3:10"),
        ("settings.tax.PL", "template standard", "t.yaml:4:11"),
        ("content.parameters.Waga [kg.]", "offer", "x.yaml:5:30"),
        ("content.images", "offer", "x.yaml:4:3"),
        ("price.allegro-cz", "offer", "x.yaml:6:8"),
        ("stock.status", "defaults d.yaml", "d.yaml:2:16"),
        ("delivery.prices", "offer", "x.yaml:2:7"),
    ],
)
def test_origin(path, level, mark):
    offer = HEAD + "content:\n  title: Kubek\n  parameters: {'Waga [kg.]': 1}\nprice: 1 PLN\nsettings: standard"
    found = offers(project(t=TEMPLATE, d="kind: Defaults\nOffer: {stock: 5}", x=offer))["x"]
    origin = found.origin(path)
    assert (origin.level, str(origin.mark)) == (level, mark)


def test_shared_objects_come_once_for_each_account():
    text = "kind: ReturnPolicy\nname: r\n---\nkind: Warranty\nname: w\naccount: second"
    found, faults = effective(project(reconcile=TWO, a=text), render=None)
    assert faults == []
    assert [(one.document.name, one.account) for one in found] == [("r", "main"), ("r", "second"), ("w", "second")]


def test_defaults_give_the_account():
    found = project(reconcile=TWO, a__d="kind: Defaults\naccount: second", a__x=HEAD)
    assert found.diagnostics == ()
    assert found.of("Offer")[0].account == "second"


def test_same_name_in_two_accounts_is_no_duplicate_and_a_shared_one_is():
    text = "kind: Warranty\nname: w\naccount: main\n---\nkind: Warranty\nname: w\naccount: second\n"
    assert project(reconcile=TWO, a=text).diagnostics == ()
    found = project(reconcile=TWO, a=text + "---\nkind: Warranty\nname: w\n").diagnostics
    assert [one.code for one in found] == ["D301"]


def test_a_template_of_another_account_is_no_template():
    text = HEAD + "account: main\nsettings: s\n---\nkind: SettingsTemplate\nname: s\naccount: second"
    (found,) = project(reconcile=TWO, a=text).diagnostics
    assert found.code == "D304"
    assert "second" in found.detail


def test_an_unknown_account_yields_no_document():
    found = project(a=HEAD + "account: nope")
    assert effective(found, render=None) == ([], [])


TREES = st.recursive(
    st.integers() | st.none() | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(st.sampled_from("abc"), TREES, max_size=3)


def _leaves(tree, path=()):
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*path, key))
        elif not isinstance(value, dict):
            yield (*path, key), value


@given(MAPPINGS, MAPPINGS)
def test_law_every_word_of_the_nearest_stands(far, near):
    merged = merge(far, near)
    for path, value in _leaves(near):
        found = merged
        for key in path:
            found = found[key]
        assert found == value
    assert merged.keys() == far.keys() | near.keys()
    assert merge(near, near) == near
    assert merge({}, near) == near == merge(near, {})
