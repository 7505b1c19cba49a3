"""Git is asked in repositories that anybody may have made: none of them gets a program of its own run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from reconciler.runtime.project.workspace import Workspace, WorkspaceFault
from reconciler.runtime.who import who

OTHER_OWNER = 12345


class Repository:
    """A project in git with one commit, whose programs would leave a mark if somebody ran them."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "shop"
        self.mark = folder / "ran"
        self.trap = folder / "trap"
        self.trap.write_text(f"#!/bin/sh\necho \"$0 $@\" >> '{self.mark}'\nexit 1\n")
        self.trap.chmod(0o755)
        self.root.mkdir()
        (self.root / "reconcile.yaml").write_text("kind: Project\n")
        (self.root / ".gitignore").write_text("keys.txt\n")
        (self.root / ".gitattributes").write_text("* filter=trap diff=trap merge=trap\n")
        for name in ("keys.txt", "shown.txt"):
            (self.root / name).write_text(name)
        self.git("init", "-q")
        self.git("config", "user.name", "Anna Nowak")
        self.git("config", "user.email", "anna@example.com")
        self.git("add", "reconcile.yaml", ".gitignore")
        self.git("commit", "-q", "-m", "Ceny")

    def git(self, *arguments: str, text: str = "", check: bool = True) -> str:
        """Run git as anybody does."""
        command = ["git", "-C", str(self.root), *arguments]
        return subprocess.run(command, check=check, capture_output=True, text=True, input=text).stdout.strip()

    def arm(self) -> None:
        """Name the trap wherever a repository can name a program."""
        trap = str(self.trap)
        settings = {
            "core.fsmonitor": trap,
            "core.hooksPath": str(self.trap.parent),
            "core.pager": trap,
            "core.sshCommand": trap,
            "core.gitProxy": trap,
            "core.editor": trap,
            "core.askPass": trap,
            "credential.helper": trap,
            "pager.log": trap,
            "pager.ls-files": trap,
            "alias.log": f"!{trap}",
            "alias.ls-files": f"!{trap}",
            "alias.check-ignore": f"!{trap}",
            "diff.external": trap,
            "diff.trap.command": trap,
            "diff.trap.textconv": trap,
            "filter.trap.clean": trap,
            "filter.trap.smudge": trap,
            "filter.trap.process": trap,
            "filter.trap.required": "true",
            "merge.trap.driver": trap,
            "gpg.program": trap,
            "gpg.openpgp.program": trap,
            "gpg.ssh.program": trap,
            "log.showSignature": "true",
            "protocol.ext.allow": "always",
            "protocol.ssh.allow": "always",
        }
        for name, value in settings.items():
            self.git("config", name, value)

    def sign(self) -> None:
        """Make the last commit one that carries a signature, which somebody may want to look at."""
        body = self.git("cat-file", "commit", "HEAD")
        head, _, message = body.partition("\n\n")
        signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----"
        signed = self.git(
            "hash-object", "-t", "commit", "-w", "--stdin", text=f"{head}\n{signature}\n\n{message}\n"
        )
        self.git("update-ref", "HEAD", signed)

    def lose(self) -> None:
        """Make the last commit one that only a server has, which a helper of the repository would reach."""
        head = self.git("rev-parse", "HEAD")
        for name, value in {
            "core.repositoryFormatVersion": "1",
            "extensions.partialClone": "origin",
            "remote.origin.promisor": "true",
            "remote.origin.url": f"ext::{self.trap} %S",
            "remote.origin.uploadpack": str(self.trap),
        }.items():
            self.git("config", name, value)
        (self.root / ".git" / "objects" / head[:2] / head[2:]).unlink()

    def ask(self) -> dict[str, str]:
        """All that is ever asked of git: who made the last commit, and what is ignored."""
        workspace = Workspace(self.root)
        assert workspace.read_bytes("shown.txt") == b"shown.txt"
        with pytest.raises(WorkspaceFault, match="git ignores keys.txt"):
            workspace.read_bytes("keys.txt")
        return who(self.root, {})


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_no_program_of_a_repository_runs(repository: Repository) -> None:
    """The answers are right, and the trap was not touched; asked without care, git does run it."""
    repository.sign()
    repository.arm()
    said = repository.ask()
    assert said["author"] == "Anna Nowak <anna@example.com>"
    assert said["commit"] == repository.git("rev-parse", "--short", "HEAD")
    assert not repository.mark.exists()
    repository.git("log", "-1", "--format=%h")
    repository.git("status", check=False)
    assert repository.mark.exists()


