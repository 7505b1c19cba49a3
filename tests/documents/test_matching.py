"""Defaults with `match`: toggles for the documents of a folder that have certain labels."""

import json

import pytest

from reconciler.cli.main import run
from reconciler.model.modules import Mode, Module
from tests.documents.projects import ONE, offers, project

ACME = "kind: Defaults\nmatch: {brand: acme}\nsync: {price: off}\n"
OFFERS = (
    "kind: Offer\nname: A\nlabels: {brand: acme}\n---\nkind: Offer\nname: B\nlabels: {brand: inna}\n"
    "---\nkind: Offer\nname: C\nlabels: {brand: acme, season: zima}\n---\nkind: Offer\nname: D\n"
)


def prices(**files):
    found = offers(project(**files))
    return {name: str(each.modes[Module.PRICE][0]) for name, each in found.items()}


def levels(**files):
    return {name: each.modes[Module.PRICE][1] for name, each in offers(project(**files)).items()}


def test_all_labels_are_asked_for():
    assert prices(d=ACME, o=OFFERS) == {"A": "off", "B": "auto", "C": "off", "D": "auto"}
    both = ACME.replace("acme}", "acme, season: zima}")
    assert prices(d=both, o=OFFERS) == {"A": "auto", "B": "auto", "C": "off", "D": "auto"}


def test_it_says_who_decided():
    assert levels(d=ACME, o=OFFERS)["C"] == "defaults d.yaml (brand=acme)"


def test_labels_of_the_folder_count_and_the_documents_own_win():
    plain = "kind: Defaults\nlabels: {brand: acme}\n---\n"
    assert prices(d=plain + ACME, o=OFFERS) == {"A": "off", "B": "auto", "C": "off", "D": "off"}


def test_a_number_is_the_label_that_was_written():
    files = {
        "d": "kind: Defaults\nmatch: {year: 2026}\nsync: {price: off}",
        "o": "kind: Offer\nname: A\nlabels: {year: '2026'}",
    }
    assert prices(**files) == {"A": "off"}


def test_it_holds_for_its_folder_and_below_only():
    files = {"a__d": ACME, "a__b__o": OFFERS, "o": "kind: Offer\nname: X\nlabels: {brand: acme}"}
    assert prices(**files) == {"A": "off", "B": "auto", "C": "off", "D": "auto", "X": "auto"}


#: From the farthest to the nearest: who says it of the offer C, and with what file.
LEVELS = [
    ("default", {}),
    ("project", {"reconcile": ONE + "sync: {price: manual}"}),
    ("defaults _all.yaml", {"_all": "kind: Defaults\nsync: {price: off}"}),
    ("defaults _one.yaml (season=zima)", {"_one": "kind: Defaults\nmatch: {season: zima}\nsync: {price: manual}"}),
    ("defaults _two.yaml (brand=acme, season=zima)", {"_two": "kind: Defaults\nmatch: {brand: acme, season: zima}\nsync: {price: off}"}),
    ("defaults a/_all.yaml", {"a___all": "kind: Defaults\nsync: {price: manual}"}),
    ("defaults a/_one.yaml (brand=acme)", {"a___one": "kind: Defaults\nmatch: {brand: acme}\nsync: {price: off}"}),
    ("template t", {"t": "kind: SettingsTemplate\nname: t\nsync: {price: manual}"}),
    ("offer", {"a__c": "kind: Offer\nname: C\nlabels: {brand: acme, season: zima}\nsettings: t\nsync: {price: off}"}),
]  # fmt: skip


@pytest.mark.parametrize("nearest", range(len(LEVELS)))
def test_the_nearest_folder_wins_and_in_it_more_labels_over_fewer(nearest):
    """What asks for labels is nearer than what holds for the whole folder, and no nearer than a folder below."""
    files = {
        "t": "kind: SettingsTemplate\nname: t\n",
        "a__c": "kind: Offer\nname: C\nlabels: {brand: acme, season: zima}\nsettings: t\n",
    }
    for _, more in LEVELS[: nearest + 1]:
        files |= more
    mode, level = offers(project(**files))["C"].modes[Module.PRICE]
    assert level == LEVELS[nearest][0]
    assert mode is (Mode.AUTO if nearest == 0 else Mode.MANUAL if nearest % 2 else Mode.OFF)


