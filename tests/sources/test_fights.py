"""How often an offer was resumed is counted by the offer, however many were resumed by the same command."""

from pathlib import Path
from typing import Any

import world
from world import World

SOURCE: dict[str, Any] = {
    "kind": "Source",
    "name": "erp",
    "type": "csv",
    "path": "erp.csv",
    "columns": {"item": "text", "quantity": "whole"},
    "orders": {"by": "wfirma", "within": "15m"},
}
KEYS = ("K1", "K2", "K3")


def test_a_command_that_resumes_many_counts_once_for_each(tmp_path: Path) -> None:
    live = [
        world.live_offer(
            number,
            key,
            publication={"status": "ENDED", "endedBy": "EMPTY_STOCK"},
            stock={"available": 0, "unit": "UNIT"},
        )
        for number, key in enumerate(KEYS, start=1)
    ]
    documents = [world.offer(key, stock={"from": "erp", "status": "active"}) for key in KEYS]
    shop = World.make(tmp_path, world.seller(live), [*documents, SOURCE])
    shop.write("erp.csv", "item,quantity\nK1,5\nK2,6\nK3,7\n")
    resumed, stopped = [], []
    for _ in range(3):
        plan = shop.plan()
        resumed.append([each for each in plan.changes if each.verb == "activate"])
        stopped.append([each for each in plan.diagnostics if each.code == "P613"])
        shop.apply(plan)
        shop.stored()
        with shop.simulator() as simulator:
            for number in range(1, 4):
                if simulator.offer_by_external_id(world.LOGIN, f"K{number}")["publication"]["status"] == "ACTIVE":
                    simulator.end(world.LOGIN, str(17_000_000_000 + number))
    assert [len(each) for each in resumed] == [3, 3, 0]
    assert [len(each) for each in stopped] == [0, 0, 3]
