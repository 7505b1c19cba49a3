"""Runs the command line as a process, the way a shell does."""

import os
import subprocess
from pathlib import Path

import warm

ROOT = Path(__file__).parents[2]


def reconcile(*arguments, cwd=None, stdin="", **environment):
    """Run `reconcile` and return the finished process; its stdin is a pipe that ends after `stdin`."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI")}
    where = Path(cwd or Path.cwd())
    code, out, err = warm.run([*map(str, arguments)], where, {**kept, **environment}, stdin.encode(), timeout=60)
    return subprocess.CompletedProcess(arguments, code, out.decode(), err.decode())
