"""One demo of sixty offers, written once for all tests that only look at it."""

import shutil
from pathlib import Path

import pytest

from reconciler.demo import DemoSummary, write_demo


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> DemoSummary:
    """Return the summary of a demo; nobody changes its files."""
    return write_demo(tmp_path_factory.mktemp("demo") / "shop", offers=60, seed=7)


@pytest.fixture
def copied(written: DemoSummary, tmp_path: Path) -> Path:
    """Return a copy of the demo to change."""
    return Path(shutil.copytree(written.directory, tmp_path / "shop"))
