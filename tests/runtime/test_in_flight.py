"""A permit is used at once: however slow the marketplace is, nothing that may leave waits for a connection."""

from __future__ import annotations

import asyncio
from pathlib import Path

from stepping import Steps

from reconciler.documents.specs import load_spec
from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.providers.base import Token
from reconciler.providers.conversation import Request
from reconciler.providers.forms import anything
from reconciler.runtime.connection.runner import Runner
from reconciler.runtime.connection.transport import Hosts, Transport
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.budgets import Budgets
from reconciler.runtime.progress import Silent
from reconciler.runtime.ratelimit.throttle import Throttle

from .pacing import READ

PARALLELISM = 200
#: The marketplace answers nothing for so many seconds, and then everything at once.
SLOW_SECONDS = 3.0
STEP = 0.05


class Ready:
    """A token that is there already."""

    async def current(self, _exchange: object) -> Token:
        return Token("token")


class Counting(Throttle):
    """A throttle that counts its permits."""

    permits = 0

    async def permit(self, *asked: object) -> object:  # type: ignore[override]
        slot = await super().permit(*asked)  # type: ignore[arg-type]
        self.permits += 1
        return slot


class SlowMarketplace:
    """When requests came, by the stepped clock; none is answered before `slow_until`."""

    def __init__(self, clock: Steps) -> None:
        self.clock = clock
        self.came: list[float] = []
        self.answers = asyncio.Event()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                self.came.append(self.clock.microseconds() / 1_000_000)
                await self.answers.wait()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def most_in_a_second(self) -> int:
        return max(sum(first <= moment < first + 1 for moment in self.came) for first in self.came)


async def flood(root: Path) -> SlowMarketplace:
    """Many workers at the limit, one request after the other, on a marketplace that stands still for a while."""
    clock, ledger = Steps(), Ledger(root / "ledger.db")
    marketplace = SlowMarketplace(clock)
    server = await asyncio.start_server(marketplace.connected, "127.0.0.1", 0, backlog=2 * PARALLELISM)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    transport = Transport(Hosts(api=base, auth=base, upload=base), ALLEGRO.media)
    throttle = Counting(load_spec("allegro").budgets, Budgets(ledger.pace, "app"), clock, user="u", virtual=True)
    runner = Runner(
        provider=ALLEGRO,
        transport=transport,
        throttle=throttle,
        clock=clock,
        tokens=Ready(),  # type: ignore[arg-type]
        progress=Silent(),
        read_file=lambda _path: b"",
        remember=lambda _fact: None,
    )

    async def worker() -> None:
        while True:
            await runner._request(
                Request(expects=anything, method="GET", path="/sale/offers", budgets=READ, safe=True)
            )

    tasks = [asyncio.create_task(worker()) for _ in range(PARALLELISM)]
    for step in range(round(2 * SLOW_SECONDS / STEP)):
        await clock.run(STEP)
        await come(marketplace, throttle)
        if step * STEP >= SLOW_SECONDS:
            marketplace.answers.set()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await transport.close()
    server.close()
    ledger.close()
    return marketplace


async def come(marketplace: SlowMarketplace, throttle: Counting) -> None:
    """Let arrive what was let go; what is kept back on its way is not waited for for ever."""
    idle = 0
    while len(marketplace.came) < throttle.permits and idle < 50:
        before = len(marketplace.came)
        await asyncio.sleep(0.002)
        idle = 0 if len(marketplace.came) > before else idle + 1


def test_no_second_sees_more_than_the_limit_after_a_standstill(tmp_path: Path) -> None:
    """Two hundred in flight: with fewer connections than that, permits would age and then leave all at once."""
    marketplace = asyncio.run(flood(tmp_path))
    assert len(marketplace.came) > PARALLELISM
    assert marketplace.most_in_a_second() <= load_spec("allegro").budgets["client"].per_minute / 60
