"""The practice marketplace as a process of its own, over HTTP: what it takes is in nobody's figures."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.cost.measured import Failed, Figure, measure, surroundings
from bench.cost.phases import middle
from bench.cost.shop import edit, offers_of

LARGEST_SCRIPT = 1_000
_WAIT = 30
_SCRIPT = Path(__file__).parent / "others" / "script.py"


@dataclass(frozen=True)
class Served:
    """A marketplace that listens: its address, and a shop whose project says that address."""

    api: str
    folder: Path
    login: str

    @property
    def token(self) -> str:
        """The ready token of the seller."""
        return f"simulator-{self.login}"

    def asked(self) -> int:
        """How many requests it has answered."""
        with urllib.request.urlopen(f"{self.api}/_sim/history?last=1") as answer:  # noqa: S310 - of this machine
            found = json.load(answer)["requests"]
        return int(found[-1]["n"]) if found else 0

    def measured(self, command: Sequence[str]) -> Figure:
        """Run a command that asks it; requests are counted by the marketplace."""
        log = self.folder.parent / "log.txt"
        env = surroundings(RECONCILE_MAIN_TOKEN=self.token)
        before = self.asked()
        figure = measure(command, folder=self.folder, log=log, env=env)
        return replace(figure, requests={"all": self.asked() - before})

    def run(self, *words: str) -> Figure:
        """Run a command of reconcile."""
        return self.measured([sys.executable, "-m", "reconciler.cli.main", *words])


@contextmanager
def served(shop: Path, place: Path) -> Iterator[Served]:
    """Serve the marketplace of a shop, and a copy of its documents that says where it is."""
    folder = place / "served"
    shutil.copytree(shop, folder, ignore=shutil.ignore_patterns(".reconcile"))
    store = place / "served.db"
    shutil.copy(shop / ".reconcile" / "simulator-allegro.db", store)
    port = _free()
    api = f"http://127.0.0.1:{port}"
    project = folder / "reconcile.yaml"
    text = project.read_text("utf-8")
    login = re.search(r"login: (\S+)", text)[1]  # type: ignore[index]
    where = f"environment: {{api: '{api}', auth: '{api}', upload: '{api}/upload'}}"
    project.write_text(re.sub(r"environment: simulator\b.*", where, text), "utf-8")
    command = [sys.executable, "-m", "reconciler.cli.main", "simulate", "--port", str(port), "--store", str(store)]
    running = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _listening(port, running)
        yield Served(api, folder, login)
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(_WAIT)
        shutil.rmtree(folder)


def _free() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


def _listening(port: int, running: "subprocess.Popen[bytes]") -> None:
    for _ in range(_WAIT * 10):
        if running.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Failed("the practice marketplace does not listen")


def over_http(shop: Path, place: Path) -> Iterator[tuple[str, Figure]]:
    """Yield what planning and applying take when every request goes over a socket."""
    plan = str(place / "plan.json")
    with served(shop, place) as there:
        yield "plan, first", there.run("plan", "--out", plan)
        there.run("apply", plan, "--auto-approve")
        there.run("plan", "--detailed-exitcode")
        yield "plan, warm", middle(lambda: there.run("plan", "--detailed-exitcode"))
        edit(offers_of(there.folder)[::10][:100], title=True)
        there.run("plan", "--out", plan)
        yield "apply, 100 changed", there.run("apply", plan, "--auto-approve")


def written_by_a_seller(shop: Path, place: Path, programs: Path) -> Figure:
    """Measure the script that a seller would write, against the same marketplace."""
    with served(shop, place) as there:
        python = [str(programs / "python"), str(_SCRIPT)]
        return there.measured([*python, there.api, there.token, str(there.folder / "offers")])
