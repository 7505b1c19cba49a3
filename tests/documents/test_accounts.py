"""One document in several accounts: `accounts`, what `for` one of them is different, and what is left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.main import run
from reconciler.documents.adapted import has, left_out
from reconciler.documents.document import Documents
from reconciler.documents.effective import Effective
from reconciler.documents.layers import effective
from tests.documents.projects import TWO, project

BOTH = "kind: Offer\nname: A\naccounts: [main, second]\n"


def found(documents: Documents) -> dict[str, Effective]:
    """The offers by account, having made sure that nothing is wrong."""
    out, faults = effective(documents, render=None)
    assert [*documents.diagnostics, *faults] == []
    return {each.account: each for each in out if each.document.kind == "Offer"}


def price(**files: str) -> dict[str, str]:
    return {
        name: each.body.get("price", {}).get("base", "-")
        for name, each in found(project(reconcile=TWO, **files)).items()
    }


#: What stands in files, and what the price is in each account: the nearest word wins.
NEAREST = {
    "one price for all": ({"o": BOTH + "price: 9.00 PLN\n"}, "9.00 PLN", "9.00 PLN"),
    "an account's own": ({"o": BOTH + "price: 9.00 PLN\nfor: {second: {price: 7.00 PLN}}\n"}, "9.00 PLN", "7.00 PLN"),
    "a marketplace's": ({"o": BOTH + "price: 9.00 PLN\nfor: {allegro: {price: 7.00 PLN}}\n"}, "7.00 PLN", "7.00 PLN"),
    "an account wins over its marketplace": (
        {"o": BOTH + "for: {second: {price: 6.00 PLN}, allegro: {price: 7.00 PLN}}\n"}, "7.00 PLN", "6.00 PLN",
    ),
    "what a folder says for an account": (
        {"d": "kind: Defaults\nOffer: {price: 9.00 PLN, for: {second: {price: 7.00 PLN}}}\n", "o": BOTH},
        "9.00 PLN", "7.00 PLN",
    ),
    "the document's own word wins over what its folder says for an account": (
        {"d": "kind: Defaults\nOffer: {for: {second: {price: 7.00 PLN}}}\n", "o": BOTH + "price: 9.00 PLN\n"},
        "9.00 PLN", "9.00 PLN",
    ),
    "the accounts of a folder": (
        {"d": "kind: Defaults\naccounts: [main, second]\n", "o": "kind: Offer\nname: A\nprice: 9.00 PLN\n"},
        "9.00 PLN", "9.00 PLN",
    ),
    "left out": ({"o": BOTH + "price: 9.00 PLN\nfor: {second: {without: [price]}}\n"}, "9.00 PLN", "-"),
    "left out of what a folder says": (
        {"d": "kind: Defaults\nOffer: {price: 9.00 PLN}\n", "o": BOTH + "for: {second: {without: [price.base]}}\n"},
        "9.00 PLN", "-",
    ),
    "left out of what its marketplace says": (
        {"o": BOTH + "for: {allegro: {price: 7.00 PLN}, second: {without: [price]}}\n"}, "7.00 PLN", "-",
    ),
    "left out by a folder, and said by the document": (
        {"d": "kind: Defaults\nOffer: {price: 9.00 PLN, for: {second: {without: [price]}}}\n", "o": BOTH + "price: 8.00 PLN\n"},
        "8.00 PLN", "8.00 PLN",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NEAREST)
def test_the_nearest_word_holds(case: str) -> None:
    files, main, second = NEAREST[case]
    assert price(**files) == {"main": main, "second": second}


def test_one_account_of_several_is_no_other_s() -> None:
    """An account that a document does not name has nothing of it."""
    assert price(o="kind: Offer\nname: A\naccounts: [second]\nprice: 9.00 PLN\n") == {"second": "9.00 PLN"}


def test_a_template_may_be_another_one_and_have_words_for_an_account() -> None:
    templates = (
        "kind: SettingsTemplate\nname: standard\ninvoice: vat\nfor: {second: {invoice: no_invoice}}\n"
        "---\nkind: SettingsTemplate\nname: czech\ninvoice: without_vat\n"
    )
    same = found(project(reconcile=TWO, t=templates, o=BOTH + "settings: standard\n"))
    assert {name: each.body["settings"]["invoice"] for name, each in same.items()} == {
        "main": "vat",
        "second": "no_invoice",
    }
    other = found(
        project(reconcile=TWO, t=templates, o=BOTH + "settings: standard\nfor: {second: {settings: czech}}\n")
    )
    assert other["second"].body["settings"] == {"invoice": "without_vat"}


def test_a_shared_object_has_words_for_an_account() -> None:
    text = "kind: DeliveryPriceList\nname: kurier\nmethods: {DPD: 9.99 PLN}\nfor: {second: {methods: {DPD: 8.99 PLN}}}\n"
    out, faults = effective(project(reconcile=TWO, p=text), render=None)
    assert not faults
    assert {each.account: each.body["methods"]["DPD"]["first"] for each in out} == {
        "main": "9.99 PLN",
        "second": "8.99 PLN",
    }


def test_who_decided_is_the_line_of_the_account() -> None:
    text = (
        BOTH
        + "content:\n  title: Kubek dla wszystkich\nfor:\n  second:\n    content:\n      title: Kubek dla drugich\n"
    )
    both = found(project(reconcile=TWO, o=text))
    assert (both["main"].origin("content.title").level, both["main"].origin("content.title").mark.line) == (
        "offer",
        5,
    )
    theirs = both["second"].origin("content.title")
    assert (theirs.level, theirs.mark.line) == ("offer for second", 9)


#: What is wrong, and its code and place.
WRONG = {
    "a name that is nobody's": (BOTH + "for: {secnod: {price: 9.00 PLN}}\n", "D320 o.yaml:4:15"),
    "an account that is not there": ("kind: Offer\nname: A\naccounts: [main, thrid]\n", "D302 o.yaml:3:11"),
    "account and accounts": (BOTH + "account: main\n", "D321 o.yaml:3:11"),
    "left out, and said by nobody": (
        BOTH + "price: 9.00 PLN\nfor: {second: {without: [price.bsae]}}\n", "D322 o.yaml:5:26",
    ),
    "a field that an offer does not have": (BOTH + "for: {second: {titel: A}}\n", "D204 o.yaml:4:16"),
    "a name for the account only": (BOTH + "for: {second: {name: B}}\n", "D204 o.yaml:4:16"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_once_and_at_its_place(case: str) -> None:
    text, told = WRONG[case]
    documents = project(reconcile=TWO, o=text)
    _, faults = effective(documents, render=None)
    assert [f"{each.code} {each.mark}" for each in (*documents.diagnostics, *faults)] == [told]


@pytest.mark.parametrize("folder", ["", "kind: Defaults\naccount: main\n---\n"])
def test_a_broken_one_is_missed_in_no_account(folder: str) -> None:
    """Whatever its folder says: what names several accounts stands for something in each, and ends nowhere."""
    documents = project(reconcile=TWO, o=folder + BOTH + "contnet: {}\n")
    assert [(each.account, each.name) for each in documents.unusable] == [("", "A")]
    (finding,) = documents.diagnostics
    assert finding.about is not None
    assert finding.about.account == ""


def test_the_same_name_in_an_account_of_several_is_taken() -> None:
    documents = project(reconcile=TWO, o=BOTH + "---\nkind: Offer\nname: A\naccount: second\n")
    assert [each.code for each in documents.diagnostics] == ["D301"]
    apart = project(
        reconcile=TWO, o="kind: Offer\nname: A\naccount: main\n---\nkind: Offer\nname: A\naccount: second\n"
    )
    assert not apart.diagnostics


KEYS = st.sampled_from(["a", "b", "a.b", "b.c", "c"])
BODIES = st.recursive(st.integers(), lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=8)


@given(st.dictionaries(KEYS, BODIES, max_size=3), st.lists(KEYS, min_size=1, max_size=3))
def test_what_is_left_out_is_gone_and_nothing_else(body: dict, steps: list[str]) -> None:
    path = ".".join(steps)
    before = json.dumps(body)
    out = left_out(body, [path])
    assert json.dumps(body) == before
    assert (out == body) == (not has(body, path))


def test_each_account_is_planned_with_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Through the commands: valid, counted once, explained by the line of the account."""
    (tmp_path / "reconcile.yaml").write_text(TWO.replace("sandbox", "simulator"))
    (tmp_path / "o.yaml").write_text(BOTH + "price: 9.00 PLN\nfor: {second: {price: 7.00 PLN}}\n")
    assert run(["validate", "--project", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["documents"]["Offer"], told["offers"]) == (1, 2)
    assert run(["explain", "A", "price.base", "--account", "second", "--project", str(tmp_path)]) == 0
    assert "offer for second" in capsys.readouterr().out
