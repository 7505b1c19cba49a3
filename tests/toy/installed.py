"""The package of the toy, installed for a test as pip would do it: on the path, with its entry points beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent / "package"


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the package on the path of this process, and of those that it starts."""
    monkeypatch.syspath_prepend(str(PACKAGE))
    here = os.environ.get("PYTHONPATH") or str(PACKAGE.parents[2])
    monkeypatch.setenv("PYTHONPATH", f"{here}{os.pathsep}{PACKAGE}")
