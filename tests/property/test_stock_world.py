"""Stock that follows a source, in a random world: nothing shared out is sold twice, and no broken feed ends anything.

`bench/torture.py --only stock` plays 10,000 steps of the same world.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from torture.stocking import played


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_random_world_sells_no_piece_twice(tmp_path: Path, seed: int) -> None:
    found = played(tmp_path, seed, 100)
    assert not found.wrong
    assert found.sold > 50
    assert found.feeds.total()
    assert found.edits.total()
    assert found.resumed
