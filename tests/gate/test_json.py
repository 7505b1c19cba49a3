"""With `--json` stdout carries one document, whatever happens: each command, and each way in which it can end."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import world
from msgspec.structs import replace
from undo.taking_back import runs
from world import World

from reconciler.cli.main import COMMANDS, cli, run
from reconciler.model.outcomes import Fault, FaultKind
from reconciler.model.plan_json import dump_plan
from reconciler.runtime import errors
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.locks import this_process
from tests.places import place

ROOT = Path(__file__).parents[2]
COMMAND_LINES = {
    "validate": ["validate"],
    "fmt": ["fmt"],
    "lint": ["lint"],
    "diff": ["diff", "HEAD"],
    "plan": ["plan"],
    "apply": ["apply", "--auto-approve"],
    "pull": ["pull"],
    "show": ["show", "PLAN"],
    "list": ["list"],
    "sources list": ["sources", "list"],
    "sources check": ["sources", "check"],
    "sources read": ["sources", "read", "erp"],
    "explain": ["explain", "A"],
    "sync enable": ["sync", "enable", "price", "--all", "--yes"],
    "sync disable": ["sync", "disable", "price", "--all", "--yes"],
    "sync manual": ["sync", "manual", "price", "--all", "--yes"],
    "sync status": ["sync", "status"],
    "drift": ["drift"],
    "revert": ["revert", "--auto-approve"],
    "adopt": ["adopt", "--list"],
    "migrate": ["migrate", "main"],
    "history": ["history"],
    "history show": ["history", "show", "RUN"],
    "blame": ["blame", "A"],
    "state list": ["state", "list"],
    "state show": ["state", "show", "A"],
    "release": ["release", "A"],
    "undo": ["undo", "RUN", "--auto-approve"],
    "resync": ["resync", "--account", "main", "--yes"],
    "resync status": ["resync", "status"],
    "login": ["login", "main", "--check"],
    "logout": ["logout", "main"],
    "version": ["version"],
}
#: Commands that need no project, so nothing can be wrong with it.
WITHOUT_PROJECT = ("version", "show")
#: Commands that take as many names as there are.
MANY_NAMES = ("fmt", "release", "sources check")
#: Commands that speak to the marketplace, and those that take the lock of the account.
READING = ("plan", "apply", "pull", "drift", "revert", "undo", "resync", "login")
LOCKING = ("apply", "undo")
Asked = Callable[..., tuple[int, Any]]

FAILURE = jsonschema.Draft202012Validator(json.loads((ROOT / "schemas/failure.schema.json").read_text("utf-8")))


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Asked:
    """Run a command with `--json`; return its exit code and its one document."""

    def call(root: Path, *arguments: str) -> tuple[int, Any]:
        code = run(["-C", str(root), *arguments, "--json"])
        shown = capsys.readouterr()
        assert shown.out.count("\n") == 1, shown
        return code, json.loads(shown.out)

    return call


@pytest.fixture
def made(tmp_path: Path) -> World:
    """A project with a run behind it, and something to do."""
    made = World.make(
        tmp_path / "shop", world.seller([world.live_offer(1, "A")]), [world.offer("A", price="55 PLN")]
    )
    made.converge()
    columns = {"item": "text", "quantity": "whole"}
    source = {"kind": "Source", "name": "erp", "type": "csv", "path": "stock.csv", "columns": columns}
    made.documents(world.offer("A", price="56 PLN"), source)
    made.write("stock.csv", "item,quantity\nA,7\n")
    return made


def command_line(made: World, name: str) -> list[str]:
    """The arguments of a command; RUN is the latest run, PLAN a file with a plan."""
    line = COMMAND_LINES[name]
    if name == "diff":
        anna = ("-c", "user.name=Anna", "-c", "user.email=anna@example.com")
        for each in (
            ("init", "-q"),
            ("add", "reconcile.yaml", "documents"),
            (*anna, "commit", "-q", "-m", "Offers"),
        ):
            subprocess.run(["git", "-C", str(made.root), *each], check=True)
    if "PLAN" in line:
        return ["show", str(made.write(".reconcile/plan.json", dump_plan(made.plan())))]
    return [runs(made)[0].id if each == "RUN" else each for each in line] if "RUN" in line else line


def assert_failure(answer: tuple[int, Any], reason: str, code: int) -> None:
    """It is what `schemas/failure.schema.json` says, and tells the exit code."""
    given, body = answer
    FAILURE.validate(body)
    error = body["error"]
    assert (error["reason"], given, error["exit_code"]) == (reason, code, code), body
    assert error["summary"]


def test_the_table_has_every_command_that_can_answer_so() -> None:
    def names(command: click.Command, path: str) -> list[str]:
        inner = command.commands.items() if isinstance(command, click.Group) else ()
        own = [path] if any(each.name == "as_json" for each in command.params) else []
        return own + [each for name, sub in inner for each in names(sub, f"{path} {name}")]

    found = [each for name in COMMANDS for each in names(cli.get_command(None, name), name)]  # type: ignore[arg-type]
    assert sorted(found) == sorted(COMMAND_LINES)


@pytest.mark.parametrize("name", COMMAND_LINES)
def test_success(name: str, made: World, asked: Asked) -> None:
    code, body = asked(made.root, *command_line(made, name))
    assert code == 0
    assert body["format_version"] == 1
    assert "error" not in body


@pytest.mark.parametrize("name", [name for name in COMMAND_LINES if name not in WITHOUT_PROJECT])
def test_what_the_user_got_wrong(name: str, made: World, tmp_path: Path, asked: Asked) -> None:
    """No project, a broken one, a wrong option, an option without its value, an account that is not there."""
    line = command_line(made, name)
    assert_failure(asked(tmp_path, *line), "documents", 1)
    assert_failure(asked(made.root, "--json", *line), "usage", 64)
    assert_failure(asked(made.root, *line, "--nope"), "usage", 64)
    assert_failure(asked(made.root / "nowhere", *line), "usage", 64)
    if name not in MANY_NAMES:
        assert_failure(asked(made.root, *line, "x", "y", "z"), "usage", 64)
    made.write("reconcile.yaml", "accounts: {main: {marketplace: allegro\n")
    code, body = asked(made.root, *line)
    assert code == 1
    if name == "validate":  # its result is what is wrong
        assert body["valid"] is False
    else:
        assert_failure((code, body), "documents", 1)
        assert body["error"]["diagnostics"][0]["mark"]["file"] == "reconcile.yaml"


ENDS = (
    (KeyboardInterrupt(), "interrupted", 130),
    (click.Abort(), "interrupted", 130),
    (ZeroDivisionError("ours"), "bug", 1),
    (MemoryError(), "bug", 1),
    (errors.Locked("somebody else is at work", "wait"), "locked", 7),
    (errors.LedgerFailed("the ledger failed"), "ledger", 1),
    (errors.StalePlan("moved"), "stale", 6),
    (errors.GuardRefused("refused"), "guard", 3),
    (errors.AuthenticationFailed("no token"), "authentication", 4),
    (errors.MarketplaceFailed("down", Fault(kind=FaultKind.TRANSIENT, code="503", message="m")), "marketplace", 1),
)


@pytest.mark.parametrize("name", [name for name in COMMAND_LINES if name not in WITHOUT_PROJECT])
def test_every_end(name: str, made: World, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it comes from; here from the first thing that each command does."""
    line = command_line(made, name)
    for problem, reason, code in ENDS:

        def ended(problem: BaseException = problem) -> None:
            raise problem

        monkeypatch.setattr("reconciler.cli.project.workspace", ended)
        assert_failure(asked(made.root, *line), reason, code)


