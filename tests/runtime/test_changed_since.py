"""`--changed-since REV`: what a git range touches is looked at, with all that it has a say in, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import world
from one_account import png
from world import World

from reconciler.cli import main
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.project.resolve import resolve_project
from reconciler.runtime.project.revision import revision_of
from reconciler.runtime.project.touched import range_since, touched
from reconciler.runtime.project.workspace import Workspace

from .test_git import Repository
from .test_uncommitted import git

TEN = {"sellingMode": {"format": "BUY_NOW", "price": {"amount": "10.00", "currency": "PLN"}}}
Edit = Callable[[Path], object]
DOCUMENTS: dict[str, dict[str, Any]] = {
    "cups/defaults.yaml": {"kind": "Defaults", "labels": {"brand": "acme"}},
    "cups/blue.yaml": {"kind": "Defaults", "match": {"colour": "blue"}, "sync": {"stock": "off"}},
    "cups/A.yaml": world.offer("A", price="10.00 PLN", labels={"colour": "blue"}),
    "cups/B.yaml": world.offer("B", price="10.00 PLN", content={"title": {"template": "texts/title.txt"}}),
    "plates/C.yaml": world.offer("C", price="10.00 PLN", settings={"template": "std"}),
    "plates/D.yaml": world.offer("D", price="10.00 PLN", stock={"from": "erp"}),
    "plates/E.yaml": world.offer("E", price="10.00 PLN", content={"images": ["images/e.png"]}),
    "plates/F.yaml": world.offer("F", price="10.00 PLN", delivery={"prices": "Kurier"}),
    "plates/G.yaml": world.offer("G", price="10.00 PLN"),
    "plates/H.yaml": world.offer("H", price={"base": {"formula": "cost.net * 2"}}),
    "templates/std.yaml": {"kind": "SettingsTemplate", "name": "std", "invoice": "vat"},
    "delivery.yaml": {"kind": "DeliveryPriceList", "name": "Kurier", "methods": {world.COURIER_NAME: "9.99 PLN"}},
    "sets/set.yaml": {"kind": "Bundle", "name": "set", "slots": [{"offers": ["G"]}, {"offers": ["D"]}]},
    "erp.yaml": {
        "kind": "Source",
        "name": "erp",
        "type": "csv",
        "path": "stock/*.csv",
        "columns": {"item": "text", "quantity": "whole"},
        "map": "maps/erp.csv",
        "missing": "keep",
        "orders": "none",
    },
    "cost.yaml": {
        "kind": "Source",
        "name": "cost",
        "type": "csv",
        "path": "prices/cost.csv",
        "columns": {"item": "text", "net": {"type": "money", "currency": "PLN"}},
        "missing": "keep",
        "orders": "none",
    },
}
TEXTS = {
    "texts/title.txt": '{% include "texts/end.txt" %}',
    "texts/end.txt": "Kubek {{ name }}",
    "stock/a.csv": "item,quantity\nD,7\n",
    "maps/erp.csv": "offer,item\nD,D\n",
    "prices/cost.csv": "item,net\nH,5.00\n",
}
EVERYTHING = "A B C D E F G H Kurier set"


def edited(path: str, old: str, new: str) -> Edit:
    return lambda root: (root / path).write_text((root / path).read_text().replace(old, new))


def gone(path: str) -> Edit:
    return lambda root: (root / path).unlink()


def added(path: str, body: dict[str, Any] | str) -> Edit:
    return lambda root: (root / path).write_text(body if isinstance(body, str) else json.dumps(body))


def renamed(old: str, new: str) -> Edit:
    return lambda root: (root / old).rename(root / new)


def together(*edits: Edit) -> Edit:
    return lambda root: [each(root) for each in edits]


def kept_times(path: str, old: str, new: str) -> Edit:
    """As long as before, and with the old times: what git's index knows of the file but for the moment of the edit."""

    def edit(root: Path) -> None:
        was = (root / path).stat()
        edited(path, old, new)(root)
        os.utime(root / path, ns=(was.st_atime_ns, was.st_mtime_ns))

    return edit


