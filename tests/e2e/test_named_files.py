"""What a document names ends in a public offer: no way of naming and no way around reads what is kept back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import world
from world import World

from .shell import Done, reconcile

SECRET = "hasloDoBazy-7f3a"
PNG = b"\x89PNG\r\n\x1a\n"


def _template(statement: str) -> Callable[[str], tuple[dict[str, Any], str]]:
    return lambda path: ({"description": {"template": "way.html"}}, statement.replace("PATH", json.dumps(path)))


#: How a document can name a file: what stands below `content`, and the template that it goes through.
WAYS: dict[str, Callable[[str], tuple[dict[str, Any], str]]] = {
    "title": lambda path: ({"title": {"template": path}}, ""),
    "description": lambda path: ({"description": {"template": path}}, ""),
    "section": lambda path: ({"description": [{"text": {"template": path}}]}, ""),
    "include": _template("<p>a</p>\n{% include PATH %}"),
    "include that may miss": _template("<p>a</p>\n{% include PATH ignore missing %}"),
    "import": _template("<p>a</p>\n{% import PATH as other %}{{ other }}"),
    "from import": _template("<p>a</p>\n{% from PATH import x %}{{ x }}"),
    "extends": _template("<p>a</p>\n{% extends PATH %}"),
    "image": lambda path: ({"images": [path]}, ""),
    "image in a description": lambda path: ({"description": [{"image": path}]}, ""),
    "image with a digest": lambda path: ({"images": [f"{path}@sha256:{'0' * 64}"]}, ""),
}


def _file(root: Path, path: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"<p>{SECRET}</p>")


def _link(root: Path, path: str, target: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).symlink_to(target)


def _ignored(root: Path, path: str, *lines: str, where: str = ".gitignore") -> None:
    _file(root, path)
    with (root / where).open("a") as file:
        file.write("\n".join((*lines, "")))


def _nested_repository(root: Path) -> None:
    (root / "photos").mkdir()
    subprocess.run(["git", "init", "-q", str(root / "photos")], check=True)
    _ignored(root, "photos/keys.png", "keys.png", where="photos/.gitignore")


def _ours(root: Path, path: str, beginning: bytes) -> None:
    (root / path).write_bytes(beginning + SECRET.encode())


#: A way around: the path as it is written, a word of the sentence, and what makes it so.
AROUND: dict[str, tuple[str, str, Callable[[Path], None]]] = {
    "hidden file": (".env", "hidden", lambda root: _file(root, ".env")),
    "hidden folder": (".ssh/a.png", "hidden", lambda root: _file(root, ".ssh/a.png")),
    "deep in a hidden folder": ("a/.b/c/d.png", "hidden", lambda root: _file(root, "a/.b/c/d.png")),
    "hidden, with a dot before": ("./.env", "hidden", lambda root: _file(root, ".env")),
    "hidden, with two slashes": ("a//.env", "hidden", lambda root: _file(root, "a/.env")),
    "the state": (".reconcile/ledger.db", "hidden", lambda _: None),
    "git's own": (".git/config", "hidden", lambda _: None),
    "upwards": ("../outside.png", "outside", lambda root: _file(root.parent, "outside.png")),
    "upwards and back": ("a/../.env", "outside", lambda root: _file(root, ".env")),
    "absolute": ("/etc/passwd", "outside", lambda _: None),
    "a drive": ("C:/secret.png", "outside", lambda _: None),
    "backslashes": ("..\\outside.png", "outside", lambda root: _file(root, "..\\outside.png")),
    "a link out": ("x.png", "outside", lambda root: _link(root, "x.png", "/etc/passwd")),
    "a link to a folder outside": ("etc/passwd", "outside", lambda root: _link(root, "etc", "/etc")),
    "a link to what is hidden": ("x.png", "hidden", lambda root: (_file(root, ".env"), _link(root, "x.png", ".env"))),
    "a circle of links": ("x.png", "circle|symbolic|levels", lambda root: (_link(root, "x.png", "y"), _link(root, "y", "x.png"))),
    "ignored file": ("keys.txt", "git ignores", lambda root: _ignored(root, "keys.txt", "keys.txt")),
    "ignored folder": ("out/a/b.png", "git ignores", lambda root: _ignored(root, "out/a/b.png", "out/")),
    "ignored by an inner file": ("a/k.png", "git ignores", lambda root: _ignored(root, "a/k.png", "k.*", where="a/.gitignore") ),
    "ignored here only": ("k.png", "git ignores", lambda root: _ignored(root, "k.png", "k.png", where=".git/info/exclude")),
    "ignored, in another case": ("KEYS.txt", "git ignores|no such file", lambda root: _ignored(root, "keys.txt", "keys.txt")),
    "a link to what is ignored": ("x.png", "git ignores", lambda root: (_ignored(root, "keys.txt", "keys.txt"), _link(root, "x.png", "keys.txt"))),
    "ignored in a repository below": ("photos/keys.png", "git ignores", _nested_repository),
    "left out by the project": ("drafts/a.png", "ignore:", lambda root: _file(root, "drafts/a.png")),
    "a ledger": ("shop.png", "a database", lambda root: _ours(root, "shop.png", b"SQLite format 3\0")),
    "a plan": ("p.png", "a plan", lambda root: _ours(root, "p.png", b'{"format_version":1,"id":"')),
    "a key": ("k.pem", "a key", lambda root: _ours(root, "k.pem", b"-----BEGIN PRIVATE KEY-----\n")),
}  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> World:
    """A project in git, in which all is well."""
    account, documents = world.seller([world.live_offer(1, "A")]), [world.offer("A", price="55 PLN")]
    made = World.make(tmp_path / "shop", account, documents, project={"ignore": ["drafts"]})
    subprocess.run(["git", "init", "-q", str(made.root)], check=True)
    return made


def _name(made: World, path: str) -> dict[str, str]:
    """Name a file in every way, a document each; return where each is to be told."""
    places = {}
    for number, (way, say) in enumerate(WAYS.items()):
        content, template = say(path)
        written = json.dumps(content, ensure_ascii=False).replace("way.html", f"way{number}.html")
        made.write(f"documents/way{number}.yaml", f"kind: Offer\nname: way{number}\ncontent: {written}\n")
        if template:
            made.write(f"way{number}.html", template)
        places[way] = f"way{number}.html:2" if template else f"documents/way{number}.yaml:3"
    return places


def _told(done: Done) -> dict[str, dict[str, Any]]:
    found = {}
    for each in done.json["diagnostics"]:
        mark = each["mark"]
        found[f"{mark['file']}:{mark['line']}"] = each
    return found


@pytest.mark.parametrize("case", AROUND)
def test_no_way_of_naming_reads_what_is_kept_back(made: World, case: str) -> None:
    """Each is an error at its place, says why and what to do, and nothing of the file comes out."""
    path, words, prepare = AROUND[case]
    prepare(made.root)
    places = _name(made, path)
    done = reconcile(made.root, "validate", "--json")
    told = _told(done)
    assert done.code == 1
    assert SECRET not in done.said
    for way, place in places.items():
        if place not in told:  # the same mistake in a template is told once
            assert told[places["title"]]["detail"].endswith("It writes the text of Offer `way0` and 2 more.")
            assert way in ("description", "section")
            continue
        found = told[place]
        assert found["mark"]["column"] > 0
        if found["code"] == "D207":  # refused before anybody looks for it
            assert "outside" in words
            assert found["hint"] or found["detail"]
            continue
        assert found["code"] in ("D401", "D506"), (way, found)
        assert found["hint"], (way, found)
        if way != "image with a digest":  # a name of its own, which may not be there
            assert any(word in found["detail"] for word in words.split("|")), (way, found["detail"])


def test_what_is_no_path_is_an_error_too(made: World) -> None:
    """Text that no file can be called is told like a file that is not there."""
    places = []
    for path in ("a\\x00.html", "\\ud800.html", "x" * 5000):
        for way in ("include", "import", "from import", "extends"):
            content, template = WAYS[way]("PATH")
            name = f"way{len(places)}"
            written = json.dumps(content).replace("way.html", f"{name}.html")
            made.write(f"documents/{name}.yaml", f"kind: Offer\nname: {name}\ncontent: {written}\n")
            made.write(f"{name}.html", template.replace("PATH", path))
            places.append(f"{name}.html:2")
    done = reconcile(made.root, "validate", "--json")
    assert done.code == 1
    assert {_told(done)[place]["code"] for place in places} == {"D401", "D404"}


def test_apply_sends_nothing_of_it(made: World) -> None:
    """The offer is held back, and the word is in nothing that was written."""
    _file(made.root, ".env")
    _name(made, ".env")
    made.forget_requests()
    for command in (("plan", "--out", "plan.json"), ("apply", "--auto-approve")):
        done = reconcile(made.root, *command)
        assert done.code == (5 if "apply" in command else 1)
        assert SECRET not in done.said
    assert SECRET not in str(made.sent())
    written = [file for file in made.root.rglob("*") if file.is_file() and file.name != ".env"]
    assert not [file for file in written if SECRET.encode() in file.read_bytes()]


#: What is honest: the path, and what makes it so.
HONEST: dict[str, Callable[[Path], None]] = {
    "plain": lambda root: _file(root, "shown/a.png"),
    "a link within the project": lambda root: (_file(root, "store/a.png"), _link(root, "shown", "store")),
    "ignored, with an exception": lambda root: _ignored(root, "shown/a.png", "shown/*", "!/shown/a.png"),
    "in an ignored folder, with an exception": lambda root: _ignored(root, "shown/a.png", "shown/", "!/shown/"),
    "ignored, and added all the same": lambda root: (
        _ignored(root, "shown/a.png", "shown/"),
        _ignored(root, "shown/b.png", ""),
        subprocess.run(["git", "-C", str(root), "add", "-f", "shown/a.png"], check=True),
    ),
    "a nested repository": lambda root: (
        subprocess.run(["git", "init", "-q", str(root / "shown")], check=True),
        _file(root, "shown/a.png"),
    ),
}


@pytest.mark.parametrize("case", HONEST)
def test_what_everybody_may_see_is_read(made: World, case: str) -> None:
    """The gate lets through what a team shows: also what it un-ignores."""
    HONEST[case](made.root)
    _name(made, "shown/a.png")
    told = _told(reconcile(made.root, "validate", "--json"))
    refused = [each for each in told.values() if each["code"] in ("D401", "D506") and "@" not in each["detail"]]
    assert refused == []


def test_a_project_that_a_repository_around_it_ignores_is_its_own(made: World) -> None:
    """A demonstration in an ignored folder of some checkout names its files as any project does."""
    outer = made.root.parent
    subprocess.run(["git", "init", "-q", str(outer)], check=True)
    (outer / ".gitignore").write_text("/shop/\n")
    subprocess.run(["rm", "-rf", str(made.root / ".git")], check=True)
    _file(made.root, "shown/a.png")
    _file(made.root, ".env")
    made.write("documents/way.yaml", "kind: Offer\nname: way\ncontent: {images: [shown/a.png, .env]}\n")
    told = reconcile(made.root, "validate", "--json").json["diagnostics"]
    assert [each["detail"].split(";")[0] for each in told if each["code"] == "D506"] == [".env is hidden"]


def test_a_monorepo_ignores_for_its_projects(made: World) -> None:
    """The repository may begin above the project."""
    subprocess.run(["git", "init", "-q", str(made.root.parent)], check=True)
    subprocess.run(["rm", "-rf", str(made.root / ".git")], check=True)
    _ignored(made.root, "k.png", "k.png", where="../.gitignore")
    made.write("documents/way.yaml", "kind: Offer\nname: way\ncontent: {images: [k.png]}\n")
    told = reconcile(made.root, "validate", "--json").json["diagnostics"]
    assert "git ignores k.png" in next(each for each in told if each["code"] == "D506")["detail"]


def test_git_that_cannot_answer_is_told_once(made: World, tmp_path: Path) -> None:
    """Without git nobody can tell what it ignores: one sentence for all images, and a remedy."""
    (tmp_path / "empty").mkdir()
    (made.root / "a.png").write_bytes(PNG)
    (made.root / "b.png").write_bytes(PNG)
    made.write("documents/way.yaml", "kind: Offer\nname: way\ncontent: {images: [a.png, b.png]}\n")
    told = reconcile(made.root, "validate", "--json", PATH=str(tmp_path / "empty")).json["diagnostics"]
    (only,) = [each for each in told if each["code"] == "D506"]
    assert "git is not installed" in only["detail"]
    assert only["hint"] == "Install git."


def test_a_project_without_git_needs_none(made: World, tmp_path: Path) -> None:
    """No repository, no question."""
    subprocess.run(["rm", "-rf", str(made.root / ".git")], check=True)
    (tmp_path / "empty").mkdir()
    (made.root / "a.png").write_bytes(PNG)
    made.write("documents/way.yaml", "kind: Offer\nname: way\ncontent: {images: [a.png]}\n")
    told = reconcile(made.root, "validate", "--json", PATH=str(tmp_path / "empty")).json["diagnostics"]
    assert not [each for each in told if each["code"] == "D506"]
