"""The one place where git is run: to read, as nobody's agent, and never a program that a repository names.

`Far` alone reaches out, to the remote of a ledger that lies on a branch.

A repository's own configuration can name programs for nearly everything that git does: watching files, showing
signatures, reaching the server that a missing object lies on. A project may come from anybody, so all of it is
switched off, and of our environment git gets what it needs to find itself and the settings of the user and of the
machine: these say which repositories are trusted (`safe.directory`) and which files are always ignored.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_SECONDS = 60
_AT_ONCE = 5_000  # objects in one answer: it is held in memory
#: What finds git, its user's settings, and who called `sudo`; everything else, all `GIT_…` first, stays outside.
_KEPT = ("PATH", "HOME", "XDG_CONFIG_HOME", "SUDO_UID", "USERPROFILE", "SYSTEMROOT", "TEMP", "TMP")
_FIXED = {
    "LC_ALL": "C",  # its words are read here
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",  # from 2.45 on; before, the next line keeps a missing object from being fetched
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_US = {"NAME": "reconcile", "EMAIL": "reconcile@localhost", "DATE": "1000000000 +0000"}
_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.gitProxy=",
    "core.askPass=",
    "credential.helper=",
    "diff.external=",
    "gpg.program=false",
    "log.showSignature=false",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
)


#: Reaching out takes longer, and needs to know the way and who asks.
_FAR_SECONDS = 120
_FAR_KEPT = (
    "SSH_AUTH_SOCK",
    "GIT_SSH_COMMAND",
    "GIT_ASKPASS",
    "SSH_ASKPASS",
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
    "GIT_SSL_CAINFO",
    "SSL_CERT_FILE",
)
_FAR_FIXED = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ALLOW_PROTOCOL": "https:ssh:file",
    **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _US.items()},
}
_FAR_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.sshCommand=ssh",
    "core.gitProxy=",
    "core.askPass=",
    "credential.helper=",
    "gpg.program=false",
    "push.gpgSign=false",
    "push.recurseSubmodules=no",
    "maintenance.auto=false",
    "gc.auto=0",
    "safe.bareRepository=explicit",
)
_CREDENTIALS = re.compile(r"//[^/@\s]*@")


class GitSilent(Exception):  # noqa: N818 - it names what was found, as `runtime.errors` does
    """Git cannot say what it was asked: `reason` says why, `hint` what to do."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


def in_repository(folder: Path) -> bool:
    """Tell whether a folder lies in a work tree, without asking git."""
    return any(os.path.lexists(each / ".git") for each in (folder, *folder.parents))


def git(folder: Path, *arguments: str, fine: tuple[int, ...] = (0,)) -> tuple[int, str]:
    """Run a command that only reads, and return its code and what it printed. Raise GitSilent.

    `fine` are the codes that are answers; (128, "") is the answer where there is no repository.
    """
    done = _done(folder, arguments)
    said = done.stderr.decode(errors="replace")
    if done.returncode in fine:
        return done.returncode, os.fsdecode(done.stdout)
    if "not a git repository (or any" in said:
        return 128, ""
    raise _silent(folder, said)


def filters_off(folder: Path) -> tuple[str, ...]:
    """Return the flags with which git runs no filter: it would, to compare what lies here. Raise GitSilent."""
    _, said = git(folder, "config", "--null", "--name-only", "--get-regexp", r"^filter\..", fine=(0, 1))
    names = sorted({each.rpartition(".")[0] for each in said.split("\0") if each})
    if any("=" in each for each in names):  # such a one cannot be named on a command line
        raise GitSilent("a filter of the repository has a `=` in its name", "rename it: git config --edit")
    settings = ("clean=", "process=", "required=false")
    return tuple(word for name in names for each in settings for word in ("-c", f"{name}.{each}"))


def is_blob(name: str, data: bytes) -> bool:
    """Tell whether a file is what was committed, also where only the ends of its lines are others."""
    return name == _blob_id(name, data) or (
        b"\r\n" in data and name == _blob_id(name, data.replace(b"\r\n", b"\n"))
    )


