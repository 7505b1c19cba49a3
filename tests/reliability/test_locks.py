"""Who of many may: locks, leases and limits are rows of a database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from torture import pace

from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.writing import insist_on_writing

from .begun_run import at_once, lock


def test_a_lock_has_one_holder(ledger: Ledger) -> None:
    """The second is told who holds it, only the holder gives it back, and then it is free."""
    assert ledger.locks.take(lock("a")) == (None, None)
    other, _ = ledger.locks.take(lock("b"))
    assert other is not None
    assert other.holder == "a"
    assert not ledger.locks.release("main", "b")
    assert ledger.locks.release("main", "a")
    assert ledger.locks.take(lock("b")) == (None, None)


def test_the_lock_of_a_dead_process_is_taken_over_and_said(ledger: Ledger) -> None:
    """A holder that surely is gone on this host gives way, and the new one is told whose lock it was."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    ledger.locks.take(lock("a", pid=gone.pid, started="1"))
    other, dead = ledger.locks.take(lock("b"))
    assert other is None
    assert dead is not None
    assert dead.pid == gone.pid


def test_a_process_that_nobody_has_waited_for_is_dead(ledger: Ledger) -> None:
    """In a container without an init nobody may ever wait: its number is there, and the process is not."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    until = time.monotonic() + 10
    while Path(f"/proc/{gone.pid}/stat").read_text().split()[2] != "Z" and time.monotonic() < until:
        time.sleep(0.01)
    ledger.locks.take(lock("a", pid=gone.pid, started=""))
    other, dead = ledger.locks.take(lock("b"))
    assert (other, dead and dead.pid) == (None, gone.pid)
    gone.wait()


def test_a_lock_of_another_host_is_never_guessed_dead(ledger: Ledger) -> None:
    """Nobody can look into another machine: the lock stays until a person breaks it."""
    ledger.locks.take(lock("a", host="elsewhere", pid=1))
    assert ledger.locks.take(lock("b"))[0] is not None


def test_a_lock_of_another_container_is_never_guessed_dead(ledger: Ledger) -> None:
    """Two containers may have one host name; the process numbers of the other mean nothing here."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    ledger.locks.take(lock("a", pid=gone.pid, started="1", space="another boot pid:[1]"))
    other, dead = ledger.locks.take(lock("b"))
    assert other is not None
    assert (other.holder, dead) == ("a", None)


_HOLDS = """
import sys
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.locks import this_process
print(Ledger(sys.argv[1]).locks.take(this_process("main", "main", "a", "reconcile apply", "now")), flush=True)
sys.stdin.read()
"""


def test_a_living_holder_in_a_space_of_its_own_keeps_its_lock(tmp_path: Path) -> None:
    """It is process 1 there, and process 1 here is somebody else."""
    apart = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child")
    if (
        shutil.which("unshare") is None
        or subprocess.run([*apart, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("no space of process numbers can be made here")
    file = tmp_path / "ledger.db"
    command = [*apart, sys.executable, "-c", _HOLDS, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "(None, None)\n"
        ledger = Ledger(file)
        other, dead = ledger.locks.take(lock("b"))
        ledger.close()
        assert holder.stdin is not None
        holder.stdin.close()
    assert dead is None
    assert other is not None


def test_of_many_at_once_one_gets_the_lock(ledger_address: str) -> None:
    """Eight connections take a lock at the same moment: one holds it, seven are told who, none fails."""
    first = Ledger(ledger_address)
    for turn in range(6):
        found = at_once(ledger_address, 8, lambda mine, n: mine.locks.take(lock(f"holder-{n}")))
        assert [each for each in found if isinstance(each, Exception)] == [], turn
        holders = [n for n, (other, _) in enumerate(found) if other is None]
        assert len(holders) == 1, found
        assert first.locks.release("main", f"holder-{holders[0]}")
    first.close()


def test_opening_a_new_ledger_from_many_sides_at_once_fails_nowhere(ledger_address: str) -> None:
    """Whoever comes first makes the tables; the others find them, at the same moment too."""
    opened = []

    def open_one() -> None:
        barrier.wait()
        try:
            Ledger(ledger_address).close()
        except LedgerFailed as problem:
            opened.append(problem)

    barrier = threading.Barrier(8)
    threads = [threading.Thread(target=open_one) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert opened == []


def test_what_comes_and_goes_beside_a_file_is_no_hindrance(tmp_path: Path) -> None:
    """The last one to close a ledger takes away its log while the next one looks at it."""
    log, ended = tmp_path / "ledger.db-wal", threading.Event()

    def come_and_go() -> None:
        while not ended.is_set():
            log.touch()
            log.unlink()

    other = threading.Thread(target=come_and_go)
    other.start()
    try:
        for _ in range(20_000):
            insist_on_writing(log)
    finally:
        ended.set()
        other.join()


def test_many_new_files_are_opened_from_many_sides_at_once(tmp_path: Path) -> None:
    """SQLite refuses some who make one file at the same moment, instead of letting them wait."""
    opened = [found for number in range(60) for found in at_once(str(tmp_path / f"{number}.db"), 8, _no_act)]
    assert not [problem for problem in opened if problem is not None]


def _no_act(mine: Ledger, number: int) -> None:
    """Only open it and close it."""


def test_a_limit_is_shared_evenly_by_four_processes(ledger_address: str) -> None:
    """Nobody starves, and nobody passes the limit, on a busy machine for three seconds.

    How evenly they share on a quiet one: `make torture`, and on a stepped clock tests/runtime/test_throttle.py.
    """
    found = pace.shares(ledger_address, per_minute=6000, seconds=3.0)
    assert found.most_in_a_second <= found.limit, found
    assert found.uneven <= 0.4, found


def test_a_lease_ends_by_itself_and_is_prolonged_by_its_holder(ledger: Ledger) -> None:
    """A lease is exclusive while it lasts, whoever asks."""
    assert ledger.leases.take("token", "a", 60_000)
    assert not ledger.leases.take("token", "b", 60_000)
    assert ledger.leases.prolong("token", "a", 1)
    threading.Event().wait(0.05)
    assert ledger.leases.take("token", "b", 60_000)


def test_a_frozen_process_does_not_keep_the_others_from_the_ledger(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands in the middle of a transaction; the server takes the rows from it, and it learns so when it thaws."""
    monkeypatch.setattr("reconciler.runtime.ledger.database._LOCK_HELD", 1)
    frozen, other = Ledger(postgresql_url), Ledger(postgresql_url)
    try:
        frozen.database.run("begin")
        assert frozen.leases.take("token", "a", 60_000)
        assert other.leases.take("token", "b", 60_000)
        with pytest.raises(LedgerFailed):
            frozen.database.run("commit")
    finally:
        frozen.close()
        other.close()
