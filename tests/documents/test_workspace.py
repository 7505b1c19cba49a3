"""The effect: which files are found, and what is said of those that cannot be read."""

import gc
import os
import unicodedata
from pathlib import Path

import pytest

from reconciler.model.diagnostics import Diagnostic
from reconciler.runtime.project.walk import Walk
from reconciler.runtime.project.workspace import Workspace, WorkspaceFault, find_project
from tests.documents.projects import ONE

HEAD = "kind: Offer\nname: "


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "shop"
    (folder / "offers").mkdir(parents=True)
    (folder / "reconcile.yaml").write_text(ONE + "ignore: [drafts/, '*.bak.yaml', ./offers/old]\n")
    (folder / "offers" / "a.yaml").write_text(HEAD + "a")
    return folder


def put(root, path, text=HEAD + "x"):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def paths(root):
    workspace = Workspace(root)
    found = [path for path, _ in workspace.files()]
    assert workspace.diagnostics == []
    return found


def told(root):
    return [(one.code, str(one.mark)) for one in Workspace(root).load().diagnostics]


def test_yaml_files_in_the_order_of_their_paths(root):
    for path in ("b.yml", "offers/b/c.yaml", "README.md", "offers/a.json", "Z.yaml"):
        put(root, path)
    assert paths(root) == ["Z.yaml", "b.yml", "offers/a.yaml", "offers/b/c.yaml", "reconcile.yaml"]


def test_a_system_that_opens_no_folders_finds_the_same(root, monkeypatch):
    """Windows looks at each file by its whole path: the same files, with the same stamps."""
    for path in ("b.yml", "offers/b/c.yaml", "offers/b/d/e.yaml", "drafts/x.yaml"):
        put(root, path)
    (root / "offers" / "broken.yaml").symlink_to(root / "nowhere.yaml")
    for file in root.rglob("*"):
        if file.is_file():
            os.utime(file, (1_700_000_000, 1_700_000_000))
    monkeypatch.setattr(
        "reconciler.runtime.project.walk._STEP", -3_000_000_000
    )  # what was written just now has one
    there = seen(root)
    assert there[0] == ["b.yml", "offers/a.yaml", "offers/b/c.yaml", "offers/b/d/e.yaml", "reconcile.yaml"]
    assert all(there[1])
    monkeypatch.setattr(os, "supports_fd", os.supports_fd - {os.scandir})
    assert seen(root) == there


def seen(root):
    walk = Walk(lambda path, _: path == "drafts")
    walk.below(str(root), "")
    return walk.seen.paths, walk.seen.stamps, walk.links, walk.diagnostics


def test_hidden_and_ignored_are_skipped(root):
    skipped = (
        ".reconcile/x.yaml",
        ".git/x.yaml",
        "offers/.x.yaml",
        "drafts/x.yaml",
        "a/drafts/x.yaml",
        "x.bak.yaml",
        "offers/old/x.yaml",
    )
    for path in skipped:
        put(root, path)
    assert paths(root) == ["offers/a.yaml", "reconcile.yaml"]


def test_loading_turns_the_collector_off_and_on_again(root):
    assert gc.isenabled()
    documents = Workspace(root).load()
    assert gc.isenabled()
    gc.unfreeze()
    assert documents.diagnostics == ()
    assert [one.name for one in documents.of("Offer")] == ["a"]
    assert documents.of("Offer")[0].folder == "offers"


