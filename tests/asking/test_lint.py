"""`reconcile lint`: what is allowed and still a pity, each rule with what it finds and what it lets pass."""

from __future__ import annotations

import json

import pytest

from reconciler.cli.main import run
from reconciler.runtime.commands.lint import lint
from reconciler.runtime.project.workspace import Workspace
from tests.published import fits

PROJECT = "accounts: {main: {marketplace: allegro, environment: simulator, login: acme}}\n"
LONG = "Kubek ceramiczny ACME 300 ml biały do kawy i herbaty na prezent"
GOOD = f"""\
kind: Offer
name: GOOD
item: K-1
settings: {{producer: acme, safety: Nie wkładać do mikrofali.}}
content:
  title: {LONG}
  product: {{gtin: "5901234123457"}}
  parameters: {{Stan: Nowy, Kolor: biały}}
  description: <p>Do kawy</p>
price: {{base: {{formula: erp.net * 2, floor: 19.99 PLN}}, allegro-cz: {{formula: "convert(base, 'CZK')"}}}}
"""
OTHERS = """\
kind: ResponsibleProducer
name: acme
producer_data: {trade_name: ACME, address: {street: A 1, postal_code: 00-001, city: Warszawa, country_code: PL}, contact: {email: a@acme.example}}
---
kind: Source
name: erp
type: csv
path: erp.csv
columns: {item: text, net: decimal}
"""  # fmt: skip


@pytest.fixture
def found(tmp_path):
    """Return what lint finds beside a good offer in documents: (rule, name of the offer, line) of each place."""

    def call(text="", project=PROJECT):
        (tmp_path / "reconcile.yaml").write_text(project)
        (tmp_path / "good.yaml").write_text(GOOD)
        (tmp_path / "others.yaml").write_text(OTHERS)
        (tmp_path / "z.yaml").write_text(text)
        told = lint(Workspace(tmp_path))
        return [(each.code, one.about.name, one.mark.line) for each in told.causes for one in each.findings]

    return call


def offer(*changes: tuple[str, str], name: str = "X") -> str:
    """Another offer as good as that one, but for changes of its text."""
    text = GOOD.replace("GOOD", name).replace("5901234123457", "5901234123464")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return text


def test_nothing_is_wrong_with_the_good_one(found):
    assert found(offer()) == []


RULES = [
    ("L001", 6, (LONG, "Kubek")),
    ("L004", 2, ("producer: acme, ", "")),
    ("L005", 2, (", safety: Nie wkładać do mikrofali.", "")),
    ("L007", 9, ("<p>Do kawy</p>", "[{image: https://cdn.example/a.jpg}, {text: <p>&nbsp; </p>}]")),
    ("L008", 10, (", floor: 19.99 PLN", "")),
]


@pytest.mark.parametrize(("code", "line", "change"), RULES)
def test_rule(found, code, line, change):
    assert found(offer(change)) == [(code, "X", line)]
    module = {"L004": "settings", "L005": "settings", "L008": "price"}.get(code, "content")
    assert found(offer(change, ("kind: Offer\n", f"kind: Offer\nsync: {{{module}: off}}\n"))) == []
    assert found(offer(change) + "stock: {quantity: 0, status: ended}\n") == []


def test_the_same_gtin_in_offers_of_different_articles(found):
    """L002: by their `item`, or by what a parameter says; what only one of them says tells nothing."""
    same = ("5901234123464", "5901234123457")
    assert found(offer(same, ("item: K-1", "item: K-2"))) == [("L002", "GOOD", 7)]
    assert found(offer(same, ("Kolor: biały", "Kolor: czarny"))) == [("L002", "GOOD", 7)]
    assert (
        found(offer(same, ("Kolor: biały", "Kolor: czarny")) + "bundle: [{product: {gtin: '5901234123471'}}]\n")
        == []
    )


def test_several_offers_of_one_product(found):
    """L006: of an id, too; not a used one beside a new one, and not in different accounts."""
    same = ("5901234123464", "5901234123457")
    assert found(offer(same)) == [("L006", "GOOD", 7)]
    assert found(offer(same, ("Stan: Nowy", "Stan: Używany"))) == []
    by_id = ('gtin: "5901234123464"', "id: 0a1b-2c")
    assert found(offer(by_id) + "---\n" + offer(by_id, name="Y")) == [("L006", "X", 7)]
    two = PROJECT.replace("}}", "}, second: {marketplace: allegro, environment: sandbox, login: two}}")
    apart = "kind: Defaults\nOffer: {}\naccount: main\n"
    assert found(offer(same, ("kind: Offer\n", "kind: Offer\naccount: second\n")) + f"---\n{apart}", two) == []


