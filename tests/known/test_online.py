"""`validate --online`: the findings of a plan, without a plan."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import world
from accounts.market import many
from sources.shop import erp, feed, offers, shop
from world import World

from reconciler.cli.main import run
from reconciler.model.report_json import diagnostic_to_json
from reconciler.runtime.ledger import Ledger

SCHEMAS = Path(__file__).parents[2] / "schemas"
SCHEMA = jsonschema.Draft202012Validator(json.loads((SCHEMAS / "validation.schema.json").read_text("utf-8")))
Asked = Callable[..., tuple[int, Any]]


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Asked:
    """Run `validate --online --json`; return its exit code and what it says."""

    def call(made: World, *arguments: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = run(["-C", str(made.root), "validate", "--online", "--json", *arguments])
        body = json.loads(capsys.readouterr().out)
        SCHEMA.validate(body)
        return code, body

    return call


def test_the_findings_are_those_of_a_plan(
    tmp_path: Path, asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    """What only the marketplace knows, at its place, and with the exit codes of `validate`."""
    wrong = world.whole_offer(
        "B",
        content={
            "title": "Talerz płytki biały porcelanowy",
            "category": "404",
            "product": {"gtin": "5901234123464"},
        },
    )
    made = World.make(
        tmp_path / "shop", world.seller([world.live_offer(1, "A")]), [world.offer("A", price="55 PLN"), wrong]
    )
    assert run(["-C", str(made.root), "validate"]) == 0
    capsys.readouterr()
    assert run(["-C", str(made.root), "validate", "--json"]) == 0
    offline = json.loads(capsys.readouterr().out)
    SCHEMA.validate(offline)
    assert (offline["valid"], offline["online"]) == (True, None)
    code, found = asked(made)
    assert (code, found["valid"]) == (1, False)
    assert "P220" in [each["code"] for each in found["diagnostics"]]
    assert found["diagnostics"] == [diagnostic_to_json(each) for each in made.plan().diagnostics]
    assert found["online"]["requests"] > 0
    made.documents(world.offer("A", price="55 PLN"))
    code, found = asked(made)
    assert (code, found["valid"], found["diagnostics"]) == (0, True, [])
    assert found["offers"] == 1


def test_there_is_no_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is sent, nothing is a run, and nothing is shown of what would change."""
    made = World.make(
        tmp_path / "shop", world.seller([world.live_offer(1, "A")]), [world.offer("A", price="55 PLN")]
    )
    before = {file.relative_to(made.root) for file in made.root.rglob("*") if ".reconcile" not in file.parts}
    assert run(["-C", str(made.root), "validate", "--online"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("Valid. 2 documents read, 1 offer resolved: ")
    assert "what the marketplace knows" in shown.out
    assert "55" not in shown.out
    assert " requests." in shown.err
    assert not made.writes()
    assert {
        file.relative_to(made.root) for file in made.root.rglob("*") if ".reconcile" not in file.parts
    } == before
    ledger = Ledger(made.root / ".reconcile" / "ledger.db")
    try:
        assert not ledger.database.rows("select * from runs", ())
    finally:
        ledger.close()


def test_a_broken_project_asks_nobody(tmp_path: Path, asked: Asked) -> None:
    made = World.make(tmp_path / "shop", world.seller([]), [])
    made.write("reconcile.yaml", "accounts: {main: {marketplace: allegro\n")
    code, found = asked(made)
    assert (code, found["valid"], found["online"]) == (1, False, None)
    assert found["diagnostics"][0]["mark"]["file"] == "reconcile.yaml"
    assert not made.sent()


def test_with_sources(tmp_path: Path, asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    """Their rows are looked at, too; one that a plan could not use leaves something unchecked."""
    made = shop(tmp_path / "shop", erp(), *offers("A"))
    file = feed(made, "B,7")
    code, found = asked(made)
    assert (code, [each["code"] for each in found["diagnostics"]]) == (1, ["D617"])
    other = feed(made, "A,7", name="other.csv")
    code, found = asked(made, "--source", f"erp={other}")
    assert (code, found["valid"]) == (0, True)
    assert [(each["name"], each["state"], each["rows"]) for each in found["online"]["sources"]] == [
        ("erp", "ok", 1)
    ]
    file.write_text("item,quantity\nA,7")
    code, found = asked(made)
    assert (code, found["valid"], found["diagnostics"]) == (1, False, [])
    assert found["online"]["sources"][0]["state"] == "failed"
    assert run(["-C", str(made.root), "validate", "--online"]) == 1
    shown = capsys.readouterr().out
    assert "the last line has no end" in shown
    assert "Not checked: what comes from erp." in shown
    assert run(["-C", str(made.root), "validate", "--source", f"erp={other}"]) == 64


def test_an_account_that_does_not_answer(tmp_path: Path, asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    """The others are checked; the command ends as a plan would."""
    texts = {name: f"kind: Offer\nname: {name}-0\nprice: 55 PLN\n" for name in "ab"}
    made = many(tmp_path / "shop", ("a", "b"), 1, texts, b={"login": "somebody-else"})
    code, found = asked(made)
    assert (code, found["valid"]) == (4, False)
    assert [(each["account"], each["reason"]) for each in found["online"]["unchecked"]] == [
        ("b", "authentication")
    ]
    assert asked(made, "--account", "a")[0] == 0
    assert run(["-C", str(made.root), "validate", "--online"]) == 4
    assert "Not checked: account b: " in capsys.readouterr().out


def test_a_list_that_is_too_short(tmp_path: Path, asked: Asked) -> None:
    """Nobody has seen everything then."""
    live = [world.live_offer(number, f"K-{number}") for number in range(1, 4)]
    made = World.make(tmp_path / "shop", world.seller(live), [world.offer("K-1", price="55 PLN")])
    made.set(faults={"schedule": [{"do": "short_list", "missing": 1, "times": None}]})
    code, found = asked(made)
    assert (code, found["valid"]) == (1, False)
    assert found["online"]["unchecked"][0]["summary"] == "its list came out short"
