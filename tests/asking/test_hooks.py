"""The hooks for pre-commit: each is a command as it stands there, and runs for the files that it is about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.documents.source import parse

FILE = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
HOOKS = {each["id"]: each for each in parse(FILE.name, FILE.read_bytes())[0][0].value}
PROJECT = "accounts: {main: {marketplace: allegro, environment: simulator, login: acme}}\n"


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "reconcile.yaml").write_text(PROJECT)
    (tmp_path / "a.yaml").write_text("price:  12.50 PLN\nname: A\nkind: Offer\n")
    return tmp_path


def enter(hook, root):
    """Run a hook as pre-commit does when it is told of a folder: its entry, then the arguments."""
    program, *arguments = HOOKS[hook]["entry"].split()
    assert program == "reconcile"
    assert HOOKS[hook]["pass_filenames"] is False, "one file may spoil another"
    return run([*arguments, "-C", str(root)])


def test_fmt_writes_what_pre_commit_sees_as_changed(shop):
    before = (shop / "a.yaml").read_text()
    assert enter("reconcile-fmt", shop) == 0
    after = (shop / "a.yaml").read_text()
    assert after != before
    assert enter("reconcile-fmt", shop) == 0
    assert (shop / "a.yaml").read_text() == after


def test_validate_stops_a_commit(shop):
    assert enter("reconcile-validate", shop) == 0
    (shop / "a.yaml").write_text("kind: Offer\nname: A\nprice: 12,50 PLN\n")
    assert enter("reconcile-validate", shop) == 1


def test_the_files_that_documents_name_are_looked_at(shop):
    files = re.compile(HOOKS["reconcile-validate"]["files"])
    assert all(files.search(f"x/y.{end}") for end in ("yaml", "yml", "j2", "png", "jpg", "jpeg", "webp"))
    assert not files.search("README.md")
