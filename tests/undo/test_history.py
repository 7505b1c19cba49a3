"""The runs as they are told: the list, one run, who wrote a value; as text, as JSON, and by the commands."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import world
from click.testing import CliRunner
from world import World

from reconciler.cli.main import cli
from reconciler.model.outcomes import Result
from reconciler.render.history_text import blame_text, history_text, shown_text
from reconciler.render.style import PLAIN
from reconciler.runtime.commands.history import blame, shown
from reconciler.runtime.errors import RunStopped
from reconciler.runtime.project.workspace import Workspace

from .taking_back import runs, undo


def shop(root: Path) -> World:
    """A on sale, and one commit that has been applied."""
    made = World.make(
        root,
        world.seller([world.live_offer(1, "A"), world.live_offer(2, "B", sold=2)]),
        [world.offer("A", price="60 PLN", stock={"always": 7}), world.offer("B", price="61 PLN")],
    )
    _git(made, "init", "-q")
    commit(made)
    made.apply(made.plan())
    return made


def commit(made: World) -> None:
    """Anna commits the documents as they are."""
    _git(made, "add", "documents", "reconcile.yaml")
    _git(made, "commit", "-q", "-m", "Ceny")


def _git(made: World, *arguments: str) -> None:
    names = ("-c", "user.name=Anna Nowak", "-c", "user.email=anna@example.com")
    subprocess.run(["git", "-C", str(made.root), *names, *arguments], check=True, capture_output=True)


def ask(made: World, *arguments: str, code: int = 0, stdin: str = "") -> str:
    """Run a command on the project and return its stdout."""
    done = CliRunner().invoke(cli, ["-C", str(made.root), *arguments], input=stdin, standalone_mode=False)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert int(done.return_value or 0) == code, done.output
    return done.stdout


def test_the_list_names_account_purpose_author_and_counts(tmp_path: Path) -> None:
    made = shop(tmp_path)
    undo(made)
    lines = list(history_text(runs(made), PLAIN))
    assert [line.split()[4] for line in lines[:2]] == ["undo", "apply"]
    assert all("Anna Nowak" in line and "applied" in line for line in lines[:2])


def test_a_run_shows_every_field_with_its_line_and_outcome(tmp_path: Path) -> None:
    made = shop(tmp_path)
    run, rows = shown(Workspace(made.root), runs(made)[0].id[:6])
    text = "\n".join(shown_text(run, rows, PLAIN))
    assert "price.base" in text
    assert "49.99 PLN -> 60.00 PLN" in text.replace("60 PLN", "60.00 PLN")
    assert "documents/000.yaml:" in text
    assert all(row.result is Result.APPLIED for row in rows)
    assert "Anna Nowak <anna@example.com>" in text


def test_a_refusal_is_shown_with_its_trace_id(tmp_path: Path) -> None:
    made = World.make(
        tmp_path,
        world.seller([world.live_offer(1, "A")]),
        [world.offer("A", content={"description": "<p>Nowy</p>"})],
    )
    plan = made.plan()
    made.set(
        faults={
            "force_status": 422,
            "force_times": 1,
            "force_path": "/sale/product-offers",
            "force_method": "PATCH",
        }
    )
    made.apply(plan)
    run, rows = shown(Workspace(made.root), runs(made)[0].id)
    (row,) = rows
    assert row.result is Result.REFUSED
    assert row.fault is not None
    assert row.fault.trace_id
    assert row.fault.trace_id in "\n".join(shown_text(run, rows, PLAIN))
    assert (
        json.loads(ask(made, "history", "show", run.id, "--json"))["rows"][0]["fault"]["trace_id"]
        == row.fault.trace_id
    )


def test_blame_names_the_latest_run_of_each_field(tmp_path: Path) -> None:
    made = shop(tmp_path)
    first = runs(made)[0].id
    made.documents(world.offer("A", price="65 PLN", stock={"always": 7}), world.offer("B", price="61 PLN"))
    commit(made)
    made.apply(made.plan())
    by_field = {each.path: each.run.id for each in blame(Workspace(made.root), "A")}
    assert by_field == {"price.base": runs(made)[0].id, "stock.quantity": first}
    (price,) = blame(Workspace(made.root), "A", "price")
    text = "\n".join(blame_text([price], PLAIN))
    assert "65" in text
    assert "documents/000.yaml:" in text
    assert "Anna Nowak" in text
    assert "dirty" not in text
    with pytest.raises(RunStopped, match="has written"):
        blame(Workspace(made.root), "A", "content")
    with pytest.raises(RunStopped, match="has touched"):
        blame(Workspace(made.root), "nobody")


def test_blame_of_an_undone_value_names_the_undo_and_no_line(tmp_path: Path) -> None:
    made = shop(tmp_path)
    undo(made)
    (price,) = blame(Workspace(made.root), "A", "price.base")
    assert (price.run.purpose, price.place) == ("undo", "")
    assert f"undo of {runs(made)[1].id[:8]}" in "\n".join(blame_text([price], PLAIN))


def test_the_commands_speak_json(tmp_path: Path) -> None:
    made = shop(tmp_path)
    (run,) = json.loads(ask(made, "history", "--json"))["runs"]
    rows = run["counts"]["applied"]
    assert run["counts"] == {"applied": rows, "refused": 0, "skipped": 0, "unknown": 0}
    assert run["who"]["author"] == "Anna Nowak <anna@example.com>"
    (field,) = json.loads(ask(made, "blame", "A", "price.base", "--json"))["fields"]
    assert field["value"] == {"amount": "60", "currency": "PLN"} or field["value"]["amount"].startswith("60")
    assert field["run"]["counts"]["applied"] == rows
    out = tmp_path / "undo.json"
    plan = json.loads(ask(made, "undo", run["id"][:8], "--json", "--out", str(out)))
    assert (plan["purpose"], plan["undoes"]) == ("undo", run["id"])
    assert json.loads(out.read_text()) == plan
    report = json.loads(ask(made, "apply", str(out), "--json"))
    assert report["counts"]["applied"] == rows


def test_an_undo_needs_a_yes(tmp_path: Path) -> None:
    made = shop(tmp_path)
    run = runs(made)[0].id[:8]
    assert "Plan: 2 to change." in ask(made, "undo", run, code=1)
    assert len(runs(made)) == 1
    said = ask(made, "undo", run, stdin="yes\n")
    assert "P604" in said
    assert "git revert" in said
    assert "Apply complete" in said
    assert "Nothing to undo." in ask(made, "undo", run)


def test_a_resync_needs_a_yes_and_tells_its_cost_first(tmp_path: Path) -> None:
    made = shop(tmp_path)
    asked = ("resync", "--account", "main")
    said: str = ask(made, *asked, code=1)
    assert "2 of 2 live" in said
    assert "at the permitted rate" in said
    assert len(runs(made)) == 1
    assert "applied" in ask(made, *asked, stdin="yes\n")
    status: Any = json.loads(ask(made, "resync", "status", "--json"))["resyncs"]
    assert (status[0]["left"], status[0]["run"]["state"]) == (0, "finished")
    assert "finished" in ask(made, "resync", "status")
    report = json.loads(ask(made, *asked, "--yes", "--json"))
    assert report["counts"]["skipped"] == 0
