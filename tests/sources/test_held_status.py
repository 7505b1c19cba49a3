"""Whose stock nobody knows is not put on sale: a source that cannot be read resumes nothing, whatever ended it."""

from pathlib import Path
from typing import Any

import pytest
import world
from world import World

from reconciler.model.undone import Reason

SOURCE: dict[str, Any] = {
    "kind": "Source",
    "name": "erp",
    "type": "csv",
    "path": "erp.csv",
    "columns": {"item": "text", "quantity": "whole"},
    "missing": "keep",
    "orders": {"by": "wfirma", "within": "15m"},
}
CUT, WITHOUT, EMPTY = "item,quantity\nK1,", "item,quantity\nK2,1\n", "item,quantity\nK1,\n"


@pytest.mark.parametrize("feed", [CUT, WITHOUT, EMPTY])
@pytest.mark.parametrize(("pieces", "ended_by"), [(0, "EMPTY_STOCK"), (7, "USER"), (7, None)])
def test_nothing_is_resumed_with_a_number_that_nobody_knows(
    tmp_path: Path, feed: str, pieces: int, ended_by: str | None
) -> None:
    publication: dict[str, Any] = {"status": "ENDED", "endedBy": ended_by} if ended_by else {"status": "INACTIVE"}
    live = world.live_offer(1, "K1", publication=publication, stock={"available": pieces, "unit": "UNIT"})
    wanted = world.offer("K1", stock={"from": "erp", "status": "active"})
    shop = World.make(tmp_path, world.seller([live]), [wanted, SOURCE])
    shop.write("erp.csv", feed)
    plan = shop.plan(allow={"source": ""})
    assert not world.differences(plan)
    (account,) = plan.accounts
    assert sorted(account.undone[Reason.SOURCE]) == ["Offer/K1: stock.quantity", "Offer/K1: stock.status"]


def test_what_its_document_ends_is_ended_whatever_the_source_says(tmp_path: Path) -> None:
    wanted = world.offer("K1", stock={"from": "erp", "status": "ended"})
    shop = World.make(tmp_path, world.seller([world.live_offer(1, "K1")]), [wanted, SOURCE])
    shop.write("erp.csv", CUT)
    plan = shop.plan(allow={"source": ""})
    assert world.differences(plan) == ["end Offer/K1  stock.status: 'active' -> 'ended'"]


@pytest.mark.parametrize(
    "section", [{"stock": {"from": "erp", "status": "active"}}, {"price": {"base": {"formula": "erp.net"}}}]
)
def test_nothing_is_created_without_what_the_source_does_not_say(tmp_path: Path, section: dict[str, Any]) -> None:
    columns = {**SOURCE["columns"], "net": {"type": "money", "currency": "PLN"}}
    shop = World.make(
        tmp_path, world.seller([]), [world.whole_offer("K1", **section), {**SOURCE, "columns": columns}]
    )
    shop.write("erp.csv", "item,quantity,net\nK1,,\n")
    plan = shop.plan()
    assert not world.differences(plan)
    path = "stock.quantity" if "stock" in section else "price.base"
    assert (
        f"warning P302 K1 is not on the marketplace and cannot be created without `{path}`"
        in world.diagnostics(plan)
    )
