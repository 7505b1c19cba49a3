"""Help, usage and the price of starting."""

import os
import signal
import socket
import subprocess
import sys

import pytest
import warm

from reconciler.cli.init import project_name
from reconciler.cli.main import COMMANDS, cli, run
from reconciler.documents.load import load

from .running import ROOT, reconcile

HEAVY = [
    "httpx",
    "yaml",
    "jsonschema",
    "jsonschema_rs",
    "jinja2",
    "rich",
    "sqlite3",
    "asyncio",
    "uvicorn",
]


@pytest.mark.parametrize("arguments", [["--help"], ["plan", "--help"], ["apply", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    """It costs no more than starting Python: what a command needs is imported when it runs."""
    script = (
        "import sys\nfrom reconciler.cli.main import run\n"
        f"code = run({arguments!r})\n"
        f"sys.exit(code or ' '.join(sorted(set(sys.modules) & set({HEAVY!r}))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage:" in done.stdout


def test_a_plan_imports_nothing_that_it_does_not_use(tmp_path):
    """Where nobody looks at a terminal, nothing is drawn; and no document is bad, so no schema explains itself."""
    assert reconcile("init", tmp_path).returncode == 0
    unused = [
        "deepdiff",
        "httpx",
        "jsonschema",
        "lxml",
        "pygments",
        "rich.console",
        "urllib.request",
        "uvicorn",
        "reconciler.render.plan_markdown",
    ]
    done = imports_none_of(unused, "plan", tmp_path)
    assert done.stderr == ""
    assert "Plan" in done.stdout


def test_documents_that_are_plain_need_no_parser_of_all_of_yaml(tmp_path):
    """Those that `init` writes are, and so is every spec."""
    assert reconcile("init", tmp_path).returncode == 0
    assert "Valid." in imports_none_of(["yaml", "jsonschema"], "validate", tmp_path).stdout


def imports_none_of(unused, command, folder):
    """Run a command in a process of its own, which fails where it has imported one of these; return its end."""
    script = (
        f"import sys\nfrom reconciler.cli.main import main\nsys.argv = ['reconcile', {command!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        f"sys.exit(code or ' '.join(sorted(set(sys.modules) & set({unused!r}))) or 0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=folder, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def test_the_table_of_commands_is_complete():
    """Every command of the table exists, explains itself, and every one of DESIGN is in it."""
    daily = [
        "init",
        "validate",
        "fmt",
        "lint",
        "diff",
        "plan",
        "show",
        "apply",
        "list",
        "sources",
        "explain",
        "graph",
        "pull",
        "sync",
        "drift",
        "revert",
        "adopt",
        "migrate",
        "history",
        "blame",
        "state",
        "release",
        "undo",
        "resync",
    ]
    assert list(COMMANDS) == [
        *daily,
        "ci",
        "login",
        "logout",
        "ledger",
        "unlock",
        "simulate",
        "demo",
        "spec",
        "schema",
        "completion",
        "version",
    ]
    for name in COMMANDS:
        command = cli.get_command(None, name)
        assert command is not None
        assert command.name == name
        assert command.help


def test_version():
    done = reconcile("--version")
    assert (done.returncode, done.stdout) == (0, "reconcile 0.1.0\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Usage:"),
        (["plann"], "No such command"),
        (["plan", "--nope"], "No such option"),
        (["plan", "--only", "prices"], "price"),
        (["plan", "--select", "brand"], "LABEL=VALUE"),
        (["plan", "--allow", "price-chang=3"], "did you mean price-change?"),
        (["plan", "--allow", "price-change=much"], "a number, in percent"),
        (["plan", "--allow", "ends=1.5"], "a number of offers"),
        (["plan", "--refresh", "some"], "some"),
        (["plan", "--changed-since", ""], "it is empty"),
        (["apply", "--auto-approve", "--changed-since="], "it is empty"),
        (["plan", "--base", ""], "it is empty"),
        (["plan", "--file", ""], "it is empty"),
        (["plan", "--at", "", "--json"], "it is empty"),
        (["plan", "--out", ""], "it is empty"),
        (["plan", "--account", "main", "--account", ""], "it is empty"),
        (["diff", "HEAD", ""], "it is empty"),
        (["sources", "read", ""], "it is empty"),
        (["-C", "nowhere", "plan"], "does not exist"),
        (["apply", "missing.json"], "does not exist"),
        (["apply", "--json"], "--auto-approve"),
        (["schema"], "--list"),
        (["simulate", "--port", "99999"], "65535"),
    ],
)
def test_wrong_usage_is_64(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 64
    shown = capsys.readouterr()
    assert said in shown.err
    assert bool(shown.out) is ("--json" in arguments)


def test_nobody_may_have_approved(tmp_path, monkeypatch, capsys):
    """A job hands on who has, and that may be nobody; what it says of the folder is another matter."""
    monkeypatch.chdir(tmp_path)
    assert run(["apply", "--auto-approve", "--approved-by", ""]) == 1
    assert "D306" in capsys.readouterr().err


@pytest.mark.parametrize("folder", ["sklep", "Sklep ACME: kubki #1", "no", "0570", 'it\'s "new"', " x\t y "])
def test_init_names_the_project_after_its_folder(folder, tmp_path, capsys):
    """Whatever the folder is called, the file that is written is valid and says that name."""
    root = tmp_path / folder
    assert run(["init", str(root)]) == 0
    found = load([("reconcile.yaml", (root / "reconcile.yaml").read_bytes())])
    assert found.diagnostics == ()
    assert found.project.name == " ".join(folder.split())


def test_no_project_is_begun_around_another_one(tmp_path, monkeypatch, capsys):
    """At the top of a repository whose project lies in a folder: all of its documents would be declared twice."""
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert run(["init", "mój sklep"]) == 0
    before = sorted(tmp_path.rglob("*"))
    assert run(["init", "--ci", "github"]) == 1
    told = capsys.readouterr().err
    assert "mój sklep is a project, and no other one can lie around it; nothing was written" in told
    assert "`reconcile init 'mój sklep' --ci github` writes its pipeline" in told
    assert run(["init"]) == 1
    assert sorted(tmp_path.rglob("*")) == before
    assert run(["init", "mój sklep", "--ci", "github"]) == 0
    assert (tmp_path / ".github/workflows/offers.yml").is_file()


def test_what_comes_next_can_be_typed_as_it_is_told(tmp_path, monkeypatch, capsys):
    """A folder and a name with spaces are quoted."""
    monkeypatch.chdir(tmp_path)
    assert run(["init", "mój sklep"]) == 0
    assert "Next: cd 'mój sklep' && reconcile plan" in capsys.readouterr().out
    offer = tmp_path / "mój sklep/offers/kubek-acme-300.yaml"
    offer.write_text(offer.read_text("utf-8").replace("name: kubek-acme-300", "name: Kubek 300"), "utf-8")
    assert run(["-C", "mój sklep", "explain", "Kubek 300", "--offline"]) == 0
    assert "reconcile explain 'Kubek 300' FIELD" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("folder", "name"),
    [("", "project"), ("\x00\x1b", "project"), ("a\u2028b", "a b"), ("x" * 99 + " yz", "x" * 99)],
)
def test_a_folder_that_cannot_be_a_name_is_made_one(folder, name):
    assert project_name(folder) == name


@pytest.mark.parametrize("arguments", [["--version"], ["plan", "--nope"], ["spec", "show"], ["version", "--json"]])
def test_a_warm_start_is_as_a_cold_one(arguments, tmp_path):
    """What the tests fork says the same, and ends the same, as what a shell starts."""
    command = [sys.executable, "-m", "reconciler.cli.main", *arguments]
    cold = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert warm.run(arguments, tmp_path, os.environ) == (cold.returncode, cold.stdout, cold.stderr)


def test_a_warm_start_is_a_process_of_its_own(tmp_path):
    """It can be killed, and is waited for."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with open(os.devnull, "r+b") as nothing, open(tmp_path / "said", "w+b") as said:
        running = warm.start(["simulate", "--port", port], tmp_path, os.environ, (nothing, said, nothing))
        assert running.poll() is None
        running.send_signal(signal.SIGKILL)
        assert running.wait(10) == -signal.SIGKILL


def test_what_python_reads_at_its_start_needs_a_cold_one(tmp_path):
    """No fork can follow it."""
    with open(os.devnull, "r+b") as nothing:
        running = warm.start(["--version"], tmp_path, {**os.environ, "PYTHONUTF8": "0"}, (nothing,) * 3)
        assert isinstance(running, subprocess.Popen)
        assert running.wait(20) == 0
