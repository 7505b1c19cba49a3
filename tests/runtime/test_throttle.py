"""The permitted rate on a stepped clock: never more in any second, and nothing is lost or stuck."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from stepping import START

from reconciler.documents.specs import load_spec
from reconciler.model.budgets import BudgetSpec
from reconciler.runtime.clock import Interrupted, VirtualClock
from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.budgets import TICK, Budgets, Claim, Slot
from reconciler.runtime.ratelimit.priority import LANE, PRICE, REST
from reconciler.runtime.ratelimit.throttle import Throttle

from .pacing import EDIT, LATEST, PRICES, READ, TICK_SECONDS, Client


@pytest.mark.parametrize(("budgets", "limit"), [(READ, 150), (EDIT, 41)])
def test_one_process_comes_near_the_limit_and_never_past_it(client: Client, budgets, limit: int) -> None:
    client.run(20, client.for_ever(0, budgets, "mine", REST))
    assert client.most_in_a_second() <= limit
    assert client.count("mine") >= 0.92 * 20 * limit


def test_four_processes_share_the_limit_evenly_and_never_pass_it(client: Client) -> None:
    client.run(20, *(client.for_ever(process, READ, f"p{process}", REST) for process in range(4)))
    counts = [client.count(f"p{process}") for process in range(4)]
    assert client.most_in_a_second() <= 150
    assert sum(counts) >= 0.92 * 20 * 150
    assert max(counts) - min(counts) <= 0.02 * sum(counts)


@pytest.mark.parametrize("seed", range(8))
def test_no_second_holds_more_whoever_comes_when(client: Client, seed: int) -> None:
    """Bursts, pauses and single requests of four processes and a resync, at any moment of a tick."""
    random = Random(seed)
    bursts = [random.uniform(0, 12) for _ in range(4)]
    client.throttles[3].stand_back()

    async def one(number: int) -> None:
        await client.clock.sleep(random.choice(bursts) if number % 4 else random.uniform(0, 12))
        LANE.set(random.randrange(4))
        await client.send(random.randrange(4), random.choice([READ, READ, EDIT]), str(number))

    async def story() -> None:
        tasks = [asyncio.ensure_future(one(number)) for number in range(1500)]
        await client.clock.run(60)
        assert all(each.done() for each in tasks)

    asyncio.run(story())
    assert client.most_in_a_second() <= 150


def test_one_waking_serves_all_requests_of_a_tick(client: Client) -> None:
    """What a waking costs is most of what a request costs at this pace (`make torture` prints it)."""
    client.run(20, client.for_ever(0, EDIT, "mine", REST))
    assert len({moment for moment, _ in client.left}) <= 20 / TICK_SECONDS + 2


def test_a_single_request_does_not_wait_for_a_tick(client: Client) -> None:
    """Whenever it comes, it leaves at once, if nobody else has lately."""
    begun: list[float] = []

    async def story() -> None:
        while True:
            begun.append((client.clock.now() - START).total_seconds())
            await client.send(0, EDIT, "mine")
            await client.clock.sleep(0.31)

    client.run(20, story, each=1)
    assert [moment for moment, _ in client.left] == begun


def test_who_gives_up_while_waiting_leaves_his_slot_to_others(client: Client) -> None:
    async def story() -> None:
        gone = [asyncio.ensure_future(client.send(0, EDIT, "gone")) for _ in range(20)]
        await client.clock.run(0.05)
        left = len(client.left)
        for each in gone:
            each.cancel()
        await client.work(10, client.for_ever(0, EDIT, "mine", REST))
        assert client.count("gone") == left

    asyncio.run(story())
    assert client.count("mine") >= 0.92 * 9.9 * 41


def test_who_gives_up_in_the_moment_of_his_slot_disturbs_nobody(client: Client) -> None:
    """He has not even left the queue when another one comes, and their slots have come."""

    async def story() -> None:
        gone = [asyncio.ensure_future(client.send(0, EDIT, "gone")) for _ in range(20)]
        await client.clock.run(0.05)
        assert not all(each.done() for each in gone)
        client.clock.moment += timedelta(microseconds=TICK)
        for each in gone:
            each.cancel()
        permit = await client.throttles[0].permit(EDIT, 1, client.nobody_stops)
        assert permit.opens <= client.clock.microseconds() <= permit.closes

    asyncio.run(story())


def test_nothing_sleeps_on_the_clock_when_nobody_waits(client: Client) -> None:
    """The clock is a simulator's, and may be closed by then."""

    async def story() -> None:
        waiting = [asyncio.ensure_future(client.send(0, EDIT, "mine")) for _ in range(30)]
        await client.clock.run(0.05)
        assert client.clock.sleepers
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert not client.clock.sleepers

    asyncio.run(story())


