"""A clock that stands: it moves by what is waited for, in every process, and never back."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from stepping import START

from reconciler.simulator.allegro.simulator import AllegroSimulator
from simulator import example


def test_time_stands_until_somebody_waits(tmp_path: Path) -> None:
    store = tmp_path / "simulator-allegro.db"
    first = AllegroSimulator(store)
    first.stand_still(START)
    time.sleep(0.01)
    assert first.clock.now() == START
    first.clock.advance(90)
    first.reset()
    first.close()
    second = AllegroSimulator(store)
    assert second.clock.now() == START + timedelta(seconds=90)
    second.close()


def test_it_is_not_set_back_under_a_seller(tmp_path: Path) -> None:
    simulator = AllegroSimulator(tmp_path / "simulator-allegro.db")
    simulator.seed(example.account())
    with pytest.raises(ValueError, match="only moves forward"):
        simulator.stand_still(START)
    simulator.close()