@pytest.mark.parametrize("name", READING)
def test_what_the_marketplace_does(name: str, made: World, asked: Asked) -> None:
    """It refuses the token, or does not answer a read."""
    line = command_line(made, name)
    made.set(faults={"schedule": [{"do": "401", "times": None}]})
    code, body = asked(made.root, *line)
    assert code == 4
    assert_failure((code, body), "authentication", 4)
    made.set(
        faults={"schedule": [{"do": "503", "times": None, "when": {"method": "GET", "path": "/sale/offers"}}]}
    )
    code, body = asked(made.root, *line)
    assert code in ({0} if name == "login" else {1, 5}), body


@pytest.mark.parametrize("name", LOCKING)
def test_a_lock_that_another_holds(name: str, made: World, asked: Asked) -> None:
    line = command_line(made, name)
    ledger = Ledger(made.root / ".reconcile" / "ledger.db")
    site = str(place(made.root).site)
    now = "2026-11-23T08:00:00+00:00"
    mine = this_process(site, "main", uuid.uuid4().hex, "reconcile apply", now)
    ledger.locks.take(replace(mine, host="elsewhere"))
    ledger.close()
    code, body = asked(made.root, *line)
    assert code == 7
    if "error" in body:
        assert_failure((code, body), "locked", 7)
    else:
        assert [each["reason"] for each in body["stops"]] == ["locked"]


@pytest.mark.parametrize("name", ["plan", "apply", "resync"])
def test_a_guard(name: str, made: World, asked: Asked) -> None:
    """The plan that it refuses is the answer."""
    made.project({"accounts": {"main": {"marketplace": "allegro", "environment": "simulator", "login": world.LOGIN}}, "guards": {"price_floor": "90 PLN"}})  # fmt: skip
    code, body = asked(made.root, *command_line(made, name))
    assert code == 3
    assert body["accounts"][0]["violations"]


def test_a_bug_in_the_middle_of_an_apply(tmp_path: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """One document, and in it what became of every row."""
    import reconciler.runtime.commands.apply as applying

    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [])
    with made.simulator() as simulator:
        simulator.seed(world.seller([world.live_offer(2, "B")], login="drugi", user_id="2"))
    account = {"marketplace": "allegro", "environment": "simulator"}
    accounts = {"one": {**account, "login": world.LOGIN}, "two": {**account, "login": "drugi"}}
    made.project({"accounts": accounts, "guards": world.SWITCH_OFF_GUARDS})
    made.documents(
        world.offer("A", account="one", price="55 PLN"), world.offer("B", account="two", price="56 PLN")
    )
    execute = applying.execute

    async def breaks(opened: Any, *rest: Any) -> Any:
        if opened.account.name == "two":
            raise ZeroDivisionError
        return await execute(opened, *rest)

    monkeypatch.setattr(applying, "execute", breaks)
    code, body = asked(made.root, "apply", "--auto-approve")
    assert_failure((code, body), "bug", 1)
    counts = body["report"]["counts"]
    assert (counts["applied"], counts["skipped"]) == (1, 1)


@pytest.mark.parametrize("line", [["history", "--json", "show", "RUN"], ["resync", "--json", "status"]])
def test_before_the_name_of_a_subcommand_it_holds_for_that(line: list[str], made: World, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    told = [runs(made)[0].id if each == "RUN" else each for each in line]
    assert run(["-C", str(made.root), *told]) == 0
    json.loads(capsys.readouterr().out)


def test_a_full_disk_behind_the_output_is_a_sentence(made: World) -> None:
    """Nothing more can be said on stdout."""
    for options in ((), ("--json",)):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "reconciler.cli.main", "-C", str(made.root), "state", "list", *options],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                check=False,
            )
        assert (done.returncode, done.stderr) == (
            1,
            "Error: the output cannot be written: No space left on device\n",
        )
