"""Completion as a shell asks for it, and `reconcile version`."""

import json
import subprocess
import sys

import pytest
from click.shell_completion import get_completion_class

from reconciler import __version__
from reconciler.cli.main import COMMANDS, cli, run
from reconciler.documents.resources import spec_names

from .running import ROOT, reconcile
from .test_start import HEAVY

PROJECT = """\
name: shop
accounts:   # two of them
  main: {marketplace: allegro, environment: simulator, login: sklep}

  # the other one
  "second":
    marketplace: allegro
    environment: simulator
    login: drugi
guards: {price_change: 30}
"""
DOCUMENTS = {
    "offers/a.yaml": "kind: Offer\nname: KUBEK-1  # the red one\nprice: 5 PLN\ncontent:\n  name: no name of a document\n",
    "offers/b.yml": "# two of them\nkind: Offer\nname: 'KUBEK-2'\n---\nname: \"0570\"\nkind: Offer\n",
    "erp.yaml": "kind: Source\nname: erp\ntype: csv\n",
    "crlf.yaml": "kind: OfferTag\r\nname: Nowość\r\n",
    "evil.yaml": "kind: Offer\nname: $(touch evil)\n---\nkind: Offer\nname: a`b`\n---\nkind: Offer\nname: -rf\n",
    "broken.yaml": "kind: [\n",
    ".hidden/c.yaml": "kind: Offer\nname: HIDDEN\n",
}


@pytest.fixture
def shop(tmp_path):
    for path, text in {"reconcile.yaml": PROJECT, **DOCUMENTS}.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.encode())
    return tmp_path


def completed(words, cwd):
    """What bash is offered for the last of these words."""
    done = reconcile(
        cwd=cwd,
        COMP_WORDS=" ".join(words),
        COMP_CWORD=str(len(words) - 1),
        _RECONCILE_COMPLETE="bash_complete",
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["reconcile", "plan", "--target", ""], ["0570", "KUBEK-1", "KUBEK-2", "OfferTag/Nowość"]),
        (["reconcile", "plan", "--target", "KUBEK"], ["KUBEK-1", "KUBEK-2"]),
        (["reconcile", "apply", "--account", ""], ["main", "second"]),
        (["reconcile", "state", "show", "Offer"], ["OfferTag/Nowość"]),
        (["reconcile", "explain", "KUBEK-2"], ["KUBEK-2"]),
        (["reconcile", "login", "se"], ["second"]),
        (["reconcile", "sources", "read", ""], ["erp"]),
        (["reconcile", "sources", "check", "erp", "e"], ["erp"]),
        (["reconcile", "unl"], ["unlock"]),
        (["reconcile", ""], list(COMMANDS)),
        (["reconcile", "plan", "--det"], ["--detailed-exitcode"]),
    ],
)
def test_what_a_shell_is_offered(shop, words, offered):
    assert completed(words, shop) == offered


def test_in_another_project_and_in_none(shop, tmp_path_factory):
    nowhere = tmp_path_factory.mktemp("nowhere")
    assert completed(["reconcile", "plan", "--target", ""], nowhere) == []
    assert completed(["reconcile", "-C", str(shop), "plan", "--account", "m"], nowhere) == ["main"]


def test_it_imports_nothing_heavy(shop):
    """A shell asks on every press of a key."""
    script = (
        "import sys\nfrom reconciler.cli.main import cli\nfrom click.shell_completion import BashComplete\n"
        "found = BashComplete(cli, {}, 'reconcile', 'X').get_completions(['plan', '--target'], '')\n"
        f"assert len(found) == 4\nsys.exit(' '.join(sorted(set(sys.modules) & set({HEAVY!r}))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=shop,
        check=False,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell(shell, capsys):
    """It comes through the gate as click wrote it."""
    assert run(["completion", shell]) == 0
    wanted = get_completion_class(shell)(cli, {}, "reconcile", "_RECONCILE_COMPLETE").source()
    assert capsys.readouterr().out.strip() == wanted.strip()


def test_version_tells_what_a_report_of_a_bug_needs(capsys):
    assert run(["version", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["version"], sorted(body["specs"])) == (__version__, list(spec_names()))
    assert body["installed"].endswith("reconciler")
    assert run(["version"]) == 0
    shown = capsys.readouterr().out
    assert all(text in shown for text in (__version__, body["python"], *body["specs"].values(), body["installed"]))