def test_a_ledger_that_fails_is_said_to_all_who_wait(client: Client) -> None:
    """Nobody waits for ever, and nobody leaves without a slot."""

    async def story() -> None:
        waiting = [asyncio.ensure_future(client.send(0, EDIT, "mine")) for _ in range(30)]
        await client.clock.run(0.05)
        left = len(client.left)
        client.close()
        await client.clock.run(1)
        ends = [each.exception() for each in waiting if each.done()]
        assert len(ends) == 30
        assert sum(isinstance(end, LedgerFailed) for end in ends) == 30 - left > 0

    asyncio.run(story())


@pytest.mark.parametrize("part_of_a_tick", [0, 0.2, 0.4, 0.6, 0.8, 0.99])
def test_after_a_pause_nothing_is_caught_up(client: Client, part_of_a_tick: float) -> None:
    """A limit that was not used for a while gives no burst, at whatever moment of a tick its use begins."""

    async def story() -> None:
        await client.work(1, client.for_ever(0, READ, "before", REST))
        since = client.clock.microseconds() % TICK / TICK
        await client.clock.run(60 + (60 - since - 60 / TICK_SECONDS + part_of_a_tick) % 1 * TICK_SECONDS)
        await client.work(5, client.for_ever(0, READ, "mine", REST), each=300)

    asyncio.run(story())
    assert 0.92 * 5 * 150 <= client.count("mine") <= 5 * 150 + 1
    assert client.most_in_a_second() <= 150


def test_a_block_stops_every_process_and_is_no_starting_gun(client: Client) -> None:
    """For as long as the marketplace said, nothing leaves but what was on its way; then the rate, not a burst."""

    async def story() -> None:
        asyncio.get_running_loop().call_later(0, asyncio.ensure_future, block())
        await client.work(20, *(client.for_ever(process, READ, f"p{process}", REST) for process in range(4)))

    async def block() -> None:
        await client.clock.sleep(3)
        client.throttles[0].block(10)

    asyncio.run(story())
    while_blocked = [name for moment, name in client.left if 3 < moment < 13]
    assert len(while_blocked) <= 3 * 11  # what a process may have before it
    assert "p0" not in while_blocked
    assert client.most_in_a_second() <= 150
    assert len(client.left) >= 0.92 * 150 * 10


def test_who_was_let_go_before_a_block_and_has_not_left_does_not_leave(client: Client) -> None:
    """Those of a tick are let go together, and the first of them may be told that it was too fast."""

    async def story() -> None:
        throttle = client.throttles[0]
        permit = await throttle.permit(READ, 1, client.nobody_stops)
        assert not throttle.missed(permit, 0)
        throttle.block(10)
        assert throttle.missed(permit, 0)
        later = asyncio.ensure_future(client.clock.sleep(10))
        await client.clock.run(10)
        await later
        permit = await throttle.permit(READ, 1, client.nobody_stops)
        assert not throttle.missed(permit, 0)

    asyncio.run(story())


def test_who_is_told_to_stop_does_not_wait_for_a_block_to_end(client: Client) -> None:
    """Of thirty that wait for ten minutes, none does after the stop; who waits for a moment only still leaves."""

    async def story() -> None:
        stop, throttle = asyncio.Event(), client.throttles[0]
        throttle.block(600)
        waiting = [asyncio.ensure_future(throttle.permit(EDIT, 1, stop)) for _ in range(30)]
        await client.clock.run(5)
        assert not any(each.done() for each in waiting)
        stop.set()
        for _ in range(30):  # one after the other comes to its turn, and goes
            await client.clock.run(0.01)
        assert [type(each.exception()) for each in waiting] == [Interrupted] * 30
        await client.clock.run(600)
        soon = [asyncio.ensure_future(throttle.permit(EDIT, 1, stop)) for _ in range(30)]
        await client.clock.run(2)
        assert not any(each.exception() for each in soon), "they are finished, however often one says stop"

    asyncio.run(story())


def test_who_waits_for_long_says_so_once(client: Client, tmp_path: Path) -> None:
    """A block by an earlier command, an hour that is used up: why nothing happens is said, in one line each."""
    said: list[str] = []
    client.throttles[0].block(100)
    with closing(Ledger(tmp_path / "ledger.db")) as ledger:
        rows = Budgets(ledger.pace, "app")
        limits = load_spec("allegro").budgets
        client.throttles[1] = Throttle(limits, rows, client.clock, user="u", virtual=True, note=said.append)

        async def story() -> None:
            await client.work(130, client.for_ever(1, READ, "read", REST))
            await client.work(3700, client.for_ever(1, PRICES, "command", PRICE, weight=1000), each=1)

        asyncio.run(story())
    assert len(said) == 2
    assert said[0] == "waiting 100 s for the limit client: the marketplace said: too many"
    assert said[1].endswith(" s for the limit price_changes of u: 150,000 an hour are used up")


