"""Attacks from every side, through the commands: what is printed is harmless, and shows what it was."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import world
from world import World

from reconciler.cli.main import run

from .attacks import ATTACKS, SEEN, harm

#: What can stand in a file, an environment or an answer: everything but surrogates, which only file names bring.
TEXTS = {name: text for name, text in ATTACKS.items() if name != "a lone surrogate"}
#: For sources that say one thing at a time: what matters at the beginning, and everything in one.
ONE_BY_ONE = {
    "everything": " ".join(TEXTS.values())[:1000],
    **{name: TEXTS[name] for name in ("commands GitHub", "commands GitHub behind nothing", "breaks the line")},
}
Said = Callable[..., str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Run a command, hold that it printed nothing harmful, and return what it printed."""

    def call(root: Path, *arguments: str) -> str:
        run(["-C", str(root), *arguments])
        shown = capsys.readouterr()
        assert not harm(shown.out), arguments
        assert not harm(shown.err), arguments
        if "--json" in arguments:
            json.loads(shown.out)
        return shown.out + shown.err

    return call


def shop(root: Path) -> World:
    """A live offer with each attack as its title, and a document that changes its price."""
    offers = [world.live_offer(n, f"A-{n}", name=text) for n, text in enumerate(TEXTS.values())]
    prices = [world.offer(f"A-{n}", price=f"{50 + n} PLN") for n in range(len(TEXTS))]
    return World.make(root, world.seller(offers), prices)


def count(text: str) -> int:
    """How many of the attacks were shown."""
    return text.count(SEEN)


def test_titles_of_the_marketplace(tmp_path: Path, said: Said) -> None:
    """In the plan, its file, the question, the report, history, blame, state, undo and resync."""
    made = shop(tmp_path)
    assert count(said(made.root, "plan", "--verbose")) >= len(TEXTS)
    assert count(said(made.root, "plan", "--json", "--out", str(tmp_path / "plan.json"))) >= len(TEXTS)
    assert not harm((tmp_path / "plan.json").read_text("utf-8"))
    said(made.root, "apply", str(tmp_path / "plan.json"))
    (latest,) = json.loads(said(made.root, "history", "--json"))["runs"]
    for command in (["history"], ["history", "show", latest["id"]], ["blame", "A-1"], ["state", "list"]):
        said(made.root, *command)
        said(made.root, *command, "--json")
    assert count(said(made.root, "explain", "A-1", "--json")) >= 1
    for command in (["list"], ["explain", "A-1"], ["explain", "A-1", "price"], ["adopt", "--list"]):
        said(made.root, *command)
        said(made.root, *command, "--json")
    said(made.root, "pull", "--update", "--auto-approve")
    said(made.root, "undo", latest["id"], "--out", str(tmp_path / "undo.json"))
    said(made.root, "resync", "--account", "main")


def test_titles_of_documents(tmp_path: Path, said: Said) -> None:
    """As they are written, as they are changed, and as the marketplace refuses them."""
    made = World.make(tmp_path, world.seller([world.live_offer(n, f"A-{n}") for n in range(len(TEXTS))]), [])
    made.documents(*(world.offer(f"A-{n}", content={"title": f"Kubek {t}"}) for n, t in enumerate(TEXTS.values())))
    said(made.root, "validate")
    said(made.root, "validate", "--json")
    said(made.root, "plan")


def test_external_ids(tmp_path: Path, said: Said) -> None:
    """Of offers that have no document, in the plan's notes and in what pull writes and says."""
    offers = [world.live_offer(n, text) for n, text in enumerate(TEXTS.values())]
    made = World.make(tmp_path, world.seller(offers), [])
    said(made.root, "plan", "--verbose")
    said(made.root, "pull", "--into", str(tmp_path / "pulled"))
    said(made.root, "pull", "--into", str(tmp_path / "again"), "--json")


