"""`reconcile sync status`: how many resources have which toggle, by account, module and level; and what is published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.cli.main import run
from reconciler.documents.resources import schema_text

PROJECT = """\
name: shop
accounts:
  main: {marketplace: allegro, environment: simulator, login: sklep}
  second: {marketplace: allegro, environment: simulator, login: drugi, sync: {stock: manual}}
sync: {content: manual}
"""
FILES = {
    "reconcile.yaml": PROJECT,
    "one/defaults.yaml": "kind: Defaults\naccount: main\nsync: {price: off}\n",
    "one/offers.yaml": (
        "kind: Offer\nname: A\n---\nkind: Offer\nname: B\nsync: {price: manual, content: auto}\n"
        "---\nkind: Offer\nname: C\nsettings: standard\n"
    ),
    "one/t.yaml": "kind: SettingsTemplate\nname: standard\nsync: {stock: off}\n",
    "list.yaml": "kind: DeliveryPriceList\nname: L\naccount: main\nmethods: {Kurier: 9.99 PLN}\nsync: {delivery: off}\n",
    "policy.yaml": "kind: ReturnPolicy\nname: P\nsync: {settings: manual}\n",
}
#: account, module: auto, manual, off; and what is not auto by its level.
COUNTS = {
    ("main", "settings"): ((3, 1, 0), {("manual", "document"): 1}),
    ("main", "content"): ((1, 2, 0), {("manual", "project"): 2}),
    ("main", "delivery"): ((3, 0, 1), {("off", "document"): 1}),
    ("main", "price"): ((0, 1, 2), {("manual", "offer"): 1, ("off", "defaults one/defaults.yaml"): 2}),
    ("main", "stock"): ((2, 0, 1), {("off", "template standard"): 1}),
    ("main", "bundle"): ((3, 0, 0), {}),
    ("second", "settings"): ((0, 1, 0), {("manual", "document"): 1}),
    **{("second", module): ((0, 0, 0), {}) for module in ("content", "delivery", "price", "stock", "bundle")},
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Two accounts; toggles at every level."""
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def printed(shop: Path, *arguments: str, capsys: Any) -> Any:
    """The JSON document that a command prints."""
    capsys.readouterr()
    assert run(["-C", str(shop), "sync", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_every_toggle_is_counted_once_by_the_level_that_says_it(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The counts of a module add up to what belongs to it; those of the levels to each count."""
    rows = printed(shop, "status", capsys=capsys)["modules"]
    found = {}
    for row in rows:
        decided = {(each["mode"], each["level"]): each["count"] for each in row["decided"]}
        assert row["auto"] == sum(count for (mode, _), count in decided.items() if mode == "auto")
        others = {each: count for each, count in decided.items() if each[0] != "auto"}
        found[row["account"], row["module"]] = (row["auto"], row["manual"], row["off"]), others
    assert found == COUNTS
    assert [row["account"] for row in rows] == ["main"] * 6 + ["second"] * 6


def test_the_table_says_the_same(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One account, as a person sees it."""
    assert run(["-C", str(shop), "sync", "status", "--account", "main"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "account  module    auto  manual  off  said by",
        "main     settings     3       1    0  manual: document 1",
        "main     content      1       2    0  manual: project 2",
        "main     delivery     3       0    1  off: document 1",
        "main     price        0       1    2  manual: offer 1; off: defaults one/defaults.yaml 2",
        "main     stock        2       0    1  off: template standard 1",
        "main     bundle       3       0    0",
    ]


def test_what_is_printed_keeps_to_the_published_schemas(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the counts, and of toggles that were written."""
    jsonschema.validate(printed(shop, "status", capsys=capsys), json.loads(schema_text("sync-status")))
    body = printed(shop, "enable", "content", "delivery", "--all", "--yes", capsys=capsys)
    assert {each["level"] for each in body["places"]} == {"document", "project"}
    jsonschema.validate(body, json.loads(schema_text("sync")))
    jsonschema.validate(
        printed(shop, "enable", "content", "--all", "--yes", capsys=capsys), json.loads(schema_text("sync"))
    )
    counts = {row["module"]: row["auto"] for row in printed(shop, "status", capsys=capsys)["modules"][:6]}
    assert (counts["content"], counts["delivery"]) == (3, 4)


def test_a_project_with_mistakes_is_not_counted(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a broken document says is not known."""
    (shop / "x.yaml").write_text("kind: Offer\nname: X\nsync: {price: sometimes}\n", encoding="utf-8")
    assert run(["-C", str(shop), "sync", "status", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["error"]["diagnostics"]
    assert [each["code"] for each in found if each["severity"] == "error"] == ["D207"]
