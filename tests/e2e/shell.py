"""The command line as a process, in a project of its own."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import warm


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
    code, out, err = warm.run([*map(str, arguments)], folder, {**kept, **environment}, stdin.encode())
    finished = Done(code, out.decode(), err.decode())
    assert "Traceback" not in finished.said, finished.said
    return finished