def test_a_missing_object_is_not_fetched(repository: Repository) -> None:
    """A repository that says its commit lies elsewhere has no author, and reaches nobody."""
    repository.arm()
    repository.lose()
    assert "author" not in repository.ask()
    assert not repository.mark.exists()
    repository.git("log", "-1", "--format=%h", check=False)
    assert repository.mark.exists()


def test_the_environment_says_nothing_to_git(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another repository, other settings and a log, set from outside, change no answer and write no file."""
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    for name, value in {
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(other / "index"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.excludesFile",
        "GIT_CONFIG_VALUE_0": str(tmp_path / "none"),
        "GIT_TRACE": str(repository.mark),
        "GIT_EXEC_PATH": str(other),
        "GIT_EXTERNAL_DIFF": str(repository.trap),
        "GIT_SSH_COMMAND": str(repository.trap),
    }.items():
        monkeypatch.setenv(name, value)
    assert repository.ask()["author"] == "Anna Nowak <anna@example.com>"
    assert not repository.mark.exists()


def test_a_git_that_lies_in_the_project_is_not_run(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative entry of PATH would find it there."""
    (repository.root / "git").write_bytes(repository.trap.read_bytes())
    (repository.root / "git").chmod(0o755)
    monkeypatch.chdir(repository.root)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    with pytest.raises(WorkspaceFault, match="git is not installed"):
        Workspace(repository.root).read_bytes("shown.txt")
    assert "commit" not in who(repository.root, {})
    assert not repository.mark.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_repository_of_somebody_else_is_a_sentence(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Git's own rule holds: what it does not trust is not asked, and the remedy is git's, with its folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SUDO_UID", raising=False)
    for each in (repository.root, repository.root / ".git"):
        os.chown(each, OTHER_OWNER, OTHER_OWNER)
    with pytest.raises(WorkspaceFault, match="dubious ownership") as refused:
        Workspace(repository.root).read_bytes("shown.txt")
    assert refused.value.of_all
    remedy = f"If you trust it: git config --global --add safe.directory {repository.root}."
    assert refused.value.hint == remedy
    (tmp_path / ".gitconfig").write_text(f"[safe]\n\tdirectory = {repository.root}\n")
    assert repository.ask()["author"] == "Anna Nowak <anna@example.com>"


def test_a_bare_repository_in_disguise_is_none(tmp_path: Path) -> None:
    """A folder that looks like the inside of a repository brings its settings with the files of a clone."""
    trap = Repository(tmp_path)
    bare = tmp_path / "bare"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    settings = f'[core]\n\tfsmonitor = "{trap.trap}"\n\tworktree = "{bare}"\n\tbare = false\n'
    (bare / "config").write_text(settings)
    (bare / "shown.txt").write_text("shown.txt")
    (bare / ".git").mkdir()
    with pytest.raises(WorkspaceFault, match="cannot use bare repository"):
        Workspace(bare).read_bytes("shown.txt")
    assert not trap.mark.exists()


def test_a_broken_repository_is_a_sentence(repository: Repository) -> None:
    """Where the settings cannot be read, nobody can tell what is ignored."""
    (repository.root / ".git" / "config").write_text("[core\n")
    with pytest.raises(WorkspaceFault, match="git says: bad config line 1") as refused:
        Workspace(repository.root).read_bytes("shown.txt")
    assert "git status" in refused.value.hint