def test_d101_a_file_of_50_mb_is_not_read(root):
    with (root / "big.yaml").open("wb") as file:
        file.truncate(50_000_000)
    assert told(root) == [("D101", "big.yaml:1:1")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_d116_without_permission(root):
    (root / "offers" / "a.yaml").chmod(0)
    assert told(root) == [("D116", "offers/a.yaml:1:1")]


def test_d116_a_link_to_nothing(root):
    (root / "x.yaml").symlink_to("gone.yaml")
    assert told(root) == [("D116", "x.yaml:1:1")]


def test_d116_a_file_that_vanishes(root):
    """It was there when the folder was looked through."""
    put(root, "gone.yaml")

    def vanish(seen):
        assert "gone.yaml" in seen.paths
        (root / "gone.yaml").unlink()
        return {}

    workspace = Workspace(root)
    assert "gone.yaml" not in [path for path, _ in workspace.files(vanish)]
    assert [one.code for one in workspace.diagnostics] == ["D116"]


@pytest.mark.parametrize("target", ["../outside.yaml", "../outside", "/etc"])
def test_d117_a_link_that_leaves_the_project(root, target):
    put(root.parent, "outside.yaml")
    put(root.parent, "outside/x.yaml")
    (root / "link.yaml").symlink_to(target)
    assert told(root) == [("D117", "link.yaml:1:1")]


def test_d118_links_that_go_in_a_circle(root):
    (root / "offers" / "up").symlink_to("..")
    (root / "x.yaml").symlink_to("y.yaml")
    (root / "y.yaml").symlink_to("x.yaml")
    assert told(root) == [("D118", "offers/up:1:1"), ("D118", "x.yaml:1:1"), ("D118", "y.yaml:1:1")]


def test_a_link_within_the_project_is_read_once(root):
    (root / "again.yaml").symlink_to("offers/a.yaml")
    (root / "more").symlink_to("offers")
    assert paths(root) == ["offers/a.yaml", "reconcile.yaml"]
    assert told(root) == []


def test_a_link_to_what_is_hidden_is_read(root):
    put(root, ".store/x.yaml")
    (root / "shown").symlink_to(".store")
    assert paths(root) == ["offers/a.yaml", "reconcile.yaml", "shown/x.yaml"]


def test_d119_a_pipe_is_no_file(root):
    os.mkfifo(root / "pipe.yaml")
    assert told(root) == [("D119", "pipe.yaml:1:1")]


def test_d119_a_name_that_is_no_text(root):
    try:
        (Path(os.fsdecode(os.fsencode(root) + b"/\xff.yaml"))).write_text(HEAD + "x")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert [code for code, _ in told(root)] == ["D119"]


def test_truncated_and_binary_files_are_findings_beside_each_other(root):
    put(root, "offers/b.yaml", "kind: Offer\ncontent: {images: [a")
    (root / "offers" / "c.yaml").write_bytes(b"\x00\x01")
    assert told(root) == [("D105", "offers/b.yaml:2:21"), ("D102", "offers/c.yaml:1:1")]


def test_reading_what_documents_name(root):
    put(root, "images/a.jpg", "jpeg")
    workspace = Workspace(root)
    assert workspace.read_bytes("images/a.jpg") == b"jpeg"
    assert workspace.read_text("images/a.jpg") == "jpeg"
    before = workspace.digest("images/a.jpg")
    assert before == workspace.digest("images/a.jpg")
    put(root, "images/a.jpg", "another")
    assert workspace.digest("images/a.jpg") != before


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
def test_a_file_is_found_however_the_disk_spells_its_name(root, stored):
    put(root, unicodedata.normalize(stored, "images/żółty.jpg"), "jpeg")
    assert Workspace(root).read_bytes("images/żółty.jpg") == b"jpeg"


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "gone", "offers", "link", "a\x00b", "x" * 5000])
def test_no_way_out(root, path):
    put(root.parent, "secret", "s")
    (root / "link").symlink_to("../secret")
    workspace = Workspace(root)
    for read in (workspace.read_bytes, workspace.read_text, workspace.digest):
        with pytest.raises(WorkspaceFault):
            read(path)


def test_text_that_is_not_utf8(root):
    (root / "t.html").write_bytes("biały".encode("cp1250"))
    with pytest.raises(WorkspaceFault, match="UTF-8"):
        Workspace(root).read_text("t.html")


def test_find_project(root):
    assert find_project(root / "offers") == root.resolve()
    found = find_project(root.parent)
    assert isinstance(found, Diagnostic)
    assert found.code == "D306"


def test_d306_a_folder_without_a_project(tmp_path):
    assert [one.code for one in Workspace(tmp_path).load().diagnostics] == ["D306"]


def test_d121_folders_in_folders(root):
    put(root, "/".join("d" * 63) + "/x.yaml")
    assert told(root) == []
    put(root, "/".join("d" * 64) + "/x.yaml")
    assert told(root) == [("D121", f"{'d/' * 64}:1:1")]
