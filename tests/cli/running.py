"""Runs the command line as a process, the way a shell does."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def reconcile(*arguments, cwd=None, stdin="", **environment):
    """Run `reconcile` and return the finished process; its stdin is a pipe that ends after `stdin`."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI")}
    return subprocess.run(
        [sys.executable, "-m", "reconciler.cli.main", *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
    )