def test_who_waits_for_its_own_commands_says_nothing(client: Client, tmp_path: Path) -> None:
    """Twenty commands of many sizes are far ahead of each other: that is the pace, and nobody said too many."""
    said: list[str] = []
    sizes = Random(1)
    with closing(Ledger(tmp_path / "ledger.db")) as ledger:
        rows, limits = Budgets(ledger.pace, "app"), load_spec("allegro").budgets
        client.throttles[1] = Throttle(limits, rows, client.clock, user="u", virtual=True, note=said.append)

        async def work() -> None:
            while True:
                await client.send(1, PRICES, "command", sizes.randint(1, 1000))

        client.run(200, work, each=20)
    assert client.left
    assert said == []


def test_a_block_costs_its_time_and_nothing_of_the_hour(client: Client) -> None:
    """Thirty that wait for a minute: not one leaves before it is over, and then they go on at the usual rate."""
    client.throttles[0].block(60)
    client.run(120, client.for_ever(0, EDIT, "mine", REST))
    assert client.count("mine", since=60) == client.count("mine") >= 0.92 * 41.5 * 60
    assert client.most_in_a_second() <= 41


def test_slots_are_taken_in_portions_below_the_limit_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """At six tenths of the limit and never two at once, few statements are needed, and nobody waits longer for it."""
    taken: list[int] = []
    take = Budgets.take

    def counted(self: Budgets, claim: Claim, requests: int, now: int | None) -> list[Slot]:
        taken.append(requests)
        return take(self, claim, requests, now)

    monkeypatch.setattr(Budgets, "take", counted)

    async def story() -> None:
        asked = [asyncio.ensure_future(client.clock.sleep(number / 90)) for number in range(900)]

        async def one(number: int) -> None:
            await asked[number]
            await client.send(0, READ, str(number))

        left = [asyncio.ensure_future(one(number)) for number in range(900)]
        await client.clock.run(10.2)
        assert all(each.done() for each in left)

    asyncio.run(story())
    waits = [moment - int(name) / 90 for moment, name in client.left]
    assert max(waits) <= TICK_SECONDS - 0.045 + LATEST
    assert len(taken) <= 900 / 3
    assert client.most_in_a_second() <= 90 * (1 + TICK_SECONDS)


def test_a_slot_that_was_missed_is_void(client: Client) -> None:
    async def story() -> None:
        throttle = client.throttles[0]
        permit = await throttle.permit(READ, 1, client.nobody_stops)
        assert not throttle.missed(permit, 0)
        await_later = asyncio.ensure_future(client.clock.sleep(0.2))
        await client.clock.run(0.2)
        await await_later
        assert throttle.missed(permit, 0)
        assert throttle.missed(permit, 1)
        assert not throttle.missed(permit, 2)

    asyncio.run(story())


def test_big_commands_keep_the_limit_by_the_minute(client: Client) -> None:
    """Commands of a thousand offers: nine in any minute, and the hour's 150,000 are never passed."""
    client.run(3700, client.for_ever(0, PRICES, "command", PRICE, weight=1000), each=4)
    moments = [moment for moment, _ in client.left]
    assert all(sum(start <= each < start + 60 for each in moments) <= 9 for start in moments)
    assert all(sum(start <= each < start + 3600 for each in moments) <= 150 for start in moments)
    assert sum(each < 900 for each in moments) >= 0.92 * 9 * 15


def test_who_prepares_something_keeps_nobody_waiting_where_only_the_day_is_limited(tmp_path: Path) -> None:
    """The slots of a day never close, so there is no moment to wait for: what is read meanwhile leaves, and then it."""
    told = [START]

    class Preparing:
        is_ready = False

        def ready(self, now: int) -> bool:
            return self.is_ready

        def soon(self, at: int, again: Callable[[], None]) -> None:
            self.again = again

        async def prepared(self) -> None: ...

    async def story(throttle: Throttle, clock: VirtualClock) -> None:
        turn, nobody_stops = Preparing(), asyncio.Event()
        write = asyncio.ensure_future(throttle.permit(("few",), 1, nobody_stops, turn))
        await clock.sleep(1)
        await throttle.permit(("few",), 1, nobody_stops)
        turn.is_ready = True
        turn.again()
        await write

    with closing(Ledger(tmp_path / "ledger.db")) as ledger:
        clock = VirtualClock(lambda: told[-1], told.append)
        budgets = {"few": BudgetSpec(name="few", scope="client", counts="requests", per_day=2_000_000)}
        throttle = Throttle(budgets, Budgets(ledger.pace, "app"), clock, user="u", virtual=True)
        asyncio.run(asyncio.wait_for(story(throttle, clock), 20))
