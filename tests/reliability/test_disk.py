"""Disks that are full, read-only or damaged: the cache is nobody's trouble, and everything else has its sentence."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import world
from cli.running import ROOT
from e2e.shell import Done, reconcile
from world import World

from reconciler.runtime.ledger.cache import Cache, Detail

#: Linux: what a process may do at most, and two rights of root that files do not bind.
_DROP_FROM_BOUNDS, _OVERRIDE, _READ_SEARCH = 24, 1, 2
DETAILS = [
    Detail(f"{number}", "row" * 20, "2026-11-20T10:00:00+00:00", "detail", b"x" * 700) for number in range(300)
]


NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def made(tmp_path: Path) -> World:
    """A project with something to do, planned once."""
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [world.offer("A", price="55 PLN")])
    assert reconcile(made.root, "plan").code == 0
    return made


# --- the cache ---------------------------------------------------------------------------------------------------


def _filled(path: Path) -> None:
    cache = Cache(path, pytest.fail)
    cache.store("site", "Offer", DETAILS)
    cache.keep("topic", "key", "now", b"body")
    cache.saw("site", {"A": "1"}, "now")
    cache.drop("site", "Offer", ["1"], NOW)
    cache.store("site", "Offer", DETAILS[1:2])
    cache.close()


#: What tells the rows of a table apart.
KEYS = {"details": "remote_id", "lookups": "key", "seen": "key", "moved": "number"}
#: Each column of which a change has to show, by its table. A key that was changed is that of nothing, and so not found.
COLUMNS = {
    "details": ("remote_id", "row", "read_at", "views", "body", "sum"),
    "lookups": ("read_at", "body", "sum"),
    "seen": ("remote_id", "at", "sum"),
    "moved": ("site", "remote_id", "at", "sum"),
}


@pytest.mark.parametrize(("table", "column"), [(table, each) for table in COLUMNS for each in COLUMNS[table]])
def test_a_row_of_which_one_bit_was_changed_is_not_believed(tmp_path: Path, table: str, column: str) -> None:
    """SQLite does not see that; what has another bit is begun anew, with one line, when it is read."""
    path = tmp_path / "cache.db"
    _filled(path)
    with closing(sqlite3.connect(path)) as database, database:
        before, number = database.execute(f"select {column}, {KEYS[table]} from {table} limit 1").fetchone()
        data = before.encode() if isinstance(before, str) else before
        after = data ^ 1 if isinstance(data, int) else bytes([data[0] ^ 0x40]) + data[1:]
        said = after.decode() if isinstance(before, str) else after
        database.execute(f"update {table} set {column} = ? where {KEYS[table]} = ?", (said, number))
    notes: list[str] = []
    cache = Cache(path, notes.append)
    cache.details("site", "Offer")
    cache.lookup("topic", "key")
    cache.seen("site", ["A"])
    cache.moved_after("site", 0)
    cache.close()
    assert len(notes) == 1, notes
    assert "was begun anew" in notes[0]


def _cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 + 13)


def _zeroed_in_the_middle(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(bytes(9000))


def _one_byte_changed(path: Path) -> None:
    data = path.read_bytes()
    at = data.index(b"x" * 700, len(data) // 2) + 300
    path.write_bytes(data[:at] + b"y" + data[at + 1 :])


def _older(path: Path) -> None:
    database = sqlite3.connect(path)
    database.executescript("drop table details; create table details (a text); pragma user_version = 1")
    database.close()


def _other_tables(path: Path) -> None:
    database = sqlite3.connect(path)
    database.executescript("drop table details; create table details (a text)")
    database.close()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut": _cut,
    "no database": lambda path: path.write_bytes(b"something else\n" * 999),
    "its head is gone": lambda path: path.write_bytes(bytes(200) + path.read_bytes()[200:]),
    "zeroed in the middle": _zeroed_in_the_middle,
    "one byte changed": _one_byte_changed,
    "of an older version": _older,
    "with other tables": _other_tables,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_begun_anew_with_one_line(tmp_path: Path, damage: str) -> None:
    """Whenever that shows: what is read then is nothing, what is written then is there the next time."""
    path = tmp_path / "cache.db"
    _filled(path)
    DAMAGES[damage](path)
    notes: list[str] = []
    cache = Cache(path, notes.append)
    assert cache.details("site", "Offer") == []
    assert len(notes) == 1, notes
    assert "was begun anew" in notes[0]
    assert cache.lookup("topic", "key") is None
    cache.store("site", "Offer", DETAILS)
    cache.close()
    again = Cache(path, pytest.fail)
    assert sorted(again.details("site", "Offer"), key=lambda each: int(each.remote_id)) == DETAILS
    again.close()


@pytest.mark.parametrize("damage", ["cut", "no database", "zeroed in the middle"])
def test_a_command_goes_on_when_the_cache_is_damaged(made: World, damage: str) -> None:
    """The plan is the same, and the next one has a cache again."""
    path = made.root / ".reconcile" / "cache.db"
    usual = reconcile(made.root, "plan")
    DAMAGES[damage](path)
    done = reconcile(made.root, "plan")
    assert (done.code, done.out) == (usual.code, usual.out)
    assert done.err.count("was begun anew") == 1
    assert "begun anew" not in reconcile(made.root, "plan").err


def test_a_cache_that_another_process_has_begun_anew_is_left_to_it(tmp_path: Path) -> None:
    """Two see the damage; the second takes what the first has made."""
    path = tmp_path / "cache.db"
    _filled(path)
    notes: list[str] = []
    first, second = Cache(path, notes.append), Cache(path, notes.append)
    for each in (first, second):
        each.lookup("topic", "key")
    path.with_name("cache.db-wal").unlink()
    path.with_name("cache.db-shm").unlink()
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)
    assert first.details("site", "Offer") == []
    first.store("site", "Offer", DETAILS)
    assert len(second.details("site", "Offer")) == len(DETAILS)
    assert len(notes) == 2
    for each in (first, second):
        each.close()


# --- many at once ------------------------------------------------------------------------------------------------


def test_many_processes_open_a_new_cache_and_a_new_ledger_at_once(tmp_path: Path) -> None:
    """None of them fails, and none has to say anything."""
    from torture.opening import open_at_once

    assert open_at_once(tmp_path, 16) == []


# --- what cannot be written --------------------------------------------------------------------------------------


def _without_the_rights_of_root() -> None:
    """In the child, before it becomes another program: rights of files bind it, though it is root."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for capability in (_OVERRIDE, _READ_SEARCH):
        if prctl(_DROP_FROM_BOUNDS, capability, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "this root may not give up rights")


