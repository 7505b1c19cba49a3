"""No write overwrites what somebody else did more than five seconds before it: it is looked at when it leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from torture.grounds.allegro import ALLEGRO
from torture.meanwhile import Meddled, meddled


def hold(found: Meddled, share: float) -> None:
    """Ask for the law, and that looking costs no more than what is left of this share of the marketplace's limit."""
    assert found.edits > 10, found
    assert found.overwritten_late == [], found
    assert found.stale == found.edits - found.too_late - len(found.overwritten_young), found
    assert found.refused == 0, found
    assert found.slow or found.share > share, found


def test_prices_of_their_own(tmp_path: Path) -> None:
    """Commands of 25 offers each, and 30 of them wait for their turn at once."""
    hold(meddled(tmp_path / "shop", 1500, ALLEGRO.others["prices"]), 0.8)


def test_few_prices_for_many_offers(tmp_path: Path) -> None:
    """Commands of up to a thousand offers, seconds apart."""
    hold(meddled(tmp_path / "shop", 3000, ALLEGRO.others["shared prices"]), 0.8)


def test_edits(tmp_path: Path) -> None:
    """Edits of one offer each repeat what they do not own, and are read by themselves."""
    hold(meddled(tmp_path / "shop", 300, ALLEGRO.others["edits"]), 0.8)


def test_commands_for_offers_that_are_read_one_by_one(tmp_path: Path) -> None:
    """The limit of full reads, and not that of the commands, says how fast they are."""
    hold(meddled(tmp_path / "shop", 1200, ALLEGRO.others["handling"]), 0.8)


@pytest.mark.parametrize("what", ["prices", "edits"])
def test_after_a_block(what: str, tmp_path: Path) -> None:
    """A 429 stops everybody for a minute: what was looked at before it is looked at again."""
    too_many = {"do": "429", "times": 2, "penalty_seconds": 60, "when": {"method": ["POST", "PATCH"]}}
    hold(meddled(tmp_path / "shop", 300, ALLEGRO.others[what], faults={"schedule": [too_many]}), 0.4)
