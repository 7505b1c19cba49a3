"""What several tests of the runtime ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .pacing import Client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    made = Client(tmp_path, 4)
    yield made
    made.close()