def test_d646_as_many_labels_that_say_different_things():
    """Nobody knows which is meant, so that one document waits; where both say the same, all is well."""
    winter = "---\nkind: Defaults\nmatch: {season: zima}\nsync: {price: manual}\n"
    (found,) = project(d=ACME + winter, o=OFFERS).diagnostics
    assert (found.code, str(found.mark), found.about.name) == ("D646", "d.yaml:7:15", "C")
    assert "d.yaml:3:15" in found.detail
    assert "`C`" in found.summary
    assert not project(d=ACME + winter.replace("manual", "off"), o=OFFERS).diagnostics
    assert not project(d=ACME + winter.replace("price", "stock"), o=OFFERS).diagnostics


@pytest.mark.parametrize(
    ("match", "hint"),
    [
        ("{brand: acne}", "`acme`"),
        ("{brnd: acme}", "`brand`"),
        ("{brand: zzz}", "No document has brand=zzz."),
        ("{xxxxxx: zzz}", "No document has a label xxxxxx."),
        ("{brand: inna, season: zima}", "has all of them"),
    ],
)
def test_d647_labels_that_nothing_has(match, hint):
    """A slip in a label would leave a module switched on that somebody has switched off."""
    (found,) = project(d=ACME.replace("{brand: acme}", match), o=OFFERS).diagnostics
    assert (found.code, str(found.severity), str(found.mark)) == ("D647", "warning", "d.yaml:2:8")
    assert hint in found.hint


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (ACME + "---\n" + ACME.replace("off", "auto"), "D305", "d.yaml:5:1"),
        (ACME + "labels: {a: b}\n", "D204", "d.yaml:4:1"),
        (ACME + "Offer: {stock: 1}\n", "D204", "d.yaml:4:1"),
        (ACME + "account: main\n", "D204", "d.yaml:4:1"),
        ("kind: Defaults\nmatch: {}\nsync: {price: off}\n", "D208", "d.yaml:2:8"),
        ("kind: Defaults\nmatch: {brand: acme}\n", "D205", "d.yaml:1:1"),
        ("kind: Defaults\nOffer: {match: {brand: acme}}\n", "D204", "d.yaml:2:9"),
    ],
)
def test_what_such_a_document_cannot_say(text, code, place):
    """By labels only toggles are chosen, and for each choice there is one document."""
    found = [each for each in project(d=text, o=OFFERS).diagnostics if each.severity == "error"]
    assert [(each.code, str(each.mark)) for each in found] == [(code, place)]


def test_explain_and_the_status_name_it(tmp_path, capsys):
    for path, text in {"reconcile.yaml": ONE, "d.yaml": ACME, "o.yaml": OFFERS + "price: 1.00 PLN\n"}.items():
        (tmp_path / path).write_text(
            text.replace("labels: {brand: acme}\n", "labels: {brand: acme}\nprice: 1.00 PLN\n")
        )
    assert run(["-C", str(tmp_path), "explain", "A", "price.base", "--offline", "--json"]) == 0
    (field,) = json.loads(capsys.readouterr().out)["resources"][0]["fields"]
    assert (field["mode"], field["decided_by"]) == ("off", "defaults d.yaml (brand=acme)")
    (toggle,) = field["toggles"]
    assert (toggle["mark"]["file"], toggle["mark"]["line"]) == ("d.yaml", 3)
    assert run(["-C", str(tmp_path), "sync", "status"]) == 0
    assert "off: defaults d.yaml (brand=acme) 2" in capsys.readouterr().out


def test_sync_writes_to_it(tmp_path, capsys):
    """Where it holds for just what was chosen, it is the one place that says it."""
    for path, text in {"reconcile.yaml": ONE, "d.yaml": ACME, "o.yaml": OFFERS}.items():
        (tmp_path / path).write_text(text)
    assert run(["-C", str(tmp_path), "sync", "enable", "price", "--select", "brand=acme", "--yes", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert [each["level"] for each in body["places"]] == ["defaults d.yaml (brand=acme)"]
    assert (tmp_path / "d.yaml").read_text() == ACME.replace("off", "auto")
    assert (tmp_path / "o.yaml").read_text() == OFFERS
