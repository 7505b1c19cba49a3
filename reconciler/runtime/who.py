"""Who runs this: what a run records about its origin, so that history can say whose change it was."""

import getpass
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

#: Where the usual CI systems tell which run it is.
_CI = ("GITHUB_RUN_ID", "CI_PIPELINE_ID", "BUILD_ID", "CIRCLE_WORKFLOW_ID")


def who(root: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return user, host, process, command line, git author and commit, and the CI run where there is one."""
    told = {
        "user": _user(),
        "host": socket.gethostname(),
        "pid": str(os.getpid()),
        "command": command(),
        "author": _git(root, "%an <%ae>"),
        "commit": _git(root, "%h"),
        "ci": next((f"{name}={environment[name]}" for name in _CI if environment.get(name)), ""),
    }
    return {name: value for name, value in told.items() if value}


def command() -> str:
    """Return the command as it was typed; no option of ours takes a secret."""
    return " ".join(["reconcile", *sys.argv[1:]])[:200]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _git(root: Path, what: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - git of the user's own path, in the user's own project
            ["git", "-C", str(root), "log", "-1", f"--format={what}"],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
