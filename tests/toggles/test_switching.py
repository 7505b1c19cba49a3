"""`reconcile sync`: toggles of many documents, written where the fewest places say them, and nothing else written."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import pytest
import world
from world import World

from reconciler.cli.main import run
from reconciler.documents.layers import effective
from reconciler.model.modules import Module
from reconciler.runtime.project.workspace import Workspace

VERBS = {"enable": "auto", "disable": "off", "manual": "manual"}
MODULES = [each.value for each in Module]
LEVELS = ("offer", "folder", "template", "account")

PROJECT = """\
# sklep
name: shop   # na zawsze
accounts:
  main:
    marketplace: allegro
    environment: simulator   # na próbę
    login: "sklep"
guards: {price_change: off, ends: off}   # bez granic
"""
#: Each with other spacing, quoting and order; comments wherever one may stand.
FILES = {
    "reconcile.yaml": PROJECT,
    "mugs/defaults.yaml": "# kubki\nkind: Defaults\nlabels: {shelf: mugs}   # regał\nOffer:\n  delivery: {handling: PT24H}\n",
    "mugs/a.yaml": (
        "# pierwszy\nkind: Offer\nname: 'A'   # klucz\nlabels:\n  brand: acme   # marka\n\n  # koniec\n"
        "price: 49.99 PLN # brutto\nsettings: mugs\n\n# koniec\n"
    ),
    "mugs/b.yaml": 'kind: "Offer"\nname: "B"\nlabels: {"brand": "acme"}\nprice: "59.99 PLN"\nsettings: mugs\n',
    "mugs/t.yaml": "kind: SettingsTemplate  # wzór\nname: mugs\ninvoice: vat\n",
    "plates/c.yaml": '{"kind": "Offer", "name": "C", "labels": {"brand": "inna"}, "price": "69.99 PLN"}\n',
    "plates/d.yaml": "---\nkind: Offer\nname: D\nprice: 79.99 PLN\n---\nkind: Offer\nname: E\nprice: 9.99 PLN\n",
}
#: What is chosen so that one place of a level holds for that alone.
CHOICES: dict[str, tuple[list[str], str, set[str]]] = {
    "offer": (["--name", "A"], "mugs/a.yaml", {"A"}),
    "folder": (["--select", "shelf=mugs"], "mugs/defaults.yaml", {"A", "B"}),
    "template": (["--select", "brand=acme"], "mugs/t.yaml", {"A", "B"}),
    "account": (["--all"], "reconcile.yaml", {"A", "B", "C", "D", "E"}),
}


@pytest.fixture
def shop(tmp_path: Path) -> World:
    """Five offers in two folders; all of them are live, and differ in their prices."""
    offers = [world.live_offer(number, key) for number, key in enumerate("ABCDE", start=1)]
    made = World.make(tmp_path, world.seller(offers), [])
    for path, text in FILES.items():
        made.write(path, text)
    return made


def sync(made: World, *arguments: str, capsys: Any, code: int = 0) -> Any:
    """Run `reconcile sync … --json` and return what it printed."""
    capsys.readouterr()
    assert run(["-C", str(made.root), "sync", *arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def texts(made: World) -> dict[str, str]:
    """Every document of the project, as it stands on disk."""
    files = (file for file in made.root.rglob("*.yaml") if ".reconcile" not in file.parts)
    return {file.relative_to(made.root).as_posix(): file.read_bytes().decode() for file in files}


def modes(made: World) -> dict[str, dict[str, str]]:
    """The toggles of each document, by the layers of a fresh load."""
    documents = Workspace(made.root).load()
    assert not documents.diagnostics
    found, _ = effective(documents, render=None)
    return {each.document.name: {m.value: mode.value for m, (mode, _) in each.modes.items()} for each in found}


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went and those that came."""
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
    return [each[1:] for each in lines if each[0] == "-"], [each[1:] for each in lines if each[0] == "+"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("module", MODULES)
def test_each_module_is_switched_at_each_level(
    shop: World, module: str, verb: str, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One file says it in new lines of its own, all that was chosen follows it, and nothing else does."""
    chosen, file, names = CHOICES[level]
    if verb == "enable":  # what is switched on was off
        shop.write("reconcile.yaml", PROJECT + f"sync:\n  {module}: off   # na razie\n")
    before, were = texts(shop), modes(shop)
    body = sync(shop, verb, module, *chosen, "--level", level, "--yes", capsys=capsys)
    assert (body["written"], body["files"], body["mode"]) == (True, [file], VERBS[verb])
    assert {each["key"]["name"] for each in body["toggled"]} == names
    after = texts(shop)
    assert {path for path in after if after[path] != before[path]} == {file}
    gone, new = changed(before[file], after[file])
    if (verb, level) == ("enable", "account"):
        assert (gone, new) == ([f"  {module}: off   # na razie"], [f"  {module}: auto   # na razie"])
    else:
        assert not gone
        assert [each.strip() for each in new] == ["sync:", f"{module}: {VERBS[verb]}"]
    expected = {name: {**told, module: VERBS[verb]} if name in names else told for name, told in were.items()}
    assert modes(shop) == expected


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("module", MODULES)
def test_a_second_time_nothing_is_left_to_write(
    shop: World, module: str, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What follows the toggle already is left alone."""
    sync(shop, verb, module, "--all", "--yes", capsys=capsys)
    before = texts(shop)
    again = sync(shop, verb, module, "--all", "--yes", capsys=capsys)
    assert (again["written"], again["files"], again["places"], again["plan"]) == (False, [], [], None)
    assert texts(shop) == before


@pytest.mark.parametrize("level", LEVELS)
def test_the_plan_that_is_shown_is_the_next_plan(
    shop: World, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it says before anything is written is what `reconcile plan` says afterwards."""
    shown = sync(shop, "disable", "price", *CHOICES[level][0], "--level", level, "--yes", capsys=capsys)["plan"]
    assert run(["-C", str(shop.root), "plan", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    for body in (shown, plan):
        for part in body["accounts"]:
            assert part["changes"] or level == "account"
            for field in (field for change in part["changes"] for field in change["fields"]):
                field.pop("lowest", None)  # it says until when it was looked
    assert [part["changes"] for part in shown["accounts"]] == [part["changes"] for part in plan["accounts"]]
    assert [part["counts"] for part in shown["accounts"]] == [part["counts"] for part in plan["accounts"]]
    assert shown["documents"] == plan["documents"]
    names = {each["key"]["name"] for part in plan["accounts"] for each in part["changes"]}
    assert names.isdisjoint(CHOICES[level][2])


# --- where it is said when nobody says where ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "files"),
    [
        (["--name", "A"], ["mugs/a.yaml"]),
        (["--name", "?"], ["mugs/defaults.yaml", "plates/c.yaml", "plates/d.yaml"]),
        (["--name", "[AB]"], ["mugs/defaults.yaml"]),
        (["--name", "A", "--name", "C"], ["mugs/a.yaml", "plates/c.yaml"]),
        (["--all"], ["reconcile.yaml"]),
    ],
)
def test_the_fewest_places_say_it(
    shop: World, chosen: list[str], files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One place for all that was chosen and nothing else; where there is none, each document says it itself."""
    were = modes(shop)
    body = sync(shop, "manual", "content", *chosen, "--yes", capsys=capsys)
    assert sorted(body["files"]) == files
    names = {each["key"]["name"] for each in body["toggled"]}
    assert modes(shop) == {
        name: {**told, "content": "manual"} if name in names else told for name, told in were.items()
    }


def test_where_it_is_said_already_it_is_changed(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Of two places that would do it is the one that speaks of it."""
    shop.write("reconcile.yaml", PROJECT + "sync: {price: off}\n")
    body = sync(shop, "enable", "price", "--all", "--yes", capsys=capsys)
    assert [(each["level"], str(each["mark"]["line"])) for each in body["places"]] == [("project", "9")]
    assert texts(shop)["reconcile.yaml"].endswith("\nsync: {price: auto}\n")


def test_an_exception_within_what_was_chosen_follows(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """What says otherwise itself is changed, too: everything that was chosen has the toggle afterwards."""
    shop.write("mugs/b.yaml", FILES["mugs/b.yaml"] + 'sync: {"price": "auto"}   # wyjątek\n')
    body = sync(shop, "disable", "price", "--all", "--yes", capsys=capsys)
    assert sorted(body["files"]) == ["mugs/b.yaml", "reconcile.yaml"]
    assert texts(shop)["mugs/b.yaml"].endswith('sync: {"price": "off"}   # wyjątek\n')
    assert {told["price"] for told in modes(shop).values()} == {"off"}


def test_what_comes_later_follows_a_level_of_the_account(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Though all documents say it themselves, `--all --level account` is said for what is not there yet."""
    for name in "ABCDE":
        sync(shop, "disable", "price", "--name", name, "--level", "offer", "--yes", capsys=capsys)
    body = sync(shop, "disable", "price", "--all", "--level", "account", "--yes", capsys=capsys)
    assert (body["files"], body["toggled"]) == (["reconcile.yaml"], [])
    shop.write("new.yaml", "kind: Offer\nname: F\nprice: 1.00 PLN\n")
    assert modes(shop)["F"]["price"] == "off"


def test_other_kinds_have_the_module_that_they_belong_to(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A price list is in `delivery`; it is named by its kind, or chosen by a name like its own."""
    shop.write("list.yaml", "kind: DeliveryPriceList\nname: Moja\n# metody\nmethods: {Kurier: 9.99 PLN}\n")
    body = sync(shop, "disable", "delivery", "--name", "DeliveryPriceList/M*", "--yes", capsys=capsys)
    assert [each["key"]["kind"] for each in body["toggled"]] == ["DeliveryPriceList"]
    assert texts(shop)["list.yaml"].startswith(
        "kind: DeliveryPriceList\nname: Moja\nsync:\n  delivery: off\n# metody\n"
    )
    (wrong,) = _refused(shop, "disable", "price", "--name", "DeliveryPriceList/*", capsys=capsys)
    assert wrong["code"] == "D641"
    assert "price" in wrong["summary"]


# --- what the text looks like ---------------------------------------------------------------------------------

#: A document as it was, and as it is with price and stock off.
SPELLINGS = {
    "no toggles": ("name: X\nprice: 1.00 PLN\n", "name: X\nsync:\n  price: off\n  stock: off\nprice: 1.00 PLN\n"),
    "no line end": ("name: X", "name: X\nsync:\n  price: off\n  stock: off"),
    "a block": (
        "name: X\nsync:   # które\n    content: off   # ręcznie\n\nprice: 1.00 PLN\n",
        "name: X\nsync:   # które\n    content: off   # ręcznie\n    price: off\n    stock: off\n\nprice: 1.00 PLN\n",
    ),
    "brackets": (
        "name: X\nsync: { content: off }   # które\n",
        "name: X\nsync: { content: off, price: off, stock: off }   # które\n",
    ),
    "brackets in lines": (
        "name: X\nsync: {\n  content: off,   # jeden\n  stock: auto    # dwa\n}\n",
        "name: X\nsync: {\n  content: off,   # jeden\n  stock: off, price: off    # dwa\n}\n",
    ),
    "nothing in brackets": ("name: X\nsync: {}\n", "name: X\nsync: {price: off, stock: off}\n"),
    "quotes": (
        "name: X\nsync:\n  'price': \"auto\"   # cena\n  stock: 'auto'\n",
        "name: X\nsync:\n  'price': \"off\"   # cena\n  stock: 'off'\n",
    ),
    "truth": ("name: X\nsync: {price: true, stock: true}\n", "name: X\nsync: {price: off, stock: off}\n"),
    "an anchor": (
        "name: X\nsync: &s {content: off}\n",
        "name: X\nsync: &s {content: off, price: off, stock: off}\n",
    ),
    "one of them": ("name: X\nsync: {price: off}\n", "name: X\nsync: {price: off, stock: off}\n"),
    "order": ("price: 1.00 PLN\nname: X\n", "price: 1.00 PLN\nname: X\nsync:\n  price: off\n  stock: off\n"),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff", "---\nkind: Offer\nname: Y\n---\n"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_all_but_the_toggles_stays_byte_for_byte(
    shop: World, spelling: str, start: str, newline: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the way of writing: marks of order, line ends, documents before it."""
    before, after = (f"{start}kind: Offer\n{each}".replace("\n", newline) for each in SPELLINGS[spelling])
    shop.write("x.yaml", before)
    sync(shop, "disable", "price", "stock", "--name", "X", "--level", "offer", "--yes", capsys=capsys)
    assert texts(shop)["x.yaml"] == after


def test_json_stays_json(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A document in JSON can be read as JSON afterwards."""
    sync(shop, "disable", "price", "bundle", "--name", "C", "--yes", capsys=capsys)
    body = json.loads(texts(shop)["plates/c.yaml"])
    assert body["sync"] == {"price": "off", "bundle": "off"}


# --- what is refused ------------------------------------------------------------------------------------------


def _refused(made: World, *arguments: str, capsys: Any, reason: str = "documents", code: int = 1) -> Any:
    """Run a command that is refused: no file changes."""
    before = texts(made)
    error = sync(made, *arguments, "--yes", capsys=capsys, code=code)["error"]
    assert error["reason"] == reason
    assert texts(made) == before
    return error["diagnostics"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--name", "AA"], "D316", "--name AA"),
        (["--select", "brand=acne"], "D317", "acme"),
        (["--select", "brand=inna", "--name", "A"], "D319", "--name A"),
        (["--select", "brand=inna", "--level", "folder"], "D643", "Offer/C"),
        (["--name", "C", "--level", "template"], "D643", "Offer/C"),
        (["--name", "A", "--level", "folder"], "D642", "Offer/B"),
        (["--name", "A", "--level", "account"], "D642", "Offer/B, Offer/C, Offer/D and 1 more"),
    ],
)
def test_what_cannot_be_said_there_is_refused(
    shop: World, arguments: list[str], code: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A level that holds for more than was chosen, or is not there; a choice of nothing."""
    found = _refused(shop, "disable", "price", *arguments, capsys=capsys)
    assert [each["code"] for each in found] == [code]
    assert said in found[0]["summary"] + found[0]["hint"]
    assert found[0]["hint"]


def test_a_document_of_several_accounts_is_not_switched_in_one(
    shop: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its toggle would hold in the other account, too."""
    second = "  druga:\n    marketplace: allegro\n    environment: simulator\n    login: druga\n"
    shop.write("reconcile.yaml", PROJECT.replace("guards", second + "guards"))
    for path in ("plates/d.yaml", "plates/c.yaml", "mugs/a.yaml", "mugs/b.yaml"):
        (shop.root / path).unlink()
    shop.write("list.yaml", "kind: ReturnPolicy\nname: Nasza\n")
    (wrong,) = _refused(
        shop, "disable", "settings", "--account", "main", "--name", "ReturnPolicy/*", capsys=capsys
    )
    assert (wrong["code"], wrong["mark"]["file"]) == ("D642", "list.yaml")


@pytest.mark.parametrize("anchor", ["sync: &s {content: off}\n", "sync: &s\n  content: off\n"])
def test_what_an_alias_repeats_is_left_to_a_person(
    shop: World, anchor: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another word there would be said in another place, too."""
    repeated = PROJECT.replace('login: "sklep"\n', 'login: "sklep"\n    sync: *s\n')
    shop.write("reconcile.yaml", anchor + repeated)
    (wrong,) = _refused(shop, "disable", "price", "--all", "--level", "account", capsys=capsys)
    assert (wrong["code"], wrong["mark"]["file"], wrong["mark"]["line"]) == ("D644", "reconcile.yaml", 1)
    assert "alias" in wrong["detail"]


def test_a_link_is_left_to_a_person(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """What it leads to would not be the file that was shown."""
    shop.write(".hidden/x.yaml", "kind: Offer\nname: X\n")
    (shop.root / "x.yaml").symlink_to(shop.root / ".hidden" / "x.yaml")
    (wrong,) = _refused(shop, "disable", "price", "--name", "X", capsys=capsys)
    assert (wrong["code"], wrong["mark"]["file"]) == ("D644", "x.yaml")
    assert "symbolic link" in wrong["detail"]


def test_a_mistake_elsewhere_comes_first(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Documents with errors are not switched: what a toggle does is not known."""
    shop.write("x.yaml", "kind: Offer\nname: X\nprice: 5\n")
    (wrong,) = _refused(shop, "disable", "price", "--name", "A", capsys=capsys)
    assert wrong["code"] == "D206"


@pytest.mark.parametrize(
    "arguments",
    [[], ["price"], ["price", "--all", "--name", "A"], ["prices", "--all"], ["price", "--all", "--level", "shop"]],
)
def test_half_a_command_is_wrong_usage(
    shop: World, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A module and one way to choose are needed."""
    assert not _refused(shop, "disable", *arguments, capsys=capsys, reason="usage", code=64)


# --- who agrees -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "code"), [("yes\n", 0), ("y\n", 1), ("", 1)])
def test_only_yes_writes(
    shop: World, answer: str, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change of the file and the next plan are shown before anybody is asked."""
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    before = texts(shop)
    assert run(["-C", str(shop.root), "sync", "disable", "price", "--name", "A"]) == code
    said = capsys.readouterr()
    assert "  +sync:\n  +  price: off\n" in said.out
    assert "price becomes off for 1 of 1 chosen resource, said by offer (mugs/a.yaml:7:10)." in said.out
    assert said.out.index("The next plan:") < said.out.index("Plan: ")
    assert ("Written." in said.out) == (code == 0)
    assert ("only `yes` is taken" in said.err) == (code == 1)
    assert (texts(shop) != before) == (code == 0)


def test_json_leaves_nobody_to_ask(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A machine says yes beforehand."""
    error = sync(shop, "disable", "price", "--all", capsys=capsys, code=64)["error"]
    assert "--yes" in error["summary"]


def test_files_are_written_though_nobody_can_be_asked_for_a_plan(
    shop: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a token there is no plan, and that is said; the toggle needs none."""
    shop.write("reconcile.yaml", PROJECT.replace("environment: simulator", "environment: production"))
    body = sync(shop, "disable", "price", "--all", "--yes", capsys=capsys)
    assert (body["written"], body["plan"]) == (True, None)
    assert run(["-C", str(shop.root), "sync", "manual", "price", "--all", "--yes"]) == 0
    assert "The next plan cannot be shown:" in capsys.readouterr().err
    assert {told["price"] for told in modes(shop).values()} == {"manual"}


def test_a_toggle_that_makes_a_mistake_of_a_document_is_refused(
    shop: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """While stock is off nothing contradicts the renewal; on, it would, and that is said before anything is written."""
    shop.write("stock.csv", "sku,qty\nX,5\n")
    shop.write(
        "erp.yaml",
        "kind: Source\nname: erp\ntype: csv\npath: stock.csv\nitem: sku\n"
        "columns: {sku: text, quantity: {from: qty, type: whole}}\norders: {by: erp, within: 15m}\n",
    )
    shop.write(
        "x.yaml",
        "kind: Offer\nname: X\nsync: {stock: off}\nsettings: {duration: P10D, renewal: true}\nstock: {from: erp}\n",
    )
    (wrong,) = _refused(shop, "enable", "stock", "--name", "X", capsys=capsys)
    assert (wrong["code"], wrong["mark"]["file"], wrong["mark"]["line"]) == ("D645", "x.yaml", 4)
    assert wrong["summary"].startswith("with these toggles: X renews itself")


@pytest.mark.parametrize(
    ("chosen", "gone", "new"),
    [
        (["--all"], [], ["sync:", "  price: off"]),
        (["--all", "--account", "b"], [], ["    sync:", "      price: off"]),
        (["--all", "--account", "[ab]"], [], ["    sync:", "      price: off"] * 2),
        (["--all", "--account", "c"], ["    sync: {price: manual}"], ["    sync: {price: off}"]),
    ],
)
def test_of_several_accounts_those_that_are_meant(
    shop: World, chosen: list[str], gone: list[str], new: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them is said once for the project; else each account says it itself."""
    accounts = "".join(
        f"  {name}:\n    marketplace: allegro\n    environment: production\n    login: {name}\n" for name in "abc"
    )
    text = f"name: shop\naccounts:\n{accounts}    sync: {{price: manual}}\n"
    for path in FILES:
        (shop.root / path).unlink()
    shop.write("reconcile.yaml", text)
    for name in "abc":
        shop.write(f"{name}.yaml", f"kind: Offer\nname: {name}\naccount: {name}\n")
    body = sync(shop, "disable", "price", *chosen, "--level", "account", "--yes", capsys=capsys)
    lines = changed(text, texts(shop)["reconcile.yaml"])
    if chosen == ["--all"]:
        gone, new = ["    sync: {price: manual}"], ["sync:", "  price: off", "    sync: {price: off}"]
    assert lines == (gone, new)
    assert body["files"] == ["reconcile.yaml"]
    meant = {"a", "b", "c"} if len(chosen) == 1 else set(chosen[-1]) & {"a", "b", "c"}
    rest = {"a": "auto", "b": "auto", "c": "manual"}
    assert {name: told["price"] for name, told in modes(shop).items()} == rest | dict.fromkeys(meant, "off")
