"""The command line as a process, in a project of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything that it printed."""
        return self.out + self.err

    @property
    def json(self) -> Any:
        """What it printed on stdout, which must be one JSON document and nothing else."""
        return json.loads(self.out)


def reconcile(folder: Path, *arguments: object, stdin: str = "", **environment: str) -> Done:
    """Run `reconcile` in a folder, as a shell does."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI")}
    done = subprocess.run(
        [sys.executable, "-m", "reconciler.cli.main", *map(str, arguments)],
        cwd=folder,
        input=stdin.encode(),
        capture_output=True,
        check=False,
        timeout=90,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
    )
    finished = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in finished.said, finished.said
    return finished