@pytest.mark.parametrize("attack", ONE_BY_ONE)
def test_refusals(attack: str, tmp_path: Path, said: Said) -> None:
    """Of a write, in the report and in history; of a read, as the end of a command."""
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [world.offer("A", content={"title": "Kubek ceramiczny biały duży"})])  # fmt: skip
    refusal = {
        "do": "refuse",
        "status": 422,
        "code": ONE_BY_ONE[attack],
        "message": ONE_BY_ONE[attack],
        "path": ONE_BY_ONE[attack],
    }
    made.set(faults={"schedule": [{**refusal, "times": None, "when": {"method": "PATCH"}}]})
    assert SEEN in said(made.root, "apply", "--auto-approve")
    (latest,) = json.loads(said(made.root, "history", "--json"))["runs"]
    assert SEEN in said(made.root, "history", "show", latest["id"])
    made.set(
        faults={
            "schedule": [
                {**refusal, "status": 403, "times": None, "when": {"method": "GET", "path": "/sale/offers"}}
            ]
        }
    )
    said(made.root, "plan")
    said(made.root, "plan", "--json")


def test_file_names(tmp_path: Path, said: Said) -> None:
    """Of documents with a mistake, of templates that are not there, of a project's folder."""
    made = World.make(tmp_path / "shop", world.seller([]), [])
    for number, text in enumerate([*TEXTS.values(), "\udcff"]):
        made.write(f"documents/{text.replace('/', '_')}.yaml", f"kind: Offer\nname: A{number}\nprise: 5 PLN\n")
    assert count(said(made.root, "validate")) >= len(TEXTS)
    assert count(said(made.root, "validate", "--json")) >= len(TEXTS)
    assert count(said(made.root, "plan")) >= len(TEXTS)
    for text in [*ONE_BY_ONE.values(), "\udcff"]:
        folder = tmp_path / text.replace("/", "_")[:60]
        said(tmp_path, "init", str(folder))
        said(folder, "plan")
        said(folder, "plan", "--json")


def test_excerpts_of_yaml(tmp_path: Path, said: Said) -> None:
    """Keys, values, tags and broken syntax, raw and as escapes."""
    made = World.make(tmp_path, world.seller([]), [])
    for number, text in enumerate(TEXTS.values()):
        quoted = json.dumps(text)
        made.write(f"documents/a{number}.yaml", f"kind: Offer\nname: A{number}\n{quoted}: 5 PLN\n")
        made.write(
            f"documents/b{number}.yaml", f"kind: Offer\nname: B{number}\nprice: {quoted}\nsettings: {quoted}\n"
        )
        made.write(f"documents/c{number}.yaml", f"kind: {quoted}\nname: {quoted}\n")
        made.write(f"documents/d{number}.yaml", f"kind: Offer\nname: !<{text}> x\n")
        made.write(f"documents/e{number}.yaml", f"kind: Offer\n{text}: [\n")
    assert count(said(made.root, "validate")) >= len(TEXTS)
    said(made.root, "validate", "--json")
    said(made.root, "plan")


def test_templates(tmp_path: Path, said: Said) -> None:
    """What a template includes, calls, and cannot be parsed for."""
    made = World.make(tmp_path, world.seller([]), [])
    for number, text in enumerate(TEXTS.values()):
        content = {"description": {"template": f"t{number}.html", "values": {text: text}}}
        made.write(f"documents/a{number}.yaml", json.dumps(world.offer(f"A{number}", content=content)))
        made.write(f"t{number}.html", f"{{% include {json.dumps(text)} %}}")
        content = {"description": {"template": f"u{number}.html"}}
        made.write(f"documents/b{number}.yaml", json.dumps(world.offer(f"B{number}", content=content)))
        made.write(f"u{number}.html", f"{{{{ {text} }}}}")
        content = {"description": {"template": text}}
        made.write(f"documents/c{number}.yaml", json.dumps(world.offer(f"C{number}", content=content)))
    assert count(said(made.root, "validate")) >= len(TEXTS)
    said(made.root, "validate", "--json")


