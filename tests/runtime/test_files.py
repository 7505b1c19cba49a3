"""Files: written whole or not at all, closed to others where they are private, read within bounds."""

from __future__ import annotations

import errno
import multiprocessing
import os
import socket
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.runtime import writing
from reconciler.runtime.reading import NoFile, TooLarge, read_file
from reconciler.runtime.writing import (
    close_to_others,
    create_file,
    insist_on_writing,
    private_file,
    private_folder,
    replace_file,
)


@pytest.fixture(params=[0, 0o022, 0o777])
def umask(request: pytest.FixtureRequest) -> object:
    """Whatever the shell has set."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_private_is_its_owners_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """A new folder, a new file of each kind, and one that was open to all before."""
    folder = tmp_path / "state"
    private_folder(folder)
    replace_file(folder / "plan", b"x", private=True)
    assert create_file(folder / "key", b"x", private=True)
    private_file(folder / "new.db")
    assert (mode(folder), *(mode(folder / name) for name in ("plan", "key", "new.db"))) == (
        0o700,
        0o600,
        0o600,
        0o600,
    )


def test_what_was_open_to_others_is_closed(tmp_path: Path) -> None:
    """The folder and all in it, at any depth; what its owner forbade himself stays forbidden; links are not followed."""
    outside = tmp_path / "outside"
    outside.write_bytes(b"")
    outside.chmod(0o644)
    folder = tmp_path / "state"
    (folder / "deep").mkdir(parents=True)
    for path, rights in (("a", 0o666), ("deep/b", 0o444)):
        (folder / path).write_bytes(b"")
        (folder / path).chmod(rights)
    (folder / "link").symlink_to(outside)
    for each in (folder, folder / "deep"):
        each.chmod(0o755)
    private_folder(folder)
    close_to_others(folder)
    assert [mode(folder / path) for path in (".", "deep", "a", "deep/b")] == [0o700, 0o700, 0o600, 0o400]
    assert mode(outside) == 0o644


def test_what_stands_in_a_folder_of_documents_follows_the_umask(tmp_path: Path) -> None:
    """Documents and schemas are for everybody whom the shell allows."""
    before = os.umask(0o027)
    try:
        replace_file(tmp_path / "a", b"x")
        create_file(tmp_path / "sub" / "b", b"x")
    finally:
        os.umask(before)
    assert (mode(tmp_path / "a"), mode(tmp_path / "sub" / "b")) == (0o640, 0o640)


@pytest.mark.parametrize("write", [replace_file, create_file])
def test_a_full_disk_leaves_what_was_there_and_nothing_else(
    tmp_path: Path, write: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old file whole, or none; no draft."""
    if write is replace_file:
        (tmp_path / "a").write_bytes(b"old")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "a", b"new")
    found = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    assert found == ({"a": b"old"} if write is replace_file else {})


def test_what_a_kill_left_is_in_nobodys_way(tmp_path: Path) -> None:
    """Drafts of other processes, files or folders, whatever their number."""
    (tmp_path / f".new-{os.getpid()}").mkdir()
    (tmp_path / f".new-{os.getpid()}-0").write_bytes(b"half")
    replace_file(tmp_path / "a", b"x")
    assert create_file(tmp_path / "b", b"y")
    assert not create_file(tmp_path / "b", b"z")
    assert (tmp_path / "a").read_bytes() + (tmp_path / "b").read_bytes() == b"xy"


def _first(file: Path, number: int) -> bool:
    return create_file(file, str(number).encode() * 1000)


def test_of_many_who_create_one_file_one_is_the_first(tmp_path: Path) -> None:
    """The others leave it as it is."""
    file = tmp_path / "key"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        firsts = pool.starmap(_first, [(file, number) for number in range(1, 9)])
    (winner,) = [number for number, first in enumerate(firsts, 1) if first]
    assert file.read_bytes() == str(winner).encode() * 1000
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    """One that is larger is not read at all, however large it claims to be."""
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    assert read_file(file, 5) == b"12345"
    with pytest.raises(TooLarge, match="5 bytes; at most 4 bytes"):
        read_file(file, 4)
    with file.open("r+b") as opened:
        opened.truncate(2**41)
    with pytest.raises(TooLarge, match=r"2,199,023.3 MB; at most 1.0 MB"):
        read_file(file, 1_000_000)


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    """A pipe would wait for ever, a device never ends."""
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for path in (tmp_path / "pipe", tmp_path / "socket", tmp_path, Path("/dev/zero")):
            with pytest.raises(NoFile):
                read_file(path, 10)


def test_a_look_at_a_database_lets_go_of_no_lock(tmp_path: Path) -> None:
    """Whoever opens and closes a file loses all locks of his process on it (POSIX)."""
    file = tmp_path / "x.db"
    private_file(file)
    held = sqlite3.connect(file, isolation_level=None)
    held.execute("begin exclusive")
    private_file(file)
    insist_on_writing(file)
    other = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('begin exclusive')"
    done = subprocess.run([sys.executable, "-c", other, str(file)], capture_output=True, text=True, check=False)
    held.close()
    assert "database is locked" in done.stderr