def test_a_small_picture_is_told_once(found, tmp_path):
    """L003; what is too small for the marketplace is an error of `validate`."""
    for name, side in (("small", 640), ("large", 1000), ("tiny", 100)):
        size = side.to_bytes(4, "big")
        (tmp_path / f"{name}.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + 2 * size)
    pictures = ("  description:", "  images: [large.png, small.png, tiny.png, gone.png]\n  description:")
    assert found(offer(pictures) + "---\n" + offer(pictures, ("3464", "3471"), name="Y")) == [("L003", "X", 9)]


def test_switched_off_in_the_project_and_at_a_line(found):
    text = offer((LONG, "Kubek"), ("producer: acme, ", ""))
    assert found(text) == [("L001", "X", 6), ("L004", "X", 2)]
    assert found(text, PROJECT + "lint: {L001: off, L004: on}\n") == [("L004", "X", 2)]
    assert found(text, PROJECT + "lint: {L001: false}\n") == [("L004", "X", 2)]
    assert found(text.replace("Kubek\n", "Kubek # reconcile: ignore L004, L001\n")) == [("L004", "X", 2)]
    beside = text.replace("content:", "content: # reconcile: ignore L001")
    assert found(beside) == [("L001", "X", 6), ("L004", "X", 2)], "it stands at another line"
    above = text.replace("  title:", "  # for now\n  # reconcile: ignore L001\n  title:")
    assert found(above) == [("L004", "X", 2)]
    assert found(text.replace("  title:", "  # reconcile: ignore L001\n\n  title:")) == [
        ("L001", "X", 8),
        ("L004", "X", 2),
    ]
    assert found(text.replace("name: X", "name: X # reconcile: ignore L004 L001")) == [("L001", "X", 6)]


def test_a_rule_that_is_not_there(tmp_path, found, capsys):
    found("")
    (tmp_path / "reconcile.yaml").write_text(PROJECT + "lint: {L099: off}\n")
    assert run(["-C", str(tmp_path), "lint"]) == 1
    assert "reconcile.yaml:2:8: error[D204]" in capsys.readouterr().err


def test_told_by_cause_with_the_first_places(tmp_path, found, capsys):
    texts = (offer((LONG, f"Kubek {n}"), ("3464", f"34{n}1"), name=f"X{n}") for n in range(5))
    found("---\n".join(texts).replace("Kubek 4", "Kubek 4 # reconcile: ignore L001"))
    assert run(["-C", str(tmp_path), "lint"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("warning[L001]: titles that leave a third or more of 75 characters unused: 4 places\n")
    assert "    z.yaml:6:10: the title of X0 has 7 of 75 characters\n" in out
    assert "    … and 1 more\n" in out
    assert out.endswith("Found: 1 cause, 4 places, in 9 documents. 1 place ignored by comments.\n")
    assert run(["-C", str(tmp_path), "lint", "--all", "--check"]) == 2
    assert "the title of X3" in capsys.readouterr().out
    assert run(["-C", str(tmp_path), "lint", "--json"]) == 0
    body = fits("lint", json.loads(capsys.readouterr().out))
    assert (body["ignored"], [each["count"] for each in body["causes"]]) == (1, [4])
    assert [each["about"]["name"] for each in body["diagnostics"]] == ["X0", "X1", "X2", "X3"]


@pytest.mark.parametrize("form", ["sarif", "junit", "codequality", "annotations"])
def test_other_programs_read_all_places_and_the_exit_code_is_the_same(found, tmp_path, capsys, form):
    """More of one cause than the text shows, in a project that lies in a folder of its repository."""
    shop = tmp_path / "shop"
    shop.mkdir()
    (tmp_path / ".git").mkdir()
    (shop / "reconcile.yaml").write_text(PROJECT)
    short = [offer((LONG, "Kubek"), name=f"X{number}") for number in range(5)]
    (shop / "z.yaml").write_text("---\n".join((OTHERS, *short)))
    assert run(["-C", str(shop), "lint", "--format", form]) == 0
    said = capsys.readouterr().out
    assert run(["-C", str(shop), "lint", "--check", "--format", form]) == 2
    assert capsys.readouterr().out == said
    assert said.count("L001") >= 5
    assert said.count("shop/z.yaml") >= 5
    assert "say what buyers search for" in said


def test_nothing_found_is_a_report_of_nothing(found, tmp_path, capsys):
    found(offer())
    assert run(["-C", str(tmp_path), "lint", "--check", "--format", "sarif"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["results"] == []
