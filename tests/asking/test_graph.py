"""`reconcile graph`: who refers to whom, as it is written; as text, for Graphviz and for Mermaid."""

from __future__ import annotations

import re

import pytest

from reconciler.cli.main import run
from reconciler.runtime.commands.graph import make_graph
from reconciler.runtime.project.workspace import Workspace

PROJECT = """\
accounts:
  main: {marketplace: allegro, environment: simulator, login: acme}
  second: {marketplace: allegro, environment: sandbox, login: acme-2}
"""
SHARED = """\
kind: SettingsTemplate
name: standard
return_policy: 14 dni
tags: [lato]
---
kind: ReturnPolicy
name: 14 dni
---
kind: OfferTag
name: lato
---
kind: OfferTag
name: zima
---
kind: DeliveryPriceList
name: paczkomaty
account: main
---
kind: DeliveryPriceList
name: paczkomaty
account: second
---
kind: Source
name: erp
type: csv
path: erp.csv
columns: {item: text, net: decimal}
"""
DEFAULTS = """\
kind: Defaults
account: main
labels: {settings: x}
Offer:
  settings: standard
  delivery: paczkomaty
  content: {title: {template: templates/tytul.j2}}
  price: {base: {formula: erp.net * 2}}
"""
OFFERS = """\
kind: Offer
name: A
labels: {brand: acme}
---
kind: Offer
name: B
---
kind: Offer
name: C
delivery: palety
"""
BUNDLE = "kind: Bundle\nname: zestaw\naccount: second\nslots: [{offers: [S]}, {offers: [T]}]\n---\nkind: Offer\nname: T\naccount: second\n---\nkind: Offer\nname: S\naccount: second\ndelivery: paczkomaty\n"  # fmt: skip


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "kubki").mkdir()
    for path, text in {
        "reconcile.yaml": PROJECT,
        "shared.yaml": SHARED,
        "kubki/defaults.yaml": DEFAULTS,
        "kubki/offers.yaml": OFFERS,
        "bundle.yaml": BUNDLE,
    }.items():
        (tmp_path / path).write_text(text)
    return tmp_path


def ties(graph):
    return {(tie.user, tie.used, *tie.by) for tie in graph.ties}


OF_DEFAULTS = {
    ("Defaults/kubki@main", "SettingsTemplate/standard", "settings"),
    ("Defaults/kubki@main", "DeliveryPriceList/paczkomaty@main", "delivery"),
    ("Defaults/kubki@main", "Template/templates/tytul.j2", "title"),
    ("Defaults/kubki@main", "Source/erp", "rules"),
    ("SettingsTemplate/standard", "ReturnPolicy/14 dni", "return_policy"),
    ("SettingsTemplate/standard", "OfferTag/lato", "tags"),
}


def test_as_it_is_written(shop):
    """Each account has its own price list; what is not there is drawn, too."""
    graph = make_graph(Workspace(shop), {}, apart=True)
    assert ties(graph) == {
        *OF_DEFAULTS,
        *((f"Offer/{name}@main", "Defaults/kubki@main", "inherits") for name in "ABC"),
        ("Offer/C@main", "DeliveryPriceList/palety", "delivery"),
        ("Offer/S@second", "DeliveryPriceList/paczkomaty@second", "delivery"),
        ("Bundle/zestaw@second", "Offer/S@second", "slots"),
        ("Bundle/zestaw@second", "Offer/T@second", "slots"),
    }
    assert graph.vertices["DeliveryPriceList/palety"].mark is None
    assert str(graph.vertices["OfferTag/zima"].mark) == "shared.yaml:13:7"


def test_offers_that_refer_to_the_same_are_one(shop):
    together = make_graph(Workspace(shop), {}).vertices
    assert together["Offer/A@main"].names == ("A", "B")
    assert together["Offer/C@main"].names == ("C",)
    assert "Offer/B@main" not in together


def test_defaults_of_no_account_mean_what_is_in_each(shop):
    (shop / "kubki/defaults.yaml").write_text("kind: Defaults\nOffer: {delivery: paczkomaty}\n")
    (shop / "kubki/offers.yaml").write_text("kind: Offer\nname: A\naccount: main\n")
    used = {tie.used for tie in make_graph(Workspace(shop), {}).ties if tie.user == "Defaults/kubki"}
    assert used == {"DeliveryPriceList/paczkomaty@main", "DeliveryPriceList/paczkomaty@second"}


