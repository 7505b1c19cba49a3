"""Saved plans are applied in any order: an older one takes nothing back that was declared and remembered since."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.outcomes import Result
from reconciler.model.values import Gain
from reconciler.runtime.errors import StalePlan
from tests import world
from tests.ownership.test_memory import ledger_of
from tests.world import World, differences


def shop(root: Path) -> World:
    """A shop at rest whose only offer has five pieces."""
    live = [world.live_offer(1, "A", stock={"available": 5, "unit": "UNIT"})]
    made = World.make(root, world.seller(live), [declared(5)])
    made.converge()
    return made


def declared(pieces: int, **sections: object) -> dict[str, object]:
    return world.offer("A", stock=pieces, **{"price": "49.99 PLN", **sections})


def pieces(made: World) -> int:
    body = made.by_key("A")
    assert body is not None
    return int(body["stock"]["available"])


EARLIER = {
    "one that writes the price": {"price": "52 PLN"},
    "one that writes nothing": {"settings": {"invoice": "vat"}},
}


@pytest.mark.parametrize("which", EARLIER)
def test_a_delivery_is_put_in_once(tmp_path: Path, which: str) -> None:
    """Two branches: the later one, of two pieces more, is applied first. The other one leaves its number alone."""
    made = shop(tmp_path)
    made.documents(declared(5, **EARLIER[which]))
    earlier = made.plan()
    made.documents(declared(7))
    made.apply(made.plan())
    report = made.apply(earlier)
    assert {each.result for each in report.outcomes} <= {Result.APPLIED}
    made.documents(declared(7, **EARLIER[which]))
    again = made.plan()
    assert not differences(again), differences(again)
    assert pieces(made) == 7


def test_a_difference_from_a_number_that_holds_no_more_is_stale(tmp_path: Path) -> None:
    """5 -> 9 was planned; seven are counted in the panel and declared meanwhile: four more would be too many."""
    made = shop(tmp_path)
    made.documents(declared(9))
    earlier = made.plan()
    assert [f.after for each in earlier.changes for f in each.fields] == [Gain(amount=4)]
    body = made.by_key("A")
    assert body is not None
    made.panel(body["id"], {"stock": {"available": 7}})
    made.documents(declared(7))
    later = made.plan()
    assert not differences(later), differences(later)
    made.apply(later)
    with pytest.raises(StalePlan, match="another number of A was declared"):
        made.apply(earlier)
    assert pieces(made) == 7


def test_who_finishes_an_older_run_remembers_no_more(tmp_path: Path) -> None:
    """What a run wrote is remembered, and of what its plan compared nothing that was declared anew since."""
    made = shop(tmp_path)
    made.documents(declared(5, price="52 PLN"))
    earlier = made.plan()
    made.documents(declared(7))
    made.apply(made.plan())
    made.apply(earlier)
    with ledger_of(made) as (ledger, place):
        (baseline,) = ledger.baselines(place).values()
    assert baseline.declared == {"stock.quantity": 7}


@pytest.mark.parametrize("toggle", [{"protect": True}, {"sync": {"stock": "off"}}])
def test_what_protects_an_offer_is_kept(tmp_path: Path, toggle: dict[str, object]) -> None:
    """It was protected by a later plan: the older one, applied after it, does not let its document take it down."""
    made = shop(tmp_path)
    made.documents(declared(5, price="52 PLN"))
    earlier = made.plan()
    made.documents(declared(5, **toggle))
    made.apply(made.plan())
    made.apply(earlier)
    made.documents()
    assert not made.plan().accounts[0].changes or any(d.code == "P402" for d in made.plan().diagnostics)
