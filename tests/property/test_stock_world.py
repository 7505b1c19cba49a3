"""Stock that follows a source, in a random world: nothing shared out is sold twice, and no broken feed ends anything.

`bench/torture.py --only stock` plays 10,000 steps of the same world.
"""

from __future__ import annotations

from pathlib import Path

from torture.stocking import played


def test_random_worlds_sell_no_piece_twice(tmp_path: Path) -> None:
    found = [played(tmp_path / str(seed), seed, 100) for seed in (1, 2, 3)]
    assert not [wrong for each in found for wrong in each.wrong]
    assert sum(each.sold for each in found) > 100
    assert sum(each.feeds.total() for each in found)
    assert sum(each.edits.total() for each in found)
    assert sum(each.resumed for each in found)
