"""What another checkout wrote, or this one before its caches were put back: the ledger tells, as events do not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from resting_shop import NAMES, at_rest, both, changed, copied, declare, document, shop
from world import World, differences

from reconciler.runtime.ledger import Ledger

#: How long a parcel waits: the list does not show it, and a change of it raises no event.
SLOWER = {"delivery": {"prices": "Standard", "handling": "PT48H"}}


def caches(root: Path) -> dict[Path, bytes]:
    """What lies in a project's `.reconcile` besides the ledger and the marketplace."""
    lasting = ("ledger", "simulator", "key")
    every = (each for each in (root / ".reconcile").iterdir() if each.is_file())
    return {each: each.read_bytes() for each in every if not each.name.startswith(lasting)}


def slower(made: World) -> World:
    """All parcels wait longer, by an apply that these caches know nothing of."""
    before = caches(made.root)
    declare(made, *(document(name, **SLOWER) for name in NAMES))
    made.apply(made.plan())
    made.rest()
    for each in caches(made.root):
        each.unlink()
    for path, content in before.items():
        path.write_bytes(content)
    return made


def ledger_of(made: World) -> Ledger:
    return Ledger(made.root / ".reconcile" / "ledger.db")


def cut_off(ledger: Ledger) -> None:
    """The run was killed after its requests had left, and before any answer was written down."""
    ledger.database.run("update runs set state = 'open', finished_at = null where purpose = 'apply'")
    latest = "(select max(started_at) from runs)"
    ran = f"run_id in (select id from runs where started_at = {latest})"
    ledger.database.run(
        f"update runs set state = 'finished', finished_at = started_at where started_at < {latest}"
    )
    ledger.database.run(f"update operations set state = 'claimed', accepted_at = null where {ran}")
    ledger.database.run(f"delete from outcomes where {ran}")


def written_twice(ledger: Ledger) -> None:
    """Each offer was written before that in the same run, too: the latest of both counts."""
    of_operations = "run_id, id || '-before', seq, wave, lane, kind, operation, body, digest, state, epoch, sent_at, accepted_at"
    of_outcomes = "run_id, operation_id || '-before', kind, name, result, remote_id, detail, fault, trace_id, stale, settling, epoch"
    ledger.database.run(f"insert into operations select {of_operations} from operations")
    ledger.database.run(f"insert into outcomes select {of_outcomes}, '2026-01-01T00:00:00+00:00' from outcomes")


@pytest.mark.parametrize(
    "left", [lambda _: None, cut_off, written_twice], ids=["finished", "cut off", "written twice"]
)
def test_what_another_checkout_wrote_is_read_again(tmp_path: Path, left: Callable[[Ledger], None]) -> None:
    made = slower(at_rest(shop(tmp_path / "shop")))
    ledger = ledger_of(made)
    left(ledger)
    ledger.close()
    plan = both(made).book
    assert not differences(plan)


def test_a_look_that_asks_for_no_events_knows_of_it(tmp_path: Path) -> None:
    plan = slower(at_rest(shop(tmp_path / "shop"))).plan(refresh="list")
    assert not differences(plan)


def test_it_is_read_again_once(tmp_path: Path) -> None:
    """Also while its run is open: what was read after a write was recorded is believed."""
    made = slower(at_rest(shop(tmp_path / "shop")))
    ledger = ledger_of(made)
    ledger.database.run("update runs set state = 'open', finished_at = null")
    ledger.close()
    made.rest()
    assert made.plan().accounts[0].ages.read_now == len(NAMES)
    assert made.plan().accounts[0].ages.read_now == 0


def test_what_a_checkout_wrote_itself_is_not_looked_for(tmp_path: Path) -> None:
    made = at_rest(shop(tmp_path / "shop"))
    other = copied(made, tmp_path / "other")
    declare(made, document(NAMES[0], **SLOWER))
    made.apply(made.plan())
    made.plan()
    assert made.plan().accounts[0].ages.read_now == 0
    shutil.copy(made.root / ".reconcile" / "ledger.db", other.root / ".reconcile" / "ledger.db")
    shutil.copy(
        made.root / ".reconcile" / "simulator-allegro.db", other.root / ".reconcile" / "simulator-allegro.db"
    )
    assert changed([other.plan()]) == [NAMES[0]]  # its document says what it said
