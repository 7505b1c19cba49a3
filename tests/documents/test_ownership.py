"""Whose things are: the project's name, what is protected, released and moved, and one login told twice."""

from datetime import timedelta

import pytest

from reconciler.documents.ownership import released
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Key
from tests.documents.projects import ONE, TWO, offers, project

HEAD = "kind: Offer\nname: x\n"
SHORT = "{marketplace: allegro, environment: %s, login: %s}"

CASES = [
    # code, place, words in the summary, words in the hint, text of a.yaml
    ("D309", "4:12", "`x` is released, and Offer `x` has a document", "Remove that document", HEAD + "--- {kind: Released,\nnames: [y, x]}"),
    ("D309", "6:9", "OfferTag `x` has a document", "take the name from this list", "kind: OfferTag\nname: x\n---\nkind: Released\nof: OfferTag\nnames: [x]"),
    ("D310", "3:15", "`x` moved from `y`, which is declared still", "take `moved` away", HEAD + "moved: {from: y}\n---\nkind: Offer\nname: y"),
    ("D310", "3:15", "`x` moved from `x`", "take `moved` away", HEAD + "moved: {from: x}"),
    ("D311", "7:15", "`z` and `x` both moved from `y`", "from one of them", HEAD + "moved: {from: y}\n---\nkind: Offer\nname: z\nmoved: {from: y}"),
    ("D207", "5:5", "`Ofer`", "Offer", "kind: Released\nnames: [x]\n\n\nof: Ofer"),
    ("D205", "1:1", "`names` is missing", "names", "kind: Released"),
    ("D204", "3:8", "`price` is not a key of `sync`", "", "kind: DeliveryPriceList\nname: x\nsync: {price: off}"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "place", "summary", "hint", "text"), CASES)
def test_message(code, place, summary, hint, text):
    *others, found = project(a=text).diagnostics
    assert [each.code for each in others] == ["D311"] * (code == "D311")
    assert (found.code, str(found.mark)) == (code, f"a.yaml:{place}")
    assert summary in found.summary
    assert hint in found.hint


def test_names_of_other_kinds_and_accounts_do_not_contradict():
    """Released in one account, declared in another; moved from the name of another kind."""
    head = "kind: Offer\nname: x\naccount: "
    a = f"{head}main\n---\nkind: Released\naccount: second\nnames: [x]"
    b = "kind: Offer\nname: z\naccount: main\nmoved: {from: t}\n---\nkind: OfferTag\nname: t"
    assert project(reconcile=TWO, a=a, b=b).diagnostics == ()


def test_released_names_are_keys_of_the_accounts_that_they_are_said_of():
    found = project(
        reconcile=TWO,
        a="kind: Released\naccount: main\nnames: [x, 570]",
        b="kind: Released\nof: OfferTag\nnames: [t]",
    )
    assert found.diagnostics == ()
    assert {key: str(mark) for key, mark in released(found, "main").items()} == {
        Key("main", "Offer", "x"): "a.yaml:3:9",
        Key("main", "Offer", "570"): "a.yaml:3:12",
        Key("main", "OfferTag", "t"): "b.yaml:3:9",
    }
    assert set(released(found, "second")) == {Key("second", "OfferTag", "t")}


def test_released_offers_must_say_their_account_when_there_are_several():
    (found,) = project(reconcile=TWO, a="kind: Released\nnames: [x]").diagnostics
    assert found.code == "D303"
    assert not project(a="kind: Released\nnames: [x]").diagnostics


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [
        (("simulator", "acme"), ("simulator", "acme"), True),
        (("simulator", "acme"), ("simulator", "inny"), False),
        (("simulator", "acme"), ("sandbox", "acme"), False),
        (("'simulator'", "570"), ("simulator", "'570'"), True),
        (("{api: 'https://a', auth: 'https://a', upload: 'https://a'}", "x"), ("{api: 'https://a', auth: 'https://b', upload: 'https://b'}", "x"), True),
        (("{api: 'https://a', auth: 'https://a', upload: 'https://a'}", "x"), ("{api: 'https://a/', auth: 'https://a', upload: 'https://a'}", "x"), True),
        (("sandbox", "x"), ("{api: 'https://api.allegro.pl.allegrosandbox.pl', auth: 'https://a', upload: 'https://a'}", "x"), True),
        (("{api: 'https://a', auth: 'https://a', upload: 'https://a'}", "x"), ("{api: 'https://b', auth: 'https://a', upload: 'https://a'}", "x"), False),
    ],
)  # fmt: skip
def test_d312_one_login_of_one_environment_has_one_account(first, second, twice):
    found = project(reconcile=f"accounts:\n  main: {SHORT % first}\n  again: {SHORT % second}\n").diagnostics
    assert [one.code for one in found] == ["D312"] * twice
    if twice:
        assert str(found[0].mark).startswith("reconcile.yaml:3:")
        assert "`main` and `again`" in found[0].summary


