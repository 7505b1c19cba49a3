"""What the torture tools know of marketplaces: every one that can be practised is described."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from torture import crash
from torture.grounds import GROUNDS, ground
from torture.grounds.etsy import ETSY

from reconciler.simulator.names import MARKETPLACES, SIMULATORS


def test_every_marketplace_is_described() -> None:
    assert set(GROUNDS) == set(MARKETPLACES)


@pytest.mark.parametrize("name", GROUNDS)
def test_a_description_speaks_of_its_marketplace(name: str) -> None:
    """Each kind of action asks for something, each sort of trouble is one that the practice marketplace knows."""
    at = ground(name)
    module, _, practice = SIMULATORS[name].partition(":")
    assert at.project.practice is getattr(import_module(module), practice)
    assert at.name == name == at.project.practice.name
    assert all(kind.documents or kind.first for kind in at.kinds.values())
    known = at.project.practice.troubles()
    rules = [rule for knobs in at.faults.values() for rule in knobs.get("faults", {}).get("schedule", [])]
    assert {rule["do"] for rule in rules} <= known


def test_kills_at_random_moments_on_etsy(tmp_path: Path) -> None:
    """Nothing twice, nothing lost, each fee once, and the second plan is empty; also when the ledger is lost."""
    tally = crash.one_round(tmp_path / "shop", 1, at=ETSY, kills=3, offers=8, lose_ledger=0.5)
    assert tally.faults == []