@pytest.fixture
def read_only(made: World) -> Iterator[Callable[..., Done]]:
    """A copy of the project in which nothing may be written, and how to run a command in it."""
    root = made.root.with_name(f"{made.root.name}-read-only")
    shutil.copytree(made.root, root, symlinks=True)
    every = [root, *root.rglob("*")]
    for each in every:
        each.chmod(0o500 if each.is_dir() else 0o400)
    prepare = _without_the_rights_of_root if os.geteuid() == 0 else None
    try:
        subprocess.run(["true"], preexec_fn=prepare, check=True)
    except (subprocess.SubprocessError, OSError):
        pytest.skip("root binds itself to no rights here")

    def run(*arguments: str) -> Done:
        return _run(root, prepare, *arguments)

    yield run
    for each in filter(Path.exists, every):
        each.chmod(0o700)


def _run(folder: Path, prepare: Callable[[], None] | None, *arguments: str) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "reconciler.cli.main", *arguments],
        cwd=folder, capture_output=True, check=False, timeout=90, preexec_fn=prepare,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    found = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in found.said, found.said
    return found


def test_a_read_only_project_can_be_looked_at(made: World, read_only: Callable[..., Done]) -> None:
    """Plan, validate, history and state say what they always say; one line tells that nothing is remembered."""
    usual = reconcile(made.root, "plan")
    done = read_only("plan")
    assert (done.code, done.out) == (usual.code, usual.out), done.said
    assert done.err.count("is not remembered") == 1
    assert done.err.count("cannot be written") == 1
    for command in (("validate",), ("history",), ("state", "list"), ("spec", "check")):
        assert read_only(*command).code == 0, command