@pytest.mark.parametrize(
    ("ledger", "name", "said"),
    [
        ("postgresql://host/ledger", "", ["D313"]),
        ("/var/lib/ledger.db", "", ["D313"]),
        ("../ledger.db", "", ["D313"]),
        ("../ledger.db", "name: shop\n", []),
        (".reconcile/ledger.db", "", []),
        ("state/ledger.db", "", []),
    ],
)
def test_d313_projects_on_one_ledger_have_names(ledger, name, said):
    found = project(reconcile=f"{ONE}{name}ledger: {ledger}\n").diagnostics
    assert [one.code for one in found] == said


def test_a_project_has_a_name_and_says_how_long_its_plans_hold():
    found = project(reconcile=ONE + "name: 570\nplans: {expire: 12h}").project
    assert (found.name, found.plans_expire) == ("570", timedelta(hours=12))
    assert project(reconcile=ONE + "plans: {expire: 2d}").project.plans_expire == timedelta(days=2)
    assert project(reconcile=ONE + "plans: {expire: off}").project.plans_expire is None
    assert (project().project.name, project().project.plans_expire) == ("", timedelta(days=7))


@pytest.mark.parametrize("age", ["7", "0d", "7 days", "P7D", "null"])
def test_an_age_of_plans_that_says_nothing_is_refused(age):
    assert [one.code for one in project(reconcile=ONE + f"plans: {{expire: {age}}}").diagnostics] in (
        ["D206"],
        ["D207"],
    )


PROTECT = "protect: true\n"
LEVELS = [
    # project, account, Defaults, template, offer -> the level that protects
    ("", "", "", "", "", None),
    (PROTECT, "", "", "", "", "project"),
    (PROTECT, ", protect: false", "", "", "", None),
    ("", ", protect: true", "", "", "", "account main"),
    (PROTECT, "", "protect: false\n", "", "", None),
    ("", "", PROTECT, "", "", "defaults offers/d.yaml"),
    (PROTECT, "", "", "protect: false\n", "", None),
    ("", "", "", PROTECT, "", "template standard"),
    ("", "", "", PROTECT, "protect: false\n", None),
    (PROTECT, "", "", "", PROTECT, "offer"),
]


@pytest.mark.parametrize(("top", "account", "defaults", "template", "offer", "level"), LEVELS)
def test_protection_is_inherited_and_the_nearest_wins(top, account, defaults, template, offer, level):
    found = project(
        reconcile=f"accounts: {{main: {{marketplace: allegro, environment: simulator, login: acme{account}}}}}\n{top}",
        offers__d=f"kind: Defaults\n{defaults}",
        offers__t=f"kind: SettingsTemplate\nname: standard\n{template}",
        offers__x=f"{HEAD}settings: standard\n{offer}",
    )
    one = offers(found)["x"]
    assert (one.protected.level if one.protected else None) == level
    if level == "offer":
        assert str(one.origin("protect").mark) == "offers/x.yaml:4:10"
    if level == "account main":
        assert str(one.origin("protect").mark).startswith("reconcile.yaml:1:")


def test_what_a_removed_document_knows_is_what_project_and_account_say():
    told = ONE.replace("}}", ", sync: {stock: off}, protect: true}}") + "sync: {stock: manual, price: auto}\n"
    found = project(reconcile=told).project
    assert found.levels("main") == {Module.STOCK: Mode.OFF, Module.PRICE: Mode.AUTO}
    assert found.protection("main").level == "account main"
    assert project().project.levels("main") == {}
    assert project().project.protection("main") is None


def test_named_objects_have_toggles_of_their_own():
    """A toggle beside a delivery price list wins over its folder's; it can be protected, moved and adopted."""
    text = (
        "kind: DeliveryPriceList\nname: d\nsync: {delivery: manual}\nprotect: true\nmoved: {from: 5}\nadopt: 7\n"
    )
    one = offers(project(a=text, b="kind: Defaults\nsync: {delivery: off}"))["d"]
    assert one.modes[Module.DELIVERY] == (Mode.MANUAL, "document")
    assert (one.body["moved"], one.body["adopt"], one.protected.level) == ({"from": "5"}, "7", "document")
