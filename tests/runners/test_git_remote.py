"""The branch of a ledger: what is put there is there whole, once, and nobody's own work tree is touched."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.ledger.remote.git import GitRemote
from reconciler.runtime.ledger.remote.port import Outrun


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The repository on the server."""
    folder = tmp_path / "server.git"
    subprocess.run(["git", "init", "-q", "--bare", str(folder)], check=True)
    return folder


def clone(bare: Path, name: str) -> Path:
    """A checkout of a runner."""
    folder = bare.with_name(name)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    git(folder, "remote", "add", "origin", str(bare))
    return folder


def test_what_one_puts_another_reads(bare: Path) -> None:
    one, other = GitRemote(clone(bare, "one")), GitRemote(clone(bare, "other"))
    assert one.head() is None
    first = one.put(None, ["a"], {"a": b"\x00first\n"})
    assert one.head() == first
    second = other.put(other.head(), ["a", "b"], {"b": b""})
    found = one.head()
    assert found == second
    assert list(one.read(found, ["b", "a"])) == [b"", b"\x00first\n"]


def test_who_comes_second_is_told(bare: Path) -> None:
    """Also where both believed that nothing was there."""
    one, other = GitRemote(clone(bare, "one")), GitRemote(clone(bare, "other"))
    first = one.put(None, ["a"], {"a": b"1"})
    with pytest.raises(Outrun):
        other.put(None, ["b"], {"b": b"2"})
    later = other.put(other.head(), ["a", "b"], {"b": b"2"})
    with pytest.raises(Outrun):
        one.put(first, ["a", "c"], {"c": b"3"})
    assert one.head() == later


def test_the_branch_keeps_no_history_and_leaves_all_else_alone(bare: Path) -> None:
    folder = clone(bare, "one")
    (folder / "offer.yaml").write_text("kind: Offer\n")
    git(folder, "add", "offer.yaml")
    remote = GitRemote(folder)
    head = None
    for number in range(4):
        head = remote.put(head, [f"{n}" for n in range(number + 1)], {f"{number}": b"x" * number})
    assert git(bare, "rev-list", "--count", "reconcile-ledger") == "1\n"
    assert git(folder, "status", "--short") == "A  offer.yaml\n"
    assert git(folder, "branch", "--list") == ""


def test_another_branch_by_name(bare: Path) -> None:
    GitRemote(clone(bare, "one"), "state/shop").put(None, ["a"], {"a": b"1"})
    assert git(bare, "for-each-ref", "--format=%(refname)") == "refs/heads/state/shop\n"


def test_a_server_that_takes_no_replacement_is_said(bare: Path) -> None:
    """It is not taken for somebody who was faster."""
    git(bare, "config", "receive.denyNonFastForwards", "true")
    remote = GitRemote(clone(bare, "one"))
    head = remote.put(None, ["a"], {"a": b"1"})
    with pytest.raises(LedgerFailed, match="cannot be pushed") as refused:
        remote.put(head, ["a", "b"], {"b": b"2"})
    assert "a branch that may be replaced" in refused.value.hint


@pytest.mark.parametrize("address", ["", "https://user:hunter2@127.0.0.1:1/shop.git", "ext::sh -c touch% ran"])
def test_no_server_is_one_sentence_without_secrets(address: str, tmp_path: Path) -> None:
    folder = tmp_path / "one"
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    if address:
        git(folder, "remote", "add", "origin", address)
    with pytest.raises(LedgerFailed) as failed:
        GitRemote(folder).head()
    assert "hunter2" not in f"{failed.value} {failed.value.hint}"
    assert not (folder / "ran").exists()


def test_no_program_that_a_repository_names_is_run(bare: Path) -> None:
    """Neither its hooks, nor its helpers for credentials, nor what it calls the other side."""
    folder = clone(bare, "one")
    spy = folder / "spy"
    spy.write_text("#!/bin/sh\ntouch ran\nexit 1\n")
    spy.chmod(0o755)
    (folder / ".git" / "hooks").mkdir(exist_ok=True)
    (folder / ".git" / "hooks" / "pre-push").write_text(spy.read_text())
    (folder / ".git" / "hooks" / "pre-push").chmod(0o755)
    for name in ("remote.origin.receivepack", "remote.origin.uploadpack", "core.sshCommand", "credential.helper"):
        git(folder, "config", name, str(spy))
    remote = GitRemote(folder)
    remote.put(None, ["a"], {"a": b"1"})
    remote.head()
    assert not list(folder.glob("**/ran"))
