"""A PostgreSQL server of one's own: the system's binaries, an unprivileged user, a temporary folder, a free port."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PLACES = "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"
MISSING = "no PostgreSQL server here (initdb): install the package `postgresql` to run this"


def binaries() -> Path | None:
    """The folder with the server's programs: the newest of the usual places, else what PATH finds."""
    found = [folder for place in PLACES for folder in Path("/").glob(place[1:]) if (folder / "initdb").exists()]
    if found:
        return max(
            found,
            key=lambda folder: [int(part) for part in folder.parts[-2].split("@")[-1].split("-")[-1].split(".")],
        )
    seen = shutil.which("initdb")
    return Path(seen).parent if seen else None


def servant(wanted: str = "postgres") -> list[str]:
    """What stands before a command so that root runs it as somebody else: a server refuses to be root."""
    if os.geteuid() != 0:
        return []
    user = owner(wanted)
    return (
        ["setpriv", "--reuid", user, "--clear-groups"]
        if shutil.which("setpriv")
        else ["runuser", "-u", user, "--"]
    )


def _exists(user: str) -> bool:
    try:
        return bool(pwd.getpwnam(user))
    except KeyError:
        return False


class Server:
    """A server in a folder; it can be stopped the hard way and started again."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self._programs = programs
        self.port = free_port()

    def make(self) -> None:
        """Make the cluster."""
        self.folder.chmod(0o755)
        data = self.folder / "data"
        data.mkdir()
        if servant():
            shutil.chown(self.folder, owner())
            shutil.chown(data, owner())
        self._run("initdb", "-D", str(data), "-U", "tester", "--auth", "trust", "--encoding", "UTF8", "--no-sync")

    def start(self) -> None:
        """Start, and wait until it answers; nothing when it runs."""
        if (self.folder / "data" / "postmaster.pid").exists():
            return
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off -c max_connections=60"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-l", log, "-w", "-t", "30", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop. `immediate` is what a power cut looks like to the clients: no farewell, no checkpoint."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")

    def database(self) -> str:
        """Make an empty database and return its address."""
        name = f"ledger_{uuid.uuid4().hex[:12]}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "tester", name)
        return f"postgresql://tester@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*servant(), str(self._programs / program), *arguments]
        # The server must not inherit a pipe: whoever reads it would wait for the server's end.
        with open(self.folder / f"{program}.out", "ab") as out:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/", check=False)
        if done.returncode:
            raise RuntimeError(
                f"{program}: {(self.folder / f'{program}.out').read_text(errors='replace')[-2000:]}"
            )


def owner(wanted: str = "postgres") -> str:
    """Whose the files of a server are that root starts."""
    return wanted if _exists(wanted) else "nobody"


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server() -> Iterator[Server | None]:
    """A running server; None where there are no programs for it."""
    programs = binaries()
    if programs is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="reconcile-postgresql-"))
    made = Server(folder, programs)
    try:
        made.make()
        made.start()
        yield made
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server for the tests of one process. Skipped where there is none, but never in CI."""
    with server() as running:
        if running is None:
            if os.environ.get("CI"):
                pytest.fail(MISSING)
            pytest.skip(MISSING)
        yield running


@pytest.fixture
def postgresql_url(postgresql: Server) -> str:
    """The address of an empty database."""
    return postgresql.database()
