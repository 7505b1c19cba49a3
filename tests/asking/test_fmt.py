"""`reconcile fmt`: writes what is not in the form, or only tells of it; nothing where a file cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.runtime.commands.fmt import make_formatting
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.project.workspace import Workspace
from tests.published import fits

PROJECT = "accounts: {main: {marketplace: allegro, environment: simulator, login: acme}}\n"
ROUGH = "stock:   5 # sztuk\nname: A\nkind: Offer\n"
TIDY = "kind: Offer\nname: A\nstock: 5   # sztuk\n"


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "offers").mkdir()
    (tmp_path / "reconcile.yaml").write_text(PROJECT)
    (tmp_path / "offers/a.yaml").write_text(ROUGH)
    (tmp_path / "offers/b.yaml").write_text("# yes\nkind: Offer\nname: B\n")
    return tmp_path


def test_check_then_write_then_nothing_to_do(shop, capsys):
    assert run(["-C", str(shop), "fmt", "--check"]) == 2
    assert "would be formatted: offers/a.yaml\n" in (said := capsys.readouterr().out)
    assert "1 of 3 files" in said
    assert (shop / "offers/a.yaml").read_text() == ROUGH
    assert run(["-C", str(shop), "fmt"]) == 0
    assert capsys.readouterr().out == "formatted: offers/a.yaml\nFormatted: 1 of 3 files.\n"
    assert (shop / "offers/a.yaml").read_text() == TIDY
    assert run(["-C", str(shop), "fmt", "--check"]) == 0
    assert capsys.readouterr().out == "Nothing to do. 3 files looked at.\n"


def test_only_what_was_named(shop, capsys):
    assert run(["-C", str(shop), "fmt", "--check", "offers/b.yaml"]) == 0
    assert run(["-C", str(shop), "fmt", "--check", "offers", "--json"]) == 2
    out = capsys.readouterr().out.splitlines()[-1]
    body = fits("fmt", json.loads(out))
    assert body == {"format_version": 1, "written": False, "files": ["offers/a.yaml"], "left": []}
    assert run(["-C", str(shop), "fmt", "nowhere.yaml"]) == 1
    assert "nowhere.yaml is no file of documents in this project" in capsys.readouterr().err


def test_what_cannot_be_read_stops_all_of_it(shop, capsys):
    (shop / "offers/c.yaml").write_text("kind: [\n")
    assert run(["-C", str(shop), "fmt"]) == 1
    assert "offers/c.yaml:1:8: error[D105]" in capsys.readouterr().err
    assert (shop / "offers/a.yaml").read_text() == ROUGH
    assert run(["-C", str(shop), "fmt", "offers/a.yaml"]) == 0, "what was not named is not looked at"


def test_what_is_left_is_said(shop, capsys):
    (shop / "offers/c.yaml").write_text("%YAML 1.2\n---\nkind: Offer\nname: C\n")
    assert run(["-C", str(shop), "fmt", "--check", "--json"]) == 2
    (left,) = fits("fmt", json.loads(capsys.readouterr().out))["left"]
    assert left["file"] == "offers/c.yaml"
    (shop / ".hidden").mkdir()
    (shop / ".hidden/e.yaml").write_text(ROUGH)
    (shop / "d.yaml").symlink_to(shop / ".hidden/e.yaml")
    assert run(["-C", str(shop), "fmt"]) == 0
    said = capsys.readouterr().out
    assert "left as it is: offers/c.yaml: it has YAML directives" in said
    assert "left as it is: d.yaml: it is a symbolic link" in said
    assert (shop / ".hidden/e.yaml").read_text() == ROUGH


def test_what_init_writes_is_in_the_form(tmp_path, capsys):
    assert run(["init", str(tmp_path / "shop")]) == 0
    assert run(["-C", str(tmp_path / "shop"), "init", "--offer", "KUBEK-2"]) == 0
    assert run(["-C", str(tmp_path / "shop"), "fmt", "--check"]) == 0, capsys.readouterr().out


#: What happens to a folder that is in the form, which files are read then, and which are not in it.
HAPPENS = {
    "nothing": (lambda _root: None, set(), set()),
    "a text in the form": (lambda root: (root / "offers/a.yaml").write_text(TIDY.replace("5", "6")), {"a"}, set()),
    "a text in no form": (lambda root: (root / "offers/a.yaml").write_text(ROUGH), {"a"}, {"a"}),
    "the same text": (lambda root: (root / "offers/a.yaml").write_text(TIDY), set(), set()),
    "another name": (lambda root: (root / "offers/a.yaml").rename(root / "offers/c.yaml"), {"c"}, set()),
    "two change places": (
        lambda root: _swapped(root / "offers/a.yaml", root / "offers/b.yaml"),
        {"a", "b"},
        set(),
    ),
    "a new file": (lambda root: (root / "offers/c.yaml").write_text(ROUGH), {"c"}, {"c"}),
    "one file less": (lambda root: (root / "offers/a.yaml").unlink(), set(), set()),
    "a mistake": (lambda root: (root / "offers/a.yaml").write_text("a: [\n"), {"a"}, None),
    "a torn book": (lambda root: _torn(root / ".reconcile/formatted"), {"a", "b", "reconcile"}, set()),
    "no book": (lambda root: (root / ".reconcile/formatted").unlink(), {"a", "b", "reconcile"}, set()),
}


def _swapped(one, other):
    said = one.read_text(), other.read_text()
    other.write_text(said[0])
    one.write_text(said[1])


def _torn(file):
    file.write_bytes(file.read_bytes()[:-3])


def looked(root, chosen=(), *, cached=True):
    """Which files are read, how many are looked at, and which are not in the form; None where that is refused."""
    workspace = Workspace(root)
    try:
        found = make_formatting(workspace, chosen, cached=cached)
    except BadDocuments:
        return {Path(each).stem for each in workspace.read}, None, None
    read = {Path(each).stem for each in workspace.read}
    return read, found.looked_at, {Path(each).stem for each in found.files}


@pytest.fixture
def tidy(shop):
    (shop / ".reconcile").mkdir()
    (shop / "offers/a.yaml").write_text(TIDY)
    assert run(["-C", str(shop), "fmt"]) == 0
    assert looked(shop)[2] == set()
    return shop


@pytest.mark.parametrize("name", HAPPENS)
def test_what_is_in_the_form_is_not_read_again(name, tidy):
    happens, read, rough = HAPPENS[name]
    happens(tidy)
    assert looked(tidy)[::2] == (read, rough)
    without = looked(tidy, cached=False)
    assert without[1:] == looked(tidy)[1:]
    assert len(without[0]) == len([*tidy.glob("**/*.yaml")])


def test_a_part_is_noted_and_forgets_nothing_of_the_rest(tidy):
    (tidy / "offers/c.yaml").write_text(TIDY.replace("A", "C"))
    (tidy / "offers/d.yaml").write_text(ROUGH.replace("A", "D"))
    assert looked(tidy, ["offers/c.yaml"]) == ({"c", "d"}, 1, set())
    assert looked(tidy, ["offers"]) == ({"d"}, 4, {"d"})
    assert looked(tidy) == ({"d"}, 5, {"d"})
    assert looked(tidy, ["offers/c.yaml"], cached=False) == ({"a", "b", "c", "d", "reconcile"}, 1, set())
    assert looked(tidy) == ({"d"}, 5, {"d"})