@pytest.mark.parametrize("attack", ONE_BY_ONE)
def test_what_is_typed_and_what_the_environment_says(attack: str, tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Arguments in usage errors, names of variables in a missing login, the author of a commit, the run of CI."""
    text = ONE_BY_ONE[attack]
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [world.offer("A", price="77 PLN")])
    assert SEEN in said(made.root, "plan", "--only", text)
    for arguments in (["--account", text], ["--target", text], ["--allow", text], ["--out", f"{tmp_path}/no/{text}"], [f"--{text}"]):  # fmt: skip
        said(made.root, "plan", *arguments)
        said(made.root, "plan", "--json", *arguments)
    for command in ("state", "history"):
        said(made.root, command, "show", text)
    said(made.root, "spec", "show", text)
    monkeypatch.setenv("GITHUB_RUN_ID", text)
    _git(made.root, "init", "-q")
    _git(made.root, "-c", f"user.name={text}", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x")
    said(made.root, "apply", "--auto-approve")
    said(made.root, "history")
    (latest,) = json.loads(said(made.root, "history", "--json"))["runs"]
    assert SEEN in said(made.root, "history", "show", latest["id"])
    account = {"marketplace": "allegro", "environment": "production", "credentials": {"client_id": text}}
    made.project({"accounts": {"main": account}})
    said(made.root, "login", "main")
    said(made.root, "plan", "--json")


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


@pytest.fixture
def liar() -> Iterator[tuple[str, dict[str, Any]]]:
    """A marketplace that answers as a test says, by path; everything else is a 401."""
    answers: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = answers.get(self.path.partition("?")[0], answers.get("", (401, {"error": "x"})))
            told = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("attack", ONE_BY_ONE)
def test_logins(attack: str, tmp_path: Path, said: Said, liar: tuple[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """The code, the addresses, the refusal, and whose token it is."""
    (base, answers), text = liar, ONE_BY_ONE[attack]
    hosts = {"api": base, "auth": base, "upload": base}
    main = {"marketplace": "allegro", "environment": hosts, "login": "sklep"}
    (tmp_path / "reconcile.yaml").write_text(json.dumps({"accounts": {"main": main}}))
    monkeypatch.setenv("RECONCILE_MAIN_CLIENT_ID", "app")
    code = {"device_code": "d", "user_code": text, "verification_uri": text, "verification_uri_complete": text, "expires_in": 60, "interval": 1}  # fmt: skip
    answers["/auth/oauth/device"] = (200, code)
    answers["/auth/oauth/token"] = (400, {"error": text, "error_description": text})
    assert SEEN in said(tmp_path, "login", "main")
    said(tmp_path, "login", "main", "--json")
    monkeypatch.setenv("RECONCILE_MAIN_TOKEN", "t")
    answers["/me"] = (200, {"id": "1", "login": text, "baseMarketplace": {"id": "allegro-pl"}})
    assert SEEN in said(tmp_path, "login", "main", "--check")
    answers["/me"] = (403, {"errors": [{"code": text, "message": text, "userMessage": text, "path": text}]})
    said(tmp_path, "plan")
    said(tmp_path, "plan", "--json")


def test_what_a_bug_quotes(tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """The traceback is ours, line by line; what the exception says is not."""
    made = World.make(tmp_path, world.seller([]), [])
    for text in TEXTS.values():

        def breaks(*_: object, text: str = text) -> None:
            raise ValueError(text)

        monkeypatch.setattr("reconciler.runtime.commands.plan.make_plan", breaks)
        shown = said(made.root, "plan")
        assert "This is a bug in reconcile" in shown
        assert SEEN in shown
        said(made.root, "plan", "--json")


def test_a_terminal_gets_our_colours_only(tmp_path: Path) -> None:
    """Under a real terminal, where a bar moves and colours are on."""
    made = shop(tmp_path)
    reader, writer = pty.openpty()
    told = {**os.environ, "TERM": "xterm", "COLUMNS": "200", "PYTHONPATH": str(Path(__file__).parents[2])}
    told.pop("NO_COLOR", None)
    running = subprocess.Popen(
        [sys.executable, "-m", "reconciler.cli.main", "-C", str(made.root), "plan", "--verbose"],
        stdout=writer,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env=told,
    )
    os.close(writer)
    shown = b""
    while True:
        try:
            part = os.read(reader, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(reader)
    assert running.wait() == 0
    text = shown.decode().replace("\r\n", "\n")
    assert "\x1b[1m" in text
    assert text.count(SEEN) >= len(TEXTS)
    assert not harm(text, coloured=True)
