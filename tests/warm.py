"""`reconcile` as a process of its own, without a second of imports before each.

A command is forked from a process that has imported the product (`nursery`), and has run nothing of it: it has its own
number, memory, files, folder and environment, it can be killed at any moment, and it ends as any process does. What a
cold start costs and imports is asked in `cli/test_start.py`; what has to start cold is started with `sys.executable`.
Where a process cannot be handed over to another parent (anywhere but on Linux), every start is cold.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Protocol

ROOT = Path(__file__).parents[1]
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, linux/prctl.h
#: What Python or libc reads before any import: no fork can follow it. More on the path is put there by the fork.
_READ_AT_START = ("PYTHON", "LC_", "LANG", "MALLOC_", "LD_")
_PATH = "PYTHONPATH"
_HERE = os.environ.get(_PATH) or str(ROOT)


class Running(Protocol):
    """What a command is to who has started it: the part of `subprocess.Popen` that tests use."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int) -> None: ...


@dataclass
class Forked:
    """A child of this process that `nursery` has forked."""

    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises `subprocess.TimeoutExpired`."""
        if self.poll() is None:
            watched = os.pidfd_open(self.pid)
            try:
                if not select.select([watched], [], [], timeout)[0]:
                    raise subprocess.TimeoutExpired("reconcile", timeout or 0)
            finally:
                os.close(watched)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


def start(
    arguments: Sequence[str], cwd: Path, env: Mapping[str, str], files: tuple[IO[bytes], IO[bytes], IO[bytes]]
) -> Running:
    """Start `reconcile`: its arguments, folder and environment, and its stdin, stdout and stderr."""
    env = {_PATH: _HERE, **env}
    if sys.platform != "linux" or _needs_a_cold_start(env):
        command = [sys.executable, "-m", "reconciler.cli.main", *arguments]
        return subprocess.Popen(command, cwd=cwd, env=env, stdin=files[0], stdout=files[1], stderr=files[2])
    order = json.dumps({"arguments": list(arguments), "cwd": str(cwd), "env": env}, ensure_ascii=True).encode()
    line = _nursery(os.getpid())
    socket.send_fds(line, [order], [file.fileno() for file in files])
    return Forked(int(line.recv(20)))


def run(
    arguments: Sequence[str], cwd: Path, env: Mapping[str, str], stdin: bytes = b"", timeout: float = 90
) -> tuple[int, bytes, bytes]:
    """Run `reconcile` to its end: exit code, stdout and stderr. It is killed when it takes too long."""
    with _pipe(stdin) as given, TemporaryFile() as out, TemporaryFile() as err:
        running = start(arguments, cwd, env, (given, out, err))
        try:
            code = running.wait(timeout)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
            raise
        out.seek(0)
        err.seek(0)
        return code, out.read(), err.read()


def _needs_a_cold_start(env: Mapping[str, str]) -> bool:
    """Whether its environment says something else than that of this process to Python itself."""
    told = [
        {name: value for name, value in each.items() if name.startswith(_READ_AT_START) and name != _PATH}
        for each in (env, os.environ)
    ]
    return told[0] != told[1] or not env[_PATH].startswith(_HERE)


@functools.cache
def _nursery(owner: int) -> socket.socket:
    """The line to a nursery, whose commands become children of this process."""
    if ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "commands cannot become children of this process")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, str(Path(__file__).with_name("nursery.py")), str(theirs.fileno())]
    nursery = subprocess.Popen(
        command, pass_fds=[theirs.fileno()], env={**os.environ, _PATH: _HERE}, stdin=subprocess.DEVNULL
    )
    theirs.close()
    atexit.register(lambda: (ours.close(), nursery.wait()))
    return ours


def _pipe(given: bytes) -> IO[bytes]:
    """A pipe that ends after these bytes."""
    reader, writer = os.pipe()
    os.write(writer, given)  # no reader yet: more than a pipe holds would wait for ever
    os.close(writer)
    return open(reader, "rb", closefd=True)
