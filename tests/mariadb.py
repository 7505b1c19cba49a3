"""A MariaDB server of one's own: the system's binaries, an unprivileged user, a temporary folder, a free port."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from postgresql import free_port, owner, servant

PROGRAMS = "mariadb-install-db", "mariadbd"
PLACES = "/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/opt/homebrew/bin"
MISSING = "no MariaDB server here (mariadbd): install the package `mariadb-server` to run this"
USER = "mysql"
#: Looks for a server that starts, with what lies between two of them in seconds.
LOOKS, BETWEEN = 600, 0.05


def programs() -> list[str] | None:
    """Where the programs are that make and run a server."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *PLACES))
    found = [shutil.which(each, path=path) for each in PROGRAMS]
    return [each for each in found if each] if all(found) else None


class MariaDB:
    """A server in a folder, with `root` as its login and no password."""

    def __init__(self, folder: Path, install: str, daemon: str) -> None:
        self.folder, self._install, self._daemon = folder, install, daemon
        self.port = free_port()
        self._running: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make the system's tables."""
        self.folder.chmod(0o755)
        if servant(USER):
            shutil.chown(self.folder, owner(USER))
        data = f"--datadir={self.folder / 'data'}"
        done = self._start(
            self._install,
            data,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
        )
        if done.wait():
            raise RuntimeError(f"{self._install}: {self._said()}")

    def start(self) -> None:
        """Start, and wait until it answers."""
        import pymysql

        self._running = self._start(
            self._daemon,
            f"--datadir={self.folder / 'data'}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=32M",
        )
        for _ in range(LOOKS):
            try:
                self.admin().close()
            except pymysql.err.OperationalError:
                try:
                    self._running.wait(BETWEEN)
                except subprocess.TimeoutExpired:
                    continue
                break
            else:
                return
        raise RuntimeError(f"{self._daemon}: {self._said()}")

    @property
    def pid(self) -> int:
        """The process of the server."""
        assert self._running is not None
        return self._running.pid

    def stop(self) -> None:
        """Stop the hard way: nobody needs the data."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def admin(self, database: str | None = None) -> Any:
        """A connection that may do anything, each statement by itself."""
        import pymysql

        return pymysql.connect(host="127.0.0.1", port=self.port, user="root", database=database, autocommit=True)

    def database(self) -> str:
        """Make an empty database and return its address."""
        name = f"stock_{uuid.uuid4().hex[:12]}"
        with self.admin() as connection, connection.cursor() as cursor:
            cursor.execute(f"create database {name} character set utf8mb4")
        return f"mariadb://root@127.0.0.1:{self.port}/{name}"

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with open(self.folder / "out", "ab") as out:
            return subprocess.Popen(
                [*servant(USER), program, "--no-defaults", *arguments],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/",
            )  # fmt: skip

    def _said(self) -> str:
        return (self.folder / "out").read_text(errors="replace")[-2000:]


@contextmanager
def server() -> Iterator[MariaDB | None]:
    """A running server; None where there are no programs for it."""
    found = programs()
    if found is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="reconcile-mariadb-"))
    made = MariaDB(folder, *found)
    try:
        made.make()
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """A server for the tests of one process. Skipped where there is none, but never in CI."""
    with server() as running:
        if running is None:
            if os.environ.get("CI"):
                pytest.fail(MISSING)
            pytest.skip(MISSING)
        yield running


@pytest.fixture
def mariadb_url(mariadb: MariaDB) -> str:
    """The address of an empty database."""
    return mariadb.database()