CASES: dict[str, tuple[Edit, str]] = {
    "nothing": (lambda _root: None, ""),
    "an offer": (edited("cups/A.yaml", "10.00", "11.00"), "A"),
    "an offer, with its old times": (kept_times("cups/A.yaml", "10.00", "11.00"), "A"),
    "an offer that is written again": (edited("cups/A.yaml", "", ""), ""),
    "the ends of lines": (edited("cups/A.yaml", "\n", "\r\n"), ""),
    "a new offer": (added("cups/N.yaml", world.offer("N", price="1.00 PLN")), "N"),
    "a document in another folder": (renamed("cups/A.yaml", "plates/A.yaml"), "A"),
    "Defaults": (edited("cups/defaults.yaml", "acme", "emca"), "A B"),
    "Defaults that are gone": (gone("cups/defaults.yaml"), "A B"),
    "Defaults by labels": (edited("cups/blue.yaml", "off", "manual"), "A"),
    "Defaults by labels that hold no longer": (edited("cups/blue.yaml", "blue", "red"), "A"),
    "Defaults by labels that are gone": (gone("cups/blue.yaml"), "A"),
    "a settings template": (edited("templates/std.yaml", "vat", "no_invoice"), "C"),
    "a content template": (edited("texts/title.txt", "{%", "A {%"), "B"),
    "what a content template draws in": (edited("texts/end.txt", "Kubek", "Talerz"), "B"),
    "a picture": (lambda root: (root / "images/e.png").write_bytes(png(9, 500)), "E"),
    "a price list": (edited("delivery.yaml", "9.99", "8.99"), "F Kurier"),
    "what a bundle is of": (edited("plates/G.yaml", "10.00", "11.00"), "G set"),
    "a table of stock": (edited("stock/a.csv", "7", "8"), "D H set"),
    "one more table of stock": (added("stock/b.csv", "item,quantity\nX,1\n"), "D H set"),
    "a map": (edited("maps/erp.csv", "D,D", "D,X"), "D H set"),
    "a table of prices": (edited("prices/cost.csv", "5.00", "6.00"), "H"),
    "a source": (edited("cost.yaml", "net", "net"), ""),
    "a source's document": (edited("cost.yaml", '"missing": "keep"', '"missing": "error"'), "H"),
    "an offer that is gone": (gone("plates/E.yaml"), ""),
    "the project": (edited("reconcile.yaml", "accounts", "plans: {expire: 1d}\naccounts"), EVERYTHING),
    "what git ignores": (added("keys.txt", "secret"), ""),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project in a folder of its repository, of which everything is committed."""
    root = tmp_path / "repository" / "shop"
    project = 'accounts:\n  main: {marketplace: allegro, environment: simulator, login: "sklep"}\n'
    for path, body in {
        **DOCUMENTS,
        **TEXTS,
        "reconcile.yaml": project,
        ".gitignore": "keys.txt\n.reconcile\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(body if isinstance(body, str) else json.dumps(body, indent=1))
    (root / "images").mkdir()
    (root / "images/e.png").write_bytes(png(5, 500))
    git(root.parent, "init", "-q")
    git(root.parent, "add", "-A")
    git(root.parent, "commit", "-q", "-m", "Offers")
    return root


def names(root: Path, revision: str = "HEAD") -> str:
    """What is touched since a revision."""
    workspace = Workspace(root)
    return " ".join(
        sorted(
            {
                key.name
                for key in touched(workspace, resolve_project(workspace), range_since(workspace, revision)).keys
            }
        )
    )


@pytest.mark.parametrize(("edit", "said"), CASES.values(), ids=list(CASES))
def test_what_is_touched(root: Path, edit: Edit, said: str) -> None:
    """Whether it lies here only, is staged, or is committed."""
    edit(root)
    assert names(root) == said
    git(root, "add", "-A")
    assert names(root) == said
    git(root, "commit", "-q", "--allow-empty", "-m", "Later")
    assert names(root, "HEAD~1") == said
    assert names(root) == ""


def test_an_edit_that_was_taken_back_is_none(root: Path) -> None:
    """Staged one way, and lying here as it was: what lies here is what a plan reads."""
    edited("cups/A.yaml", "10.00", "11.00")(root)
    git(root, "add", "-A")
    edited("cups/A.yaml", "11.00", "10.00")(root)
    assert names(root) == ""


def test_what_git_was_told_not_to_look_at_is_looked_at(root: Path) -> None:
    git(root, "update-index", "--assume-unchanged", "cups/A.yaml")
    edited("cups/A.yaml", "10.00", "11.00")(root)
    assert names(root) == "A"


def test_a_file_behind_a_link_touches_what_is_read_through_it(root: Path) -> None:
    """A folder of documents that only a link shows."""
    (root / ".shared").mkdir()
    added(".shared/L.yaml", world.offer("L", price="1.00 PLN"))(root)
    (root / "linked").symlink_to(".shared")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Linked")
    assert names(root) == ""
    edited(".shared/L.yaml", "1.00", "2.00")(root)
    assert names(root) == "L"


def test_no_filter_of_the_repository_is_run(tmp_path: Path) -> None:
    """Not even where git cannot tell from the times of a file that it is the same."""
    hostile = Repository(tmp_path)
    hostile.arm()
    os.utime(hostile.root / "reconcile.yaml", (2_000_000_000, 2_000_000_000))
    workspace = Workspace(hostile.root)
    assert touched(workspace, resolve_project(workspace), range_since(workspace, "HEAD")).keys == frozenset()
    assert not hostile.mark.exists(), hostile.mark.read_text()
    assert revision_of(hostile.root).commit == hostile.git("rev-parse", "HEAD")
    assert not hostile.mark.exists(), hostile.mark.read_text()
    hostile.git("config", "filter.a=b.clean", str(hostile.trap))
    with pytest.raises(BadDocuments):
        touched(workspace, resolve_project(workspace), range_since(workspace, "HEAD"))


@pytest.fixture
def shop(tmp_path: Path) -> World:
    """Four offers in git; C was declared dearer than it is, long ago."""
    made = World.make(
        tmp_path, world.seller([world.live_offer(n, name, **TEN) for n, name in enumerate("ABCD")]), []
    )
    for name, price in (("A", "10.00"), ("B", "10.00"), ("C", "12.00"), ("D", "10.00")):
        made.write(f"offers/{name}.yaml", json.dumps(world.offer(name, price=f"{price} PLN")))
    (made.root / ".gitignore").write_text(".reconcile\n*.db\n")
    git(made.root, "init", "-q")
    git(made.root, "add", "-A")
    git(made.root, "commit", "-q", "-m", "Offers")
    return made


def said(shop: World, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """What a command prints."""
    capsys.readouterr()
    assert main.run([arguments[0], "-C", str(shop.root), *arguments[1:]]) == code
    shown = capsys.readouterr()
    return " ".join((shown.out + shown.err).replace("│", " ").split())


def test_a_plan_is_narrowed_and_ends_nothing(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """C is left as it is, and D, whose document is gone, is told and not ended, although it is managed."""
    shop.apply(shop.plan())
    edited("offers/A.yaml", "10.00", "11.00")(shop.root)
    edited("offers/C.yaml", "12.00", "13.00")(shop.root)
    git(shop.root, "commit", "-q", "-m", "C", "offers/C.yaml")
    gone("offers/D.yaml")(shop.root)
    told = said(shop, capsys, "plan", "--changed-since", "HEAD", code=0)
    assert "Plan: 1 to change." in told
    assert "Selected: 1 offer; 2 not selected." in told
    assert "note[P125]: 1 document is gone since HEAD: Offer/D" in told
    assert "Next: reconcile apply --changed-since HEAD" in told
    body = json.loads(said(shop, capsys, "plan", "--json", "--changed-since", "HEAD"))["accounts"][0]
    assert {"chosen": 1, "not_selected": 2}.items() <= body["counts"].items()
    assert [each["key"]["name"] for each in body["changes"]] == ["A"]
    assert "2 to change, 1 to end" in said(shop, capsys, "plan")
    said(shop, capsys, "apply", "--auto-approve", "--changed-since", "HEAD")
    told = said(shop, capsys, "plan", "--changed-since", "HEAD")
    assert "Nothing to do for the selected offer; 2 not selected." in told


def test_where_nothing_has_changed_nothing_is_to_do(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """It is no mistake, as a target that matches nothing is; other flags narrow what changed."""
    told = said(shop, capsys, "plan", "--changed-since", "HEAD")
    assert "Nothing to do for the 0 selected offers; 4 not selected." in told
    edited("offers/A.yaml", "10.00", "11.00")(shop.root)
    assert "0 selected offers" in said(shop, capsys, "plan", "--changed-since", "HEAD", "--target", "B")
    assert "D316" in said(shop, capsys, "plan", "--changed-since", "HEAD", "--target", "nic", code=1)


def test_a_changed_project_file_means_everything(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    with (shop.root / "reconcile.yaml").open("a") as file:
        file.write("\n# another line\n")
    told = said(shop, capsys, "plan", "--changed-since", "HEAD")
    assert "note[P124]: reconcile.yaml has changed since HEAD: all documents are looked at" in told
    assert "Selected: 4 offers; 0 not selected." in told


def test_validate_tells_of_what_was_touched(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake that was there before is not of this branch; one of it is told."""
    edited("offers/B.yaml", "10.00 PLN", "10.00 XYZ")(shop.root)
    git(shop.root, "commit", "-q", "-am", "B")
    edited("offers/A.yaml", "10.00", "11.00")(shop.root)
    assert "D" in said(shop, capsys, "validate", code=1)
    told = said(shop, capsys, "validate", "--changed-since", "HEAD")
    assert "1 offer resolved" in told
    body = json.loads(said(shop, capsys, "validate", "--json", "--changed-since", "HEAD"))
    assert (body["valid"], body["offers"]) == (True, 1)
    edited("offers/A.yaml", "price", "pryce")(shop.root)
    assert "offers/A.yaml" in said(shop, capsys, "validate", "--changed-since", "HEAD", code=1)


def test_a_document_with_mistakes_is_held_where_it_was_touched(
    shop: World, capsys: pytest.CaptureFixture[str]
) -> None:
    edited("offers/A.yaml", "price", "pryce")(shop.root)
    told = said(shop, capsys, "plan", "--changed-since", "HEAD", code=1)
    assert "1 held back" in told
    git(shop.root, "commit", "-q", "-am", "A")
    edited("offers/B.yaml", "10.00", "11.00")(shop.root)
    assert "held back" not in said(shop, capsys, "plan", "--changed-since", "HEAD")


def test_what_git_cannot_say_is_an_error_with_a_remedy(
    shop: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No such revision, a range, a shallow clone that lacks it, no repository."""
    workspace = Workspace(shop.root)
    resolved = resolve_project(workspace)
    with pytest.raises(BadDocuments) as ended:
        touched(workspace, resolved, range_since(workspace, "nowhere"))
    assert (ended.value.diagnostics[0].code, "fetch it" in ended.value.diagnostics[0].hint) == ("P741", True)
    with pytest.raises(BadDocuments) as ended:
        range_since(workspace, "HEAD...HEAD")
    told = ended.value.diagnostics[0]
    assert ("a range, and one revision is meant" in told.summary, "git merge-base" in told.hint) == (True, True)
    git(shop.root, "commit", "-q", "--allow-empty", "-m", "Later")
    shallow = tmp_path_factory.mktemp("clone") / "shop"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{shop.root}", str(shallow)], check=True)
    with pytest.raises(BadDocuments) as ended:
        touched(Workspace(shallow), resolve_project(Workspace(shallow)), range_since(Workspace(shallow), "HEAD~1"))
    assert "git fetch --unshallow" in ended.value.diagnostics[0].hint
    bare = tmp_path_factory.mktemp("bare")
    (bare / "reconcile.yaml").write_text("accounts: {}\n")
    with pytest.raises(BadDocuments) as ended:
        touched(Workspace(bare), resolve_project(Workspace(bare)), range_since(Workspace(bare), "HEAD"))
    assert "no git repository" in ended.value.diagnostics[0].summary