def test_an_edit_reaches_what_is_of_its_account_and_all_of_it(shop, capsys):
    """Also where a part is drawn; what Defaults say of the account holds for what says none itself."""
    (shop / "kubki/defaults.yaml").write_text("kind: Defaults\naccount: main\nOffer: {settings: standard}\n")
    (shop / "defaults.yaml").write_text("kind: Defaults\nOffer: {delivery: paczkomaty}\n")
    (shop / "kubki/more.yaml").write_text("kind: Offer\nname: D\naccount: second\n")
    assert run(["-C", str(shop), "graph", "--target", "D"]) == 0
    told = {line.partition("  ")[0]: line.rpartition("  ")[2] for line in capsys.readouterr().out.splitlines()}
    assert told["DeliveryPriceList paczkomaty (second)"] == "3 offers in all"  # D, and S and T of the bundle
    assert told["DeliveryPriceList paczkomaty (main)"] == "3 offers in all"  # A, B and C
    assert told["SettingsTemplate standard"] == told["Defaults kubki (main)"] == "4 offers in all"


def test_the_part_around_some(shop):
    """What they refer to and what refers to them, and not what refers to the same."""
    label = make_graph(Workspace(shop), {"brand": "acme"}, apart=True)
    assert ties(label) == {*OF_DEFAULTS, ("Offer/A@main", "Defaults/kubki@main", "inherits")}
    target = make_graph(Workspace(shop), {}, ["DeliveryPriceList/pacz*"], apart=True)
    assert {user for user, *_ in ties(target)} == {
        *("Defaults/kubki@main", "Bundle/zestaw@second", "Offer/S@second"),
        *(f"Offer/{name}@main" for name in "ABC"),
    }
    assert "SettingsTemplate/standard" not in target.vertices


def test_text(shop, capsys):
    assert run(["-C", str(shop), "graph"]) == 0
    out = capsys.readouterr().out
    assert "Defaults kubki (main)  kubki/defaults.yaml:1:1  3 offers in all\n    inherits: A, B, C\n" in out
    assert (
        "ReturnPolicy 14 dni  shared.yaml:7:7  3 offers in all\n    return_policy: SettingsTemplate standard\n"
        in out
    )
    assert "DeliveryPriceList palety  not in the documents  1 offer in all\n    delivery: C\n" in out
    assert out.endswith("used by nothing\n    OfferTag zima  shared.yaml:13:7\n14 documents in the graph.\n")


def test_text_counts_many_by_folder(shop, capsys):
    (shop / "kubki/offers.yaml").write_text("---\n".join(f"kind: Offer\nname: K{n}\n" for n in range(1200)))
    assert run(["-C", str(shop), "graph", "--target", "erp"]) == 0
    assert "    inherits: 1,200 offers in kubki\n" in capsys.readouterr().out


HOSTILE = 'a"]; x -> y [b\\ <script>\u202e | # %% {c}'
DOT = re.compile(r'  (?:rankdir=LR;|node \[.*|n\d+ \[label="(?:[^"\\]|\\.)*", shape=\w+(?:, style=dashed)?\];|n\d+ -> n\d+ \[label="(?:[^"\\]|\\.)*"\];)')  # fmt: skip
MERMAID = re.compile(r'  n\d+(?:\["[^"\[\]{}<>|\\;%]*(?:;[^"\[\]{}<>|\\;%]*)*"\]| -->\|"[\w ,#;]*"\| n\d+)')


@pytest.mark.parametrize(
    ("form", "first", "grammar"), [("dot", "digraph documents {", DOT), ("mermaid", "flowchart LR", MERMAID)]
)
def test_a_name_cannot_leave_its_label(shop, capsys, form, first, grammar):
    (shop / "kubki/offers.yaml").write_text(f"kind: Offer\nname: '{HOSTILE}'\n---\n{OFFERS}")
    assert run(["-C", str(shop), "graph", "--apart", "--format", form]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head == first
    odd = [line for line in lines if not grammar.fullmatch(line)]
    assert odd == (["}"] if form == "dot" else [])
    assert sum("script" in line for line in lines) == 1
    assert "\u202e" not in "".join(lines)


def test_what_is_not_there(shop, capsys):
    assert run(["-C", str(shop), "graph", "--target", "SettingsTemplate/standrad"]) == 1
    assert "error[D330]" in (err := capsys.readouterr().err)
    assert "SettingsTemplate/standard" in err
    assert run(["-C", str(shop), "graph", "--select", "brand=x"]) == 1
    assert "no document has these labels" in capsys.readouterr().err
    (shop / "reconcile.yaml").write_text("accounts: [\n")
    assert run(["-C", str(shop), "graph"]) == 1
