"""A resync stands behind every normal run of its client: nothing that sells waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import world
from stepping import START, Steps
from world import World, undone

from reconciler.documents.specs import load_spec
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.budgets import Budgets
from reconciler.runtime.ratelimit.throttle import Throttle

from .again import Hook, resync_plan, start
from .test_resync import WHOLE, shop

EDIT, QUANTITY = ("client", "offer_writes"), ("client", "quantity_changes")


class Client:
    """Any number of runs of one client: each with a throttle of its own, as in processes of their own."""

    def __init__(self, where: Path) -> None:
        self.clock = Steps()
        self.left: list[tuple[float, str]] = []
        self._ledgers = [Ledger(where / "ledger.db") for _ in range(2)]
        self.normal, self.resync = (self._throttle(each) for each in self._ledgers)
        self.resync.stand_back()

    def _throttle(self, ledger: Ledger) -> Throttle:
        rows = Budgets(ledger.pace, "app")
        return Throttle(load_spec("allegro").budgets, rows, self.clock, user="sklep", virtual=True)

    async def send(self, throttle: Throttle, budgets: tuple[str, ...], weight: int, name: str) -> float:
        """Wait for a permit, note the second in which the request leaves, and return how long that took."""
        asked = self.clock.now()
        await throttle.permit(budgets, weight, asyncio.Event())
        self.left.append(((self.clock.now() - START).total_seconds(), name))
        return (self.clock.now() - asked).total_seconds()

    async def resync_for_ever(self, budgets: tuple[str, ...], weight: int) -> None:
        while True:
            await self.send(self.resync, budgets, weight, "resync")

    def seconds_of(self, name: str) -> list[float]:
        return [second for second, mine in self.left if mine == name]

    def close(self) -> None:
        for each in self._ledgers:
            each.close()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    made = Client(tmp_path)
    yield made
    made.close()


async def beside(client: Client, budgets: tuple[str, ...], weight: int, story: Any) -> None:
    """Tell a story beside thirty workers of a resync."""
    workers = [asyncio.create_task(client.resync_for_ever(budgets, weight)) for _ in range(30)]
    try:
        await client.clock.run(20)
        await story
    finally:
        for each in workers:
            each.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


def test_a_stock_change_is_not_held_up_by_a_resync_of_stock(client: Client) -> None:
    """Thirty workers resync in the very budget of the stock change: it waits under a second, and then they stop."""

    async def story() -> None:
        change = asyncio.create_task(client.send(client.normal, QUANTITY, 1, "stock"))
        await client.clock.run(10)
        assert change.result() < 1

    asyncio.run(beside(client, QUANTITY, 100, story()))
    (stock,) = client.seconds_of("stock")
    assert not [each for each in client.seconds_of("resync") if 20 < each < 22]
    assert [each for each in client.seconds_of("resync") if stock + 2 <= each < stock + 4]


def test_while_normal_requests_come_a_resync_only_trickles(client: Client) -> None:
    """A normal run of a minute, a request each second: none waits for longer than a tick, and the resync gives way but never starves."""

    async def story() -> None:
        for _ in range(60):
            sent = asyncio.create_task(client.send(client.normal, EDIT, 1, "edit"))
            await client.clock.run(1)
            assert sent.result() < 0.15
        await client.clock.run(10)

    asyncio.run(beside(client, EDIT, 1, story()))
    during = [each for each in client.seconds_of("resync") if 20 < each < 80]
    assert 1 <= len(during) <= 3
    assert len([each for each in client.seconds_of("resync") if 82 < each < 90]) > 100


def test_alone_a_resync_uses_the_whole_rate(client: Client) -> None:
    async def story() -> None:
        await client.clock.run(0)

    asyncio.run(beside(client, EDIT, 1, story()))
    assert 0.92 <= len(client.seconds_of("resync")) / (20 * 2490 / 60) <= 1


def test_a_fifth_of_an_hours_limit_is_left_to_normal_runs(client: Client) -> None:
    """Price changes have an hourly limit of 150,000 offers: a resync stops at 120,000, and a price still goes out."""
    budgets = ("client", "price_changes")

    async def story() -> None:
        for _ in range(30):
            await client.clock.run(60)
        assert len(client.seconds_of("resync")) == 120_000 // 1000
        change = asyncio.create_task(client.send(client.normal, budgets, 1000, "price"))
        await client.clock.run(1)
        assert change.result() < 1

    asyncio.run(beside(client, budgets, 1000, story()))


def test_a_block_holds_for_a_resync_too(client: Client) -> None:
    async def story() -> None:
        client.normal.block(30)
        count = len(client.left)
        await client.clock.run(29)
        assert len(client.left) == count
        await client.clock.run(5)
        assert len(client.left) > count

    asyncio.run(beside(client, EDIT, 1, story()))


def test_a_stock_change_beside_a_resync_takes_as_long_as_alone(tmp_path: Path) -> None:
    """In the whole product, on the stepped clock of the marketplace: plan and apply of one stock change."""
    alone = _seconds_of_a_stock_change(shop(tmp_path / "alone", 30))
    made = shop(tmp_path / "beside", 30)
    took: list[float] = []

    def change() -> None:
        import threading

        worker = threading.Thread(target=lambda: took.append(_seconds_of_a_stock_change(made)))
        worker.start()
        worker.join()

    report = start(made, resync_plan(made), Hook(5, change), parallelism=10)
    assert len(took) == 1
    assert took[0] <= alone + 1
    assert {each.key.name for each in report.outcomes if each.stale} <= {"K30"}


def _seconds_of_a_stock_change(made: World) -> float:
    made.documents(
        *(world.offer(f"K{n}", **WHOLE) for n in range(1, 30)),
        world.offer("K30", **{**WHOLE, "stock": {"always": 3, "status": "active"}}),
    )
    with made.simulator() as simulator:
        since = simulator.clock.now()
    report = made.apply(made.plan())
    assert not undone(report), undone(report)
    with made.simulator() as simulator:
        return float((simulator.clock.now() - since).total_seconds())
