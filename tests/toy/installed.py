"""The package of the toy, installed for a test as pip would do it: on the path, with its entry points beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.documents import resources

PACKAGE = Path(__file__).parent / "package"


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the package on the path of this process, and of those that it starts. What is installed is read once."""
    monkeypatch.syspath_prepend(str(PACKAGE))
    here = os.environ.get("PYTHONPATH") or str(PACKAGE.parents[2])
    monkeypatch.setenv("PYTHONPATH", f"{here}{os.pathsep}{PACKAGE}")
    _look_again()
    yield
    monkeypatch.undo()
    _look_again()


def _look_again() -> None:
    resources._files.cache_clear()
    resources._others.cache_clear()