@pytest.mark.parametrize(
    "command", [("apply", "--auto-approve"), ("pull",), ("release", "A"), ("init", "--offer", "B")]
)
def test_nothing_is_done_in_a_read_only_project(read_only: Callable[..., Done], command: tuple[str, ...]) -> None:
    """A sentence that names what cannot be written, and exit code 1."""
    done = read_only(*command)
    assert done.code == 1, done.said
    assert "cannot be written" in done.said


def test_a_project_that_may_have_no_folder_of_its_own_can_be_planned(
    made: World, read_only: Callable[..., Done]
) -> None:
    """A ledger that is not there is an empty one; the practice marketplace is made of what the documents name."""
    root = made.root.with_name(f"{made.root.name}-read-only")
    root.chmod(0o700)
    (root / ".reconcile").chmod(0o700)
    shutil.rmtree(root / ".reconcile")
    root.chmod(0o500)
    assert read_only("history").code == 0
    done = read_only("plan")
    assert done.code == 0, done.said
    assert "A is not on the marketplace" in done.out
    assert "1 not creatable" in done.out  # its document has no product
    assert done.err.count("is not remembered") == 1


# --- what is damaged or full -------------------------------------------------------------------------------------


def test_a_damaged_ledger_is_named_and_left_alone(made: World) -> None:
    """It is not begun anew: undo and history are in it. The remedy is said."""
    ledger = made.root / ".reconcile" / "ledger.db"
    ledger.write_bytes(b"no database at all\n" * 100)
    for command in ("plan", "history"):
        done = reconcile(made.root, command)
        assert done.code == 1
        assert "ledger.db" in done.err
        assert "moved away" in done.err
    assert ledger.read_bytes().startswith(b"no database")


def _limited(folder: Path, limit: int, *arguments: str) -> Done:
    """Run a command that can make no file larger than so many bytes: what it writes fails as on a full disk."""

    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return _run(folder, limit_files, *arguments)


@pytest.mark.parametrize("limit", [0, 5_000, 80_000])
@pytest.mark.parametrize(
    "command",
    [("plan",), ("plan", "--out", "x.plan"), ("apply", "--auto-approve"), ("pull",), ("init", "new"), ("demo", "new"),
     ("schema", "--write", "new"), ("history",)],
)  # fmt: skip
def test_a_full_disk_is_a_sentence(made: World, command: tuple[str, ...], limit: int) -> None:
    """It names what cannot be written; nothing is half written."""
    before = {
        path: path.read_bytes()
        for path in made.root.rglob("*")
        if path.is_file() and ".reconcile" not in path.parts
    }
    done = _limited(made.root, limit, *command)
    if done.code != 0:
        assert done.code == 1, done.said
        assert "Error:" in done.err, done.said
    assert "This is a bug" not in done.said
    for path, data in before.items():
        assert path.read_bytes() == data
    assert not list(made.root.rglob(".new-*"))
    if "it goes on here" in done.err:
        assert reconcile(made.root, *command).code == 0
    shutil.rmtree(made.root / "new", ignore_errors=True)  # what is begun there is a project of its own
    assert reconcile(made.root, "plan").code == 0


def test_a_device_without_room_is_named(made: World) -> None:
    """The plan goes to standard output and nowhere else."""
    done = reconcile(made.root, "plan", "--out", "/dev/full")
    assert done.code == 1
    assert "/dev/full cannot be written: No space left on device" in done.err
