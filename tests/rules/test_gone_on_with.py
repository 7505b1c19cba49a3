"""A run that was interrupted is gone on with: not with numbers that its source gave long ago."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.project.workspace import Workspace
from tests import world
from tests.rules.shop import Shop, follows, there
from tests.rules.test_sent_again import numbers
from tests.undo.taking_back import Cut, CutsAfter

NAMES = [f"A{number:02}" for number in range(40)]
#: Different numbers go in requests of 25; the same one would go in one.
WRITTEN = {name: {"PL1": number} for number, name in enumerate(NAMES, 100)}


def interrupted(root: Path) -> Shop:
    """Forty numbers were to be written, in two requests: the process has gone after the first."""
    live = [there(number, name) for number, name in enumerate(NAMES, 1)]
    shop = Shop.make(root, live, [follows(name) for name in NAMES], WRITTEN)
    with pytest.raises(Cut):
        apply_plan(Workspace(root), shop.made.plan(), ApplyOptions(parallelism=1), CutsAfter(1))
    assert [shop.state(name)[1] for name in NAMES].count(5) == 15
    return shop


def test_an_old_number_is_not_sent(tmp_path: Path) -> None:
    """Twenty minutes later the source says 8: over 100 would be sold for as long as it takes to plan again."""
    shop = interrupted(tmp_path)
    shop.wait(20)
    shop.feed({name: {"PL1": 8} for name in NAMES})
    shop.made.forget_requests()
    shop.apply()
    assert set(numbers(shop)) == {8}
    assert {shop.state(name)[1] for name in NAMES} == {8}


def test_a_young_number_is_sent(tmp_path: Path) -> None:
    shop = interrupted(tmp_path)
    shop.wait(2)
    shop.apply()
    assert [shop.state(name)[1] for name in NAMES] == list(range(100, 140))
    shop.rest()


def test_what_a_person_wrote_is_sent_however_late(tmp_path: Path) -> None:
    """A literal number is no source's; what stands there is looked at all the same."""
    live = [there(number, name) for number, name in enumerate(NAMES, 1)]
    shop = Shop.make(tmp_path, live, [world.offer(name, stock={"count": 5}) for name in NAMES], WRITTEN)
    shop.apply()
    shop.declare(*(world.offer(name, stock={"count": number}) for number, name in enumerate(NAMES, 100)))
    with pytest.raises(Cut):
        apply_plan(Workspace(tmp_path), shop.made.plan(), ApplyOptions(parallelism=1), CutsAfter(1))
    shop.wait(20)
    shop.apply()
    assert [shop.state(name)[1] for name in NAMES] == list(range(100, 140))
