"""A draft whose stock follows a source: listed when its document says so and pieces are there."""

from pathlib import Path

import pytest
import world
from world import World

SOURCE = {
    "kind": "Source",
    "name": "erp",
    "type": "csv",
    "path": "erp.csv",
    "columns": {"item": "text", "quantity": "whole"},
    "orders": {"by": "wfirma", "within": "15m"},
}


@pytest.mark.parametrize(
    ("pieces", "rule", "status", "left"),
    [
        (5, {}, "ACTIVE", 5),
        (0, {}, "INACTIVE", 0),
        (9, {"only": "down"}, "ACTIVE", 3),
        (1, {"only": "up"}, "INACTIVE", 3),
        (0, {"at_zero": "keep"}, "INACTIVE", 3),
    ],
)
def test_a_draft_is_listed_with_the_pieces_of_its_source(
    tmp_path: Path, pieces: int, rule: dict[str, str], status: str, left: int
) -> None:
    follows = {"from": "erp"}
    shop = World.make(tmp_path, world.seller([]), [world.whole_offer("K1", stock=follows), SOURCE])
    shop.write("erp.csv", "item,quantity\nK1,3\n")
    shop.apply(shop.plan())
    assert _of(shop) == ("INACTIVE", 3)
    shop.documents(world.whole_offer("K1", stock={**follows, **rule, "status": "active"}), SOURCE)
    shop.write("erp.csv", f"item,quantity\nK1,{pieces}\n")
    shop.apply(shop.plan())
    shop.stored()
    assert _of(shop) == (status, left)
    assert not world.differences(shop.plan())


def _of(shop: World) -> tuple[str, int]:
    found = shop.by_key("K1")
    assert found is not None
    return found["publication"]["status"], found["stock"]["available"]


def test_a_receipt_that_resumes_is_not_told_to_be_off_sale(tmp_path: Path) -> None:
    ended = world.live_offer(
        1, "K1", publication={"status": "ENDED", "endedBy": "EMPTY_STOCK"}, stock={"available": 0, "unit": "UNIT"}
    )
    shop = World.make(tmp_path, world.seller([ended]), [world.offer("K1", stock={"from": "erp"}), SOURCE])
    shop.write("erp.csv", "item,quantity\nK1,5\n")
    plan = shop.plan()
    (change,) = plan.changes
    assert {each.path: each.after for each in change.fields if each.path.startswith("stock")} == {
        "stock.quantity": 5,
        "stock.status": "active",
    }
    assert not [each for each in plan.diagnostics if each.code == "P505"]


def test_what_is_sold_right_after_the_creation_is_not_filled_up(tmp_path: Path) -> None:
    new = world.whole_offer("K1", stock={"from": "erp", "status": "active"})
    shop = World.make(tmp_path, world.seller([]), [new, SOURCE])
    shop.write("erp.csv", "item,quantity\nK1,9\n")
    shop.apply(shop.plan())
    shop.stored()
    with shop.simulator() as simulator:
        offer = simulator.offer_by_external_id(world.LOGIN, "K1")
        assert offer is not None
        simulator.sell(world.LOGIN, offer["id"], 3)
    shop.write("erp.csv", "item,quantity\nK1,9\n")
    assert not world.differences(shop.plan())
