"""A set gives way to what its own parts have left, and what a source does not say is no zero, whatever is missing."""

from pathlib import Path
from typing import Any

import pytest
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
PLATES = {"product": {"gtin": world.SECOND_GTIN}, "quantity": 2, "item": "plate"}
NO_GUARDS = {"guards": {**world.SWITCH_OFF_GUARDS, "zero_wave": "off"}}


def _live(number: int, key: str, pieces: int) -> dict[str, Any]:
    return world.live_offer(number, key, stock={"available": pieces, "unit": "UNIT"})


def _planned(shop: World) -> dict[str, Any]:
    """Return the numbers that the next apply writes, by offer."""
    changes = shop.plan().changes
    return {each.key.name: f.after for each in changes for f in each.fields if f.path == "stock.quantity"}


@pytest.mark.parametrize(("sold", "sets"), [(3, {}), (70, {"set": 3}), (73, {"set": 0})])
def test_a_set_loses_what_its_scarcest_part_loses(tmp_path: Path, sold: int, sets: dict[str, int]) -> None:
    documents = [
        world.offer("cup", stock={"from": "erp"}),
        world.offer("set", item="cup", stock={"from": "erp"}, bundle=[PLATES]),
        SOURCE,
    ]
    live = [_live(1, "cup", 73), _live(2, "set", 5)]
    shop = World.make(tmp_path, world.seller(live), documents, project=NO_GUARDS)
    shop.write("erp.csv", "item,quantity\ncup,73\nplate,10\n")
    shop.apply(shop.plan())
    shop.stored()
    with shop.simulator() as simulator:
        simulator.sell(world.LOGIN, "17000000001", sold)
    assert _planned(shop) == sets


@pytest.mark.parametrize(
    ("feed", "after", "said"),
    [
        ("other,1\n", {"cup": 0}, "note P615 erp has no row of 1 offer, counted as none in stock: cup"),
        ("cup,\n", {}, "note P615 erp has no number for 1 offer, left as it is: cup"),
    ],
)
def test_an_empty_cell_is_no_missing_row(tmp_path: Path, feed: str, after: dict[str, int], said: str) -> None:
    documents = [world.offer("cup", stock={"from": "erp"}), {**SOURCE, "missing": "zero", "end": "END"}]
    shop = World.make(tmp_path, world.seller([_live(1, "cup", 5)]), documents, project=NO_GUARDS)
    shop.write("erp.csv", f"item,quantity\n{feed}END\n")
    assert _planned(shop) == after
    assert said in world.diagnostics(shop.plan())


@pytest.mark.parametrize(
    ("feed", "said"),
    [("cup,73\n", "erp has no row of plate"), ("cup,73\nplate,\n", "erp has no number for plate")],
)
def test_the_part_that_is_not_known_is_named(tmp_path: Path, feed: str, said: str) -> None:
    documents = [world.offer("set", item="cup", stock={"from": "erp"}, bundle=[PLATES]), SOURCE]
    shop = World.make(tmp_path, world.seller([_live(1, "set", 5)]), documents, project=NO_GUARDS)
    shop.write("erp.csv", f"item,quantity\n{feed}")
    assert f"error D617 {said}, which set follows" in world.diagnostics(shop.plan())
