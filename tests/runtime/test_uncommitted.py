"""A value that is not committed is not blamed on the last commit."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import world
from cli.running import reconcile
from world import World

from reconciler.runtime.project.revision import Revision, revision_of
from reconciler.runtime.project.uncommitted import uncommitted
from tests.runtime.test_git import Repository

TEN = {"sellingMode": {"format": "BUY_NOW", "price": {"amount": "10.00", "currency": "PLN"}}}
DOCUMENT = """\
kind: Offer
name: A
price: 10.00 PLN
content:
  description: |
    <p>Kubek</p>
    <p>Duży</p>
labels: {a: b}
"""


def git(root: Path, *arguments: str) -> None:
    names = ("-c", "user.name=Anna Nowak", "-c", "user.email=anna@example.com")
    subprocess.run(["git", "-C", str(root), *names, *arguments], check=True, capture_output=True)


def committed(root: Path, **files: str) -> None:
    """A repository whose last commit has these files."""
    git(root, "init", "-q")
    for name, text in files.items():
        (root / f"{name}.yaml").write_text(text, "utf-8")
    git(root, "add", *(f"{name}.yaml" for name in files))
    git(root, "commit", "-q", "-m", "Ceny")


CASES = {
    "nothing": (DOCUMENT, set()),
    "a price": (DOCUMENT.replace("10.00", "12.00"), {3}),
    "a line above": (f"# why\n{DOCUMENT}", set()),
    "the middle of a text": (DOCUMENT.replace("Duży", "Mały"), {5}),
    "a new key": (DOCUMENT.replace("labels", "stock: 3\nlabels"), {8}),
    "the ends of lines": (DOCUMENT.replace("\n", "\r\n"), set()),
    "all of it": ("kind: Tag\nb: 1\nc: 1\nd:\n  e: 1\n", {1, 2, 3, 5}),
}


@pytest.mark.parametrize(("text", "lines"), CASES.values(), ids=list(CASES))
def test_lines_that_differ(tmp_path: Path, text: str, lines: set[int]) -> None:
    """A value counts with all its lines; where a line stands does not matter."""
    committed(tmp_path, a=DOCUMENT)
    (tmp_path / "a.yaml").write_bytes(text.encode())
    asked = [n + text.startswith("# why") for n in (1, 2, 3, 5, 8)]
    assert uncommitted(tmp_path, {"a.yaml": asked}).lines.get("a.yaml", frozenset()) == frozenset(lines)


def test_a_file_whose_lines_end_otherwise_is_not_edited(tmp_path: Path) -> None:
    """Git writes them so on Windows, where it is told to."""
    committed(tmp_path, a=DOCUMENT)
    for end, edited in (("\n", False), ("\r\n", False), ("\r", True)):
        (tmp_path / "a.yaml").write_bytes(DOCUMENT.replace("\n", end).encode())
        assert uncommitted(tmp_path, {"a.yaml": [3]}).edited is edited


def test_a_file_that_git_does_not_know(tmp_path: Path) -> None:
    committed(tmp_path, a=DOCUMENT)
    (tmp_path / "b.yaml").write_text(DOCUMENT, "utf-8")
    assert uncommitted(tmp_path, {"a.yaml": [3], "b.yaml": [3]}).lines == {"b.yaml": frozenset({3})}


@pytest.mark.parametrize("files", [3, 300], ids=["few", "more than are compared line by line"])
def test_many_files(files: int, tmp_path: Path) -> None:
    """Of the first ones lines are compared, of the others each file; all is asked of git at once."""
    names = [f"a{number:03}" for number in range(files)]
    committed(tmp_path, **{name: DOCUMENT + f"# {name}\n" for name in names})
    asked = {f"{name}.yaml": [1, 3] for name in names}
    assert uncommitted(tmp_path, asked) == ({}, False)
    for name in names[1:]:
        (tmp_path / f"{name}.yaml").write_text(DOCUMENT.replace("10.00", "12.00") + f"# {name}\n", "utf-8")
    found, edited = uncommitted(tmp_path, asked)
    by_line = {f"{name}.yaml": frozenset({3}) for name in names[1:201]}
    assert (found, edited) == (by_line | {f"{name}.yaml": frozenset({1, 3}) for name in names[201:]}, True)


def test_a_new_file_is_no_edit(tmp_path: Path) -> None:
    committed(tmp_path, a=DOCUMENT)
    (tmp_path / "b [1]*.yaml").write_text(DOCUMENT, "utf-8")
    assert uncommitted(tmp_path, {"b [1]*.yaml": [3], "a.yaml": [3]}) == ({"b [1]*.yaml": {3}}, False)
    git(tmp_path, "add", "b [1]*.yaml")
    git(tmp_path, "commit", "-q", "-m", "b")
    assert uncommitted(tmp_path, {"b [1]*.yaml": [3], "a.yaml": [3]}) == ({}, False)


def test_what_is_not_to_be_had_counts_as_a_whole(tmp_path: Path) -> None:
    committed(tmp_path, a=DOCUMENT)
    (tmp_path / "a.yaml").write_text(DOCUMENT.replace("10.00", "12.00"), "utf-8")
    (blob,) = (
        each for each in (tmp_path / ".git/objects").glob("??/*") if each.is_file() and _is_blob(tmp_path, each)
    )
    blob.unlink()
    assert uncommitted(tmp_path, {"a.yaml": [1, 3]}) == ({"a.yaml": {1, 3}}, True)


def _is_blob(root: Path, file: Path) -> bool:
    name = file.parent.name + file.name
    said = subprocess.run(["git", "-C", str(root), "cat-file", "-t", name], check=True, capture_output=True)
    return said.stdout == b"blob\n"


def test_without_git_and_without_a_commit_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(DOCUMENT, "utf-8")
    assert uncommitted(tmp_path, {"a.yaml": [3]}).lines == {}
    git(tmp_path, "init", "-q")
    assert uncommitted(tmp_path, {"a.yaml": [3]}).lines == {}


def test_no_filter_of_the_repository_runs(tmp_path: Path) -> None:
    """To compare, git would run the filters that a repository names: it is not asked to."""
    repository = Repository(tmp_path)
    repository.arm()
    (repository.root / "reconcile.yaml").write_text("kind: Project\nname: other\n")
    assert uncommitted(repository.root, {"reconcile.yaml": [1, 2]}).lines == {"reconcile.yaml": frozenset({2})}
    assert not repository.mark.exists()


def test_plan_and_blame_say_so_and_undo_takes_it_back(tmp_path: Path) -> None:
    """The user has written it, not the author of the last commit."""
    live = [world.live_offer(number, name, **TEN) for number, name in enumerate(("A", "B"))]
    made = World.make(tmp_path, world.seller(live), [])
    for name in ("A", "B"):
        made.write(f"offers/{name}.yaml", f"kind: Offer\nname: {name}\nprice: 11.00 PLN\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "offers", "reconcile.yaml")
    git(tmp_path, "commit", "-q", "-m", "Ceny")
    made.write("offers/B.yaml", "kind: Offer\nname: B\nprice: 12.00 PLN\n")
    told = reconcile("plan", cwd=tmp_path).stdout
    assert "line 3 (dirty)" in told
    assert told.count("(dirty)") == 2, told
    assert "Not committed: 1 value stands on lines that differ from the last commit (dirty)." in told
    assert reconcile("apply", "--auto-approve", cwd=tmp_path).returncode == 0
    mine, theirs = reconcile("blame", "B", cwd=tmp_path).stdout, reconcile("blame", "A", cwd=tmp_path).stdout
    assert "offers/B.yaml:3:8 (dirty)" in mine
    assert "Anna Nowak" not in mine
    assert "Anna Nowak" in theirs
    assert "dirty" not in theirs
    past = json.loads(reconcile("history", "--json", cwd=tmp_path).stdout)["runs"][0]["id"]
    undone = reconcile("undo", past, "--auto-approve", cwd=tmp_path)
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert "2 applied of 2 planned" in undone.stdout


def test_an_edit_is_no_clean_revision_and_a_filter_is_no_edit(tmp_path: Path) -> None:
    """What a filter makes of a file differs from what is committed: git alone says whether it was edited."""
    committed(tmp_path, a=DOCUMENT)
    assert revision_of(tmp_path).commit
    (tmp_path / "a.yaml").write_text(DOCUMENT.replace("10.00", "12.00"), "utf-8")
    assert uncommitted(tmp_path, {"a.yaml": [3]}).edited
    assert revision_of(tmp_path) == revision_of(tmp_path, edited=True) == Revision()
    (tmp_path / "b").mkdir()
    git(tmp_path / "b", "init", "-q")
    git(tmp_path / "b", "config", "filter.dear.clean", "sed s/12.00/10.00/")
    (tmp_path / "b/.gitattributes").write_text("*.yaml filter=dear\n")
    (tmp_path / "b/a.yaml").write_text(DOCUMENT.replace("10.00", "12.00"), "utf-8")
    os.utime(
        tmp_path / "b/a.yaml", (1_700_000_000, 1_700_000_000)
    )  # older than the index: git need not look into it
    git(tmp_path / "b", "add", "a.yaml")
    git(tmp_path / "b", "commit", "-q", "-m", "Ceny")
    assert uncommitted(tmp_path / "b", {"a.yaml": [3]}).edited
    assert revision_of(tmp_path / "b", edited=True).commit
