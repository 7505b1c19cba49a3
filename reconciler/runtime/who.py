"""Who runs this: what a run records about its origin, so that history can say whose change it was."""

import getpass
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from reconciler.runtime.git import GitSilent, git

#: Where the usual CI systems tell which run it is.
_CI = ("GITHUB_RUN_ID", "CI_PIPELINE_ID", "BUILD_ID", "CIRCLE_WORKFLOW_ID")


def who(root: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return user, host, process, command line, git author and commit, and the CI run where there is one."""
    author, commit = _author_and_commit(root)
    told = {
        "user": _user(),
        "host": socket.gethostname(),
        "pid": str(os.getpid()),
        "command": command(),
        "author": author,
        "commit": commit,
        "ci": next((f"{name}={environment[name]}" for name in _CI if environment.get(name)), ""),
        "url": run_address(environment),
    }
    return {name: value for name, value in told.items() if value}


def run_address(environment: Mapping[str, str] = os.environ) -> str:
    """Return where people look at the run of the CI that this is; nothing elsewhere."""
    if environment.get("GITHUB_RUN_ID"):
        server, repository = (environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY"))
        return f"{server}/{repository}/actions/runs/{environment['GITHUB_RUN_ID']}"
    return environment.get("CI_JOB_URL", "") or environment.get("BUILD_URL", "")


def command() -> str:
    """Return the command as it was typed; no option of ours takes a secret."""
    return " ".join(["reconcile", *sys.argv[1:]])[:200]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _author_and_commit(root: Path) -> tuple[str, str]:
    """Return what git says; nothing, where it says nothing: a run is no worse for it."""
    try:
        code, said = git(root, "log", "-1", "--format=%an <%ae>%n%h", "--no-ext-diff", "--no-textconv")
    except GitSilent:
        return "", ""
    author, _, commit = said.strip().rpartition("\n")
    return (author, commit) if code == 0 else ("", "")