def _blob_id(like: str, data: bytes) -> str:
    known = hashlib.sha1 if len(like) == 40 else hashlib.sha256
    return known(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def blobs(folder: Path, names: Sequence[str]) -> Iterator[bytes]:
    """Yield the contents of these objects, in their order. Raise GitSilent where one is missing."""
    for begin in range(0, len(names), _AT_ONCE):
        asked = names[begin : begin + _AT_ONCE]
        done = _done(folder, ("cat-file", "--batch"), "".join(f"{each}\n" for each in asked).encode())
        if done.returncode != 0:
            raise _silent(folder, done.stderr.decode(errors="replace"))
        at = 0
        for name in asked:
            end = done.stdout.index(b"\n", at)
            about = done.stdout[at:end].split()
            if len(about) != 3 or not about[2].isdigit():
                raise GitSilent(
                    f"git lacks the object {name[:12]}", "fetch the whole history: git fetch --unshallow"
                )
            at = end + 1 + int(about[2])
            yield done.stdout[end + 1 : at]
            at += 1


def _done(folder: Path, arguments: Sequence[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    found = _program()
    settings = [word for each in _SETTINGS for word in ("-c", each)]
    try:
        return subprocess.run(  # noqa: S603 - the user's own git, by its whole path; no shell, no word of a document
            [found, "--no-pager", *settings, "-C", str(folder), *arguments],
            env=_environment(os.environ),
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as wrong:
        raise GitSilent(f"git did not answer within {_SECONDS} seconds", "run `git status` to see why") from wrong
    except OSError as wrong:
        raise GitSilent(f"git cannot be run: {(wrong.strerror or str(wrong)).lower()}", "install git") from wrong


def _program() -> str:
    found = shutil.which("git")
    if not found or not Path(found).is_absolute():  # a relative entry of PATH could be a folder of the project
        raise GitSilent("git is not installed", "install git")
    return found


def _environment(all_of_it: Mapping[str, str]) -> dict[str, str]:
    return {name: all_of_it[name] for name in _KEPT if name in all_of_it} | _FIXED


def _silent(folder: Path, said: str) -> GitSilent:
    if "dubious ownership" in said or "unsafe repository" in said:
        return GitSilent(
            "git does not trust this repository: its folder belongs to somebody else (dubious ownership)",
            f"if you trust it: git config --global --add safe.directory {_trusted(said, folder)}",
        )
    line = next((line for line in said.splitlines() if line.strip()), "it gave no reason")
    return GitSilent(f"git says: {line.removeprefix('fatal: ')}", "run `git status` to see what is wrong")


def _trusted(said: str, folder: Path) -> str:
    """Return the folder that git names: the top of the repository, which may lie above the project."""
    before, quote, rest = said.partition("repository at '")
    del before
    return rest.partition("'")[0] if quote else str(folder)


class Far:
    """The remote `origin` of a repository: the one thing for which git may reach out, and write objects.

    It gets the address from the repository, and everything that runs from us or from the user: their `ssh`, their
    helpers for credentials, and never those that the repository's own configuration names.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._url = ""
        self._helpers: tuple[str, ...] | None = None

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """Run a command and return what it printed; the word `URL` is the address. GitSilent where it fails."""
        done = self._done(arguments, given)
        if done.returncode != 0:
            raise _far_silent(done.stderr.decode(errors="replace"))
        return done.stdout

    def asked(self, *arguments: str) -> bool:
        """Tell whether a command succeeds."""
        return self._done(arguments, b"").returncode == 0

    def _done(self, arguments: Sequence[str], given: bytes) -> subprocess.CompletedProcess[bytes]:
        words = [self._address() if word == "URL" else word for word in arguments]
        found = _program()
        if self._helpers is None:
            self._helpers = tuple(_helpers_of(found))
        settings = [word for each in (*_FAR_SETTINGS, *self._helpers) for word in ("-c", each)]
        try:
            return subprocess.run(  # noqa: S603 - as in `git`
                [found, "--no-pager", *settings, "-C", str(self._folder), *words],
                env={name: os.environ[name] for name in (*_KEPT, *_FAR_KEPT) if name in os.environ} | _FAR_FIXED,
                input=given,
                capture_output=True,
                timeout=_FAR_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as wrong:
            raise GitSilent(f"the remote did not answer within {_FAR_SECONDS} seconds", "try again") from wrong
        except OSError as wrong:
            why = (wrong.strerror or str(wrong)).lower()
            raise GitSilent(f"git cannot be run: {why}", "install git") from wrong

    def _address(self) -> str:
        if not self._url:
            code, said = git(self._folder, "remote", "get-url", "--push", "origin", fine=(0, 2, 128))
            if code != 0 or not said.strip():
                raise GitSilent("the repository has no remote `origin`", "git remote add origin URL")
            self._url = said.strip()
        return self._url


def _helpers_of(found: str) -> Iterator[str]:
    """Yield the user's and the machine's own helpers for credentials."""
    for scope in ("--system", "--global"):
        done = subprocess.run(  # noqa: S603 - as in `git`
            [found, "config", scope, "--get-all", "credential.helper"],
            env=_environment(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        yield from (f"credential.helper={line}" for line in os.fsdecode(done.stdout).splitlines())


def _far_silent(said: str) -> GitSilent:
    """Return why the remote refuses, without what an address may hold of credentials."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("hint:")]
    chosen = next((line for line in lines if line.startswith("!")), lines[0] if lines else "git gave no reason")
    return GitSilent(_CREDENTIALS.sub("//", chosen).removeprefix("fatal: "), "see whether `git push` works here")
