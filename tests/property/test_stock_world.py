"""Stock that follows a source, in a random world: nothing shared out is sold twice, and no broken feed ends anything.

`bench/torture.py --only stock` plays 10,000 steps of the same world.
"""

from __future__ import annotations

from pathlib import Path

from torture.stock_machine import lived
from torture.stocking import played


def test_no_life_of_a_stockroom_sells_a_piece_twice() -> None:
    found = lived(lives=6, steps=30, of=2)
    assert len(found) >= 6
    assert sum(each.sold for each in found) > 100
    assert sum(each.feeds.total() for each in found)
    assert sum(each.resumed for each in found)
    assert all(each.rests for each in found)


def test_a_world_is_its_seed(tmp_path: Path) -> None:
    first, again = (played(tmp_path / str(number), 1, 50) for number in range(2))
    assert first == again
    assert not first.wrong
    assert first.edits.total()
