"""An offer whose earlier edit never ends cannot be written: that is said within the hour, in its own words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import world
from torture.killing import run

from reliability.slow_marketplace import HOUR, MINUTE, later, seller, titled

HANGING = {"do": "operation_hangs", "times": 1, "when": {}}
NEW = "Kubek z zupełnie nowym tytułem"


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside another"])
def test_an_edit_that_never_ends_is_told_as_such(beside: bool, tmp_path: Path) -> None:
    """Refused as busy, not as restless: nothing of the offer moves, and no row waits for another value."""
    made = seller(tmp_path, titled(), faults={"schedule": [HANGING]})
    made.apply(made.plan(), wait=MINUTE)
    later(made, 4 * HOUR)
    others = [world.offer("B", price="55 PLN")] if beside else []
    made.documents(world.offer("A", content={"title": NEW}), *others)
    with made.simulator() as simulator:
        began = simulator.clock.seconds()
    code, told = run(tmp_path, "apply", "--auto-approve")
    with made.simulator() as simulator:
        took = simulator.clock.seconds() - began
    assert code == 5, told
    assert "1 refused" in told
    assert "An earlier edit of the offer is still being processed." in told, told
    assert "Busy rows need only time" in told, told
    assert "moves faster" not in told
    assert "Refused rows need another value" not in told
    assert took <= 0.75 * HOUR, took
    requests = re.search(r"It took (\d+) requests", told)
    assert requests, told
    assert int(requests[1]) <= 100, told
