"""Who goes first when not all may: the urgent one, then the scarcer slot; and nobody starves."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from reconciler.runtime.ratelimit.priority import LANE, PRICE, REST, TO_ZERO

from .pacing import EDIT, LATEST, PRICES, READ, TICK_SECONDS, Client


def test_edits_have_their_rate_beside_any_number_of_reads(client: Client) -> None:
    """Their slots are the scarcer ones: a read waits sooner than that one of them is lost."""
    client.run(10, client.for_ever(0, EDIT, "edit", REST), *[client.for_ever(0, READ, "read", REST)] * 4)
    assert client.count("edit") >= 0.92 * 10 * 41
    assert len(client.left) >= 0.92 * 10 * 150


def test_within_a_process_the_urgent_one_goes_first(client: Client) -> None:
    """A hundred edits queue; what sets stock to zero then overtakes them all, and leaves with the next tick."""

    async def story() -> None:
        async def one(name: str, lane: int) -> None:
            LANE.set(lane)
            await client.send(0, READ, name)

        tasks = [asyncio.ensure_future(one("edit", REST)) for _ in range(100)]
        await client.clock.run(0.1)
        before = client.count("edit")
        tasks.append(asyncio.ensure_future(one("zero", TO_ZERO)))
        await client.clock.run(5)
        await asyncio.gather(*tasks)
        assert before < 100
        assert [name for _, name in client.left].index("zero") == before
        assert next(moment for moment, name in client.left if name == "zero") <= 0.1 + TICK_SECONDS + LATEST

    asyncio.run(story())


def test_urgent_requests_of_another_process_get_nearly_all_and_nobody_starves(client: Client) -> None:
    """Three processes read for their edits, one for its prices: for as long as the prices have to wait."""
    client.run(
        30,
        client.for_ever(0, READ, "price", PRICE),
        *(client.for_ever(process, READ, "edit", REST) for process in (1, 2, 3)),
    )
    assert client.count("price", since=2) >= 0.85 * 150 * 28
    assert client.count("edit", since=2) >= 3 * 28 / 4
    moments = [moment for moment, name in client.left if name == "edit" and moment > 2]
    assert max(later - earlier for earlier, later in pairwise(moments)) <= 4


def test_lesser_lanes_have_all_again_when_the_urgent_ones_are_done(client: Client) -> None:
    edits = client.for_ever(1, READ, "edit", REST)

    async def story() -> None:
        await client.work(10, client.for_ever(0, READ, "price", PRICE), edits)
        client.left.clear()
        await client.work(10, edits)

    asyncio.run(story())
    assert client.count("edit") >= 0.92 * 9 * 150


def test_an_urgent_one_that_need_not_wait_holds_nobody_up(client: Client) -> None:
    """Prices at a tenth of the limit beside edits: the edits have the rest."""

    async def prices() -> None:
        LANE.set(PRICE)
        while True:
            await client.send(0, READ, "price")
            await client.clock.sleep(1 / 15)

    edits = [client.for_ever(1, READ, "edit", REST)] * 30
    client.run(20, prices, *edits, each=1)
    assert client.count("price") >= 20 / (1 / 15 + 0.1)  # none waits longer than a tenth of a second
    assert len(client.left) >= 0.9 * 20 * 150


@pytest.mark.parametrize("others", [0, 10, 40])
def test_commands_keep_their_limit_while_others_hold_them_up(client: Client, others: int) -> None:
    """25 offers each, six in any second, however long the limit of the whole application lets them wait."""
    client.run(
        30,
        client.for_ever(0, PRICES, "command", PRICE, weight=25),
        *(client.for_ever(process, READ, "read", REST) for process in range(4) for _ in range(others // 10)),
        each=10,
    )
    moments = sorted(moment for moment, name in client.left if name == "command")
    assert all(later - sooner > 1.005 for sooner, later in zip(moments, moments[6:], strict=False))
    assert len(moments) >= 0.75 * 30 * 6


@pytest.mark.parametrize("process", [0, 1])
def test_rare_slots_are_not_lost_to_plain_requests(client: Client, process: int) -> None:
    """A command of a thousand offers comes every seven seconds: reads, however many, do not make it miss its slot."""
    commands = client.for_ever(0, PRICES, "command", REST, weight=1000)
    reads = client.for_ever(process, READ, "read", REST)
    client.run(200, *[commands] * 4, *[reads] * 60, each=1)
    assert client.count("command") >= 0.92 * 200 * 9 / 60
    assert client.count("read") >= 0.92 * 200 * 148
