"""`init`, `demo` and saved files, cut off: the next run completes them, and nothing half is taken for whole."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import time
from pathlib import Path

import cutting
import pytest
import warm

from reconciler.cli.main import run
from reconciler.cli.saving import save
from reconciler.demo import write_demo
from reconciler.runtime.writing import create_file, put_in_place
from reconciler.simulator.allegro.simulator import AllegroSimulator

STORE = ".reconcile/simulator-allegro.db"


def begin(root):
    return run(["init", str(root)])


def documents(root):
    """Every file but what the project remembers and what a killed process could not clear away."""
    files = (path for path in root.rglob("*") if path.is_file())
    named = {path.relative_to(root): path for path in files if not path.name.startswith(".new-")}
    return {name.as_posix(): path.read_bytes() for name, path in named.items() if name.parts[0] != ".reconcile"}


def seller(root):
    simulator = AllegroSimulator(root / STORE)
    try:
        return simulator.logins()
    finally:
        simulator.close()


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    root = tmp_path_factory.mktemp("init") / "shop"
    assert begin(root) == 0
    return documents(root)


# --- init ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [1, 2, 3])
def test_init_is_completed_wherever_it_was_killed(begun, first, tmp_path, capsys):
    """The second one makes what is missing; where there is a project before it, that one is whole already."""
    for step in cutting.cuts(first, every=3):
        root = tmp_path / f"cut-{step}" / "shop"  # the project is called after its folder
        if not cutting.cut_off(lambda root=root: begin(root), step, root):
            break
        if (root / "reconcile.yaml").exists():
            assert (documents(root), seller(root)) == (begun, ("acme-sklep",)), step
        assert begin(root) == 0
        assert (documents(root), seller(root)) == (begun, ("acme-sklep",)), step
        shutil.rmtree(root)
    assert run(["-C", str(root), "plan"]) == 0
    assert "kubek-acme-300" in capsys.readouterr().out


def test_init_killed_while_the_marketplace_is_filled(begun, tmp_path, monkeypatch, capsys):
    """Nobody finds a marketplace without its seller."""
    root = tmp_path / "shop"
    with monkeypatch.context() as patched:
        patched.setattr(AllegroSimulator, "seed", lambda *_: os._exit(cutting.KILLED))
        assert cutting.cut_off(lambda: begin(root), 10_000, root)
    assert not (root / STORE).exists()
    assert not (root / "reconcile.yaml").exists()
    assert begin(root) == 0
    said = capsys.readouterr().out
    assert "kept   offers/kubek-acme-300.yaml" in said
    assert "wrote  .reconcile/simulator-allegro.db" in said
    assert "wrote  reconcile.yaml" in said
    assert [path.name for path in (root / ".reconcile").iterdir() if "new" in path.name] == []


def test_init_finds_a_marketplace_without_its_seller(tmp_path, capsys):
    """As an older version left it, or a plan before there was one."""
    begin(tmp_path)
    (tmp_path / STORE).unlink()
    AllegroSimulator(tmp_path / STORE).close()
    capsys.readouterr()
    assert begin(tmp_path) == 0
    assert "wrote  .reconcile/simulator-allegro.db" in capsys.readouterr().out
    assert seller(tmp_path) == ("acme-sklep",)
    assert begin(tmp_path) == 0
    assert "kept   .reconcile/simulator-allegro.db" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["init"], ["demo", "--offers", "20"]])
@pytest.mark.parametrize("below", ["", "sub/shop"])
def test_a_project_of_yours_gets_no_example(command, below, tmp_path, capsys):
    """Neither in its folder nor below it: an example offer among yours would be put on sale."""
    (tmp_path / "reconcile.yaml").write_text("accounts: {}\n")
    (tmp_path / "sub").mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert run([*command, str(tmp_path / below)]) == 1
    said = capsys.readouterr().err
    assert f"lies in the project {tmp_path}" in said if below else f"{tmp_path} is a project already" in said
    assert sorted(tmp_path.rglob("*")) == before


def test_init_on_a_full_disk(tmp_path, monkeypatch, capsys):
    """One sentence; what is written is whole, and the next run goes on."""
    calls = 0

    def full(_):
        nonlocal calls
        calls += 1
        if calls > 5:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert begin(tmp_path) == 1
    assert "cannot be written: No space left on device" in capsys.readouterr().err
    assert not list(tmp_path.rglob(".new-*"))
    assert begin(tmp_path) == 0


# --- demo ---------------------------------------------------------------------------------------------------


def shops(root):
    return write_demo(root, offers=4)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("demo") / "shop"
    shops(root)
    return documents(root)


@pytest.mark.parametrize("first", [1, 4, 9])
def test_demo_is_completed_wherever_it_was_killed(shop, first, tmp_path):
    """There is no project before all of it is there; the next run makes it or finishes it, and clears up."""
    resumed = set()
    for step in cutting.cuts(first, every=13):
        root = tmp_path / f"cut-{step}"
        if not cutting.cut_off(lambda root=root: shops(root), step, root):
            break
        check_demo(root, shop, resumed)
        shutil.rmtree(root)


def check_demo(root, shop, resumed):
    if (root / "reconcile.yaml").exists():
        found = documents(root)
        assert {name: found[name] for name in found if not name.startswith(".reconcile-demo")} == shop
        assert len(seller(root)) == 1
    if not (root / "reconcile.yaml").exists() or (root / ".reconcile-demo" / "complete.json").exists():
        resumed.add(shops(root).resumed)
        assert sorted(documents(root)) == sorted(shop)
        assert documents(root) == shop
        assert len(seller(root)) == 1


def test_demo_killed_while_it_is_put_in_place(shop, tmp_path, monkeypatch, capsys):
    """Every one of the last steps; what was made is not made again, and that is said."""
    put, entries = put_in_place, len({name.partition("/")[0] for name in shop} | {".reconcile"})
    for count in range(entries):
        root, calls = tmp_path / f"cut-{count}", 0

        def cut(draft, file, count=count):
            nonlocal calls
            if calls == count:
                os._exit(cutting.KILLED)
            calls += 1
            put(draft, file)

        with monkeypatch.context() as patched:
            patched.setattr("reconciler.demo.aside.put_in_place", cut)
            assert cutting.cut_off(lambda root=root: shops(root), 10_000, root)
        assert not (root / "reconcile.yaml").exists()
        assert run(["demo", str(root), "--offers", "50"]) == 0
        said = capsys.readouterr().out
        assert said.startswith("An earlier run was cut off when its shop was made; now it is complete.")
        assert documents(root) == shop
        assert len(seller(root)) == 1


def test_demo_on_a_full_disk_leaves_nothing(tmp_path, monkeypatch, capsys):
    """Neither in a folder that was there nor one that was not."""

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("reconciler.demo.write.plant", full)
    (tmp_path / "there").mkdir()
    for name in ("there", "new"):
        assert run(["demo", str(tmp_path / name), "--offers", "3"]) == 1
        assert "cannot be written: No space left on device" in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


def test_demo_leaves_a_folder_of_yours_alone(tmp_path, capsys):
    """As before."""
    (tmp_path / "mine.txt").write_text("mine")
    assert run(["demo", str(tmp_path)]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("arguments", [["init"], ["demo", "--offers", "40"]])
@pytest.mark.parametrize("files", [1, 12, 25, 60])
def test_a_real_kill(arguments, files, tmp_path, begun):
    """SIGKILL as soon as so many files are there."""
    root = tmp_path / "shop"
    with open(os.devnull, "r+b") as nothing:
        process = warm.start([*arguments, str(root)], tmp_path, os.environ, (nothing, nothing, nothing))
    while process.poll() is None and sum(len(names) for _, _, names in os.walk(root)) < files:
        time.sleep(0.0005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    if not (root / "reconcile.yaml").exists():
        assert run([*arguments, str(root)]) == 0
    assert len(seller(root)) == 1
    assert run(["-C", str(root), "validate"]) == 0


# --- files --------------------------------------------------------------------------------------------------


def test_a_saved_file_is_the_old_or_the_new_one(tmp_path):
    """At every step of saving it."""
    file = tmp_path / "plan.json"
    for step in cutting.cuts():
        file.write_text("old")
        if not cutting.cut_off(lambda: save(file, "new"), step, tmp_path):
            break
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert step > 2


def test_a_file_is_created_once(tmp_path):
    """Whole, or not; and never over another."""
    file = tmp_path / "deep" / "file.txt"
    for step in cutting.cuts():
        if not cutting.cut_off(lambda: create_file(file, b"new"), step, tmp_path):
            break
        if file.exists():  # cut off after it was in its place
            assert file.read_bytes() == b"new"
            file.unlink()
    assert file.read_bytes() == b"new"
    assert not create_file(file, b"newer")
    assert file.read_bytes() == b"new"


def test_schemas_where_no_folder_can_be(tmp_path, capsys):
    """One sentence."""
    (tmp_path / "file").write_text("no folder")
    assert run(["schema", "--write", str(tmp_path / "file" / "schemas")]) == 1
    assert capsys.readouterr().err.startswith(f"Error: {tmp_path / 'file' / 'schemas'} cannot be written: ")


def test_what_is_no_file_is_written_to(tmp_path):
    """`--out /dev/stdout`, or a pipe: it is not replaced by a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        save(pipe, "a plan")
        assert os.read(reader, 100) == b"a plan"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert sorted(path.name for path in Path(tmp_path).iterdir()) == ["pipe"]
